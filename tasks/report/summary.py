"""The account of one run, as a model and as text for the terminal."""

from typing import Final

from tasks.editions import Manifest
from tasks.report.progress import StepDone

DEMO_LOGIN: Final = "demo@rsvped.app / DemoUser123!"  # public, the app's demo button
ROWS_WIDTH: Final = 10  # room for ten million rows with their commas
NAME_WIDTH: Final = 22  # the longest table's name and a space


class TableRows(Manifest):
    """How many rows of one table an edition holds."""

    table: str
    rows: int


class RunSummary(Manifest):
    """What one run did: enough to print, small enough to store as its result."""

    edition: str
    outcome: str
    world_id: str | None
    source: str
    folder: str
    report: str | None = None  # the file that shows it, once that was drawn
    database: str | None  # host and name, never its password
    schemas: dict[str, str]  # pass or table to its schema hash
    steps: tuple[StepDone, ...]
    tables: tuple[TableRows, ...]


def summary_text(summary: RunSummary) -> str:
    """Lay out a run's account for a terminal."""
    lines = [""]
    if summary.tables:
        lines += [f"{'table':<{NAME_WIDTH}}{'rows':>{ROWS_WIDTH}}"]
        lines += [
            f"{row.table:<{NAME_WIDTH}}{row.rows:>{ROWS_WIDTH},}"
            for row in summary.tables
        ]
        total = sum(row.rows for row in summary.tables)
        lines += [f"{'in all':<{NAME_WIDTH}}{total:>{ROWS_WIDTH},}", ""]
    return "\n".join([*lines, *summary_facts(summary)])


def summary_facts(summary: RunSummary) -> list[str]:
    """Name what a person needs to know of a run, one fact a line."""
    seconds = sum(done.seconds for done in summary.steps)
    facts = [
        f"edition   {summary.edition} ({summary.source}): {summary.outcome}",
        f"seconds   {seconds:.1f} in {len(summary.steps)} steps",
        f"files     {summary.folder}",
    ]
    if summary.report:
        facts.append(f"report    {summary.report}")
    if summary.world_id:
        facts.insert(1, f"world     {summary.world_id}")
    if summary.database:
        facts += [
            f"database  {summary.database}",
            f"login     {DEMO_LOGIN} (more: accounts)",
        ]
    return facts
