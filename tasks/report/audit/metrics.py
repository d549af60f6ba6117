"""Figures of coherence: of a world's frames, so that its foils have the same ones.

Each is a pure function of one world. The bands stand in contract.toml.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import polars as pl

from tasks.report.audit import graph, texts
from tasks.report.audit.frames import WorldFrames
from tasks.report.audit.results import MetricTable

DEAR_CENTS: Final = 10_000  # over $100, as the design's ticket rules say
CENTS: Final = 100  # in a dollar
TOP_RECOMMENDED: Final = 10  # what the app's first screen shows
TOP_TRENDING: Final = 5  # what a city's page shows
# the app's formula: weights of interest, popularity, freshness; where they saturate
INTEREST, POPULARITY, FRESHNESS = 0.45, 0.30, 0.25
TOP_LEVEL: Final = 10  # of an interest
POPULARITY_CAP: Final = 10_001
FRESH_DAYS: Final = 30


@dataclass(frozen=True)
class Measured:
    """A value, and the figures behind it where there are some."""

    value: float | None
    table: MetricTable | None = None


@dataclass(frozen=True)
class Metric:
    """One figure: how it is called, what it means, and how it is measured."""

    name: str
    group: str
    meaning: str
    measure: Callable[[WorldFrames], Measured]


def _attendance(world: WorldFrames) -> Measured:
    past = world.events.filter(
        (pl.col("ends") <= world.as_of) & (pl.col("capacity") > 0)
    )
    return Measured(_number(past.select((pl.col("sold") / pl.col("capacity")).mean())))


def _prices_by_spending(world: WorldFrames) -> Measured:
    tickets = _tickets(world)
    cents = pl.col("price_cents")
    rows = (
        tickets.group_by("spending")
        .agg(
            tickets=pl.len(),
            mean_usd=(cents.mean() / CENTS).round(2),
            free_share=(cents == 0).mean().round(3),
            dear_share=(cents > DEAR_CENTS).mean().round(3),
        )
        .sort("mean_usd")
    )
    means = dict(rows.select("spending", "mean_usd").iter_rows())
    return Measured(_ratio(means.get("HIGH"), means.get("LOW")), _table(rows))


def _rsvps_by_style(world: WorldFrames) -> Measured:
    taken = world.seats.drop_nulls("person").group_by("person").agg(rsvps=pl.len())
    rows = (
        world.people.join(taken, on="person", how="left", validate="1:1")
        .group_by("style")
        .agg(people=pl.len(), rsvps_a_person=pl.col("rsvps").fill_null(0).mean())
        .sort("rsvps_a_person")
    )
    means = dict(rows.select("style", "rsvps_a_person").iter_rows())
    return Measured(_ratio(means.get("ACTIVE"), means.get("CASUAL")), _table(rows))


def _overlap(world: WorldFrames) -> Measured:
    """Shared categories of RSVPs, against those of all pairs of the same two sides.

    The pairs of every seat's person with every seat's event are what shuffling gives
    on average, without the noise of one shuffle.
    """
    seats = world.seats.drop_nulls("person").select("person", "event")
    shared = seats.join(world.interests, on="person").join(
        world.topics, on=["event", "category"], validate="m:1"
    )
    holders = seats.join(world.interests, on="person").group_by("category").len("held")
    shown = seats.join(world.topics, on="event").group_by("category").len("shown")
    chance = holders.join(shown, on="category", validate="1:1").select(
        (pl.col("held").cast(pl.Float64) * pl.col("shown")).sum()
    )
    found = _number(chance)
    if not found or seats.is_empty():
        return Measured(None)
    return Measured(shared.height / (found / seats.height))


def _dear_seats_of_seniors(world: WorldFrames) -> Measured:
    tickets = _tickets(world)
    senior = pl.col("level").is_in(["SENIOR", "EXECUTIVE"])
    rows = (
        tickets.with_columns(
            ticket=pl.when(pl.col("price_cents") > DEAR_CENTS)
            .then(pl.lit("over $100"))
            .when(pl.col("price_cents") == 0)
            .then(pl.lit("free"))
            .otherwise(pl.lit("between"))
        )
        .group_by("ticket")
        .agg(tickets=pl.len(), senior_share=senior.mean())
        .sort("ticket")
    )
    shares = dict(rows.select("ticket", "senior_share").iter_rows())
    return Measured(_ratio(shares.get("over $100"), shares.get("free")), _table(rows))


def _recommended_interest(world: WorldFrames) -> Measured:
    return Measured(_number(_recommended(world).select(pl.col("strength").mean())))


def _recommended_nearby(world: WorldFrames) -> Measured:
    top = _recommended(world)
    return Measured(_number(top.select((pl.col("city") == pl.col("home")).mean())))


def _trending_hosts(world: WorldFrames) -> Measured:
    homes = world.people.select(host="person", home="city")
    top = _trending(world).join(homes, on="host", how="left", validate="m:1")
    return Measured(_number(top.select((pl.col("city") == pl.col("home")).mean())))


def _trending_held(world: WorldFrames) -> Measured:
    """Of a trending event's categories, those that somebody of the city holds."""
    held = (
        world.interests.join(world.people, on="person", validate="m:1")
        .select("city", "category", held=True)
        .unique()
    )
    top = (
        _trending(world)
        .join(world.topics, on="event")
        .join(held, on=["city", "category"], how="left", validate="m:1")
    )
    return Measured(_number(top.select(pl.col("held").fill_null(value=False).mean())))


def _distinct(world: WorldFrames) -> Measured:
    rows = texts.distinct_pairs(world)
    return Measured(_number(rows.select(pl.col("distinct_2").mean())), _table(rows))


def _recommended(world: WorldFrames) -> pl.DataFrame:
    """Each person's best events by the app's own formula.

    Returns:
        One row per person and recommended event: person, event, strength (shared
        interest, of 1), city (the event's), home (the person's).
    """
    held = world.interests.group_by("person").agg(interests=pl.len())
    days = (pl.lit(world.as_of) - pl.col("published")).dt.total_seconds() / 86_400
    talked_of = (1 + 2 * pl.col("rsvp_count") + pl.col("view_count")).log()
    popularity = talked_of / pl.lit(float(POPULARITY_CAP)).log()
    events = world.events.filter(pl.col("starts") > world.as_of).select(
        "event",
        "city",
        standing=POPULARITY * popularity
        + FRESHNESS * (1 - days / FRESH_DAYS).clip(lower_bound=0),
    )
    return (
        world.interests.join(world.topics, on="category")
        .group_by("person", "event")
        .agg(levels=pl.col("interest_level").sum())
        .join(events, on="event", validate="m:1")
        .join(held, on="person", validate="m:1")
        .join(world.people.select("person", home="city"), on="person", validate="m:1")
        .with_columns(strength=pl.col("levels") / (TOP_LEVEL * pl.col("interests")))
        .with_columns(score=INTEREST * pl.col("strength") + pl.col("standing"))
        .sort("score", "event", descending=[True, False])
        .group_by("person", maintain_order=True)
        .head(TOP_RECOMMENDED)
        .select("person", "event", "strength", "city", "home")
    )


def _trending(world: WorldFrames) -> pl.DataFrame:
    """Each city's most viewed events: one row per event, as in `events`."""
    return (
        world.events.sort("view_count", "event", descending=[True, False])
        .group_by("city", maintain_order=True)
        .head(TOP_TRENDING)
    )


def _tickets(world: WorldFrames) -> pl.DataFrame:
    """One row per member's ticket: price_cents, spending, level."""
    return (
        world.seats.drop_nulls(["person", "price_cents"])
        .join(world.people, on="person", validate="m:1")
        .select("price_cents", "spending", "level")
    )


def _table(rows: pl.DataFrame) -> MetricTable:
    return MetricTable(columns=tuple(rows.columns), rows=tuple(rows.iter_rows()))


def _number(frame: pl.DataFrame) -> float | None:
    value = frame.item()
    return None if value is None else float(value)


def _ratio(above: float | None, below: float | None) -> float | None:
    return above / below if above is not None and below else None


def _of_graph(
    figure: Callable[[graph.Friends], float | None],
) -> Callable[[WorldFrames], Measured]:
    return lambda world: Measured(figure(graph.draw_friends(world)))


METRICS: Final = (
    Metric(
        "attendance-share",
        "capacity",
        "Seats that past events sold, as a share of capacity, on average.",
        _attendance,
    ),
    Metric(
        "price-by-spending",
        "money",
        "What a HIGH spender's ticket costs, as a multiple of a LOW spender's.",
        _prices_by_spending,
    ),
    Metric(
        "dear-seats-of-seniors",
        "money",
        "SENIOR and EXECUTIVE people's share of tickets over $100, as a multiple of "
        "their share of free ones.",
        _dear_seats_of_seniors,
    ),
    Metric(
        "rsvps-by-style",
        "attendance",
        "RSVPs of an ACTIVE person, as a multiple of a CASUAL one's.",
        _rsvps_by_style,
    ),
    Metric(
        "overlap-of-rsvps",
        "attendance",
        "Categories that an RSVP's person and event share, as a multiple of those "
        "that shuffled ones do.",
        _overlap,
    ),
    Metric(
        "friends-mean", "social", "Friends a person, on average.", _of_graph(graph.mean)
    ),
    Metric(
        "friends-most",
        "social",
        "Friends of the best-connected person.",
        _of_graph(graph.most),
    ),
    Metric(
        "friendless",
        "social",
        "Share of people without a friend.",
        _of_graph(graph.friendless),
    ),
    Metric(
        "friends-gini",
        "social",
        "How unevenly friends are spread: 0 all alike, 1 one person has all.",
        _of_graph(graph.gini),
    ),
    Metric(
        "friends-of-one-city",
        "social",
        "Share of friendships within one city.",
        _of_graph(graph.one_city),
    ),
    Metric(
        "friends-of-friends",
        "social",
        "Share of a person's friends who are friends, on average (clustering).",
        _of_graph(graph.clustering),
    ),
    Metric(
        "friends-in-one-world",
        "social",
        "Share of people whom a chain of friends connects (largest component).",
        _of_graph(graph.largest_component),
    ),
    Metric(
        "friends-modularity",
        "social",
        "How far friendships keep to groups (modularity of the best division).",
        _of_graph(graph.modularity),
    ),
    Metric(
        "friends-assortativity",
        "social",
        "Whether the well-connected befriend each other (degree assortativity).",
        _of_graph(graph.assortativity),
    ),
    Metric(
        "friends-go-together",
        "social",
        "Events that two friends both attend, as a multiple of any two people's.",
        _of_graph(graph.co_attendance),
    ),
    Metric(
        "friends-go-together-in-town",
        "social",
        "The same among people of one city.",
        _of_graph(graph.co_attendance_in_town),
    ),
    Metric(
        "recommended-interest",
        "recommendations",
        "Strength of shared interest (of 1) in each person's ten events that the "
        "app's formula ranks first.",
        _recommended_interest,
    ),
    Metric(
        "recommended-nearby",
        "recommendations",
        "Share of these events in the person's own city; the formula has no city.",
        _recommended_nearby,
    ),
    Metric(
        "trending-local-hosts",
        "recommendations",
        "Share of each city's five most viewed events that a local hosts.",
        _trending_hosts,
    ),
    Metric(
        "trending-held-categories",
        "recommendations",
        "Share of these events' categories that people of the city hold.",
        _trending_held,
    ),
    Metric(
        "repeated-titles",
        "text",
        "Share of series titles and community names that another one has too.",
        lambda world: Measured(texts.repeated_names(world)),
    ),
    Metric(
        "near-repeated-titles",
        "text",
        "Share of these that differ from another one in numbers and places alone.",
        lambda world: Measured(texts.near_repeated_names(world)),
    ),
    Metric(
        "near-repeated-descriptions",
        "text",
        "Share of descriptions and bios that repeat half of another one.",
        lambda world: Measured(texts.near_repeated_prose(world)),
    ),
    Metric(
        "template-share",
        "text",
        "Share of descriptions and bios that open with the same four words as "
        "another one.",
        lambda world: Measured(texts.template_share(world)),
    ),
    Metric(
        "distinct-word-pairs",
        "text",
        "Distinct pairs of words among all in a city's texts (distinct-2), on average.",
        _distinct,
    ),
)
