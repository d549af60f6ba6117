"""The tiny world, loaded once and copied for each test."""

import sys
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # tests is no package

from scene import TAG, Scene, WriteWorld

from tasks.database.connect import Target, open_database
from tasks.stages.loading import load_stage


@pytest.fixture(scope="session")
def seeded_template(
    new_lasting_database: Callable[..., Target],
    write_world: WriteWorld,
    tmp_path_factory: pytest.TempPathFactory,
) -> Target:
    """A database with the tiny world, to be copied."""
    target = new_lasting_database()
    folder = tmp_path_factory.mktemp("tiny")
    world = write_world(folder, TAG)
    with open_database(target) as connection:
        for files in world.stages:
            load_stage(connection, folder, files, world, result_key="r")
    return target


@pytest.fixture
def copied(seeded_template: Target, new_database: Callable[..., Target]) -> Target:
    """A copy of that database within its server, as its owner might make one."""
    return new_database(copy_of=seeded_template.display)


@pytest.fixture
def scene(copied: Target, tmp_path: Path, write_world: WriteWorld) -> Scene:
    """A database of its own with the tiny world."""
    with psycopg.connect(copied.conninfo) as connection:
        connection.execute(
            "UPDATE rsvped_seed.database SET database_name = current_database()"
        )
    return Scene(copied, tmp_path, write_world)
