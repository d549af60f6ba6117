"""Move the rows that the seeder made by whole weeks, in the caller's transaction.

What moves how stands in `tasks.database.moves`, by how much in `matching.sliding`. Rows
that the seeder did not make keep their moments: events only move later, so that
nobody's RSVP comes to lie behind its event's start.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import polars as pl
import psycopg
from psycopg import sql

from matching.schemas import INSTANT
from matching.sliding import (
    COMMITMENTS,
    SLID_EVENTS,
    slide_events,
    slide_messages,
    slide_moments,
)
from tasks.database.copy import CHUNK_ROWS, copy_rows
from tasks.database.ledger import record_slide
from tasks.database.moves import MOVES, Move, TableMoves
from tasks.database.ownership import is_seeded
from tasks.errors import DatabaseError
from tasks.process.identity import STATIC_TAG

EVENT: Final = "Event"
DAILY: Final = "EventDailyStat"
_EVENTS: Final = """
SELECT own.id, place.slug, own."venueName", own."startDate", own."endDate"
FROM "Event" AS own JOIN "Location" AS place ON place.id = own."locationId"
WHERE {seeded} ORDER BY own.id COLLATE "C"
"""
_COMMITMENTS: Final = """
SELECT person.id, event.id, event."locationType"::text <> 'ONLINE',
       event."locationType"::text <> 'ONLINE'
       AND person."locationId" IS DISTINCT FROM event."locationId"
FROM (SELECT "userId", "eventId" FROM "Rsvp" AS own
      WHERE "userId" IS NOT NULL AND status::text = 'CONFIRMED' AND {rsvp}
      UNION SELECT "hostId", id FROM "Event" AS own WHERE {event})
     AS there (person_id, event_id)
JOIN "User" AS person ON person.id = there.person_id
JOIN "Event" AS event ON event.id = there.event_id
"""
_UPDATE_IN_PLACE: Final = """
DO $$
DECLARE
    slid record;
    previous tid := '(0,0)';
    here tid;
BEGIN
    FOR slid IN SELECT new.* FROM {incoming} AS new JOIN "Event" AS old USING (id)
                 ORDER BY old.ctid
    LOOP
        LOOP
            UPDATE "Event" AS own SET {sets} WHERE own.id = slid.id
            RETURNING own.ctid INTO STRICT here;
            EXIT WHEN here > previous;
        END LOOP;
        previous := here;
    END LOOP;
END
$$
"""
_COUNT_DAYS: Final = """
INSERT INTO "EventDailyStat" AS old
       (id, "eventId", date, views, "uniqueViews", rsvps, "paidRsvps")
SELECT left("eventId", 6) || left(md5("eventId" || ' ' || date), 19), "eventId", date,
       coalesce(views, 0), coalesce(uniques, 0), coalesce(rsvps, 0), coalesce(paid, 0)
FROM (SELECT "eventId", date_trunc('day', "viewedAt") AS date, count(*) AS views,
             count(DISTINCT "userId") + count(DISTINCT "ipAddress")
                 FILTER (WHERE "userId" IS NULL) AS uniques
      FROM "EventView" GROUP BY 1, 2) AS seen
FULL JOIN
     (SELECT "eventId", date_trunc('day', "createdAt") AS date, count(*) AS rsvps,
             count(*) FILTER (WHERE "paymentState"::text = 'PAID') AS paid
      FROM "Rsvp" GROUP BY 1, 2) AS booked USING ("eventId", date)
JOIN "Event" AS own ON own.id = "eventId"
WHERE {seeded}
ORDER BY "eventId", date
ON CONFLICT ("eventId", date) DO UPDATE SET
       views = excluded.views, "uniqueViews" = excluded."uniqueViews",
       rsvps = excluded.rsvps, "paidRsvps" = excluded."paidRsvps"
"""


@dataclass(frozen=True)
class SlidingWorld:
    """The world to be slid: whose rows, and from which now to which."""

    world_id: str
    tag: str
    as_of: datetime
    slid_to: datetime

    @property
    def parameters(self) -> dict[str, Any]:
        """What `is_seeded` asks for; Alex Demo is the same person in every world."""
        return {"prefixes": [f"c{self.tag}", f"c{STATIC_TAG}"]}


def moving_tables() -> list[str]:
    """The tables of which something moves, in MOVES' order."""
    return [
        table
        for table, moves in MOVES.items()
        if set(moves.columns.values()) != {Move.STAY}
    ]


def read_events(connection: psycopg.Connection, world: SlidingWorld) -> pl.DataFrame:
    """Read the world's events: one row each, SLID_EVENTS."""
    query = sql.SQL(_EVENTS).format(seeded=is_seeded(EVENT, "own"))
    rows = connection.execute(query, world.parameters).fetchall()
    naive = {
        name: pl.Datetime("ms") if dtype == INSTANT else dtype
        for name, dtype in SLID_EVENTS.items()
    }
    frame = pl.DataFrame(rows, schema=naive, orient="row")
    return frame.with_columns(pl.col("start", "end").dt.replace_time_zone("UTC"))


def read_commitments(
    connection: psycopg.Connection, world: SlidingWorld
) -> pl.DataFrame:
    """Read who of the world is at which event: one row each, COMMITMENTS."""
    query = sql.SQL(_COMMITMENTS).format(
        rsvp=is_seeded("Rsvp", "own"), event=is_seeded(EVENT, "own")
    )
    rows = connection.execute(query, world.parameters).fetchall()
    return pl.DataFrame(rows, schema=COMMITMENTS, orient="row")


def count_others(connection: psycopg.Connection, world: SlidingWorld) -> dict[str, int]:
    """Count, per table, the rows on the world's events that the seeder did not make."""
    counts: dict[str, int] = {}
    for table, moves in MOVES.items():
        if moves.event is None or table == EVENT:
            continue
        query = sql.SQL(
            "SELECT count(*) FROM {table} AS own {joins}"
            ' JOIN "Event" AS whole ON whole.id = {event}'
            " WHERE {events} AND NOT {seeded}"
        ).format(
            table=sql.Identifier(table),
            joins=sql.SQL(moves.joins),
            event=sql.SQL(moves.event),
            events=is_seeded(EVENT, "whole"),
            seeded=is_seeded(table, "own"),
        )
        ((count,),) = connection.execute(query, world.parameters).fetchall()
        counts[table] = count
    return {table: count for table, count in counts.items() if count}


def slide_rows(
    connection: psycopg.Connection, world: SlidingWorld, events: pl.DataFrame
) -> dict[str, int]:
    """Move all of a world's rows, and write into the ledger that they moved.

    Args:
        connection: in a transaction that holds the locks on ledger and tables.
        world: whose rows, from when to when.
        events: one row per event, from `read_events`.

    Returns:
        The number of rows that were changed, per table.
    """
    moved = slide_events(events, world.as_of, world.slid_to)
    changed: dict[str, int] = {}
    for table in moving_tables():
        if MOVES[table].event is not None:
            changed[table] = _move_with_events(connection, table, moved, world)
        elif table != DAILY:
            changed[table] = _move_by_weeks(connection, table, world)
    # just loaded or just moved, the tables' statistics are wrong: minutes for seconds
    analyze = sql.SQL("ANALYZE {}").format(
        sql.SQL(", ").join(map(sql.Identifier, changed))
    )
    connection.execute(analyze)
    changed[DAILY] = _count_days(connection, world)  # of rows that have moved by now
    record_slide(connection, world.world_id, (world.slid_to - world.as_of).days // 7)
    return changed


def _move_by_weeks(
    connection: psycopg.Connection, table: str, world: SlidingWorld
) -> int:
    sets = [
        sql.SQL("{0} = {0} + %(ahead)s").format(sql.Identifier(column))
        for column in MOVES[table].columns
    ]
    statement = sql.SQL("UPDATE {} AS own SET {} WHERE {}").format(
        sql.Identifier(table), sql.SQL(", ").join(sets), is_seeded(table, "own")
    )
    ahead = {"ahead": world.slid_to - world.as_of}
    return connection.execute(statement, world.parameters | ahead).rowcount


def _move_with_events(
    connection: psycopg.Connection,
    table: str,
    moved: pl.DataFrame,
    world: SlidingWorld,
) -> int:
    moves = MOVES[table]
    incoming = f"rsvped_slid_{table}"
    names = {
        "incoming": sql.Identifier(incoming),
        "table": sql.Identifier(table),
        "columns": sql.SQL(", ").join(map(sql.Identifier, ["id", *moves.columns])),
    }
    connection.execute(
        sql.SQL(
            "CREATE TEMPORARY TABLE {incoming} ON COMMIT DROP AS"
            " SELECT {columns} FROM {table} WITH NO DATA"
        ).format(**names)
    )
    for rows in _read_moments(connection, table, moves, world):
        copy_rows(connection, incoming, _slide_chunk(rows, moves, moved, world))
    connection.execute(sql.SQL("CREATE INDEX ON {incoming} (id)").format(**names))
    connection.execute(sql.SQL("ANALYZE {incoming}").format(**names))
    if table == EVENT:
        changed = _update_in_place(connection, incoming, world)
    else:
        changed = connection.execute(_update(table, incoming)).rowcount
    connection.execute(sql.SQL("DROP TABLE {incoming}").format(**names))
    return changed


def _read_moments(
    connection: psycopg.Connection,
    table: str,
    moves: TableMoves,
    world: SlidingWorld,
) -> Iterator[pl.DataFrame]:
    """Read a table's moments, a chunk of rows at a time: id, event_id, columns."""
    assert moves.event is not None  # noqa: S101  the caller asked
    query = sql.SQL(
        "SELECT own.id, {event}, {columns} FROM {table} AS own {joins} WHERE {seeded}"
    ).format(
        event=sql.SQL(moves.event),
        columns=sql.SQL(", ").join(
            sql.Identifier("own", column) for column in moves.columns
        ),
        table=sql.Identifier(table),
        joins=sql.SQL(moves.joins),
        seeded=is_seeded(table, "own"),
    )
    schema = {"id": pl.String, "event_id": pl.String} | dict.fromkeys(
        moves.columns, pl.Datetime("ms")
    )
    with connection.cursor(name="rsvped_slide") as cursor:
        cursor.execute(query, world.parameters)
        while rows := cursor.fetchmany(CHUNK_ROWS):
            frame = pl.DataFrame(rows, schema=schema, orient="row")
            yield frame.with_columns(
                pl.selectors.datetime().dt.replace_time_zone("UTC")
            )


def _slide_chunk(
    rows: pl.DataFrame, moves: TableMoves, moved: pl.DataFrame, world: SlidingWorld
) -> pl.DataFrame:
    """Give the new moments of a chunk of rows: id, columns."""
    slid = {Move.EVENT: slide_moments, Move.MESSAGE: slide_messages}
    known = pl.col("event_id").is_in(moved["event_id"].implode())
    rows = rows.with_columns(event_id=pl.when(known).then("event_id"))
    return rows.select("id").with_columns(
        slid[move](
            rows.select("event_id", moment=column), moved, world.as_of, world.slid_to
        ).alias(column)
        for column, move in moves.columns.items()
    )


def _update(table: str, incoming: str) -> sql.Composed:
    sets = [
        sql.SQL("{0} = slid.{0}").format(sql.Identifier(column))
        for column in MOVES[table].columns
    ]
    return sql.SQL(
        "UPDATE {} AS own SET {} FROM {} AS slid WHERE own.id = slid.id"
    ).format(sql.Identifier(table), sql.SQL(", ").join(sets), sql.Identifier(incoming))


def _update_in_place(
    connection: psycopg.Connection, incoming: str, world: SlidingWorld
) -> int:
    """Update the events and keep their physical order, in which the app lists them.

    The new version of a row goes wherever there is room: into what its page has left,
    into a gap, else behind all others. So the rows are updated in their order, each of
    them until it lies behind the one before; within one transaction no room is given
    back, which ends that.
    """
    places = sql.SQL('SELECT own.id FROM "Event" AS own WHERE {} ORDER BY own.ctid')
    query = places.format(is_seeded(EVENT, "own"))
    before = connection.execute(query, world.parameters).fetchall()
    sets = [
        sql.SQL("{0} = slid.{0}").format(sql.Identifier(column))
        for column in MOVES[EVENT].columns
    ]
    connection.execute(
        sql.SQL(_UPDATE_IN_PLACE).format(
            incoming=sql.Identifier(incoming), sets=sql.SQL(", ").join(sets)
        )
    )
    if connection.execute(query, world.parameters).fetchall() != before:
        raise DatabaseError(
            "the events would not lie in their old order, in which the app lists them; "
            "nothing was changed, please report this with the server's version"
        )
    return len(before)


def _count_days(connection: psycopg.Connection, world: SlidingWorld) -> int:
    """Count views and RSVPs per event and UTC day anew, visitors' among them."""
    delete = sql.SQL("DELETE FROM {} AS own WHERE {}").format(
        sql.Identifier(DAILY), is_seeded(DAILY, "own")
    )
    connection.execute(delete, world.parameters)
    count = sql.SQL(_COUNT_DAYS).format(seeded=is_seeded(EVENT, "own"))
    return connection.execute(count, world.parameters).rowcount
