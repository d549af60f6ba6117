"""The marker: which database a ledger belongs to, and whether it may lose rows.

All is asked of the live connection, never of the URL: a pooler or an alias may lead
elsewhere than the URL says.
"""

from typing import Final

import psycopg

from tasks.database.ledger import (
    DatabaseRow,
    Ledger,
    bring_up_to_date,
    prepare_ledger,
    read_ledger,
    system_identifier,
)
from tasks.errors import InputError, RefusedError

COMMAND: Final = "python flows/seed.py database"


def live_name(connection: psycopg.Connection) -> str:
    """Give the name of the database that the connection is really in."""
    row = connection.execute("SELECT current_database()").fetchone()
    assert row is not None  # noqa: S101  a SELECT without FROM gives one row
    return str(row[0])


def check_name(connection: psycopg.Connection, typed: str | None) -> None:
    """Refuse unless the live database's exact name was typed.

    Raises:
        InputError: No name, or another.
    """
    name = live_name(connection)
    if typed != name:
        raise InputError(
            f"the name typed as confirmation is {typed!r}, but this connection is in "
            f"the database {name!r} (whatever DATABASE_URL calls it). Nothing was "
            f"changed; if {name!r} is the one that is meant, pass --confirm-database "
            "with exactly that name"
        )


def check_marker(connection: psycopg.Connection, marker: DatabaseRow) -> None:
    """Refuse a database that is protected, or whose ledger came from another one.

    Where the server's identifier may not be read, now or when the ledger was made,
    the database's name alone must be the same.

    Raises:
        RefusedError: Saying which of the two.
    """
    check_unprotected(connection, marker)
    name, live = live_name(connection), system_identifier(connection)
    moved = live and marker.system_identifier and live != marker.system_identifier
    if moved or name != marker.database_name:
        raise RefusedError(
            f"the ledger in {name!r} was made in {marker.database_name!r} of server "
            f"{marker.system_identifier!r}, and this is server {live!r}: a restored "
            "dump or a copy. Nothing was changed; if it is the one meant, adopt it "
            f"first: {COMMAND} adopt --confirm-database {name}"
        )


def check_unprotected(connection: psycopg.Connection, marker: DatabaseRow) -> None:
    """Refuse a protected database.

    Raises:
        RefusedError: It is protected.
    """
    if marker.protected:
        name = live_name(connection)
        raise RefusedError(
            f"the database {name!r} is protected: the seeder neither deletes nor loads "
            "anything there, whatever is passed. Give another DATABASE_URL; or, if it "
            f"is meant, take the protection off: {COMMAND} unprotect "
            f"--confirm-database {name}"
        )


def protect(connection: psycopg.Connection) -> Ledger:
    """Protect a database; the ledger is made if need be, and nothing else."""
    with connection.transaction():
        prepare_ledger(connection)
        connection.execute("UPDATE rsvped_seed.database SET protected = true")
    return _reread(connection)


def unprotect(connection: psycopg.Connection, typed: str | None) -> Ledger:
    """Take a database's protection off.

    Raises:
        InputError: Its name was not typed, or it has no marker.
    """
    with connection.transaction():
        check_name(connection, typed)
        if read_ledger(connection) is None:
            raise InputError(
                f"the database {live_name(connection)!r} has no marker of the seeder, "
                f"so it is not protected; `{COMMAND} protect` would protect it"
            )
        bring_up_to_date(connection)
        connection.execute("UPDATE rsvped_seed.database SET protected = false")
    return _reread(connection)


def adopt(connection: psycopg.Connection, typed: str | None) -> Ledger:
    """Mark a database as this one: a restored dump, a copy, or one without a ledger.

    A protection stays.

    Raises:
        InputError: Its name was not typed.
    """
    with connection.transaction():
        check_name(connection, typed)
        prepare_ledger(connection)
        connection.execute(
            "UPDATE rsvped_seed.database"
            " SET database_name = current_database(), system_identifier = %s",
            [system_identifier(connection)],
        )
    return _reread(connection)


def _reread(connection: psycopg.Connection) -> Ledger:
    ledger = read_ledger(connection)
    assert ledger is not None  # noqa: S101  it was just written
    return ledger
