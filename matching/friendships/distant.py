"""Pairs of two cities in a large world: strong in the same, the nearer the likelier."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from matching.draws import uniform
from matching.friendships.candidates import (
    Floats,
    distinct,
    list_bits,
    pair_ids,
    split_ids,
    subsets,
)
from matching.friendships.traits import (
    FAR_ODDS,
    NEAR_KM,
    STRONG_OVERLAP_CATEGORIES,
    Ints,
    Traits,
    friendship_scores,
)
from matching.geography import distance_matrix_km

TRIALS: Final = 4  # people that somebody with slots for other cities comes across


@dataclass(frozen=True)
class _Residents:
    """Who in which city is strong in which two interests.

    kind: the pair of interests of each entry, by person: those of `first` and the
    `count - 1` behind it. people: the same people by (kind, city), which begin at
    starts and are sizes many; shape (kinds, cities).
    """

    kind: Ints
    first: Ints
    count: Ints
    people: Ints
    starts: Ints
    sizes: Ints

    @classmethod
    def of(cls, traits: Traits, looking: Ints) -> "_Residents":
        code, row = subsets(
            list_bits(traits.strong[looking]), STRONG_OVERLAP_CATEGORIES
        )
        kinds, kind = np.unique(code, return_inverse=True)
        shape = (len(kinds), len(traits.cities))
        bucket = kind * shape[1] + traits.city[looking[row]]
        sizes = np.bincount(bucket, minlength=shape[0] * shape[1])
        count = np.bincount(row, minlength=len(looking))
        return cls(
            kind=kind,
            first=np.cumsum(count) - count,
            count=count,
            people=looking[row[np.argsort(bucket, kind="stable")]],
            starts=(np.cumsum(sizes) - sizes).reshape(shape),
            sizes=sizes.reshape(shape),
        )


def distant_pairs(traits: Traits, slots: Ints, seed: int) -> tuple[Ints, Ints]:
    """Let people with slots for other cities come across their like elsewhere.

    Each draws one of their pairs of strong interests, then a city, by the odds of the
    distance and by how many people there share the pair, then one of those.

    Args:
        traits: the people.
        slots: friends in other cities that each can afford.
        seed: the world's.

    Returns:
        Each pair once, in an order drawn by score: -log(u) / score, as in small worlds,
        where the odds of the distance are part of that weight.
    """
    looking = np.flatnonzero(slots > 0)
    residents = _Residents.of(traits, looking)
    looking, first, count = (
        of_person[residents.count > 0]
        for of_person in (looking, residents.first, residents.count)
    )
    home, cities = traits.city[looking], len(traits.cities)
    bounds = _bounds(traits, residents.sizes)
    found = [np.zeros(0, dtype=np.int64)]
    for trial in range(TRIALS):
        which, where, whom = (
            uniform(seed, f"friends-far-{what}/{trial}", traits.keys[looking])
            for what in ("kind", "city", "whom")
        )
        kind = residents.kind[first + (which * count).astype(np.int64)]
        begin = (kind * cities + home) * cities
        there = _draw_city(bounds, begin, cities, where)
        size = residents.sizes[kind, there] * (there != home)  # 0: nobody elsewhere
        met = np.flatnonzero(size > 0)
        nth = (whom[met] * size[met]).astype(np.int64)
        place = residents.starts[kind[met], there[met]] + nth
        found.append(pair_ids(looking[met], residents.people[place]))
    left, right = split_ids(distinct(np.concatenate(found)))
    draw = uniform(seed, "friends-far", traits.keys[left], traits.keys[right])
    wish = -np.log1p(-draw) / friendship_scores(traits, left, right)
    order = np.argsort(wish, kind="stable")
    return left[order], right[order]


def _bounds(traits: Traits, sizes: Ints) -> Floats:
    """Add up the odds of meeting somebody in each city, of each kind from each home.

    Returns:
        Running totals over (kind, home, city); one's own city adds nothing.
    """
    km = distance_matrix_km(traits.cities)
    odds = FAR_ODDS + (1 - FAR_ODDS) * np.exp(-km / NEAR_KM)
    np.fill_diagonal(odds, 0.0)
    return np.cumsum(odds[None, :, :] * sizes[:, None, :])


def _draw_city(bounds: Floats, begin: Ints, cities: int, draw: Floats) -> Ints:
    """Draw a city by its odds, whose running totals begin there in `bounds`."""
    low = np.where(begin > 0, bounds[begin - 1], 0.0)
    high = bounds[begin + cities - 1]
    place = np.searchsorted(bounds, low + draw * (high - low), side="right")
    return np.clip(place - begin, 0, cities - 1)
