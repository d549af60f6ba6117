"""What went wrong with a database, in words that a person can act on."""

from typing import Final

import psycopg

from tasks.database.encryption import encryption_trouble

LOCK_TIMEOUT_MS: Final = 60_000  # the longest stage of another run takes a few seconds
NOT_POSTGRESQL: Final = (
    "invalid response",
    "expected authentication request",
    "unexpected message from server",
    "server closed the connection",
)
LOGIN_REFUSED: Final = (
    "authentication failed",
    "no password supplied",
    "no pg_hba.conf entry",
    "is not permitted to log in",
    'role "',
)


def is_connection_loss(error: BaseException) -> bool:
    """Tell whether an error means a lost connection, which a retry may mend."""
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    if not isinstance(cause, psycopg.OperationalError):
        return False
    # class 08 and 57P: connection exceptions, a shut-down or restarting server
    return cause.sqlstate is None or cause.sqlstate.startswith(("08", "57P"))


def describe_refusal(text: str, where: str) -> str:
    """Say why no connection came about.

    Args:
        text: libpq's message, in lower case; it is not passed on.
        where: The database, as a person knows it.
    """
    if 'database "' in text and "does not exist" in text:
        return f"there is no database {where}; create it, or correct DATABASE_URL"
    if trouble := encryption_trouble(text):
        return (
            f"{where} and this machine do not agree on encryption: {trouble}; correct "
            "sslmode, sslrootcert, sslcert or sslkey in DATABASE_URL"
        )
    if "permission denied for database" in text:
        return (
            f"{where} does not let this user in: it lacks CONNECT on the database; "
            "grant what tasks/database/role.sql grants"
        )
    if any(sign in text for sign in LOGIN_REFUSED):
        return (
            f"{where} refuses this user and password; "
            "correct the user name and password in DATABASE_URL"
        )
    if any(sign in text for sign in NOT_POSTGRESQL):
        return (
            f"what answers at {where} is not PostgreSQL; "
            "correct host and port in DATABASE_URL"
        )
    return (
        f"{where} does not answer as PostgreSQL would; start the server, or correct "
        "host and port in DATABASE_URL"
    )


def describe_failure(error: psycopg.Error, where: str) -> str:
    """Say what went wrong on a connection, and what to do."""
    if isinstance(error, psycopg.errors.LockNotAvailable):
        return (
            f"{where}: another session has held a lock for "
            f"{LOCK_TIMEOUT_MS // 1000} s; let the other run finish, then run again"
        )
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return (
            f"{where}: {error.diag.message_primary}; "
            "grant what tasks/database/role.sql grants, or use the tables' owner"
        )
    if isinstance(error, psycopg.errors.DiskFull):
        return (
            f"{where}: {error.diag.message_primary}; nothing half-done was kept. Make "
            "room on the server's disk, then run the same command again"
        )
    if (timeout := _describe_timeout(error)) is not None:
        return f"{where}: {timeout}"
    if is_connection_loss(error):
        return (
            f"{where}: the connection was lost; nothing half-done was kept, "
            "run the same command again"
        )
    reason = error.diag.message_primary or type(error).__name__
    return f"{where}: {reason} (SQLSTATE {error.sqlstate})"


def _describe_timeout(error: psycopg.Error) -> str | None:
    if isinstance(error, psycopg.errors.QueryCanceled):
        return (
            f"{error.diag.message_primary}; nothing half-done was kept. A longer "
            "statement_timeout is given in DATABASE_URL as "
            "?options=-c%20statement_timeout%3D3600000 (milliseconds)"
        )
    if isinstance(error, psycopg.errors.ConnectionTimeout):
        return (
            f"{error}, longer than a statement may take (statement_timeout); nothing "
            "half-done was kept. See to the server, then run the same command again"
        )
    if isinstance(error, psycopg.errors.IdleInTransactionSessionTimeout):
        return (
            "this run stood still for so long that the server gave it up; nothing "
            "half-done was kept, run the same command again"
        )
    return None
