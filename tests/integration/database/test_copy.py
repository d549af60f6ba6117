"""Rows on their way into PostgreSQL: nothing is lost, changed or reordered."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import polars as pl
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from tasks.database import copy
from tasks.database.copy import (
    copy_parquet,
    copy_rows,
    insert_rows,
    upsert_many,
    upsert_rows,
)

Put = Callable[[psycopg.Connection, str, pl.DataFrame], object]
Keys = tuple[str, ...]
Upsert = Callable[[psycopg.Connection, str, Keys, pl.DataFrame], int]

HOSTILE = [
    "plain",
    "",
    None,
    "NULL",
    "null",
    "\\N",
    "\\.",
    '"',
    '""',
    "'",
    ",",
    "a,b\nc\r\nd\re",
    "tab\there",
    " lead and trail ",
    "back\\slash",
    "{curly}",
    "{}",
    "héllo — 東京 🎟️",
    "\u2028\u2029\ufeff",
    "\x01\x7f",
    "%s %(a)s {0}",
    "x" * 100_000,
]


@pytest.fixture
def table(connection: psycopg.Connection) -> str:
    """A table with a column of each type that the app has."""
    connection.execute("CREATE TYPE mood AS ENUM ('GOOD', 'BAD')")
    connection.execute(
        "CREATE TEMPORARY TABLE hostile (place serial, id text, words text[],"
        " number integer, flag boolean, moment timestamp(3), mood mood)"
    )
    return "hostile"


def types_of(connection: psycopg.Connection, table: str) -> dict[str, str]:
    """The types of a table's columns, as the server spells them."""
    query = (
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute"
        " WHERE attrelid = %s::regclass AND attnum > 0"
    )
    return dict(connection.execute(query, [f'"{table}"']).fetchall())


def insert_inline(
    connection: psycopg.Connection, table: str, frame: pl.DataFrame
) -> None:
    insert_rows(connection, table, types_of(connection, table), frame)


@pytest.fixture(params=[copy_rows, insert_inline])
def put(request: pytest.FixtureRequest) -> Put:
    """Each of the two ways in which rows leave Python."""
    return request.param


def upsert_inline(
    connection: psycopg.Connection, table: str, keys: Keys, frame: pl.DataFrame
) -> int:
    types = types_of(connection, table)
    return upsert_rows(connection, table, types, keys, frame).rowcount


@pytest.fixture(params=[upsert_inline, upsert_many])
def upsert(request: pytest.FixtureRequest) -> Upsert:
    """Each of the two ways in which rows are written again."""
    return request.param


def stored(connection: psycopg.Connection, *columns: str) -> list[tuple[Any, ...]]:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    query = sql.SQL("SELECT {} FROM hostile ORDER BY place").format(names)
    return connection.execute(query).fetchall()


def test_hostile_rows_come_back_as_they_went(
    connection: psycopg.Connection, table: str, put: Put
) -> None:
    """Text, arrays, numbers, flags and enums, with NULL apart from the empty string."""
    words = [[text, None, ""] for text in HOSTILE[:-3]] + [None, [], [None]]
    size = len(HOSTILE)
    frame = pl.DataFrame(
        {
            "id": HOSTILE,
            "words": words,
            "number": [None, -1, 2**31 - 1, 0] * (size // 4) + [5, 6],
            "flag": [True, False, None] * (size // 3) + [True],
            "mood": pl.Series(["GOOD", None] * (size // 2), dtype=pl.Categorical),
        },
        schema_overrides={"words": pl.List(pl.String)},
    )
    put(connection, table, frame)
    assert stored(connection, *frame.columns) == frame.rows()


@pytest.mark.parametrize("column", ["id", "words"])
def test_a_table_of_one_column_loses_nothing(
    connection: psycopg.Connection, table: str, column: str, put: Put
) -> None:
    r"""Before version 18 a lone \. ends the data without a word."""
    values = HOSTILE if column == "id" else [[text] for text in HOSTILE] + [None]
    frame = pl.DataFrame({column: values})
    put(connection, table, frame)
    assert stored(connection, column) == frame.rows()


def test_nul_is_left_out(connection: psycopg.Connection, table: str, put: Put) -> None:
    """PostgreSQL's text cannot hold it; the rest of the text stays."""
    frame = pl.DataFrame({"id": ["a\0b", "\0"], "words": [["\0c\0"], ["d"]]})
    put(connection, table, frame)
    assert stored(connection, "id", "words") == [("ab", ["c"]), ("", ["d"])]


def test_instants_are_stored_as_utc_milliseconds(
    connection: psycopg.Connection, table: str, put: Put
) -> None:
    """Microseconds are cut off, never rounded up; zones become UTC."""
    tokyo = timezone(timedelta(hours=9))
    instants = [
        datetime(2026, 11, 16, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2026, 11, 17, 0, 30, tzinfo=tokyo).astimezone(UTC),
        datetime(1969, 7, 20, 20, 17, 40, 500_000, tzinfo=UTC),
        None,
    ]
    frame = pl.DataFrame({"moment": instants}, {"moment": pl.Datetime("us", "UTC")})
    frame = frame.with_columns(pl.col("moment").dt.convert_time_zone("Asia/Tokyo"))
    connection.execute("SET TIME ZONE 'America/New_York'")
    put(connection, table, frame.with_columns(number=1))
    assert [row[0] for row in stored(connection, "moment")] == [
        datetime(2026, 11, 16, 23, 59, 59, 999_000),  # noqa: DTZ001  the column has no zone
        datetime(2026, 11, 16, 15, 30),  # noqa: DTZ001
        datetime(1969, 7, 20, 20, 17, 40, 500_000),  # noqa: DTZ001
        None,
    ]


# what has a meaning on the way (CSV, COPY, array literals, SQL, a spreadsheet, a
# terminal), and what has one for eyes alone
TELLING = [
    *("\\.", "\\N", "NULL", "{}", '{"a"}', "{NULL}", '"', "\\", ",", "\r\n", "\n"),
    *('\'); DROP TABLE "User"; --', "=cmd|'/C calc'!A0", "+1", "@SUM(A1)", "$1", "%s"),
    *("\u202e", "\u200f", "\u2066", "\u2028", "\x85", "\x1b[31m", "\ufeff", "\uffff"),
    *("👩\u200d👩\u200d👧", "e\u0301", "\U0010ffff"),
]
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
TEXT = st.none() | ANY_TEXT | st.lists(st.sampled_from(TELLING)).map("".join)
INSTANT = st.datetimes(datetime(1900, 1, 1), datetime(2999, 12, 31)).map(  # noqa: DTZ001  the column has no zone
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
NUMBER = st.none() | st.integers(-(2**31), 2**31 - 1)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rows=st.lists(
        st.tuples(
            TEXT,
            st.none() | st.lists(TEXT, max_size=4),
            NUMBER,
            st.none() | st.booleans(),
            st.none() | INSTANT,
        )
    )
)
def test_any_row_comes_back(
    connection: psycopg.Connection,
    table: str,
    put: Put,
    rows: list[tuple[Any, ...]],
) -> None:
    """Whatever a person writes, and whatever lists of it, survives; so do the rest."""
    connection.execute("TRUNCATE hostile")
    schema = {
        "id": pl.String,
        "words": pl.List(pl.String),
        "number": pl.Int64,
        "flag": pl.Boolean,
        "moment": pl.Datetime("us"),
    }
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    put(connection, table, frame)
    assert stored(connection, *schema) == rows


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(values=st.lists(TEXT), column=st.sampled_from(["id", "words"]))
def test_any_column_of_its_own_comes_back(
    connection: psycopg.Connection,
    table: str,
    put: Put,
    values: list[str | None],
    column: str,
) -> None:
    """A table of one column takes another road, on which nothing is lost either."""
    connection.execute("TRUNCATE hostile")
    rows = [(value if column == "id" else [value],) for value in values]
    dtype = pl.String if column == "id" else pl.List(pl.String)
    frame = pl.DataFrame(rows, schema={column: dtype}, orient="row")
    put(connection, table, frame)
    assert stored(connection, column) == rows


def test_a_type_that_no_table_holds_is_named(
    connection: psycopg.Connection, table: str, put: Put
) -> None:
    """A struct would become text that means something else."""
    with pytest.raises(TypeError, match="'id'"):
        put(connection, table, pl.DataFrame({"id": [{"a": 1}]}))


def test_a_file_streams_in_order(
    connection: psycopg.Connection,
    table: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Chunks change neither order nor number of rows."""
    monkeypatch.setattr(copy, "CHUNK_ROWS", 7)
    frame = pl.DataFrame({"id": [f"{n}" for n in range(50)], "number": range(50)})
    frame.write_parquet(tmp_path / "t.parquet", row_group_size=11)
    assert copy_parquet(connection, table, tmp_path / "t.parquet") == 50
    assert stored(connection, "id", "number") == frame.rows()
    frame.clear().write_parquet(tmp_path / "t.parquet")
    assert copy_parquet(connection, table, tmp_path / "t.parquet") == 0


def test_upsert_inserts_the_missing_and_updates_only_what_differs(
    connection: psycopg.Connection, upsert: Upsert
) -> None:
    """A row that is the same keeps its place, one that differs keeps its id."""
    rows = {"id": ["a", "b"], "name": ["A", "B"], "slug": ["sa", "sb"]}
    frame = pl.DataFrame(rows)
    assert upsert(connection, "Category", ("slug",), frame) == 2
    places = connection.execute('SELECT ctid::text, id FROM "Category"').fetchall()
    assert upsert(connection, "Category", ("slug",), frame) == 0
    after = connection.execute('SELECT ctid::text, id FROM "Category"').fetchall()
    assert after == places
    changed = pl.DataFrame(
        {"id": ["x", "y"], "name": ["Anew", "C"], "slug": ["sa", "sc"]}
    )
    assert upsert(connection, "Category", ("slug",), changed) == 2
    found = connection.execute(
        'SELECT id, name, slug, subcategories FROM "Category" ORDER BY slug'
    ).fetchall()
    assert found == [
        ("a", "Anew", "sa", []),
        ("b", "B", "sb", []),
        ("y", "C", "sc", []),
    ]


def test_upsert_of_keys_alone_changes_nothing_that_is_there(
    connection: psycopg.Connection, upsert: Upsert
) -> None:
    """A join table has nothing but its key."""
    connection.execute(
        """INSERT INTO "User" (id) VALUES ('u');
        INSERT INTO "Category" (id, name, slug) VALUES ('c', 'C', 'c')"""
    )
    frame = pl.DataFrame({"userId": ["u"], "categoryId": ["c"]})
    keys = ("userId", "categoryId")
    written = [upsert(connection, "UserCategory", keys, frame) for _ in range(2)]
    assert written == [1, 0]
