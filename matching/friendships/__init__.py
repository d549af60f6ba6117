"""Who befriends whom: budgets first, then the best pairs that both can still afford.

Taking pairs in one greedy order over the world would make islands: every city would
spend its people on its best-scored clique. So each person has a budget of links, part
of it kept for other cities. Small worlds compare all pairs (`pairwise`), large ones
those that meet in a bucket of like people (`bucketed`): the rule is the same.
"""

from matching.friendships.budgets import MAX_FRIENDS, MEAN_FRIENDS
from matching.friendships.links import AWAY, HOME, LEFTOVER, RESCUE, STRETCH
from matching.friendships.plans import (
    ACCEPTED_SHARE,
    DEMO_PENDING,
    befriend,
    link_rounds,
)
from matching.friendships.traits import (
    SAME_CITY_SCORE,
    SAME_INDUSTRY_SCORE,
    STRONG_CATEGORY_SCORE,
    WEAK_CATEGORY_SCORE,
    Traits,
    friendship_scores,
)

__all__ = [
    "ACCEPTED_SHARE",
    "AWAY",
    "DEMO_PENDING",
    "HOME",
    "LEFTOVER",
    "MAX_FRIENDS",
    "MEAN_FRIENDS",
    "RESCUE",
    "SAME_CITY_SCORE",
    "SAME_INDUSTRY_SCORE",
    "STRETCH",
    "STRONG_CATEGORY_SCORE",
    "WEAK_CATEGORY_SCORE",
    "Traits",
    "befriend",
    "friendship_scores",
    "link_rounds",
]
