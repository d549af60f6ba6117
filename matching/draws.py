"""Counter-based randomness: a draw depends on who and what, never on row order.

A draw is splitmix64 over (seed, stream, keys): the same people and events get the
same draw in any partition, in any order, with any number of workers. A stream is a
word that names the decision, so that two decisions about one pair are independent.
"""

from hashlib import blake2b

import numpy as np
import polars as pl
from numpy.typing import NDArray

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # splitmix64's increment
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_TO_UNIT = 2.0**-53  # the 53 high bits of a word, as a float in [0, 1)

Keys = pl.Series | NDArray[np.uint64] | int


def key_of(*parts: str | int) -> int:
    """Give the 64-bit key of an entity, from the parts of its natural key."""
    text = "\x1f".join(str(part) for part in parts)
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def _mix(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    state = (state ^ (state >> np.uint64(30))) * _MIX_1
    state = (state ^ (state >> np.uint64(27))) * _MIX_2
    return state ^ (state >> np.uint64(31))


def _as_array(keys: Keys) -> NDArray[np.uint64]:
    if isinstance(keys, pl.Series):
        return keys.cast(pl.UInt64).to_numpy()
    if isinstance(keys, int):
        return np.array([keys % 2**64], dtype=np.uint64)
    return keys


def words(seed: int, stream: str, *keys: Keys) -> NDArray[np.uint64]:
    """Draw one 64-bit word per row of `keys` (single integers are broadcast)."""
    with np.errstate(over="ignore"):  # arithmetic modulo 2**64 is the point
        state = np.array([key_of(seed, stream)], dtype=np.uint64)
        for key in keys:
            state = _mix((state ^ _as_array(key)) + _GOLDEN)
        return _mix(state + _GOLDEN)


def uniform(seed: int, stream: str, *keys: Keys) -> NDArray[np.float64]:
    """Draw one float in [0, 1) per row of `keys`."""
    return (words(seed, stream, *keys) >> np.uint64(11)).astype(np.float64) * _TO_UNIT


def one(seed: int, stream: str, *keys: int) -> float:
    """Draw a single float in [0, 1)."""
    return float(uniform(seed, stream, *keys)[0])


def pick(seed: int, stream: str, options: int, *keys: Keys) -> NDArray[np.int64]:
    """Draw an index below `options` per row of `keys`."""
    return (uniform(seed, stream, *keys) * options).astype(np.int64)


def exponential(
    draw: NDArray[np.float64], mean: float | NDArray[np.float64]
) -> NDArray[np.float64]:
    """Turn uniform draws into exponential ones with the given mean."""
    return -np.log1p(-draw) * mean
