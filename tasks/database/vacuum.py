"""Give back the space of deleted rows, so that new ones lie in the order they come."""

from collections.abc import Iterable
from typing import Final

import psycopg
from psycopg import sql

EVENT: Final = "Event"


def vacuum_tables(
    connection: psycopg.Connection, tables: Iterable[str], *, emptied: bool
) -> None:
    """Vacuum tables before they are filled.

    The app lists a city's events in the table's physical order, and PostgreSQL puts
    new rows into the gaps that deleted ones left; an emptied table is cut to nothing.
    Of what is emptied every week, the next week's rows and index entries then take
    the place, so that the database does not grow. An index's emptied pages are free
    only for whom comes after a later transaction: the second time puts them to use
    (measured: indexes of 33 MB from week to week, instead of 61).
    A role that may not vacuum a table (its owner may, and from version 17 whoever has
    MAINTAIN) gets PostgreSQL's warning and goes on; autovacuum follows in its time.

    Args:
        connection: In autocommit: VACUUM runs in no transaction.
        tables: Their names.
        emptied: Whether this run has emptied them: only then a second time helps.
    """
    names = sql.SQL(", ").join(map(sql.Identifier, tables))
    vacuum = sql.SQL("VACUUM {}").format(names)
    connection.execute(vacuum)
    if emptied:
        connection.execute("SELECT pg_current_xact_id()")
        connection.execute(vacuum)


def analyze_tables(connection: psycopg.Connection, tables: Iterable[str]) -> None:
    """Let the planner know how many rows there are now, and what they are like.

    After a wipe that left some rows it takes the table for nearly empty, until
    autovacuum comes by in a minute: queries that join then take a minute, not a second.
    A role that may not gets PostgreSQL's warning, as above.

    Args:
        connection: The tables' locks are held until its transaction ends.
        tables: Their names.
    """
    names = sql.SQL(", ").join(map(sql.Identifier, tables))
    connection.execute(sql.SQL("ANALYZE {}").format(names))


def compact(connection: psycopg.Connection, tables: Iterable[str]) -> None:
    """Write tables anew, in their order and without what old versions of rows took.

    An event that the app changes would otherwise go into a gap before the others.
    For a role that does not own a table PostgreSQL gives a warning and goes on.

    Args:
        connection: In autocommit: VACUUM runs in no transaction.
        tables: The tables.
    """
    for table in tables:
        connection.execute(
            sql.SQL("VACUUM (FULL, ANALYZE) {}").format(sql.Identifier(table))
        )
