"""Crowds of people who are alike in groups, as those of a large world are."""

import numpy as np
import polars as pl

from matching import draws
from matching.schemas import PEOPLE
from matching.vocabulary import CATEGORIES, INDUSTRIES, NetworkingStyle, SpendingPower

KINDS = 12  # of people in a city: each has two to four interests and an industry


def crowd(
    people: int, cities: list[str], seed: int = 1, demos: int = 0
) -> pl.DataFrame:
    """Draw so many people, of the cities in turn, and a demo user in the first.

    Each is of one of a dozen kinds, half of them with one more interest.
    """
    number = np.arange(people, dtype=np.uint64)
    keys = draws.words(seed, "person", number)

    def pick(
        what: str, options: int, *of: draws.Keys
    ) -> "np.ndarray[tuple[int], np.dtype[np.int64]]":
        return draws.pick(seed, what, options, *(of or (keys,)))

    kind = pick("kind", KINDS).astype(np.uint64)
    bits = [pick(f"bit {n}", len(CATEGORIES), kind) for n in range(4)]
    masks = [np.uint64(1) << bit.astype(np.uint64) for bit in bits]
    own = np.uint64(1) << pick("own", len(CATEGORIES)).astype(np.uint64)
    interests = masks[0] | masks[1] | np.where(kind % 2 == 0, masks[2], masks[0])
    interests |= np.where(pick("borrows", 2) == 1, own, np.uint64(0))
    is_demo = number < demos
    return pl.DataFrame(
        {
            "person_key": keys,
            "city": [cities[n % len(cities)] for n in range(people)],
            "first_name": ["Ada"] * people,
            "last_name": [str(n) for n in range(people)],
            "profession": np.where(pick("works", 8) > 0, "Baker", ""),
            "industry": [INDUSTRIES[n].slug for n in pick("trade", 3, kind)],
            "experience_level": ["MID"] * people,
            "networking_style": [list(NetworkingStyle)[n].value for n in pick("s", 3)],
            "spending_power": [list(SpendingPower)[n].value for n in pick("p", 3)],
            "bio": [""] * people,
            "circles": [[f"{n % len(cities)}/{n % 40}"] for n in range(people)],
            "interest_mask": interests,
            "strong_mask": interests & ~np.where(kind % 3 == 0, masks[1], np.uint64(0)),
            "is_demo": is_demo,
        },
        schema=PEOPLE,
    )
