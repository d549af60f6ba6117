"""Connections to a real server: what they set, and what they say when it fails."""

from dataclasses import replace

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tasks.database.connect import (
    Target,
    check_server,
    open_database,
)
from tasks.database.trouble import is_connection_loss
from tasks.errors import DatabaseError


def test_a_block_commits_and_an_error_rolls_back(database: Target) -> None:
    """Nothing half-done is kept."""
    with open_database(database) as connection:
        connection.execute("""INSERT INTO "User" (id) VALUES ('kept')""")
    with (  # noqa: PT012  the block is what is tested
        pytest.raises(DatabaseError, match="SQLSTATE 22012") as failure,
        open_database(database) as connection,
    ):
        connection.execute("""INSERT INTO "User" (id) VALUES ('lost')""")
        connection.execute("SELECT 1 / 0")
    assert not is_connection_loss(failure.value)
    with open_database(database) as connection:
        rows = connection.execute('SELECT id FROM "User"').fetchall()
        assert rows == [("kept",)]


def test_a_missing_database_is_named(database: Target) -> None:
    """The name is what a person has to correct."""
    missing = Target(make_conninfo(database.conninfo, dbname="nope"), "h:5432/nope")
    with (
        pytest.raises(DatabaseError, match="there is no database h:5432/nope"),
        open_database(missing),
    ):
        pass


def test_a_lost_connection_is_told_from_a_failed_statement(database: Target) -> None:
    """A retry mends the one and not the other."""
    with (  # noqa: PT012  the block is what is tested
        pytest.raises(DatabaseError, match="connection was lost") as failure,
        open_database(database) as connection,
    ):
        pid = connection.info.backend_pid
        with psycopg.connect(database.conninfo, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [pid])
        connection.execute("SELECT 1")
    assert is_connection_loss(failure.value)


def test_a_read_only_database_is_refused(database: Target) -> None:
    """Each thing that keeps it from being filled is named."""
    options = {"options": "-c default_transaction_read_only=on"}
    read_only = replace(database, conninfo=make_conninfo(database.conninfo, **options))
    with (
        pytest.raises(DatabaseError, match="default_transaction_read_only"),
        open_database(read_only) as connection,
    ):
        check_server(connection)


def test_another_encoding_is_refused(
    postgres: Target, database: Target, request: pytest.FixtureRequest
) -> None:
    """Names of people need more than ASCII."""
    name = f"{database.display}_ascii"
    with psycopg.connect(postgres.conninfo, autocommit=True) as server:
        server.execute(
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'SQL_ASCII'"
            " LOCALE_PROVIDER libc LOCALE 'C'".encode()
        )

    def drop() -> None:
        with psycopg.connect(postgres.conninfo, autocommit=True) as server:
            server.execute(f"DROP DATABASE {name}".encode())

    request.addfinalizer(drop)
    conninfo = make_conninfo(postgres.conninfo, dbname=name)
    with (
        pytest.raises(DatabaseError, match="encoding is 'SQL_ASCII'"),
        open_database(Target(conninfo, name)) as connection,
    ):
        check_server(connection)


def test_a_pooled_connection_sets_nothing(database: Target) -> None:
    """Behind PgBouncer a setting would stay in somebody else's connection."""
    with open_database(replace(database, pooled=True)) as connection:
        row = connection.execute("SELECT current_setting('lock_timeout')").fetchone()
        assert row == ("0",)
        assert connection.prepare_threshold is None
    with open_database(database) as connection:
        row = connection.execute("SELECT current_setting('lock_timeout')").fetchone()
        assert row == ("1min",)


def test_a_full_server_is_told_with_the_way_out(database: Target) -> None:
    """What the server says, that nothing was kept, and the next step."""
    full = "DO $$ BEGIN RAISE 'no space left' USING ERRCODE = 'disk_full'; END $$"
    with (
        pytest.raises(DatabaseError, match=r"no space left.* Make room on the server"),
        open_database(database) as connection,
    ):
        connection.execute(full)
