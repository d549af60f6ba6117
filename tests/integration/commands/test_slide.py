"""The full recorded edition, moved on by weeks: all of it, rightly, or nothing."""

import os
from collections.abc import Callable, Generator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from program import Program, Seeded
from psycopg import sql

from tasks.commands.slide import slide_world
from tasks.database.connect import Target, open_database, parse_target
from tasks.database.contract import expected_tables
from tasks.database.ledger import bring_up_to_date, read_ledger, record_slide
from tasks.database.moves import MOVES
from tasks.editions import World, edition_folder
from tasks.errors import DatabaseError, InputError, RefusedError
from tasks.report.audit.catalogue import load_rules
from tasks.report.audit.checking import begin_reading
from tasks.report.audit.conduct import Scope, conduct
from tasks.report.audit.references import read_answers
from tasks.report.audit.subject import read_subject
from tasks.stages.loading import load_stage

MADE = datetime(2026, 11, 16, tzinfo=UTC)
# Into spring: most of the world's clocks have changed by then. Not every number of
# weeks works for every world, and what the world is hangs on the rules' version.
FAR = range(24, 9, -1)
ADOPT = "UPDATE rsvped_seed.database SET database_name = current_database()"
# the state of all rows but for their moments; days are counted anew
FACTS = """
SELECT count(*), sum(hashtextextended((to_jsonb(own) - {}::text[])::text, 0)::numeric)
FROM {} AS own
"""


@pytest.fixture(scope="module")
def copied(seeded_edition: Seeded) -> Generator[Target]:
    """A copy of the full edition, at home where it lies."""
    source, name = seeded_edition.database, f"rsvped_slide_{os.getpid()}"
    server = psycopg.connect(source.conninfo, dbname="postgres", autocommit=True)
    with server:
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(source.display)
            )
        )
        url = source.url.replace(f"/{source.display}", f"/{name}", 1)
        target = parse_target(url)
        with psycopg.connect(target.conninfo) as connection:
            connection.execute(ADOPT)
        yield target
        server.execute(
            sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
        )


@pytest.fixture(scope="module")
def weeks(copied: Target) -> int:
    """The farthest of some numbers of weeks by which it can be moved, and one more."""
    for number in FAR:
        with suppress(RefusedError):
            slide_world(copied, number + 1, "full", now=MADE, dry_run=True)
            return slide_world(copied, number, "full", now=MADE, dry_run=True).weeks
    pytest.fail(f"the full edition cannot be moved by any of {list(FAR)} weeks")


def facts_of(
    target: Target, *, with_moments: bool
) -> dict[str, tuple[Any, ...] | None]:
    """Sum up the tables: the number of their rows, and a hash of what these say."""
    facts: dict[str, tuple[Any, ...] | None] = {}
    with psycopg.connect(target.conninfo) as connection:
        for table in expected_tables():
            moments = list(MOVES[table].columns) if table in MOVES else []
            if table == "EventDailyStat" and not with_moments:
                continue
            left_out = sql.Literal([] if with_moments else moments)
            query = sql.SQL(FACTS).format(left_out, sql.Identifier(table))
            facts[table] = connection.execute(query).fetchone()
    return facts


def places_of(target: Target) -> list[tuple[str]]:
    """The events' ids, as the app lists them."""
    with psycopg.connect(target.conninfo) as connection:
        return connection.execute('SELECT id FROM "Event" ORDER BY ctid').fetchall()


def slid_weeks(target: Target) -> list[int]:
    with open_database(target) as connection:
        ledger = read_ledger(connection)
    return [world.slid_weeks for world in ledger.worlds] if ledger else []


def test_what_breaks_off_changes_nothing(copied: Target) -> None:
    """An error half way through leaves every row and the ledger as they were."""
    before = facts_of(copied, with_moments=True)
    with psycopg.connect(copied.conninfo) as connection:
        connection.execute(
            "CREATE FUNCTION public.stop() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'stop here'; END $$"
        )
        connection.execute(
            'CREATE TRIGGER stop BEFORE UPDATE ON "Refund"'
            " EXECUTE FUNCTION public.stop()"
        )
    try:
        with pytest.raises(DatabaseError, match="stop here"):
            slide_world(copied, 1, None, now=MADE)
    finally:
        with psycopg.connect(copied.conninfo) as connection:
            connection.execute("DROP FUNCTION public.stop CASCADE")
    assert facts_of(copied, with_moments=True) == before
    assert slid_weeks(copied) == [0]


def test_a_dry_run_changes_nothing(copied: Target) -> None:
    """It says by how many weeks, up to the day and not beyond."""
    before = facts_of(copied, with_moments=True)
    now = datetime(2026, 12, 13, 23, 59, tzinfo=UTC)
    told = slide_world(copied, None, "full", now=now, dry_run=True)
    assert (told.weeks, told.slid_to) == (3, datetime(2026, 12, 7, tzinfo=UTC))
    assert slide_world(copied, None, "full", now=MADE).weeks == 0
    assert facts_of(copied, with_moments=True) == before


def test_a_slid_world_keeps_every_rule(
    copied: Target, seeded_edition: Seeded, weeks: int
) -> None:
    """Across the changes of clocks: only moments differ, and the audit is clean."""
    facts, places = facts_of(copied, with_moments=False), places_of(copied)
    done = slide_world(copied, weeks, "full", now=MADE)
    assert done.slid_to == MADE + timedelta(weeks=weeks)
    assert (done.others, done.broken, done.note) == ({}, (), None)
    assert facts_of(copied, with_moments=False) == facts
    for table, fact in facts.items():
        assert fact is not None
        assert done.rows.get(table, fact[0]) == fact[0]
    assert places_of(copied) == places
    assert slid_weeks(copied) == [weeks]
    with open_database(copied) as connection:
        begin_reading(connection)
        subject = read_subject(connection, None)
        answers = read_answers(edition_folder(seeded_edition.home, "full"))
        scope = Scope(load_rules(), samples=3, measures=False)
        result = conduct(connection, subject, answers, scope, "slid").result
    assert {rule.name: rule.samples for rule in result.broken} == {}
    assert [rule.name for rule in result.rules if rule.skipped] == []
    assert result.as_of == done.slid_to


def test_the_same_edition_leaves_a_slid_world_alone(
    copied: Target, seeded_edition: Seeded, program: Program, weeks: int
) -> None:
    """It counts as complete: nothing is generated, loaded or put back."""
    before = facts_of(copied, with_moments=True)
    there = program.at(seeded_edition.home).seeing(DATABASE_URL=copied.url)
    output = there.run(*seeded_edition.arguments)
    assert "holds" in output or "already" in output
    day = (MADE + timedelta(weeks=weeks)).date()
    next_day = day + timedelta(weeks=1)
    assert f"slid by {weeks} weeks: its rows are as of {day}" in there.run("status")
    assert "full" in there.run("slide", "--edition", "other", code=2)
    assert f"1 week, from as of {day} to as of {next_day}" in there.run(
        "slide", "--weeks", "1", "--dry-run"
    )
    assert facts_of(copied, with_moments=True) == before


def test_what_visitors_did_stays(copied: Target, weeks: int) -> None:
    """Their RSVP keeps its date, is counted on it, and does not stop the slide."""
    visit = (MADE + timedelta(weeks=weeks)).replace(tzinfo=None)  # as the app has it
    with psycopg.connect(copied.conninfo) as connection:
        event, start = connection.execute(
            'SELECT id, "startDate" FROM "Event" ORDER BY "startDate" DESC LIMIT 1'
        ).fetchone() or ("", MADE)
        connection.execute(
            'INSERT INTO "Rsvp" (id, "eventId", email, "createdAt") VALUES'
            " ('cvisitorvisitorvisitorvi1', %s, 'visitor@example.com', %s)",
            [event, visit],
        )
    done = slide_world(copied, 1, None, now=MADE)
    assert done.others == {"Rsvp": 1}
    with psycopg.connect(copied.conninfo) as connection:
        query = 'SELECT "createdAt" FROM "Rsvp" WHERE email = %s'
        found = connection.execute(query, ["visitor@example.com"]).fetchall()
        assert found == [(visit,)]
        later = connection.execute(
            'SELECT "startDate" > %s, (SELECT rsvps FROM "EventDailyStat" WHERE'
            ' "eventId" = e.id AND date = %s) FROM "Event" AS e WHERE id = %s',
            [start, visit, event],
        ).fetchone()
        assert later == (True, 1)
    assert slid_weeks(copied) == [weeks + 1]


@pytest.fixture
def tiny(
    database: Target, tmp_path: Path, write_world: Callable[..., World]
) -> tuple[Target, World]:
    """The tiny world, loaded."""
    world = write_world(tmp_path)
    with open_database(database) as connection:
        for files in world.stages:
            load_stage(connection, tmp_path, files, world, result_key="r")
    return database, world


def execute(target: Target, statement: str) -> None:
    with psycopg.connect(target.conninfo) as connection:
        connection.execute(statement.encode())


def test_a_world_loaded_in_part_is_refused(tiny: tuple[Target, World]) -> None:
    """Its other half would come in as of another day."""
    database, _ = tiny
    execute(database, "DELETE FROM rsvped_seed.stage WHERE stage = 'analytics'")
    with pytest.raises(DatabaseError, match="loaded in part, analytics missing"):
        slide_world(database, 1, None, now=MADE)


def test_a_restored_dump_is_refused(tiny: tuple[Target, World]) -> None:
    """Whose database it is nobody has said."""
    database, _ = tiny
    execute(database, "UPDATE rsvped_seed.database SET database_name = 'production'")
    with pytest.raises(RefusedError, match="a restored dump or a copy"):
        slide_world(database, 1, None, now=MADE)


def test_a_protected_database_is_refused(tiny: tuple[Target, World]) -> None:
    """What stands in it stays as it is."""
    database, _ = tiny
    execute(database, "UPDATE rsvped_seed.database SET protected = true")
    with pytest.raises(RefusedError, match="is protected"):
        slide_world(database, 1, None, now=MADE)


def test_another_edition_is_refused(tiny: tuple[Target, World]) -> None:
    """The one that is there is named."""
    with pytest.raises(InputError, match="holds edition '2026-W47', not 'other'"):
        slide_world(tiny[0], 1, "other", now=MADE)


def test_a_world_that_would_break_a_rule_is_not_moved(
    tiny: tuple[Target, World],
) -> None:
    """Its rows lie after its day, and so the rules say before it is committed."""
    database, _ = tiny
    before = facts_of(database, with_moments=True)
    with pytest.raises(RefusedError, match="would break nothing-after-now"):
        slide_world(database, 1, None, now=MADE)
    assert facts_of(database, with_moments=True) == before


def test_a_slid_worlds_stage_is_not_loaded_again(
    tiny: tuple[Target, World], tmp_path: Path
) -> None:
    """After a migration its rows would come back weeks behind the others."""
    database, world = tiny
    execute(database, "UPDATE rsvped_seed.world SET slid_weeks = 2")
    execute(database, 'ALTER TABLE "UserActivity" ADD COLUMN mood text')
    files = next(f for f in world.stages if f.stage == "backfill-activities")
    with (
        open_database(database) as connection,
        pytest.raises(RefusedError, match="was slid by 2 weeks"),
    ):
        load_stage(connection, tmp_path, files, world, result_key="s")


def test_a_ledger_from_before_is_read_and_extended(
    tiny: tuple[Target, World],
) -> None:
    """Its worlds were slid by none; a slide adds the column."""
    database, world = tiny
    execute(database, "ALTER TABLE rsvped_seed.world DROP COLUMN slid_weeks")
    assert slid_weeks(database) == [0]
    with open_database(database) as connection:
        bring_up_to_date(connection)
        record_slide(connection, world.world_id, 3)
    assert slid_weeks(database) == [3]
