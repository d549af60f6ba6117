"""The flow `seed`: fill the RSVPed app's database with a world that tells one story.

Run as a script this is the command line: `python flows/seed.py --help`.
"""

import os
import sys

# Prefect shows the description of a parameter whose default is a Field:
# ruff: noqa: B008

# Prefect reads these when it is imported: a seeding tool must not phone home.
os.environ.setdefault("DO_NOT_TRACK", "1")
os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
# And Polars's allocator this: what the build has freed goes back to the system at once.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:0,muzzy_decay_ms:0")

if __name__ == "__main__":
    # Before Prefect is imported, which takes a second: --help answers at once, and a
    # run finds the flow under its importable name rather than as __main__.
    from importlib import import_module

    from tasks.commands.line import command_line

    sys.exit(command_line(sys.argv[1:], lambda: import_module("flows.seed").seed))

from datetime import date

from prefect import flow
from pydantic import Field

from matching.vocabulary import LocationSlug
from tasks.commands import auditing, reporting, retention, seeding, steps
from tasks.commands import parameters as about
from tasks.commands.asking import ask_database
from tasks.commands.generation import come_back_later
from tasks.commands.parameters import Part, Step, Wipe
from tasks.commands.request import Request
from tasks.commands.runs import name_run, open_run
from tasks.generate.source import Source
from tasks.report.summary import RunSummary
from tasks.settings import read_settings


@flow(
    name="seed",
    flow_run_name=name_run,
    persist_result=True,
    result_storage=read_settings().home / "results",
    result_serializer="json",
    on_failure=[come_back_later],
)
def seed(  # noqa: PLR0913  the form that a person fills in, what they change first
    *,
    edition: str | None = Field(None, description=about.EDITION),
    as_of: date | None = Field(None, description=about.AS_OF),
    cities: tuple[LocationSlug, ...] = Field((), description=about.CITIES),
    source: Source | None = Field(None, description=about.SOURCE),
    wipe: Wipe = Field(Wipe.NONE, description=about.WIPE),
    release: bool = Field(False, description=about.RELEASE),
    confirm_database: str | None = Field(None, description=about.CONFIRM_DATABASE),
    dry_run: bool = Field(False, description=about.DRY_RUN),
    only: Part | None = Field(None, description=about.ONLY),
    stop_after: Step | None = Field(None, description=about.STOP_AFTER),
    people: int | None = Field(None, description=about.PEOPLE),
    communities: int | None = Field(None, description=about.COMMUNITIES),
    min_events_per_city: int | None = Field(
        None, description=about.MIN_EVENTS_PER_CITY
    ),
    skip_city: tuple[LocationSlug, ...] = Field((), description=about.SKIP_CITY),
    seed: str | None = Field(None, description=about.SEED),
    create_tables: bool = Field(False, description=about.CREATE_TABLES),
    keep_editions: int | None = Field(None, description=about.KEEP_EDITIONS),
    model: str | None = Field(None, description=about.MODEL),
    budget_usd: float = Field(about.BUDGET_USD, description=about.BUDGET),
    poll_seconds: float = Field(about.POLL_SECONDS, description=about.POLL),
    wait_minutes: float = Field(about.WAIT_MINUTES, description=about.WAIT),
) -> RunSummary:
    """Fill the app's database with one edition's world, or go on where a run ended."""
    request = Request(
        edition=edition,
        as_of=as_of,
        seed=seed,
        source=source,
        model=model,
        budget_usd=budget_usd,
        poll_seconds=poll_seconds,
        wait_minutes=wait_minutes,
        people=people,
        communities=communities,
        cities=cities,
        skip_city=skip_city,
        min_events_per_city=min_events_per_city,
        wipe=wipe,
        release=release,
        confirm_database=confirm_database,
        only=only,
        stop_after=stop_after,
        create_tables=create_tables,
        dry_run=dry_run,
        keep_editions=keep_editions,
    )
    with open_run(request) as run:
        ask_database(run)

        communities_pass = steps.generate_communities(run)
        users_pass = steps.generate_users(run, communities_pass)
        venues_pass = steps.generate_venues(run, communities_pass, users_pass)
        passes = (communities_pass, users_pass, venues_pass)

        processed = steps.process(run, passes)
        world = steps.match(run, passes, processed)

        seeding.make_room(run, world)
        seeding.load_static(run, world)
        seeding.create_users(run, world)
        seeding.create_communities(run, world)
        seeding.create_events(run, world)
        seeding.create_tickets(run, world)
        seeding.create_orders(run, world)
        seeding.create_friendships(run, world)
        seeding.backfill_activities(run, world)
        seeding.analytics(run, world)
        seeding.demo_user(run, world)
        audited = auditing.audit(run)
        reporting.write_report(run)
        auditing.insist(run, audited)
        retention.keep_newest(run)
    return steps.summarize(run)
