"""The plan for small worlds: all pairs are compared.

Each pass first takes the pairs that join two groups not yet connected, then the best
of the rest. Quadratic in the people of a city, and of the world.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.draws import uniform
from matching.friendships.budgets import (
    DEMO_FRIENDS,
    MAX_FRIENDS,
    MEAN_FRIENDS,
    budgets,
)
from matching.friendships.links import (
    AWAY,
    HOME,
    LEFTOVER,
    RESCUE,
    ROUNDS,
    STRETCH,
    Links,
    most_far_links,
)
from matching.friendships.traits import (
    FAR_ODDS,
    NEAR_KM,
    STRONG_OVERLAP_CATEGORIES,
    Ints,
    Traits,
    friendship_scores,
    shared_circles,
    shared_strong,
)
from matching.geography import distance_matrix_km


@dataclass(frozen=True)
class Pairs:
    """Pairs of people as indices into `Traits`, the most wanted first."""

    left: Ints
    right: Ints

    @classmethod
    def joined(cls, parts: "list[Pairs]") -> "Pairs":
        """Put lists of pairs behind one another."""
        none = np.zeros(0, dtype=np.int64)
        return cls(
            np.concatenate([none, *(part.left for part in parts)]),
            np.concatenate([none, *(part.right for part in parts)]),
        )

    def ordered(self, *keys: NDArray[np.generic]) -> "Pairs":
        """Sort by keys, the first one deciding; ties by the people themselves."""
        order = np.lexsort((self.right, self.left, *reversed(keys)))
        return Pairs(self.left[order], self.right[order])

    def tolist(self) -> list[tuple[int, int]]:
        """Give the pairs as Python integers, which the loops below read fastest."""
        return list(zip(self.left.tolist(), self.right.tolist(), strict=True))


class _Linker:
    """The links made so far, and what each person can still afford.

    Keeps the groups of connected people (a union-find) beside the links.
    """

    def __init__(self, people: int) -> None:
        self.links: dict[tuple[int, int], str] = {}  # and the round that made each
        self.round = HOME
        self.degree = [0] * people
        self.slots = [0] * people
        self._parent = list(range(people))

    def _group(self, person: int) -> int:
        parent = self._parent
        while parent[person] != person:
            parent[person] = parent[parent[person]]
            person = parent[person]
        return person

    def _can_link(self, a: int, b: int) -> bool:
        return self.slots[a] > 0 and self.slots[b] > 0 and (a, b) not in self.links

    def _link(self, a: int, b: int) -> None:
        self.links[a, b] = self.round
        for person in (a, b):
            self.degree[person] += 1
            self.slots[person] -= 1
        self._parent[self._group(a)] = self._group(b)

    def span(self, pairs: Pairs, most: int) -> None:
        """Link pairs that join two groups, until there are `most` links in all.

        A pair is left out if it would use up the last slot of both groups while
        others remain: two people of one slot each would be an island.
        """
        people = sorted({*pairs.left.tolist(), *pairs.right.tolist()})
        open_slots: dict[int, int] = {}
        for person in people:
            group = self._group(person)
            open_slots[group] = open_slots.get(group, 0) + self.slots[person]
        groups = len(open_slots)
        for a, b in pairs.tolist():
            one, other = self._group(a), self._group(b)
            if one == other or not self._can_link(a, b) or len(self.links) >= most:
                continue
            left_open = open_slots[one] + open_slots[other] - 2
            if left_open > 0 or groups == 2:
                self._link(a, b)
                open_slots[self._group(a)] = left_open
                groups -= 1

    def fill(self, pairs: Pairs, most: int) -> None:
        """Link every pair that both can afford, until there are `most` links in all."""
        for a, b in pairs.tolist():
            if len(self.links) >= most:
                return
            if self._can_link(a, b):
                self._link(a, b)

    def rescue(self, pairs: Pairs, fewest: list[int]) -> None:
        """Link pairs beyond their budgets while one of the two has too few friends."""
        for a, b in pairs.tolist():
            in_need = self.degree[a] < fewest[a] or self.degree[b] < fewest[b]
            has_room = self.degree[a] < MAX_FRIENDS and self.degree[b] < MAX_FRIENDS
            if in_need and has_room and (a, b) not in self.links:
                self._link(a, b)


def link_all_pairs(traits: Traits, seed: int) -> Links:
    """Link people of a small world, each pair of whom is compared."""
    made = sorted(_choose_links(traits, seed).items())
    return Links(
        left=np.array([a for (a, _), _ in made], dtype=np.int64),
        right=np.array([b for (_, b), _ in made], dtype=np.int64),
        made=np.array([ROUNDS.index(made_in) for _, made_in in made], dtype=np.int8),
    )


def _choose_links(traits: Traits, seed: int) -> dict[tuple[int, int], str]:
    unlimited = len(traits.keys) * MAX_FRIENDS
    near_slots, far_slots = budgets(traits, seed)
    local = [_local_pairs(traits, members, seed) for members in traits.by_city()]
    linker = _Linker(len(traits.keys))
    linker.slots = near_slots.tolist()
    for pairs in local:
        linker.span(pairs, unlimited)
        linker.fill(pairs, unlimited)

    unspent = np.array(linker.slots, dtype=np.int64)
    linker.slots = far_slots.tolist()
    linker.round = AWAY
    most = len(linker.links) + most_far_links(traits, len(linker.links))
    distant = _far_pairs(traits, seed)
    linker.span(distant, most)
    linker.fill(distant, most)

    # What found nobody far away is spent at home.
    linker.slots = (unspent + np.array(linker.slots, dtype=np.int64)).tolist()
    fewest = np.where(traits.is_demo, DEMO_FRIENDS[0], 1).tolist()
    for pairs in local:
        linker.round = LEFTOVER
        linker.fill(pairs, unlimited)
        linker.round = RESCUE
        linker.rescue(pairs, fewest)
    linker.round = STRETCH
    _stretch_budgets(traits, linker, local)
    return linker.links


def _stretch_budgets(traits: Traits, linker: _Linker, local: list[Pairs]) -> None:
    """Give people one friend more than they can afford, up to the mean aimed at.

    In a city of nine, whoever has slots left soon finds that nobody else has: their
    neighbours make room for them first. The cities take turns.
    """
    slots = np.array(linker.slots, dtype=np.int64)
    may_stretch = (np.array(linker.degree) < MAX_FRIENDS) & ~traits.is_demo
    linker.slots = np.where(may_stretch, np.maximum(slots, 1), slots).tolist()
    pairs = Pairs.joined(local)
    turns = [np.arange(len(pairs.left)) / max(len(pairs.left), 1) for pairs in local]
    linker.fill(
        pairs.ordered(np.concatenate([np.zeros(0), *turns])),
        round(MEAN_FRIENDS * len(slots) / 2),
    )


def _local_pairs(traits: Traits, members: Ints, seed: int) -> Pairs:
    """Give all pairs of one city: the demo user's, then by score, circles, draw."""
    row, column = np.triu_indices(len(members), 1)
    left, right = members[row], members[column]
    keys = traits.keys
    return Pairs(left, right).ordered(
        ~(traits.is_demo[left] | traits.is_demo[right]),
        -friendship_scores(traits, left, right),
        -shared_circles(traits, left, right),
        uniform(seed, "friends-tie", keys[left], keys[right]),
    )


def _far_pairs(traits: Traits, seed: int) -> Pairs:
    """Give the pairs of two cities that may be friends, by weighted random order.

    The weight is score x odds of the distance. Sorting by -log(u) / weight draws
    without replacement (Efraimidis and Spirakis).
    """
    found = [_strong_pairs(traits, members) for members in traits.by_city()]
    pairs = Pairs.joined(found)
    left, right = pairs.left, pairs.right
    km = distance_matrix_km(traits.cities)[traits.city[left], traits.city[right]]
    odds = FAR_ODDS + (1 - FAR_ODDS) * np.exp(-km / NEAR_KM)
    weight = odds * friendship_scores(traits, left, right)
    draw = uniform(seed, "friends-far", traits.keys[left], traits.keys[right])
    return Pairs(left, right).ordered(
        ~(traits.is_demo[left] | traits.is_demo[right]), -np.log1p(-draw) / weight
    )


def _strong_pairs(traits: Traits, members: Ints) -> Pairs:
    """Give the pairs of a member of one city and a stranger with strong overlap."""
    strangers = np.flatnonzero(traits.city > traits.city[members[0]])
    strong = shared_strong(traits, members[:, None], strangers[None, :])
    row, column = np.nonzero(strong >= STRONG_OVERLAP_CATEGORIES)
    one, other = members[row], strangers[column]
    return Pairs(np.minimum(one, other), np.maximum(one, other))
