"""The rounds of a large world: the demo user, home, online, travellers, guests."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from matching import clock, draws
from matching.by_pairs import (
    LOCALS_PER_TRAVELLER,
    ONLINE_PER_PERSON,
    reserved_online,
    seat_demo,
)
from matching.classes.arrays import Flags, Ints
from matching.classes.pools import Pool
from matching.classes.queues import Draw, Group, Lines
from matching.classes.selling import PASSED, SEATED, Sold, Terms
from matching.classes.spans import Spans
from matching.classes.world import World, serve
from matching.geography import distances_km
from matching.guests import invite_guests, with_companions
from matching.programme import (
    DECIDING_MS,
    DESTINATIONS,
    NEAR_KM,
    STRONG_CATEGORIES,
    TRAVEL_KM,
    Programme,
    at_home,
    online,
)
from matching.seating import (
    TOP_SHARE,
    TRAVEL_GAP_MS,
    Agendas,
    Hall,
    open_halls,
    order_frame,
)
from matching.timeline import WAKING_FROM_MINUTE, WAKING_TO_MINUTE


def attend_by_classes(programme: Programme) -> pl.DataFrame:
    """Let each event draw people from classes of one score.

    Returns:
        One row per order, ORDERS; those that succeeded hold seats.
    """
    world = World.of(programme)
    _seat_demo(world)
    line = _in_line(world)
    _seat_at_home(world, line)
    _seat_online(world, line)
    _seat_travellers(world, line)
    return _with_guests(world)


def _in_line(world: World) -> Ints:
    """Give everybody but the demo user by city, in each by draw."""
    people = world.people
    draw = draws.words(world.programme.seed, "attend/line", people.keys)
    order = np.lexsort((draw, people.city))
    return order[~people.is_demo[order]]


def _seat_demo(world: World) -> None:
    """Seat the demo user as in a small world."""
    programme = world.programme
    alone = replace(programme, people=programme.people.filter("is_demo"))
    neighbours, viewers = at_home(alone), online(alone)
    wished = pl.concat([neighbours.select("event_key"), viewers.select("event_key")])
    alone = replace(
        alone,
        events=programme.events.join(wished, on="event_key", how="semi"),
        tiers=programme.tiers.join(wished, on="event_key", how="semi"),
    )
    halls, agendas = open_halls(alone), Agendas()
    hosting = programme.events.join(
        alone.people, left_on="host_key", right_on="person_key", how="semi"
    )
    for host, *hosted in hosting.select(
        "host_key", "event_key", pl.col("start", "end").to_physical()
    ).iter_rows():
        agendas.take(host, Hall(*hosted, on_site=True))
    sales = seat_demo(halls, agendas, neighbours, viewers, alone)
    orders = order_frame(sales)
    event = world.events.frame["event_key"].to_list()
    row = np.array([event.index(sale.event_key) for sale in sales], dtype=np.int64)
    tier = (
        world.events.tier_keys[row] == orders["tier_key"].to_numpy()[:, None]
    ).argmax(axis=1)
    world.take(world.people.index(orders["person_key"].to_numpy()), row, tier)
    world.orders.append(orders)


def _seat_at_home(world: World, line: Ints) -> None:
    """Offer the seats of what is on site to people of the city."""
    events, people = world.events, world.people
    number = {city: code for code, city in enumerate(people.cities)}
    bounds = np.searchsorted(people.city[line], np.arange(len(number) + 1))
    pools = {
        city: _pool(world, line[bounds[code] : bounds[code + 1]])
        for city, code in number.items()
    }
    clubs = _clubs(world, line)
    is_open = ~events.frame["is_member_only"].to_numpy()
    groups = [
        Group(pools[city], mask, rows)
        for city, mask, rows in _grouped(
            world, world.on_site & is_open, "city", "category_mask"
        )
        if city in pools
    ]
    for club, city, mask, rows in _grouped(
        world, world.on_site & ~is_open, "community_key", "city", "category_mask"
    ):
        if club in clubs and city in number:
            near = people.city[clubs[club].people] == number[city]
            groups.append(Group(_only(clubs[club], near), mask, rows))
    seats = np.where(world.on_site, events.open_seats, 0)
    lines, sold = serve(_draw(world, world.busy()), groups, _terms(seats))
    world.record(lines, sold, ("top", "rest"))


def _seat_online(world: World, line: Ints) -> None:
    """Seat members at online events: under 15 % of the seats, two a person in all."""
    programme, events = world.programme, world.events
    clubs = _clubs(world, line)
    everybody = _pool(world, line)
    is_open = ~events.frame["is_member_only"].to_numpy()
    groups = [
        Group(everybody, mask, rows, shares=True)
        for mask, rows in _grouped(world, ~world.on_site & is_open, "category_mask")
    ]
    groups += [
        Group(clubs[club], mask, rows, shares=True)
        for club, mask, rows in _grouped(
            world, ~world.on_site & ~is_open, "community_key", "category_mask"
        )
        if club in clubs
    ]
    by_demo = events.frame["target"].to_numpy() - events.open_seats
    quota = np.minimum(
        reserved_online(events.frame, programme.seed) - by_demo, events.open_seats
    )
    seats = np.where(world.on_site, 0, np.maximum(quota, 0))
    draw = replace(_draw(world, world.busy()), awake=_awake(world))
    terms = replace(_terms(seats), each=ONLINE_PER_PERSON)
    lines, sold = serve(draw, groups, terms)
    world.record(lines, sold, ("top", "rest"))


def _seat_travellers(world: World, line: Ints) -> None:
    """Seat people from near cities at what is worth a trip, while seats are open."""
    events = world.events
    cities = events.frame["city"].unique().sort()
    city = events.frame["city"].cast(pl.Enum(cities)).to_physical().to_numpy()
    held = world.event[len(events.keys) :]  # the hosts stand before those with seats
    locals_in = np.bincount(city[held[world.on_site[held]]], minlength=len(cities))
    budget = (locals_in // LOCALS_PER_TRAVELLER)[city]
    worth = (
        world.on_site
        & ~events.frame["is_member_only"].to_numpy()
        & events.frame["event_type"].is_in(DESTINATIONS).to_numpy()
    )
    seats = np.where(worth, np.minimum(events.open_seats, budget), 0)
    groups = [
        Group(_reachable(world, line, there, mask), mask, rows)
        for there, mask, rows in _grouped(world, seats > 0, "city", "category_mask")
    ]
    draw = _draw(world, world.busy(TRAVEL_GAP_MS))
    # all by interest: who would travel is asked in that order
    terms = Terms(top=seats, seats=seats, gap=TRAVEL_GAP_MS)
    lines, sold = serve(draw, groups, terms)
    world.record(lines, _within(budget, city, lines, sold), ("traveller", "traveller"))


def _within(budget: Ints, city: Ints, lines: Lines, sold: Sold) -> Sold:
    """Take back what was sold after a city's travellers had all come, in its order."""
    order = np.argsort(city[lines.event], kind="stable")
    seated = (sold.outcome[order] == SEATED).astype(np.int64)
    of_city = city[lines.event[order]]
    first = np.searchsorted(of_city, of_city)
    before = np.cumsum(seated) - seated
    spent = before - before[first]
    outcome = sold.outcome.copy()
    outcome[order[spent >= budget[lines.event[order]]]] = PASSED
    return replace(sold, outcome=outcome)


def _with_guests(world: World) -> pl.DataFrame:
    """Let members bring guests, and guests come, where seats are still open."""
    events, programme = world.events, world.programme
    rows = np.flatnonzero(events.open_seats > 0)
    halls = {
        hall.event_key: hall
        for hall in (
            Hall(
                event_key=int(events.keys[row]),
                start=int(events.start[row]),
                end=int(events.end[row]),
                on_site=bool(world.on_site[row]),
                open_seats=int(events.open_seats[row]),
                tier_keys=events.tier_keys[row, : events.tiers[row]].tolist(),
                prices_cents=events.prices[row, : events.tiers[row]].tolist(),
                left=events.left[row, : events.tiers[row]].tolist(),
            )
            for row in rows.tolist()
        )
    }
    bought = pl.concat(world.orders)
    is_open = bought["event_key"].is_in(pl.Series(events.keys[rows]).implode())
    return pl.concat(
        [
            bought.filter(~is_open),
            with_companions(bought.filter(is_open), halls, programme),
            invite_guests(halls, programme),
        ]
    )


def _terms(seats: Ints) -> Terms:
    """Give 40 % of the seats by interest."""
    return Terms(top=np.ceil(TOP_SHARE * seats).astype(np.int64), seats=seats)


def _draw(world: World, busy: Spans) -> Draw:
    return Draw(world.people, world.events, busy, world.programme.seed)


def _pool(world: World, people: Ints) -> Pool:
    return Pool(people, world.people.ready[people])


def _only(pool: Pool, which: Flags) -> Pool:
    return Pool(pool.people[which], pool.ready[which])


def _grouped(world: World, chosen: Flags, *by: str) -> Iterator[tuple[Any, ...]]:
    """Give each group of the chosen events: the values of `by`, and the rows."""
    groups = (
        world.events.frame.select(*by, row=pl.int_range(pl.len()))
        .filter(pl.Series(chosen))
        .group_by(by, maintain_order=True)
        .agg("row")
    )
    for *values, rows in groups.iter_rows():
        yield *values, np.array(rows, dtype=np.int64)


def _clubs(world: World, line: Ints) -> dict[int, Pool]:
    """Give the members of each community that has events for members only."""
    people = world.people
    closed = world.events.frame.filter("is_member_only").select("community_key")
    members = world.programme.members.join(closed, on="community_key", how="semi").join(
        world.programme.people, on="person_key", how="semi"
    )
    place = np.full(len(people.keys), -1)
    place[line] = np.arange(len(line))
    members = members.with_columns(
        place=place[people.index(members["person_key"].to_numpy())]
    ).filter(pl.col("place") >= 0)
    pools: dict[int, Pool] = {}
    for (club,), rows in members.sort("community_key", "place").group_by(
        "community_key", maintain_order=True
    ):
        who = line[rows["place"].to_numpy()]
        since = rows["member_since"].to_physical().to_numpy() + DECIDING_MS
        pools[club] = Pool(who, np.maximum(people.ready[who], since))
    return pools


def _awake(world: World) -> Flags:
    """Say of each event, if it is online, in which cities people could watch it."""
    people, frame = world.people, world.events.frame
    pairs = (
        frame.select("start", "duration_minutes", row=pl.int_range(pl.len()))
        .filter(pl.Series(~world.on_site))
        .join(pl.DataFrame({"city": people.cities}), how="cross")
    )
    minute = clock.local_minute(pairs["start"], pairs["city"])
    awake = (minute >= WAKING_FROM_MINUTE) & (
        minute + pairs["duration_minutes"] <= WAKING_TO_MINUTE
    )
    flags = np.zeros((frame.height, len(people.cities)), dtype=np.bool_)
    flags[~world.on_site] = awake.to_numpy().reshape(-1, len(people.cities))
    return flags


def _reachable(world: World, line: Ints, city: str, mask: int) -> Pool:
    """Give the people elsewhere who would travel for these categories, by draw."""
    people = world.people
    near = distances_km().filter(
        pl.col("city") == city,
        (pl.col("km") <= TRAVEL_KM) | pl.col("same_country"),
        pl.col("other_city") != city,
    )
    km = np.full(len(people.cities), np.inf)
    for other, distance in near.select("other_city", "km").iter_rows():
        if other in people.cities:
            km[people.cities.index(other)] = distance
    strong = np.bitwise_count(people.strong[line] & np.uint64(mask))
    comes = (strong >= min(STRONG_CATEGORIES, mask.bit_count())) & np.isfinite(
        km[people.city[line]]
    )
    pool = _pool(world, line[comes])
    return replace(pool, factor=np.exp(-km[people.city[pool.people]] / NEAR_KM))
