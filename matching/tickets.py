"""Which ticket somebody buys, and whether the order goes through."""

from collections.abc import Sequence
from typing import Final

import polars as pl

from matching.vocabulary import SpendingPower

DEAREST_CHANCE: Final = 0.70  # of HIGH spenders; the others take the next below
DEAR_CENTS: Final = 10_000  # over $100.00 an evening is an expense to think about
MIDDLING_CENTS: Final = 5_000  # from $50.00 a cart is left behind more often
# How likely somebody comes where even the cheapest ticket is over $100.00.
COMES_WHERE_DEAR: Final = {
    SpendingPower.LOW: 0.15,
    SpendingPower.MEDIUM: 0.4,
    SpendingPower.HIGH: 1.0,
}
PAID_SUCCESS: Final = 0.85
SUCCESS_BY_SPENDING: Final = {
    SpendingPower.LOW: -0.10,
    SpendingPower.MEDIUM: 0.0,
    SpendingPower.HIGH: 0.10,
}
MIDDLING_PENALTY: Final = -0.05
DEAR_PENALTY: Final = -0.15


def price_deterrent(cheapest_cents: pl.Expr) -> pl.Expr:
    """Give the factor on a person's chance to come, by the cheapest ticket's price."""
    factor = pl.col("spending_power").replace_strict(
        {power.value: chance for power, chance in COMES_WHERE_DEAR.items()},
        return_dtype=pl.Float64,
    )
    return pl.when(cheapest_cents > DEAR_CENTS).then(factor).otherwise(1.0)


def tier_wanted(spending_power: str, tiers: int, draw: float) -> int:
    """Give the index of the wanted tier among an event's tiers, cheapest first."""
    if spending_power == SpendingPower.HIGH:
        return tiers - 1 if draw < DEAREST_CHANCE else max(tiers - 2, 0)
    if spending_power == SpendingPower.MEDIUM:
        return (tiers - 1) // 2
    return 0


def tier_bought(
    spending_power: str,
    prices_cents: Sequence[int],
    left: Sequence[int],
    draw: float,
) -> int | None:
    """Give the index of the tier that somebody buys, or None: nothing for them is left.

    Args:
        spending_power: LOW, MEDIUM or HIGH.
        prices_cents: the event's tiers, cheapest first.
        left: tickets left in each.
        draw: uniform, decides for HIGH between the two dearest.
    """
    wanted = tier_wanted(spending_power, len(prices_cents), draw)
    return tier_left(wanted, spending_power, prices_cents, left)


def tier_left(
    wanted: int, spending_power: str, prices_cents: Sequence[int], left: Sequence[int]
) -> int | None:
    """Give the index of the tier that somebody buys who wants one, or None.

    Where it is sold out it is the nearest cheaper one, then the nearest dearer; a LOW
    spender never goes over $100.00 for want of a cheaper ticket.
    """
    cheaper = range(wanted, -1, -1)
    dearer = range(wanted + 1, len(prices_cents))
    for index in (*cheaper, *dearer):
        if left[index] <= 0:
            continue
        too_dear = index > wanted and prices_cents[index] > DEAR_CENTS
        if too_dear and spending_power == SpendingPower.LOW:
            return None
        return index
    return None


def order_success(price_cents: int, spending_power: str) -> float:
    """Give the chance that an order for a ticket of this price goes through."""
    if price_cents == 0:
        return 1.0
    chance = PAID_SUCCESS + SUCCESS_BY_SPENDING[SpendingPower(spending_power)]
    if price_cents > DEAR_CENTS:
        return chance + DEAR_PENALTY
    if price_cents >= MIDDLING_CENTS:
        return chance + MIDDLING_PENALTY
    return chance
