"""The run's last step: draw the report of what it loaded."""

import subprocess
import sys
from pathlib import Path
from typing import Final

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.commands.runs import Run
from tasks.report.page import REPORT_FILE
from tasks.report.page.account import RunAccount, write_account
from tasks.settings import PROJECT

PATIENCE_S: Final = 120  # it takes three seconds; a hung one must not hold a run


def write_report(run: Run) -> None:
    """Write the run's report.

    A report that cannot be drawn does not undo what was loaded: the run says so.
    """
    write_account(
        run.folder, RunAccount(steps=tuple(run.progress.steps), schemas=run.schemas)
    )
    with run.progress.step("report") as note:
        failure = report_task(run.folder)
        note.text = failure or str(run.folder / REPORT_FILE)


@task(name="report", task_run_name="report", cache_policy=NO_CACHE)
def report_task(folder: Path) -> str | None:
    """Draw a report in a process of its own, which keeps this one small.

    Returns:
        Why it was not written, and what to do; None if it was.
    """
    try:
        drawn = subprocess.run(  # noqa: S603  our own module
            [sys.executable, "-m", "tasks.report.page", str(folder)],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        reason = f"not drawn within {PATIENCE_S} s"
    else:
        if drawn.returncode == 0:
            return None
        reason = (drawn.stderr.strip().splitlines() or ["no reason was given"])[-1]
    return f"not written: {reason}; try: python flows/seed.py report"
