"""The live foreign keys to the app's tables, and the order in which they let rows go.

They are read from the database, not from the contract: an app that has moved on may
have tables of its own that refer to the ones the seeder fills.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus

from tasks.database.contract import current_schema, expected_tables
from tasks.database.locks import try_briefly
from tasks.editions import digest_text
from tasks.errors import RefusedError

_KEYS: Final = """
SELECT child.relname, cn.nspname, parent.relname,
       array_agg(ca.attname ORDER BY place.n), array_agg(pa.attname ORDER BY place.n),
       bool_or(place.n = 1 AND EXISTS (
           SELECT FROM pg_index i
           WHERE i.indrelid = k.conrelid AND i.indkey[0] = place.child)),
       pg_has_role(child.relowner, 'USAGE')
FROM pg_constraint k
JOIN pg_class child ON child.oid = k.conrelid
JOIN pg_namespace cn ON cn.oid = child.relnamespace
JOIN pg_class parent ON parent.oid = k.confrelid
JOIN pg_namespace pn ON pn.oid = parent.relnamespace AND pn.nspname = %s
CROSS JOIN unnest(k.conkey, k.confkey) WITH ORDINALITY AS place (child, parent, n)
JOIN pg_attribute ca ON ca.attrelid = k.conrelid AND ca.attnum = place.child
JOIN pg_attribute pa ON pa.attrelid = k.confrelid AND pa.attnum = place.parent
WHERE k.contype = 'f' AND k.conparentid = 0 AND parent.relname = ANY(%s)
GROUP BY k.oid, child.relname, child.relowner, cn.nspname, parent.relname
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
    is_indexed: bool
    is_ours_to_index: bool  # only a table's owner may
    is_of_app: bool  # the child is a table of the contract too

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

    def naming_column(self) -> str:
        """The column that names a referring row to a person."""
        has_id = self.is_of_app and "id" in expected_tables()[self.child]
        return "id" if has_id else self.columns[0]

    def __str__(self) -> str:
        """Say which column refers to which table."""
        return f"{self.child}.{'+'.join(self.columns)} -> {self.parent}"


def read_foreign_keys(connection: psycopg.Connection) -> list[ForeignKey]:
    """Read the live foreign keys to the app's tables, those of new tables too."""
    tables = expected_tables()
    schema = current_schema(connection)
    return [
        ForeignKey(
            child=child,
            child_schema=child_schema,
            parent=parent,
            columns=tuple(own),
            parent_columns=tuple(other),
            is_indexed=indexed,
            is_ours_to_index=owned,
            is_of_app=child_schema == schema and child in tables,
        )
        for child, child_schema, parent, own, other, indexed, owned in (
            connection.execute(_KEYS, [schema, list(tables)])
        )
    ]


def children_first(keys: Iterable[ForeignKey]) -> list[str]:
    """Order the app's tables so that no row goes before those that refer to it."""
    left = set(expected_tables())
    edges = {(k.child, k.parent) for k in keys if k.is_of_app and k.child != k.parent}
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


def index_keys(
    connection: psycopg.Connection, keys: Iterable[ForeignKey]
) -> list[sql.Identifier]:
    """Index the foreign keys that have no index, until a deletion is through.

    Without one, every deleted parent reads its whole child table: minutes. A role
    that does not own a table goes on without.

    Returns:
        The indexes made, for `drop_indexes`.
    """
    made: list[sql.Identifier] = []
    for key in keys:
        if key.is_indexed or not key.is_ours_to_index:
            continue
        name = f"rsvped_seed_wipe_{digest_text(key.child, *key.columns)}"
        connection.execute(
            # one may be left of a run that was killed before it dropped its own
            sql.SQL("CREATE INDEX IF NOT EXISTS {} ON {} ({})").format(
                sql.Identifier(name),
                key.child_table(),
                sql.SQL(", ").join(map(sql.Identifier, key.columns)),
            )
        )
        made.append(sql.Identifier(key.child_schema, name))
    return made


def drop_indexes(
    connection: psycopg.Connection, indexes: Collection[sql.Identifier]
) -> None:
    """Drop the indexes that `index_keys` made, in a transaction of their own.

    That needs the tables without their readers, and a reader may be about to write:
    it would wait for the deletion, and the deletion for it. Where somebody reads on
    and on, the indexes stay until the next deletion, which uses and drops them.
    """
    if connection.info.transaction_status != TransactionStatus.IDLE:
        connection.commit()
    if indexes:
        names = sql.SQL(", ").join(indexes)
        try_briefly(connection, sql.SQL("DROP INDEX IF EXISTS {}").format(names))
