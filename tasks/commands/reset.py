"""`reset`: remove one edition from this machine, and nothing else."""

import shutil
import sys
from pathlib import Path

from tasks.commands.holding import open_hold
from tasks.commands.request import check_home
from tasks.database.connect import open_database
from tasks.database.embedded import embedded_server
from tasks.database.ledger import read_ledger
from tasks.database.placing import embedded_folder
from tasks.database.turns import take_turn
from tasks.database.wipe import wipe_seeded
from tasks.editions import edition_folder
from tasks.errors import InputError, RefusedError
from tasks.settings import Settings, read_settings
from tasks.terminal import printable


def reset(edition: str) -> int:
    """Remove the edition named as confirmation: its files and its embedded rows.

    A database behind DATABASE_URL is never touched. The rows go first: where one that
    the seeder did not make stands in the way, the files stay too.
    """
    settings = read_settings()
    check_home(settings)
    folder = find_edition(settings, edition)
    with open_hold(settings.home, edition, tell) as hold:
        hold.write()
        rows = wipe_embedded(settings, edition)
        shutil.rmtree(folder)
        hold.remove()
    sys.stdout.write(
        f"removed {folder} and {rows:,} rows of the embedded database; a database "
        "behind DATABASE_URL keeps its rows (--wipe seeded replaces them)\n"
    )
    return 0


def tell(line: str) -> None:
    """Tell a person at the terminal whom this waits for."""
    sys.stderr.write(f"{printable(line)}\n")


def find_edition(settings: Settings, edition: str) -> Path:
    """Give the folder of an edition that may be removed, or say why it may not.

    Raises:
        InputError: No such edition is there.
        RefusedError: The way there leads through a link, to files that are not ours.
    """
    folder = edition_folder(settings.home, edition)
    for place in (folder.parent, folder):
        if place.is_symlink():
            raise RefusedError(
                f"{str(place)!r} is a link to {str(place.readlink())!r}; remove what "
                "it points to by hand if that is meant"
            )
    if not folder.is_dir():
        raise InputError(
            f"there is no edition {edition!r} in {str(folder.parent)!r}; `status` "
            "lists those that are there"
        )
    return folder


def wipe_embedded(settings: Settings, edition: str) -> int:
    """Delete an edition's rows from the embedded database, if it holds no other's.

    Returns:
        The number of rows deleted.
    """
    if not (embedded_folder(settings.home) / "data").is_dir():
        return 0
    with (
        embedded_server(settings.home) as target,
        take_turn(target, f"reset of {edition}", tell),
        open_database(target) as connection,
    ):
        ledger = read_ledger(connection)
        worlds = ledger.worlds if ledger else ()
        if {world.edition for world in worlds} != {edition}:
            return 0
        return sum(wipe_seeded(connection, keep_world=None).deleted.values())
