"""Location, Category, User, UserCategory."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

import polars as pl

from matching import draws
from matching.demo import EMAIL, USERNAME
from matching.schemas import INSTANT
from matching.vocabulary import (
    CATEGORIES,
    CATEGORY_BY_SLUG,
    INDUSTRY_BY_SLUG,
    LOCATIONS,
)
from matching.world import Story
from tasks.process.cast import Script
from tasks.process.identity import Identity, static_ids
from tasks.process.names import email_local_part
from tasks.process.tables.slugs import numbered, usernames

# before every other date of any world, and the same at every load
VOCABULARY_DATE: Final = datetime(2020, 1, 1, tzinfo=UTC)
EMAIL_DOMAINS: Final = ("example.com", "example.org", "example.net")  # RFC 2606
AVATAR: Final = "https://api.dicebear.com/9.x/adventurer/svg?seed="


def location_ids(slugs: pl.Series) -> pl.Series:
    """Give the ids of locations: the same in every world."""
    keys = [draws.key_of("location", slug) for slug in slugs]
    return static_ids("Location", pl.Series(keys, dtype=pl.UInt64))


def category_ids(slugs: pl.Series) -> pl.Series:
    """Give the ids of categories: the same in every world."""
    keys = [draws.key_of("category", slug) for slug in slugs]
    return static_ids("Category", pl.Series(keys, dtype=pl.UInt64))


def person_ids(people: pl.DataFrame, identity: Identity) -> pl.DataFrame:
    """Give one row per person: person_key, person_id; Alex's is always the same."""
    keys = people["person_key"]
    demo = static_ids("User", pl.Series([draws.key_of(EMAIL)], dtype=pl.UInt64))[0]
    return people.select(
        "person_key",
        person_id=pl.when("is_demo")
        .then(pl.lit(demo))
        .otherwise(identity.ids("User", keys)),
    )


def category_links(masks: pl.DataFrame, key: str) -> pl.DataFrame:
    """Give one row per (key, category) of a frame with a category_mask."""
    ids = category_ids(pl.Series([category.slug for category in CATEGORIES]))
    parts = [
        masks.filter(pl.col("category_mask") & (1 << bit) > 0).select(
            key, category_id=pl.lit(ids[bit])
        )
        for bit in range(len(CATEGORIES))
    ]
    return pl.concat(parts).sort(key, "category_id")


def locations(covers: Mapping[str, str]) -> pl.DataFrame:
    """Make the Location rows: every city of the vocabulary, with its cover."""
    slugs = pl.Series([row.slug for row in LOCATIONS])
    return pl.DataFrame(
        {
            "id": location_ids(slugs),
            "name": [row.name for row in LOCATIONS],
            "slug": slugs,
            "country": [row.country for row in LOCATIONS],
            "continent": [row.continent for row in LOCATIONS],
            "timezone": [row.timezone for row in LOCATIONS],
            "iconPath": [f"{row.slug}-icon.png" for row in LOCATIONS],
            "coverImage": [covers[f"location/{row.slug}"] for row in LOCATIONS],
        }
    ).with_columns(
        createdAt=pl.lit(VOCABULARY_DATE, INSTANT),
        updatedAt=pl.lit(VOCABULARY_DATE, INSTANT),
    )


def categories() -> pl.DataFrame:
    """Make the Category rows: every category of the vocabulary."""
    slugs = pl.Series([row.slug for row in CATEGORIES])
    return pl.DataFrame(
        {
            "id": category_ids(slugs),
            "name": [row.name for row in CATEGORIES],
            "slug": slugs,
            "subcategories": [list(row.subcategories) for row in CATEGORIES],
        }
    )


def person_names(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Name every person: person_key, name, email, username, each but name unique.

    Args:
        people: one row per person, PEOPLE.
        seed: the world's seed; it draws the e-mail domain.
    """
    people = people.sort("is_demo", "person_key")  # Alex last, so nobody clashes
    local = people.select(
        email_local_part(pl.col("first_name"), pl.col("last_name"))
    ).to_series()
    domain = draws.pick(seed, "email", len(EMAIL_DOMAINS), people["person_key"])
    return people.select(
        "person_key",
        name=pl.concat_str("first_name", pl.lit(" "), "last_name"),
        email=pl.when("is_demo")
        .then(pl.lit(EMAIL))
        .otherwise(
            numbered(local)
            + "@"
            + pl.Series([EMAIL_DOMAINS[i] for i in domain], dtype=pl.String)
        ),
        username=pl.when("is_demo")
        .then(pl.lit(USERNAME))
        .otherwise(_not_demo(usernames(people["first_name"], people["last_name"]))),
    )


def _not_demo(names: pl.Series) -> pl.Series:
    return numbered(pl.concat([pl.Series(names.name, [USERNAME]), names])).slice(1)


def users(
    story: Story, script: Script, people: pl.DataFrame, passwords: dict[str, str]
) -> pl.DataFrame:
    """Make the User rows.

    Args:
        story: who joined when.
        script: the interests.
        people: one row per person: person_key, person_id, name, email, username.
        passwords: bcrypt hash by person id.
    """
    names = {category.slug: category.name for category in CATEGORIES}
    interests = (
        script.interests.sort(
            "person_key", "level", "category", descending=[False, True, False]
        )
        .with_columns(pl.col("category").replace_strict(names))
        .group_by("person_key", maintain_order=True)
        .agg(interests="category")
    )
    rows = (
        story.people.join(people, on="person_key", validate="1:1")
        .join(interests, on="person_key", how="left", validate="1:1")
        .sort("person_key")
    )
    cohort = (
        pl.when(pl.col("networking_style") == "ACTIVE")
        .then(pl.lit("POWER"))
        .when(pl.col("circles").list.len() > 0)
        .then(pl.lit("FRIEND_GROUP"))
        .otherwise(pl.lit("CASUAL"))
    )
    return rows.select(
        id="person_id",
        name="name",
        email="email",
        emailVerified="joined",
        image=pl.Series([AVATAR + quote(name) for name in rows["name"]]),
        password=pl.Series([passwords[i] for i in rows["person_id"]], dtype=pl.String),
        createdAt="joined",
        locationId=location_ids(rows["city"]),
        bio="bio",
        experienceLevel="experience_level",
        industry=pl.col("industry").replace_strict(
            {slug: industry.name for slug, industry in INDUSTRY_BY_SLUG.items()}
        ),
        interests="interests",
        networkingStyle="networking_style",
        profession="profession",
        spendingPower="spending_power",
        userCohort=cohort,
        username="username",
        role=pl.lit("USER"),
        isDemo="is_demo",
    )


def user_categories(script: Script, people: pl.DataFrame) -> pl.DataFrame:
    """Make the UserCategory rows, with is_demo."""
    ids = {slug: category_ids(pl.Series([slug]))[0] for slug in CATEGORY_BY_SLUG}
    return (
        script.interests.join(people, on="person_key", validate="m:1")
        .sort("person_key", "category")
        .select(
            userId="person_id",
            categoryId=pl.col("category").replace_strict(ids),
            interestLevel="level",
            is_demo=pl.col("person_key") == script.demo_key,
        )
    )
