"""Who stands in line for each event: drawn people who would come, in order.

A line has two parts. In the first stand people by rank, those of one rank in a random
order, each if their draw is below their chance. In the second stand people in a random
order, each if another draw is below 0.7 of it. Lines are cut where the seats are
expected to be gone, and go on from there when they are not.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matching import draws
from matching.classes.arrays import POWERS, Events, Flags, Floats, Ints, People
from matching.classes.pools import Pool, Ranks, Rounds, rank
from matching.classes.spans import Spans
from matching.seating import REST_FACTOR
from matching.tickets import COMES_WHERE_DEAR, DEAR_CENTS, DEAREST_CHANCE
from matching.vocabulary import SpendingPower

TOP, REST = 0, 1  # the parts of a line
SPARE: Final = 1.3  # people who are looked at for one expected to come
SPARE_MORE: Final = 6
LONGER: Final = 3  # times as many when they were too few
LEAST_LIKELY: Final = 0.02  # chance of coming that the first look reckons with
HIGH: Final = POWERS.index(SpendingPower.HIGH.value)
MEDIUM: Final = POWERS.index(SpendingPower.MEDIUM.value)
_DETERRED: Final = np.array([COMES_WHERE_DEAR[SpendingPower(p)] for p in POWERS])


@dataclass(frozen=True)
class Lines:
    """People in line, one row each: by event, part, and place in the part.

    event: an index into `Events`. person: into `People`. turn: how many of the event's
    people come before in the order of rank, whether or not they would come. tier: the
    wanted one. draw: whether the order goes through.
    """

    event: NDArray[np.int32]
    part: NDArray[np.int8]
    person: NDArray[np.int32]
    turn: NDArray[np.int32]
    tier: NDArray[np.int8]
    power: NDArray[np.int8]
    draw: Floats

    @classmethod
    def joined(cls, parts: "list[Lines]") -> "Lines":
        """Put lines together; those of one event and part go on from one another."""
        joined = cls(
            *(
                np.concatenate([getattr(part, field.name) for part in parts])
                for field in fields(cls)
            )
        )
        order = np.argsort(joined.event * 2 + joined.part, kind="stable")
        return joined.only(order)

    def only(self, rows: Ints | Flags) -> "Lines":
        """Keep some rows, in that order."""
        return Lines(*(getattr(self, field.name)[rows] for field in fields(self)))


@dataclass(frozen=True)
class Draw:
    """What the lines of one round are drawn from."""

    people: People
    events: Events
    busy: Spans
    seed: int
    awake: Flags | None = None  # by (event, city): whether people there could watch


@dataclass(frozen=True)
class Group:
    """Events that draw from one pool and have the same categories.

    rows: indices into `Events`. shares: only those come who share a category.
    """

    pool: Pool
    mask: int
    rows: Ints
    shares: bool = False


def line_up(draw: Draw, groups: Iterable[Group], wanted: Ints) -> tuple[Lines, Flags]:
    """Draw the lines of events.

    Args:
        draw: people and events.
        groups: the events; none stands in two groups.
        wanted: how many people each event and part wants in line, shape (events, 2).

    Returns:
        The lines, and of each event and part whether everybody has been looked at:
        else there are as many in line as wanted, and there would be more.
    """
    lines = [_nobody()]
    whole = np.ones(wanted.shape, dtype=np.bool_)
    for group in groups:
        ranks = rank(draw.people, group.pool, group.mask, shares=group.shares)
        everybody = int(ranks.size.sum())
        for part in (TOP, REST):
            part_of = _Part(draw, group, ranks, part)
            need = wanted[group.rows, part].copy()
            seen = np.zeros_like(need)
            steps = np.where(need > 0, part_of.likely_steps(need), 0)
            todo = np.flatnonzero(need > 0)
            while len(todo):
                stop = np.minimum(steps[todo], everybody)
                new = part_of.look_at(group.rows[todo], seen[todo], stop)
                lines.append(new)
                seen[todo] = stop
                steps[todo] *= LONGER
                need[todo] -= np.bincount(new.event, minlength=len(wanted))[
                    group.rows[todo]
                ]
                todo = todo[(need[todo] > 0) & (seen[todo] < everybody)]
            whole[group.rows, part] = seen >= everybody
    return Lines.joined(lines), whole


@dataclass(frozen=True)
class _Part:
    """One part of the lines of a group."""

    draw: Draw
    group: Group
    ranks: Ranks
    part: int

    def likely_steps(self, wanted: Ints) -> Ints:
        """Give how many people must be looked at for so many to come, and some."""
        chance = self.ranks.chance
        if self.part == REST:
            share = self.ranks.size / max(int(self.ranks.size.sum()), 1)
            chance = REST_FACTOR * np.array([(share * chance).sum()])
        likely = max(float(chance.max(initial=0.0)), LEAST_LIKELY)
        return np.ceil(wanted / likely * SPARE).astype(np.int64) + SPARE_MORE

    def look_at(self, rows: Ints, first: Ints, stop: Ints) -> Lines:
        """Look at the people from one step to another; give those who would come."""
        draw, ranks, pool = self.draw, self.ranks, self.group.pool
        events = draw.events
        count = stop - first
        nth = np.repeat(np.arange(len(rows)), count)
        turn = np.arange(len(nth)) - np.repeat(np.cumsum(count) - stop, count)
        if self.part == REST:
            around = Rounds.of(draw.seed, "attend/rest", events.keys[rows])
            turn = around.place(nth, turn, ranks.size.sum())
        of_rank = np.searchsorted(ranks.first + ranks.size, turn, side="right")
        place = self._place(rows, nth, of_rank, turn)
        person, event = pool.people[place], rows[nth]
        come = self._come(event, person, of_rank, place)
        event, person, turn = event[come], person[come], turn[come]
        free = ~draw.busy.are_busy(person, events.start[event], events.end[event])
        return self._lines(event[free], person[free], turn[free])

    def _place(self, rows: Ints, nth: Ints, of_rank: Ints, turn: Ints) -> Ints:
        """Give the place in the pool to which each step of an event leads."""
        ranks = self.ranks
        kinds = len(ranks.size)
        way = Rounds.of(
            self.draw.seed,
            "attend/rank",
            np.repeat(self.draw.events.keys[rows], kinds),
            np.tile(np.arange(kinds, dtype=np.uint64), len(rows)),
        )
        inside = way.place(
            nth * kinds + of_rank, turn - ranks.first[of_rank], ranks.size[of_rank]
        )
        return ranks.order[ranks.first[of_rank] + inside]

    def _come(self, event: Ints, person: Ints, of_rank: Ints, place: Ints) -> Ints:
        """Give the rows of those who would come, by their draw, and could."""
        draw, pool = self.draw, self.group.pool
        people, events = draw.people, draw.events
        chance = self.ranks.chance[of_rank]
        if self.part == REST:
            chance *= REST_FACTOR
        if pool.factor is not None:
            chance *= pool.factor[place]
        dear = np.flatnonzero(events.prices[event, 0] > DEAR_CENTS)
        chance[dear] *= _DETERRED[people.power[person[dear]]]
        would = draws.uniform(
            draw.seed,
            "attend/top_draw" if self.part == TOP else "attend/rest_draw",
            events.keys[event],
            people.keys[person],
        )
        come = (would < chance) & (pool.ready[place] <= events.latest[event])
        if draw.awake is not None:
            come &= draw.awake[event, people.city[person]]
        return np.flatnonzero(come)

    def _lines(self, event: Ints, person: Ints, turn: Ints) -> Lines:
        """Say which ticket each of them wants, and draw whether the order succeeds."""
        draw = self.draw
        events, people = draw.events, draw.people
        pair = (events.keys[event], people.keys[person])
        power = people.power[person]
        tiers = events.tiers[event]
        last, middle = tiers - 1, (tiers - 1) // 2
        dearest = draws.uniform(draw.seed, "attend/tier_draw", *pair) < DEAREST_CHANCE
        tier = np.where(power == MEDIUM, middle, 0)
        high = np.where(dearest, last, np.maximum(last - 1, 0))
        return Lines(
            event=event.astype(np.int32),
            part=np.full(len(event), self.part, dtype=np.int8),
            person=person.astype(np.int32),
            turn=turn.astype(np.int32),
            tier=np.where(power == HIGH, high, tier).astype(np.int8),
            power=power.astype(np.int8),
            draw=draws.uniform(draw.seed, "attend/order_draw", *pair),
        )


def _nobody() -> Lines:
    return Lines(
        event=np.zeros(0, dtype=np.int32),
        part=np.zeros(0, dtype=np.int8),
        person=np.zeros(0, dtype=np.int32),
        turn=np.zeros(0, dtype=np.int32),
        tier=np.zeros(0, dtype=np.int8),
        power=np.zeros(0, dtype=np.int8),
        draw=np.zeros(0),
    )
