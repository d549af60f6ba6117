"""From processed records to the frames that matching reads."""

from dataclasses import dataclass
from typing import Final

import polars as pl

from matching import schemas
from matching.demo import demo_person, home_of_demo
from matching.draws import key_of
from matching.interest import category_mask
from matching.owners import Circle, choose_owners
from matching.vocabulary import Weekday
from matching.world import Cast
from tasks.errors import SeedError
from tasks.process.frames import ProcessedFrames

STRONG_LEVEL: Final = 5  # an interest over this is strong
_WEEKDAY: Final = {day.value: number for number, day in enumerate(Weekday)}


@dataclass(frozen=True)
class Script:
    """The cast, and the prose that goes with it, joined by the same keys.

    cast: what matching reads. interests: one row per (person, category).
    communities, events: the processed rows with their key. home: the demo user's city.
    left_out: names of communities that nobody in their city could own.
    """

    cast: Cast
    interests: pl.DataFrame
    communities: pl.DataFrame
    events: pl.DataFrame
    demo_key: int
    home: str
    left_out: tuple[str, ...]


def read_script(frames: ProcessedFrames, seed: int) -> Script:
    """Key the processed records, leave out what nobody could own, add the demo user.

    Args:
        frames: the processed records.
        seed: the world's seed.

    Raises:
        SeedError: a city is left without a community.
    """
    people = _read_people(frames.people)
    communities = frames.communities.with_columns(
        _keys(frames.communities, "community", "city", "name"),
        _masks(frames.communities["categories"]).alias("category_mask"),
    )
    unowned = _unowned(communities, people, seed)
    communities = communities.join(
        unowned, on="community_key", how="anti", maintain_order="left"
    )
    events = _key_events(frames.events, communities)
    interests = _interests(people)
    home = home_of_demo(events)
    demo_key = key_of("demo")
    demo, demo_interests = demo_person(communities, home, demo_key)
    cast = Cast(
        people=pl.concat([people.select(schemas.PEOPLE.names()), demo]).sort(
            "person_key"
        ),
        communities=schemas.check(communities, schemas.COMMUNITIES, "communities").sort(
            "community_key"
        ),
        events=events.select(*schemas.EVENTS.names(), "capacity").sort("event_key"),
        tiers=_tiers(events),
        venues=schemas.check(frames.venues, schemas.VENUES, "venues"),
        promos=_promos(events),
        reviews=_reviews(events),
    )
    return Script(
        cast=cast,
        interests=pl.concat([interests, demo_interests]),
        communities=communities,
        events=events,
        demo_key=demo_key,
        home=home,
        left_out=tuple(unowned["name"].sort()),
    )


def _unowned(
    communities: pl.DataFrame, people: pl.DataFrame, seed: int
) -> pl.DataFrame:
    """Find the communities that nobody in their city could own: key, name, city.

    It happens in small worlds alone: where few people were asked for, no one may share
    a category with a community. Alex Demo, who comes later, only ever takes some over.
    """
    circle = Circle(
        people.select(schemas.PEOPLE.names()),
        communities,
        schemas.EVENTS.to_frame(),
        schemas.FRIENDSHIPS.to_frame(),
    )
    owners = choose_owners(circle, seed).filter(pl.col("owner_key").is_null())
    unowned = communities.join(owners, on="community_key", how="semi")
    lost = sorted(
        set(unowned["city"])
        - set(communities.join(unowned, on="name", how="anti")["city"])
    )
    if lost:
        raise SeedError(
            f"nobody in {', '.join(lost)} shares a category with any community there; "
            "ask for more people, or go on without with --skip-city " + " ".join(lost)
        )
    return unowned.select("community_key", "name", "city")


def _keys(frame: pl.DataFrame, kind: str, *columns: str) -> pl.Series:
    rows = frame.select(columns).iter_rows()
    keys = pl.Series(f"{kind}_key", [key_of(kind, *row) for row in rows], pl.UInt64)
    if keys.n_unique() != len(keys):
        raise ValueError(f"two rows of {kind} share a natural key {columns!r}")
    return keys


def _masks(categories: pl.Series) -> pl.Series:
    return pl.Series([category_mask(row) for row in categories], dtype=pl.UInt64)


def _read_people(people: pl.DataFrame) -> pl.DataFrame:
    interests = people["interests"].to_list()
    return people.with_columns(
        _keys(people, "person", "city", "first_name", "last_name"),
        pl.Series(
            "interest_mask",
            [category_mask(i["category"] for i in row) for row in interests],
            pl.UInt64,
        ),
        pl.Series(
            "strong_mask",
            [
                category_mask(i["category"] for i in row if i["level"] > STRONG_LEVEL)
                for row in interests
            ],
            pl.UInt64,
        ),
        is_demo=pl.lit(value=False),
        circles=pl.Series(
            [
                [f"{city}/{label}" for label in labels]
                for city, labels in people.select("city", "circles").iter_rows()
            ],
            dtype=pl.List(pl.String),
        ),
    )


def _interests(people: pl.DataFrame) -> pl.DataFrame:
    return (
        people.select("person_key", "interests")
        .explode("interests", empty_as_null=False)
        .unnest("interests")
        .select(schemas.INTERESTS.names())
    )


def _key_events(events: pl.DataFrame, communities: pl.DataFrame) -> pl.DataFrame:
    """One row per event, with its keys, its community's categories and its seats."""
    events = events.join(
        communities.select("city", community="name"),
        on=["city", "community"],
        how="semi",
        maintain_order="left",
    )
    keyed = events.with_columns(
        _keys(events, "event", "city", "series_title", "occurrence"),
        pl.Series(
            "series_key",
            [
                key_of("series", *row)
                for row in events.select("city", "series_title").iter_rows()
            ],
            pl.UInt64,
        ),
        weekdays=pl.Series(
            [[_WEEKDAY[day] for day in days] for days in events["weekdays"]],
            dtype=pl.List(pl.Int64),
        ),
        start_minute=pl.col("start_time").str.head(2).cast(pl.Int64) * 60
        + pl.col("start_time").str.tail(2).cast(pl.Int64),
        seats=pl.min_horizontal(
            "capacity",
            pl.col("ticket_tiers")
            .list.eval(pl.element().struct.field("capacity"))
            .list.sum(),
        ),
    )
    return keyed.join(
        communities.select(
            "city",
            "community_key",
            "category_mask",
            "membership_style",
            community="name",
        ),
        on=["city", "community"],
        validate="m:1",
    ).sort("event_key")


def _tiers(events: pl.DataFrame) -> pl.DataFrame:
    rows = (
        events.select("event_key", "ticket_tiers")
        .explode("ticket_tiers", empty_as_null=False)
        .unnest("ticket_tiers")
        .sort("event_key", "price_cents", "name")
        .with_columns(position=pl.int_range(pl.len()).over("event_key"))
    )
    keys = [
        key_of("tier", event, position)
        for event, position in rows.select("event_key", "position").iter_rows()
    ]
    return rows.with_columns(
        tier_key=pl.Series(keys, dtype=pl.UInt64), quantity="capacity"
    )


def _promos(events: pl.DataFrame) -> pl.DataFrame:
    """One row per code of an event that sells anything."""
    rows = (
        events.select(
            "event_key", "promo_codes", tiers=pl.col("ticket_tiers").list.len()
        )
        .explode("promo_codes", empty_as_null=False)
        .unnest("promo_codes")
    )
    keys = [key_of("promo", event) for event in rows["event_key"]]
    return rows.with_columns(
        promo_key=pl.Series(keys, dtype=pl.UInt64), tiers=pl.col("tiers").cast(pl.Int64)
    )


def _reviews(events: pl.DataFrame) -> pl.DataFrame:
    return (
        events.select("event_key", "reviews")
        .explode("reviews", empty_as_null=False)
        .unnest("reviews")
        .with_columns(
            place=1 + pl.int_range(pl.len()).over("event_key"),
        )
        .select("event_key", "place", "rating", "comment")
    )
