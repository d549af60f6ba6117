"""Trying one cell: begin, hold, strike, resume, compare."""

import time
from dataclasses import dataclass

from cells import Cell, Resume, begins_by_command, resume_of
from compare import differences
from lane import DATABASE, Lane
from moments import hold_at
from processes import wait_for
from runs import DeploymentRun, Ended, Ending
from victims import strike

BY_ITSELF = "by itself"


@dataclass(frozen=True)
class Trial:
    """What became of one cell."""

    cell: Cell
    began: str  # by the command line, or by the deployment's worker
    ending: str  # of the run that was disturbed
    said: str  # the last that it said
    resumed: str
    wrong: tuple[str, ...]
    seconds: float

    @property
    def is_equal(self) -> bool:
        """Whether the world is the undisturbed one."""
        return not self.wrong


def try_cell(lane: Lane, cell: Cell) -> Trial:
    """Try a cell."""
    start = time.monotonic()
    began = "command" if begins_by_command(cell) else "deployment"
    ending, resumed, wrong = Ending(Ended.KILLED, ""), "", list[str]()
    try:
        ending, resumed, last = _disturb_and_resume(lane, cell)
        if last.ended is Ended.COMPLETED:
            wrong = differences(lane)
        else:
            wrong = [f"{resumed} {last.ended}: {last.said}"]
    except Exception as error:  # noqa: BLE001  whatever it is, it is the cell's outcome
        wrong = [f"{type(error).__name__}: {error}"]
    seconds = time.monotonic() - start
    return Trial(cell, began, ending.ended, ending.said, resumed, tuple(wrong), seconds)


def _disturb_and_resume(lane: Lane, cell: Cell) -> tuple[Ending, str, Ending]:
    lane.restore(cell.step)
    hold = hold_at(cell, lane.postgres.conninfo(DATABASE), lane.plan)
    run = lane.begin_command() if begins_by_command(cell) else lane.begin_deployment()
    try:
        wait_for(lambda: hold.reached() or run.has_ended(), "the run to come there")
        assert hold.reached(), f"it ended before: {run.wait()}"
        ending = strike(lane, cell, run, hold)
    finally:
        hold.release()
    if ending.ended is Ended.COMPLETED:
        return ending, BY_ITSELF, ending
    lane.worker.start()
    match resume_of(cell):
        case Resume.COMMAND:
            last = lane.begin_command().wait()
        case Resume.RETRY:
            assert isinstance(run, DeploymentRun)
            last = run.retry()
        case Resume.NEW_RUN:
            last = lane.begin_deployment().wait()
    return ending, resume_of(cell), last
