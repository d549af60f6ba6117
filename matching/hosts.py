"""Who hosts an event: a local member who shares one of its categories."""

from typing import Final

import polars as pl

from matching import draws
from matching.interest import overlap
from matching.owners import DEMO_HOSTS_FROM, DEMO_HOSTS_TO, Circle

OWNER_HOSTS: Final = 0.5  # share of series that the owner hosts in person


def choose_hosts(world: Circle, memberships: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Give each series a host: a local member who shares one of its categories.

    Returns:
        One row per event: event_key, host_key. All dates of a series share the host.
    """
    candidates = _candidate_hosts(world, memberships, seed)
    by_demo = _series_of_demo(candidates)
    others = candidates.filter(
        ~(pl.col("is_demo") & ~pl.col("is_only")),
        ~pl.col("series_key").is_in(by_demo),
    ).unique("series_key", keep="first", maintain_order=True)
    demo = candidates.filter("is_demo", pl.col("series_key").is_in(by_demo))
    hosts = pl.concat([others, demo]).select("series_key", host_key="person_key")
    return (
        world.events.select("event_key", "series_key")
        .join(hosts, on="series_key", how="left", validate="m:1")
        .select("event_key", "host_key")
    )


def _candidate_hosts(
    world: Circle, memberships: pl.DataFrame, seed: int
) -> pl.DataFrame:
    """One row per (series, member who could host it), the likeliest first."""
    pairs = (
        world.events.group_by("series_key", "community_key", "city", "category_mask")
        .agg(
            dates=pl.len(),
            free_dates=(pl.col("months").list.len() == 0).first().cast(pl.Int64),
        )
        .join(memberships, on="community_key", validate="m:m")
        .join(world.people, on=["person_key", "city"], validate="m:1")
        .filter(overlap(pl.col("interest_mask"), pl.col("category_mask")) > 0)
        .sort("series_key", "person_key")
    )
    at_door = draws.uniform(seed, "host/owner", pairs["series_key"])
    return pairs.with_columns(
        draw=draws.uniform(seed, "host", pairs["series_key"], pairs["person_key"]),
        first=(pl.col("role") == "ADMIN") & (pl.lit(pl.Series(at_door)) < OWNER_HOSTS),
        is_only=pl.len().over("series_key") == 1,
    ).sort("series_key", "first", "draw", descending=[False, True, False])


def _series_of_demo(candidates: pl.DataFrame) -> list[int]:
    """Choose the series that the demo user hosts, those of own communities first."""
    rows = (
        candidates.filter("is_demo")
        .sort(
            pl.col("role") == "ADMIN",
            "free_dates",
            "series_key",
            descending=[True, True, False],
        )
        .select("series_key", "dates")
    )
    chosen: list[int] = []
    hosted = 0
    for series, dates in rows.iter_rows():
        if hosted < DEMO_HOSTS_FROM and hosted + dates <= DEMO_HOSTS_TO:
            chosen.append(series)
            hosted += dates
    own = candidates.filter("is_demo", pl.col("role") == "ADMIN")["series_key"]
    spare = DEMO_HOSTS_TO - hosted
    for series, dates in rows.filter(
        pl.col("series_key").is_in(own.implode())
    ).iter_rows():
        if series not in chosen and dates <= spare:
            chosen.append(series)
            spare -= dates
    return chosen
