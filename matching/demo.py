"""Alex Demo, the person a visitor becomes: at home where most happens."""

from typing import Final

import polars as pl

from matching import schemas
from matching.vocabulary import CATEGORIES

EMAIL: Final = "demo@rsvped.app"  # the app's demo button signs in as exactly this
PASSWORD: Final = "DemoUser123!"  # noqa: S105  the app prints it on its login page
USERNAME: Final = "alexdemo"
CATEGORY_COUNT: Final = 8
HIGHEST_LEVEL: Final = 10  # interest in the city's commonest category; then falling
LOWEST_LEVEL: Final = 5


def home_of_demo(events: pl.DataFrame) -> str:
    """Name the city with the most events, ties by slug. One row is an EVENTS row."""
    return (
        events.group_by("city")
        .len()
        .sort("len", "city", descending=[True, False])
        .item(0, "city")
    )


def demo_person(
    communities: pl.DataFrame, home: str, person_key: int
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Make the demo user, interested in what the city's communities are about.

    Args:
        communities: one row per community (COMMUNITIES).
        home: the slug of the city.
        person_key: the key that stands for the demo user.

    Returns:
        One PEOPLE row, and one INTERESTS row per category: eight of them.
    """
    masks = communities.filter(pl.col("city") == home)["category_mask"].to_list()
    counts = [sum(mask >> bit & 1 for mask in masks) for bit in range(len(CATEGORIES))]
    bits = sorted(range(len(CATEGORIES)), key=lambda bit: (-counts[bit], bit))
    chosen = bits[:CATEGORY_COUNT]
    levels = [max(HIGHEST_LEVEL - rank, LOWEST_LEVEL) for rank in range(len(chosen))]
    strong = [bit for bit, level in zip(chosen, levels, strict=True) if level > 5]
    person = pl.DataFrame(
        {
            "person_key": [person_key],
            "city": [home],
            "first_name": ["Alex"],
            "last_name": ["Demo"],
            "profession": ["Product Designer"],
            "industry": ["technology"],
            "experience_level": ["SENIOR"],
            "networking_style": ["ACTIVE"],
            "spending_power": ["MEDIUM"],
            "bio": [None],
            "circles": pl.Series([[]], dtype=pl.List(pl.String)),
            "interest_mask": [sum(1 << bit for bit in chosen)],
            "strong_mask": [sum(1 << bit for bit in strong)],
            "is_demo": [True],
        },
        schema=schemas.PEOPLE,
    )
    interests = pl.DataFrame(
        {
            "person_key": [person_key] * len(chosen),
            "category": [CATEGORIES[bit].slug for bit in chosen],
            "level": levels,
        },
        schema=schemas.INTERESTS,
    )
    return person, interests
