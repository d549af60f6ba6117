"""Damage of every kind: what is good stays, what is bad is named, nothing crashes."""

import json
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.vocabulary import LOCATIONS
from tasks.generate.drafts import PassName
from tasks.generate.salvage import MAX_ANSWER_BYTES, MAX_RECORDS, Salvaged, salvage

CITY = "lisbon"


def answer(
    pass_name: PassName = PassName.COMMUNITIES, city: str = CITY
) -> dict[str, Any]:
    return json.loads(raw(pass_name, city))


def raw(pass_name: PassName = PassName.COMMUNITIES, city: str = CITY) -> bytes:
    place = files("tasks.generate").joinpath("recorded", pass_name, f"{city}.json")
    return place.read_bytes()


def of(value: object, pass_name: PassName = PassName.COMMUNITIES) -> Salvaged:
    return salvage(pass_name, CITY, json.dumps(value))


def reasons(salvaged: Salvaged) -> list[tuple[int | None, str]]:
    return [(reject.index, reject.reason) for reject in salvaged.rejects]


def test_the_recorded_edition_passes_without_a_reject() -> None:
    """420 communities, 621 people, 900 venues, 1,058 event series, nothing aside."""
    communities = people = venues = events = 0
    for location in LOCATIONS:
        for pass_name in PassName:
            kept = salvage(pass_name, location.slug, raw(pass_name, location.slug))
            assert kept.rejects == ()
            communities += len(kept.communities)
            events += sum(len(community.events) for community in kept.communities)
            people += len(kept.people)
            venues += len(kept.venues)
    assert (communities, people, venues, events) == (420, 621, 900, 1058)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "not JSON"),
        (raw()[:4000], "not JSON"),
        (b"\x00\x01\x02", "not JSON"),
        (b"\xff\xfe" + "{}".encode("utf-16-le"), "not JSON"),
        (b"null", "not an object but None"),
        (b"[]", "not an object but a list of 0"),
        (b"{}", "its fields are ''"),
        (b'{"users": []}', "its fields are 'users'"),
        (b'{"communities": []}', "communities is an empty list"),
        (b'{"communities": 3}', "communities is no list but 3"),
        (b'{"communities": ' + b"9" * 5000 + b"}", "not readable JSON"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"communities": "' + b"x" * 10_000_000 + b'"}', "10000019 bytes, over"),
    ],
)
def test_a_corrupt_file_is_one_reject(text: bytes, reason: str) -> None:
    """Nothing can be kept of it, and its one reject says why."""
    found = salvage(PassName.COMMUNITIES, CITY, text)
    assert found.communities == ()
    assert [reject.index for reject in found.rejects] == [None]
    assert reason in found.rejects[0].reason


def test_a_bad_record_costs_only_itself() -> None:
    """The reject names the record, the field and the value found."""
    value = answer()
    value["communities"][2]["categories"] = ["surfing"]
    found = of(value)
    assert [community.index for community in found.communities] == [0, 1, 3, 4, 5]
    (reject,) = found.rejects
    assert (reject.index, reject.name) == (2, value["communities"][2]["name"])
    assert reject.reason.startswith("categories.0: Input should be")
    assert reject.reason.endswith("found 'surfing'")


def test_a_record_of_another_city_is_refused() -> None:
    """The city is the request's: people of Porto are not let into Lisbon."""
    value = answer(PassName.USERS)
    value["users"][0]["home_location"] = "madrid"
    found = of(value, PassName.USERS)
    assert len(found.people) == 8
    assert reasons(found) == [(0, "its home_location is 'madrid'")]
    swapped = salvage(PassName.VENUES, CITY, raw(PassName.VENUES, "madrid"))
    assert reasons(swapped) == [(None, "its home_location is 'madrid'")]


def test_a_bad_event_leaves_its_community() -> None:
    """A community stays while one of its events is valid, and goes with the last."""
    value = answer()
    first, second = value["communities"][0], value["communities"][1]
    first["events"][0]["capacity"] = 0
    for event in second["events"]:
        event["start_time"] = "25:00"
    found = of(value)
    assert found.communities[0].index == 0
    assert len(found.communities[0].events) == len(first["events"]) - 1
    assert 1 not in [community.index for community in found.communities]
    by_name = {reject.name: reject.reason for reject in found.rejects}
    assert by_name[second["name"]] == "none of its events is valid"
    assert "capacity" in by_name[first["events"][0]["title"]]


def test_events_beyond_the_fourth_are_set_aside() -> None:
    """A community may not flood its city."""
    value = answer()
    events = value["communities"][0]["events"]
    offered = [{**events[0], "title": f"Occasion {at}"} for at in range(6)]
    value["communities"][0]["events"] = offered
    found = of(value)
    assert len(found.communities[0].events) == 4
    assert [reject.name for reject in found.rejects] == ["Occasion 4", "Occasion 5"]


def test_text_is_mended_before_it_is_judged() -> None:
    """NUL, controls, lone surrogates and a byte-order mark cost nothing."""
    value = answer(PassName.VENUES)
    value["venues"][0]["name"] = " Casa\x00 do Rio\ud83d\x1b "
    text = "\ufeff".encode() + json.dumps(value).encode()
    found = salvage(PassName.VENUES, CITY, text)
    assert found.rejects == ()
    assert found.venues[0].draft.name == "Casa do Rio"


def test_bytes_that_are_not_utf8_cost_the_record_they_stand_in() -> None:
    """One damaged byte must not cost a city its answer."""
    value = answer(PassName.VENUES)
    value["venues"][0]["name"] = "Casa DAMAGE"
    text = json.dumps(value).encode().replace(b"DAMAGE", b"\xe9\xff")
    found = salvage(PassName.VENUES, CITY, text)
    assert len(found.venues) == len(value["venues"]) - 1
    assert "not UTF-8" in found.rejects[0].reason


def test_a_huge_text_is_refused_and_shown_short() -> None:
    """A reason is a line, whatever it is about."""
    value = answer(PassName.USERS)
    value["users"][3]["bio"] = "x" * (MAX_ANSWER_BYTES // 2)
    found = of(value, PassName.USERS)
    assert len(found.people) == 8
    assert len(found.rejects[0].reason) < 250


def test_only_so_many_records_are_read() -> None:
    """An answer that goes on and on is cut, and says so."""
    value = answer(PassName.VENUES)
    value["venues"] = value["venues"][:1] * (MAX_RECORDS + 50)
    found = of(value, PassName.VENUES)
    assert len(found.venues) == MAX_RECORDS
    assert reasons(found) == [(None, "250 records; only 200 are read")]


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "events", "title", "home_location", "x"]), inner
        )
    ),
    max_leaves=12,
)


@given(st.lists(_json, max_size=4), st.sampled_from(PassName))
def test_whatever_the_records_each_is_kept_or_set_aside(
    records: list[Any], pass_name: PassName
) -> None:
    """Arbitrary JSON in a record's place never crashes and never gets in."""
    good = answer(pass_name)[pass_name.value][0]
    value = {**answer(pass_name), pass_name.value: [good, *records]}
    found = of(value, pass_name)
    kept = [*found.communities, *found.people, *found.venues]
    assert [record.index for record in kept] == [0]
    assert {reject.index for reject in found.rejects} == set(range(1, len(records) + 1))


@given(st.binary(max_size=200))
def test_whatever_the_bytes_there_is_a_reason(text: bytes) -> None:
    """Noise in a file's place is set aside."""
    found = salvage(PassName.USERS, CITY, text)
    assert found.people == ()
    assert len(found.rejects) == 1


def test_events_that_are_no_list_cost_the_community() -> None:
    """Without its events a community has nothing to show."""
    value = answer()
    value["communities"][0]["events"] = {"title": "Night Walk"}
    found = of(value)
    assert len(found.communities) == 5
    assert reasons(found) == [(0, "events is no list but a dict of 1")]


@pytest.mark.parametrize("depth", [5, 200])
def test_a_deep_value_costs_only_its_record(depth: int) -> None:
    """What JSON can still read, salvage can still judge."""
    value = json.dumps(answer(PassName.USERS)["users"])
    deep = "[" * depth + "]" * depth
    text = '{"users": [{"first_name": ' + deep + "}, " + value[1:] + "}"
    found = salvage(PassName.USERS, CITY, text)
    assert [reject.index for reject in found.rejects] == [0]
    assert len(found.people) == 9


@pytest.mark.parametrize(
    "damage",
    [
        {"na\u202eme\u2028": 1},  # a field that there is not
        {"circles": ["\u200fone", "\u200fone"]},  # a value named twice
        {"bio": "\u200f" * 3000},
    ],
)
def test_reasons_can_be_shown(damage: dict[str, Any]) -> None:
    """A reason names what the answer holds, in a line that steers no terminal."""
    value = answer(PassName.USERS)
    value["users"][0] |= damage
    (reject,) = salvage(PassName.USERS, CITY, json.dumps(value)).rejects
    assert reject.reason.isprintable()
    assert len(reject.reason) < 1000
