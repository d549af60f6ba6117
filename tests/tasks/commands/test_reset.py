"""Reset removes the edition named, and never follows a way out of SEED_HOME."""

from pathlib import Path

import pytest

from tasks.commands.reset import reset
from tasks.errors import InputError, RefusedError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    for name in ("spring", "autumn"):
        made = folder / "editions" / name / "tables"
        made.mkdir(parents=True)
        (made / "User.parquet").write_text("rows")
    monkeypatch.setenv("SEED_HOME", str(folder))
    return folder


def test_reset_removes_one_edition(home: Path) -> None:
    """The edition named goes; the others, and what lies beside, stay."""
    assert reset("spring") == 0

    assert [path.name for path in (home / "editions").iterdir()] == ["autumn"]


@pytest.mark.parametrize("name", ["", "..", "../home", "/", "summer"])
def test_reset_needs_the_name_of_an_edition(home: Path, name: str) -> None:
    """Any other name, and any way up, is refused."""
    with pytest.raises(InputError):
        reset(name)

    assert len(list((home / "editions").iterdir())) == 2


def test_reset_does_not_follow_links(home: Path, tmp_path: Path) -> None:
    """A link among the editions is refused, and what it points to stays."""
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis").write_text("years of work")
    (home / "editions" / "linked").symlink_to(mine)
    (home / "editions" / "spring" / "link").symlink_to(mine)

    with pytest.raises(RefusedError, match="is a link"):
        reset("linked")
    reset("spring")

    assert (mine / "thesis").read_text() == "years of work"
