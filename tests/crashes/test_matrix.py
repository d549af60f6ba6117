"""A part of the crash matrix; `python tests/crashes/matrix.py` tries all of it."""

from collections.abc import Generator

import pytest
from cells import Cell, Moment, Resume, Victim, resume_of
from lane import Lane, open_lane
from trial import BY_ITSELF, try_cell

from tasks.commands.parameters import Step


@pytest.fixture(scope="module")
def lane() -> Generator[Lane]:
    """Servers that may be killed, and a built world that no stage has loaded yet."""
    with open_lane() as opened:
        opened.prepare_built()
        yield opened


@pytest.mark.whole
def test_a_dead_worker_is_retried_in_the_ui(lane: Lane) -> None:
    """Worker and run die together: marked as crashed, the run goes on when retried."""
    cell = Cell(Victim.WORKER, Step.LOAD_STATIC, Moment.INSIDE)
    assert resume_of(cell) is Resume.RETRY
    trial = try_cell(lane, cell)
    assert trial.wrong == ()
    assert trial.resumed == Resume.RETRY


@pytest.mark.whole
def test_a_commit_that_nobody_heard_of_is_not_made_twice(lane: Lane) -> None:
    """The database dies with its answer under way; the run finds the rows by itself."""
    trial = try_cell(lane, Cell(Victim.POSTGRES, Step.LOAD_STATIC, Moment.AFTER))
    assert trial.wrong == ()
    assert trial.resumed == BY_ITSELF
