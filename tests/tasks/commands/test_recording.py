"""`export` and `import`, by the command line: the same world elsewhere, for nothing."""

import json
from pathlib import Path

import pytest

from tasks.commands.line import command_line
from tasks.commands.settle import read_settled
from tasks.generate.answers import answer_path, manifest_path
from tasks.generate.communities import make_communities
from tasks.generate.drafts import PassName
from tasks.generate.source import Source
from tasks.generate.users import make_users
from tasks.generate.venues import make_venues

CITIES = ("berlin", "lisbon")
EDITION = {
    "edition": "2026-W47",
    "as_of": "2026-11-16T00:00:00Z",
    "seed": "s",
    "source": "faker",
    "options": {
        "people": None,
        "communities": None,
        "cities": list(CITIES),
        "skip_city": [],
        "min_events_per_city": 15,
    },
}


def command(*words: object) -> int:
    def no_flow() -> None:
        raise AssertionError("these commands run no flow")

    return command_line([str(word) for word in words], no_flow)  # type: ignore[arg-type]


def generate(folder: Path, source: Source) -> None:
    make_communities(source, folder, CITIES, "s")
    make_users(source, folder, CITIES, "s")
    make_venues(source, folder, CITIES, "s")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A SEED_HOME with one edition of two cities."""
    home = tmp_path / "home"
    monkeypatch.setenv("SEED_HOME", str(home))
    folder = home / "editions" / "2026-W47"
    generate(folder, Source.FAKER)
    (folder / "edition.json").write_text(json.dumps(EDITION))
    return home


@pytest.fixture
def exported(home: Path, tmp_path: Path) -> Path:
    """That edition's file."""
    path = tmp_path / "w47.jsonl"
    assert command("export", "--edition", "2026-W47", "--to", path) == 0
    assert home.is_dir()
    return path


def test_an_imported_edition_is_the_same_world(
    exported: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Day, seed and options as they were, and its passes give the same answers."""
    monkeypatch.setenv("SEED_HOME", str(tmp_path / "other"))
    assert command("import", exported) == 0
    folder = tmp_path / "other" / "editions" / "2026-W47"
    was = read_settled(home / "editions" / "2026-W47")
    now = read_settled(folder)
    assert was is not None
    assert now == was.model_copy(update={"source": Source.RECORDED})
    generate(folder, Source.RECORDED)
    for pass_name in PassName:
        assert json.loads(manifest_path(folder, pass_name).read_text())["made"] == 2
        for city in CITIES:
            mine = answer_path(folder, pass_name, city)
            theirs = answer_path(home / "editions" / "2026-W47", pass_name, city)
            assert mine.read_bytes() == theirs.read_bytes()
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["editions"]


def test_an_edition_that_is_there_is_kept(
    exported: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It may have been paid for; another name is the way."""
    before = (home / "editions" / "2026-W47" / "edition.json").read_bytes()
    assert command("import", exported) == 2
    assert "reset --yes-delete 2026-W47" in capsys.readouterr().err
    assert (home / "editions" / "2026-W47" / "edition.json").read_bytes() == before
    assert command("import", exported, "--edition", "demo") == 0
    settled = read_settled(home / "editions" / "demo")
    assert settled is not None
    assert settled.edition == "demo"


@pytest.mark.parametrize("name", ["../x", "a/b", ".."])
def test_an_edition_cannot_be_imported_elsewhere(
    exported: Path, home: Path, tmp_path: Path, name: str
) -> None:
    """A name that leads out of the folder of editions writes nothing."""
    before = sorted(tmp_path.rglob("*"))
    assert command("import", exported, "--edition", name) == 2
    assert sorted(tmp_path.rglob("*")) == before
    assert home.is_dir()


@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_bad_file_writes_nothing(
    exported: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    damage: str,
) -> None:
    """One message, and no half of an edition."""
    other = tmp_path / "other"
    monkeypatch.setenv("SEED_HOME", str(other))
    exported.unlink() if damage == "gone" else exported.write_bytes(
        exported.read_bytes()[:5000]
    )
    assert command("import", exported) == 2
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert said.count("\n") == 1
    assert not other.exists()


def test_a_killed_import_is_done_again(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it left aside is in nobody's way."""
    other = tmp_path / "other"
    monkeypatch.setenv("SEED_HOME", str(other))
    left = other / "importing" / "2026-W47" / "recording" / "users" / "paris.json"
    left.parent.mkdir(parents=True)
    left.write_text("{")
    assert command("import", exported) == 0
    recording = other / "editions" / "2026-W47" / "recording"
    assert sorted(path.name for path in (recording / "users").iterdir()) == [
        "berlin.json",
        "lisbon.json",
    ]


def test_without_an_edition_there_is_nothing_to_export(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message says how to make one."""
    monkeypatch.setenv("SEED_HOME", str(tmp_path / "none"))
    assert command("export") == 2
    assert "python flows/seed.py" in capsys.readouterr().err
