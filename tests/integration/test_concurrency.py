"""Runs beside runs: each waits for its turn, says for whom, and all end well."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import pytest
from halts import ledger_held, loaded_at, wait_for_waiter
from program import Program, finish, read_until
from test_resume import digest_tables

if TYPE_CHECKING:
    from tasks.database.connect import Target

CITIES: Final = ("--source", "recorded", "--cities", "lisbon", "tokyo", "berlin")
WEEK: Final = ("--edition", "2026-W47", "--as-of", "2026-11-16", *CITIES)
NEXT_WEEK: Final = ("--edition", "2026-W48", "--as-of", "2026-11-23", *CITIES)
WAITS_FOR_TURN: Final = "is filling this database; waiting for it to end"
WAITS_FOR_FOLDER: Final = "is using edition '2026-W47'"
GOES_ON: Final = "it has ended; going on"


def test_runs_beside_each_other(
    program: Program, new_database: Callable[..., "Target"]
) -> None:
    """One world loaded by two runs at once, and by a third elsewhere, is one world.

    The second run fills the same database from another folder; the third fills
    another database from the same folder. Both say for whom they wait.
    """
    here, there = new_database(), new_database()
    first = program.seeing(DATABASE_URL=here.url)
    rival = first.at(program.home.with_name("another-home"))
    with ledger_held(here) as release:
        loading = first.start(*WEEK)
        wait_for_waiter(here, loading)
        in_line = rival.start(*WEEK)
        reading = program.seeing(DATABASE_URL=there.url).start(*WEEK)
        said = read_until(in_line, WAITS_FOR_TURN)
        assert "rsvped-seed 2026-W47" in said
        read_until(reading, WAITS_FOR_FOLDER)
        release()
        assert WAITS_FOR_TURN not in finish(loading)
        times = loaded_at(here)
        assert GOES_ON in finish(in_line)
        assert GOES_ON in finish(reading)
    assert loaded_at(here) == times  # no stage twice
    assert digest_tables(here) == digest_tables(there)


@pytest.mark.whole
def test_another_edition_waits_or_refuses(
    program: Program, new_database: Callable[..., "Target"]
) -> None:
    """Last week's run ends in peace; this week's then replaces it, or refuses."""
    database, undisturbed = new_database(), new_database()
    runs = program.seeing(DATABASE_URL=database.url)
    with ledger_held(database) as release:
        loading = runs.start(*WEEK)
        wait_for_waiter(database, loading)
        replacing = runs.start(*NEXT_WEEK, "--wipe", "seeded")
        read_until(replacing, WAITS_FOR_TURN)
        release()
        finish(loading)
        assert "rows of other worlds deleted" in finish(replacing)
        refused = runs.run(*WEEK, code=1)
        assert "the database holds the edition '2026-W48'" in refused
    program.seeing(DATABASE_URL=undisturbed.url).run(*NEXT_WEEK)
    assert digest_tables(database) == digest_tables(undisturbed)
