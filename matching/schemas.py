"""The named frames that cross matching's borders: one schema each, with its row.

Keys are unsigned 64-bit integers (`matching.draws.key_of` of the natural key), unique
within their table. Category sets are bit masks: bit i is the i-th category of
`matching.vocabulary.CATEGORIES`. Instants are UTC, in milliseconds.
"""

from typing import Final

import polars as pl

INSTANT: Final = pl.Datetime("ms", "UTC")

# One row per person, the demo user among them.
PEOPLE: Final = pl.Schema(
    {
        "person_key": pl.UInt64,
        "city": pl.String,  # location slug
        "first_name": pl.String,
        "last_name": pl.String,
        "profession": pl.String,  # empty when unknown
        "industry": pl.String,  # industry slug
        "experience_level": pl.String,
        "networking_style": pl.String,
        "spending_power": pl.String,
        "bio": pl.String,
        "circles": pl.List(pl.String),  # "<city>/<label>"
        "interest_mask": pl.UInt64,  # every category of interest
        "strong_mask": pl.UInt64,  # those with a level over 5
        "is_demo": pl.Boolean,
    }
)

# One row per (person, category of interest).
INTERESTS: Final = pl.Schema(
    {"person_key": pl.UInt64, "category": pl.String, "level": pl.Int64}
)

# One row per community.
COMMUNITIES: Final = pl.Schema(
    {
        "community_key": pl.UInt64,
        "city": pl.String,
        "name": pl.String,
        "membership_style": pl.String,
        "category_mask": pl.UInt64,
    }
)

# One row per event occurrence. occurrence 0 is the series' first date.
EVENTS: Final = pl.Schema(
    {
        "event_key": pl.UInt64,
        "series_key": pl.UInt64,
        "occurrence": pl.Int64,
        "community_key": pl.UInt64,
        "city": pl.String,
        "title": pl.String,
        "event_type": pl.String,
        "location_type": pl.String,
        "venue": pl.String,  # null: any of the city's that fits
        "seats": pl.Int64,  # min(capacity, sum of its tiers)
        "weekdays": pl.List(pl.Int64),  # Monday is 0
        "start_minute": pl.Int64,  # local minutes after midnight
        "duration_minutes": pl.Int64,
        "months": pl.List(pl.Int64),  # empty: any
        "category_mask": pl.UInt64,
    }
)

# One row per ticket tier of an event.
TIERS: Final = pl.Schema(
    {
        "tier_key": pl.UInt64,
        "event_key": pl.UInt64,
        "position": pl.Int64,  # by price, cheapest first
        "price_cents": pl.Int64,
        "quantity": pl.Int64,
    }
)

# One row per venue of a city.
VENUES: Final = pl.Schema(
    {
        "city": pl.String,
        "name": pl.String,
        "kind": pl.String,
        "neighbourhood": pl.String,
        "capacity": pl.Int64,
    }
)

# One row per friendship: the pair once, the one who asked first.
FRIENDSHIPS: Final = pl.Schema(
    {
        "person_key": pl.UInt64,
        "friend_key": pl.UInt64,
        "score": pl.Int64,
        "status": pl.String,  # PENDING or ACCEPTED
    }
)


def check(frame: pl.DataFrame, schema: pl.Schema, name: str) -> pl.DataFrame:
    """Return the schema's columns of a frame, or raise naming what differs."""
    wrong = {
        column: (str(frame.schema.get(column)), str(dtype))
        for column, dtype in schema.items()
        if frame.schema.get(column) != dtype
    }
    if wrong:
        raise TypeError(f"{name}: (found, wanted) differ in {wrong}")
    return frame.select(schema.names())
