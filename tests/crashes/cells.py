"""The cells of the crash matrix: who dies, in which step, when, and what goes on.

Pure: which cells there are, which cannot occur and why, and how each is resumed.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Final

from tasks.commands.parameters import PASS_STEPS, STAGE_STEPS, STEPS, Step


class Victim(StrEnum):
    """What fails."""

    FLOW = "flow"  # kill -9 of the flow's process
    WORKER = "worker"  # kill -9 of the worker and of all that it started
    SERVER = "prefect-server"  # kill -9; up again at once, which takes it seconds
    POSTGRES = "postgres"  # kill -9 of all its processes; up again at once
    DROP = "network-drop"  # every connection to PostgreSQL is reset
    STALL = "network-stall"  # nothing comes through for some seconds
    DISK_HOME = "disk-home"  # SEED_HOME is full
    DISK_POSTGRES = "disk-postgres"  # PostgreSQL's disk is full


class Moment(StrEnum):
    """When in a step it fails."""

    BEFORE = "before"  # nothing of the step is done
    INSIDE = "inside"  # some of it is
    AFTER = "after"  # all is done or committed, the result is not stored or heard of


class Resume(StrEnum):
    """What goes on with the world."""

    COMMAND = "command"  # the same command line
    RETRY = "retry"  # of the flow run through the API, as the UI's button does
    NEW_RUN = "new-run"  # of the deployment


@dataclass(frozen=True)
class Cell:
    """One cell of the matrix."""

    victim: Victim
    step: Step
    moment: Moment

    @property
    def name(self) -> str:
        """Name it as `--only` does."""
        return f"{self.victim}/{self.step}/{self.moment}"


VICTIMS: Final = tuple(Victim)
MOMENTS: Final = tuple(Moment)
RESUMES: Final = tuple(Resume)
CELLS: Final = tuple(Cell(*cell) for cell in product(VICTIMS, STEPS, MOMENTS))


def why_impossible(cell: Cell) -> str | None:
    """Say why a cell cannot occur; None if it can."""
    if cell.step in STAGE_STEPS:
        return None
    part = "generating" if cell.step in PASS_STEPS else "building"
    match cell.victim:
        case Victim.DROP | Victim.STALL:
            return f"{part} needs no connection that could be lost"
        case Victim.DISK_POSTGRES:
            return f"{part} writes nothing to PostgreSQL"
        case _:
            return None


def resume_of(cell: Cell) -> Resume:
    """Give a cell's way of resuming; it rotates along all three sides of the matrix."""
    places = (
        VICTIMS.index(cell.victim),
        STEPS.index(cell.step),
        MOMENTS.index(cell.moment),
    )
    return RESUMES[sum(places) % len(RESUMES)]


def begins_by_command(cell: Cell) -> bool:
    """Say whether the run that is disturbed is the command line's, not a worker's.

    Whoever kills the worker or asks for a retry needs a deployment's run to begin with.
    """
    return cell.victim is not Victim.WORKER and resume_of(cell) is not Resume.RETRY
