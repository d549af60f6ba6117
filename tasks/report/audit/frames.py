"""The tables that metrics read, as frames: from a database or an edition's files."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import polars as pl
import psycopg
from psycopg import sql

from tasks.editions import World

_TEXT, _COUNT, _INSTANT = pl.String, pl.Int64, pl.Datetime("ms")
COLUMNS: Final[dict[str, pl.Schema]] = {
    "Location": pl.Schema({"id": _TEXT, "slug": _TEXT}),
    "User": pl.Schema(
        {
            "id": _TEXT,
            "locationId": _TEXT,
            "spendingPower": _TEXT,
            "experienceLevel": _TEXT,
            "networkingStyle": _TEXT,
            "bio": _TEXT,
        }
    ),
    "UserCategory": pl.Schema(
        {"userId": _TEXT, "categoryId": _TEXT, "interestLevel": _COUNT}
    ),
    "Community": pl.Schema(
        {"id": _TEXT, "name": _TEXT, "description": _TEXT, "ownerId": _TEXT}
    ),
    "Event": pl.Schema(
        {
            "id": _TEXT,
            "title": _TEXT,
            "description": _TEXT,
            "startDate": _INSTANT,
            "endDate": _INSTANT,
            "locationId": _TEXT,
            "hostId": _TEXT,
            "capacity": _COUNT,
            "publishedAt": _INSTANT,
            "rsvpCount": _COUNT,
            "viewCount": _COUNT,
        }
    ),
    "EventCategory": pl.Schema({"eventId": _TEXT, "categoryId": _TEXT}),
    "TicketTier": pl.Schema(
        {
            "id": _TEXT,
            "eventId": _TEXT,
            "priceCents": _COUNT,
            "quantitySold": _COUNT,
        }
    ),
    "Rsvp": pl.Schema(
        {"id": _TEXT, "eventId": _TEXT, "userId": _TEXT, "ticketTierId": _TEXT}
    ),
    "Friendship": pl.Schema({"id": _TEXT, "userId": _TEXT, "friendId": _TEXT}),
}
# join tables have no id of their own
_KEYS: Final = ("id", "userId", "eventId", "categoryId")


@dataclass(frozen=True)
class WorldFrames:
    """One world as the metrics see it; every frame sorted by its keys."""

    as_of: datetime  # UTC, without a zone as in the app's columns
    people: pl.DataFrame  # one row a person: person, city, spending, level, style, bio
    interests: pl.DataFrame  # one row an interest: person, category, interest_level
    events: pl.DataFrame  # one row an event: event, title, ..., city, host, sold
    topics: pl.DataFrame  # one row per event and category
    seats: pl.DataFrame  # one row an RSVP: event, person (null: a guest), price_cents
    friends: pl.DataFrame  # one row a friendship, PENDING too: person, friend
    communities: pl.DataFrame  # one row a community: name, description, city


def read_database(connection: psycopg.Connection, as_of: datetime) -> WorldFrames:
    """Read the tables from a database, within the open transaction."""
    tables: dict[str, pl.DataFrame] = {}
    for table, columns in COLUMNS.items():
        chosen = [
            sql.SQL("{}::text").format(sql.Identifier(name))
            if kind == _TEXT
            else sql.Identifier(name)
            for name, kind in columns.items()
        ]
        query = sql.SQL("SELECT {} FROM {}").format(
            sql.SQL(", ").join(chosen), sql.Identifier(table)
        )
        rows = connection.execute(query).fetchall()
        tables[table] = pl.DataFrame(rows, schema=columns, orient="row")
    return _shape(tables, as_of)


def read_edition(folder: Path, world: World) -> WorldFrames:
    """Read the tables from an edition's Parquet files."""
    pieces: dict[str, list[pl.DataFrame]] = {table: [] for table in COLUMNS}
    for stage in world.stages:
        for file in stage.tables:
            if file.table in pieces:
                columns = COLUMNS[file.table]
                frame = pl.read_parquet(folder / file.path, columns=list(columns))
                instants = pl.selectors.datetime()
                pieces[file.table].append(
                    frame.with_columns(instants.dt.replace_time_zone(None)).cast(
                        dict(columns)  # pyright: ignore[reportArgumentType]  polars' own schema
                    )
                )
    tables = {table: pl.concat(frames) for table, frames in pieces.items()}
    return _shape(tables, world.as_of)


def _shape(tables: dict[str, pl.DataFrame], as_of: datetime) -> WorldFrames:
    """Give the tables the names that metrics use, and cities instead of their ids."""
    raw = {
        name: frame.sort([key for key in _KEYS if key in frame.columns])
        for name, frame in tables.items()
    }
    cities = raw["Location"].select(locationId="id", city="slug")
    people = _with_city(raw["User"], cities).select(
        "city",
        "bio",
        person="id",
        spending="spendingPower",
        level="experienceLevel",
        style="networkingStyle",
    )
    sold = raw["TicketTier"].group_by("eventId").agg(sold=pl.col("quantitySold").sum())
    events = (
        _with_city(raw["Event"], cities)
        .join(
            sold.rename({"eventId": "id"}),
            on="id",
            how="left",
            validate="1:1",
            maintain_order="left",
        )
        .select(
            "title",
            "description",
            "city",
            "capacity",
            "sold",
            event="id",
            host="hostId",
            starts="startDate",
            ends="endDate",
            published="publishedAt",
            rsvp_count="rsvpCount",
            view_count="viewCount",
        )
    )
    prices = raw["TicketTier"].select(ticketTierId="id", price_cents="priceCents")
    return WorldFrames(
        as_of=as_of.astimezone(UTC).replace(tzinfo=None),
        people=people,
        interests=raw["UserCategory"].select(
            person="userId", category="categoryId", interest_level="interestLevel"
        ),
        events=events,
        topics=raw["EventCategory"].select(event="eventId", category="categoryId"),
        seats=raw["Rsvp"]
        .join(
            prices,
            on="ticketTierId",
            how="left",
            validate="m:1",
            maintain_order="left",
        )
        .select("price_cents", event="eventId", person="userId"),
        friends=raw["Friendship"].select(person="userId", friend="friendId"),
        communities=raw["Community"]
        .join(
            people.select(ownerId="person", city="city"),
            on="ownerId",
            how="left",
            validate="m:1",
            maintain_order="left",
        )
        .select("name", "description", "city"),
    )


def _with_city(frame: pl.DataFrame, cities: pl.DataFrame) -> pl.DataFrame:
    return frame.join(
        cities, on="locationId", how="left", validate="m:1", maintain_order="left"
    )
