"""What visitors did as the demo user goes with the world; people's own rows do not."""

import pytest
from scene import NEXT_WORLD, PEOPLE, VISIT, Rows, Scene

from tasks.errors import RefusedError


def without_static(rows: Rows) -> Rows:
    """Leave out what every world shares: cities, categories, Alex."""
    return {
        table: [row for row in found if not str(row[0]).startswith("c00000")]
        for table, found in rows.items()
    }


def test_a_visit_leaves_no_trace(scene: Scene) -> None:
    """All that Alex did goes, and people's rows are as if Alex had never come."""
    scene.do(PEOPLE)
    people = scene.foreign()
    scene.do(VISIT)
    assert scene.foreign() != people

    deleted = scene.wipe().deleted

    assert without_static(scene.rows()) == people
    # Alex's own row, the city and the category wait for the next world
    static = {t: len(rows) - len(people[t]) for t, rows in scene.rows().items()}
    assert {t: n for t, n in static.items() if n} == {
        "User": 1,
        "Category": 1,
        "Location": 1,
    }
    assert deleted["VerificationToken"] == deleted["Account"] == 1


def test_the_next_world_loads_after_a_visit(scene: Scene) -> None:
    """Alex is the same row under the same id, with what the new world gives them."""
    scene.do(PEOPLE)
    scene.do(VISIT)
    scene.do("""UPDATE "User" SET name = 'Pwned', bio = 'x' WHERE "isDemo\"""")
    [(alex,)] = scene.do("SELECT ALEX_ID")
    scene.wipe()
    scene.load()
    assert scene.do("""SELECT id, name FROM "User" WHERE "isDemo\"""") == [
        (alex, "Alex Demo")
    ]
    assert scene.do('SELECT count(*) FROM "UserCategory" WHERE "userId" = ALEX_ID') == [
        (1,)
    ]


def test_without_a_next_world_nothing_of_ours_is_left(scene: Scene) -> None:
    """Alex goes too; a city or category that people use stays."""
    scene.do(PEOPLE)
    scene.do(VISIT)
    scene.wipe(keep_world=None)
    left = {t: len(rows) for t, rows in scene.rows().items() if rows}
    scene.do("""DELETE FROM "UserCategory"; DELETE FROM "EventCategory\"""")
    assert (left["User"], left["Location"], left["Category"]) == (2, 1, 1)


@pytest.mark.parametrize(
    "insert",
    [
        # asked by a person; asked by Alex, and answered by a person
        """INSERT INTO "Friendship" (id, "userId", "friendId")
        SELECT 'theirs', 'zoe', ALEX_ID""",
        """INSERT INTO "Friendship" (id, "userId", "friendId", status)
        SELECT 'theirs', ALEX_ID, 'zoe', 'ACCEPTED'""",
        # made a helper by a person
        """INSERT INTO "EventCollaborator" (id, "eventId", "userId", role)
        SELECT 'theirs', 'tie', ALEX_ID, 'CO_HOST'""",
        # a seat that a person paid
        """INSERT INTO "Rsvp" (id, "eventId", "userId", "orderId", email)
        SELECT 'theirs', 'tie', ALEX_ID, 'yan-order', 'demo@rsvped.app'""",
    ],
)
def test_what_people_do_with_alex_is_theirs(scene: Scene, insert: str) -> None:
    """It stays when the week changes, as Alex does; where Alex goes, it stops that."""
    scene.do(PEOPLE)
    scene.do(insert)
    before = scene.rows()
    with pytest.raises(
        RefusedError, match=r"1 in \w+\.\w+ -> User; such as .*'theirs'"
    ):
        scene.wipe(keep_world=None)
    assert scene.rows() == before
    people = scene.foreign()
    scene.wipe(keep_world=NEXT_WORLD)
    scene.load()
    assert scene.foreign() == people


def test_counters_are_left_alone_where_nothing_is_lost(scene: Scene) -> None:
    """An app that keeps figures without the rows behind them keeps its figures."""
    scene.do(PEOPLE)
    scene.do("""UPDATE "Event" SET "viewCount" = 500, "checkInCount" = 90""")
    scene.do(
        """INSERT INTO "Rsvp" (id, "eventId", "userId", email)
        SELECT 'a-free', 'tie', ALEX_ID, 'demo@rsvped.app';
        UPDATE "Event" SET "rsvpCount" = 3 WHERE id = 'tie'"""
    )
    scene.wipe()
    counters = """SELECT "rsvpCount", "viewCount", "checkInCount" FROM "Event\""""
    assert scene.do(counters) == [(2, 500, 90)]


def test_orders_of_a_strangers_demo_user_are_not_ours(scene: Scene) -> None:
    """Where the seeder's Alex is gone, the address alone claims nothing."""
    scene.wipe(keep_world=None)
    scene.load("0aaaa")
    scene.do(PEOPLE)
    scene.do("""UPDATE "User" SET email = 'old@x.org' WHERE id = ALEX_ID;
        INSERT INTO "User" (id, email) VALUES ('taken', 'demo@rsvped.app');
        INSERT INTO "Order" (id, "eventId", "purchaserEmail", "totalCents", "updatedAt")
        VALUES ('theirs', 'tie', 'demo@rsvped.app', 0, '2026-11-17')""")
    people = scene.foreign()
    scene.wipe()
    assert scene.foreign() == people
