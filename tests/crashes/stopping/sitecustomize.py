"""Stops a run where the crash matrix wants to strike: on the path of its runs alone.

Python imports this at its start. If a plan lies where CRASH_MATRIX_PLAN points, the
process stops itself (SIGSTOP) the moment it opens the file, or makes the folder, that
the plan names. The plan is gone then: nobody stops at it twice.
"""

import json
import os
import signal
import sys
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final

WRITES: Final = os.O_WRONLY | os.O_RDWR


def stop_as_planned(plan: Path) -> None:
    """Watch for what the plan names."""
    wanted = json.loads(plan.read_text("utf-8"))
    left = wanted["skip"]
    busy = False  # our own files are opened as well

    def look(event: str, args: tuple[Any, ...]) -> None:
        nonlocal left, busy
        if event != wanted["event"] or busy or isinstance(args[0], int):
            return
        if event == "open" and not args[2] & WRITES:
            return
        if not fnmatch(os.fsdecode(args[0]), wanted["glob"]):
            return
        left -= 1
        if left >= 0:
            return
        busy = True
        try:
            plan.rename(plan.with_name(f"stopped-{os.getpid()}"))
        except FileNotFoundError:  # another process was there first
            return
        os.kill(os.getpid(), signal.SIGSTOP)

    sys.addaudithook(look)


if (_plan := Path(os.environ.get("CRASH_MATRIX_PLAN", ""))).is_file():
    stop_as_planned(_plan)
