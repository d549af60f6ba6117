"""How much a person would care for an event or a community: masks and scores.

A set of categories is a bit mask: bit i stands for `matching.vocabulary.CATEGORIES[i]`.
The expressions read the columns of `matching.schemas`: interest_mask,
networking_style and profession of the person, category_mask of the event or
community. So they work on any frame with one row per (person, event), or per
(person, community).
"""

from collections.abc import Iterable
from typing import Final

import polars as pl

from matching.vocabulary import (
    CATEGORIES,
    CATEGORY_BY_SLUG,
    MembershipStyle,
    NetworkingStyle,
)

# Given with the app: these make its recommendations, so they are kept to the letter.
ACTIVE_BONUS: Final = 0.3
CASUAL_BONUS: Final = 0.1
SELECTIVE_BONUS: Final = 0.2  # for what suits a selective person
SELECTIVE_PENALTY: Final = -0.2  # for what does not
SELECTIVE_THRESHOLD: Final = 0.5  # overlap score above which it suits them
PROFESSION_BONUS: Final = 0.1  # a profession, and an event with a category
MINIMUM_RSVP_SCORE: Final = 0.1  # below it they would not have come

APPLICATION_FACTOR: Final = 0.7  # share of applications that are let in
STRAY_MEMBERSHIP_CHANCE: Final = 0.03  # joined without a shared category: rare

_BIT_BY_SLUG: Final = {row.slug: 1 << bit for bit, row in enumerate(CATEGORIES)}


def category_mask(categories: Iterable[str]) -> int:
    """Give the bit mask of a set of category slugs; a repeated slug counts once.

    Raises:
        ValueError: a slug is not in the vocabulary; the message lists every such one.
    """
    slugs = set(categories)
    unknown = sorted(slugs - CATEGORY_BY_SLUG.keys())
    if unknown:
        raise ValueError(
            f"unknown categories {unknown!r}; add them to categories.json or fix them"
        )
    return sum(_BIT_BY_SLUG[slug] for slug in slugs)


def overlap(a: pl.Expr, b: pl.Expr) -> pl.Expr:
    """Count the categories that two masks share."""
    return (a & b).bitwise_count_ones()


def overlap_score() -> pl.Expr:
    """Give the share of the event's categories that interest the person, 0 to 1."""
    offered = pl.col("category_mask").bitwise_count_ones()
    shared = overlap(pl.col("interest_mask"), pl.col("category_mask"))
    return shared / pl.max_horizontal(offered, pl.lit(1, pl.UInt32))


def style_bonus() -> pl.Expr:
    """Give what the person's networking style adds to their overlap score.

    A style outside the vocabulary raises when the expression is evaluated.
    """
    suits = overlap_score() > SELECTIVE_THRESHOLD
    selective = pl.when(suits).then(SELECTIVE_BONUS).otherwise(SELECTIVE_PENALTY)
    style = pl.col("networking_style")
    others = style.replace_strict(
        {
            NetworkingStyle.ACTIVE.value: ACTIVE_BONUS,
            NetworkingStyle.CASUAL.value: CASUAL_BONUS,
            NetworkingStyle.SELECTIVE.value: 0.0,  # never read: `selective` holds
        },
        return_dtype=pl.Float64,
    )
    is_selective = style == NetworkingStyle.SELECTIVE.value
    return pl.when(is_selective).then(selective).otherwise(others)


def profession_bonus() -> pl.Expr:
    """Give what a profession adds, where the event has a category."""
    has_profession = pl.col("profession") != ""
    fits = has_profession & (pl.col("category_mask") != 0)
    return pl.when(fits).then(PROFESSION_BONUS).otherwise(0.0)


def rsvp_score() -> pl.Expr:
    """Score a person for an event, from -0.2 to 1.4.

    Below `MINIMUM_RSVP_SCORE` they would not have come.
    """
    return overlap_score() + style_bonus() + profession_bonus()


def membership_chance() -> pl.Expr:
    """Give the chance, 0 to 1, that a local joins a community.

    Reads the community's membership_style besides the masks and the person's style.
    Who may enter an INVITE_ONLY community depends on its members and is not decided
    here.
    """
    style = pl.col("membership_style")
    applies = style == MembershipStyle.APPLICATION_BASED.value
    factor = pl.when(applies).then(APPLICATION_FACTOR).otherwise(1.0)
    fitting = (overlap_score() + style_bonus()).clip(0.0, 1.0) * factor
    shared = overlap(pl.col("interest_mask"), pl.col("category_mask")) > 0
    return pl.when(shared).then(fitting).otherwise(STRAY_MEMBERSHIP_CHANCE)
