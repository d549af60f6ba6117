"""The wire says what the stored format says, and a strict tool can be made of it."""

import json
from collections.abc import Iterator
from typing import Any, cast

import anthropic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.vocabulary import (
    LOCATIONS,
    CategorySlug,
    EventType,
    IndustrySlug,
    LocationType,
    MembershipStyle,
    NetworkingStyle,
    QuestionType,
    SpendingPower,
    VenueKind,
    Weekday,
)
from tasks.generate.drafts import PassName
from tasks.generate.recorded import recorded_answer
from tasks.generate.salvage import salvage
from tasks.generate.wire import compact, expand, tool_schema, wire_model

CITY = "lisbon"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from("abcdefghijklmnopqrstuvwxyz") | st.text(max_size=3),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


def stored(pass_name: PassName, city: str = CITY) -> dict[str, Any]:
    return json.loads(recorded_answer(pass_name, city))


def wired(pass_name: PassName) -> dict[str, Any]:
    return compact(pass_name, stored(pass_name))


def parts(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Walk through a schema's every part."""
    yield schema
    for part in cast("dict[str, Any]", schema.get("properties", {})).values():
        yield from parts(part)
    if "items" in schema:
        yield from parts(schema["items"])


@pytest.mark.parametrize("pass_name", PassName)
def test_every_recorded_answer_comes_back(pass_name: PassName) -> None:
    """Nothing that the recorded edition says is lost on the wire, for any city."""
    for location in LOCATIONS:
        answer = stored(pass_name, location.slug)
        sent = json.dumps(compact(pass_name, answer))
        assert expand(pass_name, location.slug, json.loads(sent)) == answer


@pytest.mark.parametrize("pass_name", PassName)
def test_the_wire_carries_no_city(pass_name: PassName) -> None:
    """Which city it is, code knows: no answer can be for another."""
    text = json.dumps(tool_schema(wire_model(pass_name)))
    assert "home_location" not in text
    assert CITY not in text
    other = wired(pass_name) | {"home_location": "berlin"}
    assert expand(pass_name, CITY, other).get("home_location") != CITY or (
        pass_name is PassName.VENUES
    )


@pytest.mark.parametrize("pass_name", PassName)
def test_the_schema_keeps_to_what_strict_mode_knows(pass_name: PassName) -> None:
    """Closed objects, all fields required, no limit but minItems of 1, no union."""
    known = {
        "object": {"type", "properties", "required", "additionalProperties"},
        "array": {"type", "items", "minItems", "description"},
        "string": {"type", "description"},
        "integer": {"type", "description"},
        "enum": {"enum", "description"},
    }
    for part in parts(tool_schema(wire_model(pass_name))):
        assert set(part) <= known["enum" if "enum" in part else part["type"]]
        assert part.get("minItems", 1) == 1
        if part.get("type") == "object":
            assert part["additionalProperties"] is False
            assert part["required"] == list(part["properties"])


@pytest.mark.parametrize("pass_name", PassName)
def test_the_sdk_would_change_nothing(pass_name: PassName) -> None:
    """The SDK's own transform leaves the schema as it is, so it may be applied."""
    schema = tool_schema(wire_model(pass_name))
    assert anthropic.transform_schema(schema) == schema


@pytest.mark.parametrize(
    ("pass_name", "enums"),
    [
        (
            PassName.COMMUNITIES,
            [
                CategorySlug,
                EventType,
                LocationType,
                MembershipStyle,
                QuestionType,
                Weekday,
            ],
        ),
        (
            PassName.USERS,
            [CategorySlug, IndustrySlug, NetworkingStyle, SpendingPower],
        ),
        (PassName.VENUES, [VenueKind]),
    ],
)
def test_every_key_is_an_enum(pass_name: PassName, enums: list[type]) -> None:
    """A strict tool cannot write a slug that the vocabulary does not have."""
    found = [
        part["enum"]
        for part in parts(tool_schema(wire_model(pass_name)))
        if "enum" in part
    ]
    for enum in enums:
        assert [str(word) for word in cast("Any", enum)] in found


def test_a_schema_given_out_is_the_callers_own() -> None:
    """Changing it does not change the next request's."""
    model = wire_model(PassName.VENUES)
    tool_schema(model)["properties"].clear()
    assert tool_schema(model)["properties"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"x": ["5|10|Seat"]}, "'5|10|Seat'"),
        ({"x": ["about 5|10|Seat|A seat at the table"]}, "'about 5'"),
        ({"x": ["5|many|Seat|A seat at the table"]}, "'many'"),
        ({"x": [5]}, "found 5"),
        ({"x": "5|8|Seat|A seat"}, "ticket_tiers"),
        ({"r": ["No stars, but lovely", "5 Lovely from start to end"]}, "No stars"),
        ({"r": ["9 Lovely from start to end", "5 Lovely, all of it."]}, "found 9"),
        ({"p": ["EARLY|10%"]}, "EARLY|10%"),
        ({"q": [3]}, "questions.0"),
        ({"h": "25:00"}, "'25:00'"),
        ({"extra": 1}, "extra"),
        ({"k": "rave"}, "'rave'"),
    ],
)
def test_what_is_wrong_is_passed_on_for_salvage(
    change: dict[str, Any], reason: str
) -> None:
    """The bad event is set aside with what it said; its neighbours stay."""
    answer = wired(PassName.COMMUNITIES)
    answer["communities"][0]["e"][1] |= change
    found = salvage(
        PassName.COMMUNITIES,
        CITY,
        json.dumps(expand(PassName.COMMUNITIES, CITY, answer)),
    )
    assert [reject.index for reject in found.rejects] == [0]
    assert reason in found.rejects[0].reason
    assert len(found.communities[0].events) == len(answer["communities"][0]["e"]) - 1


def test_small_liberties_are_understood() -> None:
    """A dollar sign, cents, a per cent sign and spaces mean what they say."""
    answer = wired(PassName.COMMUNITIES)
    event = answer["communities"][0]["e"][0]
    event["x"] = ["$12.50 | 10 | Seat | A chair | and a table"]
    event["p"] = ["EARLY|10%|For those who book early"]
    found = expand(PassName.COMMUNITIES, CITY, answer)["communities"][0]["events"][0]
    assert found["ticket_tiers"] == [
        {
            "name": "Seat",
            "description": "A chair | and a table",
            "price_cents": 1250,
            "capacity": 10,
        }
    ]
    assert found["promo_codes"][0]["percent_off"] == 10
    again = compact(PassName.COMMUNITIES, stored(PassName.COMMUNITIES))
    assert event["x"] != again["communities"][0]["e"][0]["x"]


@pytest.mark.parametrize("place", [7, -1, True, "talha-e-fado", None])
def test_a_circle_that_is_not_there_costs_its_person(place: object) -> None:
    """A place beyond the list is refused, never guessed; only a label is a label."""
    answer = wired(PassName.USERS)
    answer["users"][0]["g"] = [place]
    found = salvage(
        PassName.USERS, CITY, json.dumps(expand(PassName.USERS, CITY, answer))
    )
    kept = 9 if isinstance(place, str) else 8
    assert len(found.people) == kept


def test_a_missing_level_costs_its_person() -> None:
    """Two lists of unequal length are not made to fit."""
    answer = wired(PassName.USERS)
    answer["users"][0]["v"].pop()
    found = salvage(
        PassName.USERS, CITY, json.dumps(expand(PassName.USERS, CITY, answer))
    )
    assert [reject.index for reject in found.rejects] == [0]
    assert "level: Field required" in found.rejects[0].reason


def test_a_separator_in_a_packed_text_is_refused() -> None:
    """It would come back as another record."""
    answer = stored(PassName.COMMUNITIES)
    answer["communities"][0]["membership_tiers"][0]["name"] = "Red | white"
    with pytest.raises(ValueError, match="separates"):
        compact(PassName.COMMUNITIES, answer)


@given(st.sampled_from(PassName), JSON)
def test_no_input_makes_it_fail(pass_name: PassName, value: object) -> None:
    """Whatever JSON comes, alone or as a record, salvage gets something to refuse."""
    for tool_input in (value, {pass_name.value: [value]}, {pass_name.value: value}):
        salvage(pass_name, CITY, json.dumps(expand(pass_name, CITY, tool_input)))


@given(st.sampled_from("tsdkwvchylmxpqgr"), JSON)
def test_no_damage_to_an_event_makes_it_fail(key: str, value: object) -> None:
    """Any value in any field of an event costs at most that event."""
    answer = wired(PassName.COMMUNITIES)
    answer["communities"][0]["e"][0][key] = value
    text = json.dumps(expand(PassName.COMMUNITIES, CITY, answer))
    found = salvage(PassName.COMMUNITIES, CITY, text)
    assert len(found.communities) == 6
