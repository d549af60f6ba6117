"""`database`: whose a database is, and whether rows in it may be deleted."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from enum import StrEnum

import psycopg

from tasks.commands.request import check_home
from tasks.database.connect import Target, open_database, parse_target
from tasks.database.embedded import embedded_server
from tasks.database.ledger import Ledger, read_ledger, system_identifier
from tasks.database.marker import adopt, live_name, protect, unprotect
from tasks.database.placing import embedded_folder
from tasks.errors import InputError
from tasks.settings import Settings, read_settings


class Action(StrEnum):
    """What to do to a database's marker."""

    SHOW = "show"
    PROTECT = "protect"
    UNPROTECT = "unprotect"
    ADOPT = "adopt"


def database(action: Action, typed: str | None) -> int:
    """Show or change the marker of the database behind DATABASE_URL.

    Args:
        action: What to do.
        typed: The database's name as typed, which unprotect and adopt want.
    """
    settings = read_settings()
    check_home(settings)
    with ExitStack() as stack:
        target = _target(settings, stack)
        connection = stack.enter_context(open_database(target))
        if action is Action.PROTECT:
            ledger = protect(connection)
        elif action is Action.UNPROTECT:
            ledger = unprotect(connection, typed)
        elif action is Action.ADOPT:
            ledger = adopt(connection, typed)
        else:
            ledger = read_ledger(connection)
        for line in describe_marker(connection, target, ledger):
            sys.stdout.write(f"{line}\n")
    return 0


def describe_marker(
    connection: psycopg.Connection, target: Target, ledger: Ledger | None
) -> Iterator[str]:
    """Say where the connection leads, and what the marker there says."""
    name, server = live_name(connection), system_identifier(connection)
    yield f"{target.display}: database {name}, server {server or 'not told'}"
    if ledger is None:
        yield "  no marker: the seeder has never filled or protected it"
        return
    marker = ledger.database
    yield f"  marked    {marker.database_id}, {marker.created:%Y-%m-%d %H:%M}"
    is_home = name == marker.database_name and (
        None in (server, marker.system_identifier) or server == marker.system_identifier
    )
    yield "  at home   " + (
        "yes"
        if is_home
        else f"no: made in {marker.database_name!r} of server "
        f"{marker.system_identifier!r}, so nothing is deleted until it is adopted"
    )
    yield "  protected " + (
        "yes: nothing is loaded or deleted" if marker.protected else "no"
    )
    editions = ", ".join(f"{w.edition} ({w.world_id})" for w in ledger.worlds)
    yield f"  holds     {editions or 'no edition'}"


def _target(settings: Settings, stack: ExitStack) -> Target:
    if settings.database_url:
        return parse_target(settings.database_url)
    if not (embedded_folder(settings.home) / "data").is_dir():
        raise InputError(
            "there is no database: DATABASE_URL is not set, and the embedded server "
            "has no data yet. Set DATABASE_URL, or run the seeder once"
        )
    return stack.enter_context(embedded_server(settings.home))
