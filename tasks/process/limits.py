"""Take fewer communities or people than the source has, spread over the cities."""

import polars as pl

from tasks.errors import InputError


def check_limit(limit: int | None, available: int, cities: int, what: str) -> None:
    """Raise if `limit` records of a kind cannot be taken, saying how many can.

    Raises:
        InputError: fewer than one a city, or more than the source has.
    """
    if limit is None:
        return
    if limit > available:
        raise InputError(
            f"{what}={limit!r} is more than the {available} that the source has; "
            f"give {cities} to {available}, or leave it out for all"
        )
    if limit < cities:
        raise InputError(
            f"{what}={limit!r} is fewer than one for each of {cities} cities; give "
            f"{cities} to {available}, or name fewer cities"
        )


def take_spread(frame: pl.DataFrame, limit: int | None) -> pl.DataFrame:
    """Take the first rows of every city in turn: all firsts, then all seconds.

    Args:
        frame: one row per record, with city, sorted by city.
        limit: rows to take; None takes all.
    """
    if limit is None:
        return frame
    return (
        frame.with_row_index("row")
        .with_columns(turn=pl.int_range(pl.len()).over("city"))
        .sort("turn", "row")
        .head(limit)
        .sort("row")
        .drop("row", "turn")
    )
