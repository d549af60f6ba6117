"""`run`: the flow on this machine, told on the terminal."""

import argparse
import os
import signal
import sys
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from types import FrameType
from typing import Final

from rich.console import Console

from matching.vocabulary import LocationSlug
from tasks.commands.line import LoadFlow
from tasks.commands.local_server import start_local_server
from tasks.commands.parameters import Part, Step, Wipe
from tasks.commands.preflight import check_database
from tasks.commands.request import Request, check_city, check_home, check_request
from tasks.database.connect import keeping_connection, parse_target
from tasks.generate.source import Source
from tasks.report.progress import ASKS_FIRST, TERMINAL
from tasks.report.summary import summary_text
from tasks.settings import read_settings

# What Prefect writes to the terminal by itself would repeat each of our lines and
# print tracebacks of errors that we explain; its API keeps all of it.
QUIET_PREFECT: Final = {
    "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL": "CRITICAL",
    "PREFECT_CLI_PROMPT": "false",
}
EXIT_TERMINATED: Final = 143  # 128 + SIGTERM


def run(words: argparse.Namespace, load_flow: LoadFlow) -> int:
    """Check the request whole, then run the flow and print what it did."""
    with keeping_connection():  # that of the check serves the flow, too
        return _run(words, load_flow)


def _run(words: argparse.Namespace, load_flow: LoadFlow) -> int:
    request = check_request(ask_name(request_of(words)))
    settings = read_settings()
    check_home(settings)
    if request.loads and settings.database_url:
        target = parse_target(settings.database_url)
        check_database(target, create_tables=request.create_tables)
    for name, value in QUIET_PREFECT.items():
        os.environ.setdefault(name, value)
    console = Console(quiet=words.quiet)
    terminal = TERMINAL.set(console)
    asks = ASKS_FIRST.set(sys.stdin.isatty() and not words.yes)
    try:
        with _sigterm_as_exit():
            with console.status("starting Prefect …"):
                server = start_local_server()
                seed = load_flow()
                if server:
                    server.wait()
            summary = seed(**request.model_dump())
    finally:
        TERMINAL.reset(terminal)
        ASKS_FIRST.reset(asks)
    console.print(summary_text(summary), markup=False, highlight=False, soft_wrap=True)
    return 0


def ask_name(request: Request) -> Request:
    """Let a person at a terminal type the name that emptying a database asks for."""
    if (
        request.wipe is not Wipe.ALL
        or request.confirm_database
        or not sys.stdin.isatty()
    ):
        return request
    sys.stderr.write(
        "Every row of the app's tables will be deleted, whoever made it.\n"
        "Type the database's exact name to go on: "
    )
    sys.stderr.flush()
    return request.model_copy(
        update={"confirm_database": sys.stdin.readline().strip() or None}
    )


def request_of(words: argparse.Namespace) -> Request:
    """Read a request off the command line's words."""
    return Request(
        edition=words.edition,
        as_of=words.as_of,
        seed=words.seed,
        source=Source(words.source) if words.source else None,
        model=words.model,
        budget_usd=words.budget_usd,
        poll_seconds=words.poll_seconds,
        wait_minutes=words.wait_minutes,
        people=words.people,
        communities=words.communities,
        cities=_cities(words.cities),
        skip_city=_cities(words.skip_city),
        min_events_per_city=words.min_events_per_city,
        wipe=Wipe(words.wipe),
        release=words.release,
        confirm_database=words.confirm_database,
        only=Part(words.only) if words.only else None,
        stop_after=Step(words.stop_after) if words.stop_after else None,
        create_tables=words.create_tables,
        dry_run=words.dry_run,
        keep_editions=words.keep_editions,
    )


def _cities(slugs: Iterable[str]) -> tuple[LocationSlug, ...]:
    parts = [part for slug in slugs for part in slug.split(",") if part]
    return tuple(check_city(part) for part in parts)


@contextmanager
def _sigterm_as_exit() -> Generator[None]:
    """Turn SIGTERM into an exit that runs every clean-up on its way out."""

    def leave(_signal: int, _frame: FrameType | None) -> None:
        sys.exit(EXIT_TERMINATED)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
