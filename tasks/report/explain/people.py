"""One person: what they belong to, attend and host, and whom they know."""

from typing import Any, Final

import polars as pl

from matching.interest import membership_chance, overlap
from matching.vocabulary import LOCATION_BY_SLUG
from tasks.report.explain.explanation import Explanation, Fact
from tasks.report.explain.friendships import pairs_made, person_key
from tasks.report.explain.retold import Retold
from tasks.report.explain.rsvps import seats_taken

STYLES: Final = {
    "ACTIVE": "+0.3 on every score",
    "SELECTIVE": "+0.2 where over half the categories suit, else -0.2",
    "CASUAL": "+0.1 on every score",
}
SPENDING: Final = {
    "HIGH": "the dearest tier, or the next below",
    "MEDIUM": "the middle tier",
    "LOW": "the cheapest tier",
}


def told_people(retold: Retold) -> pl.DataFrame:
    """Make again what the story decides of the User rows: who they are, since when."""
    return retold.story.people.join(
        retold.people.drop("first_name", "last_name"), on="person_key", validate="1:1"
    ).select(
        "person_key",
        id="person_id",
        name="name",
        username="username",
        createdAt="joined",
        bio="bio",
        experienceLevel="experience_level",
        networkingStyle="networking_style",
        profession="profession",
        spendingPower="spending_power",
        isDemo="is_demo",
    )


def explain_person(retold: Retold, given: str) -> Explanation:
    """Explain one person, given by user name or id.

    Raises:
        InputError: the edition has none.
    """
    key = person_key(retold, given)
    person = retold.story.people.filter(pl.col("person_key") == key)
    row = told_people(retold).filter(pl.col("person_key") == key)
    told = row.drop("person_key").to_dicts()[0]
    return Explanation(
        table="User",
        id=told["id"],
        title=f"{told['name']} (@{told['username']})",
        row=told,
        facts=_who(person.to_dicts()[0], retold),
        lists={
            "communities": _communities(person, retold),
            "hosts": _hosted(key, retold),
            "RSVPs": _rsvps(key, retold),
            "helps at": _helps(key, retold),
            "friends": _friends(key, retold),
        },
    )


def _who(person: dict[str, Any], retold: Retold) -> tuple[Fact, ...]:
    interests = (
        retold.script.interests.filter(pl.col("person_key") == person["person_key"])
        .sort("level", "category", descending=[True, False])
        .select("category", "level")
        .rows()
    )
    home = LOCATION_BY_SLUG[person["city"]]
    style, power = person["networking_style"], person["spending_power"]
    return (
        Fact(name="city", value=home.name, why=home.country),
        Fact(
            name="profession",
            value=person["profession"] or None,
            why=f"{person['industry']}, {person['experience_level']}",
        ),
        Fact(name="style", value=style, why=STYLES[style]),
        Fact(name="spending", value=power, why=SPENDING[power]),
        Fact(
            name="interests",
            value=f"{len(interests)}, strong from 6 up",
            why=", ".join(f"{category} {level}" for category, level in interests),
        ),
        Fact(
            name="circles",
            value=", ".join(label.split("/", 1)[1] for label in person["circles"])
            or None,
        ),
        Fact(
            name="joined",
            value=f"{person['joined']:%Y-%m-%d %H:%M}",
            why="30 to 700 days before as_of, and before all they founded or hosted",
        ),
    )


def _communities(person: pl.DataFrame, retold: Retold) -> tuple[dict[str, Any], ...]:
    mine = retold.story.memberships.join(
        person.select("person_key", "interest_mask", "networking_style"),
        on="person_key",
        validate="m:1",
    ).join(
        retold.script.cast.communities.select(
            "community_key", "name", "membership_style", "category_mask", "city"
        ),
        on="community_key",
        validate="m:1",
    )
    shared = overlap(pl.col("interest_mask"), pl.col("category_mask"))
    return tuple(
        mine.sort("member_since", "community_key")
        .select(
            _day("member_since"),
            "role",
            "membership_style",
            # who enters by invitation knows somebody there: no chance decides
            chance=pl.when(pl.col("membership_style") != "INVITE_ONLY").then(
                membership_chance().round(3)
            ),
            shared=pl.concat_str(shared, pl.lit(" shared")),
            name="name",
        )
        .to_dicts()
    )


def _hosted(key: int, retold: Retold) -> tuple[dict[str, Any], ...]:
    return tuple(
        retold.story.events.filter(pl.col("host_key") == key)
        .join(retold.slugs.select("event_key", "slug"), on="event_key", validate="1:1")
        .sort("start", "event_key")
        .select(_day("start"), "slug", "title")
        .to_dicts()
    )


def _rsvps(key: int, retold: Retold) -> tuple[dict[str, Any], ...]:
    return tuple(
        seats_taken(retold)
        .filter(pl.col("person_key") == key)
        .join(
            retold.story.events.select("event_key", "start", "city"),
            on="event_key",
            validate="m:1",
        )
        .join(retold.slugs, on="event_key", validate="m:1")
        .sort("start", "event_key")
        .select(
            _day("start"),
            "id",
            "seat",
            pl.col("score").round(3),
            pl.col("chance").round(3),
            "price_cents",
            "city",
            "slug",
        )
        .to_dicts()
    )


def _helps(key: int, retold: Retold) -> tuple[dict[str, Any], ...]:
    return tuple(
        retold.story.collaborators.filter(pl.col("person_key") == key)
        .join(retold.slugs, on="event_key", validate="m:1")
        .sort("slug")
        .select("role", "slug", "title")
        .to_dicts()
    )


def _friends(key: int, retold: Retold) -> tuple[dict[str, Any], ...]:
    mine = (pl.col("person_key") == key) | (pl.col("friend_key") == key)
    other = (
        pl.when(pl.col("person_key") == key).then("friend_key").otherwise("person_key")
    )
    names = retold.people.select("username", other="person_key")
    return tuple(
        pairs_made(retold)
        .filter(mine)
        .with_columns(other=other)
        .join(names, on="other", validate="1:1")
        .sort("score", "username", descending=[True, False])
        .select("username", "score", "status", "round", "id")
        .to_dicts()
    )


def _day(column: str) -> pl.Expr:
    return pl.col(column).dt.strftime("%Y-%m-%d %H:%M").alias("when")
