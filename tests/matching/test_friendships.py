"""Who befriends whom: scores, rules that always hold, and the shape of the network."""

import json
from importlib.resources import files
from typing import Any, Final

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.draws import key_of
from matching.friendships import MAX_FRIENDS, Traits, befriend, friendship_scores
from matching.interest import category_mask
from matching.schemas import FRIENDSHIPS, PEOPLE
from matching.vocabulary import CATEGORIES, LOCATIONS, NetworkingStyle

STRONG_LEVEL: Final = 5  # a level above it is strong
SEEDS: Final = range(10)


def _person(key: int, city: str = "berlin", **changes: object) -> dict[str, Any]:
    person: dict[str, Any] = {
        "person_key": key,
        "city": city,
        "first_name": "Ada",
        "last_name": str(key),
        "profession": "Baker",
        "industry": "hospitality",
        "experience_level": "MID",
        "networking_style": "CASUAL",
        "spending_power": "MEDIUM",
        "bio": "",
        "circles": [],
        "interest_mask": 0b11,
        "strong_mask": 0b11,
        "is_demo": False,
    }
    return person | changes


def _people(*rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=PEOPLE)


def _recorded_person(city: str, row: dict[str, Any], number: int) -> dict[str, Any]:
    levels = {i["category"]: i["level"] for i in row["interests"]}
    return _person(
        key_of("person", city, number),
        city,
        industry=row["industry"],
        networking_style=row["networking_style"],
        circles=[f"{city}/{label}" for label in row["circles"]],
        interest_mask=category_mask(levels),
        strong_mask=category_mask(c for c, v in levels.items() if v > STRONG_LEVEL),
    )


@pytest.fixture(scope="module")
def recorded() -> pl.DataFrame:
    """The recorded edition's people, and a demo user in Berlin."""
    folder = files("tasks.generate").joinpath("recorded/users")
    rows = [_demo()]
    for location in LOCATIONS:
        text = folder.joinpath(f"{location.slug}.json").read_text(encoding="utf-8")
        people = json.loads(text)["users"]
        rows += [_recorded_person(location.slug, p, i) for i, p in enumerate(people)]
    return _people(*rows)


def _demo() -> dict[str, Any]:
    return _person(
        1,
        interest_mask=0b11111111,
        strong_mask=0b1111,
        networking_style="ACTIVE",
        is_demo=True,
    )


def _graph(people: pl.DataFrame, friendships: pl.DataFrame) -> "nx.Graph[int]":
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(people["person_key"].to_list())
    graph.add_edges_from(friendships.select("person_key", "friend_key").iter_rows())
    return graph


def _score(a: dict[str, Any], b: dict[str, Any]) -> int:
    traits = Traits.of(_people(a, b))
    return int(friendship_scores(traits, np.array([0]), np.array([1]))[0])


@pytest.mark.parametrize(
    ("changes", "score"),
    [
        ({}, 3 + 2 + 2 + 1),
        ({"city": "paris"}, 2 + 2 + 1),
        ({"industry": "legal"}, 3 + 2 + 2),
        ({"strong_mask": 0b01}, 3 + 2 + 1 + 1),
        ({"interest_mask": 0b10, "strong_mask": 0b00}, 3 + 1 + 1),
        ({"interest_mask": 0b100, "strong_mask": 0b100}, 3 + 1),
    ],
)
def test_score(changes: dict[str, Any], score: int) -> None:
    """City, each shared category by strength, and industry add up."""
    assert _score(_person(5), _person(6, **changes)) == score


@pytest.mark.parametrize("seed", SEEDS)
def test_network_of_the_recorded_edition(recorded: pl.DataFrame, seed: int) -> None:
    """For any seed the network has the shape that real ones of its size have."""
    friendships = befriend(recorded, seed)
    graph = _graph(recorded, friendships)
    city = dict(recorded.select("person_key", "city").iter_rows())
    degree = np.array([d for _, d in graph.degree])
    at_home = np.mean([city[a] == city[b] for a, b in graph.edges])
    largest = max(map(len, nx.connected_components(graph)))
    assert 3.9 < degree.mean() < 4.45
    assert degree.max() <= MAX_FRIENDS
    assert (degree == 0).mean() < 0.02
    assert 0.83 <= at_home < 0.92
    assert largest > 0.95 * len(degree)
    assert 0.3 < nx.average_clustering(graph) < 0.6
    accepted = friendships.filter(pl.col("status") == "ACCEPTED").height
    assert 0.75 < accepted / friendships.height < 0.85


@pytest.mark.parametrize("seed", SEEDS)
def test_demo_user(recorded: pl.DataFrame, seed: int) -> None:
    """Alex has 8 to 12 friends, two of them pending."""
    of_demo = befriend(recorded, seed).filter(
        (pl.col("person_key") == 1) | (pl.col("friend_key") == 1)
    )
    assert 8 <= of_demo.height <= 12
    assert (of_demo["status"] == "PENDING").sum() == 2


def test_nearer_is_likelier(recorded: pl.DataFrame) -> None:
    """Friends in two cities live nearer than the pairs they were drawn from."""
    place = {row.slug: row.continent for row in LOCATIONS}
    city = dict(recorded.select("person_key", "city").iter_rows())
    links = befriend(recorded, 0).select("person_key", "friend_key").rows()
    far = [(city[a], city[b]) for a, b in links if city[a] != city[b]]
    near = np.mean([place[a] == place[b] for a, b in far])
    any_two = np.mean([place[a] == place[b] for a in place for b in place if a != b])
    assert near > 1.5 * any_two


def test_row_order_does_not_matter(recorded: pl.DataFrame) -> None:
    """Shuffled people make the same friends; another seed makes others."""
    friendships = befriend(recorded, 3)
    assert befriend(recorded.sample(fraction=1, shuffle=True, seed=1), 3).equals(
        friendships
    )
    assert not befriend(recorded, 4).equals(friendships)


@st.composite
def _worlds(draw: st.DrawFn) -> list[dict[str, Any]]:
    masks = st.integers(0, 2 ** len(CATEGORIES) - 1)
    labels = st.sets(st.sampled_from(["a", "b", "c"]), max_size=2)
    people: list[dict[str, Any]] = []
    for key in range(2, 2 + draw(st.integers(0, 40))):
        city = draw(st.sampled_from(["berlin", "paris", "tokyo"]))
        interests = draw(masks)
        people.append(
            _person(
                key,
                city,
                interest_mask=interests,
                strong_mask=interests & draw(masks),
                networking_style=draw(st.sampled_from(NetworkingStyle)).value,
                circles=[f"{city}/{label}" for label in sorted(draw(labels))],
            )
        )
    return people


@settings(max_examples=60)
@given(_worlds(), st.integers(0, 2**32), st.integers(0, 1))
def test_rules_hold_in_any_world(
    rows: list[dict[str, Any]], seed: int, demos: int
) -> None:
    """Friends are two people of one city or of one mind, once, the livelier asking."""
    people = rows + [_demo()] * demos
    frame = _people(*people)
    friendships = befriend(frame, seed)
    assert friendships.schema == FRIENDSHIPS
    by_key = {person["person_key"]: person for person in people}
    for asker, friend, score, status in friendships.iter_rows():
        a, b = by_key[asker], by_key[friend]
        strong = (a["strong_mask"] & b["strong_mask"]).bit_count()
        assert a["city"] == b["city"] or strong >= 2
        assert _ACTIVITY.index(a["networking_style"]) <= _ACTIVITY.index(
            b["networking_style"]
        )
        assert score == _score(a, b)
        assert status in {"PENDING", "ACCEPTED"}
    graph = _graph(frame, friendships)
    assert graph.number_of_edges() == friendships.height  # each pair once
    assert all(a != b for a, b in graph.edges)
    degree = dict(graph.degree)
    assert all(d <= MAX_FRIENDS for d in degree.values())
    people_of = frame["city"].value_counts()
    crowd = dict(people_of.iter_rows())
    assert all(degree[k] > 0 for k, p in by_key.items() if crowd[p["city"]] > 1)


_ACTIVITY: Final = ["ACTIVE", "SELECTIVE", "CASUAL"]


def test_someone_alone_in_their_city_has_a_friend_elsewhere() -> None:
    """Ten cities of one person each are not ten islands."""
    rows = [_person(i + 2, LOCATIONS[i].slug) for i in range(10)]
    friendships = befriend(_people(*rows), 0)
    assert 5 <= friendships.height <= 10


def test_without_strong_overlap_nobody_befriends_another_city() -> None:
    """The far links stay undone, and their slots are spent at home."""
    cities = ["berlin", "paris"]
    rows = [_person(i + 2, cities[i % 2], strong_mask=0b01) for i in range(20)]
    friendships = befriend(_people(*rows), 0)
    keys = friendships.select("person_key", "friend_key").rows()
    assert all(a % 2 == b % 2 for a, b in keys)
    assert 3.5 < 2 * len(keys) / 20 < 4.6


def test_far_share_is_kept_when_everybody_would_fit() -> None:
    """However alike two cities are, at most 17 % of the links run between them."""
    cities = ["berlin", "paris", "madrid"]
    rows = [_person(i + 2, cities[i % 3]) for i in range(60)]
    keys = befriend(_people(*rows), 0).select("person_key", "friend_key").rows()
    far = sum(a % 3 != b % 3 for a, b in keys)
    assert 0 < far <= 0.17 * len(keys)


def test_shared_circles_break_ties() -> None:
    """Among equals, those of one circle are friends first."""
    rows = [
        _person(i + 2, circles=[f"berlin/{i % 10}"], strong_mask=0b11)
        for i in range(40)
    ]
    keys = befriend(_people(*rows), 0).select("person_key", "friend_key").rows()
    in_circle = sum((a - b) % 10 == 0 for a, b in keys)
    assert in_circle > 0.4 * len(keys)  # by chance it would be 3 in 39


def test_a_person_twice_is_named() -> None:
    """Two rows of one person stop with their key."""
    with pytest.raises(ValueError, match=r"\[7, 7\]"):
        befriend(_people(_person(7), _person(7)), 0)
