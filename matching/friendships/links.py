"""The links that a plan makes, and the rounds in which it makes them."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.friendships.budgets import FAR_SHARE
from matching.friendships.traits import Ints, Traits

# The rounds in which links are made, in this order.
HOME: Final = "home"  # in one city, within both budgets
AWAY: Final = "away"  # between two cities, within the part kept for that
LEFTOVER: Final = "leftover"  # in one city, with what was kept but not spent elsewhere
RESCUE: Final = "rescue"  # beyond a budget: one of the two had too few friends
STRETCH: Final = "stretch"  # one more than a budget, up to the mean aimed at
ROUNDS: Final = (HOME, AWAY, LEFTOVER, RESCUE, STRETCH)


@dataclass(frozen=True)
class Links:
    """Links between people, as indices into `Traits`, ascending; each pair once.

    made: the round of each, an index into `ROUNDS`.
    """

    left: Ints  # below right
    right: Ints
    made: NDArray[np.int8]


def most_far_links(traits: Traits, local_links: int) -> int:
    """Give how many links may run between cities, so that they stay a small share.

    People who are alone in their city have nobody else: each may have one.
    """
    alone = int((np.bincount(traits.city) == 1).sum())
    return max(int(local_links * FAR_SHARE / (1 - FAR_SHARE)), alone)
