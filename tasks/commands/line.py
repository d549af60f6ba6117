"""The command line: words in, one exit code out.

Commands are imported when they are called, so that `--help` and a mistyped word
answer at once.
"""
# Hence:
# ruff: noqa: PLC0415

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final, NoReturn

from tasks.commands import parameters as about
from tasks.commands.database_line import add_database_command, carry_out_database
from tasks.commands.live_line import LIVE_COMMANDS, add_live_commands, carry_out
from tasks.errors import InputError, SeedError
from tasks.generate.service import BUDGET_USD, POLL_SECONDS, WAIT_MINUTES
from tasks.generate.source import Source

LoadFlow = Callable[[], Callable[..., Any]]

EXIT_FAILED: Final = 1
EXIT_INPUT: Final = 2  # as argparse and most tools say it
EXIT_INTERRUPTED: Final = 130  # 128 + SIGINT
PROGRAM: Final = "python flows/seed.py"
SAMPLES_SHOWN: Final = 5  # offending rows of a broken rule
SILENCE_S: Final = 540  # three of Prefect's heartbeats, 180 s apart: two may be lost
LEAST_SILENCE_S: Final = 30  # between two heartbeats, as Prefect has it at the least
LOGINS_SHOWN: Final = 10  # what fits a screen beside its heading
DATE_FORM: Final = "YYYY-MM-DD"

OVERVIEW: Final = f"""\
Fill the RSVPed app's database with a world that tells one story.

examples:
  {PROGRAM}                         fill a database of its own, or resume
  {PROGRAM} --edition demo --cities lisbon berlin
  {PROGRAM} run --help              every parameter of a run
  {PROGRAM} status                  what an edition has done so far
  {PROGRAM} serve                   keep the database up and print its URL
"""
RUN_EXAMPLES: Final = f"""\
examples:
  {PROGRAM}                         this week's edition, whole
  {PROGRAM} --dry-run               build everything, load nothing
  {PROGRAM} --only generate         the three passes alone
  {PROGRAM} --stop-after create-events
  DATABASE_URL=postgresql://… {PROGRAM} --create-tables
"""
STATUS_EXAMPLES: Final = f"""\
examples:
  {PROGRAM} status                  the editions, and the latest one's steps
  {PROGRAM} status --edition 2026-W47
"""
SERVE_EXAMPLES: Final = f"""\
examples:
  {PROGRAM} serve                   on a free port of this machine
  {PROGRAM} serve --port 54320      then set the printed URL as the app's DATABASE_URL
"""
ACCOUNTS_EXAMPLES: Final = f"""\
examples:
  {PROGRAM} accounts                the demo user and some people
  {PROGRAM} accounts --city lisbon --limit 3
"""
AUDIT_EXAMPLES: Final = f"""\
examples:
  {PROGRAM} audit                   every rule and figure, on the embedded database
  {PROGRAM} audit --baseline        beside worlds that lack coherence
  {PROGRAM} audit --rule nobody-in-two-places --sample 20 --show-values
  DATABASE_URL=postgresql://… {PROGRAM} audit --json audit.json

exit code: 0 clean, 1 something contradicts something, 2 it could not be told
"""
RESET_EXAMPLES: Final = f"""\
examples:
  {PROGRAM} reset --yes-delete 2026-W47
"""


AUTOMATION_EXAMPLES: Final = f"""\
examples:
  {PROGRAM} automation              on the server that PREFECT_API_URL names

Running it again brings the automation up to date.
"""


SLIDE_EXAMPLES: Final = f"""\
examples:
  {PROGRAM} slide                   by the whole weeks that have passed
  {PROGRAM} slide --dry-run         say by how many
  {PROGRAM} slide --weeks 2
"""


EXPLAIN_EXAMPLES: Final = f"""\
examples:
  {PROGRAM} explain person alexdemo
  {PROGRAM} explain friendship alexdemo inesduarte
  {PROGRAM} explain event SLUG      a slug or an id as the person's lists give it
  {PROGRAM} explain rsvp ID --json
"""


REPORT_EXAMPLES: Final = f"""\
examples:
  {PROGRAM} report                  write the latest edition's report.html
  {PROGRAM} report --person inesduarte --open
"""


class _Parser(argparse.ArgumentParser):
    """Raises what argparse would print, so that every error leaves one way."""

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message}; see {self.prog} --help")


def command_line(arguments: Sequence[str], load_flow: LoadFlow) -> int:
    """Carry out one command line; give the process's exit code.

    Args:
        arguments: The words behind the program's name.
        load_flow: Imports and gives the flow; called only by a run.
    """
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    try:
        return _dispatch(parse(arguments), load_flow)
    except InputError as error:
        return _fail(error, EXIT_INPUT)
    except SeedError as error:
        return _fail(error, EXIT_FAILED)
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted\n")
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # `… | head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the words; without a command they mean `run`."""
    words = list(arguments)
    if not words or (words[0].startswith("-") and words[0] not in ("-h", "--help")):
        words.insert(0, "run")
    return _parser().parse_args(words)


def _dispatch(  # noqa: C901, PLR0911  one for each command
    words: argparse.Namespace, load_flow: LoadFlow
) -> int:
    if words.command == "run":
        from tasks.commands.run import run

        return run(words, load_flow)
    if words.command == "status":
        from tasks.commands.status import status

        return status(words.edition)
    if words.command == "serve":
        from tasks.commands.serve import serve

        return serve(words.port)
    if words.command == "audit":
        from tasks.commands.audit import AuditRequest, audit

        return audit(
            AuditRequest(
                edition=words.edition,
                as_of=words.as_of,
                rules=tuple(words.rule),
                samples=words.sample,
                baseline=words.baseline,
                show_values=words.show_values,
                json=words.json,
            )
        )
    if words.command == "slide":
        from tasks.commands.slide import slide

        return slide(words.weeks, words.edition, dry_run=words.dry_run)
    if words.command in LIVE_COMMANDS:
        return carry_out(words)
    if words.command == "database":
        return carry_out_database(words)
    if words.command == "accounts":
        from tasks.commands.accounts import accounts

        return accounts(words.edition, words.city, words.limit)
    if words.command == "report":
        from tasks.commands.report import report

        return report(words.edition, words.person, is_opened=words.open)
    if words.command == "explain":
        from tasks.commands.explain import explain

        return explain(words.what, words.names, words.edition, as_json=words.json)
    if words.command == "automation":
        from tasks.commands.automation import automation

        return automation(words.within_seconds)
    from tasks.commands.reset import reset

    return reset(words.yes_delete)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog=PROGRAM,
        description=OVERVIEW,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_subparsers(
        dest="command", metavar="command", required=True
    ).add_parser
    _add_run(_command(add, "run", "fill the database, or resume", RUN_EXAMPLES))
    status = _command(
        add,
        "status",
        "what an edition has done, and why more is due",
        STATUS_EXAMPLES,
    )
    status.add_argument("--edition", metavar="NAME", help="by default the latest")
    serve = _command(
        add, "serve", "keep the embedded database up for the app", SERVE_EXAMPLES
    )
    serve.add_argument(
        "--port", type=_port, metavar="N", help="by default one that is free"
    )
    accounts = _command(add, "accounts", "logins of the people made", ACCOUNTS_EXAMPLES)
    accounts.add_argument("--edition", metavar="NAME", help="by default the latest")
    accounts.add_argument("--city", metavar="SLUG", help="people of this city only")
    accounts.add_argument(
        "--limit",
        type=_positive,
        default=LOGINS_SHOWN,
        metavar="N",
        help=f"how many to print, by default {LOGINS_SHOWN}",
    )
    _add_report(
        _command(add, "report", "one HTML file that shows an edition", REPORT_EXAMPLES)
    )
    _add_explain(_command(add, "explain", "why a row is what it is", EXPLAIN_EXAMPLES))
    _add_audit(_command(add, "audit", "what contradicts what", AUDIT_EXAMPLES))
    _add_slide(
        _command(add, "slide", "move the world on by whole weeks", SLIDE_EXAMPLES)
    )
    add_live_commands(partial(_command, add), PROGRAM)
    add_database_command(partial(_command, add), PROGRAM)
    automated = _command(
        add,
        "automation",
        "have the Prefect server end a run whose worker died",
        AUTOMATION_EXAMPLES,
    )
    automated.add_argument(
        "--within-seconds",
        type=_silence,
        default=SILENCE_S,
        metavar="S",
        help=f"the silence that counts as death, by default {SILENCE_S}: three of "
        "Prefect's heartbeats (PREFECT_FLOWS_HEARTBEAT_FREQUENCY)",
    )
    reset = _command(
        add,
        "reset",
        "remove an edition: its files, its embedded rows",
        RESET_EXAMPLES,
    )
    reset.add_argument(
        "--yes-delete",
        required=True,
        metavar="EDITION",
        help="the name of the edition to remove: naming it is the confirmation",
    )
    return parser


def _command(
    add_parser: Callable[..., argparse.ArgumentParser],
    name: str,
    summary: str,
    examples: str,
) -> argparse.ArgumentParser:
    return add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _add_audit(audit: argparse.ArgumentParser) -> None:
    audit.add_argument(
        "--edition", metavar="NAME", help="refuse unless the database holds this one"
    )
    audit.add_argument(
        "--as-of",
        type=_day,
        metavar="DAY",
        help="the day to judge a database by that the seeder did not fill",
    )
    audit.add_argument(
        "--rule",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME",
        help="only these rules, and no figures",
    )
    audit.add_argument(
        "--sample",
        type=_count,
        default=SAMPLES_SHOWN,
        metavar="N",
        help=f"offending rows shown of a rule, by default {SAMPLES_SHOWN}",
    )
    audit.add_argument(
        "--baseline",
        action="store_true",
        help="measure three worlds without coherence too (about a minute)",
    )
    audit.add_argument(
        "--show-values",
        action="store_true",
        help="print the offending rows' values, on a terminal only; ids otherwise",
    )
    audit.add_argument(
        "--json", type=Path, metavar="PATH", help="write the result there too"
    )


def _add_slide(slide: argparse.ArgumentParser) -> None:
    slide.add_argument(
        "--weeks",
        type=_count,
        metavar="N",
        help="by default as many as bring its day nearest to today, not after it",
    )
    slide.add_argument(
        "--edition", metavar="NAME", help="refuse unless the database holds this one"
    )
    slide.add_argument(
        "--dry-run", action="store_true", help="say what would move, change nothing"
    )


def _add_live(live: argparse._ArgumentGroup) -> None:  # pyright: ignore[reportPrivateUsage]  argparse names it no other way
    live.add_argument(
        "--budget-usd",
        type=float,
        default=BUDGET_USD,
        metavar="USD",
        help=about.BUDGET,
    )
    live.add_argument(
        "--poll-seconds", type=float, default=POLL_SECONDS, metavar="S", help=about.POLL
    )
    live.add_argument(
        "--wait-minutes", type=float, default=WAIT_MINUTES, metavar="M", help=about.WAIT
    )
    live.add_argument("-y", "--yes", action="store_true", help=about.YES)


def _add_run(run: argparse.ArgumentParser) -> None:
    def choices(words: Sequence[str]) -> list[str]:
        return [str(word) for word in words]

    what = run.add_argument_group("what to make")
    what.add_argument("--edition", metavar="NAME", help=about.EDITION)
    what.add_argument("--as-of", type=_day, metavar="DAY", help=about.AS_OF)
    what.add_argument("--seed", metavar="TEXT", help=about.SEED)
    what.add_argument("--source", choices=choices(tuple(Source)), help=about.SOURCE)
    what.add_argument("--model", metavar="NAME", help=about.MODEL)
    what.add_argument("--people", type=int, metavar="N", help=about.PEOPLE)
    what.add_argument("--communities", type=int, metavar="N", help=about.COMMUNITIES)
    what.add_argument(
        "--cities",
        nargs="+",
        action="extend",
        default=[],
        metavar="SLUG",
        help=about.CITIES,
    )
    what.add_argument(
        "--skip-city",
        nargs="+",
        action="extend",
        default=[],
        metavar="SLUG",
        help=about.SKIP_CITY,
    )
    what.add_argument(
        "--min-events-per-city", type=int, metavar="N", help=about.MIN_EVENTS_PER_CITY
    )
    _add_live(run.add_argument_group("live answers"))
    how = run.add_argument_group("how far to go")
    how.add_argument("--only", choices=choices(tuple(about.Part)), help=about.ONLY)
    how.add_argument(
        "--stop-after",
        choices=choices(about.STEPS),
        metavar="STEP",
        help=f"{about.STOP_AFTER} One of: {', '.join(about.STEPS)}.",
    )
    how.add_argument("--dry-run", action="store_true", help=about.DRY_RUN)
    how.add_argument(
        "--wipe",
        choices=choices(tuple(about.Wipe)),
        default=str(about.Wipe.NONE),
        help=about.WIPE,
    )
    how.add_argument("--release", action="store_true", help=about.RELEASE)
    how.add_argument("--confirm-database", metavar="NAME", help=about.CONFIRM_DATABASE)
    how.add_argument("--keep-editions", type=int, metavar="N", help=about.KEEP_EDITIONS)
    how.add_argument("--create-tables", action="store_true", help=about.CREATE_TABLES)
    how.add_argument(
        "-q", "--quiet", action="store_true", help="print nothing but errors"
    )


def _add_report(report: argparse.ArgumentParser) -> None:
    report.add_argument("--edition", metavar="NAME", help="by default the latest")
    report.add_argument(
        "--person", metavar="USERNAME", help="whose life to tell, by default Alex's"
    )
    report.add_argument("--open", action="store_true", help="show it in the browser")


def _add_explain(explain: argparse.ArgumentParser) -> None:
    what = explain.add_subparsers(dest="what", metavar="what", required=True)
    for name, words, summary in (
        ("rsvp", ("ID",), "why somebody is at an event, with this ticket"),
        ("friendship", ("PERSON", "PERSON"), "why two people are friends"),
        ("event", ("SLUG",), "why an event is then, there and so full"),
        ("person", ("USERNAME",), "what a person does, and why"),
    ):
        kind = what.add_parser(
            name, help=summary, description=summary, allow_abbrev=False
        )
        for word in words:
            kind.add_argument("names", action="append", metavar=word)
        kind.add_argument("--edition", metavar="NAME", help="by default the latest")
        kind.add_argument("--json", action="store_true", help="print it as JSON")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no day; write it as {DATE_FORM}"
        ) from None


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; give 1 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no count; give 0 or more")
    return int(text)


def _silence(text: str) -> int:
    if not text.isdecimal() or int(text) < LEAST_SILENCE_S:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no silence; give {LEAST_SILENCE_S} seconds or more"
        )
    return int(text)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no count; give 1 or more")
    return int(text)


def _fail(error: SeedError, code: int) -> int:
    sys.stderr.write(f"error: {error}\n")
    return code
