"""Who could come to what: city, category, waking hours, travel, and time to order."""

from datetime import datetime, timedelta

import polars as pl
import pytest
from literals import NOW, Row, days, event, person, programme, tier

from matching.programme import DESTINATIONS, at_home, online, travellers
from matching.vocabulary import EventType


def _pairs(frame: pl.DataFrame) -> set[tuple[int, int]]:
    return set(frame.select("event_key", "person_key").rows())


def test_people_go_out_in_their_own_city() -> None:
    """PHYSICAL and HYBRID events of the city, none elsewhere, none ONLINE."""
    rows = [
        event(1),
        event(2, location_type="HYBRID"),
        event(3, location_type="ONLINE"),
        event(4, "paris"),
    ]
    assert _pairs(at_home(programme(rows, [person(1)]))) == {(1, 1), (2, 1)}


def test_the_host_does_not_order_a_ticket() -> None:
    """Who hosts is there anyway."""
    assert _pairs(at_home(programme([event(1, host_key=1)], [person(1)]))) == set()


@pytest.mark.parametrize(
    ("changes", "chance"),
    [
        ({}, 1.0),  # 1 + 0.3 + 0.1, and nobody is likelier than certain
        ({"interest_mask": 0b10, "profession": ""}, 0.3),
        ({"interest_mask": 0b10, "networking_style": "CASUAL", "profession": ""}, 0.1),
        ({"interest_mask": 0b10, "networking_style": "SELECTIVE"}, None),  # -0.1
    ],
)
def test_chance_is_the_score(changes: Row, chance: float | None) -> None:
    """The RSVP score; below 0.1 they would not have come."""
    found = at_home(programme([event(1)], [person(1, **changes)]))
    assert found["chance"].to_list() == pytest.approx(
        [] if chance is None else [chance]
    )


@pytest.mark.parametrize(
    ("power", "factor"), [("LOW", 0.15), ("MEDIUM", 0.4), ("HIGH", 1)]
)
def test_dear_events_deter(power: str, factor: float) -> None:
    """Where even the cheapest ticket is over $100.00."""
    tiers = [tier(1, 1, 10_001), tier(2, 1, 20_000, position=1)]
    found = at_home(programme([event(1)], [person(1, spending_power=power)], tiers))
    assert found["chance"].item() == pytest.approx(factor)


def test_a_member_only_event_is_for_members() -> None:
    """And only if they joined in time."""
    rows = [event(1, is_member_only=True)]
    persons = [person(i) for i in (1, 2, 3)]
    members = [(1, 1, days(-30)), (1, 2, NOW - timedelta(minutes=30))]
    found = at_home(programme(rows, persons, member_rows=members))
    assert _pairs(found) == {(1, 1)}


def test_who_joined_too_late_could_not_have_ordered() -> None:
    """The event was over before they came to the app, or is all but now."""
    rows = [event(1, start=days(-10), published=days(-40)), event(2)]
    late = person(1, joined=days(-10))
    assert _pairs(at_home(programme(rows, [late]))) == {(2, 1)}


def test_the_most_interested_come_first() -> None:
    """Events in order of time, and in each the highest score first."""
    rows = [event(1, start=days(20)), event(2, start=days(5))]
    persons = [person(1, networking_style="CASUAL", profession=""), person(2)]
    found = at_home(programme(rows, persons))
    assert found.select("event_key", "person_key").rows() == [
        (2, 2), (2, 1), (1, 2), (1, 1),
    ]  # fmt: skip


def test_online_events_draw_from_everywhere_who_shares_a_category() -> None:
    """In Paris as in Berlin, but only for whom it is about."""
    rows = [
        event(
            1, location_type="ONLINE", start=datetime.fromisoformat("2026-12-01T18:00Z")
        )
    ]
    persons = [person(1), person(2, "paris"), person(3, "paris", interest_mask=0b10)]
    assert _pairs(online(programme(rows, persons))) == {(1, 1), (1, 2)}


@pytest.mark.parametrize(
    ("city", "awake"),
    [
        ("berlin", True),  # 19:00 to 21:00
        ("tokyo", False),  # 03:00
        ("hnl", True),  # 08:00
        ("mumbai", False),  # 23:30
        ("dubai", False),  # 22:00 to 24:00: it would end too late
    ],
)
def test_nobody_sits_up_at_night(city: str, *, awake: bool) -> None:
    """Between 07 and 23 of their own local time, from start to end."""
    start = datetime.fromisoformat("2026-12-01T18:00Z")
    rows = [event(1, location_type="ONLINE", start=start)]
    assert bool(_pairs(online(programme(rows, [person(1, city)])))) == awake


def test_what_is_worth_a_trip() -> None:
    """Conferences, festivals, hackathons, exhibitions, tournaments, and on site."""
    assert {EventType(kind) for kind in DESTINATIONS} < set(EventType)
    rows = [event(i, event_type=kind.value) for i, kind in enumerate(EventType)]
    found = travellers(programme(rows, [person(1, "munich")]))
    assert {rows[key]["event_type"] for key, _ in _pairs(found)} == DESTINATIONS
    online_one = event(1, event_type="conference", location_type="ONLINE")
    closed = event(2, event_type="conference", is_member_only=True)
    assert (
        _pairs(travellers(programme([online_one, closed], [person(1, "munich")])))
        == set()
    )


@pytest.mark.parametrize(
    ("home", "city", "goes"),
    [
        ("munich", "berlin", True),
        ("paris", "berlin", True),  # 880 km
        ("lisbon", "berlin", False),  # 2,300 km, and abroad
        ("nyc", "la", True),  # 3,900 km, the same country
        ("berlin", "berlin", False),  # that is no trip
    ],
)
def test_how_far_people_travel(home: str, city: str, *, goes: bool) -> None:
    """Within the country, or a thousand kilometres."""
    rows = [event(1, city, event_type="festival")]
    assert bool(_pairs(travellers(programme(rows, [person(1, home)])))) == goes


@pytest.mark.parametrize(
    ("strong", "offered", "goes"),
    [(0b11, 0b11, True), (0b01, 0b11, False), (0b01, 0b01, True), (0b11, 0b111, True)],
)
def test_people_travel_for_strong_interests(
    strong: int, offered: int, *, goes: bool
) -> None:
    """Two strong shared categories, or all that the event has."""
    rows = [event(1, event_type="festival", category_mask=offered)]
    one = person(1, "munich", interest_mask=0b111, strong_mask=strong)
    assert bool(_pairs(travellers(programme(rows, [one])))) == goes


def test_nearer_is_likelier() -> None:
    """The chance of a trip falls with the distance; Alex stays at home."""
    rows = [event(1, event_type="festival")]
    persons = [
        person(1, "prague"),
        person(2, "paris"),
        person(3, "paris", is_demo=True),
    ]
    chance = dict(
        travellers(programme(rows, persons)).select("person_key", "chance").rows()
    )
    assert set(chance) == {1, 2}
    assert chance[1] > chance[2]
