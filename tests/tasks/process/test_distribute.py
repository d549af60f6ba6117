"""Series find their city, and a city short of events repeats its own."""

from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.errors import InputError
from tasks.process.distribute import distribute, join_cities
from tasks.process.frames import COMMUNITIES, EVENTS, SERIES

CITIES = ("ams", "berlin", "tokyo")


def communities(*rows: tuple[str, str]) -> pl.DataFrame:
    """One row per (name, city); what else a community has plays no part."""
    return pl.DataFrame(
        [{"name": name, "city": city} for name, city in rows], COMMUNITIES
    )


def series(*rows: tuple[str, str, list[int]]) -> pl.DataFrame:
    """One row per (community, title, months)."""
    return pl.DataFrame(
        [
            {
                "community": community,
                "title": title,
                "months": months,
                "host_message": f"See you at {title}",
                "description": f"About {title}",
                "reviews": [{"rating": 5, "comment": f"Liked {title}"}],
            }
            for community, title, months in rows
        ],
        SERIES,
    )


MONTHS: st.SearchStrategy[list[int]] = st.lists(
    st.integers(1, 12), max_size=3, unique=True
)
HOMES = communities(("Walkers", "ams"), ("Bakers", "berlin"))


def titles(events: pl.DataFrame) -> list[str]:
    return events.get_column("title").to_list()


def test_events_go_to_their_communitys_city() -> None:
    """Schema, order and texts are as given; nothing is repeated when none is short."""
    given_series = series(
        ("Bakers", "Rye", []), ("Walkers", "Dike", []), ("Bakers", "Wheat", [])
    )
    events = distribute(given_series, HOMES, 1, seed=7)
    assert events.schema == EVENTS
    assert events.select("city", "series_title", "occurrence").rows() == [
        ("ams", "Dike", 0),
        ("berlin", "Rye", 0),
        ("berlin", "Wheat", 0),
    ]
    assert titles(events) == ["Dike", "Rye", "Wheat"]
    assert events["host_message"].null_count() == 0


def test_an_unknown_city_raises_listed() -> None:
    """A slug that the vocabulary lacks is named, not dropped."""
    lost = communities(("Walkers", "atlantis"), ("Bakers", "utopia"))
    with pytest.raises(ValueError, match=r"2 unknown cities: 'atlantis', 'utopia'"):
        join_cities(series(("Walkers", "Dike", [])), lost)


def test_an_unknown_community_raises_listed() -> None:
    """So is a series whose community is not there."""
    with pytest.raises(ValueError, match="1 unknown communities: 'Nobody'"):
        distribute(series(("Nobody", "Dike", [])), HOMES, 1, seed=7)


def test_a_community_that_stands_twice_raises() -> None:
    """Many series to one community: a second one would double its events."""
    twice = communities(("Walkers", "ams"), ("Walkers", "berlin"))
    with pytest.raises(pl.exceptions.ComputeError, match="m:1"):
        distribute(series(("Walkers", "Dike", [])), twice, 1, seed=7)


def test_fewer_than_no_events_is_refused() -> None:
    """The message says what to give."""
    with pytest.raises(InputError, match="min_events_per_city is -1; give 0 or more"):
        distribute(series(("Walkers", "Dike", [])), HOMES, -1, seed=7)


def test_a_repeat_says_so_and_has_no_voice_of_its_own() -> None:
    """It shares its series' texts, but no host message and no reviews."""
    events = distribute(series(("Walkers", "Dike", [])), HOMES, 3, seed=7)
    assert titles(events) == ["Dike", "Dike · second date", "Dike · third date"]
    assert events["series_title"].to_list() == ["Dike"] * 3
    assert events["occurrence"].to_list() == [0, 1, 2]
    assert events["description"].to_list() == ["About Dike"] * 3
    assert events["host_message"].to_list() == ["See you at Dike", None, None]
    assert events["reviews"].list.len().to_list() == [1, 0, 0]


def test_more_repeats_than_words_for_them_are_counted() -> None:
    """No two titles are the same, however few series a city has."""
    events = distribute(series(("Walkers", "Dike", [])), HOMES, 30, seed=7)
    assert len(set(titles(events))) == 30
    assert titles(events)[9:11] == ["Dike · tenth date", "Dike · date 11"]


def test_seasonal_series_are_repeated_last() -> None:
    """A second date is hard to find within a single month."""
    given_series = series(
        ("Walkers", "Tulips", [4]),
        ("Walkers", "Any", []),
        ("Walkers", "Summer", [6, 7, 8]),
        ("Walkers", "Other", []),
    )
    for missing, repeated in (
        (2, {"Any", "Other"}),
        (3, {"Any", "Other", "Summer"}),
        (4, {"Any", "Other", "Summer", "Tulips"}),
    ):
        events = distribute(given_series, HOMES, 4 + missing, seed=7)
        again = events.filter(pl.col("occurrence") > 0)
        assert again.height == missing
        assert set(again["series_title"]) == repeated


def test_the_draw_decides_among_equals() -> None:
    """Not always the first of a city: another seed repeats another series."""
    any_month: list[int] = []
    given_series = series(*(("Walkers", f"Walk {at}", any_month) for at in range(9)))
    chosen = {
        distribute(given_series, HOMES, 10, seed)
        .filter(pl.col("occurrence") == 1)["series_title"]
        .item()
        for seed in range(40)
    }
    assert len(chosen) > 5


@given(
    sizes=st.dictionaries(
        st.sampled_from(CITIES), st.integers(1, 12), min_size=1, max_size=3
    ),
    least=st.integers(0, 40),
    seed=st.integers(0, 2**32),
    data=st.data(),
)
def test_padding_keeps_its_laws(
    sizes: dict[str, int], least: int, seed: int, data: st.DataObject
) -> None:
    """Enough and not more, within the city, fair to a round, in any order of rows."""
    homes = communities(*((f"Of {city}", city) for city in sizes))
    rows: list[tuple[str, str, list[int]]] = [
        (f"Of {city}", f"{city} {at}", data.draw(MONTHS))
        for city, count in sizes.items()
        for at in range(count)
    ]
    events = distribute(series(*rows), homes, least, seed)
    per_city = Counter(events["city"])
    assert per_city == {city: max(count, least) for city, count in sizes.items()}
    assert len(set(titles(events))) == events.height
    for (city,), of_city in events.group_by("city"):
        times = Counter(of_city["series_title"])
        assert all(title.startswith(f"{city} ") for title in times)
        assert max(times.values()) - min(times.values()) <= 1
    assert events.filter(pl.col("occurrence") == 0).height == len(rows)
    shuffled = data.draw(st.permutations(rows))
    other = distribute(series(*shuffled), homes, least, seed)
    assert set(titles(other)) == set(titles(events))
