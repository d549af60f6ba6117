"""What the drafts let in, and that every limit has something it keeps out."""

import copy
import json
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from matching.vocabulary import LOCATIONS
from tasks.editions import digest_json
from tasks.generate.drafts import (
    ANSWER_OF,
    CommunityDraft,
    Draft,
    PassName,
    PersonDraft,
    VenueDraft,
    clean,
    schema_hash,
)


def recorded(pass_name: str, city: str = "tokyo") -> dict[str, Any]:
    place = files("tasks.generate").joinpath("recorded", pass_name, f"{city}.json")
    return json.loads(place.read_text(encoding="utf-8"))


def tier(price_cents: int, capacity: int = 10, name: str = "Seat") -> dict[str, Any]:
    return {
        "name": f"{name} {price_cents}",
        "description": "A seat near the front.",
        "price_cents": price_cents,
        "capacity": capacity,
    }


def question(kind: str, *options: str) -> dict[str, Any]:
    return {"label": "Which one is it?", "type": kind, "options": list(options)}


PROMO = {"code": "FIRST10", "description": "For first visitors", "percent_off": 10}
REVIEW = {"rating": 5, "comment": "A calm and friendly evening."}
DUES = {
    "name": "Member",
    "description": "News of every date.",
    "price_cents": 0,
    "benefits": ["News first", "One vote"],
}
EVENT = {
    "title": "Night Walk",
    "subtitle": "Along the river",
    "description": "A walk along the river that ends where the lamps end. " * 2,
    "event_type": "tour",
    "location_type": "PHYSICAL",
    "venue": None,
    "capacity": 20,
    "weekdays": ["fri"],
    "start_time": "19:15",
    "duration_minutes": 90,
    "months": [],
    "ticket_tiers": [tier(0), tier(900)],
    "promo_codes": [],
    "questions": [],
    "host_message": "We meet at the bridge, wear shoes.",
    "reviews": [REVIEW, REVIEW],
}
COMMUNITY: dict[str, Any] = {
    "name": "River Walkers",
    "description": "People who walk along the river after dark and talk. " * 2,
    "focus_area": "night walks",
    "target_audience": "Whoever likes to walk",
    "membership_style": "OPEN",
    "home_location": "tokyo",
    "categories": ["outdoor-nature"],
    "membership_tiers": [DUES],
    "events": [EVENT, {**EVENT, "title": "Dawn Walk"}],
}
PERSON: dict[str, Any] = {
    "first_name": "Mio",
    "last_name": "Abe",
    "profession": "Baker",
    "industry": "hospitality",
    "experience_level": "MID",
    "interests": [{"category": "crafts-diy", "level": 6}],
    "home_location": "tokyo",
    "networking_style": "ACTIVE",
    "spending_power": "LOW",
    "bio": "Bakes before dawn and walks home at noon.",
    "circles": [],
}
VENUE: dict[str, Any] = {
    "name": "Old Hall",
    "kind": "theatre",
    "neighbourhood": "Nezu",
    "capacity": 120,
}

BAD_EVENTS: list[tuple[str, Any]] = [
    ("title", "Short"),
    ("title", "x" * 91),
    ("title", "<b>Night</b> Walk"),
    ("title", "See example.com tonight"),
    ("title", "Two\nlines"),
    ("title", 7),
    ("title", "Night \ufffd Walk"),
    ("subtitle", "Short"),
    ("subtitle", "x" * 121),
    ("description", "x" * 59),
    ("description", "x" * 601),
    ("event_type", "rave"),
    ("location_type", "MOON"),
    ("venue", ""),
    ("venue", "<script>x</script>"),
    ("capacity", 7),
    ("capacity", 2001),
    ("capacity", "20"),
    ("capacity", 20.0),
    ("capacity", True),
    ("weekdays", []),
    ("weekdays", ["fri", "fri"]),
    ("weekdays", ["friday"]),
    ("start_time", "19:10"),
    ("start_time", "24:00"),
    ("start_time", "9:00"),
    ("start_time", "19:15:00"),
    ("duration_minutes", 29),
    ("duration_minutes", 721),
    ("months", [0]),
    ("months", [13]),
    ("months", [5, 5]),
    ("ticket_tiers", []),
    ("ticket_tiers", [tier(price, 1) for price in (0, 1, 2, 3, 4)]),
    ("ticket_tiers", [tier(900), tier(0)]),
    ("ticket_tiers", [tier(900), tier(900, name="Other")]),
    ("ticket_tiers", [tier(0, 11), tier(900, 10)]),
    ("ticket_tiers", [tier(-1)]),
    ("ticket_tiers", [tier(100_001)]),
    ("ticket_tiers", [tier(0, 0)]),
    ("ticket_tiers", [{**tier(0), "name": "x"}]),
    ("ticket_tiers", [{**tier(0), "name": "x" * 41}]),
    ("ticket_tiers", [{**tier(0), "description": "x" * 7}]),
    ("ticket_tiers", [{**tier(0), "description": "x" * 141}]),
    ("promo_codes", [PROMO, PROMO]),
    ("promo_codes", [{**PROMO, "code": "ABC"}]),
    ("promo_codes", [{**PROMO, "code": "A" * 17}]),
    ("promo_codes", [{**PROMO, "code": "first10"}]),
    ("promo_codes", [{**PROMO, "percent_off": 4}]),
    ("promo_codes", [{**PROMO, "percent_off": 51}]),
    ("promo_codes", [{**PROMO, "description": "Short"}]),
    ("promo_codes", [{**PROMO, "description": "x" * 121}]),
    ("questions", [question("SHORT_TEXT")] * 3),
    ("questions", [question("SHORT_TEXT", "Yes", "No")]),
    ("questions", [question("CHECKBOX", "Yes", "No")]),
    ("questions", [question("SINGLE_SELECT")]),
    ("questions", [question("MULTI_SELECT", "Only one")]),
    ("questions", [question("SINGLE_SELECT", "Twice", "Twice")]),
    ("questions", [question("ESSAY")]),
    ("questions", [{**question("SHORT_TEXT"), "label": "Why?"}]),
    ("questions", [{**question("SHORT_TEXT"), "label": "x" * 121}]),
    ("host_message", "x" * 19),
    ("host_message", "x" * 301),
    ("host_message", "Read https://example.org/walk before you come"),
    ("reviews", [REVIEW]),
    ("reviews", [REVIEW] * 4),
    ("reviews", [REVIEW, {**REVIEW, "rating": 0}]),
    ("reviews", [REVIEW, {**REVIEW, "rating": 6}]),
    ("reviews", [REVIEW, {**REVIEW, "comment": "x" * 14}]),
    ("reviews", [REVIEW, {**REVIEW, "comment": "x" * 241}]),
]
BAD_COMMUNITIES: list[tuple[str, Any]] = [
    ("name", "Short"),
    ("name", "x" * 71),
    ("name", "Walkers <i>"),
    ("name", "www.walkers"),
    ("description", "x" * 79),
    ("description", "x" * 601),
    ("focus_area", "xx"),
    ("focus_area", "x" * 61),
    ("target_audience", "x" * 5),
    ("target_audience", "x" * 121),
    ("membership_style", "SECRET"),
    ("home_location", "atlantis"),
    ("categories", []),
    ("categories", ["outdoor-nature", "outdoor-nature"]),
    ("categories", ["mountains"]),
    ("categories", ["food-drinks", "crafts-diy", "books-writing", "pets-animals"]),
    ("membership_tiers", []),
    ("membership_tiers", [{**DUES, "name": f"Dues {at}"} for at in range(4)]),
    ("membership_tiers", [{**DUES, "price_cents": 500}, {**DUES, "name": "Other"}]),
    ("membership_tiers", [{**DUES, "price_cents": 50_001}]),
    ("membership_tiers", [{**DUES, "price_cents": -1}]),
    ("membership_tiers", [{**DUES, "name": "x"}]),
    ("membership_tiers", [{**DUES, "name": "x" * 41}]),
    ("membership_tiers", [{**DUES, "description": "x" * 7}]),
    ("membership_tiers", [{**DUES, "description": "x" * 161}]),
    ("membership_tiers", [{**DUES, "benefits": ["News first"]}]),
    ("membership_tiers", [{**DUES, "benefits": ["News first"] * 5}]),
    ("membership_tiers", [{**DUES, "benefits": ["abc", "News first"]}]),
    ("membership_tiers", [{**DUES, "benefits": ["x" * 81, "News first"]}]),
    ("events", [EVENT]),
    ("events", [EVENT] * 5),
]
BAD_PEOPLE: list[tuple[str, Any]] = [
    ("first_name", ""),
    ("first_name", "x" * 41),
    ("last_name", ""),
    ("last_name", "x" * 41),
    ("last_name", "<Abe>"),
    ("profession", "xx"),
    ("profession", "x" * 61),
    ("industry", "Real Estate"),
    ("experience_level", "GURU"),
    ("interests", []),
    ("interests", [{"category": "crafts-diy", "level": 6}] * 2),
    ("interests", [{"category": "crafts-diy", "level": 0}]),
    ("interests", [{"category": "crafts-diy", "level": 11}]),
    ("interests", [{"category": "crafts", "level": 5}]),
    (
        "interests",
        [
            {"category": category, "level": 5}
            for category in (
                "food-drinks",
                "crafts-diy",
                "books-writing",
                "pets-animals",
                "arts-culture",
                "music-concerts",
            )
        ],
    ),
    ("home_location", "Tokyo, Japan"),
    ("networking_style", "SHY"),
    ("spending_power", "RICH"),
    ("bio", "x" * 29),
    ("bio", "x" * 241),
    ("circles", ["a", "b", "c"]),
    ("circles", ["a", "a"]),
    ("circles", [""]),
]
BAD_VENUES: list[tuple[str, Any]] = [
    ("name", "xx"),
    ("name", "x" * 71),
    ("kind", "castle"),
    ("neighbourhood", "x"),
    ("neighbourhood", "x" * 51),
    ("capacity", 7),
    ("capacity", 20_001),
]


def test_the_valid_samples_are_valid() -> None:
    """Every failing case below differs from one of these in a single field."""
    CommunityDraft.model_validate(COMMUNITY)
    PersonDraft.model_validate(PERSON)
    VenueDraft.model_validate(VENUE)


@pytest.mark.parametrize(("field", "value"), BAD_EVENTS)
def test_an_event_beyond_a_limit_is_refused(field: str, value: object) -> None:
    """Each limit of an event keeps out what lies just beyond it."""
    event = {**EVENT, field: value}
    with pytest.raises(ValidationError) as caught:
        CommunityDraft.model_validate({**COMMUNITY, "events": [event, EVENT]})
    assert {fault["loc"][:2] for fault in caught.value.errors()} == {("events", 0)}


@pytest.mark.parametrize(
    "title", ["Soul, R&B; then Jazz", "ASP.NET Evening", "We <3 Lamps", "5 < 6 > 4"]
)
def test_a_title_that_only_looks_like_markup_is_let_in(title: str) -> None:
    """What people write about must not fall to a rule against tags and addresses."""
    events = [{**EVENT, "title": title}, EVENT]
    CommunityDraft.model_validate({**COMMUNITY, "events": events})


@pytest.mark.parametrize(
    "title",
    ["<a href=x>Walk</a>", "Walk &lt;now&gt;", "HTTPS://walk", "javascript:go()"],
)
def test_markup_and_addresses_are_refused_in_a_title(title: str) -> None:
    """A title is shown in pages and quoted to the next pass: it stays plain text."""
    events = [{**EVENT, "title": title}, EVENT]
    with pytest.raises(ValidationError, match=r"has markup|has a web address"):
        CommunityDraft.model_validate({**COMMUNITY, "events": events})


def test_a_free_event_takes_no_promo_code() -> None:
    """There is nothing to take a percentage off."""
    free = {**EVENT, "ticket_tiers": [tier(0)], "promo_codes": [PROMO]}
    with pytest.raises(ValidationError, match="free event takes no promo code"):
        CommunityDraft.model_validate({**COMMUNITY, "events": [free, EVENT]})


@pytest.mark.parametrize(
    ("model", "valid", "field", "value"),
    [
        *((CommunityDraft, COMMUNITY, *case) for case in BAD_COMMUNITIES),
        *((PersonDraft, PERSON, *case) for case in BAD_PEOPLE),
        *((VenueDraft, VENUE, *case) for case in BAD_VENUES),
    ],
)
def test_a_record_beyond_a_limit_is_refused(
    model: type[Draft], valid: dict[str, Any], field: str, value: object
) -> None:
    """Each limit of a record keeps out what lies just beyond it, and only that."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate({**valid, field: value})
    assert {fault["loc"][:1] for fault in caught.value.errors()} <= {(field,), ()}


@pytest.mark.parametrize(
    ("model", "valid"),
    [(CommunityDraft, COMMUNITY), (PersonDraft, PERSON), (VenueDraft, VENUE)],
)
def test_every_field_is_required_and_nothing_else_allowed(
    model: type[Draft], valid: dict[str, Any]
) -> None:
    """A field left out or added is a fault, at any depth."""
    for field in valid:
        with pytest.raises(ValidationError, match="Field required"):
            model.model_validate({k: v for k, v in valid.items() if k != field})
    with pytest.raises(ValidationError, match="Extra inputs"):
        model.model_validate({**valid, "note": "more"})


def test_the_letter_case_of_keys_is_mended() -> None:
    """A model that writes `Open` or `FRI` means the enum's own spelling."""
    event = {**EVENT, "event_type": "Tour", "weekdays": ["FRI"]}
    draft = CommunityDraft.model_validate(
        {
            **COMMUNITY,
            "membership_style": "open",
            "home_location": "TOKYO",
            "categories": ["Outdoor-Nature"],
            "events": [event, EVENT],
        }
    )
    assert (draft.membership_style, draft.home_location) == ("OPEN", "tokyo")
    assert draft.events[0] == draft.events[1]


@pytest.mark.parametrize("pass_name", PassName)
def test_the_recorded_edition_is_valid_as_it_stands(pass_name: PassName) -> None:
    """Cleaning changes nothing in it, and every answer validates whole."""
    for location in LOCATIONS:
        answer = recorded(pass_name, location.slug)
        assert clean(copy.deepcopy(answer)) == answer
        ANSWER_OF[pass_name].model_validate(answer)


def test_clean_mends_what_means_no_harm() -> None:
    """NUL, controls, surrogates and stray spaces go; letters are composed."""
    found = {"a\x00": [" Cafe\u0301\ud800 ", "\x1b[1mred", "one\r\ntwo"], "n": 3}
    assert clean(found) == {"a": ["Café", "[1mred", "one\ntwo"], "n": 3}
    # what some programs break lines at, and others do not, is a line break to all
    assert clean("one\u2028two\u2029") == "one\ntwo"


@given(st.text(st.characters(codec=None, categories=None)))
def test_clean_text_can_always_be_stored(text: str) -> None:
    """Whatever the text, UTF-8 and PostgreSQL take the cleaned one; it is stable."""
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert "\x00" not in cleaned
    assert clean(cleaned) == cleaned


@given(st.text(max_size=30))
def test_no_slug_but_the_vocabularys_gets_in(slug: str) -> None:
    """A city that the vocabulary does not name is refused, however it is written."""
    known = {location.slug for location in LOCATIONS}
    try:
        draft = PersonDraft.model_validate({**PERSON, "home_location": slug})
    except ValidationError:
        assert slug not in known
    else:
        assert str(draft.home_location) in known


def test_a_schema_hash_differs_by_pass_and_leaves_the_cities_out() -> None:
    """Adding a city must not change what the other cities were made from."""
    assert len({schema_hash(pass_name) for pass_name in PassName}) == len(PassName)
    for pass_name in PassName:
        schema = ANSWER_OF[pass_name].model_json_schema()
        assert schema["$defs"].pop("LocationSlug")["enum"]
        assert schema_hash(pass_name) == digest_json(schema)
