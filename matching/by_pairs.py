"""The plan of attendance for small worlds: every person and every event, one by one."""

from collections.abc import Iterable
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matching import draws
from matching.guests import invite_guests, with_companions
from matching.programme import Programme, at_home, online, travellers
from matching.seating import (
    Agendas,
    Candidate,
    Hall,
    Sale,
    offer,
    open_halls,
    order_frame,
    sell,
)
from matching.timeline import DAY_MS

ONLINE_SHARE: Final = (0.02, 0.12)  # of an online event's seats, for members
ONLINE_PER_PERSON: Final = 2
LOCALS_PER_TRAVELLER: Final = 9  # so that travellers are at most a tenth
DEMO_LOCAL: Final = 11  # events that the demo user goes to at home, at most
DEMO_ONLINE: Final = 6
DEMO_RSVPS: Final = 13  # more only within the coming fortnight
FORTNIGHT_MS: Final = 14 * DAY_MS


def attend_by_pairs(programme: Programme) -> pl.DataFrame:
    """Let everybody decide on every event, in the order of time.

    Returns:
        One row per order, ORDERS; those that succeeded hold seats.
    """
    halls = open_halls(programme)
    agendas = Agendas()
    for event, host in programme.events.select("event_key", "host_key").iter_rows():
        agendas.take(host, halls[event])
    neighbours, viewers = at_home(programme), online(programme)
    sales = seat_demo(halls, agendas, neighbours, viewers, programme)
    for event, rows in _by_event(neighbours.filter(~pl.col("is_demo"))):
        hall = halls[event]
        free = [c for c in rows if agendas.is_free(c.person_key, hall)]
        sales += offer(hall, free, hall.open_seats, agendas)
    sales += _seat_online(halls, agendas, viewers.filter(~pl.col("is_demo")), programme)
    sales += _seat_travellers(halls, agendas, sales, programme)
    bought = order_frame(sales)
    return pl.concat(
        [with_companions(bought, halls, programme), invite_guests(halls, programme)]
    )


def _by_event(
    candidates: pl.DataFrame,
) -> Iterable[tuple[int, list[Candidate]]]:
    """Hand out the candidates event by event, in the order of the frame."""
    for (event,), group in candidates.select(Candidate._fields).group_by(
        "event_key", maintain_order=True
    ):
        yield event, _candidates(group)


def _candidates(rows: pl.DataFrame) -> list[Candidate]:
    return [Candidate(*row) for row in rows.select(Candidate._fields).iter_rows()]


def seat_demo(
    halls: dict[int, Hall],
    agendas: Agendas,
    neighbours: pl.DataFrame,
    viewers: pl.DataFrame,
    programme: Programme,
) -> list[Sale]:
    """Give the demo user a full calendar, the coming fortnight first."""
    now = int(programme.as_of.timestamp()) * 1000
    rows = _candidates(
        pl.concat([neighbours, viewers], how="diagonal").filter("is_demo")
    )
    is_soon = {
        row.event_key: 0 <= halls[row.event_key].start - now <= FORTNIGHT_MS
        for row in rows
    }
    most = {True: DEMO_LOCAL, False: DEMO_ONLINE}  # by whether it is on site
    sales: list[Sale] = []
    for row in sorted(rows, key=lambda c: (not is_soon[c.event_key], c.rest_order)):
        hall = halls[row.event_key]
        has_enough = len(sales) >= DEMO_RSVPS and not is_soon[row.event_key]
        if has_enough or most[hall.on_site] == 0:
            continue
        if agendas.is_free(row.person_key, hall):
            most[hall.on_site] -= sell(hall, row, "demo", agendas, sales)
    return sales


def reserved_online(events: pl.DataFrame, seed: int) -> NDArray[np.int64]:
    """Say how many seats of each event are members', if it is an online event."""
    low, high = ONLINE_SHARE
    share = low + (high - low) * draws.uniform(seed, "online", events["event_key"])
    return (events["seats"].to_numpy() * share).astype(np.int64)


def _seat_online(
    halls: dict[int, Hall],
    agendas: Agendas,
    viewers: pl.DataFrame,
    programme: Programme,
) -> list[Sale]:
    """Seat members at online events: under 15 % of the seats, two a person in all."""
    reserved = dict(
        zip(
            programme.events["event_key"].to_list(),
            reserved_online(programme.events, programme.seed).tolist(),
            strict=True,
        )
    )
    target = dict(programme.events.select("event_key", "target").iter_rows())
    visits: dict[int, int] = {}
    sales: list[Sale] = []
    for event, rows in _by_event(viewers):
        hall = halls[event]
        free = [
            c
            for c in rows
            if visits.get(c.person_key, 0) < ONLINE_PER_PERSON
            and agendas.is_free(c.person_key, hall)
        ]
        by_demo = target[event] - hall.open_seats
        quota = min(reserved[event] - by_demo, hall.open_seats)
        new = offer(hall, free, quota, agendas)
        for sale in new:
            visits[sale.buyer_key] = visits.get(sale.buyer_key, 0) + sale.succeeded
        sales += new
    return sales


def _seat_travellers(
    halls: dict[int, Hall], agendas: Agendas, sales: list[Sale], programme: Programme
) -> list[Sale]:
    """Seat people from near cities at what is worth a trip."""
    pairs = travellers(programme)
    city_of = dict(programme.events.select("event_key", "city").iter_rows())
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
                budget[city] -= sell(hall, candidate, "traveller", agendas, trips)
    return trips
