"""The edition folder: where everything of one generated world lies on disk.

Small manifests travel between tasks, never frames; frames are files named by a
manifest together with their digests.
"""

import hashlib
import json
import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from tasks.errors import InputError

EDITION_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


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


def read_json(path: Path) -> Any:  # noqa: ANN401  JSON is any value
    """Read a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))
