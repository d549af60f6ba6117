"""Counters of rows that stay, when some of the rows they count are deleted.

Only what loses a row is counted anew: a counter whose rows are all there is left as
the app wrote it, even where the app keeps no rows behind it.
"""

from dataclasses import dataclass
from typing import Final, LiteralString

import psycopg
from psycopg import sql

from tasks.database.ownership import Seeded


@dataclass(frozen=True)
class Counter:
    """Counters of one table, and the rows that they count.

    counted: the table whose rows they count. path: joins `lost`, a row of it, to
    `kept`, the row with the counters. values: per column what it must be, over `kept`.
    """

    counted: str
    table: str
    path: LiteralString
    values: dict[str, LiteralString]


_SAME_DAY: Final = "date_trunc('day', {}) = kept.\"date\""
_RSVPS: Final = 'SELECT count(*) FROM "Rsvp" r WHERE r."eventId" = kept.{}'
_DAY_RSVPS: Final = (
    _RSVPS.format('"eventId"') + " AND " + _SAME_DAY.format('r."createdAt"')
)
_DAY_VIEWS: Final = (
    ' FROM "EventView" v WHERE v."eventId" = kept."eventId" AND '
    + _SAME_DAY.format('v."viewedAt"')
)
COUNTERS: Final = (
    Counter(
        "Rsvp",
        "Event",
        'kept.id = lost."eventId"',
        {
            "rsvpCount": _RSVPS.format("id") + " AND r.status = 'CONFIRMED'",
            "paidRsvpCount": _RSVPS.format("id") + " AND r.\"paymentState\" = 'PAID'",
        },
    ),
    Counter(
        "CheckIn",
        "Event",
        'kept.id = (SELECT r."eventId" FROM "Rsvp" r WHERE r.id = lost."rsvpId")',
        {
            "checkInCount": 'SELECT count(*) FROM "CheckIn" c'
            ' JOIN "Rsvp" r ON r.id = c."rsvpId" WHERE r."eventId" = kept.id'
        },
    ),
    Counter(
        "EventView",
        "Event",
        'kept.id = lost."eventId"',
        {"viewCount": 'SELECT count(*) FROM "EventView" v WHERE v."eventId" = kept.id'},
    ),
    Counter(
        "OrderItem",
        "TicketTier",
        'kept.id = lost."ticketTierId"',
        {
            "quantitySold": 'SELECT coalesce(sum(i.quantity), 0) FROM "OrderItem" i'
            ' JOIN "Order" o ON o.id = i."orderId"'
            " WHERE i.\"ticketTierId\" = kept.id AND o.status = 'PAID'"
        },
    ),
    Counter(
        "Order",
        "PromoCode",
        'kept.id = lost."appliedPromoCodeId"',
        {
            "redeemedCount": 'SELECT count(*) FROM "Order" o'
            " WHERE o.\"appliedPromoCodeId\" = kept.id AND o.status = 'PAID'"
        },
    ),
    Counter(
        "Rsvp",
        "EventReferral",
        'kept.id = lost."referralId"',
        {"uses": 'SELECT count(*) FROM "Rsvp" r WHERE r."referralId" = kept.id'},
    ),
    Counter(
        "Rsvp",
        "EventDailyStat",
        'kept."eventId" = lost."eventId" AND ' + _SAME_DAY.format('lost."createdAt"'),
        {
            "rsvps": _DAY_RSVPS,
            "paidRsvps": _DAY_RSVPS + " AND r.\"paymentState\" = 'PAID'",
        },
    ),
    Counter(
        "EventView",
        "EventDailyStat",
        'kept."eventId" = lost."eventId" AND ' + _SAME_DAY.format('lost."viewedAt"'),
        {
            "views": "SELECT count(*)" + _DAY_VIEWS,
            # each person, and each address among the anonymous, once
            "uniqueViews": 'SELECT count(DISTINCT v."userId")'
            ' + count(DISTINCT v."ipAddress") FILTER (WHERE v."userId" IS NULL)'
            + _DAY_VIEWS,
        },
    ),
)


def find_losing(
    connection: psycopg.Connection, seeded: Seeded
) -> list[tuple[Counter, list[str]]]:
    """Give, per counter, the ids of the rows that stay and lose what they count."""
    found: list[tuple[Counter, list[str]]] = []
    for counter in COUNTERS:
        query = sql.SQL(
            "SELECT DISTINCT kept.id FROM {counted} AS lost JOIN {table} AS kept"
            " ON {path} WHERE {goes} AND NOT {kept_goes} ORDER BY 1"
        ).format(
            counted=sql.Identifier(counter.counted),
            table=sql.Identifier(counter.table),
            path=sql.SQL(counter.path),
            goes=seeded.goes(counter.counted, "lost"),
            kept_goes=seeded.goes(counter.table, "kept"),
        )
        ids = [key for (key,) in connection.execute(query, seeded.parameters)]
        if ids:
            found.append((counter, ids))
    return found


def recount(
    connection: psycopg.Connection, losing: list[tuple[Counter, list[str]]]
) -> None:
    """Set the counters of these rows to what is there; a right one is not touched."""
    for counter, ids in losing:
        for column, value in counter.values.items():
            counted = sql.SQL("({})").format(sql.SQL(value))
            statement = sql.SQL(
                "UPDATE {table} AS kept SET {column} = {counted}"
                " WHERE kept.id = ANY(%s) AND {old} IS DISTINCT FROM {counted}"
            ).format(
                table=sql.Identifier(counter.table),
                column=sql.Identifier(column),
                counted=counted,
                old=sql.Identifier("kept", column),
            )
            connection.execute(statement, [ids])
