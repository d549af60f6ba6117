"""Small literal frames, one row a call: a test names only what it is about."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import polars as pl

from matching.programme import Programme
from matching.schemas import COMMUNITIES, EVENTS, INSTANT, PEOPLE, TIERS, VENUES

NOW: Final = datetime(2026, 11, 22, tzinfo=UTC)
Row = dict[str, Any]

_DATED_EVENT: Final = pl.Schema(
    {
        **EVENTS,
        "capacity": pl.Int64,
        "target": pl.Int64,
        "host_key": pl.UInt64,
        "host_is_demo": pl.Boolean,
        "start": INSTANT,
        "end": INSTANT,
        "published": INSTANT,
        "is_member_only": pl.Boolean,
    }
)
_JOINED: Final = pl.Schema({**PEOPLE, "joined": INSTANT})
_MEMBER: Final = pl.Schema(
    {"community_key": pl.UInt64, "person_key": pl.UInt64, "member_since": INSTANT}
)


def days(number: float) -> datetime:
    """Give the instant so many days after now."""
    return NOW + timedelta(days=number)


def person(key: int, city: str = "berlin", **changes: object) -> Row:
    """One person; a MEDIUM spender who likes the first two categories strongly."""
    row: Row = {
        "person_key": key,
        "city": city,
        "first_name": "Ada",
        "last_name": str(key),
        "profession": "Baker",
        "industry": "hospitality",
        "experience_level": "MID",
        "networking_style": "ACTIVE",
        "spending_power": "MEDIUM",
        "bio": "",
        "circles": [],
        "interest_mask": 0b11,
        "strong_mask": 0b11,
        "is_demo": False,
        "joined": days(-400),
    }
    return row | changes


def people(*rows: Row) -> pl.DataFrame:
    """One row per person (PEOPLE)."""
    return _frame(rows, PEOPLE)


def joined_people(*rows: Row) -> pl.DataFrame:
    """One row per person (PEOPLE) with joined."""
    return _frame(rows, _JOINED)


def community(key: int, city: str = "berlin", **changes: object) -> Row:
    """One OPEN community about the first category."""
    row: Row = {
        "community_key": key,
        "city": city,
        "name": f"Community {key}",
        "membership_style": "OPEN",
        "category_mask": 0b01,
    }
    return row | changes


def communities(*rows: Row) -> pl.DataFrame:
    """One row per community (COMMUNITIES)."""
    return _frame(rows, COMMUNITIES)


def event(key: int, city: str = "berlin", **changes: object) -> Row:
    """One physical meetup of 20 seats, on Mondays at 19:00, here ten days ahead."""
    row: Row = {
        "event_key": key,
        "series_key": key,
        "occurrence": 0,
        "community_key": 1,
        "city": city,
        "title": f"Event {key}",
        "event_type": "meetup",
        "location_type": "PHYSICAL",
        "venue": None,
        "seats": 20,
        "weekdays": [0],
        "start_minute": 19 * 60,
        "duration_minutes": 120,
        "months": [],
        "category_mask": 0b01,
        "capacity": 20,
        "target": 10,
        "host_key": 999,
        "host_is_demo": False,
        "start": days(10),
        "published": days(-20),
        "is_member_only": False,
    } | changes
    return {"end": row["start"] + timedelta(minutes=row["duration_minutes"])} | row


def events(*rows: Row) -> pl.DataFrame:
    """One row per event (EVENTS) with capacity, host, target and dates."""
    return _frame(rows, _DATED_EVENT)


def tier(key: int, event_key: int, price_cents: int = 0, **changes: object) -> Row:
    """One tier of an event, of 20 tickets."""
    row: Row = {
        "tier_key": key,
        "event_key": event_key,
        "position": 0,
        "price_cents": price_cents,
        "quantity": 20,
    }
    return row | changes


def tiers(*rows: Row) -> pl.DataFrame:
    """One row per ticket tier (TIERS)."""
    return _frame(rows, TIERS)


def venue(name: str, city: str = "berlin", **changes: object) -> Row:
    """One bar for 60."""
    row: Row = {
        "city": city,
        "name": name,
        "kind": "bar",
        "neighbourhood": "Mitte",
        "capacity": 60,
    }
    return row | changes


def venues(*rows: Row) -> pl.DataFrame:
    """One row per venue (VENUES)."""
    return _frame(rows, VENUES)


def programme(
    event_rows: list[Row],
    person_rows: list[Row],
    tier_rows: list[Row] | None = None,
    member_rows: list[tuple[int, int, datetime]] | None = None,
    seed: int = 7,
) -> Programme:
    """What attendance reads; without tiers named, each event is free for all."""
    free = [
        tier(row["event_key"], row["event_key"], quantity=row["seats"])
        for row in event_rows
    ]
    return Programme(
        events=events(*event_rows),
        people=joined_people(*person_rows),
        tiers=tiers(*(free if tier_rows is None else tier_rows)),
        members=pl.DataFrame(member_rows or [], schema=_MEMBER, orient="row"),
        as_of=NOW,
        seed=seed,
    )


def _frame(rows: tuple[Row, ...], schema: pl.Schema) -> pl.DataFrame:
    return pl.DataFrame([{c: row[c] for c in schema} for row in rows], schema=schema)
