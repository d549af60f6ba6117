"""The contract with the app: which tables it has, and whether a database keeps it.

`schema.sql` is the one source: it makes the tables where there are none, and what it
says is compared with the tables that are there.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import psycopg

from tasks.editions import digest_json
from tasks.errors import DatabaseError, RefusedError

NAMED_DIFFERENCES: Final = 20  # a person reads no more; the rest is counted
_TABLE: Final = re.compile(
    r'^CREATE TABLE "(\w+)" \(\n(.*?)^\);', re.MULTILINE | re.DOTALL
)
_COLUMN: Final = re.compile(
    r'^    "(?P<name>\w+)" (?P<type>"?\w+"?(?:\(3\))?(?:\[\])?)'
    r"(?P<required> NOT NULL)?(?: DEFAULT (?P<default>.+?))?,?$",
    re.MULTILINE,
)
_ENUM: Final = re.compile(r'^CREATE TYPE "(\w+)" AS ENUM \((.*)\);$', re.MULTILINE)
_PRIMARY: Final = re.compile(r"PRIMARY KEY \((.*)\)")
_UNIQUE: Final = re.compile(
    r'^CREATE UNIQUE INDEX "\w+" ON "(\w+)" \((.*)\);$', re.MULTILINE
)
_REFERENCE: Final = re.compile(
    r'^ALTER TABLE "(\w+)" ADD CONSTRAINT "\w+" FOREIGN KEY \((.*?)\)'
    r' REFERENCES "(\w+)"',
    re.MULTILINE,
)
_NAME: Final = re.compile(r'"(\w+)"')
# schema.sql's spelling of a type -> format_type()'s
_TYPES: Final = {
    "TEXT": "text",
    "TEXT[]": "text[]",
    "INTEGER": "integer",
    "BOOLEAN": "boolean",
    "TIMESTAMP(3)": "timestamp(3) without time zone",
}
_LIVE_COLUMNS: Final = """
SELECT c.relname, a.attname,
       CASE WHEN t.typtype = 'e' THEN quote_ident(t.typname)
            ELSE format_type(a.atttypid, a.atttypmod) END,
       NOT a.attnotnull,
       CASE WHEN a.attidentity <> '' THEN 'identity'
            ELSE pg_get_expr(d.adbin, d.adrelid) END,
       a.attgenerated <> '' OR a.attidentity = 'a'
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = %s
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relkind IN ('r', 'p') AND c.relname = ANY(%s)
ORDER BY c.relname COLLATE "C", a.attname COLLATE "C"
"""
_COLUMNS_HERE: Final = _LIVE_COLUMNS.replace("%s", "current_schema()", 1).encode()
# What else holds what a column of ours may hold: format_type()'s spelling of the
# contract's type -> the live types into which every value of it fits, or does so far
# as the rows themselves show, which `rehearsal` tries.
_ALSO_FITS: Final = {
    "text": re.compile(r"character varying(\(\d+\))?|citext"),
    "text[]": re.compile(r"character varying(\(\d+\))?\[\]"),
    "integer": re.compile(r"bigint|numeric"),
    "timestamp(3) without time zone": re.compile(
        r"timestamp(\([3-6]\))? with(out)? time zone"
    ),
}
_ENUM_ALSO_FITS: Final = re.compile(r"text|character varying(\(\d+\))?")
# The app's own tables for sign-ins, and columns whose values the seeder leaves to the
# app: a database without them still takes every row.
APP_ONLY: Final = frozenset({"Account", "Session", "VerificationToken"})
UNFILLED: Final = {
    "Event": frozenset({"deletedAt"}),
    "EventMessage": frozenset({"parentId"}),
    "MembershipTier": frozenset({"stripePriceId"}),
    "PromoCode": frozenset({"amountOffCents"}),
    "Rsvp": frozenset({"waitlistPosition"}),
    "UserActivity": frozenset({"metadata"}),
}
_LIVE_ENUMS: Final = """
SELECT t.typname, e.enumlabel
FROM pg_type t
JOIN pg_namespace n ON n.oid = t.typnamespace AND n.nspname = %s
JOIN pg_enum e ON e.enumtypid = t.oid
"""
_ENUMS_HERE: Final = _LIVE_ENUMS.replace("%s", "current_schema()", 1).encode()
_LIVE_NAMES: Final = """
SELECT c.relname, c.relkind::text FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = %s
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname = ANY(%s)
ORDER BY c.relname COLLATE "C"
"""
_NAMES_HERE: Final = _LIVE_NAMES.replace("%s", "current_schema()", 1).encode()
_SCHEMA_HERE: Final = "SELECT current_schema()"
_KINDS: Final = {"v": "view", "m": "materialized view", "f": "foreign table"}


@dataclass(frozen=True)
class Column:
    """One column of a table; types are written as format_type() writes them."""

    name: str
    type: str
    nullable: bool
    default: str | None
    computed: bool = False  # the database alone fills it


LiveColumns = dict[str, dict[str, Column]]  # by table and name


def _schema_sql() -> str:
    return files("tasks.database").joinpath("schema.sql").read_text(encoding="utf-8")


@cache
def expected_tables() -> dict[str, dict[str, Column]]:
    """Give the app's tables and their columns, as the contract has them."""
    return {
        table: {
            found["name"]: Column(
                found["name"],
                _TYPES.get(found["type"], found["type"]),
                found["required"] is None,
                found["default"],
            )
            for found in _COLUMN.finditer(body)
        }
        for table, body in _TABLE.findall(_schema_sql())
    }


@cache
def expected_enums() -> dict[str, tuple[str, ...]]:
    """Give the app's enum types and their labels, as the contract has them."""
    return {
        name: tuple(re.findall(r"'(\w+)'", labels))
        for name, labels in _ENUM.findall(_schema_sql())
    }


@cache
def expected_uniques() -> dict[str, tuple[tuple[str, ...], ...]]:
    """Give the columns of each unique index of each table, primary keys included."""
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    keys = [
        (table, columns)
        for table, body in _TABLE.findall(_schema_sql())
        for columns in _PRIMARY.findall(body)
    ]
    for table, columns in [*keys, *_UNIQUE.findall(_schema_sql())]:
        found[table] = (*found.get(table, ()), tuple(_NAME.findall(columns)))
    return found


@cache
def expected_references() -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """Give the foreign keys of each table: its columns, and the table they refer to."""
    found: dict[str, tuple[tuple[tuple[str, ...], str], ...]] = {}
    for table, columns, parent in _REFERENCE.findall(_schema_sql()):
        key = (tuple(_NAME.findall(columns)), parent)
        found[table] = (*found.get(table, ()), key)
    return found


def current_schema(connection: psycopg.Connection) -> str:
    """Give the schema that unqualified table names mean on this connection."""
    return _read_schema(connection, connection.execute(_SCHEMA_HERE))


def _read_schema(connection: psycopg.Connection, asked: psycopg.Cursor) -> str:
    row = asked.fetchone()
    if row is None or row[0] is None:
        raise DatabaseError(
            f"the database {connection.info.dbname!r} does not have the schema that "
            "DATABASE_URL names; correct '?schema=', or create the schema"
        )
    return str(row[0])


def live_columns(
    connection: psycopg.Connection, schema: str, tables: Sequence[str]
) -> dict[str, dict[str, Column]]:
    """Read the columns of those of the tables that are there."""
    return _by_table(connection.execute(_LIVE_COLUMNS, [schema, list(tables)]))


def columns_hash(connection: psycopg.Connection, tables: Sequence[str]) -> str:
    """Digest the live columns of tables: name, type, nullability and default.

    Indexes, constraints and the order of columns do not count.

    Raises:
        DatabaseError: One of the tables is not there.
    """
    return digest_columns(ask_columns(connection, tables)(), tables)


def ask_columns(
    connection: psycopg.Connection, tables: Sequence[str]
) -> Callable[[], LiveColumns]:
    """Ask for the live columns of tables; give what reads the answer.

    Between the two a pipeline can end, which asks for much in one round trip.
    """
    asked = connection.execute(_COLUMNS_HERE, [list(tables)])
    return lambda: _by_table(asked)


def digest_columns(found: LiveColumns, tables: Sequence[str]) -> str:
    """Digest the columns of some of the tables that were asked for.

    Raises:
        DatabaseError: One of the tables is not there.
    """
    missing = sorted(set(tables) - set(found))
    if missing:
        raise DatabaseError(
            f"the tables {missing!r} are missing; run the app's migrations, or pass "
            "--create-tables"
        )
    return digest_json(
        {
            table: [
                [c.name, c.type, c.nullable, c.default] for c in found[table].values()
            ]
            for table in tables
        }
    )


def _by_table(rows: Iterable[tuple[Any, ...]]) -> LiveColumns:
    found: LiveColumns = {}
    for table, *facts in rows:
        column = Column(*facts)
        found.setdefault(table, {})[column.name] = column
    return found


def ensure_tables(connection: psycopg.Connection, *, create: bool) -> None:
    """Make sure that the app's tables are there, as the contract has them.

    Args:
        connection: Its search path begins with the app's schema.
        create: Make the tables if the schema has none of them.

    Raises:
        DatabaseError: There are no tables, or other ones of the same names.
    """
    tables = list(expected_tables())
    with connection.pipeline():
        asked = connection.execute(_SCHEMA_HERE)
        named = connection.execute(_NAMES_HERE, [tables])
        read = ask_columns(connection, tables)
    schema = _read_schema(connection, asked)
    if names := _by_kind(named):
        _check_tables(connection, schema, names, read())
    elif create:
        create_tables(connection)
    else:
        raise DatabaseError(
            f"the database {connection.info.dbname!r} has none of the app's tables in "
            f"schema {schema!r}; run the app's migrations, or pass --create-tables"
        )


def create_tables(connection: psycopg.Connection) -> None:
    """Make the app's tables in a schema that has none of them.

    Raises:
        RefusedError: Tables or types of the same names are there.
    """
    schema = current_schema(connection)
    enums = {name for name, _ in connection.execute(_LIVE_ENUMS, [schema])}
    taken = [*_taken_names(connection, schema), *sorted(enums & set(expected_enums()))]
    if taken:
        raise RefusedError(
            f"schema {schema!r} already has {taken!r}; the app's tables are made only "
            "where there are none: give an empty database"
        )
    with connection.transaction():
        connection.execute(_schema_sql().encode())


def _taken_names(connection: psycopg.Connection, schema: str) -> dict[str, str]:
    """Map the names of the contract's tables that are taken to what has them."""
    return _by_kind(connection.execute(_LIVE_NAMES, [schema, list(expected_tables())]))


def _by_kind(rows: Iterable[tuple[Any, ...]]) -> dict[str, str]:
    return {name: _KINDS.get(kind, "table") for name, kind in rows}


def _check_tables(
    connection: psycopg.Connection,
    schema: str,
    names: Mapping[str, str],
    found: LiveColumns,
) -> None:
    """Compare the tables that are there with the contract.

    What the app has added without need (a nullable column, a label, an index) is no
    difference, nor is what it has taken from itself alone (a column that the seeder
    leaves to it). Whether the rows fit what is stricter now (NOT NULL, fewer labels, a
    unique index) is tried with the rows themselves: see `rehearsal`.

    Args:
        connection: To the database, for its name alone.
        schema: The schema's name.
        names: What has the names of the contract's tables, from `_by_kind`.
        found: The live columns.

    Raises:
        DatabaseError: Naming each difference.
    """
    wrong: list[str] = []
    for table, columns in expected_tables().items():
        if table in APP_ONLY:
            continue
        if table in found:
            wrong += _compare_columns(table, columns, found[table])
        elif table in names:
            wrong.append(f"{table!r} is a {names[table]}, not a table")
        else:
            wrong.append(f"table {table!r} is missing")
    if wrong:
        named = "; ".join(wrong[:NAMED_DIFFERENCES])
        more = len(wrong) - NAMED_DIFFERENCES
        raise DatabaseError(
            f"schema {schema!r} of database {connection.info.dbname!r} does not hold "
            f"the app's tables as the seeder knows them: {named}"
            + (f"; and {more} more" if more > 0 else "")
            + "; run the app's migrations, or give another database (if the app has "
            "changed, tasks/database/schema.sql and tasks/process/tables/ follow it)"
        )


def _compare_columns(
    table: str, wanted: dict[str, Column], found: dict[str, Column]
) -> list[str]:
    wrong: list[str] = []
    left_to_app = UNFILLED.get(table, frozenset())
    for name, column in wanted.items():
        live = found.get(name)
        if name in left_to_app:
            continue
        if live is None:
            wrong.append(f"column {table}.{name} is missing")
        elif not takes(live, column):
            wrong.append(f"column {table}.{name} is {live.type}, not {column.type}")
        elif live.computed:
            wrong.append(f"column {table}.{name} is generated, not filled")
    wrong += [
        f"column {table}.{name} is {'' if name in wanted else 'new, '}NOT NULL and "
        "without default"
        for name, live in found.items()
        if (name not in wanted or name in left_to_app)
        and not live.nullable
        and live.default is None
    ]
    return wrong


def takes(live: Column, column: Column) -> bool:
    """Tell whether a live column has a type that can hold the contract's values."""
    if live.type == column.type:
        return True
    is_enum = column.type.strip('"') in expected_enums()
    also = _ENUM_ALSO_FITS if is_enum else _ALSO_FITS.get(column.type)
    return also is not None and also.fullmatch(live.type) is not None


def ask_lacking_labels(
    connection: psycopg.Connection,
) -> Callable[[], dict[str, set[str]]]:
    """Ask which labels the contract has and the live enums have not; by enum.

    Returns:
        What reads the answer, once a pipeline has ended.
    """
    asked = connection.execute(_ENUMS_HERE)

    def read() -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for name, label in asked:
            found.setdefault(name, set()).add(label)
        lacking = {
            name: set(labels) - found.get(name, set())
            for name, labels in expected_enums().items()
        }
        return {name: labels for name, labels in lacking.items() if labels}

    return read


def missing_names(connection: psycopg.Connection) -> dict[str, str]:
    """Map the names that a query may not use here to what they stand for.

    Of the tables and columns that the seeder does without, those that are not there.
    """
    found = ask_columns(connection, [*APP_ONLY, *UNFILLED])()
    missing = {table: table for table in APP_ONLY if table not in found}
    for table, columns in UNFILLED.items():
        gone = columns - found.get(table, {}).keys()
        missing |= {name: f"{table}.{name}" for name in gone}
    return missing


def describe_drift(connection: psycopg.Connection, tables: Sequence[str]) -> list[str]:
    """Say in what columns live tables differ from the contract, harmless or not."""
    found = live_columns(connection, current_schema(connection), tables)
    said: list[str] = []
    for table, live in found.items():
        wanted = expected_tables()[table]
        for name in sorted(live.keys() | wanted.keys()):
            now, was = live.get(name), wanted.get(name)
            if now is None or was is None:
                said.append(f"{table}.{name} is {'gone' if now is None else 'new'}")
            elif now.type != was.type:
                said.append(f"{table}.{name} is {now.type}, not {was.type}")
            elif now.nullable != was.nullable:
                said.append(
                    f"{table}.{name} is {'no longer' if now.nullable else 'now'} "
                    "NOT NULL"
                )
    return said
