"""The first step of a run: ask the database, settle the edition, or end here."""

from typing import Final

from tasks.commands.clearing import check_clearing, empties
from tasks.commands.made import is_whole, read_world
from tasks.commands.parameters import PASS_STEPS, STAGE_STEPS
from tasks.commands.preflight import check_database
from tasks.commands.runs import Run, ask_ledger
from tasks.commands.settle import read_settled, settle, write_settled
from tasks.commands.standing import (
    check_editions,
    check_settled,
    is_complete,
    settled_in_ledger,
)
from tasks.database.connect import open_database
from tasks.database.ledger import Ledger
from tasks.editions import World
from tasks.errors import RefusedError
from tasks.generate.answers import read_manifest
from tasks.generate.drafts import PassName, schema_hash
from tasks.generate.recorded import count_recorded
from tasks.generate.source import Source
from tasks.keys import rules_version
from tasks.process.limits import check_limit
from tasks.stages.loading import read_columns, wanted_keys

NOTHING_TO_DO: Final = "complete in the database already, nothing to do"


def ask_database(run: Run) -> None:
    """Ask the database what it holds, and settle the edition with that in mind.

    Raises:
        RefusedError: Going on would mix two worlds.
    """
    with run.progress.step("ask") as note:
        run.hold_folder()
        if run.target:
            create_tables = run.embedded or run.request.create_tables
            check_database(run.target, create_tables=create_tables)
        ledger = ask_ledger(run)
        check_editions(ledger, run.edition, run.request)
        settle_edition(run, ledger)
        check_settled(ledger, run.plan, rules_version(), run.request)
        note.text = f"edition {run.edition}, {run.plan.source}, as of " + (
            run.plan.as_of.date().isoformat()
        )
        complete = is_complete(ledger, run.plan, rules_version())
    if (
        ledger
        and complete
        and not empties(run, ledger)
        and not _folder_moved_on(run, ledger)
    ):
        _count(run, ledger)
        run.finish(NOTHING_TO_DO)
    check_clearing(run, ledger)
    _check_offer(run)
    write_settled(run.folder, run.plan)


def _check_offer(run: Run) -> None:
    """Refuse more than the recorded edition has before an edition is settled on it.

    Raises:
        InputError: More people or communities are asked for than were recorded.
    """
    if run.plan.source is not Source.RECORDED:
        return
    cities = run.plan.cities
    for pass_name, limit in (
        (PassName.USERS, run.plan.options.people),
        (PassName.COMMUNITIES, run.plan.options.communities),
    ):
        if limit is not None:
            available = count_recorded(pass_name, cities, run.folder)
            what = "people" if pass_name is PassName.USERS else "communities"
            check_limit(limit, available, len(cities), what)


def settle_edition(run: Run, ledger: Ledger | None) -> None:
    """Settle what this run's edition is made from.

    The folder knows best; where it is gone the ledger does. A run that wipes may take
    another course than the ledger's, since nothing of that will be left.
    """
    in_folder = read_settled(run.folder)
    existing = in_folder or settled_in_ledger(ledger, run.edition)
    try:
        run.settled = settle(run.request, run.settings, run.scheduled, existing)
    except RefusedError:
        if in_folder is not None or not run.request.replaces:
            raise
        run.settled = settle(run.request, run.settings, run.scheduled, None)


def _count(run: Run, ledger: Ledger) -> None:
    for step in STAGE_STEPS:
        row = ledger.stages[step]
        run.world_id = row.world_id
        for table, rows in row.rows.items():
            run.count(table, rows)


def _folder_moved_on(run: Run, ledger: Ledger) -> bool:
    """Say whether what lies in the folder is no longer what the database holds.

    A folder that is gone has not moved on: the database is complete without it.
    """
    world = read_world(run.folder)
    if world is None:
        return False
    schemas_changed = any(
        manifest is None or manifest.schema_hash != schema_hash(PassName(step))
        for step in PASS_STEPS
        for manifest in [read_manifest(run.folder, PassName(step))]
    )
    loaded = {row.world_id for row in ledger.stages.values()}
    return (
        schemas_changed
        or loaded != {world.world_id}
        or not is_whole(run.folder, world)
        or _has_stage_due(run, ledger, world)
    )


def _has_stage_due(run: Run, ledger: Ledger, world: World) -> bool:
    """Say whether a stage was loaded under another key, such as other columns."""
    with open_database(run.database, autocommit=True) as connection:
        columns = read_columns(connection)
    wanted = wanted_keys(columns, world, ledger)
    return any(ledger.stages[stage].key != key for stage, key in wanted.items())
