"""The bands within which a truthful world's figures lie."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Any, Final, cast

import bcrypt
import networkx as nx
import psycopg
from rulebook import HERE, Row, read_blocks

DEMO_EMAIL: Final = "demo@rsvped.app"
DEMO_PASSWORD: Final = b"DemoUser123!"  # public: it stands on the app's demo button
OPEN: Final = "*"

Audit = psycopg.Connection[Row]


@dataclass(frozen=True)
class Band:
    """A figure of the world, and the least and greatest value it may have."""

    name: str
    meaning: str
    least: float
    greatest: float
    measure: Callable[[Audit], float | None]

    def holds(self, value: float | None) -> bool:
        """Whether a measured value lies in the band; no value does not."""
        return value is not None and self.least <= value <= self.greatest


def load_bands() -> tuple[Band, ...]:
    """All bands: those of bands.sql, then those that take a graph or a hash."""
    by_sql: list[Band] = []
    for heading, meaning, statement in read_blocks(HERE / "bands.sql", "band"):
        name, least, greatest = heading.split()
        by_sql.append(
            Band(
                name,
                meaning,
                -inf if least == OPEN else float(least),
                inf if greatest == OPEN else float(greatest),
                _number_of(statement),
            )
        )
    return (*by_sql, *_COMPUTED)


def _number_of(statement: str) -> Callable[[Audit], float | None]:
    """A measure that runs SQL with one number for an answer."""

    def measure(audit: Audit) -> float | None:
        (row,) = audit.execute(statement.encode()).fetchall()
        (number,) = row.values()
        return None if number is None else float(number)

    return measure


def _friendships(audit: Audit) -> "nx.Graph[str]":
    """Everybody, and the friendships between them, PENDING ones included."""
    graph: nx.Graph[str] = nx.Graph()
    people = audit.execute("SELECT id FROM person ORDER BY id").fetchall()
    graph.add_nodes_from(person["id"] for person in people)
    pairs = audit.execute('SELECT "userId" AS a, "friendId" AS b FROM "Friendship"')
    graph.add_edges_from((pair["a"], pair["b"]) for pair in pairs)
    return graph


def _degrees(audit: Audit) -> list[int]:
    """How many friends each person has."""
    return [degree for _, degree in _friendships(audit).degree()]


def _mean_friends(audit: Audit) -> float:
    degrees = _degrees(audit)
    return sum(degrees) / max(len(degrees), 1)


def _most_friends(audit: Audit) -> float:
    return max(_degrees(audit), default=0)


def _friendless(audit: Audit) -> float:
    degrees = _degrees(audit)
    return degrees.count(0) / max(len(degrees), 1)


def _largest_component(audit: Audit) -> float:
    graph = _friendships(audit)
    sizes = [len(members) for members in nx.connected_components(graph)]
    return max(sizes, default=0) / max(graph.number_of_nodes(), 1)


def _clustering(audit: Audit) -> float | None:
    graph = _friendships(audit)
    if not graph:
        return None
    # networkx types its dispatched functions as unknown
    return cast("float", cast("Any", nx).average_clustering(graph))


def _demo_logs_in(audit: Audit) -> float:
    rows = audit.execute(
        'SELECT password FROM "User" WHERE email = %s', [DEMO_EMAIL]
    ).fetchall()
    return sum(_opens(row["password"]) for row in rows)


def _opens(password_hash: str | None) -> bool:
    """Whether the demo password fits a hash; what is no bcrypt hash opens nothing."""
    try:
        return bcrypt.checkpw(DEMO_PASSWORD, (password_hash or "").encode())
    except ValueError:
        return False


_COMPUTED: Final = (
    Band("friends-mean", "Friends a person on average.", 3.8, 4.5, _mean_friends),
    Band("friends-most", "Friends of the best-connected.", 5, 20, _most_friends),
    Band("friendless", "Share of people without a friend.", 0, 0.02, _friendless),
    Band(
        "friends-in-one-world",
        "Share of people in the largest connected component.",
        0.95,
        1,
        _largest_component,
    ),
    Band(
        "friends-of-friends",
        "Average clustering of the friendship graph.",
        0.3,
        0.6,
        _clustering,
    ),
    Band("demo-logs-in", "Alex's password opens the account.", 1, 1, _demo_logs_in),
)
