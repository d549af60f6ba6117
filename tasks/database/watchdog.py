"""Stop an embedded server that nobody uses any more, even after kill -9.

Every process that uses the server holds a shared lock on a file; the kernel frees it
however the process ends. This script waits for the exclusive lock, and having it
stops the server. Run by path in isolated mode: it may import the standard library
only.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

FAST_STOP_S: Final = 30  # roll back, write a checkpoint; a laptop needs under one
FORCED_STOP_S: Final = 10
POLL_S: Final = 0.02


def postmaster_pid(data: Path) -> int | None:
    """Give the process id of the server that runs on a data directory, if one does.

    The file postmaster.pid outlives a crash, and its number may since belong to any
    other process: so the process is asked whether it is a server on this directory.
    """
    try:
        first = (data / "postmaster.pid").read_text("utf-8").split("\n", 1)[0]
        pid = int(first)
    except (OSError, ValueError):
        return None
    return pid if str(data) in _arguments(pid) else None


def _arguments(pid: int) -> list[str]:
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        if Path("/proc/self").exists():
            return []
    else:
        return raw.decode("utf-8", "replace").split("\0")
    command = ["/bin/ps", "-o", "command=", "-p", str(pid)]  # macOS has no /proc
    found = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    # options as "-D /path": a path may hold spaces
    options = found.stdout.strip().split(" -")
    return [option.removeprefix("D ").strip() for option in options]


def stop_server(data: Path, socket_folder: Path) -> None:
    """Shut the server down, and remove the folder of its socket."""
    for sign, patience_s in (
        (signal.SIGINT, FAST_STOP_S),
        (signal.SIGQUIT, FORCED_STOP_S),
    ):
        pid = postmaster_pid(data)
        if pid is None:
            break
        os.kill(pid, sign)
        deadline = time.monotonic() + patience_s
        while postmaster_pid(data) == pid and time.monotonic() < deadline:
            time.sleep(POLL_S)
    shutil.rmtree(socket_folder, ignore_errors=True)


def main(lock: str, data: str, socket_folder: str) -> None:
    """Wait until nobody holds the lock, then stop the server."""
    with Path(lock).open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        stop_server(Path(data), Path(socket_folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
