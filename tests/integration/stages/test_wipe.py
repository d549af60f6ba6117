"""Wiping a loaded world: all of ours goes, nothing of anybody else's."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tasks.database.connect import Target, open_database
from tasks.database.contract import expected_tables
from tasks.database.ledger import read_ledger
from tasks.database.marker import adopt
from tasks.database.wipe import wipe_seeded
from tasks.editions import World
from tasks.errors import RefusedError
from tasks.stages.loading import load_stage

WriteWorld = Callable[..., World]


@pytest.fixture
def world(database: Target, tmp_path: Path, write_world: WriteWorld) -> World:
    """The tiny world, loaded."""
    written = write_world(tmp_path)
    load(database, tmp_path, written)
    return written


def load(target: Target, folder: Path, world: World) -> None:
    with open_database(target) as connection:
        for files in world.stages:
            load_stage(connection, folder, files, world, result_key="r")


def wipe(target: Target, keep_world: str | None = None) -> dict[str, int]:
    with open_database(target) as connection:
        return wipe_seeded(connection, keep_world=keep_world).deleted


def execute(target: Target, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(target.conninfo) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def rows_of(target: Target) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the app's tables that have any, sorted."""
    with psycopg.connect(target.conninfo) as connection:
        rows = {
            table: connection.execute(
                sql.SQL("TABLE {}").format(sql.Identifier(table))
            ).fetchall()
            for table in expected_tables()
        }
    return {table: sorted(found, key=repr) for table, found in rows.items() if found}


def test_wipe_takes_all_that_was_loaded(database: Target, world: World) -> None:
    """After it the tables are empty, the ledger too, and a load starts anew."""
    loaded = {table: len(rows) for table, rows in rows_of(database).items()}
    assert wipe(database) == loaded
    assert rows_of(database) == {}
    with psycopg.connect(database.conninfo) as connection:
        ledger = read_ledger(connection)
        assert ledger is not None
        assert (ledger.worlds, ledger.stages) == ((), {})
        helpers = "SELECT count(*) FROM pg_class WHERE relname LIKE 'rsvped_seed_wipe%'"
        assert connection.execute(helpers).fetchone() == (0,)
    assert wipe(database) == {}
    assert world.tag == "0aaaa"


def test_wiped_database_takes_the_next_world(
    database: Target, world: World, tmp_path: Path, write_world: WriteWorld
) -> None:
    """The weekly run: the old edition goes, the new one comes."""
    wipe(database)
    following = write_world(tmp_path / "next", "0bbbb")
    load(database, tmp_path / "next", following)
    assert wipe(database, keep_world=following.world_id) == {}
    ids = execute(database, 'SELECT id FROM "Event"')
    assert {key[:6] for (key,) in ids} == {"c0bbbb"}
    assert world.tag == "0aaaa"


def test_rows_of_the_app_stay(database: Target, world: World) -> None:
    """What refers to nothing of ours, or only to a city of ours, is untouched."""
    city = execute(database, 'SELECT id FROM "Location"')[0][0]
    execute(
        database,
        f"""INSERT INTO "User" (id, email, "locationId")
        VALUES ('clx0someoneofthisapp00000', 'u@x.org', '{city}');
        INSERT INTO "Category" (id, name, slug) VALUES ('mine', 'Mine', 'mine')""",  # noqa: S608  a fixture's id
    )
    wipe(database)
    left = rows_of(database)
    assert {table: len(rows) for table, rows in left.items()} == {
        "User": 1,
        "Category": 1,
        "Location": 1,
    }
    found = execute(database, 'SELECT "locationId" FROM "User"')
    assert found == [(city,)]
    assert world.tag == "0aaaa"


@pytest.mark.parametrize(
    ("insert", "named"),
    [
        (  # CASCADE would take it along
            """INSERT INTO "Session" ("sessionToken", "userId", expires, "updatedAt")
            SELECT 's', id, now(), now() FROM "User" WHERE email = 'ada@example.com'""",
            "1 in Session.userId -> User",
        ),
        (  # RESTRICT would stop half-way
            """INSERT INTO "Rsvp" (id, "eventId", email)
            SELECT 'visitor' || n, e.id, 'v@x.org' FROM "Event" e,
            generate_series(1, 12) n WHERE slug = 'bits-1'""",
            "12 in Rsvp.eventId -> Event",
        ),
        (  # SET NULL would change it
            """INSERT INTO "EventView" (id, "eventId", "userId")
            SELECT 'view', e.id, u.id FROM "User" u, "Event" e
            WHERE u.email = 'ada@example.com' AND e.slug = 'bits-1'""",
            "1 in EventView.userId -> User",
        ),
        (  # a reply within the same table
            """INSERT INTO "EventMessage" (id, "eventId", content, "parentId")
            SELECT 'reply', "eventId", 'Hi', id FROM "EventMessage\"""",
            "1 in EventMessage.parentId -> EventMessage",
        ),
        (  # a table that the seeder does not know
            """CREATE TABLE "Badge" (id text PRIMARY KEY, "userId" text
            REFERENCES "User" ON DELETE CASCADE);
            INSERT INTO "Badge" SELECT 'b', id FROM "User" WHERE name = 'Ada'""",
            "1 in Badge.userId -> User",
        ),
    ],
)
def test_a_row_of_somebody_else_stops_the_wipe(
    database: Target, world: World, insert: str, named: str
) -> None:
    """It is counted and named, and every row is still there."""
    execute(database, insert)
    before = rows_of(database)
    with pytest.raises(RefusedError, match="Nothing was deleted") as refusal:
        wipe(database)
    assert named in str(refusal.value)
    assert str(refusal.value).count("'visitor") <= 10
    assert rows_of(database) == before
    load_again = execute(database, "SELECT count(*) FROM rsvped_seed.stage")
    assert load_again == [(len(world.stages),)]


@pytest.mark.parametrize(
    "change",
    ["system_identifier = '1'", "database_name = 'production'"],
)
def test_a_restored_dump_is_not_wiped(
    database: Target, world: World, change: str
) -> None:
    """A ledger that came from elsewhere deletes nothing until it is adopted."""
    execute(database, f"UPDATE rsvped_seed.database SET {change}")  # noqa: S608  literals
    before = rows_of(database)
    with pytest.raises(RefusedError, match="restored dump or a copy") as refusal:
        wipe(database)
    assert rows_of(database) == before
    name = database.display
    assert f"database adopt --confirm-database {name}" in str(refusal.value)
    with open_database(database) as connection:
        adopt(connection, name)
    assert sum(wipe(database).values()) > len(world.stages)


def test_a_database_without_ledger_is_left_as_it_is(database: Target) -> None:
    """Nothing was loaded, so nothing is deleted and nothing made."""
    execute(database, """INSERT INTO "User" (id) VALUES ('c0aaaa-not-ours')""")
    assert wipe(database) == {}
    assert execute(database, 'SELECT id FROM "User"') == [("c0aaaa-not-ours",)]
    assert execute(database, "SELECT to_regnamespace('rsvped_seed')") == [(None,)]
