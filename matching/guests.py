"""Those without an account: whom members bring, and who fills the open seats."""

from typing import Final

import numpy as np
import polars as pl

from matching import draws
from matching.order_times import order_times
from matching.programme import Programme
from matching.seating import ORDERS, Hall, Sale, order_frame
from matching.tickets import order_success, tier_bought
from matching.vocabulary import SpendingPower

SECOND_TICKET: Final = 0.08  # of orders are for two
LATEST: Final = 5  # the app names an event's latest five


def with_companions(
    bought: pl.DataFrame, halls: dict[int, Hall], programme: Programme
) -> pl.DataFrame:
    """Let some members bring a guest, but none of an event's five latest orders.

    The app names an event's five latest RSVPs; they are to be people with a profile.
    """
    times = order_times(bought, programme)
    rank = (
        pl.col("ordered")
        .rank("ordinal", descending=True)
        .over("event_key", "succeeded")
    )
    wish = draws.uniform(
        programme.seed, "companion", bought["event_key"], bought["buyer_key"]
    )
    bringing = bought.with_columns(
        brings=times.select(
            (rank > LATEST)
            & pl.col("succeeded")
            & (pl.lit(pl.Series(wish)) < SECOND_TICKET)
        ).to_series()
    )
    granted = pl.Series(
        [
            brings and _take_second(halls[event], tier)
            for event, tier, brings in bringing.select(
                "event_key", "tier_key", "brings"
            ).iter_rows()
        ],
        dtype=pl.Boolean,
    )
    key = draws.words(
        programme.seed, "companion/key", bought["event_key"], bought["buyer_key"]
    )
    return bought.with_columns(
        companion_key=pl.when(granted).then(pl.lit(pl.Series(key))),
        quantity=1 + granted.cast(pl.Int64),
    ).select(ORDERS.names())


def _take_second(hall: Hall, tier_key: int) -> bool:
    tier = hall.tier_keys.index(tier_key)
    if hall.left[tier] <= 0 or hall.open_seats <= 0:
        return False
    hall.left[tier] -= 1
    hall.open_seats -= 1
    return True


def invite_guests(halls: dict[int, Hall], programme: Programme) -> pl.DataFrame:
    """Fill what is still open with guests, who buy as MEDIUM spenders do."""
    sales: list[Sale] = []
    for hall in halls.values():
        number = 0
        while hall.open_seats > 0:
            number = _seat_guests(hall, number, programme.seed, sales)
    return order_frame(sales)


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
