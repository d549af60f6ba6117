"""What lies in SEED_HOME: the editions, and the worlds built for them."""

from pathlib import Path
from typing import Final

from tasks.commands.settle import EDITION_FILE
from tasks.editions import World, digest_file, edition_folder, read_model, write_json
from tasks.errors import InputError
from tasks.settings import Settings

WORLD_FILE: Final = "world.json"


def list_editions(settings: Settings) -> list[Path]:
    """List the folders of the editions made so far, the latest one first."""
    files = (settings.home / "editions").glob(f"*/{EDITION_FILE}")
    dated = sorted((file.stat().st_mtime_ns, file.parent) for file in files)
    return [folder for _, folder in reversed(dated)]


def choose_edition(settings: Settings, name: str | None) -> Path:
    """Give the folder of the edition named, by default of the latest.

    Raises:
        InputError: There is none.
    """
    made = list_editions(settings)
    if name is None and made:
        return made[0]
    if name is not None and edition_folder(settings.home, name) in made:
        return edition_folder(settings.home, name)
    names = ", ".join(folder.name for folder in made) or "none"
    raise InputError(
        f"there is no edition {name!r} in {str(settings.home)!r} (there: {names}); "
        "make one with: python flows/seed.py"
        if name is not None
        else f"no edition was made in {str(settings.home)!r} yet; make one with: "
        "python flows/seed.py"
    )


def read_world(folder: Path) -> World | None:
    """Read the manifest of the world that was last built in an edition's folder."""
    path = folder / WORLD_FILE
    return read_model(path, World) if path.is_file() else None


def write_world(folder: Path, world: World) -> None:
    """Keep the manifest of the world that was last built in an edition's folder."""
    if read_world(folder) != world:
        write_json(folder / WORLD_FILE, world.model_dump(mode="json"))


def is_whole(folder: Path, world: World) -> bool:
    """Say whether every file of a world lies in the folder, byte for byte."""
    return all(
        (folder / table.path).is_file()
        and digest_file(folder / table.path) == table.digest
        for stage in world.stages
        for table in stage.tables
    )
