"""Who comes to which event: the most interested first, nobody in two places at once.

Seats are offered in four rounds: to the demo user, to people of the city, to people
anywhere (online events), to travellers. What is still open is filled by guests, who
have no account. An order that fails takes no seat: it is offered again.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from matching import clock, draws
from matching.geography import distances_km
from matching.interest import MINIMUM_RSVP_SCORE, overlap, rsvp_score
from matching.tickets import order_success, price_deterrent, tier_bought
from matching.timeline import DAY_MS, WAKING_FROM_MINUTE, WAKING_TO_MINUTE
from matching.vocabulary import SpendingPower

TARGET_SHARE: Final = (0.5, 0.9)  # of an event's capacity, drawn per event; mean 0.7
SALES_DAYS: Final = 21.0  # d days ahead, exp(-d / 21) of the seats have gone
LEAST_PROGRESS: Final = 0.03
TOP_SHARE: Final = 0.4  # of the seats go to the most interested
REST_FACTOR: Final = 0.7  # on the score of everybody else
HOUR_MS: Final = 3_600_000
LAST_ORDER_MS: Final = HOUR_MS  # orders end an hour before the start
DECIDING_MS: Final = 2 * HOUR_MS  # between first seeing an event and the last order
ONLINE_SHARE: Final = (0.02, 0.12)  # of an online event's seats, for members
ONLINE_PER_PERSON: Final = 2
DESTINATIONS: Final = frozenset(
    {"conference", "festival", "hackathon", "exhibition", "tournament"}
)
TRAVEL_KM: Final = 1_000.0  # farther only within the country
NEAR_KM: Final = 1_000.0  # the chance of a trip falls by e with each
TRAVEL_GAP_MS: Final = 14 * HOUR_MS  # to any other on-site event
LOCALS_PER_TRAVELLER: Final = 9  # so that travellers are at most a tenth
STRONG_CATEGORIES: Final = 2
DEMO_LOCAL: Final = 11  # events that the demo user goes to at home, at most
DEMO_ONLINE: Final = 6
FORTNIGHT_MS: Final = 14 * DAY_MS
SECOND_TICKET: Final = 0.08  # of orders are for two
LATEST: Final = 5  # the app names an event's latest five
TIME_SCALE_MS: Final = SALES_DAYS * DAY_MS

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


def seat_targets(events: pl.DataFrame, as_of: datetime, seed: int) -> pl.DataFrame:
    """Say how many seats of each event have gone by as_of.

    Args:
        events: one row per event: event_key, capacity, seats, start.
        as_of: the world's now.
        seed: the world's seed.

    Returns:
        The same rows with target: at least one seat, at most all.
    """
    low, high = TARGET_SHARE
    share = low + (high - low) * draws.uniform(seed, "target", events["event_key"])
    days_ahead = (
        (pl.col("start") - pl.lit(as_of)).dt.total_milliseconds() / DAY_MS
    ).clip(lower_bound=0)
    progress = (-days_ahead / SALES_DAYS).exp().clip(LEAST_PROGRESS, 1)
    return events.with_columns(
        target=(pl.lit(pl.Series(share)) * pl.col("capacity") * progress)
        .round()
        .cast(pl.Int64)
        .clip(1, pl.col("seats"))
    )


@dataclass(frozen=True)
class Stage:
    """What attendance is decided from.

    events: one row per event: EVENTS with start, end, published, host_key, capacity,
        target, is_member_only.
    people: PEOPLE with joined. tiers: TIERS. members: community_key, person_key and
        member_since.
    """

    events: pl.DataFrame
    people: pl.DataFrame
    tiers: pl.DataFrame
    members: pl.DataFrame
    as_of: datetime
    seed: int


def attend(stage: Stage) -> pl.DataFrame:
    """Decide who tries to come, with which ticket, and who gets a seat.

    Returns:
        One row per order, ORDERS; those that succeeded hold seats.
    """
    halls = _open_halls(stage)
    agendas = Agendas()
    for hall, host in zip(
        halls.values(), stage.events.sort("start", "event_key")["host_key"], strict=True
    ):
        agendas.take(host, hall)
    at_home = _at_home(stage)
    online = _online(stage)
    sales = _seat_demo(halls, agendas, at_home, online, stage)
    for event, rows in _by_event(at_home.filter(~pl.col("is_demo"))):
        hall = halls[event]
        free = [c for c in rows if agendas.is_free(c.person_key, hall)]
        sales += _offer(hall, free, hall.open_seats, agendas)
    sales += _seat_online(halls, agendas, online.filter(~pl.col("is_demo")), stage)
    sales += _seat_travellers(halls, agendas, sales, stage)
    bought = _frame(sales)
    return pl.concat([_with_companions(bought, halls, stage), _guests(halls, stage)])


def _open_halls(stage: Stage) -> dict[int, Hall]:
    tiers: dict[int, list[tuple[int, int, int]]] = {}
    for event, key, price, quantity in (
        stage.tiers.sort("event_key", "position")
        .select("event_key", "tier_key", "price_cents", "quantity")
        .iter_rows()
    ):
        tiers.setdefault(event, []).append((key, price, quantity))
    halls: dict[int, Hall] = {}
    for key, start, end, kind, target in (
        stage.events.sort("start", "event_key")
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


def _eligible(pairs: pl.DataFrame, stage: Stage) -> pl.DataFrame:
    """Keep the (event, person) rows that can come, with chance and draws.

    Who hosts is there anyway; who joined too late could not have ordered in time;
    a member-only event is for members of its community.
    """
    now_ms = int(stage.as_of.timestamp()) * 1000
    since = stage.members.select("community_key", "person_key", "member_since")
    latest = pl.min_horizontal(
        pl.col("start").to_physical() - LAST_ORDER_MS, pl.lit(now_ms)
    )
    cheapest = stage.tiers.group_by("event_key").agg(
        cheapest_cents=pl.col("price_cents").min()
    )
    pairs = (
        pairs.filter(pl.col("host_key") != pl.col("person_key"))
        .join(since, on=["community_key", "person_key"], how="left", validate="m:1")
        .filter(~pl.col("is_member_only") | pl.col("member_since").is_not_null())
        .with_columns(
            earliest=pl.max_horizontal(
                "published",
                "joined",
                pl.when("is_member_only").then("member_since"),
            )
        )
        .filter(pl.col("earliest").to_physical() + DECIDING_MS <= latest)
        .with_columns(score=rsvp_score())
        .filter(pl.col("score") >= MINIMUM_RSVP_SCORE)
        .join(cheapest, on="event_key", validate="m:1")
        .with_columns(
            chance=pl.col("score").clip(0, 1)
            * price_deterrent(pl.col("cheapest_cents"))
        )
    )
    pair = (pairs["event_key"], pairs["person_key"])
    return pairs.with_columns(
        pl.Series(name, draws.uniform(stage.seed, f"attend/{name}", *pair))
        for name in (
            "tie",
            "top_draw",
            "rest_draw",
            "rest_order",
            "tier_draw",
            "order_draw",
        )
    ).sort("start", "event_key", "score", "tie", descending=[False, False, True, False])


def _at_home(stage: Stage) -> pl.DataFrame:
    """One row per (on-site event, person of its city who may come)."""
    on_site = stage.events.filter(pl.col("location_type") != "ONLINE")
    return _eligible(on_site.join(stage.people, on="city", validate="m:m"), stage)


def _online(stage: Stage) -> pl.DataFrame:
    """One row per (online event, person anywhere who shares a category, awake)."""
    events = stage.events.filter(pl.col("location_type") == "ONLINE")
    pairs = events.join(stage.people, how="cross", suffix="_home").filter(
        overlap(pl.col("interest_mask"), pl.col("category_mask")) > 0
    )
    minute = clock.local_minute(pairs["start"], pairs["city_home"])
    awake = pairs.filter(
        minute >= WAKING_FROM_MINUTE,
        minute + pairs["duration_minutes"] <= WAKING_TO_MINUTE,
    )
    return _eligible(awake, stage)


def _by_event(
    candidates: pl.DataFrame,
) -> Iterable[tuple[int, list[Candidate]]]:
    """Hand out the candidates event by event, in the order of the frame."""
    for (event,), group in candidates.select(Candidate._fields).group_by(
        "event_key", maintain_order=True
    ):
        yield event, [Candidate(*row) for row in group.iter_rows()]


def _offer(
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
            taken += _sell(hall, candidate, "top", agendas, sales)
    for candidate in sorted(candidates[asked:], key=lambda c: c.rest_order):
        if taken >= seats:
            break
        if candidate.rest_draw < candidate.chance * REST_FACTOR:
            taken += _sell(hall, candidate, "rest", agendas, sales)
    return sales


def _sell(
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


def _seat_demo(
    halls: dict[int, Hall],
    agendas: Agendas,
    at_home: pl.DataFrame,
    online: pl.DataFrame,
    stage: Stage,
) -> list[Sale]:
    """Give the demo user a full calendar, the coming fortnight first."""
    now = int(stage.as_of.timestamp()) * 1000
    sales: list[Sale] = []
    for candidates, most in ((at_home, DEMO_LOCAL), (online, DEMO_ONLINE)):
        mine = candidates.filter("is_demo")
        rows = [Candidate(*row) for row in mine.select(Candidate._fields).iter_rows()]
        soon_first = sorted(
            rows,
            key=lambda c: (
                not 0 <= halls[c.event_key].start - now <= FORTNIGHT_MS,
                c.rest_order,
            ),
        )
        taken = 0
        for candidate in soon_first:
            hall = halls[candidate.event_key]
            if taken < most and agendas.is_free(candidate.person_key, hall):
                taken += _sell(hall, candidate, "demo", agendas, sales)
    return sales


def _seat_online(
    halls: dict[int, Hall], agendas: Agendas, online: pl.DataFrame, stage: Stage
) -> list[Sale]:
    """Seat members at online events: under 15 % of the seats, two a person in all."""
    low, high = ONLINE_SHARE
    share = low + (high - low) * draws.uniform(
        stage.seed, "online", stage.events["event_key"]
    )
    reserved = dict(
        zip(
            stage.events["event_key"].to_list(),
            (stage.events["seats"].to_numpy() * share).astype(int).tolist(),
            strict=True,
        )
    )
    target = dict(stage.events.select("event_key", "target").iter_rows())
    visits: dict[int, int] = {}
    sales: list[Sale] = []
    for event, rows in _by_event(online):
        hall = halls[event]
        free = [
            c
            for c in rows
            if visits.get(c.person_key, 0) < ONLINE_PER_PERSON
            and agendas.is_free(c.person_key, hall)
        ]
        by_demo = target[event] - hall.open_seats
        quota = min(reserved[event] - by_demo, hall.open_seats)
        new = _offer(hall, free, quota, agendas)
        for sale in new:
            visits[sale.buyer_key] = visits.get(sale.buyer_key, 0) + sale.succeeded
        sales += new
    return sales


def _seat_travellers(
    halls: dict[int, Hall], agendas: Agendas, sales: list[Sale], stage: Stage
) -> list[Sale]:
    """Seat people from near cities at what is worth a trip."""
    pairs = _travellers(stage)
    city_of = dict(stage.events.select("event_key", "city").iter_rows())
    locals_in: dict[str, int] = {}
    for sale in sales:
        if sale.succeeded and halls[sale.event_key].on_site:
            city = city_of[sale.event_key]
            locals_in[city] = locals_in.get(city, 0) + 1
    budget = {city: n // LOCALS_PER_TRAVELLER for city, n in locals_in.items()}
    trips: list[Sale] = []
    for event, rows in _by_event(pairs):
        hall = halls[event]
        city = city_of[event]
        for candidate in rows:
            if (
                hall.open_seats > 0
                and budget.get(city, 0) > 0
                and candidate.top_draw < candidate.chance
                and agendas.can_travel(candidate.person_key, hall)
            ):
                budget[city] -= _sell(hall, candidate, "traveller", agendas, trips)
    return trips


def _travellers(stage: Stage) -> pl.DataFrame:
    """One row per (destination event, person elsewhere who would travel for it)."""
    reachable = distances_km().filter(
        (pl.col("km") <= TRAVEL_KM) | pl.col("same_country"),
        pl.col("city") != pl.col("other_city"),
    )
    strong = overlap(pl.col("strong_mask"), pl.col("category_mask"))
    offered = pl.col("category_mask").bitwise_count_ones()
    pairs = (
        stage.events.filter(
            pl.col("location_type") != "ONLINE",
            pl.col("event_type").is_in(DESTINATIONS),
            ~pl.col("is_member_only"),
        )
        .join(reachable, on="city", validate="m:m")
        .join(
            stage.people.filter(~pl.col("is_demo")),
            left_on="other_city",
            right_on="city",
            validate="m:m",
        )
        .filter(strong >= pl.min_horizontal(pl.lit(STRONG_CATEGORIES), offered))
    )
    return _eligible(pairs, stage).with_columns(
        chance=pl.col("chance") * (-pl.col("km") / NEAR_KM).exp()
    )


def _frame(sales: list[Sale]) -> pl.DataFrame:
    return pl.DataFrame(sales, schema=ORDERS, orient="row")


def _with_companions(
    bought: pl.DataFrame, halls: dict[int, Hall], stage: Stage
) -> pl.DataFrame:
    """Let some members bring a guest, but none of an event's five latest orders.

    The app names an event's five latest RSVPs; they are to be people with a profile.
    """
    times = order_times(bought, stage)
    rank = (
        pl.col("ordered")
        .rank("ordinal", descending=True)
        .over("event_key", "succeeded")
    )
    wish = draws.uniform(
        stage.seed, "companion", bought["event_key"], bought["buyer_key"]
    )
    bringing = bought.with_columns(
        brings=times.select(
            (rank > LATEST)
            & pl.col("succeeded")
            & (pl.lit(pl.Series(wish)) < SECOND_TICKET)
        ).to_series()
    )
    granted = [
        brings and _take_second(halls[event], tier)
        for event, tier, brings in bringing.select(
            "event_key", "tier_key", "brings"
        ).iter_rows()
    ]
    key = draws.words(
        stage.seed, "companion/key", bought["event_key"], bought["buyer_key"]
    )
    return bought.with_columns(
        companion_key=pl.when(pl.Series(granted)).then(pl.lit(pl.Series(key))),
        quantity=1 + pl.Series(granted).cast(pl.Int64),
    ).select(ORDERS.names())


def _take_second(hall: Hall, tier_key: int) -> bool:
    tier = hall.tier_keys.index(tier_key)
    if hall.left[tier] <= 0 or hall.open_seats <= 0:
        return False
    hall.left[tier] -= 1
    hall.open_seats -= 1
    return True


def _guests(halls: dict[int, Hall], stage: Stage) -> pl.DataFrame:
    """Fill what is still open with guests, who buy as MEDIUM spenders do."""
    sales: list[Sale] = []
    for hall in halls.values():
        number = 0
        while hall.open_seats > 0:
            number = _seat_guests(hall, number, stage.seed, sales)
    return _frame(sales)


def _seat_guests(hall: Hall, number: int, seed: int, sales: list[Sale]) -> int:
    """Let as many guests order as seats are open; give the next guest's number."""
    numbers = np.arange(number, number + hall.open_seats, dtype=np.uint64)
    keys = draws.words(seed, "guest", hall.event_key, numbers)
    order_draws = draws.uniform(seed, "guest/order", keys)
    pair_draws = draws.uniform(seed, "guest/pair", keys)
    companions = draws.words(seed, "companion/key", hall.event_key, keys)
    for key, order_draw, pair_draw, companion in zip(
        keys.tolist(),
        order_draws.tolist(),
        pair_draws.tolist(),
        companions.tolist(),
        strict=True,
    ):
        if hall.open_seats <= 0:
            break
        tier = tier_bought(SpendingPower.MEDIUM, hall.prices_cents, hall.left, 0.0)
        if tier is None:
            hall.open_seats = 0
            break
        succeeded = order_draw < order_success(
            hall.prices_cents[tier], SpendingPower.MEDIUM
        )
        two = pair_draw < SECOND_TICKET and min(hall.open_seats, hall.left[tier]) > 1
        quantity = 1 + (two and succeeded)
        sales.append(
            Sale(
                event_key=hall.event_key,
                buyer_key=key,
                person_key=None,
                companion_key=companion if quantity > 1 else None,
                tier_key=hall.tier_keys[tier],
                price_cents=hall.prices_cents[tier],
                quantity=quantity,
                succeeded=succeeded,
                seat="guest",
            )
        )
        if succeeded:
            hall.left[tier] -= quantity
            hall.open_seats -= quantity
    return number + len(numbers)


def order_times(orders: pl.DataFrame, stage: Stage) -> pl.DataFrame:
    """Say when each order was placed: the nearer the event, the likelier.

    Args:
        orders: one row per order, ORDERS.
        stage: the events and people.

    Returns:
        The same rows, in the same order, with earliest (when the buyer could first
        have seen the event) and ordered.
    """
    now = int(stage.as_of.timestamp()) * 1000
    since = stage.members.select("community_key", "person_key", "member_since")
    facts = (
        orders.join(
            stage.events.select(
                "event_key", "community_key", "start", "published", "is_member_only"
            ),
            on="event_key",
            how="left",
            validate="m:1",
            maintain_order="left",
        )
        .join(
            stage.people.select("person_key", "joined"),
            on="person_key",
            how="left",
            validate="m:1",
            maintain_order="left",
        )
        .join(
            since,
            on=["community_key", "person_key"],
            how="left",
            validate="m:1",
            maintain_order="left",
        )
        .with_columns(
            earliest=pl.max_horizontal(
                "published", "joined", pl.when("is_member_only").then("member_since")
            ),
            latest=pl.min_horizontal(
                pl.col("start").to_physical() - LAST_ORDER_MS,
                pl.lit(now - HOUR_MS // 2),
            ),
        )
    )
    earliest = facts["earliest"].to_physical().to_numpy() + HOUR_MS // 2
    latest = facts["latest"].to_numpy()
    span = latest - earliest
    draw = draws.uniform(
        stage.seed, "ordered", orders["event_key"], orders["buyer_key"]
    )
    # an exponential lead before the last moment, cut off at the first
    whole = -np.expm1(-span / TIME_SCALE_MS)
    lead = -TIME_SCALE_MS * np.log1p(-draw * whole)
    ordered = pl.Series("ordered", np.floor(latest - lead).astype(np.int64))
    return orders.with_columns(
        facts["earliest"], ordered.cast(pl.Datetime("ms", "UTC"))
    )
