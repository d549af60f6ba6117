"""Prefect's stored results, read as what they are: files that anybody may have changed.

Prefect believes a stored result: the file itself names the serializer that reads it
(pickle among them), and JSON names the class, or any function, that is called with
its fields. Either runs what the file's writer wants. So what is read here is taken
apart and put together anew: our own serializer, and none but the models expected.
Whatever else stands there counts as no result, and the task runs again.
"""

import json
import os
import re
import stat
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final, cast

from prefect.filesystems import LocalFileSystem
from prefect.serializers import JSONSerializer
from pydantic import BaseModel, PrivateAttr

from tasks.editions import write_text
from tasks.errors import InputError

MAX_RESULT_BYTES: Final = 5_000_000  # a hundred times the manifest of a full edition
FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700  # who may write here decides what a run takes for done
_KEY: Final = re.compile(r"[A-Za-z0-9._-]+")
_CLASS: Final = "__class__"  # how Prefect's JSON names the class of an object
_DATA: Final = "data"
_EXCEPTION: Final = "__exc_type__"  # how it names an exception's
# what a record of ours holds; another shape is somebody else's, or of another version
_RECORD: Final = {"metadata", "result"}
_METADATA: Final = {
    *("storage_key", "expiration", "serializer"),
    *("prefect_version", "storage_block_id"),
}


class UnusableResultError(ValueError):
    """A stored file is no result of ours; Prefect takes it for none at all."""


class VettedResults(LocalFileSystem):
    """A folder of results that gives out none but JSON of the models expected."""

    _block_type_slug = "rsvped-vetted-results"
    _models: frozenset[str] = PrivateAttr(default=frozenset())

    @classmethod
    def of(cls, folder: Path, models: Collection[type[BaseModel]]) -> "VettedResults":
        """Open the folder of results, closed to everybody else.

        Args:
            folder: Made if it is not there.
            models: The classes that a stored result may be of.

        Raises:
            InputError: The folder is a link, no folder, or somebody else's.
        """
        _close(folder)
        store = cls(basepath=str(folder))
        store._models = frozenset(
            f"{model.__module__}.{model.__qualname__}" for model in models
        )
        return store

    def read_path(self, path: str, **_: object) -> bytes:
        """Give a stored result, put together anew.

        Raises:
            UnusableResultError: What stands there is no result of ours.
            OSError: Nothing stands there that can be read.
        """
        found = self._place(path)
        handle = os.open(found, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
                raise UnusableResultError(f"{str(found)!r} is no file of ours")
            raw = file.read(MAX_RESULT_BYTES + 1)
        if len(raw) > MAX_RESULT_BYTES:
            raise UnusableResultError(
                f"{str(found)!r} has {status.st_size:,} bytes, over "
                f"{MAX_RESULT_BYTES:,}"
            )
        return vetted(raw, str(found), self._models)

    async def aread_path(self, path: str) -> bytes:
        """Give a stored result to Prefect's asynchronous half."""
        return self.read_path(path)

    def write_path(self, path: str, content: bytes, **_: object) -> str:
        """Store a result whole or not at all, in place of whatever stands there."""
        place = self._place(path)
        write_text(place, content.decode(), FILE_MODE)
        return str(place)

    async def awrite_path(self, path: str, content: bytes) -> str:
        """Store a result for Prefect's asynchronous half."""
        return self.write_path(path, content)

    def _resolve_path(self, path: str) -> Path:
        """Give the file of a key, or the folder, as Prefect asks for it by ''."""
        return self._place(path) if path else Path(str(self.basepath))

    def _place(self, key: str) -> Path:
        """Give the file of a key, which is a name of its own in our folder."""
        folder = Path(str(self.basepath))
        name = Path(key).name if Path(key).parent == folder else key
        if not _KEY.fullmatch(name) or set(name) == {"."}:
            raise UnusableResultError(f"{key!r} names no stored result")
        return folder / name


def vetted(raw: bytes, place: str, models: Collection[str]) -> bytes:
    """Take a stored record apart, and put it together with our own serializer.

    The bytes are not passed on: two parsers may read one text in two ways.

    Args:
        raw: The file's bytes.
        place: The file's path, which becomes the record's.
        models: Qualified names of the classes that it may be of.

    Raises:
        UnusableResultError: It is no record of ours.
    """
    serializer = JSONSerializer().model_dump(mode="json")
    try:
        record: object = json.loads(raw)
        if not isinstance(record, dict):
            raise UnusableResultError(f"{place!r} holds no record")
        fields = cast("dict[str, Any]", record)
        metadata = fields.get("metadata")
        if fields.keys() != _RECORD or not isinstance(metadata, dict):
            raise UnusableResultError(f"{place!r} holds no record of ours")
        facts = cast("dict[str, Any]", metadata)
        if facts.keys() != _METADATA or facts["serializer"] != serializer:
            raise UnusableResultError(f"{place!r} names a serializer that is not ours")
        result: object = json.loads(fields["result"])
        _check_classes(result, place, models)
    except (TypeError, ValueError, RecursionError) as error:
        raise UnusableResultError(f"{place!r} cannot be used: {error}") from None
    return json.dumps(
        {
            "metadata": {
                "storage_key": place,
                "expiration": None,
                "serializer": serializer,
                "prefect_version": str(facts["prefect_version"]),
                "storage_block_id": None,
            },
            "result": json.dumps(result),
        }
    ).encode()


def _check_classes(result: object, place: str, models: Collection[str]) -> None:
    """Let the whole be of one of the models, and nothing within it of any class."""
    whole = cast("dict[str, Any]", result) if isinstance(result, dict) else {}
    if whole.keys() != {_CLASS, _DATA} or whole[_CLASS] not in models:
        raise UnusableResultError(f"{place!r} is of no class that is stored here")
    left: list[object] = [whole[_DATA]]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            inner = cast("dict[str, Any]", value)
            if _CLASS in inner or _EXCEPTION in inner:
                raise UnusableResultError(f"{place!r} names a class within its data")
            left += inner.values()
        elif isinstance(value, list):
            left += cast("list[object]", value)


def _close(folder: Path) -> None:
    """Make the folder if need be, and let nobody else into it."""
    try:
        folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        status = folder.lstat()
        if stat.S_ISLNK(status.st_mode):
            reason = f"it is a link to {str(folder.readlink())!r}"
        elif status.st_uid != os.geteuid():
            reason = f"it belongs to user {status.st_uid}"
        else:
            if stat.S_IMODE(status.st_mode) != FOLDER_MODE:
                folder.chmod(FOLDER_MODE)
            return
    except OSError as error:
        reason = str(error.strerror)
    raise InputError(
        f"{str(folder)!r} cannot hold a run's results ({reason}); remove it, or set "
        "SEED_HOME to a folder of your own"
    )
