"""The app's tables: made as its migrations make them, and checked before use."""

from collections.abc import Callable

import psycopg
import pytest

from tasks.database.connect import Target, open_database
from tasks.database.contract import (
    columns_hash,
    create_tables,
    ensure_tables,
    expected_enums,
    expected_references,
    expected_tables,
    expected_uniques,
    live_columns,
)
from tasks.errors import DatabaseError, RefusedError


def count(connection: psycopg.Connection, query: str) -> int:
    row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return int(row[0])


def test_created_tables_are_those_of_the_app(connection: psycopg.Connection) -> None:
    """The counts that app-schema.md states hold in a database made by schema.sql."""
    tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
    keys = "SELECT count(*) FROM pg_constraint WHERE contype = 'f'"
    assert count(connection, tables) == 31
    assert count(connection, keys) == 49
    assert count(connection, keys + " AND confupdtype = 'c'") == 49
    assert count(connection, "SELECT count(DISTINCT enumtypid) FROM pg_enum") == 22


@pytest.mark.parametrize(
    ("name", "unique", "columns"),
    [
        ("User_email_key", True, ["email"]),
        ("Event_publishedAt_idx", False, ["publishedAt"]),
        ("Rsvp_eventId_status_waitlistPosition_idx", False, ["eventId", "status"]),
        ("CommunityMembership_userId_communityId_key", True, ["userId", "communityId"]),
        ("PromoCodeTier_pkey", True, ["promoCodeId", "ticketTierId"]),
    ],
)
def test_indexes_carry_the_names_that_prisma_gives(
    connection: psycopg.Connection, *, name: str, unique: bool, columns: list[str]
) -> None:
    """An index of another name is drift to the app's migration tool."""
    row = connection.execute(
        "SELECT i.indisunique, array(SELECT attname::text FROM pg_attribute"
        " WHERE attrelid = i.indexrelid ORDER BY attnum LIMIT 2)"
        " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname = %s",
        [name],
    ).fetchone()
    assert row == (unique, columns)


def test_foreign_keys_delete_as_the_app_expects(connection: psycopg.Connection) -> None:
    """One key of each rule: CASCADE, RESTRICT, SET NULL."""
    rows = connection.execute(
        "SELECT conname, confdeltype::text FROM pg_constraint WHERE conname = ANY(%s)",
        [["Event_hostId_fkey", "Community_ownerId_fkey", "Event_communityId_fkey"]],
    ).fetchall()
    assert dict(rows) == {
        "Event_hostId_fkey": "c",
        "Community_ownerId_fkey": "r",
        "Event_communityId_fkey": "n",
    }


def test_contract_reads_the_keys_that_schema_sql_makes(
    connection: psycopg.Connection,
) -> None:
    """As many unique indexes and foreign keys as the database counts."""
    live = "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
    live += " WHERE indisunique AND c.relnamespace = 'public'::regnamespace"
    assert sum(map(len, expected_uniques().values())) == count(connection, live)
    assert sum(map(len, expected_references().values())) == 49
    assert ("userId", "communityId") in expected_uniques()["CommunityMembership"]
    assert (("hostId",), "User") in expected_references()["Event"]


def test_contract_reads_all_that_schema_sql_makes(
    connection: psycopg.Connection,
) -> None:
    """Parsing the file and asking the database give the same columns."""
    live = live_columns(connection, "public", list(expected_tables()))
    assert {
        (t, c.name, c.type, c.nullable, c.default is None)
        for t, columns in expected_tables().items()
        for c in columns.values()
    } == {
        (t, c.name, c.type, c.nullable, c.default is None)
        for t, columns in live.items()
        for c in columns.values()
    }
    assert len(expected_enums()) == 22


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('DROP TABLE "CheckIn"', "table 'CheckIn' is missing"),
        ('ALTER TABLE "Event" DROP COLUMN title', "column Event.title is missing"),
        (
            'ALTER TABLE "User" ALTER COLUMN bio TYPE json USING NULL',
            "column User.bio is json, not text",
        ),
        (
            'ALTER TABLE "Event" ADD COLUMN mood text NOT NULL',
            "column Event.mood is new, NOT NULL and without default",
        ),
        (
            'DROP TABLE "CheckIn"; CREATE VIEW "CheckIn" AS SELECT 1 AS id',
            "'CheckIn' is a view, not a table",
        ),
    ],
)
def test_each_difference_is_named(
    connection: psycopg.Connection, change: str, said: str
) -> None:
    """Tables that differ from the contract stop the run with what differs."""
    connection.execute(change.encode())
    with pytest.raises(DatabaseError, match="run the app's migrations") as refusal:
        ensure_tables(connection, create=True)
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    "change",
    [
        'ALTER TABLE "Event" ADD COLUMN mood text',
        'ALTER TABLE "Event" ADD COLUMN mood integer NOT NULL DEFAULT 3',
        'ALTER TABLE "Event" ADD COLUMN n integer GENERATED ALWAYS AS IDENTITY',
        'ALTER TABLE "User" ALTER COLUMN role DROP NOT NULL',
        "ALTER TYPE \"UserRole\" ADD VALUE 'GUEST'",
        # whether rows fit these is tried with the rows: tests/.../stages/test_drift.py
        'ALTER TABLE "User" ALTER COLUMN bio SET NOT NULL',
        'ALTER TABLE "User" ALTER COLUMN bio TYPE varchar(9)',
        "ALTER TYPE \"UserRole\" RENAME VALUE 'ADMIN' TO 'BOSS'",
    ],
)
def test_what_the_app_added_without_need_is_no_difference(
    connection: psycopg.Connection, change: str
) -> None:
    """A column that fills itself needs no seeder."""
    connection.execute(change.encode())
    ensure_tables(connection, create=False)


def test_empty_database_is_filled_only_when_asked(
    new_database: Callable[..., Target],
) -> None:
    """The app owns the tables, so the seeder says what to do before making them."""
    target = new_database(tables=False)
    with open_database(target) as connection:
        with pytest.raises(DatabaseError, match="--create-tables"):
            ensure_tables(connection, create=False)
        ensure_tables(connection, create=True)
    with open_database(target) as connection:
        ensure_tables(connection, create=False)


def test_tables_of_the_same_names_are_left_alone(
    new_database: Callable[..., Target],
) -> None:
    """Another program's table is named and stays as it is."""
    with psycopg.connect(new_database(tables=False).conninfo) as connection:
        connection.execute('CREATE TABLE "Order" (number integer)')
        with pytest.raises(DatabaseError, match=r"column Order\.eventId is missing"):
            ensure_tables(connection, create=True)
        with pytest.raises(RefusedError, match="'Order'"):
            create_tables(connection)
        assert count(connection, "SELECT count(*) FROM pg_enum") == 0


def test_a_type_of_the_same_name_is_left_alone(
    new_database: Callable[..., Target],
) -> None:
    """An enum of another program refuses like a table."""
    with psycopg.connect(new_database(tables=False).conninfo) as connection:
        connection.execute("CREATE TYPE \"UserRole\" AS ENUM ('KING')")
        with pytest.raises(RefusedError, match="'UserRole'"):
            ensure_tables(connection, create=True)


def test_another_schema_holds_the_tables(new_database: Callable[..., Target]) -> None:
    """A URL with ?schema= makes and finds the tables there, and nothing in public."""
    target = new_database(tables=False)
    with psycopg.connect(target.conninfo, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA shop")
    shop = Target(target.conninfo, target.display, schema="shop")
    with open_database(shop) as connection:
        ensure_tables(connection, create=True)
        ensure_tables(connection, create=False)
        public = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert count(connection, public) == 0
    nowhere = Target(target.conninfo, target.display, schema="nowhere")
    with (
        pytest.raises(DatabaseError, match="schema"),
        open_database(nowhere) as connection,
    ):
        ensure_tables(connection, create=True)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ('ALTER TABLE "Event" ADD COLUMN mood text', False),
        ('ALTER TABLE "Event" ALTER COLUMN capacity SET NOT NULL', False),
        ('ALTER TABLE "Event" ALTER COLUMN capacity SET DEFAULT 3', False),
        ('CREATE INDEX ON "Event" (title)', True),
        ('ALTER TABLE "User" ADD COLUMN mood text', True),
    ],
)
def test_schema_hash_follows_columns_of_its_own_tables(
    connection: psycopg.Connection, *, change: str, same: bool
) -> None:
    """What reruns a stage is a change to a column that it may fill, nothing else."""
    before = columns_hash(connection, ("Event", "EventCategory"))
    connection.execute(change.encode())
    after = columns_hash(connection, ("EventCategory", "Event"))
    assert (after == before) is same


def test_schema_hash_of_a_missing_table_says_so(connection: psycopg.Connection) -> None:
    """A table that is gone is an error, not a hash of nothing."""
    with pytest.raises(DatabaseError, match="'Ghost'"):
        columns_hash(connection, ("Event", "Ghost"))
