"""How many friends a person can afford, at home and in other cities."""

from statistics import NormalDist
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.draws import uniform
from matching.friendships.traits import Ints, Traits

# In friends per person.
MAX_FRIENDS: Final = 20
MEAN_FRIENDS: Final = 4.2  # PENDING counted
MOST_MEDIAN: Final = 6.0  # of the budgets, where cities are too small for that mean
REACH: Final = 0.65  # of the people in a small city: the others' budgets are spent
BUDGET_SIGMA: Final = 1.0  # spread of log budgets; degree Gini over 0.3
FAR_SHARE: Final = 0.17  # of all links, at most, run between two cities
DEMO_FRIENDS: Final = (8, 12)  # fewest and most
DEMO_FAR_SHARE: Final = 0.25  # of the demo user's links: a city of nine is soon used up

_NORMAL: Final = NormalDist()


def budgets(traits: Traits, seed: int) -> tuple[Ints, Ints]:
    """Give each person's slots for friends at home and in other cities."""
    people = len(traits.keys)
    draw = uniform(seed, "friends-budget", traits.keys)
    # The ranks of the draws, not the draws, so that every seed has the same mean.
    rank = np.empty(people)
    rank[np.argsort(draw, kind="stable")] = np.arange(people)
    quantile = (rank + 0.5) / max(people, 1)
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
