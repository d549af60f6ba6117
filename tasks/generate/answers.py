"""The road that all answers take to the edition folder: one file per city and pass.

An answer is stored as received and never overwritten while its key stands: it may
have been paid for. What is wrong with it shows when it is salvaged.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, assert_never

from pydantic import ValidationError

from matching.vocabulary import CATEGORIES, LOCATION_BY_SLUG
from tasks.editions import (
    Manifest,
    digest_file,
    digest_json,
    digest_text,
    read_bounded,
    write_json,
    write_text,
)
from tasks.errors import SeedError
from tasks.generate.drafts import PassName, schema_hash
from tasks.generate.faker_source import fake_answer
from tasks.generate.journal import Shelf
from tasks.generate.prompts import Conditions, prompt_hash, request_params
from tasks.generate.recorded import recorded_answer
from tasks.generate.salvage import MAX_ANSWER_BYTES, Reject, Salvaged, salvage
from tasks.generate.service import Live
from tasks.generate.source import Source

# the code that decides what Faker's answers say
_FAKER_MODULES: Final = (
    "faker_source.py",
    "faker_communities.py",
    "faker_dice.py",
    "faker_names.py",
    "faker_people.py",
    "faker_texts.py",
    "name_pools.py",
)


class AnswerFile(Manifest):
    """One city's answer of one pass."""

    city: str
    path: str  # relative to the edition folder
    digest: str  # BLAKE2b of the file's bytes as they are now
    key: str  # of everything the answer was made from


class PassManifest(Manifest):
    """One pass over an edition's cities, sorted by slug."""

    pass_name: PassName
    source: Source
    schema_hash: str
    answers: tuple[AnswerFile, ...]
    made: int  # answers made by this run; the others were there


@dataclass(frozen=True)
class PassRequest:
    """What one pass is asked to do, for all of its cities."""

    pass_name: PassName
    source: Source
    folder: Path  # the edition's
    seed: str
    live: Live | None = None  # for the source claude


def answer_path(folder: Path, pass_name: PassName, city: str) -> Path:
    """Give the place of one city's answer in an edition folder."""
    return folder / "batches" / pass_name / f"{city}.json"


def manifest_path(folder: Path, pass_name: PassName) -> Path:
    """Give the place of a pass's manifest, which keeps the answers' keys."""
    return folder / "batches" / f"{pass_name}.json"


def read_manifest(folder: Path, pass_name: PassName) -> PassManifest | None:
    """Read a pass's last manifest; None if there is none that can be read."""
    path = manifest_path(folder, pass_name)
    if not path.is_file():
        return None
    try:
        return PassManifest.model_validate_json(read_bounded(path))
    except ValidationError:  # damaged, or of an older program: make the pass anew
        return None


def salvage_file(folder: Path, pass_name: PassName, city: str) -> Salvaged:
    """Salvage one city's answer from its file; a missing or huge one is a reject."""
    path = answer_path(folder, pass_name, city)
    try:
        size = path.stat().st_size
        if size > MAX_ANSWER_BYTES:
            reason = f"{size:,} bytes, over {MAX_ANSWER_BYTES:,}; not read"
        else:
            return salvage(pass_name, city, path.read_bytes())
    except OSError as error:
        reason = f"the file cannot be read: {error.strerror}"
    reject = Reject(pass_name=pass_name, city=city, index=None, name="", reason=reason)
    return Salvaged(rejects=(reject,))


def write_answers(
    request: PassRequest, conditioned_on: Mapping[str, str]
) -> PassManifest:
    """Have every city's answer in the edition folder, making only what is not there.

    Args:
        request: the pass, its source and place.
        conditioned_on: per city slug, what the pass reads of earlier ones; "" if
            nothing.

    Returns:
        The manifest, which is also stored beside the answers.

    Raises:
        InputError: the recorded edition lacks one of the cities.
        SeedError: a live model could not be asked, or not yet; what it answered is
            kept. Or a file is larger than any answer.
    """
    last = read_manifest(request.folder, request.pass_name)
    known = {answer.city: answer.key for answer in last.answers} if last else {}
    keys = {
        city: _key(request, city, conditioned_on[city])
        for city in sorted(conditioned_on)
    }
    paths = {
        city: answer_path(request.folder, request.pass_name, city) for city in keys
    }
    missing = [
        city
        for city, key in keys.items()
        if known.get(city) != key or not paths[city].is_file()
    ]
    if request.source is Source.CLAUDE:
        if missing or Shelf(request.folder, request.pass_name).read_journal().sent:
            _ask_live(request, {city: conditioned_on[city] for city in missing}, keys)
    else:
        for city in missing:
            write_text(paths[city], _ask(request, city, conditioned_on[city]))
    manifest = PassManifest(
        pass_name=request.pass_name,
        source=request.source,
        schema_hash=schema_hash(request.pass_name),
        answers=tuple(
            AnswerFile(
                city=city,
                path=paths[city].relative_to(request.folder).as_posix(),
                digest=_digest(paths[city]),
                key=key,
            )
            for city, key in keys.items()
        ),
        made=len(missing),
    )
    write_json(
        manifest_path(request.folder, request.pass_name),
        manifest.model_dump(mode="json"),
    )
    return manifest


def _digest(path: Path) -> str:
    """Digest an answer's file, unless it is larger than any answer."""
    size = path.stat().st_size
    if size > MAX_ANSWER_BYTES:
        raise SeedError(
            f"{str(path)!r} has {size:,} bytes, over the {MAX_ANSWER_BYTES:,} of an "
            "answer, and was not read; remove it, and the next run makes it anew"
        )
    return digest_file(path)


def _ask_live(
    request: PassRequest, missing: Mapping[str, str], keys: Mapping[str, str]
) -> None:
    """Ask a live model for the missing cities, all at once."""
    # the vendor's library takes seconds to import: only a run that asks it pays them
    from tasks.generate.live import PassAsked, Wanted, ask_cities  # noqa: PLC0415

    live = _live(request)
    wanted = {
        city: Wanted(keys[city], _params(request, city, conditioned_on))
        for city, conditioned_on in missing.items()
    }
    contract = digest_text(prompt_hash(request.pass_name), live.model)
    ask_cities(PassAsked(request.folder, request.pass_name, contract, wanted), live)


def _live(request: PassRequest) -> Live:
    if request.live is None:
        raise RuntimeError("the source claude was chosen without a way to reach it")
    return request.live


def _params(request: PassRequest, city: str, conditioned_on: str) -> dict[str, Any]:
    conditions = Conditions.read(conditioned_on)
    model = _live(request).model
    return request_params(request.pass_name, city, conditions, request.seed, model)


def _ask(request: PassRequest, city: str, conditioned_on: str) -> str:
    match request.source:
        case Source.RECORDED:
            return recorded_answer(request.pass_name, city, request.folder)
        case Source.FAKER:
            return fake_answer(request.pass_name, city, request.seed, conditioned_on)
        case Source.CLAUDE:
            raise RuntimeError("a live model is asked for all cities at once")
        case _:
            assert_never(request.source)


def _key(request: PassRequest, city: str, conditioned_on: str) -> str:
    """Hash everything that one answer is made from."""
    return digest_json(
        {
            "pass": request.pass_name,
            "schema": schema_hash(request.pass_name),
            "source": request.source,
            "made_from": _ingredients(request, city, conditioned_on),
            "city": asdict(LOCATION_BY_SLUG[city]),
            "categories": [asdict(category) for category in CATEGORIES],
            "conditioned_on": digest_text(conditioned_on),
            "edition": request.folder.name,
        }
    )


def _ingredients(request: PassRequest, city: str, conditioned_on: str) -> list[str]:
    match request.source:
        case Source.CLAUDE:
            # the request itself: prompt, wire schema, model, seed, city and digests
            return [digest_json(_params(request, city, conditioned_on))]
        case Source.RECORDED:
            return [
                digest_text(recorded_answer(request.pass_name, city, request.folder))
            ]
        case Source.FAKER:
            texts = [
                files("tasks.generate").joinpath(name).read_text(encoding="utf-8")
                for name in _FAKER_MODULES
            ]
            # all cities: names are dealt out among them, so that no two share one
            cities = json.dumps(list(LOCATION_BY_SLUG))
            return [digest_text(*texts, cities), version("faker"), request.seed]
        case _:
            assert_never(request.source)
