"""Moments: holding the real program at an exact point of a step.

Up to `match` a run is stopped when it opens a certain file (stopping/sitecustomize.py);
in the stages it waits in PostgreSQL, as in integration/halts.py, or for its result.
"""

import json
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from cells import Cell, Moment, Victim
from halts import HALT_KEY, HALT_TABLES, IS_WAITED_FOR, halt_trigger
from processes import state_of

from tasks.commands.parameters import STAGE_STEPS, Step
from tasks.database.ledger import LOCK_KEY

STOPPED: Final = "stopped-*"  # the plan, renamed by the process that followed it
# whose last moment is a commit that nobody hears of
NEVER_HEARS: Final = frozenset({Victim.POSTGRES, Victim.DROP, Victim.STALL})


@dataclass(frozen=True)
class AtFile:
    """Stop a process when it opens a file for writing, or makes a folder."""

    glob: str
    skip: int = 0  # so many that match go by
    event: str = "open"  # an audit event of Python's


# the journal of a pass is written when it is begun, planned, and before and after a
# batch is created: the fourth time the batch is made, and its id stands nowhere yet
FILES: Final = {
    (Step.COMMUNITIES, Moment.BEFORE): AtFile("*/communities/asked/.journal.json.*"),
    (Step.COMMUNITIES, Moment.INSIDE): AtFile("*/communities/asked/.journal.json.*", 3),
    (Step.COMMUNITIES, Moment.AFTER): AtFile("*/batches/.communities.json.*"),
    (Step.USERS, Moment.BEFORE): AtFile("*/users/asked/.journal.json.*"),
    (Step.USERS, Moment.INSIDE): AtFile("*/users/received/.*", 1),
    (Step.USERS, Moment.AFTER): AtFile("*/batches/.users.json.*"),
    (Step.VENUES, Moment.BEFORE): AtFile("*/venues/asked/.journal.json.*"),
    (Step.VENUES, Moment.INSIDE): AtFile("*/batches/venues/.*.json.*", 1),
    (Step.VENUES, Moment.AFTER): AtFile("*/batches/.venues.json.*"),
    (Step.PROCESS, Moment.BEFORE): AtFile("*/processed/*"),
    (Step.PROCESS, Moment.INSIDE): AtFile("*/processed/*", 2),
    (Step.PROCESS, Moment.AFTER): AtFile("*/results/.process-*"),
    (Step.MATCH, Moment.BEFORE): AtFile("*/.images.json.*"),
    (Step.MATCH, Moment.INSIDE): AtFile("*/.tables.part/create-events", 0, "os.mkdir"),
    (Step.MATCH, Moment.AFTER): AtFile("*/results/.match-*"),
}


class FileHold:
    """Holds a run at a file."""

    def __init__(self, plan: Path, place: AtFile) -> None:
        self.plan = plan
        for left in plan.parent.glob(STOPPED):
            left.unlink()
        told = {"event": place.event, "glob": place.glob, "skip": place.skip}
        plan.write_text(json.dumps(told), "utf-8")

    def _pids(self) -> list[int]:
        found = self.plan.parent.glob(STOPPED)
        return [int(path.name.partition("-")[2]) for path in found]

    def reached(self) -> bool:
        """Say whether a process has stopped itself."""
        return any(state_of(pid) == "T" for pid in self._pids())

    def release(self) -> None:
        """Let it go on."""
        self.plan.unlink(missing_ok=True)
        for pid in self._pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


class LockHold:
    """Holds a run in PostgreSQL, waiting for a lock that we have."""

    def __init__(self, conninfo: str, cell: Cell) -> None:
        self.watcher = psycopg.connect(conninfo, autocommit=True)
        if cell.moment is Moment.BEFORE:
            self.watcher.execute("SELECT pg_advisory_lock(%s)", [LOCK_KEY])
            return
        self.watcher.execute("SELECT pg_advisory_lock(%s)", [HALT_KEY])
        is_inside = cell.moment is Moment.INSIDE
        trigger = halt_trigger(HALT_TABLES[cell.step], at_commit=not is_inside)
        self.watcher.execute(trigger)

    def reached(self) -> bool:
        """Say whether a session waits for us."""
        return self.watcher.execute(IS_WAITED_FOR).fetchone() == (True,)

    def release(self) -> None:
        """Give the lock back, which a server that was killed has done already."""
        with suppress(psycopg.OperationalError):
            self.watcher.execute("SELECT pg_advisory_unlock_all()")
        self.watcher.close()


def is_unheard(cell: Cell) -> bool:
    """Say whether a cell's moment is a commit whose answer never arrives."""
    return (
        cell.step in STAGE_STEPS
        and cell.moment is Moment.AFTER
        and cell.victim in NEVER_HEARS
    )


def hold_at(cell: Cell, conninfo: str, plan: Path) -> FileHold | LockHold:
    """Prepare to hold the next run at a cell's moment."""
    if cell.step not in STAGE_STEPS:
        return FileHold(plan, FILES[cell.step, cell.moment])
    if cell.moment is Moment.AFTER and not is_unheard(cell):
        return FileHold(plan, AtFile(f"*/results/.{cell.step}-*"))
    return LockHold(conninfo, cell)
