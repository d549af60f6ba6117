"""Who befriends whom: budgets first, then the best pairs that both can still afford.

Taking pairs in one greedy order over the world would make islands: every city would
spend its people on its best-scored clique. So each person has a budget of links, part
of it kept for other cities, and each pass first takes the pairs that join two groups
not yet connected, then the best of the rest.

A city's pairs are all compared, quadratic in its people: fit for cities of up to about
1,500. A plan for larger ones replaces `_local_pairs` (and `_far_pairs`), nothing else.
"""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matching.draws import uniform
from matching.geography import distance_matrix_km
from matching.schemas import FRIENDSHIPS, PEOPLE, check
from matching.vocabulary import NetworkingStyle

# Score of a pair, given with the app.
SAME_CITY_SCORE: Final = 3
STRONG_CATEGORY_SCORE: Final = 2  # a shared category that is strong in both
WEAK_CATEGORY_SCORE: Final = 1  # any other shared category
SAME_INDUSTRY_SCORE: Final = 1
STRONG_OVERLAP_CATEGORIES: Final = 2  # shared and strong in both: friends across cities

# Budgets, in friends per person.
MAX_FRIENDS: Final = 20
MEAN_FRIENDS: Final = 4.2  # PENDING counted
MOST_MEDIAN: Final = 6.0  # of the budgets, where cities are too small for that mean
REACH: Final = 0.65  # of the people in a small city: the others' budgets are spent
BUDGET_SIGMA: Final = 1.0  # spread of log budgets; degree Gini over 0.3
FAR_SHARE: Final = 0.17  # of all links, at most, run between two cities
DEMO_FRIENDS: Final = (8, 12)  # fewest and most
DEMO_PENDING: Final = 2
DEMO_FAR_SHARE: Final = 0.25  # of the demo user's links: a city of nine is soon used up

NEAR_KM: Final = 1_500.0  # distance over which the odds of a link fall by a factor e
FAR_ODDS: Final = 0.03  # what is left of the odds on the other side of the earth
ACCEPTED_SHARE: Final = 0.8

# The rounds in which links are made, in this order.
HOME: Final = "home"  # in one city, within both budgets
AWAY: Final = "away"  # between two cities, within the part kept for that
LEFTOVER: Final = "leftover"  # in one city, with what was kept but not spent elsewhere
RESCUE: Final = "rescue"  # beyond a budget: one of the two had too few friends
STRETCH: Final = "stretch"  # one more than a budget, up to the mean aimed at

_NORMAL: Final = NormalDist()

# The more active of the two asks.
_ACTIVITY: Final = {
    NetworkingStyle.ACTIVE.value: 2,
    NetworkingStyle.SELECTIVE.value: 1,
    NetworkingStyle.CASUAL.value: 0,
}

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]


@dataclass(frozen=True)
class Traits:
    """What of the people friendship reads: parallel arrays, ascending by key."""

    keys: Words
    city: Ints  # index into `cities`
    cities: list[str]
    industry: Ints
    activity: Ints
    interests: Words
    strong: Words
    circles: list[list[str]]
    is_demo: NDArray[np.bool_]

    @classmethod
    def of(cls, people: pl.DataFrame) -> "Traits":
        """Read them from a frame of `PEOPLE`, whatever the order of its rows.

        Raises:
            TypeError: the frame is not a `PEOPLE` frame.
            ValueError: a person stands twice.
        """
        people = check(people, PEOPLE, "people").sort("person_key")
        if people["person_key"].is_duplicated().any():
            twice = people.filter(pl.col("person_key").is_duplicated())
            raise ValueError(f"people stand twice: {twice['person_key'].to_list()!r}")
        codes = people.select(
            city=pl.col("city").rank("dense").cast(pl.Int64) - 1,
            industry=pl.col("industry").rank("dense").cast(pl.Int64),
            activity=pl.col("networking_style").replace_strict(
                _ACTIVITY, return_dtype=pl.Int64
            ),
        )
        return cls(
            keys=people["person_key"].to_numpy(),
            city=codes["city"].to_numpy(),
            cities=people["city"].unique().sort().to_list(),
            industry=codes["industry"].to_numpy(),
            activity=codes["activity"].to_numpy(),
            interests=people["interest_mask"].to_numpy(),
            strong=people["strong_mask"].to_numpy(),
            circles=people["circles"].to_list(),
            is_demo=people["is_demo"].to_numpy(),
        )

    def by_city(self) -> list[Ints]:
        """Give each city's people as ascending indices, in the order of `cities`."""
        return [np.flatnonzero(self.city == city) for city in range(len(self.cities))]


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


def friendship_scores(traits: Traits, left: Ints, right: Ints) -> Ints:
    """Score pairs of people: how much the two would like one another.

    Args:
        traits: the people.
        left: index of one of each pair.
        right: index of the other, same shape.
    """
    shared = np.bitwise_count(traits.interests[left] & traits.interests[right])
    strong = _shared_strong(traits, left, right)
    return (
        SAME_CITY_SCORE * (traits.city[left] == traits.city[right])
        + WEAK_CATEGORY_SCORE * (shared - strong)
        + STRONG_CATEGORY_SCORE * strong
        + SAME_INDUSTRY_SCORE * (traits.industry[left] == traits.industry[right])
    ).astype(np.int64)


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
    links = sorted(_choose_links(traits, seed))
    left = np.array([a for a, _ in links], dtype=np.int64)
    right = np.array([b for _, b in links], dtype=np.int64)
    return _with_status(traits, left, right, seed)


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
    links = sorted(_choose_links(traits, seed).items())
    keys = traits.keys
    return pl.DataFrame(
        [(int(keys[a]), int(keys[b]), made) for (a, b), made in links],
        schema={"low_key": pl.UInt64, "high_key": pl.UInt64, "round": pl.String},
        orient="row",
    )


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


def _choose_links(traits: Traits, seed: int) -> dict[tuple[int, int], str]:
    unlimited = len(traits.keys) * MAX_FRIENDS
    near_slots, far_slots = _budgets(traits, seed)
    local = [_local_pairs(traits, members, seed) for members in traits.by_city()]
    linker = _Linker(len(traits.keys))
    linker.slots = near_slots.tolist()
    for pairs in local:
        linker.span(pairs, unlimited)
        linker.fill(pairs, unlimited)

    unspent = np.array(linker.slots, dtype=np.int64)
    linker.slots = far_slots.tolist()
    linker.round = AWAY
    most = len(linker.links) + _most_far_links(traits, len(linker.links))
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


def _budgets(traits: Traits, seed: int) -> tuple[Ints, Ints]:
    """Give each person's slots for friends at home and in other cities."""
    people = len(traits.keys)
    draw = uniform(seed, "friends-budget", traits.keys)
    # The ranks of the draws, not the draws, so that every seed has the same mean.
    quantile = (np.argsort(np.argsort(draw, kind="stable")) + 0.5) / max(people, 1)
    normal = np.array([_NORMAL.inv_cdf(share) for share in quantile.tolist()])
    neighbours = np.bincount(traits.city)[traits.city] - 1
    spread = np.exp(BUDGET_SIGMA * normal)
    budget = np.rint(_median_budget(spread, neighbours) * spread)
    fewest, most = DEMO_FRIENDS
    demo_budget = fewest + np.floor(draw * (most - fewest + 1))
    budget = np.where(traits.is_demo, demo_budget, np.clip(budget, 1, MAX_FRIENDS))
    far_share = np.where(traits.is_demo, DEMO_FAR_SHARE, FAR_SHARE)
    # A fraction of a slot is a slot with that probability.
    far = np.floor(budget * far_share + uniform(seed, "friends-far-slot", traits.keys))
    near = np.minimum(np.maximum(budget - far, 1), neighbours)
    return near.astype(np.int64), (budget - near).astype(np.int64)


def _median_budget(spread: NDArray[np.float64], neighbours: Ints) -> float:
    """Give the median budget with which people make `MEAN_FRIENDS` on average.

    The smaller the city, the more of a large budget finds nobody to spend it on.
    """
    low, high = 0.0, MOST_MEDIAN
    most = np.minimum(REACH * neighbours, MAX_FRIENDS * (1 - FAR_SHARE))
    for _ in range(30):  # halvings: far finer than one slot
        median = (low + high) / 2
        made = np.clip(median * spread * (1 - FAR_SHARE), 1, np.maximum(most, 1))
        if made.size and made.mean() < MEAN_FRIENDS * (1 - FAR_SHARE):
            low = median
        else:
            high = median
    return high


def _local_pairs(traits: Traits, members: Ints, seed: int) -> Pairs:
    """Give all pairs of one city: the demo user's, then by score, circles, draw."""
    row, column = np.triu_indices(len(members), 1)
    left, right = members[row], members[column]
    keys = traits.keys
    return Pairs(left, right).ordered(
        ~(traits.is_demo[left] | traits.is_demo[right]),
        -friendship_scores(traits, left, right),
        -_shared_circles(traits, members)[row, column],
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
    strong = _shared_strong(traits, members[:, None], strangers[None, :])
    row, column = np.nonzero(strong >= STRONG_OVERLAP_CATEGORIES)
    one, other = members[row], strangers[column]
    return Pairs(np.minimum(one, other), np.maximum(one, other))


def _shared_strong(traits: Traits, left: Ints, right: Ints) -> Ints:
    shared = traits.strong[left] & traits.strong[right]
    return np.bitwise_count(shared).astype(np.int64)


def _shared_circles(traits: Traits, members: Ints) -> Ints:
    """Count the circles that two members of one city share, as a square matrix."""
    circles: list[list[str]] = [traits.circles[person] for person in members.tolist()]
    labels = sorted({label for of_person in circles for label in of_person})
    column = {label: index for index, label in enumerate(labels)}
    belongs = np.zeros((len(members), len(column)), dtype=np.int64)
    for row, of_person in enumerate(circles):
        belongs[row, [column[label] for label in of_person]] = 1
    return belongs @ belongs.T


def _most_far_links(traits: Traits, local_links: int) -> int:
    """Give how many links may run between cities, so that they stay a small share.

    People who are alone in their city have nobody else: each may have one.
    """
    alone = int((np.bincount(traits.city) == 1).sum())
    return max(int(local_links * FAR_SHARE / (1 - FAR_SHARE)), alone)


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
            "status": np.where(pending, "PENDING", "ACCEPTED"),
        },
        schema=FRIENDSHIPS,
    )
    return frame.sort("person_key", "friend_key")
