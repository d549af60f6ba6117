"""What the database holds decides whether a run goes on, ends or is refused."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tasks.commands.parameters import STAGE_STEPS, Wipe
from tasks.commands.request import Request
from tasks.commands.settle import Settled, settle
from tasks.commands.standing import (
    check_editions,
    check_settled,
    check_world,
    is_complete,
    other_worlds,
    settled_in_ledger,
)
from tasks.database.ledger import DatabaseRow, Ledger, StageRow, WorldRow
from tasks.editions import World
from tasks.errors import RefusedError
from tasks.settings import Settings

NOW = datetime(2026, 11, 16, 3, tzinfo=UTC)
SETTLED = settle(Request(edition="spring"), Settings(home=Path("unused")), NOW, None)
OTHERWISE = settle(
    Request(edition="spring", people=70), Settings(home=Path("unused")), NOW, None
)
WIPING = Request(edition="spring", wipe=Wipe.SEEDED)
ASKED = Request(edition="spring")
DATABASE = DatabaseRow("some-uuid", None, "rsvped", NOW)


def ledger_of(settled: Settled, stages: int, world_id: str = "w1") -> Ledger:
    """A ledger in which so many stages of one world are loaded."""
    rows = {
        str(step): StageRow(
            stage=str(step),
            world_id=world_id,
            tag="0aaaa",
            edition=settled.edition,
            as_of=settled.as_of,
            seed=settled.seed,
            source=settled.source,
            options=settled.options_json(),
            rules_version="r1",
            key="k",
            result_key="k",
            rows={},
            loaded_at=NOW,
        )
        for step in STAGE_STEPS[:stages]
    }
    worlds = (WorldRow(world_id, "0aaaa", settled.edition, NOW),) if stages else ()
    return Ledger(DATABASE, worlds, rows)


def world(world_id: str) -> World:
    return World(
        edition="spring",
        as_of=SETTLED.as_of,
        seed="spring",
        source="recorded",
        options={},
        rules_version="r1",
        world_id=world_id,
        tag="0aaaa",
        stages=(),
    )


def test_the_ledger_gives_back_what_was_settled() -> None:
    """A lost folder is settled anew from the ledger, exactly as it was."""
    assert settled_in_ledger(ledger_of(OTHERWISE, 3), "spring") == OTHERWISE
    assert settled_in_ledger(ledger_of(OTHERWISE, 0), "spring") is None
    assert settled_in_ledger(ledger_of(OTHERWISE, 3), "autumn") is None
    assert settled_in_ledger(None, "spring") is None


def test_only_all_ten_stages_are_complete() -> None:
    """Nothing is to do only when every stage of just this world is there."""
    assert is_complete(ledger_of(SETTLED, 10), SETTLED, "r1")
    assert not is_complete(None, SETTLED, "r1")
    assert not is_complete(ledger_of(SETTLED, 9), SETTLED, "r1")
    assert not is_complete(ledger_of(SETTLED, 10), SETTLED, "r2")
    assert not is_complete(ledger_of(OTHERWISE, 10), SETTLED, "r1")


def test_leftovers_of_another_world_are_not_complete() -> None:
    """Rows of a second world must be wiped first, so the run is not done."""
    ledger = ledger_of(SETTLED, 10)
    two = replace(
        ledger, worlds=(*ledger.worlds, WorldRow("w0", "0bbbb", "winter", NOW))
    )

    assert not is_complete(two, SETTLED, "r1")


def test_another_edition_is_refused_unless_wiped() -> None:
    """Two editions never mix; the message names both and the choices."""
    ledger = ledger_of(SETTLED, 2)

    with pytest.raises(RefusedError, match=r"'spring'.*'autumn'.*--wipe seeded"):
        check_editions(ledger, "autumn", Request(edition="autumn"))
    check_editions(ledger, "autumn", WIPING)
    check_editions(ledger, "spring", ASKED)
    check_editions(None, "autumn", ASKED)


def test_other_options_in_the_database_are_refused_unless_wiped() -> None:
    """A folder that disagrees with the ledger of its edition does not go on."""
    with pytest.raises(RefusedError, match="people 70, now None"):
        check_settled(ledger_of(OTHERWISE, 2), SETTLED, "r1", ASKED)
    check_settled(ledger_of(OTHERWISE, 2), SETTLED, "r1", WIPING)
    check_settled(ledger_of(SETTLED, 2), SETTLED, "r1", ASKED)


def test_changed_rules_are_refused_before_anything_is_made() -> None:
    """Other rules make another world: that is said before it costs a build."""
    with pytest.raises(RefusedError, match=r"rules_version 'r1', now 'r2'"):
        check_settled(ledger_of(SETTLED, 2), SETTLED, "r2", ASKED)
    check_settled(ledger_of(SETTLED, 2), SETTLED, "r2", WIPING)
    check_settled(ledger_of(SETTLED, 0), SETTLED, "r2", ASKED)


def test_unreadable_ledger_options_are_refused() -> None:
    """Options of a newer program are not guessed at."""
    ledger = ledger_of(SETTLED, 1)
    row = next(iter(ledger.stages.values()))
    newer = replace(ledger, stages={row.stage: replace(row, options={"moons": 2})})

    with pytest.raises(RefusedError, match="moons"):
        settled_in_ledger(newer, "spring")


def test_a_world_made_otherwise_is_refused_unless_wiped() -> None:
    """A rebuilt world must be the one that the database holds, or is told why not."""
    ledger = ledger_of(SETTLED, 4)

    check_world(ledger, world("w1"), ASKED)
    with pytest.raises(RefusedError, match="answers"):
        check_world(ledger, world("w2"), ASKED)
    check_world(ledger, world("w2"), WIPING)


def test_the_world_being_loaded_is_never_wiped() -> None:
    """A retry of a partly loaded world finds nothing to wipe but others."""
    assert other_worlds(ledger_of(SETTLED, 4), world("w1")) == []
    assert other_worlds(ledger_of(SETTLED, 4), world("w2")) == ["w1"]
    assert other_worlds(None, world("w1")) == []
