"""The edition folder: where everything of one generated world lies on disk.

Small manifests travel between tasks, never frames; frames are files named by a
manifest together with their digests.
"""

import hashlib
import json
import os
import re
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from tasks.errors import InputError

MAX_JSON_BYTES: Final = 50_000_000  # twenty times the largest account of a full edition
_SURROGATES: Final = (b"\\ud", b"\\uD")  # how escapes of half a character begin
EDITION_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


_M = TypeVar("_M", bound=BaseModel)


class Manifest(BaseModel):
    """A small, immutable account of files; what tasks hand to each other."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TableFile(Manifest):
    """One Parquet file: all rows of one table that one stage loads."""

    table: str
    path: str  # relative to the edition folder
    rows: int
    digest: str  # BLAKE2b of the file's bytes


class StageFiles(Manifest):
    """What one stage loads, in foreign-key order."""

    stage: str
    tables: tuple[TableFile, ...]


class World(Manifest):
    """One built world: its identity, and the files that hold every row of it."""

    edition: str
    as_of: datetime
    seed: str
    source: str
    options: dict[str, Any]
    rules_version: str
    world_id: str
    tag: str  # five base-36 characters that every id of this world carries
    left_out: tuple[str, ...] = ()  # communities that nobody in their city could own
    stages: tuple[StageFiles, ...]


def check_edition_name(name: str) -> str:
    """Return the name if it can name a folder, else say what may."""
    if not EDITION_NAME.fullmatch(name) or ".." in name:
        raise InputError(
            f"the edition is named {name!r}; use letters, digits, '.', '_' and '-', "
            "beginning with a letter or digit, as in 2026-W47"
        )
    return name


def edition_of(moment: datetime) -> str:
    """Name the edition of a moment by its ISO week in UTC."""
    year, week, _ = moment.astimezone(UTC).isocalendar()
    return f"{year}-W{week:02d}"


def edition_folder(home: Path, edition: str) -> Path:
    """Give the folder of an edition below SEED_HOME."""
    return home / "editions" / check_edition_name(edition)


def digest_text(*parts: str) -> str:
    """Digest texts into 32 hexadecimal characters; the parts' borders count."""
    state = hashlib.blake2b(digest_size=16)
    for part in parts:
        raw = part.encode()
        state.update(len(raw).to_bytes(8, "big"))
        state.update(raw)
    return state.hexdigest()


def digest_json(value: object) -> str:
    """Digest a JSON value, whatever the order of its keys."""
    return digest_text(json.dumps(value, sort_keys=True, ensure_ascii=False))


def digest_file(path: Path) -> str:
    """Digest a file's bytes into 32 hexadecimal characters."""
    state = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            state.update(chunk)
    return state.hexdigest()


def write_text(path: Path, text: str, mode: int = 0o644) -> None:
    """Write a file whole or not at all, so that a kill leaves no half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def write_json(path: Path, value: object, mode: int = 0o644) -> None:
    """Write a value as JSON a person can read, whole or not at all."""
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=False)
    write_text(path, text + "\n", mode)


def read_bounded(path: Path, limit_bytes: int = MAX_JSON_BYTES) -> bytes:
    """Read a regular file whole, unless it is larger than it can rightly be.

    Args:
        path: The file; it is opened without waiting for a pipe's other end.
        limit_bytes: What it may have; of a larger one nothing is read.

    Raises:
        InputError: It is larger, or no regular file.
        OSError: It cannot be opened.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise InputError(f"{str(path)!r} is no regular file; put one in its place")
        raw = b""
        if status.st_size <= limit_bytes:
            raw = file.read(limit_bytes + 1)  # it may be growing
        size = max(status.st_size, len(raw))
        if size > limit_bytes:
            raise InputError(
                f"{str(path)!r} has {size:,} bytes, over the {limit_bytes:,} that it "
                "may have, and was not read; put the right file in its place, or "
                "remove it"
            )
        return raw


def read_model(path: Path, model: type[_M]) -> _M:
    """Read a manifest of ours.

    Raises:
        InputError: It is too large, or not what such a file holds.
    """
    try:
        return model.model_validate(read_json(path))
    except ValidationError as error:
        raise InputError(
            f"{str(path)!r} is no {model.__name__} that this version has written "
            f"({error.error_count()} faults); restore it, or remove it to have it made "
            "anew"
        ) from None


def read_json(path: Path, limit_bytes: int = MAX_JSON_BYTES) -> Any:  # noqa: ANN401  JSON is any value
    """Read a JSON file of ours; of a name that stands in it twice, the last counts.

    Args:
        path: The file.
        limit_bytes: What it may have.

    Raises:
        InputError: It is too large, or cannot be read as JSON; the message says where.
        OSError: It cannot be opened.
    """
    raw = read_bounded(path, limit_bytes)
    try:
        value: Any = json.loads(raw.decode("utf-8"))
        if any(sign in raw for sign in _SURROGATES):
            json.dumps(value, ensure_ascii=False).encode("utf-8")  # a half one fails
    except RecursionError:
        reason = "it is nested too deeply"
    except ValueError as error:  # JSON, UTF-8, or an integer of thousands of digits
        reason = str(error)
    else:
        return value
    raise InputError(
        f"{str(path)!r} cannot be read as JSON ({reason}); restore it, or remove it to "
        "have it made anew"
    )
