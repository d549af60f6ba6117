"""Keys: what a step depends on, as digests; `policies` has how tasks use them.

A key is made of digests and small values only: never of a frame, nor of a set, whose
hash differs between two runs of Python.
"""

from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from tasks.editions import digest_text

RULE_PACKAGES: Final = ("matching", "tasks.process")
# what of an answer is kept decides what world comes of it; the rest of the package
# makes answers, whose digests are in every key
ANSWER_RULES: Final = ("drafts.py", "salvage.py")
# whose results the rules rest on
RULE_LIBRARIES: Final = ("polars", "numpy", "faker", "tzdata")
RULE_SUFFIXES: Final = (".py", ".json")


@cache
def rules_version() -> str:
    """Digest the rules of the world: their sources, words and libraries.

    A changed rule makes another world, so its version is part of every world's id
    and of the build's key.
    """
    parts: list[str] = []
    for package in RULE_PACKAGES:
        for name, text in _sources(files(package)):
            parts += [package, name, text]
    answers = files("tasks.generate")
    for name in ANSWER_RULES:
        parts += [name, answers.joinpath(name).read_text(encoding="utf-8")]
    for library in RULE_LIBRARIES:
        parts += [library, version(library)]
    return digest_text(*parts)


def _sources(root: Traversable, prefix: str = "") -> Iterator[tuple[str, str]]:
    for entry in sorted(root.iterdir(), key=lambda entry: entry.name):
        name = f"{prefix}{entry.name}"
        if entry.is_dir():
            yield from _sources(entry, f"{name}/")
        elif entry.name.endswith(RULE_SUFFIXES):
            yield name, entry.read_text(encoding="utf-8")
