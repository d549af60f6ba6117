"""Files that their owner alone may read: keys, password hashes, image look-ups.

They lie in SEED_HOME's cache, which may stand in a shared place; so a link or
another user's file in their stead is never followed, read or overwritten.
"""

import errno
import os
import stat
import tempfile
from pathlib import Path
from typing import Final

from tasks.errors import InputError

FILE_MODE: Final = 0o600  # owner reads and writes, nobody else does anything
FOLDER_MODE: Final = 0o700


def read_private(path: Path) -> bytes | None:
    """Read a private file whole; None if there is none.

    A file of ours that others may read is closed to them first.

    Raises:
        InputError: It is a link, no regular file, another user's, or unreadable.
    """
    try:
        with open(path, "rb", opener=_open_untouched) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise _untrusted(path, "no regular file")
            if found.st_uid != os.geteuid():
                raise _untrusted(path, f"owned by user {found.st_uid}")
            if stat.S_IMODE(found.st_mode) & ~FILE_MODE:
                os.fchmod(file.fileno(), FILE_MODE)
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        reason = "a symbolic link" if error.errno == errno.ELOOP else error.strerror
        raise _untrusted(path, reason) from None


def _open_untouched(path: str, flags: int) -> int:
    """Open without following a link or waiting for a pipe's other end."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def write_private(path: Path, content: bytes) -> None:
    """Write a private file whole or not at all, so that a kill leaves no half of it.

    Raises:
        InputError: A link, or what is not ours, stands in its place.
    """
    read_private(path)
    part = _write_part(path, content)
    try:
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise _untrusted(path, error.strerror) from None


def create_private(path: Path, content: bytes) -> None:
    """Write a private file unless there is one already, whole or not at all.

    Of two processes that create it at once one wins; the other's content is dropped.

    Raises:
        InputError: The folder cannot hold it.
    """
    part = _write_part(path, content)
    try:
        os.link(part, path)  # unlike a rename, fails where the name is taken
    except FileExistsError:
        pass
    except OSError as error:
        raise _untrusted(path, error.strerror) from None
    finally:
        part.unlink()


def _write_part(path: Path, content: bytes) -> Path:
    try:
        path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise _untrusted(path, error.strerror) from None
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)


def _untrusted(path: Path, reason: str | None) -> InputError:
    return InputError(
        f"{str(path)!r} cannot be used as a private file ({reason}); remove it, or set "
        "SEED_HOME to a folder of your own"
    )
