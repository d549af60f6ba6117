"""The words of the commands that change what lies in a database or on this machine.

Commands are imported when they are called, as in tasks.commands.line.
"""
# Hence:
# ruff: noqa: PLC0415

import argparse
from collections.abc import Callable
from typing import Final

from tasks.commands import parameters as about
from tasks.commands.kinds import count, silence

AddCommand = Callable[[str, str, str], argparse.ArgumentParser]

COMMANDS: Final = ("slide", "database", "automation", "reset")
SILENCE_S: Final = 540  # three of Prefect's heartbeats, 180 s apart: two may be lost


def add_commands(add: AddCommand, program: str) -> None:
    """Add the commands to the parser.

    Args:
        add: Takes a command's name, its summary and its examples.
        program: How the program is called, for the examples.
    """
    slide = add(
        "slide",
        "move the world on by whole weeks",
        f"""\
examples:
  {program} slide                   by the whole weeks that have passed
  {program} slide --dry-run         say by how many
  {program} slide --weeks 2
""",
    )
    slide.add_argument(
        "--weeks",
        type=count,
        metavar="N",
        help="by default as many as bring its day nearest to today, not after it",
    )
    slide.add_argument(
        "--edition", metavar="NAME", help="refuse unless the database holds this one"
    )
    slide.add_argument(
        "--dry-run", action="store_true", help="say what would move, change nothing"
    )
    database = add(
        "database",
        "whose a database is, and whether rows in it may be deleted",
        f"""\
examples:
  {program} database show           where the connection leads, and its marker
  {program} database protect        nothing is loaded or deleted there any more
  {program} database unprotect --confirm-database app
  {program} database adopt --confirm-database app_copy
                                    a restored dump, or a database of others
""",
    )
    database.add_argument(
        "action",
        choices=("show", "protect", "unprotect", "adopt"),
        help="unprotect and adopt want the database's name",
    )
    database.add_argument("--confirm-database", metavar="NAME", help=about.TYPED_NAME)
    automation = add(
        "automation",
        "have the Prefect server end a run whose worker died",
        f"""\
examples:
  {program} automation              on the server that PREFECT_API_URL names

Running it again brings the automation up to date.
""",
    )
    automation.add_argument(
        "--within-seconds",
        type=silence,
        default=SILENCE_S,
        metavar="S",
        help=f"the silence that counts as death, by default {SILENCE_S}: three of "
        "Prefect's heartbeats (PREFECT_FLOWS_HEARTBEAT_FREQUENCY)",
    )
    reset = add(
        "reset",
        "remove an edition: its files, its embedded rows",
        f"""\
examples:
  {program} reset --yes-delete 2026-W47
""",
    )
    reset.add_argument(
        "--yes-delete",
        required=True,
        metavar="EDITION",
        help="the name of the edition to remove: naming it is the confirmation",
    )


def carry_out(words: argparse.Namespace) -> int:
    """Carry out one of these commands; give the process's exit code."""
    if words.command == "slide":
        from tasks.commands.slide import slide

        return slide(words.weeks, words.edition, dry_run=words.dry_run)
    if words.command == "database":
        from tasks.commands.database import Action, database

        return database(Action(words.action), words.confirm_database)
    if words.command == "automation":
        from tasks.commands.automation import automation

        return automation(words.within_seconds)
    from tasks.commands.reset import reset

    return reset(words.yes_delete)
