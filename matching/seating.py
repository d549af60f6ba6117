"""Seats while they are offered: halls, agendas, tickets left, one order at a time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import polars as pl

from matching.programme import Programme
from matching.tickets import order_success, tier_bought
from matching.timeline import HOUR_MS

TOP_SHARE: Final = 0.4  # of the seats go to the most interested
REST_FACTOR: Final = 0.7  # on the score of everybody else
TRAVEL_GAP_MS: Final = 14 * HOUR_MS  # to any other on-site event

# One row per order somebody tried to place.
ORDERS: Final = pl.Schema(
    {
        "event_key": pl.UInt64,
        "buyer_key": pl.UInt64,  # the person's key, or the guest's
        "person_key": pl.UInt64,  # null: a guest
        "companion_key": pl.UInt64,  # the guest who holds the second ticket, or null
        "tier_key": pl.UInt64,
        "price_cents": pl.Int64,
        "quantity": pl.Int64,
        "succeeded": pl.Boolean,
        "seat": pl.String,  # demo, top, rest, traveller or guest
    }
)


class Candidate(NamedTuple):
    """One person who might come to one event, with the draws that decide."""

    event_key: int
    person_key: int
    spending_power: str
    chance: float
    top_draw: float
    rest_draw: float
    rest_order: float
    tier_draw: float
    order_draw: float


class Sale(NamedTuple):
    """One order somebody tried to place; a row of ORDERS."""

    event_key: int
    buyer_key: int
    person_key: int | None
    companion_key: int | None
    tier_key: int
    price_cents: int
    quantity: int
    succeeded: bool
    seat: str


@dataclass
class Hall:
    """One event while its seats are offered. Times in milliseconds, UTC."""

    event_key: int
    start: int
    end: int
    on_site: bool
    open_seats: int = 0  # of those aimed at
    tier_keys: list[int] = field(default_factory=list[int])
    prices_cents: list[int] = field(default_factory=list[int])  # cheapest first
    left: list[int] = field(default_factory=list[int])  # tickets by tier


@dataclass
class Agendas:
    """Where everybody is and when: (start, end, on site) by person."""

    taken: dict[int, list[tuple[int, int, bool]]] = field(
        default_factory=dict[int, list[tuple[int, int, bool]]]
    )

    def take(self, person: int, hall: Hall) -> None:
        """Note that the person is at this event."""
        self.taken.setdefault(person, []).append((hall.start, hall.end, hall.on_site))

    def is_free(self, person: int, hall: Hall) -> bool:
        """Say whether the person is nowhere else at that time."""
        return all(
            hall.end <= start or end <= hall.start
            for start, end, _ in self.taken.get(person, [])
        )

    def can_travel(self, person: int, hall: Hall) -> bool:
        """Say whether the person can go to another city for it."""
        return all(
            hall.end + gap <= start or end + gap <= hall.start
            for start, end, on_site in self.taken.get(person, [])
            for gap in (TRAVEL_GAP_MS if on_site else 0,)
        )


def open_halls(programme: Programme) -> dict[int, Hall]:
    """Open every event's hall, by event key and in order of time."""
    tiers: dict[int, list[tuple[int, int, int]]] = {}
    for event, key, price, quantity in (
        programme.tiers.sort("event_key", "position")
        .select("event_key", "tier_key", "price_cents", "quantity")
        .iter_rows()
    ):
        tiers.setdefault(event, []).append((key, price, quantity))
    halls: dict[int, Hall] = {}
    for key, start, end, kind, target in (
        programme.events.sort("start", "event_key")
        .select(
            "event_key",
            pl.col("start", "end").to_physical(),
            "location_type",
            "target",
        )
        .iter_rows()
    ):
        own = tiers[key]
        halls[key] = Hall(
            event_key=key,
            start=start,
            end=end,
            on_site=kind != "ONLINE",
            open_seats=target,
            tier_keys=[tier[0] for tier in own],
            prices_cents=[tier[1] for tier in own],
            left=[tier[2] for tier in own],
        )
    return halls


def offer(
    hall: Hall,
    candidates: Sequence[Candidate],
    seats: int,
    agendas: Agendas,
) -> list[Sale]:
    """Offer seats: 40 % by interest, the rest in random order.

    Args:
        hall: the event.
        candidates: who may come and is free, the most interested first.
        seats: how many to give away at most.
        agendas: where everybody is; who gets a seat is noted.
    """
    sales: list[Sale] = []
    taken = 0
    asked = 0
    top = math.ceil(TOP_SHARE * seats)
    for candidate in candidates:
        if taken >= top:
            break
        asked += 1
        if candidate.top_draw < candidate.chance:
            taken += sell(hall, candidate, "top", agendas, sales)
    for candidate in sorted(candidates[asked:], key=lambda c: c.rest_order):
        if taken >= seats:
            break
        if candidate.rest_draw < candidate.chance * REST_FACTOR:
            taken += sell(hall, candidate, "rest", agendas, sales)
    return sales


def sell(
    hall: Hall, candidate: Candidate, seat: str, agendas: Agendas, sales: list[Sale]
) -> int:
    """Let somebody order a ticket; say how many seats that took: 1 or 0."""
    tier = tier_bought(
        candidate.spending_power, hall.prices_cents, hall.left, candidate.tier_draw
    )
    if tier is None:
        return 0
    price = hall.prices_cents[tier]
    chance = order_success(price, candidate.spending_power)
    succeeded = seat == "demo" or candidate.order_draw < chance
    sales.append(
        Sale(
            event_key=hall.event_key,
            buyer_key=candidate.person_key,
            person_key=candidate.person_key,
            companion_key=None,
            tier_key=hall.tier_keys[tier],
            price_cents=price,
            quantity=1,
            succeeded=succeeded,
            seat=seat,
        )
    )
    if not succeeded:
        return 0
    hall.left[tier] -= 1
    hall.open_seats -= 1
    agendas.take(candidate.person_key, hall)
    return 1


def order_frame(sales: list[Sale]) -> pl.DataFrame:
    """Make one row per order, ORDERS."""
    return pl.DataFrame(sales, schema=ORDERS, orient="row")
