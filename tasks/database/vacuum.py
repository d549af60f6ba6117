"""Give back the space of deleted rows, so that new ones lie in the order they come."""

from collections.abc import Iterable
from typing import Final

import psycopg
from psycopg import sql

EVENT: Final = "Event"


def vacuum_events(connection: psycopg.Connection) -> None:
    """Vacuum the Event table before it is filled.

    The app lists a city's events in the table's physical order, and PostgreSQL puts
    new rows into the gaps that deleted ones left; an emptied table is cut to nothing.
    A role that does not own the table gets PostgreSQL's warning, and goes on.

    Args:
        connection: In autocommit: VACUUM runs in no transaction.
    """
    connection.execute(sql.SQL("VACUUM {}").format(sql.Identifier(EVENT)))


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
