"""`reset`: remove one edition's files, and nothing else."""

import shutil
import sys
from pathlib import Path

from tasks.editions import edition_folder
from tasks.errors import InputError, RefusedError
from tasks.settings import Settings, read_settings


def reset(edition: str) -> int:
    """Remove the files of the edition named as confirmation."""
    folder = find_edition(read_settings(), edition)
    shutil.rmtree(folder)
    sys.stdout.write(
        f"removed {folder}; rows already in a database stay there "
        "(run with --wipe seeded to replace them)\n"
    )
    return 0


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
