"""Where people are already, so that nobody is in two places at once."""

from dataclasses import dataclass

import numpy as np

from matching.classes.arrays import Flags, Ints


@dataclass(frozen=True)
class Spans:
    """When people are somewhere, from `base` on and for less than `step` milliseconds.

    known: who is anywhere at all. place: person x step + start - base, ascending.
    until: the latest end, so placed, of the same person's spans up to each.
    """

    known: Flags
    base: int
    step: int
    place: Ints
    until: Ints

    @classmethod
    def of(cls, people: int, person: Ints, start: Ints, end: Ints) -> "Spans":
        """Sort spans of time; one row each, start and end in milliseconds."""
        known = np.zeros(people, dtype=np.bool_)
        known[person] = True
        base = int(start.min()) if len(start) else 0
        step = int(end.max(initial=base)) - base + 2
        place = person * step + (start - base)
        order = np.argsort(place, kind="stable")
        until = np.maximum.accumulate((person * step + (end - base))[order])
        return cls(known, base, step, place[order], until)

    def are_busy(self, person: Ints, start: Ints, end: Ints) -> Flags:
        """Say of each row whether the person is somewhere between start and end."""
        busy = self.known[person]
        asked = np.flatnonzero(busy)
        person = person[asked] * self.step
        start, end = (
            np.clip(moment[asked] - self.base, 0, self.step - 1)
            for moment in (start, end)
        )
        before = np.searchsorted(self.place, person + end, side="left") - 1
        # the end of an earlier person's span is before any moment of this one
        busy[asked] = (before >= 0) & (self.until[before] > person + start)
        return busy
