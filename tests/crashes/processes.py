"""Processes of ours: found by their parents, and killed as `kill -9` does."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

POLL_S: Final = 0.02
PATIENCE_S: Final = 180  # for anything that a busy machine of two cores may take


def state_of(pid: int) -> str | None:
    """Give a process's state as /proc has it (R, S, T …); None if it is gone."""
    fields = _stat(pid)
    return fields[0] if fields and fields[0] != "Z" else None


def descendants(pid: int) -> list[int]:
    """List the processes that a process started, and those that they did."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").iterdir():
        if path.name.isdecimal() and (fields := _stat(int(path.name))):
            children.setdefault(int(fields[1]), []).append(int(path.name))
    found = list(children.get(pid, []))
    for child in found:  # grows while it is read
        found += children.get(child, [])
    return found


def command_of(pid: int) -> str:
    """Give a process's command line; nothing if it is gone."""
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return ""
    return raw.decode("utf-8", "replace").replace("\0", " ")


def kill_all(pids: list[int]) -> None:
    """Kill processes and wait until they are gone."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not any(state_of(pid) for pid in pids), "the killed to be gone")


def wait_for(
    is_so: Callable[[], bool], what: str, *, patience_s: float = PATIENCE_S
) -> None:
    """Wait for something.

    Raises:
        TimeoutError: It does not come about.
    """
    deadline = time.monotonic() + patience_s
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {patience_s} s for {what}")
        time.sleep(POLL_S)


def _stat(pid: int) -> list[str] | None:
    try:
        raw = Path(f"/proc/{pid}/stat").read_text("utf-8")
    except OSError:
        return None
    return raw.rpartition(")")[2].split()
