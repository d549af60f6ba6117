"""Releasing: what people's rows hang on becomes theirs, the rest of the world goes."""

from typing import Final

import pytest
from scene import NEXT_TAG, PEOPLE, TAG, VISIT, Scene

from tasks.errors import RefusedError

# Zoe comes to a seeded event, with a ticket; what she sees there counts
COMES: Final = """
UPDATE "Event" SET "rsvpCount" = 2, "checkInCount" = 2, "viewCount" = 2
WHERE slug = 'bits-1';
UPDATE "TicketTier" SET "quantitySold" = 2 WHERE name = 'Seat' AND "priceCents" = 500;
UPDATE "EventReferral" SET uses = 2 WHERE id LIKE 'c0aaaa%';
INSERT INTO "Rsvp" (id, "eventId", "ticketTierId", "userId", email, "createdAt")
SELECT 'zoe-comes', e.id, t.id, 'zoe', 'zoe@mail.test', '2026-11-16 12:00'
FROM "Event" e JOIN "TicketTier" t ON t."eventId" = e.id WHERE e.slug = 'bits-1';
UPDATE "EventDailyStat" SET rsvps = 3, date = '2026-11-16'
WHERE "eventId" = (SELECT id FROM "Event" WHERE slug = 'bits-1');
INSERT INTO "EventDailyStat" (id, "eventId", date, views)
SELECT 'c0aaaa0000000000000000001', id, '2026-11-14', 9 FROM "Event"
WHERE slug = 'bits-1';
INSERT INTO "EventView" (id, "eventId", "viewedAt")
SELECT 'c0aaaa0000000000000000002', id, '2026-11-14 09:00' FROM "Event"
WHERE slug = 'bits-1';
"""


def counts(scene: Scene) -> dict[str, int]:
    return {table: len(rows) for table, rows in scene.rows().items() if rows}


def test_an_rsvp_keeps_its_event_and_all_above_it(scene: Scene) -> None:
    """Event, host, community and tier stay with their parts; everybody else goes."""
    scene.do(PEOPLE)
    scene.do(COMES)
    people = scene.foreign()
    before = counts(scene)

    wiped = scene.wipe(release=True)

    assert scene.foreign() == people
    ours = {t: n - len(people[t]) for t, n in counts(scene).items()}
    assert {t: n for t, n in ours.items() if n} == {
        "User": 2,  # Ada, who hosts and owns; Alex, who waits for the next world
        "UserCategory": 1,
        "Community": 1,
        "MembershipTier": 1,
        "CommunityMembership": 1,  # of Ada, who owns it
        "Event": 1,
        "EventCategory": 1,
        "TicketTier": 1,
        "PromoCode": 1,
        "PromoCodeTier": 1,
        "RegistrationQuestion": 1,
        "EventDailyStat": 1,  # the day on which Zoe decided to come
        "Category": 1,
        "Location": 1,
    }
    assert sum(wiped.deleted.values()) + sum(counts(scene).values()) == (
        sum(before.values()) - 1  # the daily figures of which nothing was left
    )
    assert scene.ledger()["world"] == scene.ledger()["stage"] == []
    released = scene.do("SELECT table_name, world_id FROM rsvped_seed.released")
    assert {table for table, _ in released} == {
        "User",
        "Community",
        "MembershipTier",
        "CommunityMembership",
        "Event",
        "TicketTier",
        "PromoCode",
        "RegistrationQuestion",
        "EventDailyStat",
    }
    assert {world for _, world in released} == {f"world-{TAG}"}


def test_counters_of_released_rows_are_those_of_what_is_left(scene: Scene) -> None:
    """Of three who came one is left, and the page says so."""
    scene.do(PEOPLE)
    scene.do(COMES)
    scene.wipe(release=True)
    assert scene.do(
        """SELECT "rsvpCount", "paidRsvpCount", "checkInCount", "viewCount"
        FROM "Event" WHERE slug LIKE 'bits-1%'"""
    ) == [(1, 0, 0, 0)]
    assert scene.do(
        """SELECT "quantitySold" FROM "TicketTier" WHERE id <> 'tie-seat'"""
    ) == [(0,)]
    assert scene.do("""SELECT date::date::text, rsvps, views FROM "EventDailyStat"
        WHERE "eventId" <> 'tie'""") == [("2026-11-16", 1, 0)]


def test_a_new_edition_with_the_same_cast_loads_beside_them(scene: Scene) -> None:
    """Addresses, user names and slugs of the released make room for their namesakes."""
    scene.do("""UPDATE "User" SET username = lower(name) WHERE NOT "isDemo\"""")
    scene.do(PEOPLE)
    scene.do(COMES)
    # an order of Ada's that a person's RSVP is on: it is released with her address
    scene.do("""UPDATE "Order" SET "purchaserEmail" = 'ada@example.com'
        WHERE "purchaserEmail" = 'bea@example.com';
        UPDATE "Rsvp" SET "orderId" = (SELECT id FROM "Order"
            WHERE "purchaserEmail" = 'ada@example.com') WHERE id = 'zoe-comes'""")
    people = scene.foreign()
    scene.wipe(release=True)
    [(ada,)] = scene.do("""SELECT id FROM "User" WHERE name = 'Ada'""")
    piece = ada[-6:]

    scene.load(NEXT_TAG)

    assert scene.foreign() == people
    assert scene.do(
        """SELECT left(id, 6), email, username FROM "User" WHERE name = 'Ada'
        ORDER BY 1"""
    ) == [
        ("c0aaaa", f"ada.{piece}@example.com", f"ada_{piece}"),
        ("c0bbbb", "ada@example.com", None),
    ]
    assert scene.do("""SELECT "purchaserEmail" FROM "Order"
        WHERE id LIKE 'c0aaaa%'""") == [(f"ada.{piece}@example.com",)]
    assert scene.do("""SELECT slug = 'bits-' || right(id, 6) FROM "Community"
        WHERE id LIKE 'c0aaaa%'""") == [(True,)]
    assert counts(scene)["Order"] == 1 + 1 + 2  # Yan's, the released one, the world's


def test_the_released_stay_for_good(scene: Scene) -> None:
    """A second wipe leaves them, and what Alex did among them meanwhile goes."""
    scene.do(PEOPLE)
    scene.do(COMES)
    scene.wipe(release=True)
    people = scene.rows()
    scene.load(NEXT_TAG)
    scene.do("""INSERT INTO "Rsvp" (id, "eventId", "userId", email)
        SELECT 'a-again', id, ALEX_ID, 'demo@rsvped.app' FROM "Event"
        WHERE slug LIKE 'bits-1-%';
        UPDATE "Event" SET "rsvpCount" = 2 WHERE slug LIKE 'bits-1-%'""")
    # a person may now hang on them as on each other
    scene.do("""INSERT INTO "Friendship" (id, "userId", "friendId")
        SELECT 'zoe-ada', 'zoe', id FROM "User" WHERE id LIKE 'c0aaaa%'""")
    friendship = scene.rows()["Friendship"]
    scene.wipe(keep_world="world-0cccc")
    after = scene.rows()
    assert after.pop("Friendship") == [
        r for r in friendship if r[0] in {"zoe-ada", "zoe-yan"}
    ]
    del people["Friendship"]
    # Alex's row alone is the newer world's
    for rows in (people, after):
        rows["User"] = [row for row in rows["User"] if row[1] != "Alex Demo"]
    assert after == people


def test_what_a_visitor_made_is_released_to_who_came(scene: Scene) -> None:
    """An RSVP to an event that Alex made keeps event and community; Alex stays ours."""
    scene.do(PEOPLE)
    scene.do(VISIT)
    scene.do("""INSERT INTO "Rsvp" (id, "eventId", "userId", email)
        VALUES ('zoe-comes', 'a-event', 'zoe', 'zoe@mail.test')""")
    before = scene.rows()
    with pytest.raises(RefusedError, match=r"1 in Rsvp\.eventId -> Event.*--release"):
        scene.wipe()
    assert scene.rows() == before
    scene.wipe(release=True)
    assert scene.do("""SELECT id FROM "Event" ORDER BY 1""") == [("a-event",), ("tie",)]
    assert scene.do("""SELECT id, slug FROM "Community" ORDER BY 1""") == [
        ("a-club", "club"),
        ("knots", "knots"),
    ]
    released = scene.do("SELECT table_name, row_id FROM rsvped_seed.released")
    assert ("User", scene.do("SELECT ALEX_ID")[0][0]) not in released
    scene.load()
    assert scene.do("""SELECT count(*) FROM "User" WHERE "isDemo\"""") == [(1,)]


def test_nothing_is_released_where_nobody_is_in_the_way(scene: Scene) -> None:
    """The flag alone changes nothing."""
    scene.do(PEOPLE)
    people = scene.foreign()
    assert scene.wipe(release=True).released == {}
    assert scene.foreign() == people
    assert scene.ledger()["released"] == []
