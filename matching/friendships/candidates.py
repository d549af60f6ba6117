"""The pairs worth comparing in a large city: people who meet in a bucket of their like.

A bucket holds those of a city who share all interests and the industry, three
interests, an industry and two interests, or a circle. In each, people stand in the
order of what they are strong in, then by draw, and meet the next few. So the pairs grow
with the people, not with their square, and the best of all pairs are among them:
`tests/benchmarks/scale.py` compares.
"""

from collections.abc import Iterator
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.draws import uniform, words
from matching.friendships.traits import (
    Ints,
    Traits,
    Words,
    friendship_scores,
    shared_circles,
)

ALL_PAIRS_UP_TO: Final = 100  # people: no more pairs than their buckets would give
# How many of the next in a bucket somebody meets who can afford as many friends.
PROFILE_WINDOW: Final = 6
TRIPLE_WINDOW: Final = 4
PAIR_WINDOW: Final = 2
CIRCLE_WINDOW: Final = 2
BITS_READ: Final = 8  # of a person's interests: 56 triples; few people have more
_MOST_COUNTED: Final = 1 << 16  # numpy sorts small numbers by counting

Floats = NDArray[np.float64]


def line_up(traits: Traits, members: Ints, seed: int) -> Ints:
    """Put people side by side who are strong in, like and do the same; then by draw."""
    draw = words(seed, "friends-turn", traits.keys[members])
    order = np.lexsort(
        (
            draw,
            traits.industry[members],
            traits.interests[members],
            traits.strong[members],
        )
    )
    return members[order]


def list_bits(masks: Words) -> Ints:
    """List the first bits of each mask, ascending.

    Returns:
        Shape (masks, BITS_READ or fewer): bit numbers, -1 where a mask has no more.
    """
    used = int(np.bitwise_or.reduce(masks, initial=np.uint64(0)))
    listed = np.full((len(masks), BITS_READ), -1, dtype=np.int64)
    place = np.zeros(len(masks), dtype=np.int64)
    for bit in range(used.bit_length()):
        has = np.flatnonzero(masks & np.uint64(1 << bit))
        has = has[place[has] < BITS_READ]
        listed[has, place[has]] = bit
        place[has] += 1
    return listed[:, : int(place.max(initial=0))]


def pair_ids(left: Ints, right: Ints) -> Ints:
    """Give one number per pair, whatever the order of the two."""
    return np.minimum(left, right) << 32 | np.maximum(left, right)


def split_ids(ids: Ints) -> tuple[Ints, Ints]:
    """Give the two of each pair, the lower index first."""
    return ids >> 32, ids & 0xFFFFFFFF


def distinct(ids: Ints) -> Ints:
    """Give each pair once, ascending."""
    ids = np.sort(ids)
    return ids[np.diff(ids, prepend=-1) != 0]


def local_ids(traits: Traits, slots: Ints) -> Ints:
    """Give the pairs of one city worth comparing, each once, ascending.

    Args:
        traits: the people of the city, lined up.
        slots: friends that each can afford.
    """
    people = len(traits.keys)
    if people <= ALL_PAIRS_UP_TO:
        row, column = np.triu_indices(people, 1)
        return pair_ids(row, column)
    found = [np.zeros(0, dtype=np.int64)]
    for bucket, who, window in _buckets(traits):
        small = int(bucket.max(initial=0)) < _MOST_COUNTED
        order = np.argsort(bucket.astype(np.uint16) if small else bucket, kind="stable")
        found += neighbours(bucket[order], who[order], slots, window)
    return distinct(np.concatenate(found))


def neighbours(bucket: Ints, who: Ints, slots: Ints, window: int) -> Iterator[Ints]:
    """Pair each person with the next ones of the same bucket.

    Args:
        bucket: the bucket of each row, those of one bucket side by side.
        who: the person of each row.
        slots: friends that each person can afford. One of the two must be able to
            afford as many as they are rows apart.
        window: how many of the next ones, at most.
    """
    can = slots[who]
    for lag in range(1, min(window, len(bucket) - 1) + 1):
        same = bucket[lag:] == bucket[:-lag]
        met = np.flatnonzero(same & (np.maximum(can[lag:], can[:-lag]) >= lag))
        yield pair_ids(who[met], who[met + lag])


def _buckets(traits: Traits) -> Iterator[tuple[Ints, Ints, int]]:
    """Give every kind of bucket: of each row the bucket and the person; the window.

    The rows of one bucket follow one another in the order of the people.
    """
    everybody = np.arange(len(traits.keys))
    same = np.ones(len(everybody), dtype=np.bool_)
    for trait in (traits.strong, traits.interests, traits.industry):
        same[1:] &= trait[1:] == trait[:-1]
    yield np.cumsum(~same, dtype=np.int64), everybody, PROFILE_WINDOW
    listed = list_bits(traits.interests)
    yield *subsets(listed, 3), TRIPLE_WINDOW
    pairs, who = subsets(listed, 2)
    industries = int(traits.industry.max()) + 1
    yield pairs * industries + traits.industry[who], who, PAIR_WINDOW
    who, place = np.nonzero(traits.circles >= 0)
    yield traits.circles[who, place], who, CIRCLE_WINDOW


def subsets(listed: Ints, size: int) -> tuple[Ints, Ints]:
    """Give every subset of so many of each row's bits, as a code, and its row.

    Args:
        listed: as `list_bits` gives it.
        size: how many bits.

    Returns:
        Codes, equal for equal sets, and rows, ascending.
    """
    base = int(listed.max(initial=0)) + 1
    codes = [np.zeros(0, dtype=np.int64)]
    rows = [np.zeros(0, dtype=np.int64)]
    for columns in combinations(range(listed.shape[1]), size):
        row = np.flatnonzero(listed[:, columns[-1]] >= 0)
        rows.append(row)
        code = np.zeros(len(row), dtype=np.int64)
        for column in columns:
            code = code * base + listed[row, column]
        codes.append(code)
    row = np.concatenate(rows)
    order = np.argsort(row, kind="stable")
    return np.concatenate(codes)[order], row[order]


def best_first(traits: Traits, ids: Ints, seed: int) -> tuple[Ints, Ints]:
    """Sort pairs: the demo user's, then by score, shared circles, draw."""
    left, right = split_ids(ids)
    score = friendship_scores(traits, left, right)
    circles = shared_circles(traits, left, right)
    others = ~(traits.is_demo[left] | traits.is_demo[right])
    one, other = traits.keys[left], traits.keys[right]
    draw = uniform(seed, "friends-tie", np.minimum(one, other), np.maximum(one, other))
    # the draw first, then by what comes before it: both sorts are stable and count
    order = np.argsort((draw * _MOST_COUNTED).astype(np.uint16), kind="stable")
    rank = (others * 2**15 + 2**14 - score * 2**4 - circles).astype(np.uint16)
    order = order[np.argsort(rank[order], kind="stable")]
    return left[order], right[order]
