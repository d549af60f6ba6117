"""Seats while they are offered."""

import math

from hypothesis import given
from hypothesis import strategies as st

from matching.seating import (
    ORDERS,
    Agendas,
    Candidate,
    Hall,
    Sale,
    offer,
    order_frame,
    sell,
)
from matching.timeline import HOUR_MS

spans = st.tuples(st.integers(0, 100), st.integers(1, 20)).map(
    lambda s: (s[0], s[0] + s[1])
)


def _hall(
    start: int = 0, end: int = 2, *, on_site: bool = True, **changes: object
) -> Hall:
    hall = Hall(
        1, start * HOUR_MS, end * HOUR_MS, on_site, 10, [5, 6], [0, 9_000], [10, 10]
    )
    for name, value in changes.items():
        setattr(hall, name, value)
    return hall


def _candidate(person: int, chance: float = 1.0, **changes: float | str) -> Candidate:
    return Candidate(1, person, "MEDIUM", chance, 0.5, 0.5, 0.5, 0.5, 0.5)._replace(
        **changes
    )


@given(spans, spans)
def test_nobody_is_in_two_places_at_once(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    """Two events that share an hour exclude one another; touching ones do not."""
    agendas = Agendas()
    agendas.take(7, _hall(*one))
    together = bool(set(range(*one)) & set(range(*other)))
    assert agendas.is_free(7, _hall(*other)) != together
    assert agendas.is_free(8, _hall(*other))


@given(spans, spans, st.booleans())
def test_a_trip_needs_fourteen_hours(
    one: tuple[int, int],
    other: tuple[int, int],
    on_site: bool,  # noqa: FBT001  drawn
) -> None:
    """To any other event on site; an online one may follow at once."""
    agendas = Agendas()
    agendas.take(7, _hall(*one, on_site=on_site))
    gap = max(other[0] - one[1], one[0] - other[1])
    assert agendas.can_travel(7, _hall(*other)) == (gap >= (14 if on_site else 0))


def test_the_top_forty_percent_are_the_most_interested() -> None:
    """In order, each by their chance; the rest at 0.7 of it, in random order."""
    likely = [_candidate(i, top_draw=0.0, rest_draw=0.0) for i in range(20)]
    shuffled = [c._replace(rest_order=(c.person_key * 7 % 20) / 20) for c in likely]
    sales = offer(_hall(), shuffled, 10, Agendas())
    assert [s.buyer_key for s in sales if s.seat == "top"] == [0, 1, 2, 3]
    rest = [s.buyer_key for s in sales if s.seat == "rest"]
    assert rest == sorted(range(4, 20), key=lambda i: i * 7 % 20)[:6]


def test_each_is_asked_once() -> None:
    """Who declines one of the first seats does not get one of the others."""
    declines = [_candidate(1, chance=0.4, rest_draw=0.0)]  # 0.5 is not below 0.4
    assert offer(_hall(), declines, 10, Agendas()) == []


def test_the_rest_come_with_seven_tenths_of_their_chance() -> None:
    """0.5 comes at a chance of 0.72, not of 0.71."""
    first = [_candidate(i, top_draw=0.0) for i in range(4)]
    sales = offer(
        _hall(), [*first, _candidate(8, 0.71), _candidate(9, 0.72)], 10, Agendas()
    )
    assert [s.buyer_key for s in sales if s.seat == "rest"] == [9]


def test_a_failed_order_takes_no_seat() -> None:
    """Its seat is offered again, and the buyer is free for others."""
    agendas, sales = Agendas(), list[Sale]()
    hall = _hall(prices_cents=[9_000, 12_000])
    assert sell(hall, _candidate(1, order_draw=0.99), "top", agendas, sales) == 0
    assert (hall.open_seats, hall.left) == (10, [10, 10])
    assert agendas.is_free(1, hall)
    assert not sales[0].succeeded
    assert sell(hall, _candidate(2), "top", agendas, sales) == 1
    assert (hall.open_seats, hall.left) == (9, [9, 10])
    assert not agendas.is_free(2, hall)


def test_alex_never_fails_to_pay() -> None:
    """The demo user's orders go through."""
    sales = list[Sale]()
    hall = _hall(prices_cents=[9_000, 12_000])
    assert sell(hall, _candidate(1, order_draw=0.99), "demo", Agendas(), sales) == 1


def test_nothing_is_sold_when_nothing_is_left() -> None:
    """No order is made up for a sold-out event."""
    sales = list[Sale]()
    assert sell(_hall(left=[0, 0]), _candidate(1), "top", Agendas(), sales) == 0
    assert sales == []


@given(
    st.lists(st.tuples(*[st.floats(0, 1, exclude_max=True)] * 5), max_size=30),
    st.integers(-2, 12),
    st.integers(0, 6),
)
def test_an_offer_never_gives_more_than_there_is(
    drawn: list[tuple[float, float, float, float, float]], seats: int, tickets: int
) -> None:
    """Neither seats nor tickets, and at most the top share by interest."""
    hall = _hall(left=[tickets, tickets], prices_cents=[2_000, 9_000])
    candidates = [
        _candidate(i, a, top_draw=b, rest_draw=c, rest_order=d, order_draw=e)
        for i, (a, b, c, d, e) in enumerate(drawn)
    ]
    sales = offer(hall, candidates, seats, Agendas())
    held = [sale for sale in sales if sale.succeeded]
    assert len(held) <= max(seats, 0)
    assert len(held) == 2 * tickets - sum(hall.left)
    assert min(hall.left) >= 0
    top = [sale for sale in held if sale.seat == "top"]
    assert len(top) <= max(math.ceil(0.4 * seats), 0)
    assert len({sale.buyer_key for sale in sales}) == len(sales)


def test_orders_are_framed_as_their_schema_says() -> None:
    """No order at all is a frame without rows."""
    assert order_frame([]).schema == ORDERS
    sales = list[Sale]()
    sell(_hall(), _candidate(1), "top", Agendas(), sales)
    assert order_frame(sales).row(0) == (1, 1, 1, None, 5, 0, 1, True, "top")
