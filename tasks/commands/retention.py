"""Retention: of the editions on this disk only the newest stay, if one asks for it.

An edition written by Claude leaves its answers behind: they cost money, and nothing
makes them again. The rest of it is built from them by running the edition again.
"""

import re
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from tasks.commands.holding import open_hold
from tasks.commands.made import list_editions
from tasks.commands.runs import Run, ask_ledger
from tasks.commands.settle import EDITION_FILE, read_settled
from tasks.errors import SeedError
from tasks.generate.source import Source

PAID: Final = frozenset({EDITION_FILE, "batches"})  # what a live edition leaves
# a task's name and a digest; of a flow run, the digest alone
_RESULT: Final = re.compile(r"(?:[a-z-]+-)?[0-9a-f]{32}")


def keep_newest(run: Run) -> None:
    """Remove what old editions left in SEED_HOME, where a number to keep is set.

    What cannot be removed does not undo what was loaded: the run says so.
    """
    number = run.request.keep_editions or run.settings.keep_editions
    if number is None:
        return
    with run.progress.step("tidy") as note:
        ledger = ask_ledger(run)
        loaded = {world.edition for world in ledger.worlds} if ledger else set[str]()
        home = run.settings.home
        made = list_editions(run.settings)
        old = choose_old(made, number, loaded | {run.edition})
        removed: list[str] = []
        for folder in old:
            try:
                if remove_edition(home, folder):
                    removed.append(folder.name)
            except (OSError, SeedError) as error:
                run.progress.tell(f"edition {folder.name!r} stays: {error}")
        kept = [folder for folder in made if folder not in old]
        results = remove_results(home / "results", kept)
        note.text = (
            f"{', '.join(removed) or 'no edition'} and {results} results removed"
        )


def choose_old(
    made: Sequence[Path], number: int, needed: Collection[str]
) -> list[Path]:
    """Choose the editions to remove: all but the newest, and none that is needed.

    Args:
        made: Folders of editions, the newest first.
        number: How many of them stay.
        needed: Names of editions that stay in any case.
    """
    return [folder for folder in made[number:] if folder.name not in needed]


def remove_edition(home: Path, folder: Path) -> bool:
    """Remove an edition's folder, or all but what was paid for.

    Whatever kills this, the rest is found and removed another time: what makes the
    folder known as an edition goes last.

    Returns:
        Whether anything was removed. A link, a folder that this program did not make
        and one that another run is using are left alone.

    Raises:
        SeedError: Its settings cannot be read.
        OSError: A file of it cannot be removed.
    """
    if folder.is_symlink() or folder.parent.is_symlink():
        return False
    settled = read_settled(folder)
    if settled is None:
        return False
    stays = PAID if settled.source is Source.CLAUDE else frozenset({EDITION_FILE})
    with open_hold(home, folder.name, lambda _line: None) as hold:
        if not hold.is_alone():
            return False
        going = [path for path in folder.iterdir() if path.name not in stays]
        for path in going:
            _remove(path)
        if settled.source is not Source.CLAUDE:
            (folder / EDITION_FILE).unlink()
            folder.rmdir()
        hold.remove()
    return bool(going)


def remove_results(folder: Path, kept: Sequence[Path]) -> int:
    """Remove Prefect's results that are older than every edition that is kept.

    A result says which files it tells of, not of which edition it is. Nothing is lost
    with one: a step without its result asks the files, a stage asks the ledger.

    Returns:
        How many were removed.
    """
    if folder.is_symlink() or not folder.is_dir() or not kept:
        return 0
    oldest = min((one / EDITION_FILE).stat().st_mtime_ns for one in kept)
    old = [
        path
        for path in folder.iterdir()
        if _RESULT.fullmatch(path.name)
        and path.is_file()
        and not path.is_symlink()
        and path.stat().st_mtime_ns < oldest
    ]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)  # follows no link within it
    else:
        path.unlink()
