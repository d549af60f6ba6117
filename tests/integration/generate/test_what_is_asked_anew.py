"""What a change costs: the program is really changed, in a copy, and run again."""

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import pytest

from anthropic_server.server import KEY, BatchServer, serving

PROJECT = Path(__file__).resolve().parents[3]
CITIES = ("berlin", "lisbon", "tokyo")
RUN = """
import sys
from pathlib import Path
from anthropic_server.program import make_passes
make_passes(Path(sys.argv[1]), sys.argv[2], sys.argv[3], tuple(sys.argv[4:]))
"""


class Copy:
    """A copy of the program that a test may change, and the edition that it makes."""

    def __init__(self, root: Path, server: BatchServer) -> None:
        self.root = root
        self.server = server
        for package in ("matching", "tasks"):
            shutil.copytree(PROJECT / package, root / package)

    def asked(self, *cities: str) -> Counter[str]:
        """Run the three passes; count the requests that this took, by pass and city."""
        before = len(self.server.batches)
        path = os.pathsep.join([str(self.root), str(PROJECT / "tests" / "servers")])
        subprocess.run(  # noqa: S603  our own words
            [
                *(sys.executable, "-c", RUN, str(self.root / "edition")),
                *(self.server.url, KEY, *cities),
            ],
            env={**os.environ, "PYTHONPATH": path},
            cwd=self.root,
            check=True,
        )
        return Counter(
            request["custom_id"].split("-", 1)[1]  # without the attempt's nonce
            for batch in self.server.batches[before:]
            for request in batch.requests
        )

    def change(self, file: str, old: str, new: str) -> None:
        """Change one place of the program's text."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1
        path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def copy(tmp_path: Path) -> Generator[Copy]:
    """A copy whose three cities have been asked for."""
    with serving() as server:
        made = Copy(tmp_path, server)
        assert len(made.asked(*CITIES)) == 3 * len(CITIES)
        yield made


def _of(passes: tuple[str, ...], cities: tuple[str, ...]) -> Counter[str]:
    return Counter(f"{name}-{city}" for name in passes for city in cities)


ALL = ("communities", "users", "venues")


def test_no_change_asks_nothing(copy: Copy) -> None:
    """A run of the same program finds every answer there."""
    assert copy.asked(*CITIES) == Counter()


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (
            "tasks/generate/wire_models.py",
            'alias="c", description="people, 8 to 20000"',
            'alias="c", description="how many people fit in, 8 to 20000"',
        ),
        (
            "tasks/generate/drafts.py",
            "capacity: Annotated[Count, Field(ge=8, le=20_000)]",
            "capacity: Annotated[Count, Field(ge=8, le=30_000)]",
        ),
    ],
    ids=["as it is asked for", "as it is kept"],
)
def test_a_changed_venue_field_asks_for_venues_alone(
    copy: Copy, file: str, old: str, new: str
) -> None:
    """Communities and people were paid for, and stay."""
    copy.change(file, old, new)
    assert copy.asked(*CITIES) == _of(("venues",), CITIES)


def test_a_changed_city_asks_for_itself_alone(copy: Copy) -> None:
    """The entry of one city in the vocabulary is in its own requests, and no others."""
    copy.change(
        "matching/vocabulary/locations.json", '"name": "Lisbon"', '"name": "Lisboa"'
    )
    assert copy.asked(*CITIES) == _of(ALL, ("lisbon",))


def test_a_new_city_asks_for_itself_alone(tmp_path: Path) -> None:
    """One more line in the vocabulary costs three requests."""
    with serving() as server:
        copy = Copy(tmp_path, server)
        path = copy.root / "matching" / "vocabulary" / "locations.json"
        places = json.loads(path.read_text(encoding="utf-8"))
        without = [place for place in places if place["slug"] != "dublin"]
        path.write_text(json.dumps(without), encoding="utf-8")
        assert copy.asked(*CITIES) == _of(ALL, CITIES)
        path.write_text(json.dumps(places), encoding="utf-8")
        assert copy.asked(*CITIES, "dublin") == _of(ALL, ("dublin",))
