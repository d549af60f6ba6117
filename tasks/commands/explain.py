"""`explain`: why a row is what it is, told again and compared with what is stored."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import polars as pl
from psycopg import sql
from psycopg.rows import dict_row

from tasks.commands.made import choose_edition, read_world
from tasks.database.connect import Target, open_database, parse_target
from tasks.database.embedded import embedded_server
from tasks.database.ledger import read_ledger
from tasks.database.placing import embedded_folder
from tasks.editions import World
from tasks.errors import DatabaseError, InputError, SeedError
from tasks.report.explain.events import explain_event
from tasks.report.explain.explanation import Explanation, explanation_text
from tasks.report.explain.friendships import explain_friendship
from tasks.report.explain.people import explain_person
from tasks.report.explain.retold import (
    Retold,
    differing,
    read_table,
    retell,
    why_different,
)
from tasks.report.explain.rsvps import explain_rsvp
from tasks.settings import Settings, read_settings
from tasks.terminal import printable_json

# Loading translates these where the database has Alex or a city under another id.
TRANSLATED: Final = frozenset({"id", "userId", "friendId", "hostId", "locationId"})


def explain(
    what: str, names: Sequence[str], edition: str | None, *, as_json: bool
) -> int:
    """Explain one row of an edition on the terminal.

    Args:
        what: rsvp, friendship, event or person.
        names: the ids, slugs or user names that tell which.
        edition: its name; None for the latest.
        as_json: print the whole explanation as JSON.
    """
    settings = read_settings()
    folder = choose_edition(settings, edition)
    world = read_world(folder)
    if world is None:
        raise InputError(
            f"edition {folder.name!r} is not built yet; run it first: "
            f"python flows/seed.py --edition {folder.name}"
        )
    told = _explain(what, names, retell(folder, world))
    places = ["the edition's files"]
    _check(told, _stored(folder, world, told), world)
    with ExitStack() as stack:
        place = _check_database(told, settings, world, stack)
        if place is not None:
            places.append(place)
    told = told.model_copy(update={"checked": tuple(places)})
    if as_json:
        text = printable_json(told.model_dump(mode="json"))
    else:
        text = explanation_text(told)
    sys.stdout.write(text + "\n")
    return 0


def _explain(what: str, names: Sequence[str], retold: Retold) -> Explanation:
    if what == "friendship":
        one, other = names
        return explain_friendship(retold, one, other)
    explainers = {
        "rsvp": explain_rsvp,
        "event": explain_event,
        "person": explain_person,
    }
    return explainers[what](retold, names[0])


def _stored(folder: Path, world: World, told: Explanation) -> dict[str, Any] | None:
    rows = read_table(folder, world, told.table, list(told.row))
    found = rows.filter(pl.col("id") == told.id).to_dicts()
    return found[0] if found else None


def _check(told: Explanation, stored: dict[str, Any] | None, world: World) -> None:
    if stored is None:
        raise SeedError(
            f"the edition's files have no {told.table} {told.id!r} that its rules "
            f"make: {why_different(world)}"
        )
    different = differing(told.row, stored)
    if different:
        raise SeedError(
            f"{told.table} {told.id!r} is not stored as its rules make it "
            f"({different}): {why_different(world)}"
        )


def _check_database(
    told: Explanation, settings: Settings, world: World, stack: ExitStack
) -> str | None:
    """Compare with the database's row, where one is reachable that holds the world.

    Returns:
        Where the row was found; None where no database holds this world.
    """
    try:
        target = _target(settings, stack)
        if target is None:
            return None
        stored, slid = _database_row(target, told, world)
    except DatabaseError as error:
        sys.stderr.write(f"explained from the files alone: {error}\n")
        return None
    if stored is None:
        return None
    row = {
        name: value
        for name, value in told.row.items()
        # of a row that was slid the moments differ; all else must not
        if name not in TRANSLATED and not (slid and isinstance(value, datetime))
    }
    different = differing(row, stored)
    if different:
        raise SeedError(
            f"{target.display} holds {told.table} {told.id!r} otherwise than the "
            f"edition: {different}; the app or a person changed it after loading"
        )
    weeks = f", slid by {slid} weeks" if slid else ""
    return f"{target.display}{weeks}"


def _target(settings: Settings, stack: ExitStack) -> Target | None:
    if settings.database_url:
        return parse_target(settings.database_url)
    if not (embedded_folder(settings.home) / "data").is_dir():
        return None
    return stack.enter_context(embedded_server(settings.home))


def _database_row(
    target: Target, told: Explanation, world: World
) -> tuple[dict[str, Any] | None, int]:
    """Give the database's row, if it holds the world, and how far that was slid."""
    with open_database(target) as connection:
        ledger = read_ledger(connection)
        worlds = ledger.worlds if ledger else ()
        slid = {row.world_id: row.slid_weeks for row in worlds}
        if world.world_id not in slid:
            return None, 0
        query = sql.SQL("SELECT {} FROM public.{} WHERE id = %s").format(
            sql.SQL(", ").join(sql.Identifier(name) for name in told.row),
            sql.Identifier(told.table),
        )
        with connection.cursor(row_factory=dict_row) as cursor:
            row = cursor.execute(query, [told.id]).fetchone()
    if row is None:
        return None, slid[world.world_id]
    found = {
        name: value.replace(tzinfo=told.row[name].tzinfo)
        if hasattr(value, "tzinfo") and told.row[name] is not None
        else value
        for name, value in row.items()
    }
    return found, slid[world.world_id]
