"""The recorded source: the full-size edition that ships with the project."""

from importlib.resources import files

from tasks.errors import InputError
from tasks.generate.drafts import PassName


def recorded_answer(pass_name: PassName, city: str) -> str:
    """Give one city's recorded answer as it was received.

    Raises:
        InputError: the edition was recorded without that city.
    """
    place = files("tasks.generate").joinpath("recorded", pass_name, f"{city}.json")
    if not place.is_file():
        raise InputError(
            f"the recorded edition has no {pass_name} for the city {city!r}; leave "
            f"it out (--skip-city {city}), or use another source"
        )
    return place.read_text(encoding="utf-8")
