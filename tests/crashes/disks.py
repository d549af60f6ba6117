"""Disks that can be full: a small tmpfs each, else a limit on the size of files."""

import os
import resource
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Final

MEGABYTE: Final = 1 << 20
FILLER: Final = ".filler"


class Disk:
    """A folder with a disk of its own where mounting is allowed."""

    def __init__(self, path: Path, megabytes: int, *, may_mount: bool = True) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        self.is_mounted = may_mount and _mount(path, megabytes)
        path.chmod(0o755)
        self._limited: dict[int, tuple[int, int]] = {}

    @property
    def how(self) -> str:
        """Say how it becomes full."""
        return "a tmpfs that is full" if self.is_mounted else "RLIMIT_FSIZE of 0"

    def fill(self, writers: list[int]) -> None:
        """Leave no room; without a disk of its own, to these processes."""
        if not self.is_mounted:
            for pid in writers:
                with suppress(ProcessLookupError):
                    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
                    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, before[1]))
                    self._limited[pid] = before
            return
        handle = os.open(self.path / FILLER, os.O_WRONLY | os.O_CREAT, 0o600)
        with suppress(OSError):  # which is what we are after
            while os.write(handle, bytes(MEGABYTE)):
                pass
        os.close(handle)

    def free(self) -> None:
        """Give the room back."""
        (self.path / FILLER).unlink(missing_ok=True)
        for pid, limits in self._limited.items():
            with suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
        self._limited.clear()

    def close(self) -> None:
        """Take it away."""
        if self.is_mounted:
            subprocess.run(["umount", "-l", str(self.path)], check=True)  # noqa: S603, S607  our own mount


def _mount(path: Path, megabytes: int) -> bool:
    if os.geteuid() != 0:
        return False
    options = f"size={megabytes}m"
    command = ["mount", "-t", "tmpfs", "-o", options, "crash-matrix", str(path)]
    made = subprocess.run(command, capture_output=True, check=False)  # noqa: S603  our own folder
    return made.returncode == 0
