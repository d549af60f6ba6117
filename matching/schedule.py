"""On which date an event takes place, and where: no host, no venue twice at once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl

from matching import clock, draws
from matching.schemas import INSTANT
from matching.timeline import DAY_MS, milliseconds
from matching.venues import suitability

PAST_DAYS: Final = 45  # events run from so many days before as_of
AHEAD_DAYS: Final = 60  # to so many after
SEASON_DAYS: Final = 400  # a seasonal event's next season begins within
PAST_SHARE: Final = 0.375  # of a city's events
SOON_DAYS: Final = 60.0  # how fast dates ahead get rarer; a feed shows the near ones

# One row per event: where and when. venue is null for ONLINE.
SCHEDULE: Final = pl.Schema(
    {
        "event_key": pl.UInt64,
        "start": INSTANT,
        "end": INSTANT,
        "venue": pl.String,
        "is_over": pl.Boolean,
    }
)


class Slot(NamedTuple):
    """One possible date of an event."""

    start: datetime
    end: datetime
    draw: float


@dataclass
class _Diary:
    """What is taken in one city: intervals by host and by venue."""

    taken: dict[Any, list[tuple[datetime, datetime]]] = field(
        default_factory=dict[Any, list[tuple[datetime, datetime]]]
    )

    def is_free(self, who: object, slot: Slot) -> bool:
        return all(
            slot.end <= start or end <= slot.start
            for start, end in self.taken.get(who, [])
        )

    def take(self, who: object, slot: Slot) -> None:
        self.taken.setdefault(who, []).append((slot.start, slot.end))


def schedule(
    events: pl.DataFrame,
    venues: pl.DataFrame,
    as_of: datetime,
    seed: int,
) -> pl.DataFrame:
    """Give each event a date, and a venue that is free then.

    Args:
        events: one row per event (EVENTS) with host_key, host_is_demo and capacity.
        venues: one row per venue of a city (VENUES).
        as_of: the world's now, UTC.
        seed: the world's seed.

    Returns:
        One row per event, SCHEDULE. Neither a host nor a venue is taken twice at once,
        and a series' occurrences follow one another.
    """
    slots = possible_dates(events, as_of, seed)
    by_city = {
        city: group.sort("event_key").to_dicts()
        for (city,), group in events.group_by("city")
    }
    places = {city: group.to_dicts() for (city,), group in venues.group_by("city")}
    rows = [
        row
        for city in sorted(by_city)
        for row in _schedule_city(
            by_city[city],
            sorted(places.get(city, []), key=lambda venue: str(venue["name"])),
            slots,
            as_of,
            seed,
        )
    ]
    return pl.DataFrame(rows, schema=SCHEDULE, orient="row")


def _schedule_city(
    events: list[dict[str, Any]],
    venues: list[dict[str, Any]],
    slots: dict[int, list[Slot]],
    as_of: datetime,
    seed: int,
) -> list[tuple[int, datetime, datetime, str | None, bool]]:
    past = _past_quota(events, slots, as_of, seed)
    diary = _Diary()
    dated: dict[int, tuple[Slot, str | None]] = {}
    for event in sorted(
        events, key=lambda e: (len(slots[e["event_key"]]), e["event_key"])
    ):
        key = event["event_key"]
        wants_past = key in past
        ordered = sorted(
            slots[key], key=lambda s: ((s.start < as_of) != wants_past, s.draw)
        )
        dated[key] = _place(event, ordered, venues, diary, seed)
    return [
        (event["event_key"], slot.start, slot.end, venue, slot.end <= as_of)
        for event, (slot, venue) in _in_series_order(events, dated)
    ]


def _in_series_order(
    events: list[dict[str, Any]], dated: dict[int, tuple[Slot, str | None]]
) -> Iterator[tuple[dict[str, Any], tuple[Slot, str | None]]]:
    """Hand a series' dates out so that the second date follows the first."""
    series: dict[int, list[dict[str, Any]]] = {}
    for event in events:
        series.setdefault(event["series_key"], []).append(event)
    for occurrences in series.values():
        occurrences.sort(key=lambda e: e["occurrence"])
        dates = sorted(
            (dated[e["event_key"]] for e in occurrences), key=lambda d: d[0].start
        )
        yield from zip(occurrences, dates, strict=True)


def possible_dates(
    events: pl.DataFrame, as_of: datetime, seed: int
) -> dict[int, list[Slot]]:
    """Give all dates each event could have: in the window, else in its next season.

    The smaller a date's draw, the sooner it is tried.
    """
    inside = _dates(events, as_of, -PAST_DAYS, AHEAD_DAYS)
    later = events.join(inside, on="event_key", how="anti")
    season = _dates(later, as_of, AHEAD_DAYS, SEASON_DAYS)
    season = season.filter(
        pl.col("start")
        < pl.col("start").min().over("event_key") + pl.duration(days=AHEAD_DAYS)
    )
    dates = pl.concat([inside, season]).sort("event_key", "start")
    ahead = (
        (dates["start"].to_physical().to_numpy() - milliseconds(as_of)) / DAY_MS
    ).clip(min=0.0)
    uniform = draws.uniform(
        seed, "date", dates["event_key"], dates["start"].to_physical()
    )
    # Efraimidis-Spirakis keys: a smaller one is likelier where the weight is larger
    dates = dates.with_columns(
        draw=pl.Series(draws.exponential(uniform, np.exp(ahead / SOON_DAYS)))
    )
    slots: dict[int, list[Slot]] = {}
    for key, start, end, draw in dates.iter_rows():
        slots.setdefault(key, []).append(Slot(start, end, draw))
    return slots


def _dates(
    events: pl.DataFrame, as_of: datetime, from_day: int, to_day: int
) -> pl.DataFrame:
    """One row per date that an event could have: event_key, start, end."""
    earliest, latest = (as_of + timedelta(days=day) for day in (from_day, to_day))
    days = pl.DataFrame(
        {
            "day": pl.date_range(
                earliest.date() - timedelta(days=1),
                latest.date() + timedelta(days=1),
                eager=True,
            )
        }
    ).with_columns(
        weekday=pl.col("day").dt.weekday().cast(pl.Int64) - 1,
        month=pl.col("day").dt.month().cast(pl.Int64),
    )
    dates = (
        events.select(
            "event_key",
            "city",
            "start_minute",
            "duration_minutes",
            "months",
            weekday="weekdays",
        )
        .explode("weekday", empty_as_null=False)
        .join(days, on="weekday", validate="m:m")
        .filter(
            (pl.col("months").list.len() == 0)
            | pl.col("months").list.contains(pl.col("month"))
        )
        .with_columns(
            local=pl.col("day").cast(pl.Datetime("ms"))
            + pl.duration(minutes=pl.col("start_minute"))
        )
    )
    start = pl.col("start")
    return (
        dates.with_columns(start=clock.to_utc(dates["local"], dates["city"]))
        .drop_nulls("start")  # the clocks jump over it
        .with_columns(end=start + pl.duration(minutes=pl.col("duration_minutes")))
        .filter(
            start.is_between(pl.lit(earliest), pl.lit(latest))
            # nothing is under way at as_of
            & ((pl.col("end") <= pl.lit(as_of)) | (start > pl.lit(as_of)))
        )
        .select("event_key", pl.col("start", "end").cast(INSTANT))
    )


def _past_quota(
    events: list[dict[str, Any]],
    slots: dict[int, list[Slot]],
    as_of: datetime,
    seed: int,
) -> set[int]:
    """Choose the city's events that are over: about 40 %, those in season first."""
    city = draws.key_of(events[0]["city"])
    quota = int(PAST_SHARE * len(events) + draws.one(seed, "past", city))
    ranked: list[tuple[int, float, int]] = []
    demo_has_one = False
    for event in events:
        key = event["event_key"]
        starts = [slot.start for slot in slots[key]]
        if not any(start < as_of for start in starts):
            continue
        rank = 2
        if all(start < as_of for start in starts):
            rank = 1  # its season ends before as_of
        if event["host_is_demo"]:
            # one of the demo user's own events is over, with feedback to read
            is_first = not demo_has_one and event["occurrence"] == 0
            demo_has_one |= is_first
            rank = 0 if is_first else 3
        ranked.append((rank, draws.one(seed, "past", key), key))
    return {key for _, _, key in sorted(ranked)[:quota]}


def _place(
    event: dict[str, Any],
    slots: list[Slot],
    venues: list[dict[str, Any]],
    diary: _Diary,
    seed: int,
) -> tuple[Slot, str | None]:
    """Take the first date on which host and venue are free."""
    choices = _venue_choices(event, venues, seed)
    for slot in slots:
        if not diary.is_free(event["host_key"], slot):
            continue
        venue = next((v for v in choices if v is None or diary.is_free(v, slot)), "")
        if venue == "":
            continue
        diary.take(event["host_key"], slot)
        if venue is not None:
            diary.take(venue, slot)
        return slot, venue
    raise ValueError(
        f"{event['city']}: no date is left for {event['title']!r}: in all "
        f"{len(slots)} of its dates its host or its venue is taken"
    )


def _venue_choices(
    event: dict[str, Any], venues: list[dict[str, Any]], seed: int
) -> list[str | None]:
    if event["location_type"] == "ONLINE":
        return [None]
    if event["venue"] is not None:
        return [event["venue"]]
    rated: list[tuple[int, float, str]] = []
    for venue in venues:
        score = suitability(
            event["event_type"], event["capacity"], venue["kind"], venue["capacity"]
        )
        if score is not None:
            draw = draws.one(
                seed, "venue", event["series_key"], draws.key_of(venue["name"])
            )
            rated.append((score, draw, venue["name"]))
    if not rated:
        raise ValueError(
            f"{event['city']}: no venue holds the {event['capacity']} people of "
            f"{event['title']!r}"
        )
    return [name for _, _, name in sorted(rated)]
