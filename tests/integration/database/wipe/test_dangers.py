"""Dangerous situations: each is refused in words of its own, and no row is lost."""

import os
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from scene import NEXT_WORLD, PEOPLE, VISIT, Scene

from tasks.database.connect import Target, open_database
from tasks.database.empty import empty_database
from tasks.database.wipe import check_wipe, wipe_seeded
from tasks.errors import DatabaseError, InputError, RefusedError, SeedError

Deletion = Callable[[Target], object]
BADGE = """CREATE TABLE "Badge" (id text PRIMARY KEY,
    "userId" text REFERENCES "User" ON DELETE CASCADE);
INSERT INTO "Badge" SELECT 'badge', id FROM "User" WHERE name = 'Ada'"""


def wipe(target: Target) -> object:
    with open_database(target) as connection:
        return wipe_seeded(connection, keep_world=NEXT_WORLD)


def empty(target: Target, name: str | None = None) -> dict[str, int]:
    with open_database(target) as connection:
        return empty_database(connection, confirmed_as=name or target.display)


def refused(scene: Scene, delete: Deletion, said: str) -> None:
    """Hold that a deletion is refused with these words, and every row is as before."""
    before = scene.rows(), scene.ledger()
    with pytest.raises(SeedError, match=said):
        delete(scene.target)
    assert (scene.rows(), scene.ledger()) == before


@pytest.mark.parametrize(
    ("done", "said"),
    [
        pytest.param(
            """INSERT INTO "Rsvp" (id, "eventId", "userId", email)
            SELECT 'theirs', id, 'zoe', 'zoe@mail.test' FROM "Event"
            WHERE slug = 'bits-1'""",
            "1 in Rsvp.eventId -> Event",
            id="rsvp to a seeded event",
        ),
        pytest.param(
            """INSERT INTO "Rsvp" (id, "eventId", email)
            SELECT 'theirs', id, 'guest@mail.test' FROM "Event"
            WHERE slug = 'bits-1'""",
            "1 in Rsvp.eventId -> Event",
            id="rsvp of a guest without an account",
        ),
        pytest.param(
            """INSERT INTO "Friendship" (id, "userId", "friendId")
            SELECT 'theirs', 'zoe', id FROM "User" WHERE name = 'Ada'""",
            "1 in Friendship.friendId -> User",
            id="request to befriend a seeded person",
        ),
        pytest.param(
            """INSERT INTO "Friendship" (id, "userId", "friendId", status)
            SELECT 'theirs', id, 'zoe', 'ACCEPTED' FROM "User" WHERE name = 'Ada'""",
            "1 in Friendship.userId -> User",
            id="friendship with a seeded person",
        ),
        pytest.param(
            """INSERT INTO "CommunityMembership" (id, "userId", "communityId")
            SELECT 'theirs', 'zoe', id FROM "Community" WHERE slug = 'bits'""",
            "1 in CommunityMembership.communityId -> Community",
            id="membership in a seeded community",
        ),
        pytest.param(
            """INSERT INTO "EventMessage" (id, "eventId", "userId", content)
            SELECT 'theirs', id, 'zoe', 'Hi' FROM "Event" WHERE slug = 'bits-1'""",
            "1 in EventMessage.eventId -> Event",
            id="comment on a seeded event",
        ),
        pytest.param(
            """DELETE FROM "EventFeedback";
            INSERT INTO "EventFeedback" (id, "eventId", "rsvpId", comment)
            SELECT 'theirs', "eventId", id, 'Nice' FROM "Rsvp"
            WHERE email = 'bea@example.com'""",
            "1 in EventFeedback.eventId -> Event, 1 in EventFeedback.rsvpId -> Rsvp",
            id="feedback under a seeded person's seat",
        ),
        pytest.param(
            """INSERT INTO "Order" (id, "eventId", "purchaserEmail", "totalCents",
                "updatedAt")
            SELECT 'theirs', id, 'zoe@mail.test', 500, now() FROM "Event"
            WHERE slug = 'bits-1'""",
            "1 in Order.eventId -> Event",
            id="order of a seeded event",
        ),
        pytest.param(
            """INSERT INTO "Payment" (id, "orderId", "attemptNumber", provider,
                "amountCents", currency, "updatedAt")
            SELECT 'theirs', id, 2, 'stripe', 500, 'USD', now() FROM "Order"
            WHERE "purchaserEmail" = 'bea@example.com'""",
            "1 in Payment.orderId -> Order",
            id="payment of a seeded order",
        ),
        pytest.param(
            """INSERT INTO "Event" (id, slug, title, "startDate", "endDate",
                "locationType", "hostId", "communityId", "updatedAt")
            SELECT 'theirs', 'theirs', 'T', now(), now(), 'ONLINE', 'zoe', id, now()
            FROM "Community" WHERE slug = 'bits'""",
            "1 in Event.communityId -> Community",
            id="event in a seeded community",
        ),
        pytest.param(BADGE, "1 in Badge.userId -> User", id="cascade of a newer table"),
        pytest.param(
            """INSERT INTO "User" (id, email) VALUES
            ('c0aaaa', 'short@mail.test'),
            ('c0aaaa00000000000000000001', 'long@mail.test'),
            ('c0aaaa-0000000000-0000001', 'odd@mail.test');
            INSERT INTO "Friendship" (id, "userId", "friendId")
            SELECT 'f' || x.id, x.id, a.id FROM "User" x, "User" a
            WHERE a.name = 'Ada' AND x.email LIKE '%@mail.test'
              AND x.id LIKE 'c0aaaa%'""",
            "3 in Friendship.friendId -> User",
            id="people whose ids look like ours",
        ),
    ],
)
def test_a_persons_row_on_a_seeded_one_stops_the_wipe(
    scene: Scene, done: str, said: str
) -> None:
    """It is counted, and so it is before anything is made or paid for."""
    scene.do(PEOPLE)
    scene.do(VISIT)
    scene.do(done)
    refused(scene, wipe, said)

    def look(target: Target) -> None:
        with open_database(target) as connection:
            check_wipe(connection, keep_world=NEXT_WORLD, release=False)

    refused(scene, look, said)


@pytest.mark.parametrize("delete", [wipe, empty])
@pytest.mark.parametrize(
    ("done", "said"),
    [
        ("UPDATE rsvped_seed.database SET system_identifier = '1'", "restored dump"),
        ("UPDATE rsvped_seed.database SET database_name = 'app'", "made in 'app'"),
        ("UPDATE rsvped_seed.database SET protected = true", "is protected"),
    ],
    ids=["restored dump", "dump of another name", "protected"],
)
def test_the_marker_stops_either_way_of_deleting(
    scene: Scene, delete: Deletion, done: str, said: str
) -> None:
    """Whatever the flags, and with the right name typed."""
    scene.do(PEOPLE)
    scene.do(done)
    refused(scene, delete, said)


@pytest.mark.parametrize("delete", [wipe, empty])
def test_a_copy_within_the_server_is_not_deleted_from(
    copied: Target, scene: Scene, delete: Deletion
) -> None:
    """CREATE DATABASE … TEMPLATE copies the marker too, with the other's name."""
    scene.do("UPDATE rsvped_seed.database SET database_name = 'the_first'")
    refused(scene, delete, "a restored dump or a copy")
    assert copied.display == scene.target.display


@pytest.mark.parametrize("typed", ["", "postgres", "RSVPED", "rsvped-seed"])
def test_another_name_empties_nothing(scene: Scene, typed: str) -> None:
    """The exact name, in the exact case."""
    refused(scene, lambda target: empty(target, typed or "?"), "typed as confirmation")


def test_the_live_connection_counts_not_the_url(scene: Scene) -> None:
    """Behind an alias the URL's name is not the database's: the live one is asked."""
    alias = replace(scene.target, display="localhost:6432/app", url="postgresql:///app")
    before = scene.rows()
    with pytest.raises(InputError, match=f"in the database '{scene.target.display}'"):
        empty(alias, "app")
    assert scene.rows() == before
    assert sum(empty(alias, scene.target.display).values()) > 0


def test_a_database_of_others_is_left_alone(database: Target, scene: Scene) -> None:
    """Rows, no marker: seeded finds nothing of its own, all wants it adopted."""
    others = replace(scene, target=database)
    others.do("""INSERT INTO "User" (id) VALUES ('c0aaaa0000000000000000001')""")
    before = others.rows()
    wipe(database)
    with pytest.raises(RefusedError, match="looks like somebody's own database"):
        empty(database)
    assert others.rows() == before
    assert others.do("SELECT to_regnamespace('rsvped_seed')::text") == [(None,)]


def test_other_tables_stop_the_emptying(scene: Scene) -> None:
    """A table that is not the app's and would lose rows is named."""
    scene.do(BADGE)
    refused(scene, empty, "1 in Badge.userId -> User")
    assert scene.do('SELECT id FROM "Badge"') == [("badge",)]


def test_emptied_is_what_the_name_was_typed_for(scene: Scene) -> None:
    """All rows go, the marker stays, and a world loads."""
    scene.do(PEOPLE)
    marker = scene.ledger()["database"]
    total = sum(len(rows) for rows in scene.rows().values())
    assert sum(empty(scene.target).values()) == total
    assert scene.rows() == {table: [] for table in scene.rows()}
    assert scene.ledger() == {
        "database": marker,
        "world": [],
        "stage": [],
        "released": [],
    }
    scene.load()


@pytest.mark.parametrize("tag", ["lx0so", "00000", "0AAAA", "0aaa%", ""])
def test_a_forged_ledger_deletes_nothing(scene: Scene, tag: str) -> None:
    """A tag that the app's own ids could begin with is none of ours."""
    scene.do(PEOPLE)
    scene.do(f"INSERT INTO rsvped_seed.world VALUES ('forged', '{tag}', 'x', now())")  # noqa: S608  literals
    refused(scene, wipe, f"with the tag '{tag}'")


def test_an_emptied_ledger_deletes_nothing(scene: Scene) -> None:
    """Without its worlds nothing is known to be ours, and loading collides aloud."""
    scene.do("DELETE FROM rsvped_seed.stage; DELETE FROM rsvped_seed.world")
    before = scene.rows()
    wipe(scene.target)
    assert scene.rows() == before
    with pytest.raises(DatabaseError, match="rows that the seeder did not make"):
        scene.load()


# a role of this process's own: roles are the whole server's
ROLE = f"rsvped_role_{os.getpid()}"


def as_superuser(scene: Scene, statements: str) -> None:
    conninfo = scene.target.conninfo
    if "TEST_DATABASE_URL" not in os.environ:  # the embedded server's superuser
        conninfo = make_conninfo(conninfo, user="postgres")
    with psycopg.connect(conninfo) as connection:
        connection.execute(statements.encode())


@contextmanager
def role_without(scene: Scene, table: str) -> Generator[Target]:
    """A role that may do all that is needed but delete from one table."""
    as_superuser(
        scene,
        f"""CREATE ROLE {ROLE} LOGIN PASSWORD 'x';
        GRANT USAGE ON SCHEMA public, rsvped_seed TO {ROLE};
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public,
            rsvped_seed TO {ROLE};
        REVOKE DELETE ON "{table}" FROM {ROLE}""",
    )
    conninfo = make_conninfo(scene.target.conninfo, user=ROLE, password="x")  # noqa: S106
    try:
        yield replace(scene.target, conninfo=conninfo)
    finally:
        as_superuser(scene, f"DROP OWNED BY {ROLE}; DROP ROLE {ROLE}")


@pytest.mark.parametrize("delete", [wipe, empty])
def test_missing_rights_half_way_undo_all(scene: Scene, delete: Deletion) -> None:
    """User is among the last tables to be emptied; all before it comes back."""
    scene.do(PEOPLE)
    with role_without(scene, "User") as target:
        refused(scene, lambda _: delete(target), "permission denied for table User")
        # with that right too nothing else is missing: no owner, no superuser
        as_superuser(scene, f'GRANT DELETE ON "User" TO {ROLE}')
        delete(target)
    assert scene.ledger()["world"] == []


def test_a_read_only_server_says_so(scene: Scene) -> None:
    """It is the server's word, not a traceback."""
    options = make_conninfo(
        scene.target.conninfo, options="-c default_transaction_read_only=on"
    )
    target = replace(scene.target, conninfo=options)
    refused(scene, lambda _: wipe(target), "read-only transaction")


def test_a_connection_lost_in_the_middle_keeps_all(scene: Scene) -> None:
    """The server ends the session between two tables; nothing half-done is kept."""
    scene.do(PEOPLE)
    scene.do(
        """CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM pg_terminate_backend(pg_backend_pid()); RETURN OLD; END $$;
        CREATE TRIGGER cut BEFORE DELETE ON "Community" EXECUTE FUNCTION cut()"""
    )
    refused(scene, wipe, "connection was lost; nothing half-done was kept")
    scene.do('DROP TRIGGER cut ON "Community"')
    wipe(scene.target)


@pytest.mark.parametrize("delete", [wipe, empty])
def test_a_writer_at_work_is_waited_for(scene: Scene, delete: Deletion) -> None:
    """What it writes meanwhile is seen: it stops the wipe, and is not lost unseen."""
    scene.do(PEOPLE)
    outcome: list[BaseException | None] = []

    def run() -> None:
        try:
            delete(scene.target)
        except SeedError as error:
            outcome.append(error)
        else:
            outcome.append(None)

    with psycopg.connect(scene.target.conninfo) as writer:
        writer.execute(
            """INSERT INTO "Rsvp" (id, "eventId", email) SELECT 'late', id,
            'late@mail.test' FROM "Event" WHERE slug = 'bits-1'"""
        )
        thread = threading.Thread(target=run)
        thread.start()
        thread.join(timeout=2)
        assert thread.is_alive()
        # the writer goes on to other tables: nobody has them locked for long
        writer.execute("""UPDATE "Event" SET "rsvpCount" = 2 WHERE slug = 'bits-1'""")
        writer.execute("""UPDATE "User" SET bio = 'here' WHERE id = 'zoe'""")
    thread.join()
    if delete is wipe:
        assert "1 in Rsvp.eventId -> Event" in str(outcome[0])
        assert scene.do("""SELECT id FROM "Rsvp" WHERE id = 'late'""") == [("late",)]
    else:
        assert outcome == [None]
