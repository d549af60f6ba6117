"""Delete what the seeder made, and nothing else.

Whose a row is, `tasks.database.ownership` tells. One transaction, in reverse
foreign-key order, with all writers kept out; a person's row that refers to one that
would go stops it before anything is deleted. Counters of rows that stay are made to
agree with the rows that are left.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

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
from tasks.database.hanging import check_nothing_hangs
from tasks.database.ledger import bring_up_to_date, forget, lock_ledger, read_ledger
from tasks.database.locks import lock_tables
from tasks.database.marker import check_marker
from tasks.database.ownership import STATIC_TABLES, Seeded, read_seeded
from tasks.database.release import drop_empty_days, release_hanging, rename_released


@dataclass(frozen=True)
class Wiped:
    """What a wipe did: the number of rows per table."""

    deleted: dict[str, int] = field(default_factory=dict[str, int])
    released: dict[str, int] = field(default_factory=dict[str, int])

    def __str__(self) -> str:
        """Say it in a few words."""
        text = f"{sum(self.deleted.values()):,} rows of other worlds deleted"
        if self.released:
            text += f", {sum(self.released.values()):,} released"
        return text


def wipe_seeded(
    connection: psycopg.Connection, *, keep_world: str | None, release: bool = False
) -> Wiped:
    """Delete every row that the seeder made, in one transaction.

    What visitors did as the demo user counts as such.

    Args:
        connection: A connection to the database, made by `open_database`.
        keep_world: The id of a world whose rows stay, such as the one to be loaded
            next: then the demo user, the cities and the categories stay too, since it
            has the same.
        release: Where a person's row refers to one that would go, leave them that one,
            and all that it refers to, for good. The demo user stays the seeder's.

    Raises:
        RefusedError: A person's row refers to one that would go, or the database is
            protected, or the ledger came from another one. Nothing is changed.
    """
    with connection.transaction():
        lock_ledger(connection)
        ledger = read_ledger(connection)
        if ledger is None:
            return Wiped()
        worlds = [world for world in ledger.worlds if world.world_id != keep_world]
        if not worlds:
            return Wiped()
        check_marker(connection, ledger.database)
        bring_up_to_date(connection)
        lock_tables(connection)
        seeded = read_seeded(connection, ledger, keep_world, release=release)
        keys = read_foreign_keys(connection)
        released = release_hanging(connection, keys, seeded) if release else {}
        check_nothing_hangs(connection, keys, seeded)
        losing = find_losing(connection, seeded)
        helping = index_keys(connection, keys)
        deleted = delete_rows(connection, keys, seeded)
        if not seeded.others and not seeded.demo_stays:
            for table in STATIC_TABLES:
                deleted[table] = _delete_unused(connection, table, keys, seeded)
        recount(connection, losing)
        if released:
            drop_empty_days(connection)
            rename_released(connection)
        forget(connection, [world.world_id for world in worlds])
    drop_indexes(connection, helping)
    return Wiped({table: rows for table, rows in deleted.items() if rows}, released)


def check_wipe(
    connection: psycopg.Connection, *, keep_world: str | None, release: bool
) -> None:
    """Say beforehand what would stop a wipe; nothing is locked or changed.

    Raises:
        RefusedError: As `wipe_seeded` would.
    """
    with connection.transaction(force_rollback=True):
        ledger = read_ledger(connection)
        if ledger is None:
            return
        check_marker(connection, ledger.database)
        bring_up_to_date(connection)
        seeded = read_seeded(connection, ledger, keep_world, release=release)
        if not release:
            check_nothing_hangs(connection, read_foreign_keys(connection), seeded)


def delete_rows(
    connection: psycopg.Connection, keys: list[ForeignKey], seeded: Seeded
) -> dict[str, int]:
    """Delete the rows that go, children first; give their number per table."""
    deleted: dict[str, int] = {}
    for table in children_first(keys):
        if table in STATIC_TABLES:
            continue
        statement = sql.SQL("DELETE FROM {} AS own WHERE {}").format(
            sql.Identifier(table), seeded.goes(table, "own")
        )
        deleted[table] = connection.execute(statement, seeded.parameters).rowcount
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
