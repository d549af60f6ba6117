"""`export` and `import`: an edition as one file, paid for once and seeded by many."""

import shutil
import sys
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from matching.vocabulary import LocationSlug
from tasks.commands.made import choose_edition
from tasks.commands.request import check_home, check_seed
from tasks.commands.settle import Options, Settled, read_settled, write_settled
from tasks.editions import edition_folder
from tasks.errors import InputError
from tasks.generate.recorded import recording_folder
from tasks.generate.recording import (
    SUFFIX,
    Header,
    Recording,
    collect,
    read_recording,
    store_answers,
    write_recording,
)
from tasks.generate.salvage import reason_of
from tasks.generate.source import Source
from tasks.settings import read_settings
from tasks.terminal import printable


def export_edition(edition: str | None, to: Path | None) -> int:
    """Write an edition's answers, and what it was made from, to one file."""
    settings = read_settings()
    folder = choose_edition(settings, edition)
    settled = read_settled(folder)
    if settled is None:
        raise InputError(f"edition {folder.name!r} was removed meanwhile; run it again")
    path = to or Path(f"{folder.name}{SUFFIX}")
    _tell(f"reading {len(settled.cities)} cities of edition {folder.name}")
    header = Header(
        edition=settled.edition,
        as_of=settled.as_of,
        seed=settled.seed,
        source=settled.source,
        options=settled.options_json(),
        answers=0,
        digest="",
    )
    size = write_recording(path, header, collect(folder, settled.cities))
    _tell(f"wrote {path} ({size:,} bytes); seed from it anywhere with: import {path}")
    return 0


def import_edition(path: Path, edition: str | None) -> int:
    """Make an edition of a file that `export` wrote; its answers cost nothing."""
    settings = read_settings()
    check_home(settings)
    _tell(f"checking {path}")
    recording = read_recording(path, _tell)
    settled = _settled(path, recording, edition)
    folder = edition_folder(settings.home, settled.edition)
    if folder.exists() or folder.is_symlink():
        raise InputError(
            f"edition {settled.edition!r} is there already, in {str(folder)!r}; import "
            "it under another name with --edition, or remove that one first: reset "
            f"--yes-delete {settled.edition}"
        )
    try:
        _store(
            settings.home / "importing" / settled.edition, folder, recording, settled
        )
    except OSError as error:
        raise InputError(
            f"{str(settings.home)!r} cannot be written to: {error.strerror}; make it "
            "writable, or set SEED_HOME to a folder that is"
        ) from None
    _tell(
        f"imported edition {settled.edition}: {len(recording.cities)} cities, made by "
        f"{recording.header.source}, {len(recording.rejects)} records set aside; seed "
        f"it with: python flows/seed.py --edition {settled.edition}"
    )
    return 0


def _store(aside: Path, folder: Path, recording: Recording, settled: Settled) -> None:
    """Write the edition aside and move it whole: half of one must not look like it."""
    shutil.rmtree(aside, ignore_errors=True)
    store_answers(recording_folder(aside), recording.answers)
    write_settled(aside, settled)
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside.rename(folder)
    with suppress(OSError):  # another import may be under way
        aside.parent.rmdir()


def _settled(path: Path, recording: Recording, edition: str | None) -> Settled:
    header = recording.header
    try:
        check_seed(header.seed)
    except InputError as error:
        raise InputError(f"{str(path)!r} cannot be imported: {error}") from None
    try:
        options = Options.model_validate(header.options)
    except ValidationError as error:
        raise InputError(
            f"{str(path)!r} was made with options that cannot be used: "
            f"{reason_of(error)}; export it anew with this version"
        ) from None
    settled = Settled(
        edition=edition or header.edition,
        as_of=header.as_of,
        seed=header.seed,
        source=Source.RECORDED,
        options=options,
    )
    held = set(recording.cities)
    if set(settled.cities) == held:
        return settled
    # the vocabulary here has more cities, or fewer were exported than named
    cities = tuple(city for city in LocationSlug if city in held)
    narrowed = options.model_copy(update={"cities": cities, "skip_city": ()})
    return settled.model_copy(update={"options": narrowed})


def _tell(line: str) -> None:
    sys.stdout.write(f"{printable(line)}\n")
    sys.stdout.flush()
