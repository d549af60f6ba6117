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
from typing import Any, Final, NoReturn

from tasks.commands import live_line, looking_line, upkeep_line
from tasks.commands.run_line import add_run_command
from tasks.errors import InputError, SeedError

LoadFlow = Callable[[], Callable[..., Any]]

EXIT_FAILED: Final = 1
EXIT_INPUT: Final = 2  # as argparse and most tools say it
EXIT_INTERRUPTED: Final = 130  # 128 + SIGINT
PROGRAM: Final = "python flows/seed.py"
LINES: Final = (looking_line, live_line, upkeep_line)  # in the order of --help

OVERVIEW: Final = f"""\
Fill the RSVPed app's database with a world that tells one story.

examples:
  {PROGRAM}                         fill a database of its own, or resume
  {PROGRAM} --edition demo --cities lisbon berlin
  {PROGRAM} run --help              every parameter of a run
  {PROGRAM} status                  what an edition has done so far
  {PROGRAM} serve                   keep the database up and print its URL
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


def _dispatch(words: argparse.Namespace, load_flow: LoadFlow) -> int:
    for line in LINES:
        if words.command in line.COMMANDS:
            return line.carry_out(words)
    from tasks.commands.run import run

    return run(words, load_flow)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog=PROGRAM,
        description=OVERVIEW,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(dest="command", metavar="command", required=True)

    def add(name: str, summary: str, examples: str) -> argparse.ArgumentParser:
        return commands.add_parser(
            name,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            epilog=examples,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )

    add_run_command(add, PROGRAM)
    for line in LINES:
        line.add_commands(add, PROGRAM)
    return parser


def _fail(error: SeedError, code: int) -> int:
    sys.stderr.write(f"error: {error}\n")
    return code
