"""Every fault of the API together with a kill -9: complete in the end, paid once.

The program runs in processes of its own, over HTTP against the test server, which
kills it at the very moment that is asked for, and counts what it bills.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Generator, Iterator
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

import pytest

from anthropic_server.faults import FaultName
from anthropic_server.program import PRELOADED, make_passes
from anthropic_server.server import KEY, BatchServer, serving
from tasks.generate.answers import salvage_file
from tasks.generate.drafts import PassName
from tasks.generate.spending import read_spending

CITIES = ("berlin", "lisbon", "tokyo")
MAX_BATCHES = 3  # of a pass: canary, main, follow-up
PATIENCE_S = 60
# where the program is killed: what the server sees, and the how many-th time
MOMENTS = {
    "before create": ("create", 2),
    "after create": ("created", 2),
    "while polling": ("retrieve", 3),
    "in the middle of the results": ("results", 2),
    "before the next pass": ("list", 3),
}
FAULTS = (
    None,
    *("create-429", "create-500-lost", "create-reset-made", "create-529-made"),
    *("retrieve-500", "results-short", "results-reset", "results-twice"),
    *("api_error", "expired", "missing-row", "max_tokens", "no-tool-block"),
    *("bad-json", "out-of-schema", "same-name"),
)


class Killer:
    """Kills a process when the server has seen something for the n-th time."""

    def __init__(self, event: str, times: int) -> None:
        self.event = event
        self.times = times
        self.process: ForkServerProcess | None = None

    def __call__(self, event: str) -> None:
        """Count what happens, and kill; the process waits for our answer meanwhile."""
        if event == self.event:
            self.times -= 1
            if self.times == 0 and self.process and self.process.pid:
                os.kill(self.process.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def context() -> Generator[ForkServerContext]:
    """Processes that need not import everything anew."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(list(PRELOADED))
    with pytest.MonkeyPatch.context() as patch:
        # Python 3.11's fork server imports by the environment's path, not by ours
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        yield found


@pytest.fixture
def server() -> Generator[BatchServer]:
    """A server that answers as the recorded edition."""
    with serving() as running:
        yield running


def run(
    context: ForkServerContext,
    folder: Path,
    server: BatchServer,
    killer: Killer | None = None,
) -> int | None:
    """Run the passes in a process; give its exit code."""
    process = context.Process(
        target=make_passes, args=(folder, server.url, KEY, CITIES)
    )
    process.start()
    if killer:
        killer.process = process
    process.join(PATIENCE_S)
    return process.exitcode


def check(folder: Path, server: BatchServer) -> None:
    """Complete, every answer whole, and nothing paid for that was paid for before."""
    for pass_name in PassName:
        for city in CITIES:
            assert salvage_file(folder, pass_name, city).rejects == ()
        first_ids = [batch.requests[0]["custom_id"] for batch in server.batches]
        made = [custom_id for custom_id in first_ids if f"-{pass_name}-" in custom_id]
        assert len(made) <= MAX_BATCHES
    billed = [
        custom_id.split("-", 1)[1]  # without the attempt's nonce
        for custom_id in server.billed.elements()
    ]
    assert len(billed) == len(set(billed))
    spent = read_spending(folder).batches
    assert {cost.batch_id for cost in spent} == {batch.id for batch in server.batches}
    assert sum(cost.billed for cost in spent) == len(billed)


def _cells() -> Iterator[Any]:
    """Every fault at every moment; each fault at one is enough for a plain run."""
    for number, fault in enumerate(FAULTS):
        for place, moment in enumerate(MOMENTS):
            is_plain = place == number % len(MOMENTS)
            marks = () if is_plain else (pytest.mark.whole,)
            yield pytest.param(moment, fault, marks=marks)


@pytest.mark.parametrize(("moment", "fault"), [*_cells()])
def test_a_killed_run_is_continued_without_paying_twice(
    context: ForkServerContext,
    server: BatchServer,
    tmp_path: Path,
    moment: str,
    fault: str | None,
) -> None:
    """Whatever went wrong, and wherever the kill struck; a third run asks nothing."""
    if fault:
        server.faults.plan(FaultName(fault), times=2 if fault == "same-name" else 1)
    killer = Killer(*MOMENTS[moment])
    server.on = killer
    assert run(context, tmp_path, server, killer) == -signal.SIGKILL
    assert run(context, tmp_path, server) == 0
    check(tmp_path, server)
    calls = len(server.log)
    assert run(context, tmp_path, server) == 0
    assert len(server.log) == calls
