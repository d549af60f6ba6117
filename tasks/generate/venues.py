"""The third pass: every city's venues, for its communities and people."""

from collections.abc import Sequence
from pathlib import Path

from prefect import task

from tasks.generate.answers import (
    PassManifest,
    PassRequest,
    salvage_file,
    write_answers,
)
from tasks.generate.digest import digest_city, digest_people
from tasks.generate.drafts import PassName
from tasks.generate.service import Live
from tasks.generate.source import Source


def make_venues(
    source: Source,
    folder: Path,
    cities: Sequence[str],
    seed: str,
    live: Live | None = None,
) -> PassManifest:
    """Have the venues of every city answered, after its communities and people.

    Args:
        source: what answers.
        folder: the edition's; the earlier answers are read from it.
        cities: slugs.
        seed: the edition's.
        live: how to reach a live model, for the source claude.
    """
    request = PassRequest(PassName.VENUES, source, folder, seed, live)
    return write_answers(request, {city: _digest(folder, city) for city in cities})


@task(name="generate venues", task_run_name="generate venues")
def generate_venues(
    source: Source,
    folder: Path,
    cities: Sequence[str],
    seed: str,
    after: Sequence[PassManifest],  # noqa: ARG001  what this pass is conditioned on
    live: Live | None = None,
) -> PassManifest:
    """Generate the venues of every city, from its communities and people."""
    return make_venues(source, folder, cities, seed, live)


def _digest(folder: Path, city: str) -> str:
    communities = salvage_file(folder, PassName.COMMUNITIES, city).communities
    people = salvage_file(folder, PassName.USERS, city).people
    return f"{digest_city(communities)}\n{digest_people(people)}"
