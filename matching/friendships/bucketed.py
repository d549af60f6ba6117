"""The plan for large worlds: those are compared who meet in a bucket of their like.

Costs grow with the people, not with their square. City by city: the best pairs of the
buckets within 70 % of everybody's budget at home, the friends of friends within the
rest. Then the links between cities, and at home what is left over.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.draws import uniform
from matching.friendships.budgets import (
    DEMO_FRIENDS,
    MAX_FRIENDS,
    MEAN_FRIENDS,
    budgets,
)
from matching.friendships.candidates import (
    best_first,
    distinct,
    line_up,
    local_ids,
    neighbours,
    pair_ids,
    split_ids,
)
from matching.friendships.distant import distant_pairs
from matching.friendships.greedy import take_in_order
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
from matching.friendships.traits import Ints, Traits

FRIENDS_OF_FRIENDS: Final = 0.3  # of a budget at home: clustering over 0.15
STRANGERS_IN_NEED: Final = 20  # of the city that those meet who have too few friends
STRETCHING: Final = 4  # people asked to stretch for each link missing
STRANGERS: Final = 3  # of the city that those left over meet, besides their like


@dataclass
class _Album:
    """The links of a group of people, and what each of them can still afford."""

    slots: Ints
    degree: Ints
    ids: list[Ints] = field(default_factory=lambda: [np.zeros(0, dtype=np.int64)])
    made: list[NDArray[np.int8]] = field(
        default_factory=lambda: [np.zeros(0, dtype=np.int8)]
    )

    @classmethod
    def of(cls, slots: Ints) -> "_Album":
        """Begin without a link."""
        return cls(slots, np.zeros(len(slots), dtype=np.int64))

    def take(
        self, pairs: tuple[Ints, Ints], made_in: str, most: int | None = None
    ) -> None:
        """Link the pairs that both can afford, the first first, at most so many."""
        left, right = pairs
        taken = take_in_order(left, right, self.slots)
        for surplus in (left[taken[most:]], right[taken[most:]]) if most else ():
            np.add.at(self.slots, surplus, 1)
        left, right = left[taken[:most]], right[taken[:most]]
        for ends in (left, right):
            np.add.at(self.degree, ends, 1)
        self.ids.append(pair_ids(left, right))
        self.made.append(np.full(len(left), ROUNDS.index(made_in), dtype=np.int8))

    def affordable(self, ids: Ints) -> Ints:
        """Leave out pairs that are linked, and those that cannot afford it."""
        left, right = split_ids(ids)
        ids = ids[(self.slots[left] > 0) & (self.slots[right] > 0)]
        linked = np.sort(np.concatenate(self.ids))
        place = np.searchsorted(linked, ids)
        place = np.minimum(place, max(len(linked) - 1, 0))
        return ids[linked[place] != ids] if len(linked) else ids

    def links(self) -> Links:
        """Give all links, ascending."""
        ids, made = np.concatenate(self.ids), np.concatenate(self.made)
        order = np.argsort(ids)
        left, right = split_ids(ids[order])
        return Links(left, right, made[order])


@dataclass(frozen=True)
class _City:
    """One city: indices of its people, their traits, the pairs that met, the links.

    Pairs and links are of places in `people`, where like stands beside like.
    """

    people: Ints
    traits: Traits
    met: Ints
    album: _Album


def link_by_buckets(traits: Traits, seed: int) -> Links:
    """Link people of a large world, who are compared with their like."""
    near_slots, far_slots = budgets(traits, seed)
    cities = [
        _link_city(traits, line_up(traits, members, seed), near_slots, far_slots, seed)
        for members in traits.by_city()
    ]
    away = _Album.of(far_slots)
    at_home = sum(int(city.album.degree.sum()) // 2 for city in cities)
    away.take(
        distant_pairs(traits, far_slots, seed), AWAY, most_far_links(traits, at_home)
    )
    for city in cities:
        # What found nobody far away is spent at home.
        city.album.slots += away.slots[city.people]
        city.album.degree += away.degree[city.people]
        _link_leftover(city, seed)
        _rescue(city, seed)
    group = groups(
        len(traits.keys),
        *split_ids(
            np.concatenate(
                [
                    *away.ids,
                    *(
                        _in_world(city, ids)
                        for city in cities
                        for ids in city.album.ids
                    ),
                ]
            )
        ),
    )
    for city in cities:
        _stretch(city, group[city.people], seed)
        away.ids += [_in_world(city, ids) for ids in city.album.ids]
        away.made += city.album.made
    return away.links()


def _in_world(city: _City, ids: Ints) -> Ints:
    """Turn pairs of places in a city into pairs of indices of people."""
    left, right = split_ids(ids)
    return pair_ids(city.people[left], city.people[right])


def _link_city(
    traits: Traits, people: Ints, near_slots: Ints, far_slots: Ints, seed: int
) -> _City:
    """Link the people of one city within their budgets."""
    own = traits.only(people)
    album = _Album.of(near_slots[people])
    met = local_ids(own, album.slots)
    is_single = near_slots[people] + far_slots[people] == 1
    left, right = split_ids(met)
    # two people of one slot each would be an island
    met = met[~(is_single[left] & is_single[right])]
    # A fraction of a slot is a slot with that probability.
    draw = uniform(seed, "friends-of-friends", own.keys)
    kept = np.floor(album.slots * FRIENDS_OF_FRIENDS + draw).astype(np.int64)
    kept[own.is_demo] = 0
    album.slots -= kept
    album.take(best_first(own, met, seed), HOME)
    album.slots += kept
    introduced = album.affordable(_friends_of_friends(album))
    album.take(best_first(own, introduced, seed), HOME)
    album.take(best_first(own, album.affordable(met), seed), HOME)
    return _City(people, own, met, album)


def _friends_of_friends(album: _Album) -> Ints:
    """Give the pairs with a friend in common, of people who can afford more."""
    left, right = split_ids(np.concatenate(album.ids))
    between = np.concatenate([left, right])
    friend = np.concatenate([right, left])
    can = album.slots[friend] > 0
    by_common = np.sort(between[can] << 32 | friend[can])
    between, friend = split_ids(by_common)
    anyone = np.full(len(album.slots), MAX_FRIENDS)
    return distinct(
        np.concatenate(
            [by_common[:0], *neighbours(between, friend, anyone, MAX_FRIENDS)]
        )
    )


def _link_leftover(city: _City, seed: int) -> None:
    """Let those with slots left meet one another."""
    album = city.album
    still = np.flatnonzero(album.slots > 0)
    left, right = split_ids(local_ids(city.traits.only(still), album.slots[still]))
    beside = neighbours(np.zeros_like(still), still, album.slots, STRANGERS)
    met = distinct(np.concatenate([pair_ids(still[left], still[right]), *beside]))
    album.take(best_first(city.traits, album.affordable(met), seed), LEFTOVER)


def _rescue(city: _City, seed: int) -> None:
    """Link those with too few friends to people beside them, who make room."""
    album, everybody = city.album, len(city.people)
    fewest = np.where(city.traits.is_demo, DEMO_FRIENDS[0], 1)
    missing = fewest - album.degree
    needy = np.flatnonzero(missing > 0)
    lag = np.arange(1, min(everybody, STRANGERS_IN_NEED + 1))
    beside = (needy[:, None] + lag) % everybody
    met = distinct(pair_ids(np.repeat(needy, len(lag)), beside.ravel()))
    album.slots = np.where(missing > 0, missing, MAX_FRIENDS - album.degree)
    album.take(best_first(city.traits, album.affordable(met), seed), RESCUE)


def _stretch(city: _City, group: Ints, seed: int) -> None:
    """Give people one friend more than they can afford, up to the mean aimed at.

    First where that joins two groups.
    """
    album, traits = city.album, city.traits
    may_stretch = (album.degree < MAX_FRIENDS) & ~traits.is_demo
    album.slots = may_stretch.astype(np.int64)
    left, right = split_ids(city.met)
    joining = album.affordable(city.met[group[left] != group[right]])
    album.take(best_first(traits, joining, seed), STRETCH)

    missing = round((MEAN_FRIENDS * len(album.degree) - album.degree.sum()) / 2)
    if missing > 0:
        # drawn, since all the pairs of the city need not be looked at for a few
        share = STRETCHING * missing / len(album.degree)
        album.slots *= uniform(seed, "friends-stretch", traits.keys) < share
        pairs = best_first(traits, album.affordable(city.met), seed)
        album.take(pairs, STRETCH, missing)


def groups(people: int, left: Ints, right: Ints) -> Ints:
    """Give each person's group, those connected by links: its lowest index."""
    group = np.arange(people)
    while True:
        lowest = np.minimum(group[left], group[right])
        joined = group.copy()
        np.minimum.at(joined, group[left], lowest)
        np.minimum.at(joined, group[right], lowest)
        while not np.array_equal(joined, shorter := joined[joined]):
            joined = shorter
        if np.array_equal(joined, group):
            return group
        group = joined
