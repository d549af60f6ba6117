"""The run's last step: draw the report of what it loaded."""

import subprocess
import sys
from typing import Final

from tasks.commands.runs import Run
from tasks.report.page import REPORT_FILE
from tasks.report.page.account import RunAccount, write_account
from tasks.settings import PROJECT

PATIENCE_S: Final = 120  # it takes three seconds; a hung one must not hold a run


def write_report(run: Run) -> None:
    """Write the run's report, in a process of its own to keep this one small.

    A report that cannot be drawn does not undo what was loaded: the run says so.
    """
    write_account(
        run.folder, RunAccount(steps=tuple(run.progress.steps), schemas=run.schemas)
    )
    with run.progress.step("report") as note:
        drawn = subprocess.run(  # noqa: S603  our own module
            [sys.executable, "-m", "tasks.report.page", str(run.folder)],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        if drawn.returncode == 0:
            note.text = str(run.folder / REPORT_FILE)
            return
        reason = (drawn.stderr.strip().splitlines() or ["no reason was given"])[-1]
        note.text = f"not written: {reason}; try: python flows/seed.py report"
