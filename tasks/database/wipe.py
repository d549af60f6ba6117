"""Delete what the seeder made, and nothing else.

Whose a row is, `tasks.database.ownership` tells. One transaction, in reverse
foreign-key order, with all writers kept out; a person's row that refers to one that
would go stops it before anything is deleted. Counters of rows that stay are made to
agree with the rows that are left.
"""

from collections.abc import Iterable
from typing import Final

import psycopg
from psycopg import sql

from tasks.database.counters import find_losing, recount
from tasks.database.foreign_keys import (
    ForeignKey,
    children_first,
    drop_indexes,
    index_keys,
    read_foreign_keys,
)
from tasks.database.ledger import (
    DatabaseRow,
    bring_up_to_date,
    forget,
    lock_ledger,
    read_ledger,
    system_identifier,
)
from tasks.database.locks import lock_tables
from tasks.database.ownership import STATIC_TABLES, Seeded, read_seeded
from tasks.errors import RefusedError

NAMED_ROWS: Final = 10  # of those in the way; the rest is counted
ADOPT: Final = (
    "UPDATE rsvped_seed.database SET database_name = current_database(),"
    " system_identifier = (SELECT system_identifier FROM pg_control_system())"
)


def wipe_seeded(
    connection: psycopg.Connection, *, keep_world: str | None
) -> dict[str, int]:
    """Delete every row that the seeder made, in one transaction.

    What visitors did as the demo user counts as such.

    Args:
        connection: A connection to the database, made by `open_database`.
        keep_world: The id of a world whose rows stay, such as the one to be loaded
            next: then the demo user, the cities and the categories stay too, since it
            has the same.

    Returns:
        The number of deleted rows per table; empty if there was nothing to delete.

    Raises:
        RefusedError: A person's row refers to one that would go, or the ledger came
            from another database. Nothing is changed.
    """
    with connection.transaction():
        lock_ledger(connection)
        ledger = read_ledger(connection)
        if ledger is None:
            return {}
        worlds = [world for world in ledger.worlds if world.world_id != keep_world]
        if not worlds:
            return {}
        check_marker(connection, ledger.database)
        bring_up_to_date(connection)
        lock_tables(connection)
        seeded = read_seeded(connection, ledger, keep_world)
        keys = read_foreign_keys(connection)
        _check_nothing_else_goes(connection, keys, seeded)
        losing = find_losing(connection, seeded)
        deleted = _delete(connection, keys, seeded)
        if not seeded.others and not seeded.demo_stays:
            for table in STATIC_TABLES:
                deleted[table] = _delete_unused(connection, table, keys, seeded)
        recount(connection, losing)
        forget(connection, [world.world_id for world in worlds])
    return {table: rows for table, rows in deleted.items() if rows}


def check_marker(connection: psycopg.Connection, marker: DatabaseRow) -> None:
    """Refuse if the ledger came with a dump or a copy of another database.

    Where the server's identifier may not be read, now or when the ledger was made,
    the database's name alone must be the same.
    """
    live = system_identifier(connection)
    moved = live and marker.system_identifier and live != marker.system_identifier
    name = connection.info.dbname
    if moved or name != marker.database_name:
        raise RefusedError(
            f"the ledger in {name!r} was made in {marker.database_name!r} of server "
            f"{marker.system_identifier!r}, and this is server {live!r}: a restored "
            f"dump or a copy. If its seeded rows may go, adopt it first: {ADOPT}"
        )


def _check_nothing_else_goes(
    connection: psycopg.Connection, keys: Iterable[ForeignKey], seeded: Seeded
) -> None:
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
            + f"; such as {', '.join(named[:NAMED_ROWS])}. Nothing was deleted; remove "
            "those rows, or fill another database"
        )


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


def _delete(
    connection: psycopg.Connection, keys: list[ForeignKey], seeded: Seeded
) -> dict[str, int]:
    deleted: dict[str, int] = {}
    helping = index_keys(connection, keys)
    for table in children_first(keys):
        if table in STATIC_TABLES:
            continue
        statement = sql.SQL("DELETE FROM {} AS own WHERE {}").format(
            sql.Identifier(table), seeded.goes(table, "own")
        )
        deleted[table] = connection.execute(statement, seeded.parameters).rowcount
    drop_indexes(connection, helping)
    return deleted


def _delete_unused(
    connection: psycopg.Connection,
    table: str,
    keys: Iterable[ForeignKey],
    seeded: Seeded,
) -> int:
    """Delete the shared rows of a table to which nothing refers any more."""
    unused = [
        sql.SQL("NOT EXISTS (SELECT FROM {} AS child WHERE {})").format(
            key.child_table(), key.join()
        )
        for key in keys
        if key.parent == table
    ]
    statement = sql.SQL("DELETE FROM {} AS parent WHERE {}").format(
        sql.Identifier(table),
        sql.SQL(" AND ").join([seeded.goes(table, "parent"), *unused]),
    )
    return connection.execute(statement, seeded.parameters).rowcount
