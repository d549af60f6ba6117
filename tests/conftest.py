"""Fixtures that every test may use: a real PostgreSQL, and fresh databases on it.

The embedded server is started by the tests themselves. TEST_DATABASE_URL names
another server instead (a user who may create databases).
"""

import itertools
import os
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tasks.database.connect import Target, parse_target
from tasks.database.contract import create_tables
from tasks.database.embedded import embedded_server

TEST_URL = os.environ.get("TEST_DATABASE_URL")
TEMPLATE = f"rsvped_template_{os.getpid()}"
NUMBERS = itertools.count()
AUTOVACUUM_S = 60  # far more than it takes for a database of the tests
PAUSE_S = 0.2

# a busy machine is no defect: how long an example takes decides nothing
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")


def pytest_report_header() -> str:
    """Say which driver and which server the tests use."""
    server = parse_target(TEST_URL).display if TEST_URL else "the embedded server"
    return f"psycopg {psycopg.__version__}, PostgreSQL: {server}"


@contextmanager
def open_home() -> Generator[Path]:
    """A SEED_HOME that every system user may enter; pytest's own folders are shut.

    So the embedded server of a test that runs as root stays in it, and goes with it.
    """
    with tempfile.TemporaryDirectory(prefix="seed-home-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "home"


@pytest.fixture(scope="session")
def postgres() -> Generator[Target]:
    """A PostgreSQL server; a test without one fails, it is never skipped."""
    if TEST_URL:
        yield parse_target(TEST_URL)
        return
    with open_home() as folder, embedded_server(folder) as target:
        yield target


def target_of(server: Target, name: str) -> Target:
    """Point a target at another database of the same server."""
    conninfo = make_conninfo(server.conninfo, dbname=name)
    params = conninfo_to_dict(conninfo)
    url = "postgresql:///{}?{}".format(
        name,
        "&".join(
            f"{key}={params[key]}"
            for key in ("host", "port", "user", "password")
            if params.get(key)
        ),
    )
    return Target(conninfo=conninfo, display=name, url=url)


def _run(server: Target, *statements: sql.Composed) -> None:
    with psycopg.connect(server.conninfo, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.fixture(scope="session")
def template(postgres: Target) -> Generator[str]:
    """The name of a database that has the app's tables, to be copied."""
    _run(postgres, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
    with psycopg.connect(target_of(postgres, TEMPLATE).conninfo) as connection:
        create_tables(connection)
    yield TEMPLATE
    _run(postgres, sql.SQL("DROP DATABASE {}").format(sql.Identifier(TEMPLATE)))


@contextmanager
def _making_databases(
    server: Target, template: str
) -> Generator[Callable[..., Target]]:
    """Give a maker of databases that are gone after the block."""
    made: list[str] = []

    def make(*, tables: bool = True, copy_of: str = template) -> Target:
        name = f"rsvped_test_{os.getpid()}_{next(NUMBERS)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(copy_of if tables else "template0")
        )
        _run(server, statement)
        made.append(name)
        return target_of(server, name)

    yield make
    for name in made:
        _drop(server, name)


def _drop(server: Target, name: str) -> None:
    """Drop a database, whoever is in it.

    While autovacuum is, nobody but a superuser may force it out.
    """
    drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
    deadline = time.monotonic() + AUTOVACUUM_S
    while True:
        try:
            _run(server, drop)
        except psycopg.errors.InsufficientPrivilege:
            if time.monotonic() > deadline:
                raise
            time.sleep(PAUSE_S)
        else:
            return


@pytest.fixture
def new_database(postgres: Target, template: str) -> Generator[Callable[..., Target]]:
    """Makes databases that live as long as the test; with tables unless told."""
    with _making_databases(postgres, template) as make:
        yield make


@pytest.fixture(scope="session")
def new_lasting_database(
    postgres: Target, template: str
) -> Generator[Callable[..., Target]]:
    """Makes databases that live as long as the session; with tables unless told."""
    with _making_databases(postgres, template) as make:
        yield make


@pytest.fixture
def database(new_database: Callable[..., Target]) -> Target:
    """A fresh database with the app's tables, empty."""
    return new_database()


@pytest.fixture
def connection(database: Target) -> Generator[psycopg.Connection]:
    """A connection to the test's database, as a test looks at it."""
    with psycopg.connect(database.conninfo) as opened:
        yield opened


@pytest.fixture
def home() -> Generator[Path]:
    """A SEED_HOME that does not exist yet."""
    with open_home() as folder:
        yield folder
