"""The ledger: what the seeder has put into a database, kept in that database.

It lives in the schema `rsvped_seed`, never beside the app's tables, where the app's
migration tool would see drift. Rows and their ledger row commit together, so that
the ledger is never wrong about what is there.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, LiteralString

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from tasks.database.trouble import LOCK_TIMEOUT_MS
from tasks.editions import World

SCHEMA: Final = "rsvped_seed"
# any number, the same in every version: "rsvped" on a telephone's keys
LOCK_KEY: Final = 778733
# asked first: even IF NOT EXISTS needs the right to make schemas, which a role with a
# schema of its own, made beforehand (role.sql), has not
_HAS_SCHEMA: Final = "SELECT to_regnamespace('rsvped_seed') IS NOT NULL"
_TABLES: Final = """
IF to_regnamespace('rsvped_seed') IS NULL THEN
    CREATE SCHEMA rsvped_seed;
END IF;
CREATE TABLE IF NOT EXISTS rsvped_seed.database (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    database_id uuid NOT NULL DEFAULT gen_random_uuid(),
    system_identifier text,
    database_name text NOT NULL,
    created timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS rsvped_seed.world (
    world_id text PRIMARY KEY,
    tag text NOT NULL,
    edition text NOT NULL,
    first_loaded_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS rsvped_seed.stage (
    stage text PRIMARY KEY,
    world_id text NOT NULL REFERENCES rsvped_seed.world,
    tag text NOT NULL,
    edition text NOT NULL,
    as_of timestamptz NOT NULL,
    seed text NOT NULL,
    source text NOT NULL,
    options jsonb NOT NULL,
    rules_version text NOT NULL,
    key text NOT NULL,
    result_key text NOT NULL,
    rows jsonb NOT NULL,
    loaded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
"""
_RELEASED: Final = """
CREATE TABLE rsvped_seed.released (
    table_name text NOT NULL,
    row_id text NOT NULL,
    world_id text,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (table_name, row_id)
);
"""
_PROTECTED: Final = """
ALTER TABLE rsvped_seed.database ADD COLUMN protected boolean NOT NULL DEFAULT false
"""
_HAS_PROTECTED: Final = """
SELECT EXISTS (
    SELECT FROM pg_attribute
    WHERE attrelid = 'rsvped_seed.database'::regclass
      AND attname = 'protected' AND NOT attisdropped)
"""
_SLID: Final = """
ALTER TABLE rsvped_seed.world ADD COLUMN slid_weeks integer NOT NULL DEFAULT 0
"""
_HAS_SLID: Final = """
SELECT EXISTS (
    SELECT FROM pg_attribute
    WHERE attrelid = 'rsvped_seed.world'::regclass
      AND attname = 'slid_weeks' AND NOT attisdropped)
"""
_HAS_RELEASED: Final = "SELECT to_regclass('rsvped_seed.released') IS NOT NULL"
# what came after the first version, and whether a ledger has it yet; only who owns the
# ledger may alter it, so it is asked first
_ADDITIONS: Final[tuple[tuple[LiteralString, LiteralString], ...]] = (
    (_HAS_PROTECTED, _PROTECTED),
    (_HAS_RELEASED, _RELEASED),
    (_HAS_SLID, _SLID),
)

# In one statement, which needs no answer before the next; and only where something is
# missing, since even IF NOT EXISTS asks for the right to create.
_PREPARE: Final = f"""
DO $$
DECLARE server text;
BEGIN
    IF to_regclass('rsvped_seed.database') IS NULL
        OR to_regclass('rsvped_seed.world') IS NULL
        OR to_regclass('rsvped_seed.stage') IS NULL
    THEN
        {_TABLES}
    END IF;
    IF NOT ({_HAS_PROTECTED}) THEN
        {_PROTECTED};
    END IF;
    IF NOT ({_HAS_RELEASED}) THEN
        {_RELEASED}
    END IF;
    IF NOT ({_HAS_SLID}) THEN
        {_SLID};
    END IF;
    IF NOT EXISTS (SELECT FROM rsvped_seed.database) THEN
        IF has_function_privilege('pg_control_system()', 'EXECUTE') THEN
            SELECT system_identifier::text INTO server FROM pg_control_system();
        END IF;
        INSERT INTO rsvped_seed.database (system_identifier, database_name)
        VALUES (server, current_database());
    END IF;
END $$
"""  # noqa: S608  our own text


@dataclass(frozen=True)
class DatabaseRow:
    """The database itself: an id that travels with a dump, and where it was made."""

    database_id: str
    system_identifier: str | None  # None: the server does not tell it to this user
    database_name: str
    created: datetime
    protected: bool = False  # nothing in it may be deleted or loaded


@dataclass(frozen=True)
class WorldRow:
    """One world that the seeder has put here, and whose rows may still be here."""

    world_id: str
    tag: str
    edition: str
    first_loaded_at: datetime
    slid_weeks: int = 0  # its rows lie so much later than they were made


@dataclass(frozen=True)
class StageRow:
    """One stage that is loaded, and all that identifies its world."""

    stage: str
    world_id: str
    tag: str
    edition: str
    as_of: datetime
    seed: str
    source: str
    options: dict[str, Any]
    rules_version: str
    key: str
    result_key: str
    rows: dict[str, int]
    loaded_at: datetime


@dataclass(frozen=True)
class Ledger:
    """All that the ledger says."""

    database: DatabaseRow
    worlds: tuple[WorldRow, ...] = ()
    stages: dict[str, StageRow] = field(default_factory=dict[str, StageRow])


def lock_ledger(connection: psycopg.Connection) -> None:
    """Wait for, and hold until the transaction ends, the lock on loading and wiping."""
    connection.execute(
        "SELECT set_config('lock_timeout', %s, true)", [str(LOCK_TIMEOUT_MS)]
    )
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK_KEY])


def prepare_ledger(connection: psycopg.Connection) -> None:
    """Make the ledger if it is missing, and mark the database it belongs to."""
    lock_ledger(connection)  # CREATE … IF NOT EXISTS alone fails when two do it at once
    connection.execute(_PREPARE)


def bring_up_to_date(connection: psycopg.Connection) -> None:
    """Give a ledger what came after the version that made it."""
    for is_there, addition in _ADDITIONS:
        if connection.execute(is_there).fetchone() != (True,):
            connection.execute(addition)


def has_ledger(connection: psycopg.Connection) -> bool:
    """Tell whether the ledger's tables are there."""
    row = connection.execute(
        "SELECT to_regclass('rsvped_seed.database') IS NOT NULL"
        " AND to_regclass('rsvped_seed.world') IS NOT NULL"
        " AND to_regclass('rsvped_seed.stage') IS NOT NULL"
    ).fetchone()
    return row == (True,)


def system_identifier(connection: psycopg.Connection) -> str | None:
    """Give the identifier of the server's cluster, None where it may not be read."""
    allowed = connection.execute(
        "SELECT has_function_privilege('pg_control_system()', 'EXECUTE')"
    ).fetchone()
    if allowed != (True,):
        return None
    row = connection.execute(
        "SELECT system_identifier::text FROM pg_control_system()"
    ).fetchone()
    return None if row is None else str(row[0])


def read_ledger(connection: psycopg.Connection) -> Ledger | None:
    """Read the whole ledger; None where there is none. Nothing is made."""
    if not has_ledger(connection):
        return None
    with connection.pipeline():
        read = ask_ledger(connection)
    return read()


def ask_ledger(connection: psycopg.Connection) -> Callable[[], Ledger | None]:
    """Ask for the ledger, which must be there; give what reads the answer.

    Between the two a pipeline can end, which asks for much in one round trip.
    """
    database = connection.cursor(row_factory=class_row(DatabaseRow)).execute(
        # as JSON, since a former version's marker has no such column
        "SELECT database_id::text, system_identifier, database_name, created,"
        " coalesce((to_jsonb(d) ->> 'protected')::boolean, false) AS protected"
        " FROM rsvped_seed.database AS d"
    )
    worlds = connection.cursor(row_factory=class_row(WorldRow)).execute(
        # as JSON, since a former version's worlds have no such column
        "SELECT world_id, tag, edition, first_loaded_at,"
        " coalesce((to_jsonb(world) ->> 'slid_weeks')::integer, 0) AS slid_weeks"
        " FROM rsvped_seed.world ORDER BY first_loaded_at, world_id"
    )
    stages = connection.cursor(row_factory=class_row(StageRow)).execute(
        "SELECT stage, world_id, tag, edition, as_of, seed, source, options,"
        " rules_version, key, result_key, rows, loaded_at"
        " FROM rsvped_seed.stage ORDER BY loaded_at, stage"
    )

    def read() -> Ledger | None:
        row = database.fetchone()
        if row is None:
            return None
        by_name = {stage.stage: stage for stage in stages.fetchall()}
        return Ledger(row, tuple(worlds.fetchall()), by_name)

    return read


def record_stage(
    connection: psycopg.Connection,
    world: World,
    *,
    stage: str,
    key: str,
    result_key: str,
    rows: dict[str, int],
) -> None:
    """Write, in the caller's transaction, that a stage of a world is loaded."""
    connection.execute(
        "INSERT INTO rsvped_seed.world (world_id, tag, edition) VALUES (%s, %s, %s)"
        " ON CONFLICT (world_id) DO NOTHING",
        [world.world_id, world.tag, world.edition],
    )
    connection.execute(
        "INSERT INTO rsvped_seed.stage AS old (stage, world_id, tag, edition, as_of,"
        " seed, source, options, rules_version, key, result_key, rows)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (stage) DO UPDATE SET world_id = excluded.world_id,"
        " tag = excluded.tag, edition = excluded.edition, as_of = excluded.as_of,"
        " seed = excluded.seed, source = excluded.source, options = excluded.options,"
        " rules_version = excluded.rules_version, key = excluded.key,"
        " result_key = excluded.result_key, rows = excluded.rows,"
        " loaded_at = excluded.loaded_at",
        [
            stage,
            world.world_id,
            world.tag,
            world.edition,
            world.as_of,
            world.seed,
            world.source,
            Jsonb(world.options),
            world.rules_version,
            key,
            result_key,
            Jsonb(rows),
        ],
    )


def record_slide(connection: psycopg.Connection, world_id: str, weeks: int) -> None:
    """Write, in the caller's transaction, that a world's rows lie so far on.

    The stages keep the day the world was made for, which is part of what it is.
    """
    connection.execute(
        "UPDATE rsvped_seed.world SET slid_weeks = slid_weeks + %s WHERE world_id = %s",
        [weeks, world_id],
    )


def forget(connection: psycopg.Connection, world_ids: list[str]) -> None:
    """Strike worlds and their stages out, once their rows are gone."""
    for table in ("stage", "world"):
        connection.execute(
            f"DELETE FROM rsvped_seed.{table} WHERE world_id = ANY(%s)",  # noqa: S608  two literals
            [world_ids],
        )
