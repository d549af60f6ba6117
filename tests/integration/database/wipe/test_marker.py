"""The marker: made, moved, protected, and brought up from a former version."""

from pathlib import Path

import psycopg
import pytest
from scene import PEOPLE, Scene

from tasks.commands.database import Action
from tasks.commands.database import database as command
from tasks.database.connect import Target, open_database
from tasks.database.ledger import prepare_ledger, read_ledger
from tasks.errors import InputError

FORMER_SHAPE = """
ALTER TABLE rsvped_seed.database DROP COLUMN protected;
DROP TABLE rsvped_seed.released;
"""


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A SEED_HOME of the test's own."""
    monkeypatch.setenv("SEED_HOME", str(tmp_path / "home"))


def test_a_strangers_database_is_protected_and_nothing_else_done(
    database: Target,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The ledger with its marker is made, in a schema of its own."""
    monkeypatch.setenv("DATABASE_URL", database.url)
    assert command(Action.SHOW, None) == 0
    assert "no marker" in capsys.readouterr().out
    assert command(Action.PROTECT, None) == 0
    assert "protected yes" in capsys.readouterr().out
    with psycopg.connect(database.conninfo) as connection:
        ledger = read_ledger(connection)
        assert ledger is not None
        assert ledger.database.protected
        assert (ledger.worlds, ledger.stages) == ((), {})
        rows = connection.execute('SELECT count(*) FROM "User"').fetchone()
        assert rows == (0,)


def test_protection_comes_off_by_name_alone(
    scene: Scene,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Another name, or none, leaves it on."""
    monkeypatch.setenv("DATABASE_URL", scene.target.url)
    command(Action.PROTECT, None)
    for typed in (None, "", "rsvped", scene.target.display.upper()):
        with pytest.raises(InputError, match="typed as confirmation"):
            command(Action.UNPROTECT, typed)
    assert scene.do("SELECT protected FROM rsvped_seed.database") == [(True,)]
    command(Action.UNPROTECT, scene.target.display)
    assert "protected no" in capsys.readouterr().out
    assert sum(scene.wipe().deleted.values()) > 0


def test_nothing_to_unprotect_is_said(
    database: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database without a marker is not given one by taking its protection off."""
    monkeypatch.setenv("DATABASE_URL", database.url)
    with pytest.raises(InputError, match="has no marker"):
        command(Action.UNPROTECT, database.display)
    with psycopg.connect(database.conninfo) as connection:
        assert read_ledger(connection) is None


def test_a_copy_is_adopted_by_name(
    copied: Target,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The marker then names the copy, and keeps its id."""
    monkeypatch.setenv("DATABASE_URL", copied.url)
    command(Action.SHOW, None)
    assert "at home   no" in capsys.readouterr().out
    with pytest.raises(InputError, match=f"in the database '{copied.display}'"):
        command(Action.ADOPT, "another")
    command(Action.ADOPT, copied.display)
    assert "at home   yes" in capsys.readouterr().out


def test_a_ledger_of_the_former_version_is_brought_up(scene: Scene) -> None:
    """It is read as it is; who writes to it gives it what it lacks, and keeps all."""
    scene.do(PEOPLE)
    before = scene.ledger()
    scene.do(FORMER_SHAPE)
    with psycopg.connect(scene.target.conninfo) as connection:
        ledger = read_ledger(connection)
        assert ledger is not None
        assert not ledger.database.protected
    with open_database(scene.target) as connection, connection.transaction():
        prepare_ledger(connection)
    assert scene.ledger() == before
    scene.do(FORMER_SHAPE)
    assert sum(scene.wipe(release=True).deleted.values()) > 0
    assert scene.ledger()["released"] == []
