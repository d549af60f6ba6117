"""The friend graph drawn: of one city with names, and of the whole world.

Layouts by igraph, with dice of our own: the same people stand in the same places.
"""
# matplotlib's stubs leave keyword arguments open, igraph has none:
# pyright: reportUnknownMemberType=false, reportMissingTypeStubs=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from dataclasses import dataclass
from typing import Final

import igraph as ig
import numpy as np
import polars as pl
from numpy.typing import NDArray

from matching import draws
from tasks.report.page.canvas import (
    INK,
    PAPER,
    PHONE_WIDTH_IN,
    SERIES,
    SOFT,
    drawing,
    to_svg,
)
from tasks.report.page.edition import Edition

LAYOUT_SEED: Final = 7  # only where the layout starts; any number will do
ROUNDS: Final = 400  # of the force-directed layout; more changes little
CONTINENT_COLOURS: Final = 6


class _Dice:
    """The random numbers that igraph asks for, the same ones each time."""

    def __init__(self) -> None:
        self._generator = np.random.Generator(np.random.PCG64(LAYOUT_SEED))

    def random(self) -> float:
        return float(self._generator.random())

    def randint(self, low: int, high: int) -> int:
        return int(self._generator.integers(low, high, endpoint=True))

    def gauss(self, mean: float, spread: float) -> float:
        return float(self._generator.normal(mean, spread))


@dataclass(frozen=True)
class Graph:
    """People and who befriended whom, as indices into `people`."""

    people: pl.DataFrame  # one row each: id, name, locationId, isDemo
    links: NDArray[np.int64]  # shape (links, 2)
    accepted: NDArray[np.bool_]


def friend_graph(edition: Edition, city_id: str | None = None) -> Graph:
    """Make the graph of a city's people, by default of everybody."""
    people = edition["User"].sort("id")
    if city_id is not None:
        people = people.filter(pl.col("locationId") == city_id)
    index = people.select("id").with_row_index("place")
    links = (
        edition["Friendship"]
        .join(index.rename({"id": "userId", "place": "one"}), on="userId")
        .join(index.rename({"id": "friendId", "place": "other"}), on="friendId")
        .sort("one", "other")
    )
    return Graph(
        people,
        links.select("one", "other").to_numpy().astype(np.int64),
        (links["status"] == "ACCEPTED").to_numpy(),
    )


def city_graph(graph: Graph, city: str) -> str:
    """Draw the friends of one city, each with a first name."""
    name, title = "citygraph", f"Who knows whom in {city}"
    with drawing(PHONE_WIDTH_IN * 0.92, name) as (figure, axes):
        place = _layout(graph)
        for accepted, style in ((True, "-"), (False, (0, (2, 2)))):
            x, y = _lines(place, graph.links[graph.accepted == accepted])
            axes.plot(x, y, color=SOFT, linewidth=0.9, alpha=0.55, linestyle=style)
        degree = np.bincount(graph.links.ravel(), minlength=graph.people.height)
        demo = graph.people["isDemo"].to_numpy()
        for mine, colour in ((~demo, SERIES[0]), (demo, SERIES[1])):
            axes.scatter(
                place[mine, 0],
                place[mine, 1],
                s=26 + 9 * degree[mine],
                color=colour,
                edgecolors=PAPER,
                zorder=2,
            )
        for row, full in enumerate(graph.people["name"].to_list()):
            axes.annotate(
                full.split()[0] if full.split() else "?",
                place[row],
                xytext=(0, 7 + degree[row] * 0.3),
                textcoords="offset points",
                ha="center",
                fontsize=7.5,
                color=INK,
                zorder=3,
            )
        axes.margins(0.1)
        axes.set_axis_off()
        text = f"{graph.people.height} people and {len(graph.links)} friendships."
        return to_svg(figure, name, title, text)


def world_graph(graph: Graph, continents: dict[str, str]) -> str:
    """Draw all friends; a colour for each continent.

    Args:
        graph: everybody.
        continents: continent by location id.
    """
    name, title = "worldgraph", "Everybody's friendships, a colour for each continent"
    homes = [continents.get(city, "?") for city in graph.people["locationId"]]
    known = sorted(set(homes))
    with drawing(PHONE_WIDTH_IN * 0.98, name) as (figure, axes):
        place = _layout(graph)
        x, y = _lines(place, graph.links)
        axes.plot(x, y, color=SOFT, linewidth=0.35, alpha=0.5)
        for number, continent in enumerate(known):
            mine = np.array([home == continent for home in homes])
            axes.scatter(
                place[mine, 0],
                place[mine, 1],
                s=7,
                color=SERIES[number % CONTINENT_COLOURS],
                label=f"{continent} ({mine.sum()})",
                edgecolors="none",
                zorder=2,
            )
        axes.set_axis_off()
        figure.legend(
            loc="outside lower center", ncols=2, markerscale=2, columnspacing=2
        )
        text = f"{graph.people.height} people and {len(graph.links)} friendships."
        return to_svg(figure, name, title, text)


def graph_figures(graph: Graph) -> list[tuple[str, str]]:
    """Sum the whole graph up in a few figures: what, and how much."""
    people = graph.people.height
    net = ig.Graph(n=people, edges=graph.links.tolist())
    degree = np.bincount(graph.links.ravel(), minlength=people)
    homes = graph.people["locationId"].to_numpy()
    same = homes[graph.links[:, 0]] == homes[graph.links[:, 1]]
    largest = max(net.connected_components().sizes(), default=0)
    clustering = net.transitivity_avglocal_undirected(mode="zero")
    known = len(graph.links) > 0
    share = same.mean() if known else 0.0
    accepted = graph.accepted.mean() if known else 0.0
    return [
        ("Friends a person, on average", f"{degree.mean():.1f}"),
        ("Friends of whoever has most", f"{degree.max()}"),
        ("People without a friend", f"{(degree == 0).sum()}"),
        ("Friendships within one city", f"{share:.0%}"),
        ("Asked and accepted", f"{accepted:.0%}"),
        ("Reached from anybody, by friends of friends", f"{largest / people:.0%}"),
        ("Friends of mine who know each other", f"{clustering:.0%}"),
    ]


def _layout(graph: Graph) -> NDArray[np.float64]:
    """Place the people, shape (people, 2); the same graph, the same places."""
    people = graph.people.height
    keys = np.arange(people, dtype=np.uint64)
    start = np.column_stack(
        [draws.uniform(LAYOUT_SEED, axis, keys) for axis in ("x", "y")]
    )
    if people < 2 or not len(graph.links):
        return start
    net = ig.Graph(n=people, edges=graph.links.tolist())
    ig.set_random_number_generator(_Dice())
    layout = net.layout_fruchterman_reingold(
        niter=ROUNDS, seed=(start * np.sqrt(people)).tolist(), grid="nogrid"
    )
    return np.array(layout.coords, dtype=np.float64)


def _lines(
    place: NDArray[np.float64], links: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give all links as one path, with a gap behind each."""
    ends = place[links]  # (links, 2, 2)
    gaps = np.full((len(links), 1, 2), np.nan)
    points = np.concatenate([ends, gaps], axis=1).reshape(-1, 2)
    return points[:, 0], points[:, 1]
