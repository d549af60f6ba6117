"""Draws for the faker source, each named by what it decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from matching.draws import key_of, one

_T = TypeVar("_T")


@dataclass(frozen=True)
class Dice:
    """Draws for one city, each named by what it decides."""

    seed: int
    city: str

    def roll(self, *about: str | int) -> float:
        """Draw a float in [0, 1)."""
        return one(self.seed, "faker", key_of(self.city, *about))

    def choice(self, options: Sequence[_T], *about: str | int) -> _T:
        """Draw one of the options."""
        return options[int(self.roll(*about) * len(options))]

    def shuffled(self, options: Sequence[_T], *about: str | int) -> list[_T]:
        """Give the options in a drawn order."""
        order = sorted(range(len(options)), key=lambda at: (self.roll(*about, at), at))
        return [options[at] for at in order]

    def weighted(self, options: Sequence[tuple[str, float]], *about: str | int) -> str:
        """Draw one of (value, share); the last takes what rounding leaves."""
        left = self.roll(*about)
        for value, share in options:
            left -= share
            if left < 0:
                return value
        return options[-1][0]


def capital(text: str) -> str:
    """Begin a text with a capital and leave the rest: `AI`, `tabletop RPGs`."""
    return text[:1].upper() + text[1:]
