"""The app's side: what its pages do to the database, each in one transaction.

A page writes its rows and the counters that it shows together. The ids look like the
app's own cuids; the same seed gives the same ids and the same choices.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import count
from typing import Any, Final, TypeVar

import psycopg

DEMO_EMAIL: Final = "demo@rsvped.app"
BASE36: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
FINGERPRINT: Final = "x7q2"  # of the machine that the app runs on
HASH: Final = "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy"
T = TypeVar("T")


@dataclass
class App:
    """The app at one moment, as its visitors use it."""

    connection: psycopg.Connection  # in autocommit, as the app's client has it
    seed: str
    now: datetime  # when the next thing happens; every one takes a second
    numbers: "count[int]" = field(default_factory=count)
    # what it has written so far: table and id
    written: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def sign_up(self, name: str, city: str | None = None) -> str:
        """Make an account as the sign-up form does; give its id."""
        user = self._id()
        handle = f"{name.lower()}_{user[-6:]}"
        self.connection.execute(
            'INSERT INTO "User" (id, name, email, username, password, "createdAt",'
            ' "locationId") VALUES (%s, %s, %s, %s, %s, %s,'
            ' (SELECT id FROM "Location" WHERE slug = %s))',
            [user, name, f"{handle}@mail.test", handle, HASH, self._moment(), city],
        )
        self.written.append(("User", user))
        return user

    def demo_user(self) -> str | None:
        """Sign in by the demo button; None while there is no such account."""
        return self.one('SELECT id FROM "User" WHERE email = %s', DEMO_EMAIL)

    def upcoming(self) -> list[str]:
        """Give the events that a page lists as the next ones."""
        return self.ids(
            'SELECT id FROM "Event" WHERE "startDate" > %s'
            ' ORDER BY "startDate", id LIMIT 9',
            self._moment(),
        )

    def view(self, user: str, event: str) -> None:
        """Open an event's page."""
        with self.connection.transaction():
            seen = self.one(
                'SELECT id FROM "EventView" WHERE "eventId" = %s AND "userId" = %s'
                ' AND "viewedAt"::date = %s::date LIMIT 1',
                event,
                user,
                self._moment(),
            )
            self._insert("EventView", eventId=event, userId=user, viewedAt=self.now)
            self._count(event, "viewCount")
            self._count_today(event, views=1, uniqueViews=0 if seen else 1)

    def rsvp(self, user: str, event: str) -> str | None:
        """Register for an event, its cheapest tier with a seat left, and pay.

        Returns:
            The RSVP's id; None where the page shows no way in.
        """
        with self.connection.transaction():
            email, name = self._row(
                'SELECT email, name FROM "User" WHERE id = %s', user
            )
            if self.one(
                'SELECT id FROM "Rsvp" WHERE "eventId" = %s AND email = %s LIMIT 1',
                event,
                email,
            ):
                return None
            tier = self.connection.execute(
                'SELECT id, "priceCents" FROM "TicketTier" WHERE "eventId" = %s'
                ' AND "quantitySold" < coalesce("quantityTotal", 1000000)'
                ' ORDER BY "priceCents", id LIMIT 1 FOR UPDATE',
                [event],
            ).fetchone()
            full = self.one(
                'SELECT "rsvpCount" >= capacity FROM "Event" WHERE id = %s', event
            )
            if tier is None or full:
                return None
            return self._buy((user, email, name), event, tier)

    def check_in(self, rsvp: str, event: str) -> None:
        """Scan a ticket at the door."""
        with self.connection.transaction():
            self._insert("CheckIn", rsvpId=rsvp, scannedAt=self._moment())
            self._count(event, "checkInCount")

    def review(self, rsvp: str, event: str, rating: int, comment: str) -> None:
        """Leave feedback on an event that was attended."""
        self._insert(
            "EventFeedback",
            eventId=event,
            rsvpId=rsvp,
            rating=rating,
            comment=comment,
            createdAt=self._moment(),
        )

    def ask_friend(self, user: str, friend: str) -> str | None:
        """Send a friend request, unless the two know each other already."""
        with self.connection.transaction():
            if self.one(
                'SELECT id FROM "Friendship" WHERE ("userId", "friendId")'
                " IN ((%s, %s), (%s, %s)) LIMIT 1",
                *(user, friend, friend, user),
            ):
                return None
            asked = self._insert(
                "Friendship", userId=user, friendId=friend, createdAt=self._moment()
            )
            self._tell(user, "SEND_FRIEND_REQUEST", friend, "user")
            return asked

    def accept_friend(self, friendship: str) -> None:
        """Accept a friend request."""
        with self.connection.transaction():
            asker, friend = self._row(
                'UPDATE "Friendship" SET status = \'ACCEPTED\', "acceptedAt" = %s'
                ' WHERE id = %s RETURNING "userId", "friendId"',
                self._moment(),
                friendship,
            )
            self._tell(friend, "ACCEPT_FRIEND_REQUEST", asker, "user")

    def found_community(self, owner: str, name: str) -> str:
        """Found a community, whose owner is its first member."""
        with self.connection.transaction():
            made = self._id()
            moment = self._moment()
            self._insert(
                "Community",
                id=made,
                name=name,
                slug=f"real-{made[-12:]}",
                ownerId=owner,
                createdAt=moment,
                updatedAt=moment,
            )
            self._insert(
                "CommunityMembership",
                userId=owner,
                communityId=made,
                role="ADMIN",
                joinedAt=moment,
            )
        return made

    def join(self, user: str, community: str) -> str | None:
        """Join a community, unless one is in it already."""
        with self.connection.transaction():
            if self.one(
                'SELECT id FROM "CommunityMembership" WHERE "userId" = %s'
                ' AND "communityId" = %s',
                user,
                community,
            ):
                return None
            joined = self._insert(
                "CommunityMembership",
                userId=user,
                communityId=community,
                joinedAt=self._moment(),
            )
            self._tell(user, "JOIN_COMMUNITY", community, "community")
            return joined

    def create_event(self, host: str, title: str, city: str, price_cents: int) -> str:
        """Publish an event of next week with one tier of twenty seats."""
        with self.connection.transaction():
            made, moment = self._id(), self._moment()
            self.connection.execute(
                'INSERT INTO "Event" (id, slug, title, "startDate", "endDate",'
                ' "locationType", capacity, "isPublished", status, "publishedAt",'
                ' "hostId", "createdAt", "updatedAt", "locationId") VALUES (%s, %s, %s,'
                " %s, %s, 'PHYSICAL', 20, true, 'PUBLISHED', %s, %s, %s, %s,"
                ' (SELECT id FROM "Location" WHERE slug = %s))',
                [
                    *(made, f"real-{made[-12:]}", title),
                    *(moment + timedelta(days=7), moment + timedelta(days=7, hours=2)),
                    *(moment, host, moment, moment, city),
                ],
            )
            self.written.append(("Event", made))
            self._insert(
                "TicketTier",
                eventId=made,
                name="Seat",
                priceCents=price_cents,
                quantityTotal=20,
            )
            self._tell(host, "HOST_EVENT", made, "event")
        return made

    def write(self, user: str, event: str, text: str) -> str:
        """Write a message on an event's page."""
        return self._insert(
            "EventMessage",
            eventId=event,
            userId=user,
            content=text,
            createdAt=self._moment(),
        )

    def choose(self, among: Sequence[T]) -> T:
        """Choose one, by the seed."""
        return among[self._draw(len(among))]

    def ids(self, query: str, *values: object) -> list[str]:
        """Give the ids that a page lists."""
        return [row[0] for row in self.connection.execute(query.encode(), values)]

    def one(self, query: str, *values: object) -> Any:  # noqa: ANN401  a cell
        """Give the one cell of a query; None where there is no row."""
        row = self.connection.execute(query.encode(), values).fetchone()
        return None if row is None else row[0]

    def _buy(self, who: tuple[str, str, str], event: str, tier: tuple[str, int]) -> str:
        user, email, name = who
        tier_id, price = tier
        moment = self._moment()
        order = self._insert(
            "Order",
            eventId=event,
            purchaserEmail=email,
            purchaserName=name,
            status="PAID",
            totalCents=price,
            createdAt=moment,
            updatedAt=moment,
        )
        self._insert(
            "OrderItem",
            orderId=order,
            ticketTierId=tier_id,
            quantity=1,
            priceCents=price,
        )
        if price:
            self._insert(
                "Payment",
                orderId=order,
                provider="stripe",
                status="SUCCEEDED",
                amountCents=price,
                currency="USD",
                createdAt=moment,
                updatedAt=moment,
            )
        rsvp = self._insert(
            "Rsvp",
            eventId=event,
            ticketTierId=tier_id,
            userId=user,
            orderId=order,
            email=email,
            name=name,
            paymentState="PAID" if price else "NONE",
            createdAt=moment,
        )
        self.connection.execute(
            'UPDATE "TicketTier" SET "quantitySold" = "quantitySold" + 1 WHERE id = %s',
            [tier_id],
        )
        paid = 1 if price else 0
        self._count(event, "rsvpCount")
        if paid:
            self._count(event, "paidRsvpCount")
        self._count_today(event, rsvps=1, paidRsvps=paid)
        self._tell(user, "RSVP_EVENT", event, "event")
        return rsvp

    def _count(self, event: str, counter: str) -> None:
        statement = (
            f'UPDATE "Event" SET "{counter}" = "{counter}" + 1,'  # noqa: S608  our own words
            ' "updatedAt" = %s WHERE id = %s'
        )
        self.connection.execute(
            statement.encode(),
            [self._moment(), event],
        )

    def _count_today(self, event: str, **more: int) -> None:
        names = ", ".join(f'"{name}"' for name in more)
        added = ", ".join(
            f'"{name}" = old."{name}" + excluded."{name}"' for name in more
        )
        statement = (
            f'INSERT INTO "EventDailyStat" AS old (id, "eventId", date, {names})'  # noqa: S608  our own words
            f" VALUES (%s, %s, %s::date, {', '.join(['%s'] * len(more))})"
            f' ON CONFLICT ("eventId", date) DO UPDATE SET {added}'
        )
        key = self._id()
        values = [key, event, self._moment(), *more.values()]
        made = self._row(f"{statement} RETURNING id", *values)
        if made == (key,):
            self.written.append(("EventDailyStat", key))

    def _tell(self, user: str, what: str, target: str, kind: str) -> None:
        self._insert(
            "UserActivity",
            userId=user,
            type=what,
            targetId=target,
            targetType=kind,
            createdAt=self._moment(),
        )

    def _insert(self, table: str, **cells: object) -> str:
        row = {"id": self._id(), **cells}
        names = ", ".join(f'"{name}"' for name in row)
        statement = (
            f'INSERT INTO "{table}" ({names})'  # noqa: S608  our own words
            f" VALUES ({', '.join(['%s'] * len(row))})"
        )
        self.connection.execute(statement.encode(), list(row.values()))
        self.written.append((table, str(row["id"])))
        return str(row["id"])

    def _row(self, query: str, *values: object) -> tuple[Any, ...]:
        row = self.connection.execute(query.encode(), values).fetchone()
        assert row is not None, (query, values)
        return row

    def _moment(self) -> datetime:
        """The instant of what happens, as the app stores it: UTC without a zone."""
        return self.now.astimezone(UTC).replace(tzinfo=None)

    def _draw(self, below: int) -> int:
        number = next(self.numbers)
        self.now += timedelta(milliseconds=1)
        digest = blake2b(f"{self.seed}/{number}".encode(), digest_size=8).digest()
        return int.from_bytes(digest) % below

    def _id(self) -> str:
        """An id as the app's client makes it: time, counter, machine, dice."""
        dice = self._draw(36**8)
        made = int(self.now.timestamp() * 1000)
        number = next(self.numbers) % 36**4
        return f"c{_base36(made, 8)}{_base36(number, 4)}{FINGERPRINT}{_base36(dice, 8)}"


def _base36(value: int, width: int) -> str:
    digits = ""
    for _ in range(width):
        value, digit = divmod(value, 36)
        digits = BASE36[digit] + digits
    return digits
