"""Keep everybody else from writing while rows are deleted, and nobody waiting for long.

An app that writes into one table and then another would wait for us while we wait for
it: PostgreSQL ends such a knot by failing one of the two, after a second. So all tables
are asked for at once and for less than that; where they are not to be had, the ones
that were are given back before the next attempt.
"""

import time
from typing import Final

import psycopg
from psycopg import sql

from tasks.database.contract import expected_tables
from tasks.database.trouble import LOCK_TIMEOUT_MS
from tasks.errors import DatabaseError

ATTEMPT_MS: Final = 400  # under deadlock_timeout, which nobody sets below its second
PAUSE_S: Final = 0.2  # long enough for the app's short transactions to go through
ATTEMPTS: Final = round(LOCK_TIMEOUT_MS / (ATTEMPT_MS + PAUSE_S * 1000))


def lock_tables(connection: psycopg.Connection) -> None:
    """Lock the app's tables until the transaction ends; readers still pass.

    The mode also holds up those who refer to a row from a table that is not the
    app's: what they add would go with its parent.

    Raises:
        DatabaseError: For a minute there was always somebody writing.
    """
    statement = sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(
        sql.SQL(", ").join(map(sql.Identifier, sorted(expected_tables())))
    )
    if try_briefly(connection, statement):
        return
    raise DatabaseError(
        f"the tables of {connection.info.dbname!r} could not be locked within "
        f"{LOCK_TIMEOUT_MS // 1000} s: another session keeps a transaction open that "
        "wrote into them. Nothing was changed; let it finish, then run again"
    )


def try_briefly(connection: psycopg.Connection, statement: sql.Composed) -> bool:
    """Execute what needs locks, for a minute again and again, never waiting for long.

    Returns:
        Whether it was executed.
    """
    before = connection.execute("SHOW statement_timeout").fetchone()
    for _ in range(ATTEMPTS):
        try:
            with connection.transaction():  # going back frees the locks
                _set_statement_timeout(connection, str(ATTEMPT_MS))
                connection.execute(statement)
                _set_statement_timeout(connection, before[0] if before else "0")
        except (psycopg.errors.QueryCanceled, psycopg.errors.LockNotAvailable):
            time.sleep(PAUSE_S)
        else:
            return True
    return False


def _set_statement_timeout(connection: psycopg.Connection, value: str) -> None:
    connection.execute("SELECT set_config('statement_timeout', %s, true)", [value])
