"""A stored result is a file that anybody may have changed: nothing in it is called."""

import base64
import json
import lzma
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from prefect.filesystems import LocalFileSystem
from prefect.results import ResultStore
from prefect.serializers import JSONSerializer

from tasks.editions import TableFile
from tasks.errors import InputError
from tasks.keys.results import MAX_RESULT_BYTES, UnusableResultError, VettedResults

KEY = "match-0123"
TABLE = TableFile(
    table="User", path="tables/create-users/User.parquet", rows=3, digest="d"
)
OURS = JSONSerializer().model_dump(mode="json")


class Payload:
    """Makes a file when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str, ...]]:
        return os.mkdir, (str(self.mark),)


def record(result: str, serializer: dict[str, Any] | None = None) -> bytes:
    """A record as Prefect stores one."""
    return json.dumps(
        {
            "metadata": {
                "storage_key": KEY,
                "expiration": None,
                "serializer": serializer or OURS,
                "prefect_version": "3.8.8",
                "storage_block_id": None,
            },
            "result": result,
        }
    ).encode()


def pickled(mark: Path) -> bytes:
    """A record that asks to be read by pickle."""
    blob = base64.encodebytes(pickle.dumps(Payload(mark))).decode()
    return record(blob, {"type": "pickle", "picklelib": "pickle"})


def nameless(mark: Path) -> bytes:
    """A record without a serializer, for which Prefect takes pickle."""
    fields = json.loads(pickled(mark))
    del fields["metadata"]["serializer"]
    return json.dumps(fields).encode()


def compressed(mark: Path) -> bytes:
    """A pickle within a compression, which has no name of its own."""
    inner = base64.encodebytes(pickle.dumps(Payload(mark)))
    blob = base64.encodebytes(lzma.compress(inner)).decode()
    pick = {"type": "pickle", "picklelib": "pickle"}
    return record(blob, {"type": "compressed", "serializer": pick})


def calling(mark: Path) -> bytes:
    """JSON whose class is a function: Prefect calls it with the data."""
    data = {"cmd": f"mkdir {mark}"}
    return record(json.dumps({"__class__": "subprocess.getoutput", "data": data}))


def decoding(mark: Path) -> bytes:
    """JSON whose serializer names a function to be called with each object."""
    decoder = OURS | {"object_decoder": "subprocess.getoutput"}
    return record(json.dumps({f"mkdir {mark}": 1}), decoder)


def nested(mark: Path) -> bytes:
    """A model of ours with a function hidden in a field."""
    inner = {"__class__": "subprocess.getoutput", "data": {"cmd": f"mkdir {mark}"}}
    data = TABLE.model_dump() | {"digest": [inner]}
    return record(json.dumps({"__class__": "tasks.editions.TableFile", "data": data}))


def old(mark: Path) -> bytes:
    """The form of earlier versions, which Prefect still understands."""
    fields = json.loads(pickled(mark))
    serializer = fields["metadata"]["serializer"]
    return json.dumps({"serializer": serializer, "data": fields["result"]}).encode()


def store_of(storage: LocalFileSystem) -> ResultStore:
    """Prefect's own store over a folder, without what it remembers in memory."""
    return ResultStore(result_storage=storage, serializer=JSONSerializer())


@pytest.mark.parametrize(
    "poison", [pickled, nameless, compressed, calling, decoding, nested, old]
)
def test_poison_is_no_result_and_is_never_called(
    tmp_path: Path, poison: Callable[[Path], bytes]
) -> None:
    """What Prefect by itself would run counts as no result, so the task runs again."""
    for name, vetted in (("theirs", False), ("ours", True)):
        folder, mark = tmp_path / name, tmp_path / f"{name}-ran"
        folder.mkdir()
        (folder / KEY).write_bytes(poison(mark))
        storage = (
            VettedResults.of(folder, [TableFile])
            if vetted
            else LocalFileSystem(basepath=str(folder))
        )
        found = store_of(storage).exists(KEY)
        assert mark.exists() is not vetted, (
            "Prefect alone runs it, or it proves nothing"
        )
        if vetted:
            assert not found
            with pytest.raises(UnusableResultError, match=KEY):
                storage.read_path(KEY)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x80\x04K\x01.",  # a bare pickle
        b"[]",
        b"{}",
        b"[" * 100_000,
        record("[" * 100_000),
        record('"text"'),
        record('{"__class__": "tasks.errors.SeedError", "data": {}}'),
        record('{"__exc_type__": "builtins.SystemExit", "message": "gone"}'),
        record('{"__class__": ["tasks.editions.TableFile"], "data": {}}'),
        record("9" * 5_000),
    ],
)
def test_what_is_no_record_of_ours_is_no_result(tmp_path: Path, raw: bytes) -> None:
    """Damage of any kind means that the task runs again, never that a run fails."""
    storage = VettedResults.of(tmp_path / "results", [TableFile])
    (tmp_path / "results" / KEY).write_bytes(raw)
    assert not store_of(storage).exists(KEY)


def test_a_result_of_ours_comes_back(tmp_path: Path) -> None:
    """Prefect's store writes and reads the models expected, in files for us alone."""
    folder = tmp_path / "results"
    writer = store_of(VettedResults.of(folder, [TableFile]))
    writer.write(TABLE, key=KEY)
    reader = store_of(VettedResults.of(folder, [TableFile]))
    assert reader.exists(KEY)
    assert reader.read(KEY).result == TABLE
    assert (folder / KEY).stat().st_mode & 0o777 == 0o600
    other = store_of(VettedResults.of(folder, []))
    assert not other.exists(KEY), "a class that is not expected"


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    """A file of a gigabyte is refused after its limit, and is no result."""
    storage = VettedResults.of(tmp_path / "results", [TableFile])
    with (tmp_path / "results" / KEY).open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(UnusableResultError, match=f"over {MAX_RESULT_BYTES:,}"):
        storage.read_path(KEY)


def test_links_among_the_results_are_replaced_not_followed(tmp_path: Path) -> None:
    """A link is no result; writing puts a file in its place and spares its target."""
    mine = tmp_path / "thesis"
    mine.write_text("years of work")
    storage = VettedResults.of(tmp_path / "results", [TableFile])
    (tmp_path / "results" / KEY).symlink_to(mine)
    store = store_of(storage)
    assert not store.exists(KEY)
    store.write(TABLE, key=KEY)
    assert mine.read_text() == "years of work"
    assert not (tmp_path / "results" / KEY).is_symlink()


@pytest.mark.parametrize("key", ["../out", "/etc/passwd", "a/b", "..", "a\0b"])
def test_a_key_leads_nowhere_else(tmp_path: Path, key: str) -> None:
    """A result's name is a name within the folder."""
    storage = VettedResults.of(tmp_path / "results", [TableFile])
    with pytest.raises(UnusableResultError, match="names no stored result"):
        storage.write_path(key, b"{}")


def test_the_folder_is_closed_to_others(tmp_path: Path) -> None:
    """A folder that anybody could write to is closed before anything is read."""
    folder = tmp_path / "results"
    folder.mkdir()
    folder.chmod(0o777)
    VettedResults.of(folder, [TableFile])
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_linked_folder_is_refused(tmp_path: Path) -> None:
    """Results elsewhere are somebody else's; the message says what to do."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "results").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match=r"is a link to .*; remove it"):
        VettedResults.of(tmp_path / "results", [TableFile])
