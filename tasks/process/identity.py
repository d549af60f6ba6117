"""Row ids: who made a row can be read off its id, and the same world gives the same.

An id is "c", five base-36 characters of the world's tag, and 19 of a BLAKE2b hash over
world, table and natural key: 25 characters, like the app's own cuids.
"""

import hashlib
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

STATIC_TAG: Final = "00000"  # rows that every world shares: cities, categories, Alex
TAG_LENGTH: Final = 5
HASH_LENGTH: Final = 19
_DIGITS: Final = np.frombuffer(b"0123456789abcdefghijklmnopqrstuvwxyz", dtype=np.uint8)
_BASE: Final = np.uint64(36)
_HIGH_DIGITS: Final = 10  # of the 19 come from the first 64 bits
_DIGEST_BYTES: Final = 16


def world_tag(world_id: str) -> str:
    """Give a world's tag. It begins with 0, as no cuid of this century does."""
    number = int(hashlib.blake2b(world_id.encode(), digest_size=8).hexdigest(), 16)
    number = number % (36 ** (TAG_LENGTH - 1) - 1) + 1  # never STATIC_TAG
    digits = ""
    for _ in range(TAG_LENGTH - 1):
        number, digit = divmod(number, 36)
        digits = chr(_DIGITS[digit]) + digits
    return "0" + digits


class Identity:
    """Makes the ids of one world's rows."""

    def __init__(self, world_id: str) -> None:
        self.world_id = world_id
        self.tag = world_tag(world_id)

    def ids(self, table: str, *keys: pl.Series) -> pl.Series:
        """Give one id per row, from the 64-bit keys that make up its natural key."""
        return _render(self.tag, f"{self.world_id}/{table}", keys)


def static_ids(table: str, keys: pl.Series) -> pl.Series:
    """Give the ids of rows that are the same in every world."""
    return _render(STATIC_TAG, table, (keys,))


def _render(tag: str, space: str, keys: tuple[pl.Series, ...]) -> pl.Series:
    packed = np.column_stack([key.cast(pl.UInt64).to_numpy() for key in keys])
    raw = np.ascontiguousarray(packed, dtype=">u8").tobytes()
    width = 8 * len(keys)
    base = hashlib.blake2b(space.encode() + b"\0", digest_size=_DIGEST_BYTES)
    digests = bytearray()
    for start in range(0, len(raw), width):
        state = base.copy()
        state.update(raw[start : start + width])
        digests += state.digest()
    words = np.frombuffer(bytes(digests), dtype=">u8").reshape(-1, 2).astype(np.uint64)
    prefix = np.frombuffer(f"c{tag}".encode(), dtype=np.uint8)
    text = np.empty((len(words), len(prefix) + HASH_LENGTH), dtype=np.uint8)
    text[:, : len(prefix)] = prefix
    _write_digits(text[:, len(prefix) :], words)
    joined = text.tobytes().decode("ascii")
    length = text.shape[1]
    return pl.Series(
        [joined[i : i + length] for i in range(0, len(joined), length)],
        dtype=pl.String,
    )


def _write_digits(target: NDArray[np.uint8], words: NDArray[np.uint64]) -> None:
    high, low = words[:, 0].copy(), words[:, 1].copy()
    for place in range(HASH_LENGTH):
        source = high if place < _HIGH_DIGITS else low
        target[:, place] = _DIGITS[source % _BASE]
        source //= _BASE
