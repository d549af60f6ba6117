"""The same world has the same bytes, whatever the circumstances of its making."""

import os
import shutil
from pathlib import Path
from typing import Final

import pytest
from program import Program, Seeded

from tasks.editions import digest_file
from tasks.process.passwords import HASH_CACHE

WORLD: Final = (
    *("--source", "recorded", "--edition", "three", "--as-of", "2026-11-16"),
    *("--seed", "three", "--dry-run"),
)
CITIES: Final = ("lisbon", "tokyo", "berlin")
OTHER_DAY: Final = ("faketime", "-f", "@2031-02-28 23:59:45")
CIRCUMSTANCES: Final = {
    "PYTHONHASHSEED": "4711",
    "POLARS_MAX_THREADS": "1",
    "TZ": "Pacific/Kiritimati",  # 14 hours ahead of UTC
    "LC_ALL": "C",
}


def digest_files(home: Path, edition: str) -> dict[str, str]:
    """Digest each Parquet file of an edition's world."""
    tables = home / "editions" / edition / "tables"
    return {
        str(path.relative_to(tables)): digest_file(path)
        for path in sorted(tables.rglob("*.parquet"))
    }


@pytest.fixture(scope="module")
def plain_files(
    prefect_api: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """The files of the three cities' world, made in the ordinary way."""
    folder = tmp_path_factory.mktemp("plain")
    program = Program(
        folder / "home",
        folder / "prefect",
        {
            "PREFECT_API_URL": prefect_api,
            "PYTHONHASHSEED": "0",
            "POLARS_MAX_THREADS": "2",
            "TZ": "UTC",
        },
    )
    program.run(*WORLD, "--cities", *CITIES)
    return digest_files(program.home, "three")


def test_circumstances_shape_nothing(
    plain_files: dict[str, str], program: Program
) -> None:
    """Another folder, hash seed, thread count, zone, order of cities: the same bytes.

    Passwords are hashed anew, too.
    """
    program.seeing(**CIRCUMSTANCES).run(*WORLD, "--cities", *reversed(CITIES))
    assert digest_files(program.home, "three") == plain_files


def test_day_shapes_nothing(plain_files: dict[str, str], tmp_path: Path) -> None:
    """Made years later, across a midnight, a world has the same bytes."""
    if shutil.which(OTHER_DAY[0]) is None:
        if os.environ.get("CI"):
            pytest.fail("CI has no faketime: apt-get install faketime")
        pytest.skip("needs faketime (apt-get install faketime), as CI has it")
    later = Program(  # with a Prefect server of its own: it dates the runs
        tmp_path / "home",
        tmp_path / "prefect",
        {"TZ": "UTC"},  # in which faketime reads the day
        OTHER_DAY,
    )
    later.run(*WORLD, "--cities", *CITIES)
    processed = later.home / "editions" / "three" / "processed"
    assert list(processed.glob("communities-final-2031*"))  # it was another day
    assert digest_files(later.home, "three") == plain_files


def test_full_edition_is_reproduced(seeded_edition: Seeded, program: Program) -> None:
    """All cities, elsewhere and under other circumstances: the same bytes.

    Only the hashed passwords are brought along, half a minute's work.
    """
    hashes = Path("cache", HASH_CACHE)
    (program.home / hashes).parent.mkdir(parents=True)
    shutil.copy2(seeded_edition.home / hashes, program.home / hashes)
    program.seeing(**CIRCUMSTANCES).run(*seeded_edition.arguments, "--dry-run")
    files = digest_files(program.home, "full")
    assert files == digest_files(seeded_edition.home, "full")
    assert len(files) > 30  # none was overlooked
