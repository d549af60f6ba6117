"""When an order is placed: the nearer the event, the likelier."""

from typing import Final

import numpy as np
import polars as pl

from matching import draws
from matching.programme import LAST_ORDER_MS, Programme
from matching.timeline import DAY_MS, HOUR_MS

SALES_DAYS: Final = 21.0  # d days ahead, exp(-d / 21) of the seats have gone
TIME_SCALE_MS: Final = SALES_DAYS * DAY_MS


def order_times(orders: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    """Say when each order was placed: the nearer the event, the likelier.

    Args:
        orders: one row per order, ORDERS.
        programme: the events and people.

    Returns:
        The same rows, in the same order, with earliest (when the buyer could first
        have seen the event) and ordered.
    """
    now = int(programme.as_of.timestamp()) * 1000
    since = programme.members.select("community_key", "person_key", "member_since")
    facts = (
        orders.join(
            programme.events.select(
                "event_key", "community_key", "start", "published", "is_member_only"
            ),
            on="event_key",
            how="left",
            validate="m:1",
            maintain_order="left",
        )
        .join(
            programme.people.select("person_key", "joined"),
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
        programme.seed, "ordered", orders["event_key"], orders["buyer_key"]
    )
    # an exponential lead before the last moment, cut off at the first
    whole = -np.expm1(-span / TIME_SCALE_MS)
    lead = -TIME_SCALE_MS * np.log1p(-draw * whole)
    ordered = pl.Series("ordered", np.floor(latest - lead).astype(np.int64))
    return orders.with_columns(
        facts["earliest"], ordered.cast(pl.Datetime("ms", "UTC"))
    )
