"""Visitors of the demo account who come while a world is being loaded."""

from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql

from tasks.database.connect import Target, open_database
from tasks.database.contract import expected_tables
from tasks.editions import World
from tasks.stages import STAGES
from tasks.stages.loading import load_stage

DEMO = STAGES[-1].name
# as Alex: joins, asks and books what Alex's own rows say too; and as Mara: signs up
VISIT = """
INSERT INTO "User" (id, name) VALUES ('mara', 'Mara');
INSERT INTO "Friendship" (id, "userId", "friendId")
SELECT 'v-asks', d.id, b.id FROM "User" b, "User" d WHERE b.name = 'Bea' AND d."isDemo";
INSERT INTO "CommunityMembership" (id, "userId", "communityId")
SELECT 'v-joins', u.id, c.id FROM "User" u, "Community" c WHERE u."isDemo";
INSERT INTO "Rsvp" (id, "eventId", "userId", email)
SELECT 'v-comes', e.id, u.id, u.email FROM "User" u, "Event" e
 WHERE u."isDemo" AND e.slug = 'bits-1';
UPDATE "Event" SET "rsvpCount" = "rsvpCount" + 1 WHERE slug = 'bits-1';
"""


def load(target: Target, folder: Path, world: World, *, demo: bool) -> None:
    """Load the demo user's stage, or all before it."""
    with open_database(target) as connection:
        for files in world.stages:
            if (files.stage == DEMO) is demo:
                load_stage(connection, folder, files, world, result_key="r")


def ids_in(target: Target) -> set[str]:
    """The ids of all rows of the app's tables that have any."""
    statement = "SELECT to_jsonb(own) ->> 'id' FROM {} AS own"
    with psycopg.connect(target.conninfo) as connection:
        return {
            key
            for table in expected_tables()
            for (key,) in connection.execute(
                sql.SQL(statement).format(sql.Identifier(table))
            )
            if key
        }


def test_their_visit_gives_way(
    new_database: Callable[..., Target],
    tmp_path: Path,
    write_world: Callable[..., World],
) -> None:
    """Nothing of Alex's is there twice or kept out; a person's row stays."""
    undisturbed, visited = new_database(), new_database()
    world = write_world(tmp_path)
    for database in (undisturbed, visited):
        load(database, tmp_path, world, demo=False)
    with psycopg.connect(visited.conninfo) as connection:
        connection.execute(VISIT.encode())
    for database in (undisturbed, visited):
        load(database, tmp_path, world, demo=True)

    assert ids_in(visited) == ids_in(undisturbed) | {"mara"}
    with psycopg.connect(visited.conninfo) as connection:
        counted = connection.execute(
            'SELECT "rsvpCount", (SELECT count(*) FROM "Rsvp" r WHERE r."eventId" ='
            " e.id AND r.status = 'CONFIRMED') FROM \"Event\" e WHERE slug = 'bits-1'"
        ).fetchone()
    assert counted is not None
    assert counted[0] == counted[1] == 2
