"""Whose a row is: the seeder's, what a visitor did as the demo user, or a person's.

Three things make a row the seeder's. Its id, which is `c`, the five characters of its
world's tag, and 19 of a hash; the ledger keeps the tags. Or that the demo user did it:
the app gives it an id of its own, and `CLAIMS` says by which column it is known. Or
that it is no more than a part of such a row, and names nobody else. All others are a
person's, as is what the ledger has as released.
"""

from dataclasses import dataclass, field
from typing import Final

import psycopg
from psycopg import sql

from matching.demo import EMAIL
from tasks.database.ledger import Ledger
from tasks.errors import RefusedError
from tasks.process.identity import HASH_LENGTH, STATIC_TAG, TAG_LENGTH

PREFIX_LENGTH: Final = 1 + TAG_LENGTH  # "c" and the tag
ID_LENGTH: Final = PREFIX_LENGTH + HASH_LENGTH
STATIC_TABLES: Final = ("Category", "Location")  # shared with the app's own rows


@dataclass(frozen=True)
class Actor:
    """The row is the demo user's if this column names them."""

    column: str


@dataclass(frozen=True)
class Address:
    """The row is the demo user's if this column holds their e-mail address."""

    column: str


@dataclass(frozen=True)
class DoneOn:
    """The row is the demo user's if what it refers to is their own doing."""

    column: str
    table: str


@dataclass(frozen=True)
class Part:
    """The row belongs to what it refers to, whoever of ours made that."""

    column: str
    table: str


@dataclass(frozen=True)
class Claim:
    """How rows of one table are known as the demo user's, or as a part of ours.

    by: the first of these whose column is not null decides. other: a column that may
    name a second person, who makes it a person's row unless they are ours too.
    until: with a column at this value the second person has had no part in it yet.
    """

    by: tuple[Actor | Address | DoneOn | Part, ...] = ()
    other: str | None = None
    until: tuple[str, str] | None = None


# Whoever signs in as anybody but the demo user is a person to us. Rows that nobody
# but an organiser or the app itself makes (tiers, check-ins, daily figures, anonymous
# views) are parts; what an attendee says or pays is theirs.
CLAIMS: Final = {
    "Account": Claim((Actor("userId"),)),
    "Session": Claim((Actor("userId"),)),
    "VerificationToken": Claim((Address("identifier"),)),
    "Category": Claim(),
    "Location": Claim(),
    "User": Claim(),
    "UserCategory": Claim((Part("userId", "User"),)),
    "UserActivity": Claim((Actor("userId"),)),
    # a friendship that the other has answered is the other's as well
    "Friendship": Claim((Actor("userId"),), "friendId", ("status", "PENDING")),
    "Community": Claim((Actor("ownerId"),)),
    "CommunityMembership": Claim((Actor("userId"),)),
    "MembershipTier": Claim((Part("communityId", "Community"),)),
    "Event": Claim((Actor("hostId"),)),
    "EventCategory": Claim((Part("eventId", "Event"),)),
    "EventCollaborator": Claim((Part("eventId", "Event"),), "userId"),
    "EventDailyStat": Claim((Part("eventId", "Event"),)),
    "EventMessage": Claim((Actor("userId"),)),
    "EventReferral": Claim((Actor("userId"), Part("eventId", "Event"))),
    "EventView": Claim((Actor("userId"), Part("eventId", "Event"))),
    "TicketTier": Claim((Part("eventId", "Event"),)),
    "PromoCode": Claim((Part("eventId", "Event"),)),
    "PromoCodeTier": Claim((Part("promoCodeId", "PromoCode"),)),
    "RegistrationQuestion": Claim((Part("eventId", "Event"),)),
    "Order": Claim((Address("purchaserEmail"),)),
    "OrderItem": Claim((DoneOn("orderId", "Order"),)),
    "Payment": Claim((DoneOn("orderId", "Order"),)),
    "Refund": Claim((Part("paymentId", "Payment"),)),
    # a seat is whose the order is; without one, whose name is on it
    "Rsvp": Claim(
        (DoneOn("orderId", "Order"), Actor("userId"), Address("email")), "userId"
    ),
    "CheckIn": Claim((Part("rsvpId", "Rsvp"),)),
    "EventFeedback": Claim((DoneOn("rsvpId", "Rsvp"),)),
    "RegistrationAnswer": Claim((DoneOn("rsvpId", "Rsvp"),)),
}
# no id of their own: their claim alone tells
KEYLESS: Final = frozenset(
    {
        "Account",
        "EventCategory",
        "PromoCodeTier",
        "Session",
        "UserCategory",
        "VerificationToken",
    }
)


@dataclass(frozen=True)
class Seeded:
    """The rows that go in one wipe, as conditions on a row of a table.

    prefixes: how the ids of what goes begin. others: how those begin of worlds that
    stay. demo: the id of the demo user, if the seeder made them. addresses: theirs.
    demo_stays: the next world has the same demo user, so their User row is kept.
    """

    prefixes: tuple[str, ...]
    others: tuple[str, ...]
    demo: str | None
    addresses: tuple[str, ...]
    demo_stays: bool
    parameters: dict[str, object] = field(init=False)

    def __post_init__(self) -> None:
        parameters: dict[str, object] = {
            "prefixes": list(self.prefixes),
            "others": list(self.others),
            "demo": self.demo,
            "addresses": list(self.addresses),
            "staying": self.demo if self.demo_stays else None,
        }
        object.__setattr__(self, "parameters", parameters)

    def goes(self, table: str, row: str) -> sql.Composable:
        """The condition that a row goes; takes `parameters`."""
        if table == "User":
            return sql.SQL("({} AND {} IS DISTINCT FROM %(staying)s)").format(
                is_ours(table, row), sql.Identifier(row, "id")
            )
        return is_ours(table, row)


def read_seeded(
    connection: psycopg.Connection,
    ledger: Ledger,
    keep_world: str | None,
    *,
    release: bool = False,
) -> Seeded:
    """Tell which rows are those of all worlds but one.

    Args:
        connection: Of the database whose ledger it is.
        ledger: The worlds' tags.
        keep_world: A world that stays or that is to be loaded next.
        release: People keep what their rows refer to; the demo user, who is nobody's,
            then stays in any case.

    Raises:
        RefusedError: A tag in the ledger is none that the seeder makes.
    """
    going = [w.tag for w in ledger.worlds if w.world_id != keep_world]
    staying = [w.tag for w in ledger.worlds if w.world_id == keep_world]
    for tag in (*going, *staying):
        _check_tag(tag)
    if not staying:  # the cities, the categories and Alex are no other world's
        going.append(STATIC_TAG)
    demo, addresses = _read_demo(connection)
    return Seeded(
        prefixes=tuple(f"c{tag}" for tag in going),
        others=tuple(f"c{tag}" for tag in staying),
        demo=demo,
        addresses=addresses,
        demo_stays=keep_world is not None or release,
    )


def _check_tag(tag: str) -> None:
    """Refuse a forged tag: with another, ids of the app itself might match."""
    well_made = len(tag) == TAG_LENGTH and tag.isascii() and tag.isalnum()
    if not well_made or tag != tag.lower() or tag[0] != "0" or tag == STATIC_TAG:
        raise RefusedError(
            f"the ledger has a world with the tag {tag!r}, which the seeder never "
            "makes: somebody changed schema 'rsvped_seed'. Nothing was deleted; "
            "restore the ledger, or fill another database"
        )


def _read_demo(connection: psycopg.Connection) -> tuple[str | None, tuple[str, ...]]:
    """Give the demo user's id and addresses; none if the seeder did not make them."""
    rows = connection.execute(
        'SELECT id, email, left(id, %s) = %s FROM "User"'
        " WHERE email = %s OR left(id, %s) = %s AND length(id) = %s",
        [
            PREFIX_LENGTH,
            f"c{STATIC_TAG}",
            EMAIL,
            PREFIX_LENGTH,
            f"c{STATIC_TAG}",
            ID_LENGTH,
        ],
    ).fetchall()
    ours = [(key, email) for key, email, is_static in rows if is_static]
    if len(ours) != 1:
        return None, ()
    key, email = ours[0]
    # a visitor may have changed it; then the old one is theirs unless taken since
    is_taken = len(rows) > 1
    found = {email} if is_taken else {email, EMAIL}
    return key, tuple(sorted(address for address in found if address))


def is_seeded(table: str, row: str) -> sql.Composed:
    """The condition that the seeder itself made a row; takes the parameter `prefixes`.

    A row that was released is a person's. `bring_up_to_date` has seen the ledger.
    """
    if table not in KEYLESS:
        return sql.SQL("({} AND {})").format(
            _has_prefix(row, "prefixes"), _is_unreleased(table, row)
        )
    parts = [way for way in CLAIMS[table].by if isinstance(way, Part)]
    if not parts:
        return sql.Composed([sql.SQL("false")])
    whole = f"{row}_{parts[0].column}"
    return _refers_to(
        sql.Identifier(row, parts[0].column),
        parts[0].table,
        whole,
        is_seeded(parts[0].table, whole),
    )


def is_ours(table: str, row: str) -> sql.Composable:
    """The condition that a row is the seeder's; takes `Seeded.parameters`."""
    if table in KEYLESS:
        return _is_claimed(table, row)
    return sql.SQL("(({tagged} OR ({untagged} AND {claimed})) AND {kept})").format(
        tagged=_has_prefix(row, "prefixes"),
        untagged=sql.SQL("NOT {}").format(_has_prefix(row, "others")),
        claimed=_is_claimed(table, row),
        kept=_is_unreleased(table, row),
    )


def _has_prefix(row: str, parameter: str) -> sql.Composed:
    return sql.SQL(
        "(left({id}, {prefix}) = ANY({parameter}) AND length({id}) = {length}"
        """ AND {id} COLLATE "C" !~ '[^0-9a-z]')"""
    ).format(
        id=sql.Identifier(row, "id"),
        prefix=sql.Literal(PREFIX_LENGTH),
        parameter=sql.Placeholder(parameter),
        length=sql.Literal(ID_LENGTH),
    )


def _is_unreleased(table: str, row: str) -> sql.Composed:
    return sql.SQL(
        "{} NOT IN (SELECT row_id FROM rsvped_seed.released WHERE table_name = {})"
    ).format(sql.Identifier(row, "id"), sql.Literal(table))


def _is_claimed(table: str, row: str) -> sql.Composable:
    """The condition of a table's claim: never null, so that it can be negated."""
    claim = CLAIMS[table]
    if not claim.by:
        return sql.SQL("false")
    cases = sql.SQL(" ").join(
        sql.SQL("WHEN {} IS NOT NULL THEN {}").format(
            sql.Identifier(row, way.column), _is_by(way, row)
        )
        for way in claim.by
    )
    decided = sql.SQL("coalesce(CASE {} END, false)").format(cases)
    if claim.other is None:
        return decided
    return sql.SQL("({} AND {})").format(decided, _is_nobody_elses(claim, row))


def _is_by(way: Actor | Address | DoneOn | Part, row: str) -> sql.Composed:
    column = sql.Identifier(row, way.column)
    if isinstance(way, Actor):
        return sql.SQL("{} = %(demo)s").format(column)
    if isinstance(way, Address):
        return sql.SQL("{} = ANY(%(addresses)s)").format(column)
    whole = f"{row}_{way.column}"  # unique however deep the conditions nest
    if isinstance(way, Part):
        condition = is_ours(way.table, whole)
    else:
        condition = sql.SQL("({} AND {})").format(
            _is_claimed(way.table, whole), _is_unreleased(way.table, whole)
        )
    return _refers_to(column, way.table, whole, condition)


def _is_nobody_elses(claim: Claim, row: str) -> sql.Composed:
    column = sql.Identifier(row, claim.other or "")
    other = f"{row}_{claim.other}_other"
    conditions: list[sql.Composable] = [
        sql.SQL("{} IS NULL").format(column),
        _refers_to(column, "User", other, is_ours("User", other)),
    ]
    if claim.until:
        state, value = claim.until
        conditions.append(
            sql.SQL("{}::text = {}").format(
                sql.Identifier(row, state), sql.Literal(value)
            )
        )
    return sql.SQL("({})").format(sql.SQL(" OR ").join(conditions))


def _refers_to(
    column: sql.Identifier, table: str, whole: str, condition: sql.Composable
) -> sql.Composed:
    return sql.SQL("EXISTS (SELECT FROM {} AS {} WHERE {} = {} AND {})").format(
        sql.Identifier(table),
        sql.Identifier(whole),
        sql.Identifier(whole, "id"),
        column,
        condition,
    )
