"""The app's open transactions beside a deletion: neither ends the other."""

from threading import Thread

import psycopg
from program import POLL_S
from scene import NEXT_WORLD, Scene

from tasks.database.connect import open_database
from tasks.database.wipe import Wiped, wipe_seeded

# it holds all tables, and waits for a reader; or it is through
LOCKED = """
SELECT EXISTS (SELECT FROM pg_locks WHERE granted AND mode = 'ExclusiveLock'
                  AND relation = '"User"'::regclass)
    OR NOT EXISTS (SELECT FROM rsvped_seed.world)
"""
HELPERS = "SELECT count(*) FROM pg_class WHERE relname LIKE 'rsvped_seed_wipe%'"


def test_a_reader_that_goes_on_to_write(scene: Scene) -> None:
    """It read a table whose keys the deletion indexes; then it writes, and is let."""
    wiped: list[Wiped] = []

    def wipe() -> None:
        with open_database(scene.target) as connection:
            wiped.append(wipe_seeded(connection, keep_world=NEXT_WORLD))

    with psycopg.connect(scene.target.conninfo) as app:
        app.execute('SELECT count(*) FROM "EventMessage"')
        thread = Thread(target=wipe)
        thread.start()
        with psycopg.connect(scene.target.conninfo, autocommit=True) as watcher:
            while watcher.execute(LOCKED).fetchone() != (True,):
                watcher.execute("SELECT pg_sleep(%s)", [POLL_S])
        app.execute("""INSERT INTO "User" (id, name) VALUES ('mara', 'Mara')""")
    thread.join()
    assert wiped
    assert wiped[0].deleted["Event"] == 2
    assert scene.do("""SELECT id FROM "User" WHERE NOT "isDemo" """) == [("mara",)]
    assert scene.do(HELPERS) == [(0,)]
