"""How often a run waits for its database: what 50 ms of latency would cost."""

from collections.abc import Callable
from typing import Final

import pytest
from program import Program, Seeded
from relay import relay_to

from tasks.database.connect import Target

MOST: Final = 50  # of a whole run, the ledger, the checks and the audit included


def test_three_cities(program: Program, new_database: Callable[..., Target]) -> None:
    """Whatever the rows, a stage asks twice: what is there, and here is the rest."""
    with relay_to(new_database()) as relay:
        running = program.seeing(DATABASE_URL=relay.before().url)
        output = running.run(
            *("--source", "recorded", "--edition", "three", "--as-of", "2026-11-16"),
            *("--cities", "lisbon", "tokyo", "berlin"),
        )
    assert "✓ audit" in output
    assert relay.round_trips <= MOST, relay.round_trips
    assert relay.connections == 2  # one works, one holds the turn


@pytest.mark.whole
def test_the_full_edition(
    seeded_edition: Seeded, program: Program, new_database: Callable[..., Target]
) -> None:
    """A table too large for one statement takes two more, and few are as large."""
    with relay_to(new_database()) as relay:
        running = Program(seeded_edition.home, program.prefect_home, program.environ)
        output = running.seeing(DATABASE_URL=relay.before().url).run(
            *seeded_edition.arguments
        )
    assert "✓ audit" in output
    assert relay.round_trips <= MOST, relay.round_trips
