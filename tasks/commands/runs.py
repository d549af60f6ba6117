"""One run of the flow: what it was asked for, where it works, and how far it goes."""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from prefect.context import FlowRunContext
from prefect.exceptions import TerminationSignal
from prefect.logging import get_run_logger
from prefect.runtime import flow_run

from tasks.commands.full_disk import explaining_full_disk
from tasks.commands.holding import Hold, open_hold
from tasks.commands.parameters import STEPS, Step
from tasks.commands.request import Request, check_home, check_links, check_request
from tasks.commands.settle import Settled, name_edition
from tasks.database.connect import (
    Target,
    keeping_connection,
    open_database,
    parse_target,
)
from tasks.database.embedded import embedded_server
from tasks.database.ledger import Ledger, read_ledger
from tasks.database.turns import take_turn
from tasks.editions import World, edition_folder, edition_of
from tasks.keys.results import VettedResults
from tasks.process.processed import Processed
from tasks.report.progress import Progress, StepNote
from tasks.settings import Settings, read_settings
from tasks.stages.loading import StageReport

STORED: Final = (Processed, World, StageReport)  # what tasks leave for later runs
TIME_FORM: Final = "%Y%m%dT%H%M%SZ"  # as it stands in the processed files' names


class _FinishedError(Exception):
    """The run has come to its end before the last step."""


@dataclass
class Run:
    """One run, as its steps see it."""

    request: Request
    settings: Settings
    scheduled: datetime  # aware; the flow run's scheduled start
    progress: Progress
    target: Target | None  # None: this run does not touch the database
    embedded: bool = False
    settled: Settled | None = None
    world_id: str | None = None
    rows: dict[str, int] = field(default_factory=dict[str, int])  # per table
    loaded: dict[str, str] = field(default_factory=dict[str, str])  # stage: result key
    schemas: dict[str, str] = field(default_factory=dict[str, str])
    outcome: str = "complete"
    folder_hold: Hold | None = None
    until_end: ExitStack = field(default_factory=ExitStack)  # what the run holds

    @property
    def edition(self) -> str:
        """The edition's name."""
        return name_edition(self.request, self.scheduled)

    @property
    def folder(self) -> Path:
        """The edition's folder."""
        return edition_folder(self.settings.home, self.edition)

    @property
    def time(self) -> str:
        """The scheduled start in UTC, as it names files."""
        return self.scheduled.astimezone(UTC).strftime(TIME_FORM)

    @property
    def plan(self) -> Settled:
        """What the edition is made from, once that is settled."""
        if self.settled is None:
            raise RuntimeError("a step ran before the edition was settled")
        return self.settled

    @property
    def database(self) -> Target:
        """The database of a run that loads."""
        if self.target is None:
            raise RuntimeError("a loading step ran in a run without a database")
        return self.target

    def count(self, table: str, rows: int) -> None:
        """Count rows that this edition has in a table; several stages may add to it."""
        self.rows[table] = self.rows.get(table, 0) + rows

    def hold_folder(self) -> None:
        """Keep other runs out of the edition's folder; wait while one is in it."""
        self.folder_hold = self.until_end.enter_context(
            open_hold(self.settings.home, self.edition, self.progress.tell)
        )
        self.folder_hold.write()

    def take_turn(self) -> None:
        """Keep other runs out of the database, and let them read the built folder."""
        if self.folder_hold is not None:
            self.folder_hold.read()
        self.until_end.enter_context(
            take_turn(self.database, self.edition, self.progress.tell)
        )

    def finish(self, outcome: str) -> None:
        """End the run here, well; the block of `open_run` is left."""
        self.outcome = outcome
        raise _FinishedError

    @contextmanager
    def step(self, step: Step) -> Generator[StepNote]:
        """Carry out a step, and end the run behind the last one that was asked for."""
        with self.progress.step(str(step)) as note:
            yield note
        if step is self.request.last_step and step is not STEPS[-1]:
            self.finish(f"stopped after {step}, as asked")


def name_run() -> str:
    """Name a flow run for its edition, so that a list of runs tells them apart."""
    asked: str | None = flow_run.parameters.get("edition")
    scheduled: datetime = flow_run.scheduled_start_time
    return asked or edition_of(scheduled)


@contextmanager
def open_run(request: Request) -> Generator[Run]:
    """Open a run: check what was asked, and reach the database that it is to fill."""
    settings = read_settings()
    check_request(request)
    check_home(settings)
    scheduled: datetime = flow_run.scheduled_start_time
    progress = Progress(get_run_logger().info)
    run = Run(request, settings, scheduled, progress, target=None)
    check_links(run.folder)
    with ExitStack() as stack:
        stack.enter_context(suppress(_FinishedError))
        stack.enter_context(explaining_full_disk(settings.home))
        stack.enter_context(_vetted_results(settings))
        if request.loads and settings.database_url:
            run.target = parse_target(settings.database_url)
        elif request.loads:
            run.target = stack.enter_context(embedded_server(settings.home))
            run.embedded = True
        stack.enter_context(keeping_connection())
        stack.enter_context(run.until_end)
        try:
            yield run
        except (KeyboardInterrupt, SystemExit, TerminationSignal):
            progress.tell(
                "stopped; nothing is lost, go on with: python flows/seed.py "
                f"--edition {run.edition}"
            )
            raise


@contextmanager
def _vetted_results(settings: Settings) -> Generator[None]:
    """Let the run's tasks find earlier results only through `VettedResults`."""
    context = FlowRunContext.get()
    if context is None:
        raise RuntimeError("a run was opened outside of the flow")
    folder = settings.home / "results"
    storage = VettedResults.of(folder, STORED)
    store = context.result_store.model_copy(update={"result_storage": storage})
    with context.model_copy(update={"result_store": store}):
        yield


def ask_ledger(run: Run) -> Ledger | None:
    """Read the ledger of a run's database, if it has both."""
    if run.target is None:
        return None
    with open_database(run.target, autocommit=True) as connection:
        return read_ledger(connection)
