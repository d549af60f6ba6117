"""Large worlds' friendships, made of those who meet in a bucket of their like."""

import networkx as nx
import numpy as np
import pytest
from crowds import crowd
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.friendships import MAX_FRIENDS, Traits, befriend, friendship_scores
from matching.friendships.bucketed import groups, link_by_buckets
from matching.friendships.links import AWAY, ROUNDS, Links
from matching.friendships.pairwise import link_all_pairs
from matching.friendships.plans import MOST_IN_A_CITY


def _graph(people: int, links: Links) -> "nx.Graph[int]":
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(range(people))
    pairs = zip(links.left.tolist(), links.right.tolist(), strict=True)
    graph.add_edges_from(pairs)
    return graph


@pytest.fixture(scope="module")
def city() -> Traits:
    """Two thousand people of one city."""
    return Traits.of(crowd(2_000, ["berlin"]))


def test_the_score_is_that_of_all_pairs(city: Traits) -> None:
    """Comparing a few of everybody's like loses less than 2 % of the total score."""
    totals = [
        friendship_scores(city, links.left, links.right).sum()
        for links in (link_all_pairs(city, 5), link_by_buckets(city, 5))
    ]
    assert totals[1] > 0.98 * totals[0]


def test_the_network_of_a_large_city(city: Traits) -> None:
    """Mean, most, clustering and one component, as in real networks of its size."""
    graph = _graph(2_000, link_by_buckets(city, 5))
    degree = np.array([d for _, d in graph.degree])
    assert 3.5 <= degree.mean() <= 4.5
    assert degree.max() <= MAX_FRIENDS
    assert degree.min() >= 1
    assert nx.average_clustering(graph) > 0.15
    assert max(map(len, nx.connected_components(graph))) > 0.97 * 2_000


def test_a_city_over_the_size_is_not_compared_wholly() -> None:
    """One person more than all pairs are good for: the links are the buckets'."""
    people = crowd(MOST_IN_A_CITY + 1, ["berlin"])
    traits = Traits.of(people)
    links = link_by_buckets(traits, 3)
    made = befriend(people, 3)
    ends = {
        frozenset(pair) for pair in made.select("person_key", "friend_key").iter_rows()
    }
    keys = traits.keys
    assert ends == {
        frozenset(pair)
        for pair in zip(
            keys[links.left].tolist(), keys[links.right].tolist(), strict=True
        )
    }


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 400), st.integers(0, 2**32), st.integers(0, 1))
def test_rules_hold_in_any_world(people: int, seed: int, demos: int) -> None:
    """Friends share a city or two strong interests, once, and nobody is alone there."""
    frame = crowd(people, ["berlin", "paris", "tokyo"], seed=seed, demos=demos)
    traits = Traits.of(frame)
    links = link_by_buckets(traits, seed)
    assert (links.left < links.right).all()
    pairs = links.left * len(traits.keys) + links.right
    assert (np.diff(pairs) > 0).all()
    same = traits.city[links.left] == traits.city[links.right]
    strong = np.bitwise_count(traits.strong[links.left] & traits.strong[links.right])
    assert (same | (strong >= 2)).all()
    assert (same == (links.made != ROUNDS.index(AWAY))).all()
    degree = np.bincount(
        np.concatenate([links.left, links.right]), minlength=len(traits.keys)
    )
    assert degree.max(initial=0) <= MAX_FRIENDS
    assert (degree[np.bincount(traits.city)[traits.city] > 1] > 0).all()
    if demos and np.bincount(traits.city)[traits.city[traits.is_demo]] > 30:
        assert 8 <= degree[traits.is_demo] <= 12


def test_row_order_does_not_matter() -> None:
    """Shuffled people make the same friends."""
    people = crowd(900, ["berlin", "paris"])
    mixed = people.sample(fraction=1, shuffle=True, seed=4)
    one, other = (link_by_buckets(Traits.of(rows), 9) for rows in (people, mixed))
    assert np.array_equal(one.left, other.left)
    assert np.array_equal(one.right, other.right)


@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=30))
def test_groups_are_the_connected_components(pairs: list[tuple[int, int]]) -> None:
    """Each person's group is named for its lowest member."""
    left, right = (np.array([p[s] for p in pairs], dtype=np.int64) for s in (0, 1))
    graph: nx.Graph[int] = nx.Graph(pairs)
    graph.add_nodes_from(range(20))
    found = groups(20, left, right)
    for component in nx.connected_components(graph):
        assert {int(found[person]) for person in component} == {min(component)}
