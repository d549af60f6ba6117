"""Who comes to which event: the most interested first, nobody in two places at once.

Seats are offered in four rounds: to the demo user, to people of the city, to people
anywhere (online events), to travellers. What is still open is filled by guests, who
have no account. An order that fails takes no seat: it is offered again.

Small worlds ask every person about every event (`by_pairs`), large ones draw from
classes of people with one score (`classes`): the rule is the same.
"""

from datetime import datetime
from typing import Final

import polars as pl

from matching import draws
from matching.by_pairs import attend_by_pairs
from matching.classes.plan import attend_by_classes
from matching.order_times import SALES_DAYS
from matching.programme import Programme
from matching.timeline import DAY_MS

TARGET_SHARE: Final = (0.5, 0.9)  # of an event's capacity, drawn per event; mean 0.7
LEAST_PROGRESS: Final = 0.03
MOST_PAIRS: Final = 2_000_000  # of a person and an event: a few seconds, 1 GiB


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
    draw = draws.uniform(seed, "target", events["event_key"])
    # half of the way to smoothstep: evenly drawn, too few halls would be half empty
    share = low + (high - low) * (draw + draw**2 * (3 - 2 * draw)) / 2
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


def attend(programme: Programme) -> pl.DataFrame:
    """Decide who tries to come, with which ticket, and who gets a seat.

    Returns:
        One row per order, ORDERS; those that succeeded hold seats.
    """
    if _pairs(programme) > MOST_PAIRS:
        return attend_by_classes(programme)
    return attend_by_pairs(programme)


def _pairs(programme: Programme) -> int:
    """Count the pairs of a person and an event that they could go to."""
    is_online = pl.col("location_type") == "ONLINE"
    people = programme.people.group_by("city").len("people")
    on_site = (
        programme.events.filter(~is_online)
        .group_by("city")
        .len("events")
        .join(people, on="city", validate="1:1")
        .select((pl.col("people").cast(pl.Int64) * pl.col("events")).sum())
    )
    screens = programme.events.select(is_online.sum()).item()
    return on_site.item() + screens * programme.people.height
