"""Release seeded rows on which people's rows hang: they become the people's.

Released is what a person's row refers to, and what that refers to in turn: an event's
host, its community, that community's owner. Each keeps its parts, since an event
without its tickets or an order without its payment would tell less than the truth. All
keep their ids; the ledger has them as released, and no later wipe takes them.
"""

from typing import Final

import psycopg
from psycopg import sql

from tasks.database.foreign_keys import ForeignKey
from tasks.database.hanging import hanging
from tasks.database.ownership import STATIC_TABLES, Seeded

# rows that stay with the one they are a part of: table, column, whole. Rows of join
# tables do so anyway, since whose they are their parent says.
PARTS: Final = (
    ("MembershipTier", "communityId", "Community"),
    ("TicketTier", "eventId", "Event"),
    ("PromoCode", "eventId", "Event"),
    ("RegistrationQuestion", "eventId", "Event"),
    ("EventDailyStat", "eventId", "Event"),
    ("OrderItem", "orderId", "Order"),
    ("Payment", "orderId", "Order"),
    ("Refund", "paymentId", "Payment"),
    ("Rsvp", "orderId", "Order"),
    ("CheckIn", "rsvpId", "Rsvp"),
    ("EventFeedback", "rsvpId", "Rsvp"),
    ("RegistrationAnswer", "rsvpId", "Rsvp"),
)
# the next week has the same cast: a released row makes room for its namesake
PIECE: Final = 6  # characters of the id, as behind an event's slug
MAX_USERNAME: Final = 30  # the app's own limits
MAX_SLUG: Final = 48
SLUGGED: Final = ("Community", "Event")
_RELEASE: Final = """
INSERT INTO rsvped_seed.released (table_name, row_id, world_id)
SELECT DISTINCT {name}, {row}.id,
       (SELECT w.world_id FROM rsvped_seed.world AS w
         WHERE 'c' || w.tag = left({row}.id, 6)) {rows}
"""
# whoever owns a community is in it, and so is who comes along with it
_MEMBERS: Final = """
FROM "CommunityMembership" AS own
JOIN "Community" AS club ON club.id = own."communityId"
WHERE {goes}
  AND club.id IN (SELECT row_id FROM rsvped_seed.released
                   WHERE table_name = 'Community')
  AND (own."userId" = club."ownerId"
       OR own."userId" IN (SELECT row_id FROM rsvped_seed.released
                            WHERE table_name = 'User'))
"""
_FRESH: Final = """
(SELECT row_id FROM rsvped_seed.released
  WHERE table_name = {} AND at = transaction_timestamp() AND world_id IS NOT NULL)
"""
_ADDRESS: Final = """
split_part(u.email, '@', 1) || '.' || right(u.id, {piece})
    || '@' || split_part(u.email, '@', 2)
"""


def release_hanging(
    connection: psycopg.Connection, keys: list[ForeignKey], seeded: Seeded
) -> dict[str, int]:
    """Take out of the seeder's hands whatever a row that stays hangs on.

    Returns:
        The number of rows released per table.
    """
    released: dict[str, int] = {}
    while True:
        found = _release_once(connection, keys, seeded)
        if not found:
            return released
        for table, rows in found.items():
            released[table] = released.get(table, 0) + rows


def _release_once(
    connection: psycopg.Connection, keys: list[ForeignKey], seeded: Seeded
) -> dict[str, int]:
    found: dict[str, int] = {}

    def release(table: str, row: str, rows: sql.Composable) -> None:
        statement = sql.SQL(_RELEASE).format(
            name=sql.Literal(table), row=sql.Identifier(row), rows=rows
        )
        count = connection.execute(statement, seeded.parameters).rowcount
        if count:
            found[table] = found.get(table, 0) + count

    for key in keys:
        if key.parent not in STATIC_TABLES:
            release(key.parent, "parent", hanging(key, seeded))
    for table, column, whole in PARTS:
        rows = sql.SQL(
            "FROM {} AS own WHERE {} AND {} IN (SELECT row_id"
            " FROM rsvped_seed.released WHERE table_name = {})"
        ).format(
            sql.Identifier(table),
            seeded.goes(table, "own"),
            sql.Identifier("own", column),
            sql.Literal(whole),
        )
        release(table, "own", rows)
    members = sql.SQL(_MEMBERS).format(goes=seeded.goes("CommunityMembership", "own"))
    release("CommunityMembership", "own", members)
    return found


def rename_released(connection: psycopg.Connection) -> None:
    """Give what was just released names of its own: the next world has the same cast.

    An address stays within its reserved domain; what a released order or RSVP says of
    it follows. An event's slug ends with a piece of its id already, and stays.
    """
    address = sql.SQL(_ADDRESS).format(piece=sql.Literal(PIECE))
    for table, column in (("Rsvp", "email"), ("Order", "purchaserEmail")):
        connection.execute(
            sql.SQL(
                'UPDATE {table} AS own SET {column} = {address} FROM "User" AS u'
                " WHERE own.{column} = u.email AND u.id IN {people}"
                " AND own.id IN {fresh}"
            ).format(
                table=sql.Identifier(table),
                column=sql.Identifier(column),
                address=address,
                people=sql.SQL(_FRESH).format(sql.Literal("User")),
                fresh=sql.SQL(_FRESH).format(sql.Literal(table)),
            )
        )
    connection.execute(
        sql.SQL(
            'UPDATE "User" AS u SET email = {address},'
            " username = left(u.username, {room}) || '_' || right(u.id, {piece})"
            " WHERE u.id IN {people}"
        ).format(
            address=address,
            room=sql.Literal(MAX_USERNAME - PIECE - 1),
            piece=sql.Literal(PIECE),
            people=sql.SQL(_FRESH).format(sql.Literal("User")),
        )
    )
    for table in SLUGGED:
        connection.execute(
            sql.SQL(
                "UPDATE {table} AS own SET slug ="
                " rtrim(left(own.slug, {room}), '-') || '-' || right(own.id, {piece})"
                " WHERE own.id IN {fresh}"
                " AND right(own.slug, {piece}) <> right(own.id, {piece})"
            ).format(
                table=sql.Identifier(table),
                room=sql.Literal(MAX_SLUG - PIECE - 1),
                piece=sql.Literal(PIECE),
                fresh=sql.SQL(_FRESH).format(sql.Literal(table)),
            )
        )


def drop_empty_days(connection: psycopg.Connection) -> None:
    """Delete released events' daily figures of days of which nothing is left."""
    connection.execute(
        sql.SQL(
            'WITH gone AS (DELETE FROM "EventDailyStat" WHERE id IN {}'
            ' AND (views, "uniqueViews", rsvps, "paidRsvps") = (0, 0, 0, 0)'
            " RETURNING id)"
            " DELETE FROM rsvped_seed.released WHERE table_name = 'EventDailyStat'"
            " AND row_id IN (SELECT id FROM gone)"
        ).format(sql.SQL(_FRESH).format(sql.Literal("EventDailyStat")))
    )
