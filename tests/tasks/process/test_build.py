"""The build: every row on disk, to the byte."""

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from build_small import Built, build, digests

from tasks.editions import digest_file
from tasks.process.build import DEMO_STAGE
from tasks.stages import STAGE_BY_NAME, STAGES

PROGRAM = Path(__file__).with_name("build_small.py")


def _run(folder: Path, cities: tuple[str, ...], **environment: str) -> dict[str, str]:
    """Build in a process of its own; give the digests."""
    root = str(Path(__file__).parents[3])
    done = subprocess.run(  # noqa: S603  our own program
        [sys.executable, str(PROGRAM), str(folder), *cities],
        env={**os.environ, "PYTHONPATH": root, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_the_same_request_makes_the_same_bytes(tmp_path: Path) -> None:
    """Whatever Python's hash seed, the number of threads, or the cities' order."""
    cities = ("ams", "tokyo", "hnl")
    one = _run(tmp_path / "a", cities, PYTHONHASHSEED="1", POLARS_MAX_THREADS="1")
    other = _run(
        tmp_path / "b",
        cities[::-1],
        PYTHONHASHSEED="2",
        POLARS_MAX_THREADS="4",
        TZ="Asia/Tokyo",
    )
    assert one == other


def test_every_stage_has_its_files(built: Built) -> None:
    """In the stages' and the tables' order, each as its manifest says."""
    made = {
        stage.stage: [file.table for file in stage.tables]
        for stage in built.world.stages
    }
    wanted = {stage.name: list(stage.table_names) for stage in STAGES}
    assert made == wanted
    assert list(made) == list(wanted)
    for stage in built.world.stages:
        for file in stage.tables:
            assert digest_file(built.folder / file.path) == file.digest
    assert not list(built.folder.glob("**/.tables.part"))


def test_the_demo_stage_holds_what_is_alexs_alone(built: Built) -> None:
    """The other stages have none of it, but the User row."""
    demo = built.table("User").filter("isDemo")["id"].item()
    for stage in built.world.stages:
        for file in stage.tables:
            frame = pl.read_parquet(built.folder / file.path)
            assert frame.height == file.rows
            if (
                "userId" in frame.columns
                and file.table in STAGE_BY_NAME[DEMO_STAGE].table_names
            ):
                mine = frame.filter(pl.col("userId") == demo).height
                belongs = stage.stage == DEMO_STAGE and frame.height > 0
                assert (mine > 0) == belongs


def test_another_seed_is_another_world(built: Built, tmp_path: Path) -> None:
    """Another id, another tag; only cities and categories stay as they are."""
    other = build(tmp_path, seed="2026-W48")
    assert other.tag != built.world.tag
    rows = {file.path: file.rows for stage in other.stages for file in stage.tables}
    one, two = digests(built.world), digests(other)
    same = {path for path, found in one.items() if found == two[path] and rows[path]}
    # Alex and the categories Alex likes have the same ids in every world
    assert same == {
        "tables/load-static/Category.parquet",
        "tables/load-static/Location.parquet",
        "tables/demo-user/UserCategory.parquet",
    }


@pytest.mark.parametrize("table", ["User", "Event", "Rsvp", "EventView", "Order"])
def test_every_row_carries_the_worlds_tag(built: Built, table: str) -> None:
    """All but Alex, who is the same in every world."""
    ids = built.table(table)["id"]
    others = ids.filter(ids.str.slice(1, 5) != built.world.tag)
    assert len(others) == (1 if table == "User" else 0)
