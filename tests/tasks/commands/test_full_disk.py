"""A full disk is explained, on the device that is always full."""

from pathlib import Path

import polars as pl
import pytest

from tasks.commands.full_disk import explaining_full_disk
from tasks.errors import SeedError

FULL = Path("/dev/full")  # every write to it fails, as on a full disk


def write_text() -> None:
    with FULL.open("w") as file:
        file.write("text")


def write_table() -> None:
    pl.DataFrame({"a": [1]}).write_parquet(FULL)


@pytest.mark.parametrize("write", [write_text, write_table])
def test_no_room_is_told_with_the_way_out(write: object, tmp_path: Path) -> None:
    """Python's own error and that of Polars say the same: where, and what to do."""
    assert callable(write)
    with (
        pytest.raises(SeedError, match="make room") as told,
        explaining_full_disk(tmp_path),
    ):
        write()
    assert repr(str(tmp_path)) in str(told.value)
    assert "'No space left on device'" in str(told.value)


def test_other_errors_pass(tmp_path: Path) -> None:
    """A file that is not there is nobody's full disk."""
    with pytest.raises(FileNotFoundError), explaining_full_disk(tmp_path):
        (tmp_path / "none").read_text("utf-8")
