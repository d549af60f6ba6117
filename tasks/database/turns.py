"""Turns: one run at a time fills a database; the others wait for theirs, and say so.

Each stage is loaded once whoever loads it, by the ledger's own lock. But a run that
wipes while another loads would take away what that one stands on: so a run holds its
turn from the first look at the tables to the last row.
"""

import os
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

import psycopg

from tasks.database.connect import Target, open_database
from tasks.errors import DatabaseError

# any number, the same in every version: "rsvped" on a telephone's keys, and 1
TURN_KEY: Final = 7787331
NOTE_EVERY_S: Final = 60  # often enough to be believed, rare enough for a log
PATIENCE_NOTES: Final = 60  # an hour: the largest load-test set takes some minutes
MAX_NAME: Final = 63  # bytes that PostgreSQL keeps of an application's name
MS_PER_S: Final = 1000
# For this session alone, which idles for minutes, and which the server should end
# within one when its client's machine is lost, not after two hours.
_SETTINGS: Final = {
    "idle_session_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
_HOLDER: Final = """
SELECT a.pid, a.application_name, to_char(a.backend_start AT TIME ZONE 'UTC', 'HH24:MI')
  FROM pg_locks l JOIN pg_stat_activity a USING (pid)
 WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 0 AND l.objid = %s
   AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""

Tell = Callable[[str], None]


@contextmanager
def take_turn(target: Target, edition: str, tell: Tell) -> Generator[None]:
    """Fill or empty a database alone for the block; wait while another run does.

    The lock is a session's: it goes with the process, however that ends. Should its
    connection be lost, the run goes on; the ledger still lets no row in twice.

    Args:
        target: The database.
        edition: What the run makes, for the message of whoever waits for it.
        tell: Tells a person, at once and every minute, whom this run waits for.

    Raises:
        DatabaseError: The other run has held its turn for an hour.
    """
    # through PgBouncer only a transaction keeps its session
    with open_database(target, autocommit=not target.pooled) as connection:
        lasts = "_xact" if target.pooled else ""
        with connection.pipeline():
            _introduce(connection, edition, local=target.pooled)
            attempt = f"SELECT pg_try_advisory{lasts}_lock(%s)".encode()
            got = connection.execute(attempt, [TURN_KEY])
        if got.fetchone() != (True,):
            _wait(connection, tell, lasts=lasts)
        try:
            yield
        finally:
            connection.close()  # and the lock is free; nobody else may use the session


def _introduce(connection: psycopg.Connection, edition: str, *, local: bool) -> None:
    """Name the session after its run, for whoever waits, and let it idle."""
    name = f"rsvped-seed {edition} {socket.gethostname()}:{os.getpid()}"
    settings = {"application_name": name[:MAX_NAME], **_SETTINGS}
    calls = ", ".join(["set_config(%s, %s, %s)"] * len(settings))
    values = [part for item in settings.items() for part in (*item, local)]
    connection.execute(f"SELECT {calls}".encode(), values)


def _wait(connection: psycopg.Connection, tell: Tell, *, lasts: str) -> None:
    for minute in range(PATIENCE_NOTES):
        holder = _holder(connection)
        so_far = f", {minute} min so far" if minute else ""
        tell(f"{holder} is filling this database; waiting for it to end{so_far}")
        try:
            with connection.transaction():
                connection.execute(
                    "SELECT set_config('lock_timeout', %s, true)",
                    [str(NOTE_EVERY_S * MS_PER_S)],
                )
                wait = f"SELECT pg_advisory{lasts}_lock(%s)".encode()
                connection.execute(wait, [TURN_KEY])
        # whichever comes first: the URL may hold statements to less than a minute
        except (psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled):
            continue
        tell("it has ended; going on")
        return
    raise DatabaseError(
        f"{_holder(connection)} has been filling this database for over "
        f"{PATIENCE_NOTES} min; let it end and run again, or, if nothing of it is "
        "alive, end its session with: SELECT pg_terminate_backend(pid)"
    )


def _holder(connection: psycopg.Connection) -> str:
    row = connection.execute(_HOLDER, [TURN_KEY]).fetchone()
    if row is None:  # it has just ended
        return "another run"
    pid, name, since = row
    began = f" since {since} UTC" if since else ""  # hidden from other roles
    return f"another run ({name}, server process {pid}{began})"
