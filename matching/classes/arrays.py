"""People and events as parallel arrays, the numbers that seats are given away by."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matching.programme import DECIDING_MS, LAST_ORDER_MS, Programme
from matching.timeline import milliseconds
from matching.vocabulary import NetworkingStyle, SpendingPower

STYLES: Final = tuple(style.value for style in NetworkingStyle)
POWERS: Final = tuple(power.value for power in SpendingPower)

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class People:
    """Everybody, ascending by key.

    city: an index into `cities`. kind: style and profession, see `pools`; power: an
    index into POWERS. ready: when each could order at the earliest, in milliseconds.
    """

    keys: Words
    city: Ints
    cities: list[str]
    interests: Words
    strong: Words
    kind: NDArray[np.uint8]
    power: NDArray[np.uint8]
    ready: Ints
    is_demo: Flags

    @classmethod
    def of(cls, programme: Programme) -> "People":
        """Read them from a programme, whatever the order of its rows."""
        people = programme.people.sort("person_key")
        cities = people["city"].unique().sort().to_list()
        numbers = people.select(
            city=pl.col("city").cast(pl.Enum(cities)).to_physical().cast(pl.Int64),
            style=pl.col("networking_style").cast(pl.Enum(STYLES)).to_physical(),
            power=pl.col("spending_power").cast(pl.Enum(POWERS)).to_physical(),
            has_profession=(pl.col("profession") != "").cast(pl.UInt8),
            ready=pl.col("joined").to_physical() + DECIDING_MS,
        )
        return cls(
            keys=people["person_key"].to_numpy(),
            city=numbers["city"].to_numpy(),
            cities=cities,
            interests=people["interest_mask"].to_numpy(),
            strong=people["strong_mask"].to_numpy(),
            kind=(numbers["style"] * 2 + numbers["has_profession"])
            .cast(pl.UInt8)
            .to_numpy(),
            power=numbers["power"].cast(pl.UInt8).to_numpy(),
            ready=numbers["ready"].to_numpy(),
            is_demo=people["is_demo"].to_numpy(),
        )

    def index(self, keys: Words) -> Ints:
        """Give the indices of people by their keys, all of whom there are."""
        return np.searchsorted(self.keys, keys)


@dataclass
class Events:
    """All events in order of time, and what is left of their seats and tickets.

    Instants in milliseconds. latest: when the last order can be placed. tiers: shape
    (events, most tiers), cheapest first; where an event has fewer, none are left.
    """

    frame: pl.DataFrame  # the rows in this order
    keys: Words
    start: Ints
    end: Ints
    mask: Words
    latest: Ints
    open_seats: Ints
    tier_keys: Words
    prices: Ints
    left: Ints
    tiers: Ints  # how many of each event

    @classmethod
    def of(cls, programme: Programme) -> "Events":
        """Read them from a programme, whatever the order of its rows."""
        frame = programme.events.sort("start", "event_key")
        order = frame.select("event_key", row=pl.int_range(pl.len()))
        tiers = programme.tiers.join(order, on="event_key", validate="m:1").sort(
            "row", "position"
        )
        row = tiers["row"].to_numpy()
        count = np.bincount(row, minlength=frame.height)
        place = np.arange(len(row)) - (np.cumsum(count) - count)[row]
        shape = (frame.height, int(count.max(initial=1)))

        def spread(column: str) -> NDArray[Any]:
            values = tiers[column].to_numpy()
            table = np.zeros(shape, dtype=values.dtype)
            table[row, place] = values
            return table

        now = milliseconds(programme.as_of)
        start = frame["start"].to_physical().to_numpy()
        published = frame["published"].to_physical().to_numpy() + DECIDING_MS
        latest = np.minimum(start - LAST_ORDER_MS, now)
        return cls(
            frame=frame,
            keys=frame["event_key"].to_numpy(),
            start=start,
            end=frame["end"].to_physical().to_numpy(),
            mask=frame["category_mask"].to_numpy(),
            # nobody is ready before the year 0: too late for everybody
            latest=np.where(published <= latest, latest, np.iinfo(np.int64).min),
            open_seats=frame["target"].to_numpy().copy(),
            tier_keys=spread("tier_key"),
            prices=spread("price_cents"),
            left=spread("quantity"),
            tiers=count,
        )

    def cheapest(self) -> Ints:
        """Give the lowest price of each event, in cents."""
        return self.prices[:, 0]
