"""The second pass: every city's people, who read a digest of its communities."""

from collections.abc import Sequence
from pathlib import Path

from prefect import task

from tasks.generate.answers import (
    PassManifest,
    PassRequest,
    salvage_file,
    write_answers,
)
from tasks.generate.digest import digest_city
from tasks.generate.drafts import PassName
from tasks.generate.service import Live
from tasks.generate.source import Source


def make_users(
    source: Source,
    folder: Path,
    cities: Sequence[str],
    seed: str,
    live: Live | None = None,
) -> PassManifest:
    """Have the people of every city answered, after its communities.

    Args:
        source: what answers.
        folder: the edition's; the communities' answers are read from it.
        cities: slugs.
        seed: the edition's.
        live: how to reach a live model, for the source claude.
    """
    request = PassRequest(PassName.USERS, source, folder, seed, live)
    digests = {
        city: digest_city(salvage_file(folder, PassName.COMMUNITIES, city).communities)
        for city in cities
    }
    return write_answers(request, digests)


@task(name="generate users", task_run_name="generate users")
def generate_users(
    source: Source,
    folder: Path,
    cities: Sequence[str],
    seed: str,
    after: PassManifest,  # noqa: ARG001  what this pass is conditioned on
    live: Live | None = None,
) -> PassManifest:
    """Generate the people of every city, from its communities."""
    return make_users(source, folder, cities, seed, live)
