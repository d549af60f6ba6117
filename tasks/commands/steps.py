"""The flow's steps up to the built world: each a Prefect task, told as it ends.

A step that this run leaves out (`only`) gives what an earlier run left in its place.
"""

from collections.abc import Sequence
from pathlib import Path

from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.commands.generation import agree_on_price, live_of
from tasks.commands.made import is_whole, read_world, write_world
from tasks.commands.parameters import Step
from tasks.commands.runs import Run
from tasks.editions import World, digest_file, digest_json
from tasks.errors import InputError
from tasks.generate.answers import PassManifest, read_manifest
from tasks.generate.communities import generate_communities as communities_task
from tasks.generate.drafts import PassName
from tasks.generate.spending import read_spending
from tasks.generate.users import generate_users as users_task
from tasks.generate.venues import generate_venues as venues_task
from tasks.keys import rules_version
from tasks.keys.policies import KeyedPolicy
from tasks.process.build import BuildRequest, Keys, build_world
from tasks.process.passwords import settle_secret
from tasks.process.processed import Processed, ProcessOptions, process_answers
from tasks.report.artifacts import publish_summary
from tasks.report.page import REPORT_FILE
from tasks.report.summary import RunSummary, TableRows
from tasks.settings import Settings


def generate_communities(run: Run) -> PassManifest:
    """Have every city's communities."""
    if not run.request.includes(Step.COMMUNITIES):
        return _earlier_pass(run, PassName.COMMUNITIES)
    live = live_of(run)
    agree_on_price(run, live)
    with run.step(Step.COMMUNITIES) as note:
        made = communities_task.with_options(cache_policy=NO_CACHE)(
            run.plan.source, run.folder, run.plan.cities, run.plan.seed, live
        )
        note.text = _account(run, made)
    return made


def generate_users(run: Run, communities: PassManifest) -> PassManifest:
    """Have every city's people, who read of its communities."""
    if not run.request.includes(Step.USERS):
        return _earlier_pass(run, PassName.USERS)
    with run.step(Step.USERS) as note:
        made = users_task.with_options(cache_policy=NO_CACHE)(
            run.plan.source,
            run.folder,
            run.plan.cities,
            run.plan.seed,
            communities,
            live_of(run),
        )
        note.text = _account(run, made)
    return made


def generate_venues(
    run: Run, communities: PassManifest, users: PassManifest
) -> PassManifest:
    """Have every city's venues, for its communities and people."""
    if not run.request.includes(Step.VENUES):
        return _earlier_pass(run, PassName.VENUES)
    with run.step(Step.VENUES) as note:
        made = venues_task.with_options(cache_policy=NO_CACHE)(
            run.plan.source,
            run.folder,
            run.plan.cities,
            run.plan.seed,
            (communities, users),
            live_of(run),
        )
        note.text = _account(run, made)
    return made


def process(run: Run, passes: Sequence[PassManifest]) -> Processed | None:
    """Validate the answers, set aside what is bad, and give every city its events.

    Returns:
        The manifest of the processed files; None if this run only loads.
    """
    if not run.request.includes(Step.PROCESS):
        return None
    options = ProcessOptions(
        seed=run.plan.seed,
        people=run.plan.options.people,
        communities=run.plan.options.communities,
        min_events_per_city=run.plan.options.min_events_per_city,
    )
    key = digest_json(
        {
            "edition": run.edition,
            "answers": digest_answers(passes),
            "options": options.model_dump(mode="json"),
            "rules": rules_version(),
        }
    )
    with run.step(Step.PROCESS) as note:
        processed = process_task(key, run.folder, passes, options, run.time)
        if not _is_processed(run.folder, processed):
            again = process_task.with_options(refresh_cache=True)
            processed = again(key, run.folder, passes, options, run.time)
        note.text = (
            f"{processed.communities.rows} communities, {processed.people.rows} "
            f"people, {processed.events.rows} events ({processed.padded} repeats), "
            f"{processed.rejects.rows} records set aside"
        )
    return processed


def match(
    run: Run, passes: Sequence[PassManifest], processed: Processed | None
) -> World:
    """Build the world: who joins, attends, buys, befriends and helps, to the last row.

    Raises:
        InputError: This run only loads, and no world lies in the folder.
    """
    if processed is None:
        run.world_id = (world := _earlier_world(run)).world_id
        return world
    request = BuildRequest(
        edition=run.edition,
        as_of=run.plan.as_of,
        seed=run.plan.seed,
        source=run.plan.source,
        options=run.plan.options_json(),
        answers=digest_answers(passes),
        rules_version=rules_version(),
        processed=processed,
    )
    secret = settle_secret(run.settings.secret, run.settings.home / "cache")
    key = digest_json(
        # the files' names carry a time, which shapes nothing
        request.model_dump(mode="json", exclude={"processed"})
        | {"secret": secret, "processed": processed.cities}
    )
    with run.step(Step.MATCH) as note:
        world = match_task(key, request, run.folder, run.settings)
        if not is_whole(run.folder, world):
            again = match_task.with_options(refresh_cache=True)
            world = again(key, request, run.folder, run.settings)
        write_world(run.folder, world)
        run.world_id = world.world_id
        tables = [table for stage in world.stages for table in stage.tables]
        if not run.request.loads:
            for table in tables:
                run.count(table.table, table.rows)
        rows = sum(table.rows for table in tables)
        note.text = f"{rows:,} rows, world {world.world_id[:8]}"
    return world


def digest_answers(passes: Sequence[PassManifest]) -> str:
    """Digest all answers of the passes as they lie on disk."""
    return digest_json(
        [
            [made.pass_name, answer.city, answer.digest]
            for made in passes
            for answer in made.answers
        ]
    )


@task(name="process", task_run_name="process", cache_policy=KeyedPolicy())
def process_task(
    key: str,  # noqa: ARG001  the cache policy reads it
    folder: Path,
    passes: Sequence[PassManifest],
    options: ProcessOptions,
    time: str,
) -> Processed:
    """Process the answers of three passes."""
    return process_answers(folder, passes, options, time)


@task(name="match", task_run_name="match", cache_policy=KeyedPolicy())
def match_task(
    key: str,  # noqa: ARG001  the cache policy reads it
    request: BuildRequest,
    folder: Path,
    settings: Settings,
) -> World:
    """Build a world and write its tables."""
    cache = settings.home / "cache"
    keys = Keys(
        cache=cache,
        secret=settle_secret(settings.secret, cache),
        unsplash=settings.unsplash_access_key,
    )
    return build_world(request, folder, keys)


def summarize(run: Run) -> RunSummary:
    """Account for the run, and leave the account in Prefect."""
    report = run.folder / REPORT_FILE
    summary = RunSummary(
        edition=run.edition,
        outcome=run.outcome,
        world_id=run.world_id,
        source=run.plan.source,
        folder=str(run.folder),
        report=str(report) if report.is_file() else None,
        database=run.target.display if run.target else None,
        schemas=run.schemas,
        steps=tuple(run.progress.steps),
        tables=tuple(
            TableRows(table=table, rows=rows) for table, rows in run.rows.items()
        ),
    )
    publish_summary(summary)
    return summary


def _earlier_pass(run: Run, pass_name: PassName) -> PassManifest:
    manifest = read_manifest(run.folder, pass_name)
    if manifest is None:
        raise InputError(
            f"edition {run.edition!r} has no {pass_name} yet; run it without --only, "
            "or with --only generate first"
        )
    return manifest


def _earlier_world(run: Run) -> World:
    world = read_world(run.folder)
    if world is None or not is_whole(run.folder, world):
        raise InputError(
            f"edition {run.edition!r} has no whole world to load; run it without "
            "--only, or with --only process first"
        )
    return world


def _account(run: Run, made: PassManifest) -> str:
    run.schemas[made.pass_name] = made.schema_hash
    fresh = f"{made.made} made" if made.made else "all there"
    costs = read_spending(run.folder).of(made.pass_name)
    paid = f", ${sum(cost.usd for cost in costs):.2f}" if costs else ""
    return f"{len(made.answers)} cities, {fresh}{paid} (schema {made.schema_hash[:8]})"


def _is_processed(folder: Path, processed: Processed) -> bool:
    return all(
        (folder / file.path).is_file()
        and digest_file(folder / file.path) == file.digest
        for file in (
            processed.communities,
            processed.people,
            processed.events,
            processed.venues,
        )
    )
