"""Place events in cities: by slug join, then up to the number a city page needs."""

from typing import Final

import polars as pl

from matching.draws import key_of, uniform
from matching.vocabulary import LOCATION_BY_SLUG
from tasks.errors import InputError
from tasks.process.frames import EVENTS

MONTHS_A_YEAR: Final = 12
# What a repeat's title says; a series short of names is counted on from here.
ORDINALS: Final = (
    "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
    "tenth",
)  # fmt: skip
SHOWN_NAMES: Final = 5  # in a message


def distribute(
    series: pl.DataFrame, communities: pl.DataFrame, min_events_per_city: int, seed: int
) -> pl.DataFrame:
    """Join event series to their community's city, and pad the cities short of events.

    A city with fewer than `min_events_per_city` repeats its own series on another
    date, one round over all of them before any is repeated again: those tied to few
    months last, for a second date is harder to find for them; else by a draw. Nothing
    crosses cities.

    Args:
        series: one row per series (frames.SERIES).
        communities: one row per community: name, and city, its home location's slug.
        min_events_per_city: events that every city has at least.
        seed: of the draws.

    Returns:
        One row per occurrence (frames.EVENTS), by city, community order, occurrence;
        a repeat has no host message and no reviews.

    Raises:
        ValueError: a community's city or a series' community is unknown; all listed.
        InputError: min_events_per_city is below 0.
    """
    if min_events_per_city < 0:
        raise InputError(
            f"min_events_per_city is {min_events_per_city!r}; give 0 or more"
        )
    placed = join_cities(series, communities)
    repeats = _repeats(placed, min_events_per_city, seed)
    events = pl.concat([placed.with_columns(occurrence=pl.lit(0, pl.Int64)), repeats])
    return (
        events.sort("city", "position", "occurrence")
        .with_columns(series_title="title")
        .with_columns(
            title=_titled(),
            host_message=pl.when(pl.col("occurrence") == 0).then("host_message"),
            reviews=pl.when(pl.col("occurrence") == 0)
            .then("reviews")
            .otherwise(pl.lit([], dtype=EVENTS["reviews"])),
        )
        .select(EVENTS.names())
    )


def join_cities(series: pl.DataFrame, communities: pl.DataFrame) -> pl.DataFrame:
    """Give each series its community's city and its position in the given order."""
    locations = pl.DataFrame({"city": list(LOCATION_BY_SLUG)}, {"city": pl.String})
    _check_known(communities, locations, "city", "cities")
    _check_known(
        series, communities.select(community="name"), "community", "communities"
    )
    return (
        series.with_row_index("position")
        .join(
            communities.select("city", community="name"),
            on="community",
            how="left",
            validate="m:1",
            maintain_order="left",
        )
        .join(locations, on="city", how="semi", maintain_order="left")
    )


def _check_known(frame: pl.DataFrame, known: pl.DataFrame, key: str, what: str) -> None:
    unknown = (
        frame.join(known, on=key, how="anti").get_column(key).unique().sort().to_list()
    )
    if unknown:
        shown = ", ".join(repr(name) for name in unknown[:SHOWN_NAMES])
        raise ValueError(f"{len(unknown)} unknown {what}: {shown}")


def _repeats(placed: pl.DataFrame, least: int, seed: int) -> pl.DataFrame:
    """Repeat series where a city is short; one row per repeat, occurrence from 1."""
    keys = [
        key_of(city, title)
        for city, title in placed.select("city", "title").iter_rows()
    ]
    draw = uniform(seed, "repeat-series", pl.Series(keys, dtype=pl.UInt64))
    months = pl.col("months").list.len()
    turn = pl.struct(
        scarce=-pl.when(months == 0)
        .then(MONTHS_A_YEAR)
        .otherwise(months.cast(pl.Int64)),
        draw=pl.col("draw"),
        position=pl.col("position"),
    )
    ranked = placed.with_columns(draw=pl.Series(draw)).with_columns(
        turn=turn.rank("ordinal").over("city").cast(pl.Int64) - 1,
        of=pl.len().over("city").cast(pl.Int64),
    )
    missing = (pl.lit(least, pl.Int64) - pl.col("of")).clip(lower_bound=0)
    # the city's missing events, dealt out one by one in the order of the turns
    rounds = (missing - pl.col("turn") + pl.col("of") - 1) // pl.col("of")
    return (
        ranked.with_columns(occurrence=pl.int_ranges(1, rounds.clip(lower_bound=0) + 1))
        .drop("draw", "turn", "of")
        .explode("occurrence", empty_as_null=False)
        .with_columns(pl.col("occurrence").cast(pl.Int64))
    )


def _titled() -> pl.Expr:
    """Say in a repeat's title that it is one: `Night Walk · second date`."""
    occurrence = pl.col("occurrence")
    named = occurrence.replace_strict(
        dict(enumerate(ORDINALS, start=1)), default=None, return_dtype=pl.String
    )
    counted = pl.format("date {}", occurrence + 1)
    suffix = pl.coalesce(pl.format("{} date", named), counted)
    return (
        pl.when(occurrence == 0)
        .then("title")
        .otherwise(pl.format("{} · {}", pl.col("title"), suffix))
    )
