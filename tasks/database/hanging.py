"""Rows that stay and refer to rows that would go: what stops a wipe."""

from collections.abc import Iterable
from typing import Final

import psycopg
from psycopg import sql

from tasks.database.foreign_keys import ForeignKey
from tasks.database.ownership import STATIC_TABLES, Seeded
from tasks.errors import RefusedError

NAMED_ROWS: Final = 10  # of those in the way; the rest is counted


def hanging(key: ForeignKey, seeded: Seeded) -> sql.Composed:
    """The FROM and WHERE of a row `child` that stays on a row `parent` that goes."""
    stays = (
        sql.SQL("NOT {}").format(seeded.goes(key.child, "child"))
        if key.is_of_app
        else sql.SQL("true")
    )
    return sql.SQL(
        "FROM {child} AS child JOIN {parent} AS parent ON {join}"
        " WHERE {parent_goes} AND {stays}"
    ).format(
        child=key.child_table(),
        parent=sql.Identifier(key.parent),
        join=key.join(),
        parent_goes=seeded.goes(key.parent, "parent"),
        stays=stays,
    )


def check_nothing_hangs(
    connection: psycopg.Connection, keys: Iterable[ForeignKey], seeded: Seeded
) -> None:
    """Refuse if a row that stays refers to one that would go.

    Raises:
        RefusedError: Counting them by foreign key, and naming some.
    """
    counts: dict[str, int] = {}
    named: list[str] = []
    for key in keys:
        if key.parent in STATIC_TABLES:
            continue  # such a row stays as long as anything refers to it
        query = sql.SQL(
            "SELECT count(*) OVER (), {column}::text {hanging} ORDER BY 2 LIMIT {limit}"
        ).format(
            column=sql.Identifier("child", key.naming_column()),
            hanging=hanging(key, seeded),
            limit=sql.Literal(NAMED_ROWS),
        )
        rows = connection.execute(query, seeded.parameters).fetchall()
        if rows:
            counts[str(key)] = rows[0][0]
            named += [f"{key.child} {value!r}" for _, value in rows]
    if counts:
        raise RefusedError(
            "rows that the seeder did not make refer to rows that would be deleted: "
            + ", ".join(f"{n} in {where}" for where, n in counts.items())
            + f"; such as {', '.join(named[:NAMED_ROWS])}. Nothing was deleted; pass "
            "--release (with --wipe seeded) to leave them the rows that they refer "
            "to, or remove those rows, or fill another database"
        )
