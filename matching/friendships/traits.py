"""What of the people friendship reads, and how much two of them like one another."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matching.schemas import PEOPLE, check
from matching.vocabulary import NetworkingStyle

# Score of a pair, given with the app.
SAME_CITY_SCORE: Final = 3
STRONG_CATEGORY_SCORE: Final = 2  # a shared category that is strong in both
WEAK_CATEGORY_SCORE: Final = 1  # any other shared category
SAME_INDUSTRY_SCORE: Final = 1
STRONG_OVERLAP_CATEGORIES: Final = 2  # shared and strong in both: friends across cities

CIRCLES_READ: Final = 2  # the most that anybody has

NEAR_KM: Final = 1_500.0  # distance over which the odds of a link fall by a factor e
FAR_ODDS: Final = 0.03  # what is left of the odds on the other side of the earth

# The more active of the two asks.
_ACTIVITY: Final = {
    NetworkingStyle.ACTIVE.value: 2,
    NetworkingStyle.SELECTIVE.value: 1,
    NetworkingStyle.CASUAL.value: 0,
}

_READ: Final = (
    "person_key",
    "city",
    "industry",
    "networking_style",
    "interest_mask",
    "strong_mask",
    "circles",
    "is_demo",
)

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]


@dataclass(frozen=True)
class Traits:
    """What of the people friendship reads: parallel arrays, ascending by key."""

    keys: Words
    city: Ints  # index into `cities`
    cities: list[str]
    industry: Ints
    activity: Ints
    interests: Words
    strong: Words
    circles: Ints  # numbers of the two that each may have, -1 for none; shape (n, 2)
    is_demo: NDArray[np.bool_]

    @classmethod
    def of(cls, people: pl.DataFrame) -> "Traits":
        """Read them from a frame of `PEOPLE`, whatever the order of its rows.

        Raises:
            TypeError: the frame is not a `PEOPLE` frame.
            ValueError: a person stands twice.
        """
        people = check(people, PEOPLE, "people").select(_READ).sort("person_key")
        if people["person_key"].is_duplicated().any():
            twice = people.filter(pl.col("person_key").is_duplicated())
            raise ValueError(f"people stand twice: {twice['person_key'].to_list()!r}")
        cities, city = _coded(people["city"])
        return cls(
            keys=people["person_key"].to_numpy(),
            city=city,
            cities=cities,
            industry=_coded(people["industry"])[1],
            activity=people["networking_style"]
            .replace_strict(_ACTIVITY, return_dtype=pl.Int64)
            .to_numpy(),
            interests=people["interest_mask"].to_numpy(),
            strong=people["strong_mask"].to_numpy(),
            circles=_code_circles(people["circles"]),
            is_demo=people["is_demo"].to_numpy(),
        )

    def only(self, who: Ints) -> "Traits":
        """Give the traits of some people, in that order."""
        return Traits(
            keys=self.keys[who],
            city=self.city[who],
            cities=self.cities,
            industry=self.industry[who],
            activity=self.activity[who],
            interests=self.interests[who],
            strong=self.strong[who],
            circles=self.circles[who],
            is_demo=self.is_demo[who],
        )

    def by_city(self) -> list[Ints]:
        """Give each city's people as ascending indices, in the order of `cities`."""
        return [np.flatnonzero(self.city == city) for city in range(len(self.cities))]


def friendship_scores(traits: Traits, left: Ints, right: Ints) -> Ints:
    """Score pairs of people: how much the two would like one another.

    Args:
        traits: the people.
        left: index of one of each pair.
        right: index of the other, same shape.
    """
    shared = np.bitwise_count(traits.interests[left] & traits.interests[right])
    strong = shared_strong(traits, left, right)
    return (
        SAME_CITY_SCORE * (traits.city[left] == traits.city[right])
        + WEAK_CATEGORY_SCORE * (shared - strong)
        + STRONG_CATEGORY_SCORE * strong
        + SAME_INDUSTRY_SCORE * (traits.industry[left] == traits.industry[right])
    ).astype(np.int64)


def shared_strong(traits: Traits, left: Ints, right: Ints) -> Ints:
    """Count the shared categories that are strong in both of each pair."""
    shared = traits.strong[left] & traits.strong[right]
    return np.bitwise_count(shared).astype(np.int64)


def shared_circles(traits: Traits, left: Ints, right: Ints) -> Ints:
    """Count the circles that the two of each pair share."""
    shared = np.zeros(len(left), dtype=np.int64)
    for own in traits.circles.T:
        for other in traits.circles.T:
            shared += (own[left] >= 0) & (own[left] == other[right])
    return shared


def _code_circles(circles: pl.Series) -> Ints:
    labels = pl.concat(
        [circles.list.get(place, null_on_oob=True) for place in range(CIRCLES_READ)]
    )
    return _coded(labels)[1].reshape(CIRCLES_READ, -1).T


def _coded(labels: pl.Series) -> tuple[list[str], Ints]:
    """Number labels by their order; give them, and one number per row (null: -1)."""
    found: list[str] = labels.drop_nulls().unique().sort().to_list()
    codes = labels.cast(pl.Enum(found)).to_physical().cast(pl.Int64)
    return found, codes.fill_null(-1).to_numpy()
