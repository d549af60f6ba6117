"""Keep each city's upcoming events before those that are over, as the app lists them.

PostgreSQL does not always append: when a page is full, it asks for any page with room
for the next row, and a small row goes into the gap that a large one left before.
"""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

import psycopg

# A row that is written anew may find a place on its page, or another gap; each time it
# uses one up, and what it leaves is not to be had before the next vacuum. So many were
# enough for twenty orders of rows of up to 1,900 bytes; the audit would tell.
ROUNDS: Final = 8
_MOVE_BEHIND: Final = """
UPDATE "Event" AS over SET title = over.title
  FROM (SELECT "locationId", max(ctid) AS place FROM "Event"
         WHERE starts_with(id, %(prefix)s) AND "startDate" >= %(now)s
         GROUP BY "locationId") AS ahead
 WHERE over."locationId" = ahead."locationId" AND over.ctid < ahead.place
   AND starts_with(over.id, %(prefix)s) AND over."startDate" < %(now)s
"""


@contextmanager
def keeping_upcoming_first(
    connection: psycopg.Connection, prefix: str, now: datetime
) -> Generator[None]:
    """Let the block load events; then write those that went into gaps anew, behind.

    Args:
        connection: In the transaction that loads them. The block may leave it in a
            pipeline: this asks for no answer.
        prefix: Of the ids of the world's events; the app's own are left alone.
        now: The world's as_of.
    """
    yield
    told = {"prefix": prefix, "now": now.astimezone(UTC).replace(tzinfo=None)}
    for _ in range(ROUNDS):
        connection.execute(_MOVE_BEHIND, told)
