"""Taking pairs in order, many at once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matching.friendships.greedy import take_in_order

PEOPLE = 12


@given(
    st.lists(
        st.tuples(st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)).filter(
            lambda pair: pair[0] < pair[1]
        ),
        unique=True,
    ),
    st.lists(st.integers(0, 5), min_size=PEOPLE, max_size=PEOPLE),
)
def test_it_takes_what_one_by_one_would_be_taken(
    pairs: list[tuple[int, int]], budget: list[int]
) -> None:
    """The same pairs, and the same slots left, as going through them in a loop."""
    left, right = (
        np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1)
    )
    slots = np.array(budget)
    taken = take_in_order(left, right, slots)
    expected: list[int] = []
    for nth, (a, b) in enumerate(pairs):
        if budget[a] > 0 and budget[b] > 0:
            expected.append(nth)
            budget[a] -= 1
            budget[b] -= 1
    assert taken.tolist() == expected
    assert slots.tolist() == budget


def test_blocks_do_not_show() -> None:
    """More pairs than are looked at together: the same as in a loop."""
    draw = np.random.default_rng(1)
    left, right = draw.integers(0, 500, (2, 20_000))
    left, right = left[left != right], right[left != right]
    budget = np.full(500, 7)
    taken = set(take_in_order(left, right, np.full(500, 7)).tolist())
    for nth, (a, b) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        takes = budget[a] > 0 and budget[b] > 0
        assert takes == (nth in taken)
        budget[[a, b]] -= takes
