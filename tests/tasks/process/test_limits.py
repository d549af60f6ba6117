"""Fewer communities or people than there are, spread over the cities."""

from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.errors import InputError
from tasks.process.limits import check_limit, take_spread

PEOPLE = pl.DataFrame(
    {"city": ["ams"] * 3 + ["berlin"] * 1 + ["tokyo"] * 4, "name": list("abcdefgh")}
)


def test_without_a_limit_all_are_taken() -> None:
    """None takes everything as it stands."""
    check_limit(None, 0, 3, "people")
    assert take_spread(PEOPLE, None).equals(PEOPLE)


def test_the_first_of_every_city_come_before_any_second() -> None:
    """In turn, and in the given order."""
    assert take_spread(PEOPLE, 5)["name"].to_list() == ["a", "b", "d", "e", "f"]


@given(st.integers(3, 8))
def test_a_limit_is_met_and_fair(limit: int) -> None:
    """Exactly as many as asked for; a city lags by one only when it has no more."""
    taken = take_spread(PEOPLE, limit)
    counts = Counter(taken["city"])
    assert taken.height == limit
    for city, available in Counter(PEOPLE["city"]).items():
        assert counts[city] >= min(available, max(counts.values()) - 1)


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        (2, "people=2 is fewer than one for each of 3 cities; give 3 to 8"),
        (0, "people=0 is fewer"),
        (9, "people=9 is more than the 8 that the source has; give 3 to 8"),
    ],
)
def test_an_impossible_limit_says_what_is_possible(limit: int, message: str) -> None:
    """One a city at least, and no more than there are."""
    with pytest.raises(InputError, match=message):
        check_limit(limit, available=8, cities=3, what="people")
