"""A lane: the servers that one cell after the other is tried on, and how each begins.

A cell does not begin at nothing: undisturbed runs that stop before each step have left
their SEED_HOME and their database, and a cell begins from copies of both.
"""

import shutil
import tempfile
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg
from digests import digest_tables
from disks import Disk
from halts import prepare_halts
from program import PROJECT, Program
from proxy import Proxy
from psycopg import sql
from runs import Api, CommandRun, DeploymentRun
from servers import HOST, Postgres, PrefectServer, Worker

from anthropic_server.server import KEY, Batch, BatchServer, serving
from tasks.commands.parameters import STEPS, Step
from tasks.database.connect import Target
from tasks.database.contract import create_tables

DATABASE: Final = "rsvped"
EDITION: Final = "three"
CITIES: Final = ("lisbon", "tokyo", "berlin")
PARAMETERS: Final = {
    "edition": EDITION,
    "as_of": "2026-11-16",
    "seed": "three",
    "source": "claude",
    "cities": list(CITIES),
    "poll_seconds": 0.05,
}
WORDS: Final = (
    *("--edition", EDITION, "--as-of", "2026-11-16", "--seed", "three"),
    *("--source", "claude", "--cities", *CITIES, "--poll-seconds", "0.05"),
)
STOPPING: Final = Path(__file__).resolve().parent / "stopping"
HOME_MEGABYTES: Final = 32  # of which a world of three cities takes two
# a new cluster, and a copy of a small database for each of fifteen steps
POSTGRES_MEGABYTES: Final = 512
# a run looks for work, so that a cell need not wait for it
QUICK_WORKER: Final = {"PREFECT_WORKER_QUERY_SECONDS": "1"}
# counts, for good and with the rows, how often each stage was loaded
_WATCH_LEDGER: Final = """
CREATE TABLE halt.loads (stage text);
CREATE FUNCTION halt.note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO halt.loads VALUES (NEW.stage);
    RETURN NULL;
END $$;
CREATE FUNCTION halt.watch() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_regclass('rsvped_seed.stage') IS NOT NULL AND NOT EXISTS (
        SELECT FROM pg_trigger WHERE tgrelid = to_regclass('rsvped_seed.stage')
           AND tgname = 'note') THEN
        CREATE TRIGGER note AFTER INSERT OR UPDATE ON rsvped_seed.stage
            FOR EACH ROW EXECUTE FUNCTION halt.note();
    END IF;
END $$;
CREATE EVENT TRIGGER watch ON ddl_command_end WHEN TAG IN ('CREATE TABLE')
    EXECUTE FUNCTION halt.watch();
"""


@dataclass(frozen=True)
class Snapshot:
    """All that is before a step: database, SEED_HOME, and what was paid."""

    database: str
    home: Path
    batches: tuple[Batch, ...]
    billed: Counter[str]


@dataclass
class Lane:
    """Servers of its own, which a cell may kill and which are up for the next."""

    folder: Path
    home: Disk
    postgres_disk: Disk
    postgres: Postgres
    proxy: Proxy
    prefect: PrefectServer
    worker: Worker
    api: Api
    anthropic: BatchServer
    program: Program
    snapshots: dict[Step, Snapshot]
    undisturbed: dict[str, str]
    runs: list[CommandRun | DeploymentRun]  # of the cell

    @property
    def plan(self) -> Path:
        """Where a run looks for what it is to stop at."""
        return self.folder / "plan.json"

    @property
    def database(self) -> Target:
        """The database of the cell, past the proxy."""
        return Target(conninfo=self.postgres.conninfo(DATABASE), display=DATABASE)

    def prepare(self, steps: Sequence[Step]) -> None:
        """Make the world undisturbed once, then what is there before each step."""
        self._make_undisturbed()
        self.restore(STEPS[0])
        for step in STEPS[1:]:
            if step in steps:
                before = STEPS[STEPS.index(step) - 1]
                self.program.run(*WORDS, "--stop-after", before)
                self._keep(step, DATABASE)

    def prepare_built(self) -> None:
        """Make the world undisturbed once, and keep it as it is before loading.

        Its results are kept too, as where a database was lost.
        """
        self._make_undisturbed()
        self._keep(Step.LOAD_STATIC, self.snapshots[STEPS[0]].database)

    def _make_undisturbed(self) -> None:
        self._copy_database("template0", DATABASE)
        with psycopg.connect(self.database.conninfo) as connection:
            create_tables(connection)
        prepare_halts(self.database)
        with psycopg.connect(self.database.conninfo) as connection:
            connection.execute(_WATCH_LEDGER)
        self._keep(STEPS[0], DATABASE)
        self.program.run(*WORDS)
        self.undisturbed = digest_tables(self.database)

    def restore(self, step: Step) -> None:
        """Put everything as it was before a step, and every server up."""
        found = self.snapshots[step]
        self.postgres.start()
        self.prefect.start()
        while self.runs:  # of a cell that came to no end
            self.runs.pop().abandon()
        self.worker.start()
        self._copy_database(found.database, DATABASE)
        for left in self.home.path.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        shutil.copytree(found.home, self.home.path, dirs_exist_ok=True)
        self.anthropic.batches[:] = found.batches
        self.anthropic.billed.clear()
        self.anthropic.billed.update(found.billed)

    def begin_command(self) -> CommandRun:
        """Start a run of the command line."""
        run = CommandRun(self.program, *WORDS)
        self.runs.append(run)
        return run

    def begin_deployment(self) -> DeploymentRun:
        """Ask for a run of the deployment, which the worker starts."""
        run_id = self.api.run_deployment(PARAMETERS)
        run = DeploymentRun(self.api, self.worker, run_id)
        self.runs.append(run)
        return run

    def _keep(self, step: Step, database: str) -> None:
        name, home = f"before_{step}", self.folder / f"before-{step}"
        self._copy_database(database, name)
        shutil.copytree(self.home.path, home)
        self.snapshots[step] = Snapshot(
            name, home, tuple(self.anthropic.batches), self.anthropic.billed.copy()
        )

    def _copy_database(self, template: str, name: str) -> None:
        """Make a database in the place of one of that name, as a copy of another."""
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        conninfo = self.postgres.conninfo("postgres")
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(drop.format(sql.Identifier(name)))
            connection.execute(
                create.format(sql.Identifier(name), sql.Identifier(template))
            )


@contextmanager
def open_lane(*, may_mount: bool = True) -> Generator[Lane]:
    """Start a lane's servers; end them, and leave nothing behind."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="crash-matrix-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)  # PostgreSQL's user goes through it
        home = Disk(folder / "home", HOME_MEGABYTES, may_mount=may_mount)
        stack.callback(home.close)
        disk = Disk(folder / "postgres", POSTGRES_MEGABYTES, may_mount=may_mount)
        stack.callback(disk.close)
        postgres = Postgres(disk.path, folder)
        stack.callback(postgres.kill)
        proxy = Proxy(postgres.port)
        stack.callback(proxy.close)
        anthropic = stack.enter_context(serving())
        (folder / "prefect").mkdir()
        program = Program(
            home.path,
            folder / "prefect",
            {
                "DATABASE_URL": f"postgresql://postgres@{HOST}:{proxy.port}/{DATABASE}",
                "ANTHROPIC_BASE_URL": anthropic.url,
                "ANTHROPIC_API_KEY": KEY,
                "PYTHONPATH": f"{STOPPING}:{PROJECT}",
                "CRASH_MATRIX_PLAN": str(folder / "plan.json"),
            },
        )
        prefect = PrefectServer(folder, program.environment())
        stack.callback(prefect.kill)
        prefect.start()
        program = program.seeing(PREFECT_API_URL=prefect.api)
        worker = Worker(folder, {**program.environment(), **QUICK_WORKER})
        stack.callback(worker.kill)
        worker.start()
        api = Api(prefect.api)
        stack.callback(api.client.close)
        api.deploy()
        yield Lane(
            folder=folder,
            home=home,
            postgres_disk=disk,
            postgres=postgres,
            proxy=proxy,
            prefect=prefect,
            worker=worker,
            api=api,
            anthropic=anthropic,
            program=program,
            snapshots={},
            undisturbed={},
            runs=[],
        )
