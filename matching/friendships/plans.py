"""The friendships of a world: by the plan that fits its size, with who asked whom."""

from typing import Final

import numpy as np
import polars as pl

from matching.draws import uniform
from matching.friendships.bucketed import link_by_buckets
from matching.friendships.links import ROUNDS, Links
from matching.friendships.pairwise import link_all_pairs
from matching.friendships.traits import Ints, Traits, friendship_scores
from matching.schemas import FRIENDSHIPS

ACCEPTED_SHARE: Final = 0.8
DEMO_PENDING: Final = 2
# All pairs are compared in worlds of up to so many people, quadratic in their number.
MOST_IN_A_CITY: Final = 1_500
MOST_IN_ALL: Final = 3_000  # pairs of two cities; a second of work


def befriend(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Make the friendships of a world.

    Friends share a city, or at least two categories in which both are strong.

    Args:
        people: `PEOPLE`, one row per person, in any order.
        seed: the world's.

    Returns:
        `FRIENDSHIPS`: one row per pair, by person_key (who asked), friend_key.
    """
    traits = Traits.of(people)
    links = choose_links(traits, seed)
    return _with_status(traits, links.left, links.right, seed)


def link_rounds(people: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Say in which round of `befriend` each friendship was made.

    Args:
        people: `PEOPLE`, one row per person, in any order.
        seed: the world's.

    Returns:
        One row per pair: low_key, high_key (the two persons', ascending), round:
        HOME or AWAY, LEFTOVER, RESCUE or STRETCH.
    """
    traits = Traits.of(people)
    links = choose_links(traits, seed)
    rounds = pl.Series(ROUNDS, dtype=pl.String)
    return pl.DataFrame(
        {
            "low_key": traits.keys[links.left],
            "high_key": traits.keys[links.right],
            "round": rounds.gather(links.made),
        }
    )


def choose_links(traits: Traits, seed: int) -> Links:
    """Link people by comparing all pairs, or in a large world those of a bucket."""
    crowd = np.bincount(traits.city, minlength=1)
    if crowd.max() > MOST_IN_A_CITY or len(traits.keys) > MOST_IN_ALL:
        return link_by_buckets(traits, seed)
    return link_all_pairs(traits, seed)


def _with_status(traits: Traits, left: Ints, right: Ints, seed: int) -> pl.DataFrame:
    """Say who asked, the more active of the two, and who has been accepted."""
    keys = traits.keys
    first = uniform(seed, "friends-asker", keys[left], keys[right]) < 0.5
    lead = traits.activity[left] - traits.activity[right]
    left_asks = np.where(lead == 0, first, lead > 0)
    draw = uniform(seed, "friends-status", keys[left], keys[right])
    pending = draw >= ACCEPTED_SHARE
    of_demo = np.flatnonzero(traits.is_demo[left] | traits.is_demo[right])
    pending[of_demo] = False
    pending[of_demo[np.argsort(-draw[of_demo], kind="stable")[:DEMO_PENDING]]] = True
    frame = pl.DataFrame(
        {
            "person_key": np.where(left_asks, keys[left], keys[right]),
            "friend_key": np.where(left_asks, keys[right], keys[left]),
            "score": friendship_scores(traits, left, right),
            "status": pl.Series(("ACCEPTED", "PENDING")).gather(pending.view(np.int8)),
        },
        schema=FRIENDSHIPS,
    )
    return frame.sort("person_key", "friend_key")
