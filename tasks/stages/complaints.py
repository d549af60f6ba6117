"""What a database has against a stage's rows, in words that a person can act on."""

from typing import Final

import psycopg

from tasks.database.ledger import StageRow
from tasks.editions import World

# what makes two worlds of one edition name differ
WORLD_FACTS: Final = ("as_of", "seed", "source", "options", "rules_version")
CONTEXT_CHARACTERS: Final = 200  # of what the server says; a value in it may be long


def other_world(row: StageRow, world: World) -> str:
    """Say which world is there, and in what it differs from the one to be loaded."""
    differing = [
        f"{fact} is {getattr(row, fact)!r} there and {getattr(world, fact)!r} here"
        for fact in WORLD_FACTS
        if getattr(row, fact) != getattr(world, fact)
    ]
    return (
        f"the database holds edition {row.edition!r} (world {row.world_id}), and this "
        f"is edition {world.edition!r} (world {world.world_id}): "
        + ("; ".join(differing) or "the answers of the passes or the images differ")
        + f". Go on with --edition {row.edition} and its options, replace it with "
        "--wipe seeded, or give another database"
    )


def collision(stage: str, error: psycopg.errors.IntegrityError) -> str:
    """Say which rows are in whose way."""
    diag = error.diag
    if isinstance(error, psycopg.errors.UniqueViolation):
        advice = (
            "rows that the seeder did not make are in the way: rename or remove them, "
            "or give another database"
        )
    elif isinstance(error, psycopg.errors.ForeignKeyViolation):
        advice = (
            "rows of an earlier stage were removed: run again with --wipe seeded, so "
            "that all stages are loaded anew"
        )
    else:
        advice = "compare the table with the app's migrations"
    return (
        f"stage {stage!r}: table {diag.table_name!r}, constraint "
        f"{(diag.constraint_name or diag.column_name)!r}: "
        f"{diag.message_detail or diag.message_primary} Nothing of it was kept; "
        f"{advice}"
    )


def misfit(stage: str, error: psycopg.Error) -> str:
    """Say what the server has against a stage's rows, and where it stood."""
    diag = error.diag
    # of a trigger: its function; of a value: the table, its line and its column
    where = (diag.context or "").partition("\n")[0][:CONTEXT_CHARACTERS]
    return (
        f"stage {stage!r}: {diag.message_primary}{f' ({where})' if where else ''}. "
        "Nothing of it was kept; the app has changed its tables or triggers since they "
        "were checked: compare them with its migrations, then run again"
    )
