"""Selling to lines of people: event by event in order of time, nobody twice at once."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching.classes.arrays import POWERS, Events, Ints
from matching.classes.queues import Lines
from matching.tickets import DEAR_CENTS, MIDDLING_CENTS, order_success, tier_left

# What became of somebody in line.
PASSED: Final = 0  # not asked, elsewhere then, or without a ticket that they would buy
FAILED: Final = 1  # the order did not go through
SEATED: Final = 2

MOST_SEATS: Final = 1 << 30  # of one person: no limit
EVERYBODY: Final = 1 << 62  # a turn beyond anybody's
# Prices from which on an order succeeds less often, and one price of each band.
_BANDS: Final = (1, MIDDLING_CENTS, DEAR_CENTS + 1)
_CHANCE: Final = np.array(
    [[order_success(price, power) for power in POWERS] for price in (0, *_BANDS)]
)


@dataclass(frozen=True)
class Terms:
    """How seats are given away in one round.

    top, seats: of each event, how many at most in the first part, and in all.
    gap: milliseconds between two events that one person has seats at.
    each: seats of one person in this round.
    """

    top: Ints
    seats: Ints
    gap: int = 0
    each: int = MOST_SEATS


@dataclass(frozen=True)
class Sold:
    """What became of each row of the lines, and which tier was ordered.

    taken: seats given away, by event and part.
    """

    outcome: NDArray[np.int8]
    tier: NDArray[np.int8]
    taken: Ints


def sell(events: Events, lines: Lines, terms: Terms) -> Sold:
    """Sell seats to people in line; what is left of the events is not touched.

    One event after the other in a plain loop: who has a seat is passed over at a later
    event of that time, and a sold-out tier sends the next to another. Everything that
    does not hang on those before has been decided by then.
    """
    sold = Sold(
        outcome=np.zeros(len(lines.event), dtype=np.int8),
        tier=lines.tier.copy(),
        taken=np.zeros((len(events.keys), 2), dtype=np.int64),
    )
    band = np.searchsorted(_BANDS, events.prices[lines.event, lines.tier], side="right")
    succeeds = lines.draw < _CHANCE[band, lines.power]
    bounds = np.searchsorted(
        lines.event * 2 + lines.part, np.arange(2 * len(events.keys) + 1)
    )
    box = _BoxOffice(events, lines, terms, succeeds, sold)
    for event in np.unique(lines.event).tolist():
        box.open(event, bounds[2 * event : 2 * event + 3].tolist())
    return sold


@dataclass
class _BoxOffice:
    """The sale of one event after another.

    until: when each person with a seat is free again. visits: the seats of each.
    """

    events: Events
    lines: Lines
    terms: Terms
    succeeds: NDArray[np.bool_]
    sold: Sold
    until: dict[int, int] = field(default_factory=dict[int, int])
    visits: dict[int, int] = field(default_factory=dict[int, int])

    def open(self, event: int, bounds: list[int]) -> None:
        """Sell to both parts of one event's line, which begin and end at these rows."""
        left: list[int] = self.events.left[event].tolist()
        seats = int(self.terms.seats[event])
        top = min(int(self.terms.top[event]), seats)
        first, asked = self._sell(event, (bounds[0], bounds[1]), (0, top), left)
        rest, _ = self._sell(
            event, (bounds[1], bounds[2]), (asked, seats - first), left
        )
        self.sold.taken[event] = first, rest

    def _sell(
        self, event: int, rows: tuple[int, int], most: tuple[int, int], left: list[int]
    ) -> tuple[int, int]:
        """Sell to one part of a line.

        Args:
            event: the event.
            rows: where the part begins and ends.
            most: from which turn on people are asked, and how many seats there are.
            left: tickets by tier; less those sold, afterwards.

        Returns:
            The seats given away, and the turn of the first who was not asked.
        """
        begin, stop = rows
        from_turn, seats = most
        start, free_at = (
            int(self.events.start[event]),
            int(self.events.end[event]) + self.terms.gap,
        )
        until, visits, each = self.until, self.visits, self.terms.each
        tier = self.lines.tier[begin:stop].tolist()
        succeeds = self.succeeds[begin:stop].tolist()
        outcome = [PASSED] * (stop - begin)
        if seats <= 0:
            return 0, 0
        taken, asked = 0, EVERYBODY
        for place, (person, turn) in enumerate(
            zip(
                self.lines.person[begin:stop].tolist(),
                self.lines.turn[begin:stop].tolist(),
                strict=True,
            )
        ):
            if (
                turn < from_turn
                or until.get(person, start) > start
                or visits.get(person, 0) >= each
            ):
                continue
            wanted = tier[place]
            if left[wanted] <= 0:
                tier[place], succeeds[place] = self._other(event, begin + place, left)
            if tier[place] < 0:
                continue
            outcome[place] = FAILED
            if succeeds[place]:
                outcome[place] = SEATED
                left[tier[place]] -= 1
                taken += 1
                until[person] = free_at
                visits[person] = visits.get(person, 0) + 1
                if taken >= seats:
                    asked = turn + 1
                    break
        self.sold.outcome[begin:stop] = outcome
        self.sold.tier[begin:stop] = tier
        return taken, asked

    def _other(self, event: int, row: int, left: list[int]) -> tuple[int, bool]:
        """Give the tier that somebody buys whose own is sold out, -1 for none.

        And whether the order goes through.
        """
        power = POWERS[int(self.lines.power[row])]
        prices = self.events.prices[event].tolist()
        tier = tier_left(int(self.lines.tier[row]), power, prices, left)
        if tier is None:
            return -1, False
        return tier, float(self.lines.draw[row]) < order_success(prices[tier], power)
