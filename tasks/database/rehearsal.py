"""Whether the rows built fit tables that the app has changed: tried before loading.

Rules may have been added that the contract does not know: fewer labels of an enum, a
shorter text, NOT NULL, a unique index, a check, a foreign key. PostgreSQL itself judges
them best, so the rows of such a table go into a temporary copy of it, which is rolled
back. A table that is as the contract has it costs one look at the catalogue.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from tasks.database.contract import (
    Column,
    LiveColumns,
    ask_columns,
    ask_lacking_labels,
    current_schema,
    expected_references,
    expected_tables,
    expected_uniques,
)
from tasks.database.copy import copy_parquet
from tasks.errors import DatabaseError

PREFIX: Final = "rsvped_trial_"  # of the temporary copies
_FIELD: Final = re.compile(r"\bcolumn (\w+)")  # in the context of a COPY that failed
_FORCE: Final = "CREATE UNIQUE INDEX {name} ON {table} USING {rest}"
# each unique index, check and foreign key of the tables: its name, the columns it is
# over (none where an expression or a condition is part of it), and how to make it
_RULES: Final = """
SELECT c.relname, x.relname, 'u',
       CASE WHEN i.indpred IS NULL AND i.indexprs IS NULL
            THEN ARRAY(SELECT a.attname::text FROM unnest(i.indkey[0:i.indnkeyatts - 1])
                       WITH ORDINALITY AS k (attnum, place)
                       JOIN pg_attribute a
                         ON a.attrelid = c.oid AND a.attnum = k.attnum
                       ORDER BY k.place)
            ELSE '{}' END,
       pg_get_indexdef(i.indexrelid), NULL, '{}'
FROM pg_index i
JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
WHERE i.indisunique AND c.relname = ANY(%(tables)s)
UNION ALL
SELECT c.relname, k.conname, k.contype::text,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY
             AS t (attnum, place)
             JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = t.attnum
             ORDER BY t.place),
       pg_get_constraintdef(k.oid), p.relname,
       ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY
             AS t (attnum, place)
             JOIN pg_attribute a ON a.attrelid = p.oid AND a.attnum = t.attnum
             ORDER BY t.place)
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = current_schema()
LEFT JOIN pg_class p ON p.oid = k.confrelid
WHERE k.contype IN ('c', 'f') AND c.relname = ANY(%(tables)s)
ORDER BY 1, 3, 2
"""


@dataclass(frozen=True)
class _Rule:
    """One rule that the database has for a table's rows."""

    table: str
    name: str
    kind: str  # u a unique index, c a check, f a foreign key
    columns: tuple[str, ...]
    made_by: str
    parent: str | None  # of a foreign key
    parent_columns: tuple[str, ...]

    @property
    def is_expected(self) -> bool:
        """Whether the contract has it too."""
        if self.kind == "u":
            return self.columns in expected_uniques().get(self.table, ())
        return self.kind == "f" and (self.columns, self.parent) in (
            expected_references().get(self.table, ())
        )


def rehearse(
    connection: psycopg.Connection, files: Mapping[str, Sequence[Path]]
) -> None:
    """Make sure that rows fit the tables as they are now; nothing is written.

    Args:
        connection: What it does here is rolled back.
        files: The Parquet files of each table, in the order of loading.

    Raises:
        DatabaseError: Naming table, column or constraint, and the value, of each table
            whose rows do not fit.
    """
    with connection.pipeline():
        read_rules = connection.execute(_RULES, {"tables": list(files)})
        read_labels = ask_lacking_labels(connection)
        read_columns = ask_columns(connection, list(files))
    rules = [rule for rule in map(_rule, read_rules) if not rule.is_expected]
    tables = _changed(read_columns(), read_labels(), files)
    for rule in rules:
        tables |= {rule.table} | ({rule.parent} & files.keys())
    if not tables:
        return
    schema = current_schema(connection)
    wrong: list[str] = []
    with connection.transaction(force_rollback=True):
        for table in (name for name in files if name in tables):
            own = [rule for rule in rules if rule.table == table]
            said = _try_table(connection, schema, table, files, own)
            wrong += [said] if said else []
    if wrong:
        raise DatabaseError(
            f"rows of this edition do not fit the tables of {connection.info.dbname!r} "
            f"as they are now: {'; '.join(wrong)}. Nothing was written. Undo that "
            "change of the tables, or give another database; if the app means it, the "
            "seeder's rules must follow (tasks/process/tables/)"
        )


def _rule(row: tuple[Any, ...]) -> _Rule:
    table, name, kind, columns, made_by, parent, parents = row
    return _Rule(table, name, kind, tuple(columns), made_by, parent, tuple(parents))


def _changed(
    live: LiveColumns, labels: Iterable[str], tables: Iterable[str]
) -> set[str]:
    """Give the tables with a column that may not take what the contract's takes."""
    lacking = {f'"{enum}"' for enum in labels}

    def is_stricter(now: Column | None, column: Column) -> bool:
        return now is not None and (
            now.type != column.type
            or now.type in lacking
            or (column.nullable and not now.nullable)
        )

    return {
        table
        for table in tables
        for name, column in expected_tables()[table].items()
        if is_stricter(live.get(table, {}).get(name), column)
    }


def _try_table(
    connection: psycopg.Connection,
    schema: str,
    table: str,
    files: Mapping[str, Sequence[Path]],
    rules: Sequence[_Rule],
) -> str | None:
    """Try a table's rows in a copy of it; give what is wrong, if anything is."""
    trial = PREFIX + table
    try:
        with connection.transaction():
            connection.execute(
                sql.SQL(
                    "CREATE TEMPORARY TABLE {} (LIKE {} INCLUDING CONSTRAINTS INCLUDING"
                    " DEFAULTS INCLUDING GENERATED INCLUDING IDENTITY) ON COMMIT DROP"
                ).format(sql.Identifier(trial), sql.Identifier(schema, table))
            )
    except psycopg.Error as error:
        return _said(table, error)
    try:
        with connection.transaction():
            for path in files[table]:
                copy_parquet(connection, trial, path)
    except psycopg.Error as error:
        return _said(table, error)
    for rule in rules:
        said = _try_rule(connection, schema, rule, files)
        if said:
            return said
    return None


def _try_rule(
    connection: psycopg.Connection,
    schema: str,
    rule: _Rule,
    files: Mapping[str, Sequence[Path]],
) -> str | None:
    if rule.kind == "f":
        return _orphan(connection, schema, rule, files)
    if rule.kind == "c":  # the copy has it already
        return None
    _, _, rest = rule.made_by.partition(" USING ")
    try:
        with connection.transaction():
            connection.execute(
                sql.SQL(_FORCE).format(
                    name=sql.Identifier(rule.name),
                    table=sql.Identifier("pg_temp", PREFIX + rule.table),
                    rest=sql.SQL(rest),  # pyright: ignore[reportArgumentType]  PostgreSQL's own text
                )
            )
    except psycopg.Error as error:
        return _said(rule.table, error)
    return None


def _orphan(
    connection: psycopg.Connection,
    schema: str,
    rule: _Rule,
    files: Mapping[str, Sequence[Path]],
) -> str | None:
    """Say which value of a new foreign key has no parent, there or loaded before."""
    order = list(files)
    parents = [sql.Identifier(schema, str(rule.parent))]
    if rule.parent in files and order.index(str(rule.parent)) <= order.index(
        rule.table
    ):
        parents.append(sql.Identifier("pg_temp", f"{PREFIX}{rule.parent}"))
    child = sql.SQL(", ").join(sql.Identifier("child", name) for name in rule.columns)
    filled = sql.SQL(" AND ").join(
        sql.SQL("{} IS NOT NULL").format(sql.Identifier("child", name))
        for name in rule.columns
    )
    found = sql.SQL(" AND ").join(
        sql.SQL("NOT EXISTS (SELECT FROM {} AS parent WHERE ({}) = ({}))").format(
            parent,
            sql.SQL(", ").join(
                sql.Identifier("parent", name) for name in rule.parent_columns
            ),
            child,
        )
        for parent in parents
    )
    row = connection.execute(
        sql.SQL("SELECT {} FROM {} AS child WHERE {} AND {} LIMIT 1").format(
            child, sql.Identifier("pg_temp", PREFIX + rule.table), filled, found
        )
    ).fetchone()
    if row is None:
        return None
    return (
        f"table {rule.table!r}, constraint {rule.name!r} ({', '.join(rule.columns)}): "
        f"{', '.join(map(repr, row))} is not in {rule.parent!r} by then"
    )


def _said(table: str, error: psycopg.Error) -> str:
    """Name what is wrong with a table's rows, as far as the server tells."""
    diag = error.diag
    context = _FIELD.search(diag.context or "")
    column = diag.column_name or (context[1] if context else None)
    where = [f"table {table!r}"]
    where += [f"column {column!r}"] if column else []
    where += [f"constraint {diag.constraint_name!r}"] if diag.constraint_name else []
    what = diag.message_primary or type(error).__name__
    detail = f" ({diag.message_detail})" if diag.message_detail else ""
    return f"{', '.join(where)}: {what}{detail}".replace(PREFIX, "")
