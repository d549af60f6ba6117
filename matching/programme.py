"""What attendance is decided from, and who could come to what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl

from matching import clock, draws
from matching.geography import distances_km
from matching.interest import MINIMUM_RSVP_SCORE, overlap, rsvp_score
from matching.tickets import price_deterrent
from matching.timeline import HOUR_MS, WAKING_FROM_MINUTE, WAKING_TO_MINUTE

LAST_ORDER_MS: Final = HOUR_MS  # orders end an hour before the start
DECIDING_MS: Final = 2 * HOUR_MS  # between first seeing an event and the last order
DESTINATIONS: Final = frozenset(
    {"conference", "festival", "hackathon", "exhibition", "tournament"}
)
TRAVEL_KM: Final = 1_000.0  # farther only within the country
NEAR_KM: Final = 1_000.0  # the chance of a trip falls by e with each
STRONG_CATEGORIES: Final = 2


@dataclass(frozen=True)
class Programme:
    """What attendance is decided from.

    events: one row per event: EVENTS with start, end, published, host_key, capacity,
        target, is_member_only.
    people: PEOPLE with joined. tiers: TIERS. members: community_key, person_key and
        member_since.
    """

    events: pl.DataFrame
    people: pl.DataFrame
    tiers: pl.DataFrame
    members: pl.DataFrame
    as_of: datetime
    seed: int


def at_home(programme: Programme) -> pl.DataFrame:
    """One row per (on-site event, person of its city who may come)."""
    on_site = programme.events.filter(pl.col("location_type") != "ONLINE")
    return _eligible(
        on_site.join(programme.people, on="city", validate="m:m"), programme
    )


def online(programme: Programme) -> pl.DataFrame:
    """One row per (online event, person anywhere who shares a category, awake)."""
    events = programme.events.filter(pl.col("location_type") == "ONLINE")
    pairs = events.join(programme.people, how="cross", suffix="_home").filter(
        overlap(pl.col("interest_mask"), pl.col("category_mask")) > 0
    )
    minute = clock.local_minute(pairs["start"], pairs["city_home"])
    awake = pairs.filter(
        minute >= WAKING_FROM_MINUTE,
        minute + pairs["duration_minutes"] <= WAKING_TO_MINUTE,
    )
    return _eligible(awake, programme)


def travellers(programme: Programme) -> pl.DataFrame:
    """One row per (destination event, person elsewhere who would travel for it)."""
    reachable = distances_km().filter(
        (pl.col("km") <= TRAVEL_KM) | pl.col("same_country"),
        pl.col("city") != pl.col("other_city"),
    )
    strong = overlap(pl.col("strong_mask"), pl.col("category_mask"))
    offered = pl.col("category_mask").bitwise_count_ones()
    pairs = (
        programme.events.filter(
            pl.col("location_type") != "ONLINE",
            pl.col("event_type").is_in(DESTINATIONS),
            ~pl.col("is_member_only"),
        )
        .join(reachable, on="city", validate="m:m")
        .join(
            programme.people.filter(~pl.col("is_demo")),
            left_on="other_city",
            right_on="city",
            validate="m:m",
        )
        .filter(strong >= pl.min_horizontal(pl.lit(STRONG_CATEGORIES), offered))
    )
    return _eligible(pairs, programme).with_columns(
        chance=pl.col("chance") * (-pl.col("km") / NEAR_KM).exp()
    )


def _eligible(pairs: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    """Keep the (event, person) rows that can come, with chance and draws.

    Who hosts is there anyway; who joined too late could not have ordered in time;
    a member-only event is for members of its community.
    """
    now_ms = int(programme.as_of.timestamp()) * 1000
    since = programme.members.select("community_key", "person_key", "member_since")
    latest = pl.min_horizontal(
        pl.col("start").to_physical() - LAST_ORDER_MS, pl.lit(now_ms)
    )
    cheapest = programme.tiers.group_by("event_key").agg(
        cheapest_cents=pl.col("price_cents").min()
    )
    pairs = (
        pairs.filter(pl.col("host_key") != pl.col("person_key"))
        .join(since, on=["community_key", "person_key"], how="left", validate="m:1")
        .filter(~pl.col("is_member_only") | pl.col("member_since").is_not_null())
        .with_columns(
            earliest=pl.max_horizontal(
                "published",
                "joined",
                pl.when("is_member_only").then("member_since"),
            )
        )
        .filter(pl.col("earliest").to_physical() + DECIDING_MS <= latest)
        .with_columns(score=rsvp_score())
        .filter(pl.col("score") >= MINIMUM_RSVP_SCORE)
        .join(cheapest, on="event_key", validate="m:1")
        .with_columns(
            chance=pl.col("score").clip(0, 1)
            * price_deterrent(pl.col("cheapest_cents"))
        )
    )
    pair = (pairs["event_key"], pairs["person_key"])
    return pairs.with_columns(
        pl.Series(name, draws.uniform(programme.seed, f"attend/{name}", *pair))
        for name in (
            "tie",
            "top_draw",
            "rest_draw",
            "rest_order",
            "tier_draw",
            "order_draw",
        )
    ).sort("start", "event_key", "score", "tie", descending=[False, False, True, False])
