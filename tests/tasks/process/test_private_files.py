"""Private files are whole, the owner's alone, and never somebody else's."""

import os
import stat
from pathlib import Path

import pytest

from tasks.errors import InputError
from tasks.process.private_files import create_private, read_private, write_private


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_written_is_read_by_its_owner_alone(tmp_path: Path) -> None:
    """A file comes back as written, 0600 whatever the umask, with no part left."""
    path = tmp_path / "cache" / "file"
    before = os.umask(0)
    try:
        write_private(path, b"one")
        write_private(path, b"two")
    finally:
        os.umask(before)
    assert read_private(path) == b"two"
    assert _mode(path) == 0o600
    assert _mode(path.parent) == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["file"]


def test_a_missing_file_is_none(tmp_path: Path) -> None:
    """No file is no error: the caller makes one."""
    assert read_private(tmp_path / "none") is None


def test_an_open_file_of_ours_is_closed(tmp_path: Path) -> None:
    """A file that others may read, as after a careless copy, is closed to them."""
    path = tmp_path / "file"
    path.write_bytes(b"x")
    path.chmod(0o644)
    assert read_private(path) == b"x"
    assert _mode(path) == 0o600


def test_the_first_of_two_creators_wins(tmp_path: Path) -> None:
    """A second creation changes nothing and leaves nothing lying about."""
    path = tmp_path / "key"
    create_private(path, b"first")
    create_private(path, b"second")
    assert read_private(path) == b"first"
    assert [entry.name for entry in tmp_path.iterdir()] == ["key"]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    """Neither reading nor writing goes through a symbolic link, and it says so."""
    target = tmp_path / "target"
    target.write_bytes(b"precious")
    link = tmp_path / "file"
    link.symlink_to(target)
    with pytest.raises(InputError, match="symbolic link"):
        read_private(link)
    with pytest.raises(InputError, match="symbolic link"):
        write_private(link, b"x")
    create_private(link, b"x")
    assert target.read_bytes() == b"precious"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_another_users_file_is_refused(tmp_path: Path) -> None:
    """A planted file is neither read nor replaced, and its owner is named."""
    path = tmp_path / "file"
    path.write_bytes(b"planted")
    os.chown(path, 12345, -1)
    with pytest.raises(InputError, match="user 12345"):
        read_private(path)
    with pytest.raises(InputError, match="user 12345"):
        write_private(path, b"x")
    assert path.read_bytes() == b"planted"


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A folder or a pipe in a file's place is an error, not a wait without end."""
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(InputError, match="private file"):
            read_private(place)


def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    """Where the cache folder is a file, the message names the path."""
    (tmp_path / "cache").write_bytes(b"")
    for write in (write_private, create_private):
        with pytest.raises(InputError, match="cache/key"):
            write(tmp_path / "cache" / "key", b"x")
