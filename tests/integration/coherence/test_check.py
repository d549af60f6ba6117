"""The script that a person runs while tuning the world."""

import subprocess
import sys
from typing import TYPE_CHECKING

import psycopg
from plant_world import WORLD, fill_small_world
from psycopg.rows import dict_row
from rulebook import HERE, Row

if TYPE_CHECKING:
    from tasks.database.connect import Target


def run_check(conninfo: str) -> subprocess.CompletedProcess[str]:
    """Run check.py as a person does."""
    command = [sys.executable, str(HERE / "check.py"), conninfo]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  our own script


def fill_with_ledger(conninfo: str) -> None:
    """Write the small world, and the ledger's columns that an audit reads."""
    with psycopg.Connection[Row].connect(conninfo, row_factory=dict_row) as connection:
        fill_small_world(connection)
        connection.execute("CREATE SCHEMA rsvped_seed")
        connection.execute(
            "CREATE TABLE rsvped_seed.stage (as_of timestamptz, tag text)"
        )
        connection.execute(
            "INSERT INTO rsvped_seed.stage VALUES (%s, %s)", [WORLD.as_of, WORLD.tag]
        )


def test_check_shows_offences_and_bands(database: "Target") -> None:
    """A broken rule is shown with its rows, a missed band with its value; exit is 1."""
    fill_with_ledger(database.conninfo)
    with psycopg.connect(database.conninfo) as connection:
        connection.execute('UPDATE "EventFeedback" SET rating = 9')
    result = run_check(database.conninfo)
    assert result.returncode == 1, result.stderr
    assert "text/rating-one-to-five: 2 rows" in result.stdout
    assert "rating=9" in result.stdout
    assert "OFF communities" in result.stdout
    assert "1 rules broken" in result.stdout


def test_check_needs_a_seeded_database(database: "Target") -> None:
    """A database that was never seeded gets one clear line, and exit code 2."""
    result = run_check(database.conninfo)
    assert result.returncode == 2
    assert result.stderr.startswith("Not audited: ")
    assert "Traceback" not in result.stderr
