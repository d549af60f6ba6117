"""The matrix itself: every cell is there, resumed as it allows, or excused."""

from collections import Counter

from cells import (
    CELLS,
    MOMENTS,
    RESUMES,
    VICTIMS,
    Resume,
    Victim,
    begins_by_command,
    resume_of,
    why_impossible,
)
from halts import HALT_TABLES
from moments import FILES

from tasks.commands.parameters import STAGE_STEPS, STEPS


def test_every_victim_meets_every_step_at_every_moment() -> None:
    """Nothing is left out but what cannot occur, and that has a reason."""
    assert len(set(CELLS)) == len(CELLS) == len(VICTIMS) * len(STEPS) * len(MOMENTS)
    excused = [cell for cell in CELLS if why_impossible(cell)]
    assert {cell.victim for cell in excused} == {
        Victim.DROP,
        Victim.STALL,
        Victim.DISK_POSTGRES,
    }
    assert not {cell.step for cell in excused} & set(STAGE_STEPS)


def test_ways_of_resuming_rotate() -> None:
    """Each victim and each moment meets all three ways, about equally often."""
    ways = Counter(
        (side, resume_of(cell))
        for cell in CELLS
        for side in (cell.victim, cell.moment, cell.step)
    )
    for sides in (VICTIMS, MOMENTS, STEPS):
        counts = {ways[side, way] for side in sides for way in RESUMES}
        assert len(counts) == 1


def test_a_retry_needs_a_run_of_the_deployment() -> None:
    """Prefect's UI retries no run of the command line, and kills no worker of one."""
    for cell in CELLS:
        if begins_by_command(cell):
            assert resume_of(cell) is not Resume.RETRY
            assert cell.victim is not Victim.WORKER


def test_every_step_has_its_moments() -> None:
    """A run can be held in each step: at a file, or at a row of a table."""
    before_loading = [step for step in STEPS if step not in STAGE_STEPS]
    assert set(FILES) == {(s, m) for s in before_loading for m in MOMENTS}
    assert tuple(HALT_TABLES) == STAGE_STEPS
