"""The figures of the friendship graph and the demo login, on people made by hand."""

from collections.abc import Generator
from typing import TYPE_CHECKING

import bcrypt
import psycopg
import pytest
from measures import DEMO_EMAIL, DEMO_PASSWORD, Band, load_bands
from psycopg.rows import dict_row
from rulebook import Row

if TYPE_CHECKING:
    from tasks.database.connect import Target

BANDS = {band.name: band for band in load_bands()}
LEAST_COST = 4  # of bcrypt: the test is about the password, not the cost


@pytest.fixture
def five_people(database: "Target") -> Generator[psycopg.Connection[Row]]:
    """A, B and C are friends of each other, D of C, and E has none."""
    with psycopg.Connection[Row].connect(
        database.conninfo, row_factory=dict_row
    ) as connection:
        connection.execute(
            """INSERT INTO "User" (id) SELECT unnest('{A,B,C,D,E}'::text[]);
               INSERT INTO "Friendship" (id, "userId", "friendId") VALUES
               (1, 'A', 'B'), (2, 'B', 'C'), (3, 'C', 'A'), (4, 'C', 'D');
               CREATE TEMP TABLE person AS SELECT id FROM "User";"""
        )
        yield connection


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("friends-mean", 8 / 5),
        ("friends-most", 3),
        ("friendless", 1 / 5),
        ("friends-in-one-world", 4 / 5),
        ("friends-of-friends", (1 + 1 + 1 / 3) / 5),
    ],
)
def test_graph_figures(
    five_people: psycopg.Connection[Row], name: str, value: float
) -> None:
    """A figure of the friendship graph is what counting by hand gives."""
    assert BANDS[name].measure(five_people) == pytest.approx(value)


@pytest.mark.parametrize(
    ("password", "opens"), [(DEMO_PASSWORD, 1), (b"another", 0), (None, 0)]
)
def test_demo_login(
    five_people: psycopg.Connection[Row], password: bytes | None, opens: int
) -> None:
    """Only the password of the demo button counts as a way in."""
    hashed = bcrypt.hashpw(password, bcrypt.gensalt(LEAST_COST)) if password else b"x"
    five_people.execute(
        "UPDATE \"User\" SET email = %s, password = %s WHERE id = 'A'",
        [DEMO_EMAIL, hashed.decode()],
    )
    assert BANDS["demo-logs-in"].measure(five_people) == opens


def test_band_includes_its_ends() -> None:
    """A value on the edge of a band lies in it; a missing one never does."""
    band = Band("share", "A share.", 0.6, 0.75, lambda _: None)
    assert [band.holds(value) for value in (0.6, 0.75, 0.59, 0.76, None)] == [
        True,
        True,
        False,
        False,
        False,
    ]
