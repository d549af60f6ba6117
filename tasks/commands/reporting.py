"""The run's last step: draw the report of what it loaded."""

import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Final

from prefect import task
from prefect.artifacts import create_image_artifact
from prefect.cache_policies import NO_CACHE

from tasks.commands.runs import Run
from tasks.report.page import REPORT_FILE
from tasks.report.page.account import RunAccount, write_account
from tasks.report.page.pictures import pictures
from tasks.settings import PROJECT

SHOWN: Final = ("map", "prices", "past", "citygraph")  # charts for Prefect's page
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
            _publish(folder)
            return None
        reason = (drawn.stderr.strip().splitlines() or ["no reason was given"])[-1]
    return f"not written: {reason}; try: python flows/seed.py report"


def _publish(folder: Path) -> None:
    """Leave some of the report's charts in Prefect, for whoever watches its UI."""
    drawn = pictures((folder / REPORT_FILE).read_text(encoding="utf-8"))
    for name in SHOWN:
        if name in drawn:
            title, image = drawn[name]
            create_image_artifact(
                key=f"seed-{name}", image_url=image, description=unescape(title)
            )
