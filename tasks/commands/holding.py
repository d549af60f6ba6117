"""Holding an edition's folder: one run writes it, any number read it, none tears it.

The lock is the kernel's, on a file of its own in SEED_HOME: a killed run leaves none.
"""

import fcntl
import os
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tasks.editions import check_edition_name
from tasks.errors import InputError

LOCKS: Final = "locks"
_NAME_BYTES: Final = 200  # of the holder's name, more than a host and a number take


class Hold:
    """A hold on one edition's folder, as its writer or as one of its readers."""

    def __init__(self, path: Path, tell: Callable[[str], None]) -> None:
        self.path = path
        self.handle = _open(path)
        self._tell = tell

    def write(self) -> None:
        """Become the only run that uses the folder; wait, and say so, until it is so.

        Raises:
            InputError: The lock's file is unusable.
        """
        while True:
            if not self._is_had(fcntl.LOCK_EX | fcntl.LOCK_NB):
                self._tell(self._waiting())
                self._is_had(fcntl.LOCK_EX)
                self._tell("it has ended; going on")
            if self._is_current():
                break
            self._reopen()
        os.ftruncate(self.handle, 0)
        os.pwrite(self.handle, f"{socket.gethostname()}:{os.getpid()}".encode(), 0)

    def read(self) -> None:
        """From now on only read the folder, beside others; wait for a writer."""
        self._is_had(fcntl.LOCK_SH)
        while not self._is_current():
            self._reopen()
            self._is_had(fcntl.LOCK_SH)

    def is_alone(self) -> bool:
        """Become the only run that uses the folder, if no other does."""
        return self._is_had(fcntl.LOCK_EX | fcntl.LOCK_NB) and self._is_current()

    def remove(self) -> None:
        """Remove the lock's file together with an edition that is held alone."""
        self.path.unlink()

    def close(self) -> None:
        """Let go."""
        os.close(self.handle)

    def _is_had(self, operation: int) -> bool:
        try:
            fcntl.flock(self.handle, operation)
        except BlockingIOError:
            return False
        return True

    def _is_current(self) -> bool:
        """Tell whether the lock is on the file that everybody else will find.

        One that goes with its edition leaves those who waited for it with a lock that
        keeps nobody out.
        """
        try:
            return os.path.samestat(os.fstat(self.handle), self.path.stat())
        except FileNotFoundError:
            return False

    def _reopen(self) -> None:
        os.close(self.handle)
        self.handle = _open(self.path)

    def _waiting(self) -> str:
        who = os.pread(self.handle, _NAME_BYTES, 0).decode("utf-8", "replace")
        return (
            f"another run ({who or 'unnamed'}) is using edition {self.path.stem!r} in "
            f"{str(self.path.parent.parent)!r}; waiting for it to end"
        )


@contextmanager
def open_hold(home: Path, edition: str, tell: Callable[[str], None]) -> Generator[Hold]:
    """Open, for the block, a hold on an edition's folder that holds nothing yet.

    Args:
        home: SEED_HOME.
        edition: The edition's name.
        tell: Tells a person whom this run waits for.
    """
    hold = Hold(home / LOCKS / f"{check_edition_name(edition)}.lock", tell)
    try:
        yield hold
    finally:
        hold.close()


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    except OSError as error:
        raise InputError(
            f"{str(path)!r} cannot be used as a lock ({error.strerror}); remove it, or "
            "set SEED_HOME to a folder of your own"
        ) from None
