"""Every moment of the app's schema has its move, and none is made up."""

from tasks.database.contract import expected_tables
from tasks.database.moves import MOVES, Move

TIMESTAMP = "timestamp(3) without time zone"


def test_every_moment_of_the_contract_has_its_move() -> None:
    """A column that the app adds is moved, or left, by decision."""
    expected = {
        (table, column.name)
        for table, columns in expected_tables().items()
        for column in columns.values()
        if column.type == TIMESTAMP
    }
    told = {
        (table, column) for table, moves in MOVES.items() for column in moves.columns
    }
    assert told == expected
    assert len(expected) >= 40


def test_what_moves_with_an_event_says_whose_it_is() -> None:
    """And nothing else does."""
    for table, moves in MOVES.items():
        with_event = {Move.EVENT, Move.MESSAGE} & set(moves.columns.values())
        assert bool(with_event) == (moves.event is not None), table
