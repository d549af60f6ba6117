"""Empty the app's tables, whoever made their rows: for whoever types the name."""

import psycopg
from psycopg import sql

from tasks.database.contract import current_schema, expected_tables, live_columns
from tasks.database.foreign_keys import (
    ForeignKey,
    children_first,
    drop_indexes,
    index_keys,
    read_foreign_keys,
)
from tasks.database.ledger import has_ledger, lock_ledger, read_ledger
from tasks.database.locks import lock_tables
from tasks.database.marker import COMMAND, check_marker, check_name, live_name
from tasks.errors import RefusedError


def empty_database(
    connection: psycopg.Connection, *, confirmed_as: str | None
) -> dict[str, int]:
    """Delete every row of the app's tables, and forget all worlds, in one transaction.

    The marker stays. Only the rights to read, write and delete are needed.

    Args:
        connection: A connection to the database, made by `open_database`.
        confirmed_as: The database's exact name, as a person typed it.

    Returns:
        The number of deleted rows per table.

    Raises:
        InputError: The name is not that of the live database.
        RefusedError: As `check_empty`; nothing is changed.
    """
    with connection.transaction():
        lock_ledger(connection)
        check_empty(connection, confirmed_as=confirmed_as)
        lock_tables(connection)
        keys = read_foreign_keys(connection)
        _check_no_other_table_loses(connection, keys)
        helping = index_keys(connection, keys)
        deleted = {
            table: connection.execute(
                sql.SQL("DELETE FROM {}").format(sql.Identifier(table))
            ).rowcount
            for table in children_first(keys)
        }
        if has_ledger(connection):
            _forget_all(connection)
    drop_indexes(connection, helping)
    return {table: rows for table, rows in deleted.items() if rows}


def check_empty(connection: psycopg.Connection, *, confirmed_as: str | None) -> None:
    """Say beforehand what would stop the emptying; nothing is locked or changed.

    Raises:
        InputError: The name is not that of the live database.
        RefusedError: The database is protected, or came from a dump, or the seeder
            never marked it and it has rows, or another table would lose some.
    """
    check_name(connection, confirmed_as)
    ledger = read_ledger(connection)
    if ledger is not None:
        check_marker(connection, ledger.database)
    else:
        _check_has_no_rows(connection)
    _check_no_other_table_loses(connection, read_foreign_keys(connection))


def _check_has_no_rows(connection: psycopg.Connection) -> None:
    there = live_columns(
        connection, current_schema(connection), list(expected_tables())
    )
    filled = [
        table
        for table in there
        if connection.execute(
            sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table))
        ).fetchone()
        == (True,)
    ]
    if filled:
        name = live_name(connection)
        raise RefusedError(
            f"the seeder has never filled {name!r}, and it has rows in {filled!r}: it "
            "looks like somebody's own database. Nothing was deleted; if all of it may "
            f"go, say so first: {COMMAND} adopt --confirm-database {name}"
        )


def _check_no_other_table_loses(
    connection: psycopg.Connection, keys: list[ForeignKey]
) -> None:
    """Refuse if rows of a table that is not the app's refer to what would go."""
    found: list[str] = []
    for key in keys:
        if key.is_of_app:
            continue
        row = connection.execute(
            sql.SQL("SELECT count(*) FROM {} AS child JOIN {} AS parent ON {}").format(
                key.child_table(), sql.Identifier(key.parent), key.join()
            )
        ).fetchone()
        if row and row[0]:
            found.append(f"{row[0]} in {key}")
    if found:
        raise RefusedError(
            "tables that are not among the app's refer to rows that would be deleted, "
            f"and would lose theirs or change: {', '.join(found)}. Nothing was "
            "deleted; empty those tables yourself, or give another database"
        )


def _forget_all(connection: psycopg.Connection) -> None:
    for table in ("stage", "world", "released"):
        is_there = connection.execute(
            "SELECT to_regclass(%s) IS NOT NULL", [f"rsvped_seed.{table}"]
        ).fetchone()
        if is_there == (True,):
            connection.execute(
                sql.SQL("DELETE FROM {}").format(sql.Identifier("rsvped_seed", table))
            )
