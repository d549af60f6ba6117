"""Taking pairs in order while both can afford them, many at once."""

from typing import Final

import numpy as np

from matching.friendships.traits import Ints

LEAST_BLOCK: Final = 1 << 12  # pairs looked at together; of no effect on what is taken


def take_in_order(left: Ints, right: Ints, slots: Ints) -> Ints:
    """Take every pair that both can afford, the first pairs first.

    The result is that of going through the pairs one by one. Of those not decided on,
    a pair is certain to be taken if it is the first one of both its people: so all
    such are taken, and the others looked at again. Few people stand twice in a block
    shorter than their number, so that happens a few times only.

    Args:
        left: one of each pair, an index into `slots`.
        right: the other, same shape; never the same person, and no pair stands twice.
        slots: how many pairs each person can afford; less those taken afterwards.

    Returns:
        The indices of the pairs taken, ascending.
    """
    taken = [np.zeros(0, dtype=np.int64)]
    first = np.zeros(len(slots), dtype=np.int64)
    block = max(len(slots) // 2, LEAST_BLOCK)
    for start in range(0, len(left), block):
        one, other = left[start : start + block], right[start : start + block]
        place = np.flatnonzero((slots[one] > 0) & (slots[other] > 0))
        one, other = one[place], other[place]
        while len(place):
            # of several values for one person the last one written stays
            first[other[::-1]] = place[::-1]
            first[one[::-1]] = place[::-1]
            np.minimum.at(first, other, place)
            certain = (first[one] == place) & (first[other] == place)
            taken.append(place[certain] + start)
            slots[one[certain]] -= 1
            slots[other[certain]] -= 1
            keep = ~certain & (slots[one] > 0) & (slots[other] > 0)
            one, other, place = one[keep], other[keep], place[keep]
    return np.sort(np.concatenate(taken))
