"""Servers that never answer: every wait ends, and with a sentence that says why."""

import socket
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from relay import relay_to

from tasks.database import connect
from tasks.database.connect import (
    IDLE_TIMEOUT_MS,
    STATEMENT_TIMEOUT_MS,
    Target,
    keeping_connection,
    open_database,
    parse_target,
)
from tasks.database.trouble import is_connection_loss
from tasks.errors import DatabaseError

TIMEOUTS = ("statement_timeout", "idle_in_transaction_session_timeout")


def with_options(target: Target, options: str) -> Target:
    return replace(target, conninfo=make_conninfo(target.conninfo, options=options))


def timeouts_of(connection: psycopg.Connection) -> list[int]:
    rows = connection.execute(
        "SELECT setting::int FROM pg_settings WHERE name = ANY(%s) ORDER BY name DESC",
        [list(TIMEOUTS)],
    )
    return [value for (value,) in rows]


@contextmanager
def mute() -> Generator[int]:
    """A server that accepts and never answers; gives its port."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_a_server_that_accepts_and_never_answers_is_given_up() -> None:
    """The connection's own timeout counts from the first byte to the last."""
    with mute() as port:
        target = parse_target(
            f"postgresql://ada@127.0.0.1:{port}/shop?connect_timeout=2"
        )
        with (
            pytest.raises(DatabaseError, match="does not answer"),
            open_database(target),
        ):
            pass


def test_a_network_that_swallows_packets_is_given_up() -> None:
    """What libpq must watch for stands in every connection, unless the URL differs."""
    found = parse_target("postgresql://ada@h/shop").conninfo
    assert "tcp_user_timeout=60000" in found
    assert "keepalives_idle=30" in found
    assert "connect_timeout=10" in found
    other = parse_target("postgresql://ada@h/shop?tcp_user_timeout=5000").conninfo
    assert "tcp_user_timeout=5000" in other


def test_a_session_has_timeouts(database: Target) -> None:
    """A statement that blocks, and a run that stands still, do not hold others up."""
    with open_database(database) as connection:
        assert timeouts_of(connection) == [STATEMENT_TIMEOUT_MS, IDLE_TIMEOUT_MS]


def test_a_persons_own_timeouts_win(database: Target) -> None:
    """Be they longer or shorter, of the URL or of the database; 0 is none at all."""
    options = "-c statement_timeout=7000 -c idle_in_transaction_session_timeout=0"
    with open_database(with_options(database, options)) as connection:
        assert timeouts_of(connection) == [7000, 0]
    with psycopg.connect(database.conninfo, autocommit=True) as owner:
        owner.execute(
            f"ALTER DATABASE {database.display} SET statement_timeout = '2h'".encode()
        )
    with open_database(database) as connection:
        assert timeouts_of(connection) == [7_200_000, IDLE_TIMEOUT_MS]


def test_a_statement_that_blocks_is_ended(database: Target) -> None:
    """The message says what to set, and is no lost connection: no retry mends it."""
    target = with_options(database, "-c statement_timeout=100")
    with (
        pytest.raises(DatabaseError, match=r"statement_timeout%3D") as failure,
        open_database(target) as connection,
    ):
        connection.execute("SELECT pg_sleep(60)")
    assert not is_connection_loss(failure.value)


def test_a_run_that_stands_still_is_ended(database: Target) -> None:
    """A stopped process loses its transaction, not everybody else's time."""
    target = with_options(database, "-c idle_in_transaction_session_timeout=100")
    with (  # noqa: PT012  the block is what is tested
        pytest.raises(DatabaseError, match="stood still"),
        open_database(target) as connection,
    ):
        connection.execute("SELECT 1")
        with psycopg.connect(database.conninfo, autocommit=True) as other:
            pid = connection.info.backend_pid
            gone = "SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = %s"
            while other.execute(gone, [pid]).fetchone() != (True,):
                other.execute("SELECT pg_sleep(0.05)")
        connection.execute("SELECT 1")


def test_a_server_that_falls_silent_is_given_up(
    database: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the server cannot end a statement, because it is stopped, the client does.

    The network still answers for it, so that nothing below notices.
    """
    monkeypatch.setattr(connect, "GRACE_S", 0.5)
    with relay_to(database) as relay:
        target = with_options(relay.before(), "-c statement_timeout=500")
        with (  # noqa: PT012  the block is what is tested
            pytest.raises(DatabaseError, match="no answer for 1 s") as failure,
            open_database(target) as connection,
        ):
            relay.silent.set()
            connection.execute("SELECT 1")
    assert is_connection_loss(failure.value)


def test_one_connection_is_kept(database: Target) -> None:
    """Within the block it serves all; a failed or a lost one is replaced."""

    def pid() -> int:
        with open_database(database) as connection:
            return connection.info.backend_pid

    assert pid() != pid()
    with keeping_connection():
        first = pid()
        with keeping_connection():
            assert pid() == first
        with open_database(database) as outer, open_database(database) as inner:
            assert outer.info.backend_pid == first != inner.info.backend_pid
        kept = pid()
        with pytest.raises(DatabaseError), open_database(database) as connection:
            connection.execute("SELECT 1 / 0")
        second = pid()
        assert second != kept
        with psycopg.connect(database.conninfo, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 10000)", [second])
        assert pid() != second
