"""Which ticket somebody buys, and whether the order goes through."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.tickets import (
    DEAR_CENTS,
    order_success,
    price_deterrent,
    tier_bought,
    tier_wanted,
)
from matching.vocabulary import SpendingPower

powers = st.sampled_from([power.value for power in SpendingPower])
prices = st.lists(st.integers(0, 40_000), min_size=1, max_size=5).map(sorted)


@st.composite
def _sales(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """Tiers by price, and the tickets left in each."""
    tiers = draw(prices)
    left = draw(st.lists(st.integers(0, 2), min_size=len(tiers), max_size=len(tiers)))
    return tiers, left


@pytest.mark.parametrize(
    ("power", "tiers", "draw", "wanted"),
    [
        ("HIGH", 4, 0.0, 3),
        ("HIGH", 4, 0.69, 3),
        ("HIGH", 4, 0.70, 2),  # three in ten take the next below
        ("HIGH", 1, 0.99, 0),
        ("MEDIUM", 1, 0.0, 0),
        ("MEDIUM", 2, 0.0, 0),
        ("MEDIUM", 3, 0.0, 1),
        ("MEDIUM", 4, 0.0, 1),
        ("MEDIUM", 5, 0.0, 2),
        ("LOW", 5, 0.0, 0),
    ],
)
def test_tier_wanted(power: str, tiers: int, draw: float, wanted: int) -> None:
    """HIGH want the dearest or the next, MEDIUM the middle, LOW the cheapest."""
    assert tier_wanted(power, tiers, draw) == wanted


@pytest.mark.parametrize(
    ("power", "left", "bought"),
    [
        ("HIGH", [1, 1, 1, 1], 3),
        ("HIGH", [1, 1, 1, 0], 2),
        ("HIGH", [1, 0, 0, 0], 0),
        ("MEDIUM", [1, 0, 1, 1], 0),  # the nearest cheaper
        ("MEDIUM", [0, 0, 1, 1], 2),  # then the nearest dearer
        ("LOW", [0, 0, 1, 1], 2),
        ("LOW", [0, 0, 0, 1], None),  # over $100.00, and a cheaper tier exists
        ("MEDIUM", [0, 0, 0, 1], 3),
        ("HIGH", [0, 0, 0, 0], None),
    ],
)
def test_what_is_bought_when_tiers_sell_out(
    power: str, left: list[int], bought: int | None
) -> None:
    """The nearest cheaper one, then the nearest dearer."""
    assert tier_bought(power, [0, 3_000, 10_000, 10_001], left, 0.0) == bought


@given(_sales(), powers, st.floats(0, 1, exclude_max=True))
def test_only_what_is_left_is_sold(
    sale: tuple[list[int], list[int]], power: str, draw: float
) -> None:
    """Nobody buys a ticket that is gone; HIGH and MEDIUM find whatever is left."""
    tiers, left = sale
    bought = tier_bought(power, tiers, left, draw)
    if bought is not None:
        assert left[bought] > 0
    elif power != "LOW":
        assert not any(left)


@given(_sales(), st.floats(0, 1, exclude_max=True))
def test_low_spenders_never_pay_dearly_for_want_of_a_cheaper_ticket(
    sale: tuple[list[int], list[int]], draw: float
) -> None:
    """LOW hold a ticket over $100.00 only where even the cheapest costs that."""
    tiers, left = sale
    bought = tier_bought("LOW", tiers, left, draw)
    if bought is not None and tiers[bought] > DEAR_CENTS:
        assert tiers[0] > DEAR_CENTS


@given(_sales(), st.floats(0, 1, exclude_max=True))
def test_the_nearest_tier_is_taken(
    sale: tuple[list[int], list[int]], draw: float
) -> None:
    """Between the wanted tier and the bought one nothing is left."""
    tiers, left = sale
    wanted = tier_wanted("HIGH", len(tiers), draw)
    bought = tier_bought("HIGH", tiers, left, draw)
    if bought is not None and bought <= wanted:
        assert not any(left[bought + 1 : wanted + 1])
    elif bought is not None:
        assert not any(left[:bought])


@pytest.mark.parametrize(
    ("price_cents", "low", "medium", "high"),
    [
        (0, 1.0, 1.0, 1.0),
        (100, 0.75, 0.85, 0.95),
        (4_999, 0.75, 0.85, 0.95),
        (5_000, 0.70, 0.80, 0.90),
        (10_000, 0.70, 0.80, 0.90),
        (10_001, 0.60, 0.70, 0.80),
        (50_000, 0.60, 0.70, 0.80),
    ],
)
def test_order_success(
    price_cents: int, low: float, medium: float, high: float
) -> None:
    """Free always; paid 85 %, by spending power and by price."""
    found = [order_success(price_cents, power) for power in ("LOW", "MEDIUM", "HIGH")]
    assert found == pytest.approx([low, medium, high])


def test_who_comes_where_even_the_cheapest_is_dear() -> None:
    """Over $100.00 LOW come with 0.15 of their chance, MEDIUM with 0.4."""
    powers = ["LOW", "MEDIUM", "HIGH"]
    rows = pl.DataFrame(
        {
            "spending_power": powers + powers,
            "cheapest": [10_000] * 3 + [10_001] * 3,
        }
    )
    found = rows.select(price_deterrent(pl.col("cheapest"))).to_series().to_list()
    assert found == [1.0, 1.0, 1.0, 0.15, 0.4, 1.0]
