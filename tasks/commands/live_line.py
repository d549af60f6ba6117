"""The words of the commands around live generation: estimate, export, import.

Commands are imported when they are called, as in tasks.commands.line.
"""
# Hence:
# ruff: noqa: PLC0415

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final

AddCommand = Callable[[str, str, str], argparse.ArgumentParser]

COMMANDS: Final = ("estimate", "export", "import")


def add_commands(add: AddCommand, program: str) -> None:
    """Add the commands to the parser.

    Args:
        add: Takes a command's name, its summary and its examples.
        program: How the program is called, for the examples.
    """
    estimate = add(
        "estimate",
        "what a live edition would cost",
        f"""\
examples:
  {program} estimate                all cities, the default model and a smaller
  {program} estimate --cities lisbon berlin --model claude-haiku-5-5
""",
    )
    estimate.add_argument(
        "--cities",
        nargs="+",
        action="extend",
        default=[],
        metavar="SLUG",
        help="by default all",
    )
    estimate.add_argument(
        "--model", metavar="NAME", help="by default the default one and a smaller"
    )
    export = add(
        "export",
        "write an edition's answers to one file",
        f"""\
examples:
  {program} export                  the latest edition, to <edition>.rsvped.jsonl
  {program} export --edition 2026-W47 --to /tmp/w47.rsvped.jsonl
""",
    )
    export.add_argument("--edition", metavar="NAME", help="by default the latest")
    export.add_argument(
        "--to",
        type=Path,
        metavar="FILE",
        help="by default named for the edition, here; nothing is overwritten",
    )
    imported = add(
        "import",
        "make an edition of an exported file, paying nothing",
        f"""\
examples:
  {program} import 2026-W47.rsvped.jsonl
  {program} import 2026-W47.rsvped.jsonl --edition demo
""",
    )
    imported.add_argument("file", type=Path, metavar="FILE", help="what export wrote")
    imported.add_argument(
        "--edition", metavar="NAME", help="another name; by default as exported"
    )


def carry_out(words: argparse.Namespace) -> int:
    """Carry out one of these commands; give the process's exit code."""
    if words.command == "estimate":
        from tasks.commands.estimate import show_estimate

        return show_estimate(words.cities, words.model)
    from tasks.commands.recording import export_edition, import_edition

    if words.command == "export":
        return export_edition(words.edition, words.to)
    return import_edition(words.file, words.edition)
