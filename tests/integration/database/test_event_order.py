"""Events that are over stand behind a city's upcoming ones, wherever there is room."""

from collections.abc import Generator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import polars as pl
import psycopg
import pytest

from matching.draws import pick
from tasks.database.event_order import keeping_upcoming_first

NOW: Final = datetime(2026, 11, 23, tzinfo=UTC)
PREFIX: Final = "c0w48a"
ROWS: Final = 600
LONGEST: Final = 1_900  # bytes of a row that is not split
# stands before the app's table on the search path, and needs no other rows
TABLE: Final = """
CREATE TEMPORARY TABLE "Event" (
    id text PRIMARY KEY, title text, description text,
    "startDate" timestamp(3), "locationId" text)
"""
INSERT: Final = """
INSERT INTO "Event" SELECT * FROM unnest(
    %s::text[], %s::text[], %s::text[], %s::timestamp[], %s::text[])
"""
MISPLACED: Final = """
SELECT count(*) FROM "Event" AS over
 WHERE over."startDate" < %(now)s AND starts_with(over.id, %(prefix)s)
   AND over.ctid < (SELECT max(ctid) FROM "Event"
                     WHERE "locationId" = over."locationId" AND "startDate" >= %(now)s
                       AND starts_with(id, %(prefix)s))
"""


@pytest.fixture
def events(connection: psycopg.Connection) -> Generator[psycopg.Connection]:
    """A connection that sees an empty table of events."""
    connection.execute(TABLE)
    yield connection
    connection.rollback()


def insert(connection: psycopg.Connection, rows: list[tuple[Any, ...]]) -> None:
    columns = [list(column) for column in zip(*rows, strict=True)]
    connection.execute(INSERT, columns)


def world(seed: int, prefix: str = PREFIX) -> list[tuple[Any, ...]]:
    """Rows of all lengths, the upcoming ones first."""
    lengths = pick(seed, "length", LONGEST, pl.Series(range(ROWS), dtype=pl.UInt64))
    rows: list[tuple[Any, ...]] = []
    for number, length in enumerate(lengths):
        days = 1 if number < 350 else -1
        starts = (NOW + timedelta(days=days)).replace(tzinfo=None)
        city = f"city {number % 5}"
        rows.append(
            (f"{prefix}{number:06}", f"Event {number}", "x" * length, starts, city)
        )
    return rows


def misplaced(connection: psycopg.Connection) -> int:
    told = {"prefix": PREFIX, "now": NOW.replace(tzinfo=None)}
    ((count,),) = connection.execute(MISPLACED, told).fetchall()
    return count


@pytest.mark.parametrize("seed", range(20))
def test_what_is_over_stands_behind(events: psycopg.Connection, seed: int) -> None:
    """Rows of any lengths end in order, in a pipeline too, and none is lost."""
    with (
        events.pipeline() if seed % 2 else nullcontext(),
        keeping_upcoming_first(events, PREFIX, NOW),
    ):
        insert(events, world(seed))
    assert misplaced(events) == 0
    assert events.execute('SELECT count(*) FROM "Event"').fetchone() == (ROWS,)


def test_without_it_gaps_are_filled(events: psycopg.Connection) -> None:
    """Else the test above could not fail."""
    insert(events, world(0))
    assert misplaced(events) > 0


def test_the_apps_own_events_stay(events: psycopg.Connection) -> None:
    """What people made is neither moved nor a reason to move anything."""
    own = world(1, "cpeople")
    insert(events, own)
    places = 'SELECT id, ctid FROM "Event" WHERE starts_with(id, %s) ORDER BY id'
    before = events.execute(places, ["cpeople"]).fetchall()
    with keeping_upcoming_first(events, PREFIX, NOW):
        insert(events, world(2))
    assert events.execute(places, ["cpeople"]).fetchall() == before
    assert misplaced(events) == 0
