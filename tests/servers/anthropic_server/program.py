"""The three passes as a process of its own, which a test may kill."""

from pathlib import Path

from tasks.generate.communities import make_communities
from tasks.generate.prices import DEFAULT_MODEL
from tasks.generate.service import Live, Service
from tasks.generate.source import Source
from tasks.generate.users import make_users
from tasks.generate.venues import make_venues

SEED = "seed"
PRELOADED = (__name__, "tasks.generate.live")  # what takes seconds to import


def make_passes(folder: Path, url: str, key: str, cities: tuple[str, ...]) -> None:
    """Carry out the passes as the flow's tasks do, with a patience fit for tests."""
    service = Service(key, url, poll_seconds=0.01, wait_seconds=5, timeout_seconds=1)
    live = Live(service, DEFAULT_MODEL)
    for make in (make_communities, make_users, make_venues):
        make(Source.CLAUDE, folder, cities, SEED, live)
