"""Making room in a database: what a run may delete there, checked and done."""

from typing import Final

from prefect.runtime import flow_run

from tasks.commands.parameters import Wipe
from tasks.commands.runs import Run
from tasks.commands.standing import other_worlds
from tasks.database.connect import open_database
from tasks.database.empty import check_empty, empty_database
from tasks.database.ledger import Ledger
from tasks.database.marker import check_unprotected
from tasks.database.wipe import check_wipe, wipe_seeded
from tasks.editions import World

TO_COME: Final = ""  # the id of a world that is not built yet: no world has it


def check_clearing(run: Run, ledger: Ledger | None) -> None:
    """Refuse before anything is made or paid for what would be refused when loading.

    Raises:
        InputError: The name typed is not the database's.
        RefusedError: The database is protected, or rows in it are in the way.
    """
    if run.target is None:
        return
    request = run.request
    with open_database(run.target) as connection:
        if ledger is not None:
            check_unprotected(connection, ledger.database)
        if empties(run, ledger):
            check_empty(connection, confirmed_as=request.confirm_database)
        elif request.wipe is Wipe.SEEDED and any(
            world.edition != run.edition for world in (ledger.worlds if ledger else ())
        ):
            check_wipe(connection, keep_world=TO_COME, release=request.release)


def empties(run: Run, ledger: Ledger | None) -> bool:
    """Say whether this run deletes all rows.

    The retry of a run that has begun to load its edition does not delete them again.
    """
    if run.request.wipe is not Wipe.ALL:
        return False
    retries: int = flow_run.run_count
    editions = {world.edition for world in (ledger.worlds if ledger else ())}
    return retries <= 1 or editions != {run.edition}


def clear(run: Run, ledger: Ledger | None, world: World) -> str | None:
    """Delete what this run was asked to delete.

    Returns:
        What was deleted, in a few words; None if there was nothing to delete.
    """
    if empties(run, ledger):
        with open_database(run.database) as connection:
            deleted = empty_database(
                connection, confirmed_as=run.request.confirm_database
            )
        return f"all {sum(deleted.values()):,} rows deleted"
    if run.request.wipe is Wipe.NONE or not other_worlds(ledger, world):
        return None
    with open_database(run.database) as connection:
        wiped = wipe_seeded(
            connection, keep_world=world.world_id, release=run.request.release
        )
    return str(wiped)
