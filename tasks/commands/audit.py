"""`audit`: what in a database contradicts what. It reads, and changes nothing."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import psycopg
from rich.console import Console

from tasks.commands.made import list_editions, read_world
from tasks.commands.request import check_home
from tasks.database.connect import Target, open_database, parse_target
from tasks.database.embedded import embedded_server
from tasks.database.placing import embedded_folder
from tasks.editions import edition_folder, write_json
from tasks.errors import DatabaseError, InputError, SeedError
from tasks.report.audit.checking import begin_reading
from tasks.report.audit.conduct import (
    Audit,
    Scope,
    choose_rules,
    conduct,
    measure_foils,
)
from tasks.report.audit.references import read_answers
from tasks.report.audit.results import write_audit
from tasks.report.audit.show import print_audit
from tasks.report.audit.subject import Subject, read_subject
from tasks.settings import Settings, read_settings

EXIT_CLEAN: Final = 0
EXIT_VIOLATIONS: Final = 1
EXIT_CANNOT: Final = 2


@dataclass(frozen=True)
class AuditRequest:
    """What the command line asked for."""

    edition: str | None
    as_of: date | None
    rules: tuple[str, ...]  # names; none: all
    samples: int
    baseline: bool
    show_values: bool
    json: Path | None


def audit(request: AuditRequest) -> int:
    """Audit the database; give 0 if it is clean, 1 if not, 2 if that cannot be told."""
    try:
        found, folder = _audit(request, read_settings())
    except SeedError as error:
        sys.stderr.write(f"error: {error}\n")
        return EXIT_CANNOT
    if folder is not None and not request.rules:
        write_audit(folder, found.result)
    if request.json is not None:
        write_json(request.json, found.result.model_dump(mode="json"))
    print_audit(Console(), found, show_values=request.show_values)
    return EXIT_CLEAN if found.result.is_clean else EXIT_VIOLATIONS


def find_folder(
    settings: Settings, subject: Subject, wanted: str | None
) -> Path | None:
    """Give the folder of the audited world's edition; None if it is not at hand.

    Raises:
        InputError: Another edition was wanted than the database holds.
    """
    if wanted is not None and wanted != subject.edition:
        raise InputError(
            f"the database holds edition {subject.edition!r}, not {wanted!r}; give "
            "that one, or another database in DATABASE_URL"
        )
    if subject.edition is None:
        return None
    folder = edition_folder(settings.home, subject.edition)
    world = read_world(folder) if folder in list_editions(settings) else None
    if world is not None and world.world_id == subject.world_id:
        return folder
    if wanted is not None:
        raise InputError(
            f"edition {wanted!r} in {str(folder)!r} is not the world that the database "
            "holds; leave --edition away to audit without its answers"
        )
    return None


def _audit(request: AuditRequest, settings: Settings) -> tuple[Audit, Path | None]:
    if request.show_values and not sys.stdout.isatty():
        raise InputError(
            "--show-values prints what stands in people's rows, which only a terminal "
            "gets; leave it away, the ids are shown"
        )
    if request.json is not None and not request.json.resolve().parent.is_dir():
        raise InputError(f"there is no folder for the file {str(request.json)!r}")
    scope = Scope(choose_rules(request.rules), request.samples, not request.rules)
    with filled_database(settings) as target, _reading(target) as connection:
        subject = read_subject(connection, request.as_of)
        folder = find_folder(settings, subject, request.edition)
        answers = read_answers(folder) if folder else None
        found = conduct(connection, subject, answers, scope, target.display)
        if request.baseline:
            foils = measure_foils(connection, subject, settings)
            result = found.result.model_copy(update={"baselines": foils})
            found = Audit(result, found.found)
    return found, folder


@contextmanager
def _reading(target: Target) -> Generator[psycopg.Connection]:
    """Open a connection in a read-only transaction that sees one moment."""
    try:
        with open_database(target) as connection:
            begin_reading(connection)
            yield connection
    except DatabaseError as error:
        cause = error.__cause__
        if isinstance(cause, psycopg.errors.InsufficientPrivilege):
            raise DatabaseError(
                f"{target.display}: {cause.diag.message_primary}; an audit needs "
                "SELECT on the app's tables, and on the schema rsvped_seed"
            ) from error
        if isinstance(cause, psycopg.errors.UndefinedTable):
            raise DatabaseError(
                f"{target.display}: {cause.diag.message_primary}; this is not the "
                "RSVPed app's database, or its migrations were not run"
            ) from error
        raise


@contextmanager
def filled_database(settings: Settings) -> Generator[Target]:
    """Give the database that was filled: DATABASE_URL's, else the embedded one."""
    if settings.database_url:
        yield parse_target(settings.database_url)
        return
    check_home(settings)
    if not (embedded_folder(settings.home) / "data").is_dir():
        raise InputError(
            f"no database was made in {str(settings.home)!r} yet; make one with: "
            "python flows/seed.py, or set DATABASE_URL"
        )
    with embedded_server(settings.home) as target:
        yield target
