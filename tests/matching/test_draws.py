"""Draws depend on who and what, never on where a row stands."""

from random import Random  # noqa: TID251  hypothesis shuffles with it

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import draws

keys = st.integers(0, 2**64 - 1)
seeds = st.integers(0, 2**64 - 1)


def _series(values: list[int]) -> pl.Series:
    return pl.Series(values, dtype=pl.UInt64)


@given(st.lists(st.tuples(keys, keys), min_size=1, max_size=20), seeds, st.randoms())
def test_row_order_does_not_matter(
    pairs: list[tuple[int, int]], seed: int, order: Random
) -> None:
    """A pair draws the same word alone, among others, and in any order."""
    mixed = pairs.copy()
    order.shuffle(mixed)

    def drawn(rows: list[tuple[int, int]]) -> dict[tuple[int, int], int]:
        left, right = _series([a for a, _ in rows]), _series([b for _, b in rows])
        found = draws.words(seed, "s", left, right).tolist()
        return dict(zip(rows, found, strict=True))

    assert drawn(pairs) == drawn(mixed)
    assert drawn(pairs[:1])[pairs[0]] == drawn(pairs)[pairs[0]]


@given(seeds, keys)
def test_streams_and_seeds_are_independent(seed: int, key: int) -> None:
    """Another seed, stream or key gives another word; a swapped pair as well."""
    series = _series([key])
    word = draws.words(seed, "a", series)[0]
    assert word != draws.words(seed, "b", series)[0]
    assert word != draws.words(seed + 1, "a", series)[0]
    assert word != draws.words(seed, "a", _series([key ^ 1]))[0]
    pair = draws.words(seed, "a", series, key ^ 1)[0]
    assert pair != draws.words(seed, "a", _series([key ^ 1]), key)[0]


@given(seeds, keys)
def test_a_draw_lies_below_one(seed: int, key: int) -> None:
    """Draws fill [0, 1), and picks the indexes below the number of options."""
    assert 0 <= draws.one(seed, "s", key) < 1
    assert 0 <= draws.pick(seed, "s", 7, _series([key]))[0] < 7


def test_known_words() -> None:
    """The words of a stream never change, or every world would."""
    assert draws.words(1, "known", _series([1, 2])).tolist() == [
        3306065009079458173,
        13760893717467939134,
    ]
    assert draws.key_of("person", "berlin", "Ada") == 2728031980819534489


def test_draws_are_uniform() -> None:
    """Each tenth of the unit interval holds a tenth of the draws."""
    found = draws.uniform(3, "flat", _series(list(range(50_000))))
    counts, _ = np.histogram(found, bins=10, range=(0, 1))
    assert counts == pytest.approx(np.full(10, 5_000), abs=300)


def test_streams_do_not_correlate() -> None:
    """Two decisions about one pair have nothing to do with each other."""
    rows = _series(list(range(20_000)))
    a, b = (draws.uniform(3, name, rows) for name in ("one", "other"))
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.03


def test_exponential_draws_have_their_mean() -> None:
    """Uniform draws become exponential ones."""
    draw = draws.uniform(3, "late", _series(list(range(50_000))))
    assert draws.exponential(draw, 21.0).mean() == pytest.approx(21, rel=0.03)
    assert draws.exponential(np.array([0.0]), 21.0)[0] == 0


def test_parts_of_a_key_do_not_run_together() -> None:
    """("ab", "c") and ("a", "bc") are two entities; 1 and "1" are one."""
    assert draws.key_of("ab", "c") != draws.key_of("a", "bc")
    assert draws.key_of(1) == draws.key_of("1")
