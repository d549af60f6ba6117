"""The first pass: every city's communities with their events."""

from collections.abc import Sequence
from pathlib import Path

from prefect import task

from tasks.generate.answers import PassManifest, PassRequest, write_answers
from tasks.generate.drafts import PassName
from tasks.generate.service import Live
from tasks.generate.source import Source


def make_communities(
    source: Source,
    folder: Path,
    cities: Sequence[str],
    seed: str,
    live: Live | None = None,
) -> PassManifest:
    """Have the communities of every city answered.

    Args:
        source: what answers.
        folder: the edition's.
        cities: slugs.
        seed: the edition's.
        live: how to reach a live model, for the source claude.
    """
    request = PassRequest(PassName.COMMUNITIES, source, folder, seed, live)
    return write_answers(request, dict.fromkeys(cities, ""))


@task(name="generate communities", task_run_name="generate communities")
def generate_communities(
    source: Source,
    folder: Path,
    cities: Sequence[str],
    seed: str,
    live: Live | None = None,
) -> PassManifest:
    """Generate the communities of every city."""
    return make_communities(source, folder, cities, seed, live)
