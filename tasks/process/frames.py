"""The named frames of processed answers, and how they lie on disk.

A file is a JSON list with one record a line, so that a person can read it and a diff
shows which record changed.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from tasks.editions import read_json, write_text

MAX_FRAME_BYTES: Final = 400_000_000  # five times the most people that a run takes
_MEMBERSHIP_TIER: Final = pl.Struct(
    {
        "name": pl.String,
        "description": pl.String,
        "price_cents": pl.Int64,
        "benefits": pl.List(pl.String),
    }
)
_TICKET_TIER: Final = pl.Struct(
    {
        "name": pl.String,
        "description": pl.String,
        "price_cents": pl.Int64,
        "capacity": pl.Int64,
    }
)
_PROMO_CODE: Final = pl.Struct(
    {"code": pl.String, "description": pl.String, "percent_off": pl.Int64}
)
_QUESTION: Final = pl.Struct(
    {"label": pl.String, "type": pl.String, "options": pl.List(pl.String)}
)
_REVIEW: Final = pl.Struct({"rating": pl.Int64, "comment": pl.String})
_INTEREST: Final = pl.Struct({"category": pl.String, "level": pl.Int64})

# One row per community.
COMMUNITIES: Final = pl.Schema(
    {
        "city": pl.String,  # location slug
        "name": pl.String,  # unique
        "description": pl.String,
        "focus_area": pl.String,
        "target_audience": pl.String,
        "membership_style": pl.String,
        "categories": pl.List(pl.String),
        "tiers": pl.List(_MEMBERSHIP_TIER),  # cheapest first
    }
)

# One row per person; (first_name, last_name) is unique.
PEOPLE: Final = pl.Schema(
    {
        "city": pl.String,
        "first_name": pl.String,
        "last_name": pl.String,
        "profession": pl.String,
        "industry": pl.String,
        "experience_level": pl.String,
        "networking_style": pl.String,
        "spending_power": pl.String,
        "bio": pl.String,
        "circles": pl.List(pl.String),  # labels, meant within the city
        "interests": pl.List(_INTEREST),
    }
)

# One row per event series, as the passes wrote it.
SERIES: Final = pl.Schema(
    {
        "community": pl.String,
        "title": pl.String,  # unique
        "subtitle": pl.String,
        "description": pl.String,
        "event_type": pl.String,
        "location_type": pl.String,
        "venue": pl.String,  # null: any of the city's that fits; always null ONLINE
        "capacity": pl.Int64,
        "weekdays": pl.List(pl.String),
        "start_time": pl.String,  # local, HH:MM
        "duration_minutes": pl.Int64,
        "months": pl.List(pl.Int64),  # empty: any
        "ticket_tiers": pl.List(_TICKET_TIER),  # cheapest first
        "promo_codes": pl.List(_PROMO_CODE),
        "questions": pl.List(_QUESTION),
        "host_message": pl.String,
        "reviews": pl.List(_REVIEW),
    }
)

# One row per event, that is per occurrence of a series.
EVENTS: Final = pl.Schema(
    {
        "city": pl.String,
        "community": pl.String,
        "series_title": pl.String,
        "occurrence": pl.Int64,  # 0 is the series' first date
        **{name: SERIES[name] for name in SERIES if name != "community"},
    }
)

# One row per venue; its name is unique.
VENUES: Final = pl.Schema(
    {
        "city": pl.String,
        "name": pl.String,
        "kind": pl.String,
        "neighbourhood": pl.String,
        "capacity": pl.Int64,
    }
)


@dataclass(frozen=True)
class ProcessedFrames:
    """The four frames that the build starts from."""

    communities: pl.DataFrame  # COMMUNITIES
    people: pl.DataFrame  # PEOPLE
    events: pl.DataFrame  # EVENTS
    venues: pl.DataFrame  # VENUES


def write_records(path: Path, records: Iterable[dict[str, Any]]) -> None:
    """Write records as a JSON list, one a line, whole or not at all."""
    lines = ",\n".join(json.dumps(record, ensure_ascii=False) for record in records)
    write_text(path, f"[\n{lines}\n]\n" if lines else "[]\n")


def read_frame(path: Path, schema: pl.Schema) -> pl.DataFrame:
    """Read a file of `write_records` as a frame of the given schema."""
    return pl.DataFrame(read_json(path, MAX_FRAME_BYTES), schema=schema, orient="row")
