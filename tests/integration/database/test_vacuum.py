"""What a wipe leaves is used by the next load, and the planner is told of its rows."""

from typing import Final

import psycopg

from tasks.database.connect import Target, open_database
from tasks.database.vacuum import analyze_tables, vacuum_tables

ROWS: Final = 20_000  # enough pages for a tree of some height
MOST: Final = 1.1  # beside the first filling, heap and indexes
FILL: Final = """
INSERT INTO "Category" (id, name, slug) SELECT key, key, key
  FROM (SELECT %s || md5(n::text) AS key FROM generate_series(1, %s) AS n) AS keys
"""


def refilled_size(database: Target, *, vacuumed: bool) -> float:
    """Fill, empty and fill a table again; give its size beside the first time's."""
    sizes: list[int] = []
    for week in ("a", "b"):
        with psycopg.connect(database.conninfo) as connection:
            connection.execute('DELETE FROM "Category"')
        if vacuumed:
            with open_database(database, autocommit=True) as connection:
                vacuum_tables(connection, ["Category"], emptied=True)
        with psycopg.connect(database.conninfo) as connection:
            connection.execute(FILL, [week, ROWS])
            row = connection.execute(
                "SELECT pg_total_relation_size('\"Category\"')"
            ).fetchone()
        assert row is not None
        sizes.append(row[0])
    return sizes[1] / sizes[0]


def test_emptied_tables_are_filled_again_without_growing(
    database: Target,
) -> None:
    """The next week's rows and index entries take the place of the last one's."""
    assert refilled_size(database, vacuumed=True) < MOST


def test_without_it_they_would_grow(database: Target) -> None:
    """Else the test above could not fail."""
    assert refilled_size(database, vacuumed=False) > 2 * MOST - 1


def test_the_planner_is_told_of_new_rows(database: Target) -> None:
    """A table that it took for empty has its rows at once, not in a minute."""
    with psycopg.connect(database.conninfo) as connection:
        connection.execute('ANALYZE "Category"')
        connection.execute(FILL, ["a", ROWS])
        assert rows_planned(connection) < ROWS
        analyze_tables(connection, ["Category"])
        assert rows_planned(connection) == ROWS


def rows_planned(connection: psycopg.Connection) -> float:
    """Say how many rows the planner believes a table to have."""
    row = connection.execute(
        "SELECT reltuples FROM pg_class WHERE oid = '\"Category\"'::regclass"
    ).fetchone()
    assert row is not None
    return row[0]
