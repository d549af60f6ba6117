"""Builds a world of a few recorded cities; a test also runs it as a program.

python build_small.py FOLDER [CITY ...] prints the digest of every file as JSON.
"""

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import polars as pl

from tasks.editions import World
from tasks.generate.communities import make_communities
from tasks.generate.source import Source
from tasks.generate.users import make_users
from tasks.generate.venues import make_venues
from tasks.process.build import BuildRequest, Keys, build_world
from tasks.process.processed import ProcessOptions, process_answers

CITIES: Final = ("ams", "hnl", "tokyo", "calgary", "lisbon")
AS_OF: Final = datetime(2026, 11, 22, tzinfo=UTC)
SECRET: Final = "ab" * 32


@dataclass(frozen=True)
class Built:
    """A built world, and its folder."""

    folder: Path
    world: World

    def table(self, name: str) -> pl.DataFrame:
        """Read all rows of a table, the demo user's own among them."""
        return pl.concat(
            pl.read_parquet(self.folder / file.path)
            for stage in self.world.stages
            for file in stage.tables
            if file.table == name
        )


def build(
    folder: Path, *, cities: tuple[str, ...] = CITIES, seed: str = "2026-W47"
) -> World:
    """Process the recorded answers of some cities and build their world."""
    passes = [
        make(Source.RECORDED, folder, cities, seed)
        for make in (make_communities, make_users, make_venues)
    ]
    options = ProcessOptions(seed=seed)
    request = BuildRequest(
        edition="2026-W47",
        as_of=AS_OF,
        seed=seed,
        source="recorded",
        options={},
        answers="digest",
        rules_version="rules",
        processed=process_answers(folder, passes, options, "20261122T030000Z"),
    )
    return build_world(request, folder, Keys(cache=folder / "cache", secret=SECRET))


def digests(world: World) -> dict[str, str]:
    """Give the digest of every file by its path, and the world's id."""
    files = [file for stage in world.stages for file in stage.tables]
    return {file.path: file.digest for file in files} | {"world": world.world_id}


if __name__ == "__main__":
    made = build(Path(sys.argv[1]), cities=tuple(sys.argv[2:]))
    sys.stdout.write(json.dumps(digests(made)))
