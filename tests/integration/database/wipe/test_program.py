"""The program over other people's databases: it asks early, and says it in a line."""

import pytest
from program import Program
from scene import PEOPLE, Scene

WORLD = (
    "--source",
    "recorded",
    "--edition",
    "three",
    "--as-of",
    "2026-11-16",
    "--cities",
    "dublin",
    "lisbon",
    "tokyo",
)


@pytest.mark.whole
def test_the_program_asks_before_it_makes_anything(
    scene: Scene, program: Program
) -> None:
    """Nothing is generated where the wipe would be refused; with leave it goes on."""
    running = program.seeing(DATABASE_URL=scene.target.url)
    name = scene.target.display
    scene.do(PEOPLE)
    scene.do(
        """INSERT INTO "Rsvp" (id, "eventId", "userId", email)
        SELECT 'zoe-comes', id, 'zoe', 'zoe@mail.test' FROM "Event"
        WHERE slug = 'bits-1'"""
    )
    before = scene.rows()
    people = scene.foreign()

    said = running.run(*WORLD, "--wipe", "seeded", code=1)
    assert "1 in Rsvp.eventId -> Event" in said
    assert "--release" in said
    said = running.run(*WORLD, "--wipe", "all", "--confirm-database", "app", code=2)
    assert f"in the database '{name}'" in said
    running.run("database", "protect")
    said = running.run(*WORLD, "--wipe", "seeded", "--release", code=1)
    assert "is protected" in said
    assert scene.rows() == before
    assert not (program.home / "editions" / "three" / "batches").exists()

    running.run("database", "unprotect", "--confirm-database", name)
    said = running.run(*WORLD, "--wipe", "seeded", "--release")
    assert "released" in said
    theirs = {row[0] for row in people["Rsvp"]}
    assert theirs <= {row[0] for row in scene.rows()["Rsvp"]}
    assert len(scene.do("SELECT DISTINCT world_id FROM rsvped_seed.stage")) == 1

    said = running.run(*WORLD, "--wipe", "all", "--confirm-database", name)
    assert "rows deleted" in said
    assert scene.do("""SELECT id FROM "User" WHERE id IN ('zoe', 'yan')""") == []
    assert scene.ledger()["released"] == []
    assert len(scene.ledger()["stage"]) == 10
