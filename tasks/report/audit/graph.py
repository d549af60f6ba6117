"""Figures of the friendship graph, by igraph, and of friends who go out together."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from tasks.report.audit.frames import WorldFrames

PAIR: Final = 2  # people


@dataclass(frozen=True)
class Friends:
    """Everybody and the friendships between them, PENDING ones included."""

    world: WorldFrames
    pairs: pl.DataFrame  # one row a pair, once: person, friend
    graph: Any  # igraph.Graph, which has no types

    @property
    def degrees(self) -> list[int]:
        """How many friends each person has."""
        return self.graph.degree()


def draw_friends(world: WorldFrames) -> Friends:
    """Draw the graph of a world; nobody is a friend twice, or of themselves."""
    pairs = (
        world.friends.select(
            person=pl.min_horizontal("person", "friend"),
            friend=pl.max_horizontal("person", "friend"),
        )
        .filter(pl.col("person") != pl.col("friend"))
        .unique()
        .sort("person", "friend")
    )
    place = {person: row for row, person in enumerate(world.people["person"])}
    edges = [(place[a], place[b]) for a, b in pairs.iter_rows()]
    # here, for it loads matplotlib where that is installed, which no run's rules need
    import igraph  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs]

    graph: Any = igraph.Graph(n=len(place), edges=edges)
    return Friends(world, pairs, graph)


def mean(friends: Friends) -> float | None:
    """Friends a person on average."""
    return float(np.mean(friends.degrees)) if friends.degrees else None


def most(friends: Friends) -> float | None:
    """Friends of the best-connected."""
    return max(friends.degrees, default=None)


def friendless(friends: Friends) -> float | None:
    """Share of people without a friend."""
    return friends.degrees.count(0) / len(friends.degrees) if friends.degrees else None


def gini(friends: Friends) -> float | None:
    """Gini coefficient of the number of friends."""
    ranked = np.sort(np.array(friends.degrees, dtype=np.float64))
    if not ranked.sum():
        return None
    ranks = np.arange(1, len(ranked) + 1)
    weighted = 2 * (ranks * ranked).sum() / (len(ranked) * ranked.sum())
    return float(weighted - (len(ranked) + 1) / len(ranked))


def one_city(friends: Friends) -> float | None:
    """Share of friendships within one city."""
    cities = _pair_cities(friends)
    if cities.is_empty():
        return None
    return float((cities["city"] == cities["other_city"]).sum() / cities.height)


def clustering(friends: Friends) -> float | None:
    """Average of each person's clustering; who has fewer than two friends has 0."""
    if not friends.degrees:
        return None
    return float(friends.graph.transitivity_avglocal_undirected(mode="zero"))


def largest_component(friends: Friends) -> float | None:
    """Share of people in the largest connected component."""
    sizes: list[int] = friends.graph.connected_components().sizes()
    return max(sizes) / len(friends.degrees) if sizes else None


def modularity(friends: Friends) -> float | None:
    """Modularity of the division that greedy merging finds, which draws no lots."""
    if friends.pairs.is_empty():
        return None
    return float(friends.graph.community_fastgreedy().as_clustering().modularity)


def assortativity(friends: Friends) -> float | None:
    """Correlation of the degrees at the two ends of a friendship."""
    value = float(friends.graph.assortativity_degree(directed=False))
    return None if np.isnan(value) else value


def co_attendance(friends: Friends) -> float | None:
    """Common events of two friends, against those of any two people."""
    people = friends.world.people.height
    return _together(friends.world, friends.pairs, people * (people - 1) / PAIR, [])


def co_attendance_in_town(friends: Friends) -> float | None:
    """Common events of two friends of a city, against those of any two of a city."""
    cities = _pair_cities(friends)
    local = cities.filter(pl.col("city") == pl.col("other_city"))
    sizes = friends.world.people.group_by("city").len()["len"].cast(pl.Float64)
    pairs = (sizes * (sizes - 1) / PAIR).sum()
    return _together(
        friends.world, local.select("person", "friend"), float(pairs), ["city"]
    )


def _together(
    world: WorldFrames, pairs: pl.DataFrame, all_pairs: float, within: list[str]
) -> float | None:
    """Compare common events a pair of friends with those a pair of anybody.

    Args:
        world: whose seats are looked at.
        pairs: one row a pair of friends.
        all_pairs: how many pairs there are at all.
        within: what both of a pair have in common: [] or ["city"].
    """
    seats = (
        world.seats.drop_nulls("person")
        .select("person", "event")
        .unique()
        .join(world.people.select("person", "city"), on="person", validate="m:1")
    )
    attending = seats.group_by("event", *within).len()["len"].cast(pl.Float64)
    anybody = float((attending * (attending - 1) / PAIR).sum())
    taken = seats.select("person", "event")
    common = (
        pairs.join(taken, on="person")
        .join(
            taken.rename({"person": "friend"}), on=["friend", "event"], validate="m:1"
        )
        .height
    )
    if not anybody or pairs.is_empty():
        return None
    return (common / pairs.height) / (anybody / all_pairs)


def _pair_cities(friends: Friends) -> pl.DataFrame:
    """One row a pair: person, friend, city, other_city."""
    homes = friends.world.people.select("person", "city")
    return friends.pairs.join(homes, on="person", validate="m:1").join(
        homes.rename({"person": "friend", "city": "other_city"}),
        on="friend",
        validate="m:1",
    )
