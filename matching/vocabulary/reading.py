"""Reads the vocabulary's files, which people edit by hand: each slip is named.

Every message names the file and the row's slug, and says what to do.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib.resources.abc import Traversable
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MAX_LATITUDE: Final = 90  # degrees
MAX_LONGITUDE: Final = 180
Row = dict[str, Any]


@dataclass(frozen=True)
class Columns:
    """What each row of a vocabulary file has, besides its slug: no more, no less."""

    texts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()  # of texts

    @property
    def names(self) -> set[str]:
        """The names of all fields."""
        return {"slug", *self.texts, *self.numbers, *self.lists}


class VocabularyError(ValueError):
    """A vocabulary file cannot be used; the message says which row, and what to do."""


def read_rows(folder: Traversable, file_name: str, columns: Columns) -> list[Row]:
    """Read one file of the vocabulary: a JSON list of rows, each with a slug.

    Raises:
        VocabularyError: The file, or a row of it, is not what it has to be.
    """
    rows = _parse(folder, file_name)
    for place, row in enumerate(rows, start=1):
        _check_row(row, f"{file_name}, row {place}", columns)
    check_unique((row["slug"] for row in rows), file_name)
    if "name" in columns.texts:
        check_unique((row["name"] for row in rows), file_name, "name")
    return rows


def check_unique(values: Iterable[str], file_name: str, what: str = "slug") -> None:
    """Raise if a slug, or a name but for its letter case, stands twice in a file."""
    seen: set[str] = set()
    for value in values:
        if value.casefold() in seen:
            raise VocabularyError(
                f"{file_name} names the {what} {value!r} twice; remove one of the two"
            )
        seen.add(value.casefold())


def check_places(rows: Iterable[Mapping[str, Any]], file_name: str) -> None:
    """Raise if a city lies in no time zone that there is, or nowhere on Earth."""
    for row in rows:
        where = f"{file_name}, slug {row['slug']!r}"
        try:
            ZoneInfo(row["timezone"])
        except (KeyError, ValueError, OSError):  # unknown, no name, a folder's
            raise VocabularyError(
                f"{where}: there is no time zone {row['timezone']!r}; give one of the "
                "IANA database, such as Europe/Lisbon"
            ) from None
        for name, limit in (("latitude", MAX_LATITUDE), ("longitude", MAX_LONGITUDE)):
            if not -limit <= row[name] <= limit:
                raise VocabularyError(
                    f"{where}: its {name} is {row[name]!r}; give degrees from "
                    f"-{limit} to {limit}"
                )


def _parse(folder: Traversable, file_name: str) -> list[Row]:
    try:
        text = folder.joinpath(file_name).read_text(encoding="utf-8")
        found: object = json.loads(text, object_pairs_hook=partial(_object, file_name))
    except VocabularyError:
        raise
    except OSError as error:
        raise VocabularyError(
            f"{file_name} cannot be read: {error.strerror}; restore it"
        ) from None
    except (ValueError, RecursionError) as error:  # JSON, or no UTF-8
        raise VocabularyError(
            f"{file_name} is no JSON: {error}; correct it there"
        ) from None
    if not isinstance(found, list) or not found:
        raise VocabularyError(
            f"{file_name} holds no rows; give a list of them, as in "
            '[{"slug": "some-slug"}]'
        )
    return cast("list[Row]", found)


def _object(file_name: str, pairs: list[tuple[str, Any]]) -> Row:
    """Make an object, in which a field written twice would hide one of the two."""
    row = dict(pairs)
    if len(row) < len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise VocabularyError(
            f"{file_name}, slug {row.get('slug')!r}: gives {', '.join(twice)} twice; "
            "remove one of the two"
        )
    return row


def _check_row(row: object, where: str, columns: Columns) -> None:
    if not isinstance(row, dict):
        raise VocabularyError(
            f"{where} is {row!r:.80}; give an object with the fields "
            f"{', '.join(sorted(columns.names))}"
        )
    fields = cast("Row", row)
    slug = fields.get("slug")
    if not isinstance(slug, str) or not SLUG.fullmatch(slug):
        raise VocabularyError(
            f"{where}: its slug is {slug!r:.80}; give lower-case letters a to z and "
            "digits, with a hyphen between words, as in sao-paulo"
        )
    where = f"{where}, slug {slug!r}"
    if fields.keys() != columns.names:
        lacks, more = columns.names - fields.keys(), fields.keys() - columns.names
        said = [f"lacks {', '.join(sorted(lacks))}"] if lacks else []
        said += [f"has {', '.join(map(repr, sorted(more)))} too much"] if more else []
        raise VocabularyError(
            f"{where} {' and '.join(said)}; give it the fields "
            f"{', '.join(sorted(columns.names))}"
        )
    for names, is_one, wanted in (
        (columns.texts, _is_text, "a text without line breaks"),
        (columns.numbers, _is_number, "a number"),
        (columns.lists, _is_list, "a list of texts"),
    ):
        for name in names:
            if not is_one(fields[name]):
                raise VocabularyError(
                    f"{where}: its {name} is {fields[name]!r:.80}; give {wanted}"
                )


def _is_text(value: object) -> bool:
    return (
        isinstance(value, str) and value.isprintable() and value.strip() == value != ""
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_list(value: object) -> bool:
    return isinstance(value, list) and all(
        _is_text(one) for one in cast("list[object]", value)
    )
