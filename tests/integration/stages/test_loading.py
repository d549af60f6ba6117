"""Loading stages: exactly once, resumable, and never over somebody else's rows."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import psycopg
import pytest
from psycopg import sql

from tasks.database.connect import Target, open_database
from tasks.database.contract import create_tables, expected_tables
from tasks.database.ledger import read_ledger
from tasks.editions import World
from tasks.errors import DatabaseError, InputError, RefusedError
from tasks.stages import STAGES
from tasks.stages.loading import StageReport, load_stage, wanted_key

WriteWorld = Callable[..., World]


def load(
    target: Target, folder: Path, world: World, *names: str
) -> dict[str, StageReport]:
    reports: dict[str, StageReport] = {}
    with open_database(target) as connection:
        for files in world.stages:
            if not names or files.stage in names:
                reports[files.stage] = load_stage(
                    connection, folder, files, world, result_key=f"r-{files.stage}"
                )
    return reports


def rows_of(target: Target) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the app, by table, sorted."""
    with psycopg.connect(target.conninfo) as connection:
        return {
            table: sorted(
                connection.execute(
                    sql.SQL("TABLE {}").format(sql.Identifier(table))
                ).fetchall(),
                key=repr,
            )
            for table in expected_tables()
        }


def execute(target: Target, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(target.conninfo) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def test_ten_stages_load_every_row_once(
    database: Target, tmp_path: Path, write_world: WriteWorld
) -> None:
    """Rows and ledger agree with the files, and a second run writes nothing."""
    world = write_world(tmp_path)
    first = load(database, tmp_path, world)
    wanted = {s.stage: {t.table: t.rows for t in s.tables} for s in world.stages}
    assert {stage: report.rows for stage, report in first.items()} == wanted
    assert list(first) == [stage.name for stage in STAGES]
    assert not any(report.already for report in first.values())
    before = rows_of(database)
    totals = {table: len(rows) for table, rows in before.items() if rows}
    assert totals["Rsvp"] == 2
    assert sum(totals.values()) == sum(sum(rows.values()) for rows in wanted.values())

    second = load(database, tmp_path, world)
    assert all(report.already for report in second.values())
    assert {stage: report.rows for stage, report in second.items()} == wanted
    assert rows_of(database) == before


def test_ledger_keeps_what_identifies_a_stage(
    database: Target, tmp_path: Path, write_world: WriteWorld
) -> None:
    """Options and as_of come back from the ledger as they went in."""
    world = write_world(tmp_path)
    report = load(database, tmp_path, world, "load-static")["load-static"]
    with psycopg.connect(database.conninfo) as connection:
        ledger = read_ledger(connection)
        key = wanted_key(connection, world.stages[0], world)
    assert ledger is not None
    assert list(ledger.stages) == ["load-static"]
    row = ledger.stages["load-static"]
    assert row.key == key
    assert (row.as_of, row.options) == (world.as_of, world.options)
    assert (row.key, row.result_key) == (key, "r-load-static")
    assert row.key == report.key
    assert [known.tag for known in ledger.worlds] == [world.tag]


def test_reading_the_ledger_makes_none(connection: psycopg.Connection) -> None:
    """A look at a database leaves no trace in it."""
    assert read_ledger(connection) is None
    found = connection.execute("SELECT to_regnamespace('rsvped_seed')").fetchone()
    assert found == (None,)


def test_upcoming_events_keep_the_order_of_the_file(
    database: Target, tmp_path: Path, write_world: WriteWorld
) -> None:
    """The app lists events in physical order."""
    load(database, tmp_path, write_world(tmp_path))
    assert execute(database, 'SELECT slug FROM "Event"') == [("bits-2",), ("bits-1",)]


def test_a_changed_table_reruns_its_own_stage_and_changes_no_row(
    database: Target, tmp_path: Path, write_world: WriteWorld
) -> None:
    """A new column is seen by the one stage that fills its table."""
    world = write_world(tmp_path)
    load(database, tmp_path, world)
    places = execute(database, 'SELECT ctid::text, id FROM "Event"')
    execute(database, 'ALTER TABLE "Event" ADD COLUMN mood text')
    reports = load(database, tmp_path, world)
    assert [n for n, r in reports.items() if not r.already] == ["create-events"]
    assert execute(database, 'SELECT ctid::text, id FROM "Event"') == places
    assert all(report.already for report in load(database, tmp_path, world).values())


def test_rows_that_were_lost_or_changed_come_back_under_another_key(
    database: Target, tmp_path: Path, write_world: WriteWorld
) -> None:
    """Another key of the same world inserts what is missing, updates what differs."""
    world = write_world(tmp_path)
    load(database, tmp_path, world)
    before = rows_of(database)
    execute(
        database,
        'DELETE FROM "PromoCodeTier"; UPDATE "TicketTier" SET "priceCents" = 1;'
        "UPDATE rsvped_seed.stage SET key = 'old' WHERE stage = 'create-tickets'",
    )
    assert not load(database, tmp_path, world)["create-tickets"].already
    assert rows_of(database) == before


def test_tables_made_anew_are_filled_again(
    database: Target, tmp_path: Path, write_world: WriteWorld
) -> None:
    """Resetting the app's migrations empties its tables and leaves the ledger."""
    world = write_world(tmp_path)
    load(database, tmp_path, world)
    before = rows_of(database)
    execute(database, "DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    with open_database(database) as connection:
        create_tables(connection)
    reports = load(database, tmp_path, world)
    assert not any(report.already for report in reports.values())
    # what the files leave to a column's default is made anew: CURRENT_TIMESTAMP
    assert {t: len(r) for t, r in rows_of(database).items()} == {
        t: len(r) for t, r in before.items()
    }


def test_a_stage_waits_for_those_before_it(
    database: Target, tmp_path: Path, write_world: WriteWorld
) -> None:
    """The ledger, not the caller, keeps the order."""
    world = write_world(tmp_path)
    with pytest.raises(DatabaseError, match="'create-communities'"):
        load(database, tmp_path, world, "load-static", "create-users", "create-events")
    assert execute(database, 'SELECT count(*) FROM "Event"') == [(0,)]
    assert execute(database, 'SELECT count(*) FROM "User"') == [(3,)]


def test_another_world_is_refused_naming_both(
    database: Target, tmp_path: Path, write_world: WriteWorld
) -> None:
    """Two worlds in one database would contradict each other."""
    load(database, tmp_path / "a", write_world(tmp_path / "a"))
    before = rows_of(database)
    other = write_world(tmp_path / "b", "0bbbb")
    with pytest.raises(RefusedError) as refusal:
        load(database, tmp_path / "b", other)
    for part in ("world-0aaaa", "world-0bbbb", "seed is '0aaaa' there", "--wipe"):
        assert part in str(refusal.value)
    assert rows_of(database) == before


def test_the_apps_own_categories_and_cities_keep_their_ids(
    database: Target, tmp_path: Path, write_world: WriteWorld
) -> None:
    """Where the database has a slug under another id, what refers to it follows."""
    execute(
        database,
        """INSERT INTO "Category" (id, name, slug) VALUES ('app-cat', 'Old', 'tech');
        INSERT INTO "Location" (id, name, slug, country, continent, timezone,
        "iconPath", "updatedAt") VALUES ('app-city', '', 'berlin', '', '', '', '',
        '2020-01-01')""",
    )
    world = write_world(tmp_path)
    load(database, tmp_path, world)
    assert execute(database, 'SELECT id, name FROM "Category"') == [("app-cat", "Tech")]
    assert execute(
        database,
        'SELECT DISTINCT "categoryId" FROM "UserCategory" UNION '
        'SELECT "categoryId" FROM "EventCategory" UNION '
        'SELECT "locationId" FROM "User" UNION SELECT "locationId" FROM "Event"'
        " ORDER BY 1",
    ) == [("app-cat",), ("app-city",)]


def test_somebody_elses_demo_user_is_never_overwritten(
    database: Target, tmp_path: Path, write_world: WriteWorld
) -> None:
    """The row is named, and stays."""
    execute(
        database,
        """INSERT INTO "User" (id, name, email)
        VALUES ('theirs', 'Their Demo', 'demo@rsvped.app')""",
    )
    with pytest.raises(RefusedError, match=r"'Their Demo', id 'theirs'"):
        load(database, tmp_path, write_world(tmp_path))
    assert execute(database, 'SELECT id FROM "User"') == [("theirs",)]


def test_rows_of_the_app_may_stand_beside_ours(
    database: Target, tmp_path: Path, write_world: WriteWorld
) -> None:
    """A table need not be empty."""
    execute(database, """INSERT INTO "User" (id, email) VALUES ('u', 'u@x.org')""")
    load(database, tmp_path, write_world(tmp_path))
    assert execute(database, 'SELECT count(*) FROM "User"') == [(4,)]


def test_a_collision_names_table_constraint_and_way_out(
    database: Target, tmp_path: Path, write_world: WriteWorld
) -> None:
    """A unique value of the app's own row stops the stage; nothing of it is kept."""
    execute(
        database, """INSERT INTO "User" (id, email) VALUES ('u', 'bea@example.com')"""
    )
    with pytest.raises(DatabaseError, match="give another database") as refusal:
        load(database, tmp_path, write_world(tmp_path))
    for part in ("create-users", "'User'", "'User_email_key'", "bea@example.com"):
        assert part in str(refusal.value)
    assert execute(database, 'SELECT id FROM "User"') == [("u",)]


def test_a_file_that_is_not_the_one_built_is_refused(
    database: Target, tmp_path: Path, write_world: WriteWorld
) -> None:
    """The key stands for the file's bytes, so the bytes are compared."""
    world = write_world(tmp_path)
    path = tmp_path / world.stages[0].tables[0].path
    pl.read_parquet(path).with_columns(name=pl.lit("Forged")).write_parquet(path)
    with pytest.raises(InputError, match=r"Category\.parquet"):
        load(database, tmp_path, world)
    assert execute(database, 'SELECT count(*) FROM "Category"') == [(0,)]


LOAD_THEN_WAIT = """
import sys, time
from pathlib import Path
from tasks.database import ledger
from tasks.database.connect import parse_target, open_database
from tasks.editions import World
from tasks.stages import loading

def die_before_commit(*args, **kwargs):
    print("rows are in", flush=True)
    time.sleep(60)

loading.record_stage = die_before_commit
folder, url = Path(sys.argv[1]), sys.argv[2]
world = World.model_validate_json((folder / "world.json").read_text())
with open_database(parse_target(url)) as connection:
    loading.load_stage(connection, folder, world.stages[0], world, result_key="r")
"""


def test_kill_in_the_middle_of_a_stage_leaves_nothing_of_it(
    database: Target, tmp_path: Path, write_world: WriteWorld
) -> None:
    """The rows of a killed stage are gone, and the same command loads it."""
    world = write_world(tmp_path)
    (tmp_path / "world.json").write_text(world.model_dump_json())
    command = [sys.executable, "-c", LOAD_THEN_WAIT, str(tmp_path), database.url]
    with subprocess.Popen(  # noqa: S603  our own script
        command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[3]
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"rows are in\n"
        os.kill(process.pid, signal.SIGKILL)
    assert execute(database, 'SELECT count(*) FROM "Category"') == [(0,)]
    assert not load(database, tmp_path, world)["load-static"].already


def test_two_runs_at_once_load_a_stage_once(
    database: Target, tmp_path: Path, write_world: WriteWorld
) -> None:
    """The second waits for the first, then finds its work done."""
    world = write_world(tmp_path)
    (tmp_path / "world.json").write_text(world.model_dump_json())
    script = LOAD_THEN_WAIT.replace("loading.record_stage = die_before_commit", "")
    script += "    print(loading.load_stage(connection, folder, world.stages[0], world,"
    script += " result_key='r').already)\n"
    command = [sys.executable, "-c", script, str(tmp_path), database.url]
    root = Path(__file__).parents[3]
    runs = [
        subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root)  # noqa: S603  ours
        for _ in range(3)
    ]
    for run in runs:
        said, _ = run.communicate(timeout=60)
        assert (said, run.returncode) == (b"True\n", 0)
    assert execute(database, 'SELECT count(*) FROM "Category"') == [(1,)]
    assert execute(database, "SELECT count(*) FROM rsvped_seed.stage") == [(1,)]
