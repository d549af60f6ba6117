"""A world of four people made by hand, small enough to count in."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from tasks.report.audit.frames import WorldFrames
from tasks.report.audit.references import WorldFacts

NOW = datetime(2026, 11, 16)  # noqa: DTZ001  the app's columns have no zone


@pytest.fixture
def world() -> WorldFacts:
    """Facts of a world without rows."""
    return WorldFacts(datetime(2026, 11, 16, tzinfo=UTC), "abcde")


@pytest.fixture
def frames() -> WorldFrames:
    """A, B and C of Lisbon are friends of each other, D of Berlin is a friend of C.

    A and B go to e1 (tech), which is over; C to e2 (tech) and D to e3 (food), which
    are ahead. A is rich and senior, and holds the only dear ticket.
    """
    day = timedelta(days=1)
    return WorldFrames(
        as_of=NOW,
        people=pl.DataFrame(
            {
                "person": ["A", "B", "C", "D"],
                "city": ["lisbon", "lisbon", "lisbon", "berlin"],
                "spending": ["HIGH", "LOW", "LOW", "MEDIUM"],
                "level": ["SENIOR", "JUNIOR", "MID", "MID"],
                "style": ["ACTIVE", "CASUAL", "CASUAL", "SELECTIVE"],
                "bio": ["Plays the saw at dawn", "Bakes", "Swims", "Reads"],
            }
        ),
        interests=pl.DataFrame(
            {
                "person": ["A", "B", "C", "D"],
                "category": ["tech", "tech", "tech", "food"],
                "interest_level": [10, 6, 8, 5],
            }
        ),
        events=pl.DataFrame(
            {
                "event": ["e1", "e2", "e3"],
                "title": ["Robots #1", "Robots #2", "Soup"],
                "description": [
                    "Join us for a night of robots in the old harbour hall",
                    "Join us for a night of robots in the new harbour hall",
                    "Six soups and one very long table by the canal",
                ],
                "city": ["lisbon", "lisbon", "berlin"],
                "host": ["A", "B", "C"],
                "capacity": [4, 4, 4],
                "sold": [2, 1, 1],
                "starts": [NOW - day, NOW + day, NOW + day],
                "ends": [NOW - day, NOW + day, NOW + day],
                "published": [NOW - 15 * day, NOW - 15 * day, NOW - 15 * day],
                "rsvp_count": [2, 1, 1],
                "view_count": [9, 5, 5],
            }
        ),
        topics=pl.DataFrame(
            {"event": ["e1", "e2", "e3"], "category": ["tech", "tech", "food"]}
        ),
        seats=pl.DataFrame(
            {
                "event": ["e1", "e1", "e2", "e3", "e3"],
                "person": ["A", "B", "C", "D", None],
                "price_cents": [20_000, 1_000, 0, 500, 500],
            }
        ),
        friends=pl.DataFrame(
            {"person": ["A", "B", "C", "C"], "friend": ["B", "C", "A", "D"]}
        ),
        communities=pl.DataFrame(
            {
                "name": ["Makers Lisbon", "Makers Berlin"],
                "description": ["We make.", "They cook."],
                "city": ["lisbon", "berlin"],
            }
        ),
    )
