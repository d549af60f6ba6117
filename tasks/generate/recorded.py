"""The recorded source: the edition that ships with the project, or an imported one."""

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from tasks.editions import read_bounded
from tasks.errors import InputError
from tasks.generate.drafts import PassName
from tasks.generate.salvage import MAX_ANSWER_BYTES, salvage


def recording_folder(folder: Path) -> Path:
    """Give the place of an imported edition's answers in its folder."""
    return folder / "recording"


def recorded_answer(pass_name: PassName, city: str, folder: Path | None = None) -> str:
    """Give one city's recorded answer as it was received.

    Args:
        pass_name: the pass.
        city: slug.
        folder: the edition's. If it was imported, its own answers are given and no
            others; without, or if it was not, those that ship with the project.

    Raises:
        InputError: the edition was recorded without that city.
    """
    place = files("tasks.generate").joinpath("recorded")
    if folder is not None and recording_folder(folder).is_dir():
        place = recording_folder(folder)
    answer = place.joinpath(pass_name, f"{city}.json")
    if not answer.is_file():
        raise InputError(
            f"the recorded edition has no {pass_name} for the city {city!r}; leave "
            f"it out (--skip-city {city}), or use another source"
        )
    if isinstance(answer, Path):
        return read_answer(answer)
    return answer.read_text(encoding="utf-8")  # shipped within an archive


def read_answer(path: Path) -> str:
    """Read an answer's file as text.

    Raises:
        InputError: It is larger than any answer, or no text.
    """
    try:
        return read_bounded(path, MAX_ANSWER_BYTES).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{str(path)!r} cannot be read: {error}; remove it to have it made anew, "
            "or import the edition again"
        ) from None


def count_recorded(
    pass_name: PassName, cities: Iterable[str], folder: Path | None = None
) -> int:
    """Count the communities or people that the recorded answers offer."""
    offered = [
        salvage(pass_name, city, recorded_answer(pass_name, city, folder))
        for city in cities
    ]
    return sum(len(one.communities) + len(one.people) for one in offered)
