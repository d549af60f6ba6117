"""How every moment of the app's tables moves when a world is slid by whole weeks."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, LiteralString


class Move(StrEnum):
    """What happens to the moments of one column."""

    STAY = "stays: the app's own, or shared by all worlds"
    WEEKS = "moves by whole weeks"
    EVENT = "moves by its event's own map"
    MESSAGE = "moves by its event's own map, within the week before the event"
    COUNTED = "is a day whose rows are counted anew"


@dataclass(frozen=True)
class TableMoves:
    """How the moments of one table move.

    `event` is SQL: whose event's a row `own` is, with what `joins` adds to FROM.
    """

    columns: dict[str, Move] = field(default_factory=dict[str, Move])
    event: LiteralString | None = None
    joins: LiteralString = ""


_OF_EVENT: Final[LiteralString] = 'own."eventId"'
_OF_ORDER: Final[LiteralString] = 'JOIN "Order" AS bought ON bought.id = {}'

MOVES: Final[dict[str, TableMoves]] = {
    "Account": TableMoves({"createdAt": Move.STAY, "updatedAt": Move.STAY}),
    "Session": TableMoves(
        {"expires": Move.STAY, "createdAt": Move.STAY, "updatedAt": Move.STAY}
    ),
    "VerificationToken": TableMoves({"expires": Move.STAY}),
    "Location": TableMoves({"createdAt": Move.STAY, "updatedAt": Move.STAY}),
    "User": TableMoves({"createdAt": Move.WEEKS, "emailVerified": Move.WEEKS}),
    "Community": TableMoves({"createdAt": Move.WEEKS, "updatedAt": Move.WEEKS}),
    "MembershipTier": TableMoves({"createdAt": Move.WEEKS}),
    "CommunityMembership": TableMoves(
        {"joinedAt": Move.WEEKS, "expiresAt": Move.WEEKS}
    ),
    "Friendship": TableMoves({"createdAt": Move.WEEKS, "acceptedAt": Move.WEEKS}),
    "Event": TableMoves(
        {
            "createdAt": Move.EVENT,
            "publishedAt": Move.EVENT,
            "updatedAt": Move.EVENT,
            "startDate": Move.EVENT,
            "endDate": Move.EVENT,
            "deletedAt": Move.EVENT,
        },
        "own.id",
    ),
    "TicketTier": TableMoves(
        {"salesStart": Move.EVENT, "salesEnd": Move.EVENT}, _OF_EVENT
    ),
    "PromoCode": TableMoves({"startsAt": Move.EVENT, "endsAt": Move.EVENT}, _OF_EVENT),
    "EventReferral": TableMoves({"createdAt": Move.EVENT}, _OF_EVENT),
    "Order": TableMoves({"createdAt": Move.EVENT, "updatedAt": Move.EVENT}, _OF_EVENT),
    "Payment": TableMoves(
        {"createdAt": Move.EVENT, "updatedAt": Move.EVENT},
        'bought."eventId"',
        _OF_ORDER.format('own."orderId"'),
    ),
    "Refund": TableMoves(
        {"createdAt": Move.EVENT},
        'bought."eventId"',
        'JOIN "Payment" AS paid ON paid.id = own."paymentId" '
        + _OF_ORDER.format('paid."orderId"'),
    ),
    "Rsvp": TableMoves({"createdAt": Move.EVENT}, _OF_EVENT),
    "CheckIn": TableMoves(
        {"scannedAt": Move.EVENT},
        'booked."eventId"',
        'JOIN "Rsvp" AS booked ON booked.id = own."rsvpId"',
    ),
    "EventFeedback": TableMoves({"createdAt": Move.EVENT}, _OF_EVENT),
    "EventMessage": TableMoves({"createdAt": Move.MESSAGE}, _OF_EVENT),
    "EventView": TableMoves({"viewedAt": Move.EVENT}, _OF_EVENT),
    # an RSVP's activity is at the RSVP's instant; others belong to no event
    "UserActivity": TableMoves(
        {"createdAt": Move.EVENT},
        "target.id",
        'LEFT JOIN "Event" AS target'
        ' ON own."targetType" = \'event\' AND target.id = own."targetId"',
    ),
    "EventDailyStat": TableMoves({"date": Move.COUNTED}),
}
