"""Retention removes what this program made and nobody needs, and nothing else."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tasks.commands.holding import open_hold
from tasks.commands.retention import choose_old, remove_edition, remove_results
from tasks.commands.settle import Options, Settled, write_settled
from tasks.generate.source import Source

RESULT = "match-0123456789abcdef0123456789abcdef"
FLOW_RESULT = "0123456789abcdef0123456789abcdef"
MakeEdition = Callable[..., Path]


@pytest.fixture
def make_edition(tmp_path: Path) -> MakeEdition:
    """Makes an edition's folder with a file of each kind."""

    def make(name: str, source: Source = Source.RECORDED) -> Path:
        folder = tmp_path / "editions" / name
        options = Options(
            people=None,
            communities=None,
            cities=(),
            skip_city=(),
            min_events_per_city=15,
        )
        settled = Settled(
            edition=name,
            as_of=datetime(2026, 11, 16, tzinfo=UTC),
            seed=name,
            source=source,
            options=options,
        )
        write_settled(folder, settled)
        for path in ("batches/users/lisbon.json", "tables/t/T.parquet", "world.json"):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text("{}")
        return folder

    return make


def files_in(folder: Path) -> list[str]:
    """The files below a folder."""
    return sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
    )


def test_newest_and_needed_stay() -> None:
    """Beside the newest, an edition that is still in a database stays."""
    made = [Path(name) for name in ("w5", "w4", "w3", "w2", "w1")]

    assert choose_old(made, 2, {"w5", "w2"}) == [Path("w3"), Path("w1")]
    assert choose_old(made, 9, set()) == []


def test_removes_a_whole_edition(tmp_path: Path, make_edition: MakeEdition) -> None:
    """Its folder and its lock go; the others stay."""
    old, new = make_edition("2026-W40"), make_edition("2026-W41")

    assert remove_edition(tmp_path, old)

    assert not old.exists()
    assert list((tmp_path / "locks").iterdir()) == []
    assert len(files_in(new)) == 4


def test_keeps_what_was_paid_for(tmp_path: Path, make_edition: MakeEdition) -> None:
    """Of a live edition the answers stay, and what is needed to build it again."""
    live = make_edition("2026-W40", Source.CLAUDE)

    assert remove_edition(tmp_path, live)
    assert files_in(live) == ["batches/users/lisbon.json", "edition.json"]
    assert not remove_edition(tmp_path, live)  # nothing is left to remove


def test_leaves_an_edition_in_use(tmp_path: Path, make_edition: MakeEdition) -> None:
    """A run that reads its files, to load them elsewhere, still finds them."""
    folder = make_edition("2026-W40")
    with open_hold(tmp_path, folder.name, print) as hold:
        hold.read()

        assert not remove_edition(tmp_path, folder)
    assert len(files_in(folder)) == 4


def test_leaves_what_it_did_not_make(tmp_path: Path, make_edition: MakeEdition) -> None:
    """Neither a folder without an edition's settings, nor what a link points to."""
    mine = make_edition("2026-W40")
    (mine / "link").symlink_to(tmp_path / "thesis")
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "text").write_text("years of work")
    link = mine.with_name("2026-W41")
    link.symlink_to(tmp_path / "thesis")
    other = mine.with_name("notes")
    other.mkdir()

    assert not remove_edition(tmp_path, link)
    assert not remove_edition(tmp_path, other)
    assert remove_edition(tmp_path, mine)

    assert other.is_dir()
    assert (tmp_path / "thesis" / "text").read_text() == "years of work"


def test_results_older_than_every_edition_go(
    tmp_path: Path, make_edition: MakeEdition
) -> None:
    """Results of the kept editions stay, and so do files that are no results."""
    kept = make_edition("2026-W41")
    results = tmp_path / "results"
    results.mkdir()
    for name in (RESULT, FLOW_RESULT, "notes.txt", RESULT.replace("match", "audit")):
        (results / name).write_text("{}")
    for name in (RESULT, FLOW_RESULT, "notes.txt"):
        os.utime(results / name, (1, 1))

    assert remove_results(results, [kept]) == 2
    assert [path.name for path in sorted(results.iterdir())] == [
        RESULT.replace("match", "audit"),
        "notes.txt",
    ]
