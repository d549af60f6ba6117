"""A world moved by whole weeks: local hours stay, and no order in time turns round."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import clock
from matching.schemas import INSTANT
from matching.sliding import (
    COMMITMENTS,
    DOORS_MS,
    RAMP_MS,
    SLID_EVENTS,
    slide_conflicts,
    slide_events,
    slide_messages,
    slide_moments,
    weeks_until,
)
from matching.vocabulary import LOCATIONS

NOW = datetime(2026, 11, 16, tzinfo=UTC)
HOUR = timedelta(hours=1)
CITIES = [location.slug for location in LOCATIONS]
QUARTERS = 24 * 4

cities = st.sampled_from(CITIES)
weeks = st.integers(1, 160)
# a quarter hour from 45 days before now to 60 after, and 30 minutes to 12 hours
starts = st.integers(-45 * QUARTERS, 60 * QUARTERS)
lengths = st.integers(2, 48)


def event(
    city: str,
    start: datetime,
    length: timedelta = HOUR,
    key: str = "e",
    venue: str | None = None,
) -> dict[str, Any]:
    row = {"event_id": key, "city": city, "venue": venue, "start": start}
    return row | {"end": start + length}


def frame(*events: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(events, schema=SLID_EVENTS, orient="row")


def quarter(number: int) -> datetime:
    return NOW + timedelta(minutes=15 * number)


def local(moments: pl.Series, city: str) -> list[datetime]:
    return clock.to_local(moments, pl.Series([city] * len(moments))).to_list()


def slide(events: pl.DataFrame, ahead: int, now: datetime = NOW) -> pl.DataFrame:
    return slide_events(events, now, now + timedelta(weeks=ahead))


def moments_of(key: str, *moments: datetime | None) -> pl.DataFrame:
    return pl.DataFrame(
        {"event_id": [key] * len(moments), "moment": pl.Series(moments, dtype=INSTANT)}
    )


def test_every_city_is_tried() -> None:
    """The laws below are of all 69 zones."""
    assert len(set(CITIES)) == 69


@settings(max_examples=150, deadline=None)
@given(cities, starts, lengths, weeks)
def test_an_event_keeps_weekday_wall_clock_and_length(
    city: str, start: int, length: int, ahead: int
) -> None:
    """Wherever it is and however far it goes; an hour later in a jump of the clocks."""
    before = event(city, quarter(start), timedelta(minutes=15 * length))
    moved = slide(frame(before), ahead)
    (there,) = local(moved["start"], city)
    (now_there,) = local(moved["new_start"], city)
    wanted = there + timedelta(weeks=ahead)
    jumped = clock.to_utc(
        pl.Series([wanted], dtype=clock.LOCAL), pl.Series([city])
    ).has_nulls()
    assert now_there == (wanted + HOUR if jumped else wanted)
    assert (moved["new_end"] - moved["new_start"]).to_list() == [
        timedelta(minutes=15 * length)
    ]


@pytest.mark.parametrize("ahead", range(1, 53, 3))
def test_all_cities_keep_weekday_and_hour_for_a_year(ahead: int) -> None:
    """Through both changes of the clocks, twenty past seven stays that everywhere."""
    days = [datetime(2026, 11, 18, 19, 20) + timedelta(weeks=w) for w in (-6, 0, 8)]  # noqa: DTZ001
    there = pl.DataFrame({"city": CITIES}).join(
        pl.DataFrame({"wall": days}, schema={"wall": clock.LOCAL}), how="cross"
    )
    utc = clock.to_utc(there["wall"], there["city"])
    events = there.select(
        "city",
        event_id=pl.int_range(pl.len()).cast(pl.String),
        venue=pl.lit(None, pl.String),
        start=utc,
        end=utc + HOUR,
    )
    moved = slide(events, ahead)
    wall = clock.to_local(moved["new_start"], moved["city"])
    assert (wall - there["wall"] == timedelta(weeks=ahead)).all()


@settings(max_examples=150, deadline=None)
@given(
    cities,
    starts,
    lengths,
    weeks,
    st.lists(st.floats(0, 1), min_size=2, max_size=12),
)
def test_no_order_of_an_events_moments_turns_round(
    city: str, start: int, length: int, ahead: int, parts: list[float]
) -> None:
    """Whatever happened between its making and now keeps its order, and its past."""
    begin = quarter(start)
    row = event(city, begin, timedelta(minutes=15 * length))
    moved = slide(frame(row), ahead)
    slid_to = NOW + timedelta(weeks=ahead)
    if slide_conflicts(moved, pl.DataFrame(schema=COMMITMENTS), slid_to):
        return  # such a world is not moved by these weeks
    if begin <= NOW < row["end"]:
        return  # nothing is under way in a world as it was made
    first = begin - timedelta(days=20)
    latest = NOW if row["end"] <= NOW else min(NOW, begin - HOUR)
    if latest < first:
        return
    moments = sorted(first + part * (latest - first) for part in parts)
    slid = slide_moments(moments_of("e", *moments), moved, NOW, slid_to)
    assert slid.is_sorted()
    assert (slid <= slid_to).all()
    new_start, new_end = moved["new_start"][0], moved["new_end"][0]
    exact = pl.Series(moments, dtype=INSTANT)
    for old, new in zip(exact, slid, strict=True):
        assert (old < row["start"]) == (new < new_start)
        assert (old <= row["end"]) == (new <= new_end)
        if old <= min(begin - timedelta(milliseconds=DOORS_MS + RAMP_MS), NOW):
            assert new - old == timedelta(weeks=ahead)
    for (old, new), (next_old, next_new) in zip(
        zip(exact, slid, strict=True),
        list(zip(exact, slid, strict=True))[1:],
        strict=False,
    ):
        if next_old - old >= timedelta(milliseconds=3):
            assert new < next_new


@settings(max_examples=100, deadline=None)
@given(cities, st.integers(-45 * QUARTERS, -49), lengths, weeks)
def test_a_check_in_moves_as_its_event_does(
    city: str, start: int, length: int, ahead: int
) -> None:
    """From the doors to the end all keep their distance to the start."""
    begin = quarter(start)
    row = event(city, begin, timedelta(minutes=15 * length))
    moved = slide(frame(row), ahead)
    doors = begin - timedelta(milliseconds=DOORS_MS)
    slid_to = NOW + timedelta(weeks=ahead)
    slid = slide_moments(moments_of("e", doors, begin, row["end"]), moved, NOW, slid_to)
    new_start = moved["new_start"][0]
    assert slid.to_list() == [
        new_start - timedelta(milliseconds=DOORS_MS),
        new_start,
        moved["new_end"][0],
    ]


@settings(max_examples=100, deadline=None)
@given(cities, starts, st.integers(1, 30), st.integers(1, 30))
def test_two_slides_are_one(city: str, start: int, first: int, second: int) -> None:
    """An event's dates are the same, however many steps led there."""
    once = slide(frame(event(city, quarter(start))), first + second)
    halfway = slide(frame(event(city, quarter(start))), first)
    (wall,) = local(halfway["start"], city)
    if local(halfway["new_start"], city) != [wall + timedelta(weeks=first)]:
        return  # the clocks jump over it halfway
    rest = frame(event(city, halfway["new_start"][0]))
    twice = slide(rest, second, NOW + timedelta(weeks=first))
    assert twice["new_start"].to_list() == once["new_start"].to_list()


def test_what_nothing_shifts_moves_by_weeks_alone() -> None:
    """A moment without an event, and no moment at all."""
    slid_to = NOW + timedelta(weeks=20)
    moved = slide(frame(event("berlin", NOW - timedelta(days=3))), 20)
    moments = pl.DataFrame(
        {"event_id": [None, "e"], "moment": pl.Series([NOW, None], dtype=INSTANT)},
        schema_overrides={"event_id": pl.String},
    )
    assert slide_moments(moments, moved, NOW, slid_to).to_list() == [slid_to, None]


def test_a_moment_of_an_unknown_event_is_refused() -> None:
    """It is named, not moved by a guess."""
    moved = slide(frame(event("berlin", NOW)), 1)
    with pytest.raises(ValueError, match="'nowhere'"):
        slide_moments(moments_of("nowhere", NOW), moved, NOW, NOW)


@pytest.mark.parametrize("days", [1.01, 6.99])
@pytest.mark.parametrize("begin", [NOW + timedelta(days=6.5), NOW - timedelta(days=9)])
@pytest.mark.parametrize("city", ["berlin", "sydney"])
def test_a_host_message_stays_in_the_week_before(
    city: str, begin: datetime, days: float
) -> None:
    """An hour more or less does not bring it out of one to seven days."""
    slid_to = NOW + timedelta(weeks=23)  # Berlin's summer, Sydney's winter
    moved = slide(frame(event(city, begin)), 23)
    assert moved["shift_ms"].abs().to_list() == [3_600_000]
    message = moments_of("e", begin - timedelta(days=days))
    (slid,) = slide_messages(message, moved, NOW, slid_to)
    lead = moved["new_start"][0] - slid
    assert timedelta(days=1) <= lead <= timedelta(days=7)


def test_an_hour_that_the_clocks_jump_over() -> None:
    """Half past two in that night is half past three; in the other it is the first."""
    night = datetime(2026, 11, 15, 1, 30, tzinfo=UTC)  # half past two in Berlin
    spring = slide(frame(event("berlin", night)), 19)  # 2027-03-28
    assert local(spring["new_start"], "berlin") == [datetime(2027, 3, 28, 3, 30)]  # noqa: DTZ001
    autumn = slide(frame(event("berlin", night)), 50)  # 2027-10-31
    assert autumn["new_start"].to_list() == [datetime(2027, 10, 31, 0, 30, tzinfo=UTC)]


def commitments(*events: str, on_site: bool = True, trip: str = "") -> pl.DataFrame:
    rows = [("ada", key, on_site, key == trip) for key in events]
    return pl.DataFrame(rows, schema=COMMITMENTS, orient="row")


def test_two_events_that_would_meet_are_named() -> None:
    """Between New York's change of the clocks and Berlin's, an hour is missing."""
    berlin = event("berlin", NOW + timedelta(hours=17), key="b")
    online = event("nyc", NOW + timedelta(hours=18), key="o")
    both = frame(berlin, online)
    people = commitments("b", "o")
    assert slide_conflicts(slide(both, 5), people, NOW + timedelta(weeks=5)) == []
    found = slide_conflicts(slide(both, 17), people, NOW + timedelta(weeks=17))
    assert found == ["somebody would be at the events 'b' and 'o' at once"]
    assert not slide_conflicts(
        slide(both, 17), pl.DataFrame(schema=COMMITMENTS), NOW + timedelta(weeks=17)
    )


def test_a_trip_keeps_its_fourteen_hours() -> None:
    """An hour less is named only where one of the two is a trip."""
    berlin = event("berlin", NOW + timedelta(hours=2), key="b")
    away = event("nyc", NOW + timedelta(hours=17), key="t")
    both, slid_to = frame(berlin, away), NOW + timedelta(weeks=17)
    found = slide_conflicts(slide(both, 17), commitments("b", "t", trip="t"), slid_to)
    assert found == [
        "fewer than 14 hours would lie between the events 'b' and 't' of a traveller"
    ]
    assert slide_conflicts(slide(both, 17), commitments("b", "t"), slid_to) == []


def test_a_venue_holds_one_event_at_a_time() -> None:
    """A night that lost an hour brings two parties into one hall."""
    night = datetime(2026, 11, 14, 23, tzinfo=UTC)  # midnight in Berlin
    party = event("berlin", night, 2 * HOUR, "p", venue="Hall")
    brunch = event("berlin", night + 3 * HOUR, HOUR, "q", venue="hall")
    both = frame(party, brunch)
    nobody = pl.DataFrame(schema=COMMITMENTS)
    assert slide_conflicts(slide(both, 19), nobody, NOW + timedelta(weeks=19)) == []
    longer = frame(party | {"end": night + 2.5 * HOUR}, brunch)
    assert slide_conflicts(slide(longer, 19), nobody, NOW + timedelta(weeks=19)) == [
        "events 'p' and 'q' would be at the same venue at once"
    ]


def test_what_is_over_stays_over() -> None:
    """An event that ended at midnight in summer ends an hour later in winter."""
    now = datetime(2026, 10, 12, tzinfo=UTC)
    events = frame(event("nyc", now - HOUR, key="late"))
    nobody = pl.DataFrame(schema=COMMITMENTS)
    slid_to = now + timedelta(weeks=4)
    found = slide_conflicts(slide(events, 4, now), nobody, slid_to)
    assert found == ["event 'late' was over and would not be"]


@pytest.mark.parametrize(
    ("today", "wanted"),
    [
        (date(2026, 11, 15), 0),
        (date(2026, 11, 16), 0),
        (date(2026, 11, 22), 0),
        (date(2026, 11, 23), 1),
        (date(2026, 12, 20), 4),
        (date(2026, 1, 1), 0),
    ],
)
def test_weeks_that_have_passed(today: date, wanted: int) -> None:
    """As near to today as whole weeks come, never after it."""
    assert weeks_until(NOW, today) == wanted
