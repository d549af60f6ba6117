"""When things happen: a partial order in which nothing lies after `as_of`.

person joined ≤ community founded (its owner) ≤ membership ≤ event created (its
host's membership) ≤ published ≤ view ≤ order ≤ RSVP < start.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matching import clock, draws
from matching.schemas import INSTANT
from matching.venues import suitability

PAST_DAYS: Final = 45  # events run from so many days before as_of
AHEAD_DAYS: Final = 60  # to so many after
SEASON_DAYS: Final = 400  # a seasonal event's next season begins within
PAST_SHARE: Final = 0.39  # of a city's events
SOON_DAYS: Final = 60.0  # how fast dates ahead get rarer; a feed shows the near ones
NEWEST_MEMBER_DAYS: Final = 30
OLDEST_MEMBER_DAYS: Final = 700
WAKING_FROM_MINUTE: Final = 7 * 60
WAKING_TO_MINUTE: Final = 23 * 60
LEAD_DAYS: Final = (14.0, 45.0)  # an event is published so long before it starts
FRESH_DAYS: Final = (0.25, 24.0)  # or so long ago, when it is still far ahead
DRAFT_DAYS: Final = (0.1, 6.0)  # between an event's making and its publication
FOUNDED_AFTER: Final = (
    0.02,
    0.7,
)  # of the time from the owner's joining to the first event
SETTLED_DAYS: Final = 1.0  # between joining the app and founding or hosting
PENDING_DAYS: Final = 40  # a request unanswered for longer is not shown any more
ANSWER_DAYS: Final = (0.1, 20.0)  # from hours to weeks, mostly soon
DAY_MS: Final = 86_400_000

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
    slots = _slots(events, as_of, seed)
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


def _slots(events: pl.DataFrame, as_of: datetime, seed: int) -> dict[int, list[Slot]]:
    """All dates each event could have: in the window, else in its next season."""
    inside = _dates(events, as_of, -PAST_DAYS, AHEAD_DAYS)
    later = events.join(inside, on="event_key", how="anti")
    season = _dates(later, as_of, AHEAD_DAYS, SEASON_DAYS)
    season = season.filter(
        pl.col("start")
        < pl.col("start").min().over("event_key") + pl.duration(days=AHEAD_DAYS)
    )
    dates = pl.concat([inside, season]).sort("event_key", "start")
    ahead = ((dates["start"].to_physical().to_numpy() - _ms(as_of)) / DAY_MS).clip(
        min=0.0
    )
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


def publish(scheduled: pl.DataFrame, as_of: datetime, seed: int) -> pl.DataFrame:
    """Say when each event was made and published, before it starts and before as_of.

    Args:
        scheduled: one row per event, with start.
        as_of: the world's now.
        seed: the world's seed.

    Returns:
        The same rows with created and published.
    """
    keys = scheduled["event_key"]
    lead = _between(LEAD_DAYS, draws.uniform(seed, "lead", keys))
    fresh = _between(FRESH_DAYS, draws.uniform(seed, "fresh", keys))
    draft = _between(DRAFT_DAYS, draws.uniform(seed, "draft", keys))
    now = _ms(as_of)
    published = np.minimum(
        scheduled["start"].to_physical().to_numpy() - lead * DAY_MS,
        now - fresh * DAY_MS,
    )
    return scheduled.with_columns(
        instants(published).alias("published"),
        instants(published - draft * DAY_MS).alias("created"),
    )


def join_dates(people: pl.DataFrame, as_of: datetime, seed: int) -> pl.DataFrame:
    """Say when each person joined the app, in waking hours of their own city.

    Args:
        people: one row per person: person_key, city, and needed_by, the instant before
            which they founded or hosted something (null: never did).
        as_of: the world's now.
        seed: the world's seed.

    Returns:
        One row per person: person_key, joined.
    """
    keys = people["person_key"]
    now = _ms(as_of)
    oldest = float(OLDEST_MEMBER_DAYS - 1)
    needed_by = people["needed_by"].cast(INSTANT).to_physical().to_numpy().astype(float)
    days_needed = np.nan_to_num((now - needed_by) / DAY_MS, nan=0.0)
    newest = np.maximum(NEWEST_MEMBER_DAYS + 1, days_needed + SETTLED_DAYS + 1)
    days_ago = newest + (oldest - newest) * draws.uniform(seed, "joined/day", keys)
    minute = _between(
        (WAKING_FROM_MINUTE, WAKING_TO_MINUTE),
        draws.uniform(seed, "joined/minute", keys),
    )
    midnight = instants(now - days_ago * DAY_MS).dt.replace_time_zone(None)
    local = midnight.dt.truncate("1d") + pl.Series(
        (minute * 60_000).astype(np.int64)
    ).cast(pl.Duration("ms"))
    # an hour later where the clocks jump over it; they never do so twice
    exact = clock.to_utc(local, people["city"])
    later = clock.to_utc(local + timedelta(hours=1), people["city"])
    return people.select(
        "person_key", joined=pl.select(exact.fill_null(later)).to_series()
    )


def founding_dates(communities: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Say when each community was founded: after its owner joined, before its events.

    Args:
        communities: one row per community: community_key, owner_joined, first_event
            (when its first event was made).
        seed: the world's seed.

    Returns:
        One row per community: community_key, founded.
    """
    joined = communities["owner_joined"].to_physical().to_numpy()
    limit = communities["first_event"].to_physical().to_numpy()
    part = _between(
        FOUNDED_AFTER, draws.uniform(seed, "founded", communities["community_key"])
    )
    return communities.select("community_key").with_columns(
        founded=instants(joined + (limit - joined) * part)
    )


def membership_dates(
    memberships: pl.DataFrame, as_of: datetime, seed: int
) -> pl.DataFrame:
    """Say when each member joined the community, the owner at its founding.

    Args:
        memberships: one row per (community, member): role, joined (the person's),
            founded, needed_by (when they made their first event there, or null).
        as_of: the world's now.
        seed: the world's seed.

    Returns:
        The same rows with member_since.
    """
    earliest = np.maximum(
        memberships["joined"].to_physical().to_numpy(),
        memberships["founded"].to_physical().to_numpy(),
    )
    needed_by = memberships["needed_by"].cast(INSTANT).to_physical().to_numpy()
    latest = np.where(
        memberships["needed_by"].is_null().to_numpy(), _ms(as_of), needed_by
    ).astype(float)
    draw = draws.uniform(
        seed, "member", memberships["community_key"], memberships["person_key"]
    )
    since = earliest + (latest - earliest) * draw**2  # most join in the early days
    is_owner = (memberships["role"] == "ADMIN").to_numpy()
    return memberships.with_columns(
        member_since=instants(np.where(is_owner, earliest, since))
    )


def friendship_dates(
    friendships: pl.DataFrame, people: pl.DataFrame, as_of: datetime, seed: int
) -> pl.DataFrame:
    """Say when one asked the other and when the other said yes.

    Args:
        friendships: one row per pair (FRIENDSHIPS).
        people: one row per person: person_key, joined.
        as_of: the world's now.
        seed: the world's seed.

    Returns:
        The same rows with asked, and accepted (null while PENDING).
    """
    joined = people.select("person_key", "joined")
    rows = (
        friendships.join(joined, on="person_key", validate="m:1")
        .join(
            joined.rename({"person_key": "friend_key", "joined": "friend_joined"}),
            on="friend_key",
            validate="m:1",
        )
        .sort("person_key", "friend_key")
    )
    now = _ms(as_of)
    pair = (rows["person_key"], rows["friend_key"])
    both = rows.select(
        pl.max_horizontal("joined", "friend_joined").to_physical()
    ).to_series()
    earliest = both.to_numpy().astype(float)
    pending = (rows["status"] == "PENDING").to_numpy()
    # who was asked lately may still be thinking; an old request was answered
    earliest = np.where(
        pending, np.maximum(earliest, now - PENDING_DAYS * DAY_MS), earliest
    )
    latest = np.where(pending, now, np.maximum(now - ANSWER_DAYS[1] * DAY_MS, earliest))
    asked = earliest + (latest - earliest) * draws.uniform(seed, "asked", *pair)
    days = _between(ANSWER_DAYS, draws.uniform(seed, "accepted", *pair) ** 2)
    accepted = np.minimum(asked + days * DAY_MS, (asked + now) / 2)
    return rows.drop("joined", "friend_joined").with_columns(
        asked=instants(asked),
        accepted=pl.when(pl.col("status") == "ACCEPTED").then(
            pl.lit(instants(accepted))
        ),
    )


def instants(milliseconds: NDArray[np.float64]) -> pl.Series:
    """Turn milliseconds since 1970 into UTC instants, rounding down."""
    return pl.Series(np.floor(milliseconds).astype(np.int64)).cast(INSTANT)


def _between(
    bounds: tuple[float, float], draw: NDArray[np.float64]
) -> NDArray[np.float64]:
    low, high = bounds
    return low + (high - low) * draw


def _ms(moment: datetime) -> int:
    return int(moment.timestamp()) * 1000
