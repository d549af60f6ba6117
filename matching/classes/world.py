"""A large world while its seats are given away: who is where, and the orders so far."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matching.classes.arrays import Events, Flags, Ints, People
from matching.classes.queues import REST, TOP, Draw, Group, Lines, line_up
from matching.classes.selling import FAILED, SEATED, Sold, Terms, sell
from matching.classes.spans import Spans
from matching.programme import Programme
from matching.seating import ORDERS

FAILING: Final = 0.75  # of paid orders at least go through, most often
SPARE_SHARE: Final = 1.15  # of people in line, as some are elsewhere then
SPARE_PEOPLE: Final = 6
LONGER: Final = 4  # times as many in line, where they were too few


@dataclass
class World:
    """People, events, what was ordered, and where everybody with a seat is.

    person, event: indices, one row per seat held and per host.
    """

    programme: Programme
    people: People
    events: Events
    on_site: Flags
    person: Ints
    event: Ints
    orders: list[pl.DataFrame] = field(default_factory=list[pl.DataFrame])

    @classmethod
    def of(cls, programme: Programme) -> "World":
        """Begin with the hosts alone at their events."""
        people, events = People.of(programme), Events.of(programme)
        return cls(
            programme=programme,
            people=people,
            events=events,
            on_site=(events.frame["location_type"] != "ONLINE").to_numpy(),
            person=people.index(events.frame["host_key"].to_numpy()),
            event=np.arange(len(events.keys)),
        )

    def busy(self, gap: int = 0) -> Spans:
        """Say when everybody is somewhere, and so long around what is on site."""
        around = gap * self.on_site[self.event]
        return Spans.of(
            len(self.people.keys),
            self.person,
            self.events.start[self.event] - around,
            self.events.end[self.event] + around,
        )

    def take(self, person: Ints, event: Ints, tier: Ints) -> None:
        """Note who got seats, and that they and their tickets are gone."""
        np.subtract.at(self.events.open_seats, event, 1)
        np.subtract.at(self.events.left, (event, tier), 1)
        self.person = np.concatenate([self.person, person])
        self.event = np.concatenate([self.event, event])

    def record(self, lines: Lines, sold: Sold, names: tuple[str, str]) -> None:
        """Note the orders of a round; names say how each part's seats are called."""
        rows = np.flatnonzero((sold.outcome == FAILED) | (sold.outcome == SEATED))
        event = lines.event[rows].astype(np.int64)
        person = lines.person[rows].astype(np.int64)
        tier = sold.tier[rows].astype(np.int64)
        succeeded = sold.outcome[rows] == SEATED
        self.take(person[succeeded], event[succeeded], tier[succeeded])
        keys = self.people.keys[person]
        self.orders.append(
            pl.DataFrame(
                {
                    "event_key": self.events.keys[event],
                    "buyer_key": keys,
                    "person_key": keys,
                    "companion_key": pl.repeat(None, len(rows), eager=True),
                    "tier_key": self.events.tier_keys[event, tier],
                    "price_cents": self.events.prices[event, tier],
                    "quantity": pl.repeat(1, len(rows), eager=True),
                    "succeeded": succeeded,
                    "seat": pl.Series(names).gather(lines.part[rows]),
                },
                schema_overrides=ORDERS,
            )
        )


def serve(draw: Draw, groups: list[Group], terms: Terms) -> tuple[Lines, Sold]:
    """Let people stand in line and sell to them; longer lines where they ran dry."""
    events = draw.events
    parts = np.stack([terms.top, terms.seats - terms.top], axis=1)
    share = np.where(events.prices.max(axis=1) > 0, SPARE_SHARE / FAILING, SPARE_SHARE)
    wanted = np.ceil(parts * share[:, None]).astype(np.int64) + SPARE_PEOPLE
    wanted[parts <= 0] = 0
    lines, whole = line_up(draw, groups, wanted)
    sold = sell(events, lines, terms)
    while (dry := _ran_dry(sold.taken, terms, whole)).any():
        wanted[dry] *= LONGER
        again = [
            Group(group.pool, group.mask, group.rows[dry[group.rows]], group.shares)
            for group in groups
            if dry[group.rows].any()
        ]
        more, now_whole = line_up(draw, again, wanted)
        whole[dry] = now_whole[dry]
        lines = Lines.joined([lines.only(~dry[lines.event]), more])
        sold = sell(events, lines, terms)
    return lines, sold


def _ran_dry(taken: Ints, terms: Terms, whole: NDArray[np.bool_]) -> Flags:
    """Say where seats are open though not everybody has been looked at."""
    first = taken[:, TOP] < terms.top
    rest = ~first & (taken.sum(axis=1) < terms.seats)
    return (first & ~whole[:, TOP]) | (rest & ~whole[:, REST])
