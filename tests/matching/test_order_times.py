"""When an order is placed."""

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from literals import NOW, days, event, person, programme

from matching.order_times import order_times
from matching.seating import ORDERS
from matching.timeline import DAY_MS


def _orders(buyers: list[tuple[int, int | None]], event_key: int = 1) -> pl.DataFrame:
    rows = [
        (event_key, buyer, one, None, 1, 0, 1, True, "top") for buyer, one in buyers
    ]
    return pl.DataFrame(rows, schema=ORDERS, orient="row")


@settings(max_examples=50)
@given(st.floats(-40, 60), st.floats(14, 45), st.floats(0, 60), st.integers(0, 2**32))
def test_orders_lie_between_first_sight_and_last_moment(
    start: float, lead: float, joined: float, seed: int
) -> None:
    """After publication and joining; an hour before the start, and before now."""
    published = min(days(start - lead), days(-0.25))
    latest = min(days(start) - timedelta(hours=1), NOW - timedelta(minutes=30))
    joined_at = min(days(-joined), latest - timedelta(hours=1, minutes=30))
    row = event(1, start=days(start), published=published)
    plan = programme([row], [person(1, joined=joined_at)], seed=seed)
    found = order_times(_orders([(1, 1), (77, None)]), plan)
    assert found["buyer_key"].to_list() == [1, 77]
    mine, guest = found["ordered"]
    millisecond = timedelta(milliseconds=1)  # floats are floored
    assert max(published, joined_at) <= mine <= latest + millisecond
    assert published <= guest <= latest + millisecond
    assert found["earliest"][1] == published.replace(
        microsecond=published.microsecond // 1000 * 1000
    )


def test_who_must_belong_orders_after_joining_the_community() -> None:
    """A member-only event is not to be had before."""
    plan = programme(
        [event(1, is_member_only=True)], [person(1)], member_rows=[(1, 1, days(-2))]
    )
    assert order_times(_orders([(1, 1)]), plan)["ordered"][0] > days(-2)


@pytest.mark.parametrize("start", [-1, 30])
def test_the_nearer_the_event_the_likelier(start: float) -> None:
    """Leads before the last moment are exponential, with a mean of three weeks."""
    plan = programme([event(1, start=days(start), published=days(-700))], [])
    found = order_times(_orders([(i, None) for i in range(4_000)]), plan)
    last = min(days(start), NOW)
    ahead = (pl.lit(last) - pl.col("ordered")).dt.total_milliseconds()
    lead = found.select(ahead / DAY_MS).to_series().to_numpy()
    assert lead.mean() == pytest.approx(21, rel=0.06)
