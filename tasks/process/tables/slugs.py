"""Slugs, user names and addresses: unique, in letters that a URL carries."""

from typing import Final

import polars as pl

from tasks.process.names import ascii_slug

MAX_SLUG: Final = 48  # characters that the app allows
SLUG_PIECE: Final = 6  # characters of the id that make an event's slug unique
MIN_USERNAME: Final = 3
MAX_USERNAME: Final = 30
CLASH_ROOM: Final = 4  # characters left for a number behind a user name


def text_slug(text: pl.Expr) -> pl.Expr:
    """Write a text as a slug: "Fado Vadio às Segundas" as "fado-vadio-as-segundas"."""
    words = text.str.replace_all(r"[^\p{L}\p{M}\p{N}]+", " ").str.split(" ")
    return (
        words.list.eval(ascii_slug(pl.element()).replace("", None))
        .list.drop_nulls()
        .list.join("-")
    )


def event_slug(title: pl.Expr, event_id: pl.Expr) -> pl.Expr:
    """Give a title's slug with a short piece of the event's id behind it."""
    head = text_slug(title).str.head(MAX_SLUG - SLUG_PIECE - 1).str.strip_chars_end("-")
    piece = event_id.str.tail(SLUG_PIECE)
    return pl.when(head == "").then("event-" + piece).otherwise(head + "-" + piece)


def unique_slugs(names: pl.Series, ids: pl.Series) -> pl.Series:
    """Give each name a slug; all but the first of equal ones carry part of their id."""
    frame = pl.DataFrame({"name": names, "id": ids}).with_columns(
        slug=text_slug(pl.col("name")).str.head(MAX_SLUG).str.strip_chars_end("-")
    )
    clash = (pl.int_range(pl.len()).over("slug") > 0) | (pl.col("slug") == "")
    return frame.select(
        pl.when(clash)
        .then(event_slug(pl.col("name"), pl.col("id")))
        .otherwise("slug")
        .alias("slug")
    ).to_series()


def usernames(first_name: pl.Series, last_name: pl.Series) -> pl.Series:
    """Give each person a user name of 3 to 30 characters; clashes get a number."""
    base = pl.concat_str(ascii_slug(pl.col("first")), ascii_slug(pl.col("last")))
    short = base.str.len_chars() < MIN_USERNAME
    frame = pl.DataFrame({"first": first_name, "last": last_name}).select(
        name=pl.when(short)
        .then(pl.concat_str(base, pl.lit("user")))
        .otherwise(base)
        .str.head(MAX_USERNAME - CLASH_ROOM)
    )
    return numbered(frame["name"])


def numbered(names: pl.Series) -> pl.Series:
    """Put 2, 3, … behind a name that stands before already."""
    taken: set[str] = set()
    unique: list[str] = []
    for name in names:
        candidate, number = name, 1
        while candidate in taken:
            number += 1
            candidate = f"{name}{number}"
        taken.add(candidate)
        unique.append(candidate)
    return pl.Series(names.name, unique, dtype=pl.String)
