"""Why two people are friends: the pair's score, its round, who asked, and when."""

from typing import Final

import numpy as np
import polars as pl

from matching import draws
from matching.friendships import (
    ACCEPTED_SHARE,
    AWAY,
    HOME,
    LEFTOVER,
    RESCUE,
    SAME_CITY_SCORE,
    SAME_INDUSTRY_SCORE,
    STRETCH,
    STRONG_CATEGORY_SCORE,
    WEAK_CATEGORY_SCORE,
    link_rounds,
)
from tasks.errors import InputError
from tasks.process.tables import social
from tasks.report.explain.explanation import Explanation, Fact, unknown
from tasks.report.explain.retold import Retold
from tasks.report.explain.rsvps import categories_of

ROUNDS: Final = {
    HOME: "the best pairs of one city that both could still afford",
    AWAY: "between two cities, strong overlap, nearer likelier",
    LEFTOVER: "at home, with slots kept for other cities and not spent there",
    RESCUE: "beyond a budget, since one of the two had too few friends",
    STRETCH: "one more than a budget, up to the world's mean",
}


def told_friendships(retold: Retold) -> pl.DataFrame:
    """Make every Friendship row again, as the build makes it, with is_demo."""
    return social.friendships(
        retold.story,
        retold.identity,
        retold.people.select("person_key", "person_id"),
        retold.script.demo_key,
    )


def pairs_made(retold: Retold) -> pl.DataFrame:
    """Say of every friendship how it was come by.

    Returns:
        One row per friendship: id, the columns of `Story.friendships`, the score's
        parts city_score, strong_score, weak_score, industry_score; strong_mask and
        weak_mask of the categories shared; circles shared; round; status_draw; of_demo.
    """
    person = retold.story.people.select(
        "person_key",
        "city",
        "industry",
        "networking_style",
        "interest_mask",
        "strong_mask",
        "circles",
        "is_demo",
    )
    rows = retold.story.friendships.join(
        person.rename({column: f"{column}_of_one" for column in person.columns[1:]}),
        on="person_key",
        validate="m:1",
    ).join(person.rename({"person_key": "friend_key"}), on="friend_key", validate="m:1")
    rows = rows.with_columns(
        low_key=pl.min_horizontal("person_key", "friend_key"),
        high_key=pl.max_horizontal("person_key", "friend_key"),
        strong=pl.col("strong_mask") & pl.col("strong_mask_of_one"),
        shared=pl.col("interest_mask") & pl.col("interest_mask_of_one"),
    ).join(
        link_rounds(retold.story.people.drop("joined"), retold.seed),
        on=["low_key", "high_key"],
        how="left",
        validate="1:1",
    )
    status_draw = draws.uniform(
        retold.seed, "friends-status", rows["low_key"], rows["high_key"]
    )
    weak = pl.col("shared") & ~pl.col("strong")

    def points(score: int, counted: pl.Expr) -> pl.Expr:
        return score * counted.cast(pl.Int64)

    return rows.select(
        *retold.story.friendships.columns,
        "round",
        id=retold.identity.ids("Friendship", rows["person_key"], rows["friend_key"]),
        city_score=points(SAME_CITY_SCORE, pl.col("city") == pl.col("city_of_one")),
        strong_score=points(
            STRONG_CATEGORY_SCORE, pl.col("strong").bitwise_count_ones()
        ),
        weak_score=points(WEAK_CATEGORY_SCORE, weak.bitwise_count_ones()),
        industry_score=points(
            SAME_INDUSTRY_SCORE, pl.col("industry") == pl.col("industry_of_one")
        ),
        strong_mask="strong",
        weak_mask=weak,
        circles=pl.col("circles").list.set_intersection("circles_of_one"),
        asker_style="networking_style_of_one",
        asked_style="networking_style",
        cities=pl.concat_str("city_of_one", "city", separator=" and "),
        status_draw=pl.Series(np.asarray(status_draw)),
        of_demo=pl.col("is_demo") | pl.col("is_demo_of_one"),
    )


def explain_friendship(retold: Retold, one: str, other: str) -> Explanation:
    """Explain why two people, given by user name or id, are friends.

    Raises:
        InputError: one of them is not in the edition, or they are no friends.
    """
    keys = (person_key(retold, one), person_key(retold, other))
    pair = pairs_made(retold).filter(
        pl.col("person_key").is_in(keys), pl.col("friend_key").is_in(keys)
    )
    if pair.is_empty():
        raise InputError(
            f"{one!r} and {other!r} are no friends; see who is: explain person {one}"
        )
    made = pair.to_dicts()[0]
    table = told_friendships(retold).drop("is_demo")
    row = table.filter(pl.col("id") == made["id"]).to_dicts()[0]
    asker = retold.usernames[made["person_key"]]
    asked = retold.usernames[made["friend_key"]]
    place = made["cities"]
    circles = ", ".join(made["circles"]) or "none"
    limit = f"{ACCEPTED_SHARE} and over is PENDING"
    if made["of_demo"]:
        limit = "of the demo user's, the two highest draws are PENDING"
    return Explanation(
        table="Friendship",
        id=made["id"],
        title=f"{asker} asked {asked}: {made['status'].lower()}",
        row=row,
        facts=(
            Fact(name="score", value=made["score"], why="the sum of these:"),
            Fact(name="  city", value=made["city_score"], why=place),
            Fact(
                name="  strong in both",
                value=made["strong_score"],
                why=f"2 each: {categories_of(made['strong_mask'])}",
            ),
            Fact(
                name="  also shared",
                value=made["weak_score"],
                why=f"1 each: {categories_of(made['weak_mask'])}",
            ),
            Fact(name="  industry", value=made["industry_score"]),
            Fact(name="circles", value=len(made["circles"]), why=circles),
            Fact(name="round", value=made["round"], why=ROUNDS[made["round"]]),
            Fact(
                name="asker",
                value=asker,
                why=f"{made['asker_style']} asks {made['asked_style']}: the more "
                "active, else a draw",
            ),
            Fact(name="draw", value=made["status_draw"], why=limit),
            Fact(name="asked", value=f"{made['asked']:%Y-%m-%d %H:%M}"),
            Fact(
                name="accepted",
                value=f"{made['accepted']:%Y-%m-%d %H:%M}"
                if made["accepted"]
                else None,
            ),
        ),
    )


def person_key(retold: Retold, given: str) -> int:
    """Find a person by user name or id.

    Raises:
        InputError: the edition has none.
    """
    found = retold.people.filter(
        (pl.col("username") == given) | (pl.col("person_id") == given)
    )
    if found.is_empty():
        raise unknown("person", given, retold.people["username"].to_list())
    return found["person_key"][0]
