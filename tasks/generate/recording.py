"""One file that holds a whole edition's answers, so that a team pays once.

JSON lines: a header, then one answer a line, as received. The names in it are slugs
of the vocabulary and an edition's name, never paths. It comes from elsewhere, so it
is read like a batch: bounded, checked against its header, every answer salvaged.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import ValidationError

from matching.vocabulary import LOCATION_BY_SLUG
from tasks.editions import (
    Manifest,
    check_edition_name,
    digest_text,
    read_bounded,
    write_text,
)
from tasks.errors import InputError, SeedError
from tasks.generate.answers import answer_path
from tasks.generate.drafts import PassName
from tasks.generate.recorded import read_answer
from tasks.generate.salvage import Reject, Salvaged, reason_of, salvage

FORMAT: Final = "rsvped-edition/1"
SUFFIX: Final = ".rsvped.jsonl"
MAX_FILE_BYTES: Final = 50_000_000  # twenty times a full edition
REASONS_SHOWN: Final = 3  # of answers that cannot be used

Answers = Mapping[tuple[PassName, str], str]


class Header(Manifest):
    """The first line: what the edition was made from, and how much follows."""

    format: Literal["rsvped-edition/1"] = FORMAT
    edition: str
    as_of: datetime
    seed: str
    source: str  # of the answers
    options: dict[str, Any]
    answers: int
    digest: str  # of the answers' lines, so that half a file is told from a whole one


class Line(Manifest):
    """One city's answer of one pass, as received."""

    pass_name: PassName
    city: str
    answer: str


@dataclass(frozen=True)
class Recording:
    """What was read of a file: every answer of every city, and what they lack."""

    header: Header
    answers: Answers
    rejects: tuple[Reject, ...]

    @property
    def cities(self) -> tuple[str, ...]:
        """The slugs of its cities, sorted."""
        return tuple(sorted({city for _, city in self.answers}))


def collect(folder: Path, cities: Sequence[str]) -> Answers:
    """Read the answers of an edition's cities from its folder.

    Raises:
        InputError: some are not there yet.
        InputError: one cannot be read.
    """
    missing = [
        f"{pass_name}/{city}"
        for pass_name in PassName
        for city in cities
        if not answer_path(folder, pass_name, city).is_file()
    ]
    if missing:
        raise InputError(
            f"edition {folder.name!r} lacks {len(missing)} of its answers "
            f"({_some(missing)}); finish it first: python flows/seed.py --only "
            f"generate --edition {folder.name}"
        )
    return {
        (pass_name, city): read_answer(answer_path(folder, pass_name, city))
        for pass_name in PassName
        for city in cities
    }


def write_recording(path: Path, header: Header, answers: Answers) -> int:
    """Write an edition as one file, whole or not at all.

    Args:
        path: where; nothing may be there.
        header: its `answers` and `digest` are filled in.
        answers: as `collect` gives them.

    Returns:
        The file's size in bytes.

    Raises:
        InputError: something is there already, or it cannot be written there.
        SeedError: the file would be too large to be imported.
    """
    if path.exists():
        raise InputError(
            f"{str(path)!r} is there already; remove it, or name another file with --to"
        )
    lines = [
        Line(pass_name=pass_name, city=city, answer=answer).model_dump_json()
        for (pass_name, city), answer in sorted(answers.items())
    ]
    header = header.model_copy(
        update={"answers": len(lines), "digest": digest_text(*lines)}
    )
    text = "\n".join([header.model_dump_json(), *lines]) + "\n"
    size = len(text.encode())
    if size > MAX_FILE_BYTES:
        raise SeedError(
            f"edition {header.edition!r} takes {size:,} bytes, over the "
            f"{MAX_FILE_BYTES:,} that import reads; look for an answer that is far "
            "too long in its batches"
        )
    try:
        write_text(path, text)
    except OSError as error:
        raise InputError(
            f"{str(path)!r} cannot be written: {error.strerror}; name another file "
            "with --to"
        ) from None
    return size


def read_recording(
    path: Path, tell: Callable[[str], None] = lambda _: None
) -> Recording:
    """Read and check a file that an edition was exported to.

    Args:
        path: the file.
        tell: takes a line on each pass as it is checked.

    Raises:
        InputError: it is no such file, not whole, too large, or an answer of it holds
            nothing that could be used.
    """
    first, *rest = _lines(path)
    header = _header(path, first)
    if len(rest) != header.answers or digest_text(*rest) != header.digest:
        raise InputError(
            f"{str(path)!r} is not whole: {len(rest)} answers of {header.answers}, or "
            "changed on the way; fetch it again, or export it anew"
        )
    answers: dict[tuple[PassName, str], str] = {}
    for number, text in enumerate(rest, start=2):
        line = _line(path, number, text)
        if (line.pass_name, line.city) in answers:
            raise InputError(
                f"{str(path)!r}, line {number}: {line.pass_name} of {line.city!r} "
                "stand there twice; export it anew"
            )
        answers[line.pass_name, line.city] = line.answer
    _check_complete(path, answers)
    return Recording(header, answers, _check_answers(path, answers, tell))


def _lines(path: Path) -> list[str]:
    try:
        text = read_bounded(path, MAX_FILE_BYTES).decode("utf-8")
    except OSError as error:
        raise InputError(
            f"{str(path)!r} cannot be read: {error.strerror}; name a file that "
            "`export` has written"
        ) from None
    except UnicodeDecodeError:
        raise _no_recording(path, "it is not UTF-8 text") from None
    # not splitlines(): an answer may hold other line breaks
    return text.removesuffix("\n").split("\n")


def _header(path: Path, text: str) -> Header:
    try:
        header = Header.model_validate_json(text)
    except ValidationError as error:
        raise _no_recording(path, f"line 1: {reason_of(error)}") from None
    check_edition_name(header.edition)
    if header.as_of.tzinfo is None:
        raise _no_recording(path, f"its as_of {str(header.as_of)!r} has no time zone")
    return header


def _line(path: Path, number: int, text: str) -> Line:
    try:
        line = Line.model_validate_json(text)
    except ValidationError as error:
        raise _no_recording(path, f"line {number}: {reason_of(error)}") from None
    if line.city not in LOCATION_BY_SLUG:
        raise InputError(
            f"{str(path)!r}, line {number}: there is no city {line.city[:80]!r}; add "
            "it to matching/vocabulary/locations.json as it was where this was exported"
        )
    return line


def _no_recording(path: Path, why: str) -> InputError:
    return InputError(
        f"{str(path)!r} is no exported edition ({why}); name a file that `export` has "
        "written"
    )


def _check_complete(path: Path, answers: Answers) -> None:
    cities = {city for _, city in answers}
    missing = [
        f"{pass_name}/{city}"
        for pass_name in PassName
        for city in sorted(cities)
        if (pass_name, city) not in answers
    ]
    if missing or not cities:
        raise InputError(
            f"{str(path)!r} lacks {_some(missing) or 'every answer'}; export it anew"
        )


def _check_answers(
    path: Path, answers: Answers, tell: Callable[[str], None]
) -> tuple[Reject, ...]:
    rejects: list[Reject] = []
    empty: list[str] = []
    for wanted in PassName:
        kept = 0
        for (pass_name, city), text in sorted(answers.items()):
            if pass_name is not wanted:
                continue
            found = salvage(pass_name, city, text)
            kept += _count(found)
            rejects += found.rejects
            if _count(found) == 0:
                empty.append(f"{pass_name}/{city}: {found.rejects[0].reason}")
        tell(f"{wanted}: {kept} records")
    if empty:
        raise InputError(
            f"{str(path)!r} holds {len(empty)} answers of which nothing can be used "
            f"({_some(empty)}); export an edition that was processed without rejects"
        )
    return tuple(rejects)


def _count(found: Salvaged) -> int:
    return len(found.communities) + len(found.people) + len(found.venues)


def _some(names: Sequence[str]) -> str:
    more = len(names) - REASONS_SHOWN
    shown = "; ".join(names[:REASONS_SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown


def store_answers(folder: Path, answers: Answers) -> None:
    """Write a recording's answers below a folder, one file per pass and city."""
    for (pass_name, city), answer in answers.items():
        write_text(folder / pass_name / f"{city}.json", answer)
