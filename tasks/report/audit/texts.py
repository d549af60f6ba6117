"""Figures of the texts: what repeats, what was filled into a template, what differs."""

import re
from itertools import pairwise
from typing import Final
from zlib import crc32

import numpy as np
import polars as pl

from tasks.report.audit.frames import WorldFrames

SERIES_END: Final = r" · [a-z-]+ date$"  # what a series' repeat bears behind its title
OPENING_WORDS: Final = 4  # a template shows in its first words
SHINGLE_WORDS: Final = 3
NEAR: Final = 0.5  # of two texts' shingles are common (Jaccard)
BUCKETS: Final = 4_096  # shingles are told apart by these; texts have about 40 each
_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


def repeated_names(world: WorldFrames) -> float | None:
    """Share of series titles and community names that stand more than once."""
    return _repeated(_names(world)["text"].str.to_lowercase())


def near_repeated_names(world: WorldFrames) -> float | None:
    """Share of names that are others' but for numbers and the name of the city."""
    bare = [
        " ".join(word for word in _words(text) if word not in _words(city))
        for text, city in _names(world).iter_rows()
    ]
    return _repeated(pl.Series(bare, dtype=pl.String))


def near_repeated_prose(world: WorldFrames) -> float | None:
    """Share of texts of which another text has half the word triples."""
    found = [
        {crc32(" ".join(three).encode()) % BUCKETS for three in _triples(text)}
        for text in _prose(world)["text"]
    ]
    shingled = [buckets for buckets in found if buckets]
    if not shingled:
        return None
    marks = np.zeros((len(shingled), BUCKETS), dtype=np.float32)
    for row, buckets in enumerate(shingled):
        marks[row, list(buckets)] = 1
    sizes = marks.sum(axis=1)
    common = marks @ marks.T
    jaccard = common / (sizes[:, None] + sizes[None, :] - common)
    np.fill_diagonal(jaccard, 0)
    return float((jaccard.max(axis=1) >= NEAR).mean())


def template_share(world: WorldFrames) -> float | None:
    """Share of texts that open as another one does."""
    openings = [
        " ".join(words[:OPENING_WORDS])
        for text in _prose(world)["text"]
        if len(words := _words(text)) >= OPENING_WORDS
    ]
    return _repeated(pl.Series(openings, dtype=pl.String))


def distinct_pairs(world: WorldFrames) -> pl.DataFrame:
    """Count word pairs by city.

    Returns:
        One row a city, sorted: city, pairs, distinct_2 (share of them that differ).
    """
    by_city: dict[str, list[tuple[str, str]]] = {}
    for text, city in _prose(world).iter_rows():
        by_city.setdefault(city, []).extend(pairwise(_words(text)))
    rows = [
        (city, len(pairs), len(set(pairs)) / len(pairs))
        for city, pairs in sorted(by_city.items())
        if pairs
    ]
    schema = pl.Schema(
        {"city": pl.String(), "pairs": pl.Int64(), "distinct_2": pl.Float64()}
    )
    return pl.DataFrame(rows, schema=schema, orient="row")


def _names(world: WorldFrames) -> pl.DataFrame:
    """One row a series and a community: text, city."""
    titles = world.events.select(
        pl.col("title").str.replace(SERIES_END, "").alias("text"),
        "city",
        original=~pl.col("title").str.contains(SERIES_END),
    )
    series = titles.filter("original").select("text", "city")
    return pl.concat(
        [series, world.communities.select("city", text="name").select("text", "city")]
    ).drop_nulls()


def _prose(world: WorldFrames) -> pl.DataFrame:
    """One row a description, of a series once, and a bio: text, city."""
    original = ~pl.col("title").str.contains(SERIES_END)
    return (
        pl.concat(
            [
                world.events.filter(original).select("city", text="description"),
                world.communities.select("city", text="description"),
                world.people.select("city", text="bio"),
            ]
        )
        .select("text", "city")
        .drop_nulls()
    )


def _repeated(texts: pl.Series) -> float | None:
    return float(texts.is_duplicated().mean()) if len(texts) else None  # pyright: ignore[reportArgumentType]  a share of booleans


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _triples(text: str) -> list[tuple[str, ...]]:
    words = _words(text)
    return list(zip(*(words[start:] for start in range(SHINGLE_WORDS)), strict=False))
