"""The words of the command `run`, which is meant where no command is named.

Commands are imported when they are called, as in tasks.commands.line.
"""

import argparse
from collections.abc import Callable, Sequence

from tasks.commands import parameters as about
from tasks.commands.kinds import day
from tasks.generate.service import BUDGET_USD, POLL_SECONDS, WAIT_MINUTES
from tasks.generate.source import Source

AddCommand = Callable[[str, str, str], argparse.ArgumentParser]


def add_run_command(add: AddCommand, program: str) -> None:
    """Add the command to the parser.

    Args:
        add: Takes a command's name, its summary and its examples.
        program: How the program is called, for the examples.
    """
    run = add(
        "run",
        "fill the database, or resume",
        f"""\
examples:
  {program}                         this week's edition, whole
  {program} --dry-run               build everything, load nothing
  {program} --only generate         the three passes alone
  {program} --stop-after create-events
  DATABASE_URL=postgresql://… {program} --create-tables
""",
    )
    _add_what(run.add_argument_group("what to make"))
    _add_live(run.add_argument_group("live answers"))
    _add_how(run.add_argument_group("how far to go"))


def _add_what(what: argparse._ArgumentGroup) -> None:  # pyright: ignore[reportPrivateUsage]  argparse names it no other way
    what.add_argument("--edition", metavar="NAME", help=about.EDITION)
    what.add_argument("--as-of", type=day, metavar="DAY", help=about.AS_OF)
    what.add_argument("--seed", metavar="TEXT", help=about.SEED)
    what.add_argument("--source", choices=_choices(tuple(Source)), help=about.SOURCE)
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


def _add_how(how: argparse._ArgumentGroup) -> None:  # pyright: ignore[reportPrivateUsage]  argparse names it no other way
    how.add_argument("--only", choices=_choices(tuple(about.Part)), help=about.ONLY)
    how.add_argument(
        "--stop-after",
        choices=_choices(about.STEPS),
        metavar="STEP",
        help=f"{about.STOP_AFTER} One of: {', '.join(about.STEPS)}.",
    )
    how.add_argument("--dry-run", action="store_true", help=about.DRY_RUN)
    how.add_argument(
        "--wipe",
        choices=_choices(tuple(about.Wipe)),
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


def _choices(words: Sequence[str]) -> list[str]:
    return [str(word) for word in words]
