"""The words of the command `database`.

It is imported when it is called, as in tasks.commands.line.
"""
# Hence:
# ruff: noqa: PLC0415

import argparse
from collections.abc import Callable

from tasks.commands import parameters as about

AddCommand = Callable[[str, str, str], argparse.ArgumentParser]


def add_database_command(add: AddCommand, program: str) -> None:
    """Add the command to the parser.

    Args:
        add: Takes a command's name, its summary and its examples.
        program: How the program is called, for the examples.
    """
    command = add(
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
    command.add_argument(
        "action",
        choices=("show", "protect", "unprotect", "adopt"),
        help="unprotect and adopt want the database's name",
    )
    command.add_argument("--confirm-database", metavar="NAME", help=about.TYPED_NAME)


def carry_out_database(words: argparse.Namespace) -> int:
    """Carry out the command; give the process's exit code."""
    from tasks.commands.database import Action, database

    return database(Action(words.action), words.confirm_database)
