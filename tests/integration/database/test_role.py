"""The documented role: it can do all the program does, and nothing less would do."""

import itertools
import os
from collections.abc import Callable, Generator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import psycopg
import pytest
from program import Program
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tasks.commands.preflight import check_database
from tasks.database.connect import Target, open_database
from tasks.database.ledger import read_ledger
from tasks.database.vacuum import EVENT, analyze_tables, vacuum_tables
from tasks.database.wipe import wipe_seeded
from tasks.editions import World
from tasks.errors import DatabaseError
from tasks.report.audit.checking import begin_reading
from tasks.report.audit.conduct import Scope, choose_rules, conduct
from tasks.report.audit.subject import read_subject
from tasks.stages.loading import load_stage

WriteWorld = Callable[..., World]
CITIES = ("--source", "recorded", "--cities", "lisbon", "tokyo", "berlin")
DOCUMENTED = "rsvped_seeder"
NUMBERS = itertools.count()


@dataclass(frozen=True)
class Granted:
    """A database whose tables somebody else owns, and the role that fills it."""

    owner: str  # the conninfo of a superuser
    role: str
    target: Target  # as the role

    def execute(self, statement: str) -> None:
        """Carry out a statement as the owner; `{role}` in it is the role."""
        with psycopg.connect(self.owner, autocommit=True) as connection:
            connection.execute(statement.replace("{role}", self.role).encode())


@pytest.fixture
def granted(database: Target) -> Generator[Granted]:
    """An empty database of the app, and a role made by the file that is shipped."""
    owner = database.conninfo
    if "TEST_DATABASE_URL" not in os.environ:  # the embedded server's superuser
        owner = make_conninfo(owner, user="postgres")
    role = f"{DOCUMENTED}_{os.getpid()}_{next(NUMBERS)}"
    script = files("tasks.database").joinpath("role.sql").read_text(encoding="utf-8")
    conninfo = make_conninfo(database.conninfo, user=role)
    made = Granted(owner, role, Target(conninfo, database.display))
    made.execute(script.replace(DOCUMENTED, role))
    yield made
    made.execute("DROP OWNED BY {role}; DROP ROLE {role}")


def load(target: Target, folder: Path, world: World) -> None:
    with open_database(target) as connection:
        for stage in world.stages:
            load_stage(connection, folder, stage, world, result_key="r")


def wipe(target: Target) -> dict[str, int]:
    with open_database(target) as connection:
        return wipe_seeded(connection, keep_world=None).deleted


def rows_in(granted: Granted) -> int:
    """Count the rows of all of the app's tables, and of the ledger."""
    with psycopg.connect(granted.owner) as connection:
        names = connection.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
            " WHERE schemaname IN ('public', 'rsvped_seed')"
        ).fetchall()
        counts = [
            connection.execute(f"SELECT count(*) FROM {name}".encode()).fetchone()  # noqa: S608  the catalogue's
            for (name,) in names
        ]
    return sum(found[0] for found in counts if found)


def test_the_role_does_all_that_a_run_does(
    granted: Granted, tmp_path: Path, write_world: WriteWorld
) -> None:
    """Check, vacuum, ten stages, analyze, audit, wipe, and the next edition."""
    world = write_world(tmp_path)
    check_database(granted.target, create_tables=False)
    with open_database(granted.target, autocommit=True) as connection:
        vacuum_tables(connection, [EVENT], emptied=False)
    load(granted.target, tmp_path, world)
    with open_database(granted.target) as connection:
        analyze_tables(connection, [EVENT])
    with open_database(granted.target) as connection:
        begin_reading(connection)
        subject = read_subject(connection, None)
        scope = Scope(choose_rules(()), 5)
        audit = conduct(connection, subject, None, scope, "the database")
    assert audit.result.world_id == world.world_id
    assert wipe(granted.target)["Event"] == 2
    load(granted.target, tmp_path / "b", write_world(tmp_path / "b", "0bbbb"))
    with open_database(granted.target) as connection:
        ledger = read_ledger(connection)
    assert ledger is not None
    assert len(ledger.stages) == len(world.stages)


def test_the_role_owns_nothing_of_the_apps(granted: Granted) -> None:
    """It cannot change, empty or drop a table, nor make a schema."""
    for statement in (
        'ALTER TABLE "User" ADD COLUMN more text',
        'TRUNCATE "Event" CASCADE',
        'DROP TABLE "Category"',
        "CREATE TABLE public.more (id text)",
        "CREATE SCHEMA more",
        """INSERT INTO "Session" VALUES ('s', 'u', now(), now(), now())""",
    ):
        with (
            psycopg.connect(granted.target.conninfo) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement.encode())


@pytest.mark.parametrize(
    ("revoke", "named"),
    [
        ('REVOKE INSERT ON "Rsvp" FROM {role}', "INSERT on Rsvp"),
        ('REVOKE SELECT ON "Category" FROM {role}', "SELECT on Category"),
        ('REVOKE UPDATE ON "Location" FROM {role}', "UPDATE on Location"),
        ("REVOKE USAGE ON SCHEMA public FROM {role}, PUBLIC", "USAGE on the schema"),
        ("DROP SCHEMA rsvped_seed", "CREATE on the database"),
        ("ALTER SCHEMA rsvped_seed OWNER TO CURRENT_USER", "the schema rsvped_seed"),
        ("REVOKE CONNECT ON DATABASE {db} FROM {role}, PUBLIC", "CONNECT"),
    ],
)
def test_a_missing_right_is_named(
    granted: Granted,
    tmp_path: Path,
    write_world: WriteWorld,
    revoke: str,
    named: str,
) -> None:
    """Each right taken away stops the run with its name; nothing half-done is kept."""
    granted.execute(revoke.replace("{db}", granted.target.display))
    with pytest.raises(DatabaseError) as refusal:
        check_database(granted.target, create_tables=False)
    assert named in str(refusal.value)
    assert "role.sql" in str(refusal.value)
    assert rows_in(granted) == 0
    assert write_world(tmp_path).stages


def test_a_missing_right_to_delete_stops_a_wipe(
    granted: Granted, tmp_path: Path, write_world: WriteWorld
) -> None:
    """All of its rows are still there."""
    load(granted.target, tmp_path, write_world(tmp_path))
    before = rows_in(granted)
    granted.execute('REVOKE UPDATE, DELETE ON "Rsvp" FROM {role}')
    with pytest.raises(DatabaseError, match="Rsvp"):
        wipe(granted.target)
    assert rows_in(granted) == before


@pytest.mark.whole
def test_the_role_runs_the_program(granted: Granted, program: Program) -> None:
    """By the command line: an edition, status, audit, and the next edition over it."""
    params = conninfo_to_dict(granted.target.conninfo)
    query = "&".join(f"{name}={params[name]}" for name in ("host", "port", "user"))
    running = program.seeing(
        DATABASE_URL=f"postgresql:///{granted.target.display}?{query}"
    )
    running.run(*CITIES, "--edition", "2026-W47", "--as-of", "2026-11-16")
    assert " due " not in running.run("status")
    running.run("audit")
    following = ("--edition", "2026-W48", "--as-of", "2026-11-23")
    output = running.run(*CITIES, *following, "--wipe", "seeded")
    assert "WARNING" not in output
    assert " due " not in running.run("status", "--edition", "2026-W48")
    with open_database(granted.target) as connection:
        ledger = read_ledger(connection)
    assert ledger is not None
    assert {row.edition for row in ledger.stages.values()} == {"2026-W48"}
