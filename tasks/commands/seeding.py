"""The flow's steps that load: each stage a Prefect task, exactly once.

Whether a stage is done, the database's own ledger says. Its row carries the key of
the stage's stored result; a stage without one runs under a key that nobody has used.
A process killed between the two finds the ledger's row and writes nothing again.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from prefect import task
from prefect.client.schemas.objects import State, TaskRun
from prefect.tasks import Task

from tasks.commands.clearing import clear
from tasks.commands.parameters import Step
from tasks.commands.preflight import prepare_database
from tasks.commands.runs import Run, ask_ledger
from tasks.commands.standing import check_editions, check_world
from tasks.database.connect import Target, open_database
from tasks.database.contract import digest_columns
from tasks.database.ledger import Ledger
from tasks.database.rehearsal import rehearse
from tasks.database.trouble import is_connection_loss
from tasks.database.vacuum import EVENT, analyze_tables, vacuum_tables
from tasks.editions import StageFiles, World
from tasks.keys.policies import KeyedPolicy
from tasks.stages import STAGES
from tasks.stages.loading import (
    StageReport,
    load_stage,
    read_columns,
    wanted_keys,
)

# a server restarts within seconds to a minute
RETRY_DELAYS_S: Final[list[float]] = [2, 10, 30]
# every table that a world has rows in
_LOADED: Final = sorted({table for stage in STAGES for table in stage.table_names})


def make_room(run: Run, world: World) -> None:
    """See that the tables are there and that no other world's rows are.

    Raises:
        RefusedError: The database holds another world, and wiping was not asked for.
    """
    with run.progress.step("prepare") as note:
        run.take_turn()
        create_tables = run.embedded or run.request.create_tables
        prepare_database(run.database, create_tables=create_tables)
        ledger = ask_ledger(run)
        check_editions(ledger, run.edition, run.request)
        check_world(ledger, world, run.request)
        with open_database(run.database, autocommit=True) as connection:
            columns = read_columns(connection)
        wanted = wanted_keys(columns, world, ledger)
        check_rows_fit(run, world, _loaded(ledger, wanted))
        cleared = clear(run, ledger, world)
        if cleared:
            ledger = ask_ledger(run)
        note.text = cleared or run.database.display
        if cleared or not (ledger and Step.CREATE_EVENTS in ledger.stages):
            with open_database(run.database, autocommit=True) as connection:
                tables = _LOADED if cleared else [EVENT]
                vacuum_tables(connection, tables, emptied=bool(cleared))
        run.schemas |= {table: digest_columns(columns, [table]) for table in columns}
        run.loaded = _loaded(ledger, wanted)


def check_rows_fit(run: Run, world: World, loaded: Collection[str]) -> None:
    """See that what is due to be loaded fits the tables as the app has them now.

    Args:
        run: The run.
        world: What it loads.
        loaded: The stages that are not due.

    Raises:
        DatabaseError: Naming what does not fit, before anything is written.
    """
    due: dict[str, list[Path]] = {}
    for files in world.stages:
        if files.stage not in loaded:
            for file in files.tables:
                due.setdefault(file.table, []).append(run.folder / file.path)
    if due:
        with open_database(run.database, autocommit=True) as connection:
            rehearse(connection, due)


def _loaded(ledger: Ledger | None, wanted: Mapping[str, str]) -> dict[str, str]:
    """Give the result keys of the stages that are loaded as they should be.

    Should one be loaded or lost in the meantime, the stage itself finds that out.
    """
    rows = ledger.stages.values() if ledger else ()
    return {
        row.stage: row.result_key for row in rows if row.key == wanted.get(row.stage)
    }


def load_static(run: Run, world: World) -> None:
    """Load the categories and cities."""
    _load(run, world, Step.LOAD_STATIC)


def create_users(run: Run, world: World) -> None:
    """Load the people and their interests."""
    _load(run, world, Step.CREATE_USERS)


def create_communities(run: Run, world: World) -> None:
    """Load the communities, their tiers and members."""
    _load(run, world, Step.CREATE_COMMUNITIES)


def create_events(run: Run, world: World) -> None:
    """Load the events."""
    _load(run, world, Step.CREATE_EVENTS)


def create_tickets(run: Run, world: World) -> None:
    """Load ticket tiers, promo codes and registration questions."""
    _load(run, world, Step.CREATE_TICKETS)


def create_orders(run: Run, world: World) -> None:
    """Load orders, RSVPs and all that follows from them."""
    _load(run, world, Step.CREATE_ORDERS)


def create_friendships(run: Run, world: World) -> None:
    """Load the friendships."""
    _load(run, world, Step.CREATE_FRIENDSHIPS)


def backfill_activities(run: Run, world: World) -> None:
    """Load what the feed shows."""
    _load(run, world, Step.BACKFILL_ACTIVITIES)


def analytics(run: Run, world: World) -> None:
    """Load the daily figures."""
    _load(run, world, Step.ANALYTICS)


def demo_user(run: Run, world: World) -> None:
    """Load what belongs to the demo user, who is the last."""
    _load(run, world, Step.DEMO_USER)
    with open_database(run.database, autocommit=True) as connection:
        analyze_tables(connection, _LOADED)


def is_worth_retrying(
    _task: "Task[..., Any]", _task_run: TaskRun, state: "State[Any]"
) -> bool:
    """Say whether a stage failed for a lost connection, which may come back."""
    try:
        state.result()
    except Exception as error:  # noqa: BLE001  whatever it was, it is only looked at
        return is_connection_loss(error)
    return False


@task(
    cache_policy=KeyedPolicy(),
    retries=len(RETRY_DELAYS_S),
    retry_delay_seconds=RETRY_DELAYS_S,
    retry_condition_fn=is_worth_retrying,
)
def load_stage_task(
    key: str, target: Target, folder: Path, files: StageFiles, world: World
) -> StageReport:
    """Load one stage: its rows and its ledger row, in one transaction."""
    with open_database(target) as connection:
        return load_stage(connection, folder, files, world, result_key=key)


def _load(run: Run, world: World, step: Step) -> None:
    files = next(stage for stage in world.stages if stage.stage == step)
    with run.step(step) as note:
        done = run.loaded.get(step)
        key = done or uuid4().hex  # of the result; nobody has used a new one
        load = load_stage_task.with_options(name=str(step), task_run_name=str(step))
        report = load(key, run.database, run.folder, files, world)
        for table, count in report.rows.items():
            run.count(table, count)
        rows = f"{sum(report.rows.values()):,} rows"
        note.text = f"{rows}, there already" if done or report.already else rows
