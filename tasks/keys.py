"""Keys: what a step's result depends on, as digests, and the policies that use them.

A key is made of digests and small values only: never of a frame, nor of a set, whose
hash differs between two runs of Python.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from prefect.cache_policies import CachePolicy
from prefect.context import TaskRunContext
from pydantic import BaseModel

from tasks.editions import digest_json, digest_text

RULE_PACKAGES: Final = ("matching", "tasks.process")
RULE_LIBRARIES: Final = ("polars", "numpy", "faker", "tzdata")  # whose results rules rest on
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
    for library in RULE_LIBRARIES:
        parts += [library, version(library)]
    return digest_text(*parts)


def model_hash(model: type[BaseModel]) -> str:
    """Digest a pydantic model's schema: its fields, types, limits and descriptions."""
    return digest_json(model.model_json_schema())


@dataclass
class KeyedPolicy(CachePolicy):
    """Finds a task's result by the text that the caller gives as its `key`.

    The caller composes the key, so that whoever reads the call sees all of it.
    """

    def compute_key(
        self,
        task_ctx: TaskRunContext,
        inputs: Mapping[str, Any],
        flow_parameters: Mapping[str, Any],  # noqa: ARG002  Prefect's signature
        **kwargs: Any,  # noqa: ANN401, ARG002  Prefect's signature
    ) -> str:
        """Name the stored result: the task's name and its key."""
        return f"{task_ctx.task.name}-{inputs['key']}"


def _sources(root: Traversable, prefix: str = "") -> Iterator[tuple[str, str]]:
    for entry in sorted(root.iterdir(), key=lambda entry: entry.name):
        name = f"{prefix}{entry.name}"
        if entry.is_dir():
            yield from _sources(entry, f"{name}/")
        elif entry.name.endswith(RULE_SUFFIXES):
            yield name, entry.read_text(encoding="utf-8")
