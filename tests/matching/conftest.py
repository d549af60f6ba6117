"""The recorded edition's cast, and the worlds that it makes on several days."""

import sys
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest

from matching.draws import key_of
from matching.vocabulary import LOCATIONS
from matching.world import Cast, match
from tasks.generate.communities import make_communities
from tasks.generate.source import Source
from tasks.generate.users import make_users
from tasks.generate.venues import make_venues
from tasks.process.cast import read_script
from tasks.process.load import load_answers
from tasks.process.processed import ProcessOptions, shape

sys.path.insert(0, str(Path(__file__).parent))  # for literals.py: tests is no package

from told import Told

EDITION = "2026-W47"
# a season each: before Christmas, in the weeks around the clocks' change, in summer
DAYS = (
    datetime(2026, 11, 22, tzinfo=UTC),
    datetime(2026, 3, 2, tzinfo=UTC),
    datetime(2027, 7, 5, tzinfo=UTC),
)
SEEDS = ("one", "two")


@pytest.fixture(scope="session")
def cast(tmp_path_factory: pytest.TempPathFactory) -> Cast:
    """The recorded edition as matching reads it."""
    folder = tmp_path_factory.mktemp("recorded")
    cities = [location.slug for location in LOCATIONS]
    for make in (make_communities, make_users, make_venues):
        make(Source.RECORDED, folder, cities, EDITION)
    loaded = load_answers(folder, cities, ())
    frames = shape(loaded, ProcessOptions(seed=EDITION))
    return read_script(frames, key_of("world", EDITION)).cast


@pytest.fixture(scope="session")
def worlds(cast: Cast) -> dict[tuple[datetime, str], Told]:
    """What the cast does on each day, under each seed."""
    seeds = {seed: key_of("world", seed) for seed in SEEDS}
    return {
        (day, seed): Told(cast, match(cast, day, seeds[seed]), day, seeds[seed])
        for day, seed in product(DAYS, SEEDS)
    }


@pytest.fixture(params=DAYS, ids=lambda day: f"{day:%Y-%m-%d}")
def day(request: pytest.FixtureRequest) -> datetime:
    """A world's now."""
    found: datetime = request.param
    return found


@pytest.fixture(params=SEEDS)
def told(
    request: pytest.FixtureRequest,
    worlds: dict[tuple[datetime, str], Told],
    day: datetime,
) -> Told:
    """One whole world."""
    return worlds[day, request.param]
