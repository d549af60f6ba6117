"""Delete what the seeder made, and nothing else.

Whose a row is stands in its id: `c`, the five characters of its world's tag, and 19
of a hash. The ledger keeps the tags; rows of join tables belong to their parent. One
transaction, in reverse foreign-key order; a row that the seeder did not make and that
refers to one it made stops it before anything is deleted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import psycopg
from psycopg import sql

from tasks.database.contract import current_schema, expected_tables
from tasks.database.ledger import (
    DatabaseRow,
    forget,
    lock_ledger,
    read_ledger,
    system_identifier,
)
from tasks.errors import RefusedError
from tasks.process.identity import STATIC_TAG

ID_LENGTH: Final = 25
PREFIX_LENGTH: Final = 6  # "c" and the tag
NAMED_ROWS: Final = 10  # of those in the way; the rest is counted
# whose a row of a join table is, its parent's id says
OWNER_COLUMN: Final = {
    "EventCategory": "eventId",
    "UserCategory": "userId",
    "PromoCodeTier": "promoCodeId",
}
STATIC_TABLES: Final = ("Category", "Location")  # shared with the app's own rows
# never loaded by the seeder: no row of theirs has a seeded id
APP_ONLY: Final = frozenset({"Account", "Session", "VerificationToken"})
ADOPT: Final = (
    "UPDATE rsvped_seed.database SET database_name = current_database(),"
    " system_identifier = (SELECT system_identifier FROM pg_control_system())"
)
_KEYS: Final = """
SELECT child.relname, cn.nspname, parent.relname,
       array_agg(ca.attname ORDER BY place.n), array_agg(pa.attname ORDER BY place.n),
       bool_or(place.n = 1 AND EXISTS (
           SELECT FROM pg_index i
           WHERE i.indrelid = k.conrelid AND i.indkey[0] = place.child))
FROM pg_constraint k
JOIN pg_class child ON child.oid = k.conrelid
JOIN pg_namespace cn ON cn.oid = child.relnamespace
JOIN pg_class parent ON parent.oid = k.confrelid
JOIN pg_namespace pn ON pn.oid = parent.relnamespace AND pn.nspname = %s
CROSS JOIN unnest(k.conkey, k.confkey) WITH ORDINALITY AS place (child, parent, n)
JOIN pg_attribute ca ON ca.attrelid = k.conrelid AND ca.attnum = place.child
JOIN pg_attribute pa ON pa.attrelid = k.confrelid AND pa.attnum = place.parent
WHERE k.contype = 'f' AND k.conparentid = 0 AND parent.relname = ANY(%s)
GROUP BY k.oid, child.relname, cn.nspname, parent.relname
ORDER BY child.relname COLLATE "C", k.oid
"""


@dataclass(frozen=True)
class ForeignKey:
    """One live foreign key that refers to a table of the app."""

    child: str
    child_schema: str
    parent: str
    columns: tuple[str, ...]
    parent_columns: tuple[str, ...]
    indexed: bool

    def join(self) -> sql.Composed:
        """The condition that ties a row `child` to a row `parent`."""
        return sql.SQL(" AND ").join(
            sql.SQL("child.{} = parent.{}").format(
                sql.Identifier(own), sql.Identifier(other)
            )
            for own, other in zip(self.columns, self.parent_columns, strict=True)
        )

    def child_table(self) -> sql.Identifier:
        """The referring table's qualified name."""
        return sql.Identifier(self.child_schema, self.child)


def wipe_seeded(
    connection: psycopg.Connection, *, keep_world: str | None
) -> dict[str, int]:
    """Delete every row that the seeder made, in one transaction.

    Args:
        connection: A connection to the database, made by `open_database`.
        keep_world: The id of a world whose rows stay, such as the one being loaded.

    Returns:
        The number of deleted rows per table; empty if there was nothing to delete.

    Raises:
        RefusedError: A row that the seeder did not make refers to one that would go,
            or the ledger came from another database. Nothing is changed.
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
        tags = [world.tag for world in worlds]
        if len(worlds) == len(ledger.worlds):  # nobody needs Alex Demo any more
            tags.append(STATIC_TAG)
        keys = _foreign_keys(connection)
        _lock_tables(connection, keys)
        _check_nothing_else_goes(connection, keys, [f"c{tag}" for tag in tags])
        deleted = _delete(connection, keys, [f"c{tag}" for tag in tags])
        forget(connection, [world.world_id for world in worlds])
    return deleted


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


def _foreign_keys(connection: psycopg.Connection) -> list[ForeignKey]:
    """Read the live foreign keys to the app's tables, those of new tables too."""
    tables = list(expected_tables())
    return [
        ForeignKey(child, schema, parent, tuple(own), tuple(other), indexed)
        for child, schema, parent, own, other, indexed in connection.execute(
            _KEYS, [current_schema(connection), tables]
        )
    ]


def _lock_tables(connection: psycopg.Connection, keys: Iterable[ForeignKey]) -> None:
    """Keep writers out: a row added now would silently go with its parent."""
    seen = dict.fromkeys((key.child_schema, key.child) for key in keys)
    connection.execute(
        sql.SQL("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE").format(
            sql.SQL(", ").join(sql.Identifier(*name) for name in sorted(seen))
        )
    )


def is_seeded(table: str, alias: str) -> sql.Composed:
    """The condition that a row is the seeder's; takes the parameter `prefixes`."""
    owner = OWNER_COLUMN.get(table, "id")
    return sql.SQL("(left({0}, {1}) = ANY(%(prefixes)s) AND length({0}) = {2})").format(
        sql.Identifier(alias, owner), sql.Literal(PREFIX_LENGTH), sql.Literal(ID_LENGTH)
    )


def _is_ours(key: ForeignKey) -> bool:
    return key.child in expected_tables() and key.child not in APP_ONLY


def _check_nothing_else_goes(
    connection: psycopg.Connection, keys: Iterable[ForeignKey], prefixes: list[str]
) -> None:
    counts: dict[str, int] = {}
    named: list[str] = []
    for key in keys:
        if key.parent in STATIC_TABLES:
            continue  # such a row stays as long as anything refers to it
        foreign = (
            sql.SQL("NOT {}").format(is_seeded(key.child, "child"))
            if _is_ours(key)
            else sql.SQL("true")
        )
        query = sql.SQL(
            "SELECT count(*) OVER (), {column}::text FROM {child} AS child"
            " JOIN {parent} AS parent ON {join}"
            " WHERE {seeded} AND {foreign} ORDER BY 2 LIMIT {limit}"
        ).format(
            column=sql.Identifier("child", _naming_column(key)),
            child=key.child_table(),
            parent=sql.Identifier(key.parent),
            join=key.join(),
            seeded=is_seeded(key.parent, "parent"),
            foreign=foreign,
            limit=sql.Literal(NAMED_ROWS),
        )
        rows = connection.execute(query, {"prefixes": prefixes}).fetchall()
        if rows:
            where = f"{key.child}.{'+'.join(key.columns)} -> {key.parent}"
            counts[where] = rows[0][0]
            named += [f"{key.child} {value!r}" for _, value in rows]
    if counts:
        raise RefusedError(
            "rows that the seeder did not make refer to rows that would be deleted: "
            + ", ".join(f"{n} in {where}" for where, n in counts.items())
            + f"; such as {', '.join(named[:NAMED_ROWS])}. Nothing was deleted; remove "
            "those rows, or fill another database"
        )


def _naming_column(key: ForeignKey) -> str:
    has_id = _is_ours(key) and key.child not in OWNER_COLUMN
    return "id" if has_id else key.columns[0]


def _delete(
    connection: psycopg.Connection, keys: list[ForeignKey], prefixes: list[str]
) -> dict[str, int]:
    parameters = {"prefixes": prefixes}
    deleted: dict[str, int] = {}
    helping = _index_keys(connection, keys)
    for table in _children_first(keys):
        statement = sql.SQL("DELETE FROM {} AS own WHERE {}").format(
            sql.Identifier(table), is_seeded(table, "own")
        )
        deleted[table] = connection.execute(statement, parameters).rowcount
    if f"c{STATIC_TAG}" in prefixes:
        for table in STATIC_TABLES:
            deleted[table] = _delete_unused(connection, table, keys)
    for index in helping:
        connection.execute(sql.SQL("DROP INDEX {}").format(index))
    return {table: rows for table, rows in deleted.items() if rows}


def _delete_unused(
    connection: psycopg.Connection, table: str, keys: Iterable[ForeignKey]
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
        sql.SQL(" AND ").join([is_seeded(table, "parent"), *unused]),
    )
    return connection.execute(statement, {"prefixes": [f"c{STATIC_TAG}"]}).rowcount


def _children_first(keys: Iterable[ForeignKey]) -> list[str]:
    """Order the tables that worlds fill so that no row goes before its children."""
    left = set(expected_tables()) - APP_ONLY - set(STATIC_TABLES)
    edges = {(k.child, k.parent) for k in keys if _is_ours(k) and k.child != k.parent}
    order: list[str] = []
    while left:
        free = sorted(t for t in left if not any(c in left for c, p in edges if p == t))
        if not free:
            raise RefusedError(
                f"the tables {sorted(left)!r} refer to each other in a circle, which "
                "the seeder cannot empty; empty the database yourself"
            )
        order += free
        left -= set(free)
    return order


def _index_keys(
    connection: psycopg.Connection, keys: Iterable[ForeignKey]
) -> list[sql.Identifier]:
    """Index the foreign keys that have no index, until the deletion is through.

    Without one, every deleted parent reads its whole child table: minutes.
    """
    made: list[sql.Identifier] = []
    for number, key in enumerate(keys):
        if key.indexed:
            continue
        name = f"rsvped_seed_wipe_{number}"
        connection.execute(
            sql.SQL("CREATE INDEX {} ON {} ({})").format(
                sql.Identifier(name),
                key.child_table(),
                sql.SQL(", ").join(map(sql.Identifier, key.columns)),
            )
        )
        made.append(sql.Identifier(key.child_schema, name))
    return made
