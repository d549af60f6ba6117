"""On which date an event takes place, and where."""

from datetime import date, datetime, timedelta
from random import Random  # noqa: TID251  hypothesis shuffles with it

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from literals import NOW, Row, days, event, events, venue, venues
from told import Told

from matching import clock
from matching.schedule import AHEAD_DAYS, PAST_DAYS, SCHEDULE, SEASON_DAYS, schedule
from matching.vocabulary import LOCATIONS
from matching.world import Cast

seeds = st.integers(0, 2**32)
PLACES = venues(venue("One"), venue("Two"), venue("Three"))


def _dated(*rows: Row, seed: int = 1, as_of: datetime = NOW) -> pl.DataFrame:
    return schedule(events(*rows), PLACES, as_of, seed).sort("event_key")


def _overlaps(rows: pl.DataFrame, who: str) -> pl.DataFrame:
    """One row per pair of neighbours in time that one host or venue has at once."""
    return (
        rows.drop_nulls(who)
        .sort(who, "start")
        .filter(pl.col("end").shift(1).over(who) > pl.col("start"))
    )


@st.composite
def _programmes(draw: st.DrawFn) -> list[Row]:
    """Up to a dozen events of one city, in series, by a few hosts."""
    rows: list[Row] = []
    for series in range(draw(st.integers(1, 5))):
        weekdays = draw(
            st.lists(st.integers(0, 6), min_size=1, max_size=3, unique=True)
        )
        changes: Row = {
            "series_key": series,
            "host_key": draw(st.integers(1, 2)),
            "weekdays": weekdays,
            "start_minute": 15 * draw(st.integers(7 * 4, 20 * 4)),
            "duration_minutes": draw(st.sampled_from([30, 120, 720])),
            "months": draw(st.sampled_from([[], [12], [6, 7]])),
            "location_type": draw(st.sampled_from(["PHYSICAL", "ONLINE", "HYBRID"])),
            "venue": draw(st.sampled_from([None, "One"])),
        }
        if changes["location_type"] == "ONLINE":
            changes["venue"] = None
        for occurrence in range(draw(st.integers(1, 2))):
            key = 10 * series + occurrence
            rows.append(event(key, occurrence=occurrence, **changes))
    return rows


@settings(max_examples=60)
@given(_programmes(), seeds)
def test_the_laws_of_a_programme(rows: list[Row], seed: int) -> None:
    """Weekday, hour and season as given; nothing twice at once; series in order."""
    given_rows = events(*rows)
    dated = _dated(*rows, seed=seed)
    assert dated.schema == SCHEDULE
    joined = given_rows.drop("start", "end", "venue").join(
        dated, on="event_key", validate="1:1"
    )
    assert joined.height == len(rows)
    local = clock.local_minute(joined["start"], joined["city"])
    assert local.to_list() == joined["start_minute"].to_list()
    there = joined.with_columns(
        there=pl.col("start").dt.convert_time_zone("Europe/Berlin")
    )
    for row in there.iter_rows(named=True):
        assert row["there"].weekday() in row["weekdays"]
        assert not row["months"] or row["there"].month in row["months"]
        assert row["end"] - row["start"] == timedelta(minutes=row["duration_minutes"])
        assert (row["venue"] is None) == (row["location_type"] == "ONLINE")
        assert row["is_over"] == (row["end"] <= NOW)
        assert row["is_over"] or row["start"] > NOW  # nothing is under way
        assert row["start"] >= days(-PAST_DAYS)
    assert _overlaps(joined, "host_key").is_empty()
    assert _overlaps(joined, "venue").is_empty()
    first, second = (joined.filter(pl.col("occurrence") == n) for n in (0, 1))
    both = first.join(second, on="series_key", suffix="_second")
    assert (both["start"] < both["start_second"]).all()


@settings(max_examples=20)
@given(_programmes(), seeds, st.randoms(use_true_random=False))
def test_row_order_does_not_matter(rows: list[Row], seed: int, order: Random) -> None:
    """The same events in another order get the same dates."""
    mixed = rows.copy()
    order.shuffle(mixed)
    assert _dated(*rows, seed=seed).equals(_dated(*mixed, seed=seed))


def test_local_hour_holds_when_the_clocks_change() -> None:
    """Seven in the evening is seven on both sides of the change, in Berlin."""
    rows = [event(i, host_key=i) for i in range(14)]
    found = _dated(*rows, as_of=datetime.fromisoformat("2026-11-01T00:00:00+00:00"))
    hours = {
        (start.date() >= date(2026, 10, 25)): start.hour for start in found["start"]
    }
    assert hours == {False: 17, True: 18}


def test_about_two_in_five_events_are_over() -> None:
    """Of a city's events 35 to 45 % lie behind."""
    rows = [event(i, host_key=i, weekdays=[i % 7]) for i in range(60)]
    places = venues(*(venue(f"Bar {i}") for i in range(20)))
    for seed in range(5):
        over = schedule(events(*rows), places, NOW, seed)["is_over"]
        assert 0.35 <= over.sum() / len(rows) <= 0.45


def test_a_seasonal_event_waits_for_its_next_season() -> None:
    """An event of July that cannot be in the window is next July."""
    found = _dated(event(1, months=[7]))["start"][0]
    assert (found.year, found.month) == (2027, 7)


def test_a_season_that_has_just_ended_is_behind() -> None:
    """An event of October took place this October."""
    row = _dated(event(1, months=[10]), event(2), event(3)).row(0, named=True)
    assert row["is_over"]
    assert row["start"].month == 10


def test_the_venue_that_the_pass_named_is_kept() -> None:
    """Whatever its size or kind."""
    assert _dated(event(1, venue="One", capacity=500))["venue"][0] == "One"


def test_an_unnamed_venue_suits_in_kind_and_size() -> None:
    """A cinema for a screening, and not the one that is too small."""
    places = venues(
        venue("Bar"),
        venue("Small", kind="cinema", capacity=19),
        venue("Right", kind="cinema", capacity=40),
        venue("Elsewhere", "paris", kind="cinema"),
    )
    row = event(1, event_type="screening")
    assert schedule(events(row), places, NOW, 1)["venue"][0] == "Right"


def test_without_a_venue_that_holds_them_it_stops() -> None:
    """The message names city, title and number."""
    with pytest.raises(ValueError, match="berlin: no venue holds the 100 people"):
        _dated(event(1, capacity=100))


def test_without_a_free_date_it_stops() -> None:
    """Twenty events of one host on the Mondays of one window do not fit."""
    with pytest.raises(ValueError, match="berlin: no date is left for 'Event"):
        _dated(*(event(i, host_key=1) for i in range(20)))


def test_one_of_the_demo_users_events_is_over() -> None:
    """The first date of one series, and no other one."""
    mine: Row = {"host_is_demo": True, "host_key": 7}
    rows = [event(i, weekdays=[i % 7], **mine) for i in range(4)]
    rows += [event(10 + i, host_key=10 + i) for i in range(11)]
    for seed in range(10):
        found = _dated(*rows, seed=seed)
        assert found.filter(pl.col("event_key") < 10)["is_over"].sum() == 1


def test_every_event_of_a_world_is_where_and_when_it_should_be(told: Told) -> None:
    """On the weekday and at the hour that the community gave, in its own city."""
    rows = told.story.events
    assert rows.height == told.cast.events.height
    minute = clock.local_minute(rows["start"], rows["city"])
    assert (minute == rows["start_minute"]).all()
    for city, start, weekdays, months in rows.select(
        "city", "start", "weekdays", "months"
    ).iter_rows():
        there = start.astimezone(clock.zone_of(city))
        assert there.weekday() in weekdays
        assert not months or there.month in months
    earliest = told.as_of - timedelta(days=PAST_DAYS)
    latest = told.as_of + timedelta(days=SEASON_DAYS)
    assert rows["start"].is_between(earliest, latest).all()
    beyond = rows.filter(pl.col("start") > told.as_of + timedelta(days=AHEAD_DAYS))
    assert (beyond["months"].list.len() > 0).all()  # seasonal ones alone


def test_nobody_and_no_venue_of_a_world_is_taken_twice(told: Told) -> None:
    """Hosts and venues; and no venue is in two cities."""
    rows = told.story.events.with_columns(
        place=pl.concat_str("city", pl.lit("/"), "venue")
    )
    assert _overlaps(rows, "host_key").is_empty()
    assert _overlaps(rows, "place").is_empty()
    cities = rows.drop_nulls("venue").group_by("venue").agg(pl.col("city").n_unique())
    assert cities["city"].max() == 1


def test_a_worlds_share_of_past_events(told: Told) -> None:
    """35 to 45 % of the events are over, in every city some and some are not."""
    rows = told.story.events
    assert 0.35 <= rows["is_over"].sum() / rows.height <= 0.45
    per_city = rows.group_by("city").agg(over=pl.col("is_over").mean())
    assert per_city.height == len(LOCATIONS)
    assert per_city["over"].is_between(0.2, 0.6).all()


def test_series_of_a_world_follow_in_order(told: Told) -> None:
    """The first date comes first, and no two dates are one."""
    rows = told.story.events.sort("series_key", "occurrence")
    later = rows.filter(pl.col("occurrence") > 0)
    assert not later.is_empty()
    before = pl.col("start").shift(1).over("series_key")
    assert rows.filter(pl.col("start") <= before).is_empty()


def test_each_date_holds_its_own_events_place(cast: Cast, told: Told) -> None:
    """Where the pass named a venue, every date of the series is there."""
    named = cast.events.drop_nulls("venue").select("event_key", named="venue")
    rows = told.story.events.join(named, on="event_key", validate="1:1")
    assert (rows["venue"] == rows["named"]).all()
