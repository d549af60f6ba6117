"""What visitors did as the demo user while a world was being loaded gives way to it."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

import psycopg
from psycopg import sql

from tasks.database.counters import find_losing, recount
from tasks.database.foreign_keys import read_foreign_keys
from tasks.database.ledger import Ledger
from tasks.database.locks import lock_tables
from tasks.database.ownership import read_seeded
from tasks.database.wipe import delete_rows
from tasks.process.identity import STATIC_TAG

# where the demo user and something of the world can be together once only
PAIRING_TABLES: Final = (
    "CommunityMembership",
    "EventCollaborator",
    "Friendship",
    "Rsvp",
)


@contextmanager
def taking_back_visits(
    connection: psycopg.Connection, ledger: Ledger, world: str
) -> Generator[None]:
    """Delete what visitors did as the demo user, and load that user's rows within.

    They may while a world is being loaded; its own demo rows, which come last, would
    then be there twice, or not be let in. Afterwards the counters that had counted
    the visits agree with the rows again.

    Args:
        connection: In the transaction that loads the demo user's rows in the block.
            The block may leave it in a pipeline.
        ledger: What the database holds; `prepare_ledger` has seen it.
        world: The id of the world being loaded.
    """
    # Alex is ours though Alex stays: else a seat in that name would be a person's
    own = (f"c{STATIC_TAG}",)
    seeded = replace(read_seeded(connection, ledger, world), prefixes=own)
    visited = sql.SQL(" OR ").join(
        sql.SQL("EXISTS (SELECT FROM {} AS own WHERE {} AND {} = %(demo)s)").format(
            sql.Identifier(table),
            seeded.goes(table, "own"),
            sql.Identifier("own", "userId"),
        )
        for table in PAIRING_TABLES
    )
    found = connection.execute(sql.SQL("SELECT {}").format(visited), seeded.parameters)
    if found.fetchone() != (True,):
        yield
        return
    lock_tables(connection)
    losing = find_losing(connection, seeded)
    delete_rows(connection, read_foreign_keys(connection), seeded)
    yield
    recount(connection, losing)
