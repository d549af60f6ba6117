"""The people an event can draw from, in ranks of one score, each in a random order.

A random order need not be made to be gone through: from a random place on, every p-th
of a rank is taken, round and round; as p is a prime above the size of any rank, each
comes up once. The place and the prime are drawn for each event and rank.
"""

from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching import draws
from matching.classes.arrays import STYLES, Floats, Ints, People, Words
from matching.interest import (
    ACTIVE_BONUS,
    CASUAL_BONUS,
    MINIMUM_RSVP_SCORE,
    PROFESSION_BONUS,
    SELECTIVE_BONUS,
    SELECTIVE_PENALTY,
    SELECTIVE_THRESHOLD,
)
from matching.vocabulary import NetworkingStyle

PRIMES_ABOVE: Final = 1 << 27  # people: the largest world whose ranks these suit
PRIMES: Final = 128  # ways to go round a rank
NOBODY: Final = 255  # the rank of those who would not come
DIGITS: Final = 9  # of a score: sums of tenths in another order are equal


@dataclass(frozen=True)
class Pool:
    """Who may come to some events, by draw; ready: from when on each could order.

    factor: on the chance of each, where it is not their score alone.
    """

    people: Ints
    ready: Ints
    factor: Floats | None = None


@dataclass(frozen=True)
class Ranks:
    """A pool's people who would come to events of one set of categories.

    order: places in the pool, the highest score first; those of one score are a rank.
    first: where each rank begins. chance: of each rank, the score up to 1.
    """

    order: NDArray[np.int64]
    first: Ints
    size: Ints
    chance: Floats


def scores(categories: int) -> Floats:
    """Score every class of people for an event of so many categories.

    Returns:
        By (shared categories, kind): the RSVP score. A kind is 2 x the number of the
        style in STYLES, and 1 for a profession.
    """
    table = np.zeros((categories + 1, 2 * len(STYLES)))
    for shared in range(categories + 1):
        fit = shared / max(categories, 1)
        suits = fit > SELECTIVE_THRESHOLD
        bonus = {
            NetworkingStyle.ACTIVE.value: ACTIVE_BONUS,
            NetworkingStyle.CASUAL.value: CASUAL_BONUS,
            NetworkingStyle.SELECTIVE.value: SELECTIVE_BONUS
            if suits
            else SELECTIVE_PENALTY,
        }
        for kind in range(2 * len(STYLES)):
            works = PROFESSION_BONUS if kind % 2 and categories else 0.0
            table[shared, kind] = fit + bonus[STYLES[kind // 2]] + works
    return np.round(table, DIGITS)


def rank(people: People, pool: Pool, mask: int, *, shares: bool) -> Ranks:
    """Put a pool's people in ranks for events of one set of categories.

    Args:
        people: everybody.
        pool: who may come.
        mask: the categories.
        shares: only those who share one come.
    """
    table = scores(mask.bit_count())
    values, code = np.unique(-table, return_inverse=True)
    code = code.reshape(table.shape)
    code = np.where(table >= MINIMUM_RSVP_SCORE, code, NOBODY)
    if shares:
        code[0] = NOBODY
    shared = np.bitwise_count(people.interests[pool.people] & np.uint64(mask))
    kinds = table.shape[1]
    of_person = code.ravel().astype(np.uint16)[
        shared.astype(np.int64) * kinds + people.kind[pool.people]
    ]
    size = np.bincount(of_person, minlength=NOBODY + 1)[: len(values)]
    order = np.argsort(of_person, kind="stable")[: size.sum()]
    return Ranks(order, np.cumsum(size) - size, size, np.minimum(-values, 1.0))


@dataclass(frozen=True)
class Rounds:
    """How some events go round something: from where, and by which prime."""

    words: Words

    @classmethod
    def of(cls, seed: int, stream: str, *keys: Words) -> "Rounds":
        """Draw a way round for each row of keys."""
        return cls(draws.words(seed, stream, *keys))

    def place(self, row: Ints, nth: Ints, size: Ints) -> Ints:
        """Give the place where row's nth step leads in something of that size."""
        begin = (self.words >> np.uint64(32)).astype(np.int64)[row]
        prime = primes()[(self.words % np.uint64(PRIMES)).astype(np.int64)][row]
        return (begin + nth * prime) % size


@cache
def primes() -> Ints:
    """Give the first primes above `PRIMES_ABOVE`."""
    span = 1 << 13  # one number in nineteen is prime there
    root = int((PRIMES_ABOVE + span) ** 0.5) + 1
    small = np.arange(2, root)
    for factor in range(2, int(root**0.5) + 1):
        small = small[(small == factor) | (small % factor != 0)]
    found = np.arange(PRIMES_ABOVE + 1, PRIMES_ABOVE + span)
    for factor in small.tolist():
        found = found[found % factor != 0]
    return found[:PRIMES]
