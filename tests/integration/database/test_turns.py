"""Turns on a real server: one at a time, whoever waits knows for whom."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from queue import Queue
from threading import Thread

import psycopg
import pytest

from tasks.database import turns
from tasks.database.connect import Target
from tasks.database.turns import take_turn
from tasks.errors import DatabaseError


def wait_in_thread(target: Target, said: "Queue[str]") -> Thread:
    """Take a turn on a thread of its own; what it says, and its end, go in a queue."""

    def wait() -> None:
        with take_turn(target, "2026-W48", said.put):
            said.put("has it")

    thread = Thread(target=wait, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize("pooled", [False, True])
def test_second_waits_and_says_for_whom(database: Target, *, pooled: bool) -> None:
    """The message names the run and its server process, at once; then it goes on."""
    said: Queue[str] = Queue()
    target = replace(database, pooled=pooled)
    with take_turn(target, "2026-W47", said.put):
        thread = wait_in_thread(target, said)
        told = said.get(timeout=60)
        assert "rsvped-seed 2026-W47" in told
        assert "server process" in told
        assert said.empty()
    assert said.get(timeout=60) == "it has ended; going on"
    assert said.get(timeout=60) == "has it"
    thread.join()


def test_databases_do_not_wait_for_each_other(
    new_database: Callable[..., Target],
) -> None:
    """A turn is of one database, though the server counts locks for all."""
    said: list[str] = []
    with (
        take_turn(new_database(), "2026-W47", said.append),
        take_turn(new_database(), "2026-W47", said.append),
    ):
        assert said == []


def test_patience_ends(database: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told again and again, and in the end who to look for."""
    monkeypatch.setattr(turns, "NOTE_EVERY_S", 0.01)
    monkeypatch.setattr(turns, "PATIENCE_NOTES", 2)
    said: list[str] = []
    with (
        take_turn(database, "2026-W47", said.append),
        pytest.raises(DatabaseError, match=r"2026-W47.*pg_terminate_backend"),
        take_turn(database, "2026-W48", said.append),
    ):
        pass
    assert [line.endswith("1 min so far") for line in said] == [False, True]


@pytest.mark.parametrize("pooled", [False, True])
def test_lost_connection_does_not_end_the_run(
    database: Target, *, pooled: bool
) -> None:
    """A server that restarts takes the turn away; the run's own work is not undone."""
    said: list[str] = []
    with ExitStack() as stack:
        target = replace(database, pooled=pooled)
        stack.enter_context(take_turn(target, "2026-W47", said.append))
        with psycopg.connect(database.conninfo, autocommit=True) as other:
            ended = other.execute(
                "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            ).fetchall()
        assert ended == [(True,)]
    assert said == []


def test_an_error_within_goes_through(database: Target) -> None:
    """What fails within a turn is told as it is, and the turn is free again."""
    said: list[str] = []
    with (
        pytest.raises(DatabaseError, match="as it is"),
        take_turn(database, "2026-W47", said.append),
    ):
        raise DatabaseError("as it is")
    with take_turn(database, "2026-W48", said.append):
        assert said == []
