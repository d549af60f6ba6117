"""Digests of a database: whether two hold the same, row for row."""

from typing import Final

import psycopg
from psycopg import sql

from tasks.database.connect import Target

EVENTS_AS_STORED: Final = "Event, as stored"


def digest_tables(database: Target) -> dict[str, str]:
    """Digest every table of the app, row by row; the events in their order, too.

    The app shows events in the order in which they are stored.
    """
    digests: dict[str, str] = {}
    with psycopg.connect(database.conninfo) as connection:
        names = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " ORDER BY tablename"
        ).fetchall()
        for (name,) in names:
            statement = sql.SQL(
                "SELECT count(*) || ' rows, ' || md5(coalesce("
                "string_agg(row::text, chr(10) ORDER BY row::text COLLATE \"C\"), ''))"
                " FROM {} AS row"
            ).format(sql.Identifier(name))
            (digest,) = connection.execute(statement).fetchall()[0]
            digests[name] = digest
        (order,) = connection.execute(
            'SELECT md5(string_agg(id, chr(10) ORDER BY ctid)) FROM "Event"'
        ).fetchall()[0]
    return digests | {EVENTS_AS_STORED: order}
