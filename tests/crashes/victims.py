"""Striking: what happens to each victim while a run is held at its moment."""

import time
from typing import Final

from cells import Cell, Victim
from halts import loaded_at
from lane import Lane
from moments import FileHold, LockHold, is_unheard
from processes import wait_for
from runs import CommandRun, DeploymentRun, Ending

STALL_S: Final = 3.0  # a delay that a person notices, and no keepalive minds


def strike(
    lane: Lane, cell: Cell, run: CommandRun | DeploymentRun, hold: FileHold | LockHold
) -> Ending:
    """Strike the victim, let the run go on, mend the victim; give how the run ended."""
    match cell.victim:
        case Victim.FLOW:
            run.kill()
            hold.release()
        case Victim.WORKER:
            lane.worker.kill()
            hold.release()
            lane.worker.start()
            assert isinstance(run, DeploymentRun)
            return run.wait(is_orphan=True)
        case Victim.SERVER:
            lane.prefect.kill()
            hold.release()
            lane.prefect.start()
        case Victim.POSTGRES | Victim.DROP | Victim.STALL:
            _strike_network(lane, cell, hold)
        case Victim.DISK_HOME:
            lane.home.fill(run.pids())
            hold.release()
            try:
                return run.wait()
            finally:
                lane.home.free()
        case Victim.DISK_POSTGRES:
            lane.postgres_disk.fill(lane.postgres.server.pids)
            hold.release()
            try:
                return run.wait()
            finally:
                lane.postgres_disk.free()
                lane.postgres.start()
    return run.wait()


def _strike_network(lane: Lane, cell: Cell, hold: FileHold | LockHold) -> None:
    unheard = is_unheard(cell)
    if unheard or cell.victim is Victim.STALL:
        lane.proxy.stall()
    if unheard:
        hold.release()
        wait_for(lambda: cell.step in loaded_at(lane.database), "the commit")
    match cell.victim:
        case Victim.POSTGRES:
            lane.postgres.kill()
            lane.proxy.drop()  # nothing that it said may still arrive
            hold.release()
            lane.postgres.start()
        case Victim.DROP:
            lane.proxy.drop()
            hold.release()
        case _:
            hold.release()
            time.sleep(STALL_S)
    lane.proxy.flow()
