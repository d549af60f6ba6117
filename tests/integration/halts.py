"""Halts: where a run is made to wait, so that a test can kill it at an exact point.

A run under test is the real program; what holds it is the database. A trigger, or the
ledger's own lock, waits for an advisory lock that the test holds. When the server says
that somebody waits, the run stands where the test wants it.
"""

import os
import signal
import subprocess
from collections.abc import Callable, Generator
from contextlib import contextmanager
from enum import StrEnum
from typing import Final

import psycopg
from program import kill, wait_until
from psycopg import sql

from tasks.database.connect import Target
from tasks.database.ledger import LOCK_KEY

HALT_KEY: Final = 424242  # the advisory lock that the triggers wait for
HALT_ROW: Final = 5  # of a table: rows are in before it, and more would follow
# a table of each stage that has enough rows to die among, not the first if others have
HALT_TABLES: Final = {
    "load-static": "Location",
    "create-users": "UserCategory",
    "create-communities": "CommunityMembership",
    "create-events": "EventCategory",
    "create-tickets": "RegistrationQuestion",
    "create-orders": "Rsvp",
    "create-friendships": "Friendship",
    "backfill-activities": "UserActivity",
    "analytics": "EventDailyStat",
    "demo-user": "Rsvp",
}
_PREPARE: Final = f"""
CREATE SCHEMA halt;
CREATE SEQUENCE halt.rows;
CREATE FUNCTION halt.wait_at_row() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('halt.rows') = TG_ARGV[0]::bigint THEN
        PERFORM pg_advisory_xact_lock({HALT_KEY});
    END IF;
    RETURN NEW;
END $$;
"""
IS_WAITED_FOR: Final = """
SELECT EXISTS (SELECT FROM pg_locks
                WHERE locktype = 'advisory' AND NOT granted
                  AND database = (SELECT oid FROM pg_database
                                   WHERE datname = current_database()))
"""
_OTHERS: Final = """
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Moment(StrEnum):
    """When in a stage the process dies."""

    BEFORE = "before"  # it waits for the ledger: nothing is written
    INSIDE = "inside"  # some of its rows are written, nothing is committed
    COMMITTED = "committed"  # all is committed, the process has not heard of it


def prepare_halts(database: Target) -> None:
    """Make in a database, beside the app's tables, what the halts need."""
    with psycopg.connect(database.conninfo) as connection:
        connection.execute(_PREPARE.encode())


def kill_in_stage(
    start: Callable[[], "subprocess.Popen[str]"],
    database: Target,
    stage: str,
    table: str,
    moment: Moment,
) -> None:
    """Start a run and kill it, and all of its processes, at one moment of a stage.

    Args:
        start: Starts the run.
        database: The database that it fills; `prepare_halts` has seen it.
        stage: The stage's name; all before it are loaded, or the run loads them.
        table: A table of the stage with more than a handful of rows, which no earlier
            stage that is still to be loaded has.
        moment: When it dies.
    """
    with (
        psycopg.connect(database.conninfo, autocommit=True) as watcher,
        _halted(watcher, table, moment),
    ):
        process = start()
        wait_until(lambda: _is_true(watcher, IS_WAITED_FOR), process)
        if moment is Moment.INSIDE:
            # a sequence keeps what a transaction took from it
            row = watcher.execute("SELECT last_value FROM halt.rows").fetchone()
            assert row == (HALT_ROW,)
        if moment is Moment.COMMITTED:
            # it waits for the server's word on its COMMIT, and never gets to read it
            os.killpg(process.pid, signal.SIGSTOP)
            _release(watcher)
            wait_until(lambda: stage in loaded_at(database), process)
        kill(process)


@contextmanager
def ledger_held(database: Target) -> Generator[Callable[[], None]]:
    """Let every run stop before its next stage, until the block is left or calls.

    Yields:
        Lets them go on, to be called within the minute for which they wait.
    """
    with (
        psycopg.connect(database.conninfo, autocommit=True) as watcher,
        _halted(watcher, "", Moment.BEFORE),
    ):
        yield lambda: _release(watcher)


def wait_for_waiter(database: Target, process: "subprocess.Popen[str]") -> None:
    """Wait until a run stands before a held ledger."""
    with psycopg.connect(database.conninfo, autocommit=True) as watcher:
        wait_until(lambda: _is_true(watcher, IS_WAITED_FOR), process)


def loaded_at(database: Target) -> dict[str, str]:
    """Give the instant at which each stage in the ledger was loaded."""
    with psycopg.connect(database.conninfo) as connection:
        found = connection.execute(
            "SELECT to_regclass('rsvped_seed.stage') IS NOT NULL"
        ).fetchone()
        if found != (True,):
            return {}
        rows = connection.execute(
            "SELECT stage, loaded_at::text FROM rsvped_seed.stage"
        )
        return dict(rows.fetchall())


@contextmanager
def _halted(watcher: psycopg.Connection, table: str, moment: Moment) -> Generator[None]:
    """Let whoever comes to the moment wait, until the block is left or releases it."""
    if moment is Moment.BEFORE:
        watcher.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
        try:
            yield
        finally:
            _release(watcher)
            _wait_for_silence(watcher)
        return
    watcher.execute("ALTER SEQUENCE halt.rows RESTART")
    watcher.execute("SELECT pg_advisory_lock(%s)", [HALT_KEY])
    watcher.execute(halt_trigger(table, at_commit=moment is Moment.COMMITTED))
    try:
        yield
    finally:
        _release(watcher)
        _wait_for_silence(watcher)
        drop = sql.SQL("DROP TRIGGER halt ON {}").format(sql.Identifier(table))
        watcher.execute(drop)


def halt_trigger(table: str, *, at_commit: bool) -> sql.Composed:
    """Give the statement that lets whoever fills a table wait: at a row, or behind all.

    A database takes one such trigger that has not been waited at; `prepare_halts` has
    seen it.
    """
    if not at_commit:
        form = (
            "CREATE TRIGGER halt BEFORE INSERT ON {} FOR EACH ROW"
            " EXECUTE FUNCTION halt.wait_at_row({})"
        )
        return sql.SQL(form).format(sql.Identifier(table), HALT_ROW)
    form = (  # fires when all of the transaction is done but its end
        "CREATE CONSTRAINT TRIGGER halt AFTER INSERT ON {} DEFERRABLE INITIALLY"
        " DEFERRED FOR EACH ROW EXECUTE FUNCTION halt.wait_at_row(1)"
    )
    return sql.SQL(form).format(sql.Identifier(table))


def _release(watcher: psycopg.Connection) -> None:
    watcher.execute("SELECT pg_advisory_unlock_all()")


def _wait_for_silence(watcher: psycopg.Connection) -> None:
    """Wait until the server has noticed that its client is dead."""
    while watcher.execute(_OTHERS).fetchone() != (0,):
        watcher.execute("SELECT pg_sleep(0.01)")


def _is_true(watcher: psycopg.Connection, question: str) -> bool:
    return watcher.execute(question.encode()).fetchone() == (True,)
