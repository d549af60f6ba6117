"""The database is asked first: what it holds of this edition, and of others.

A run that could mix two worlds stops here, before it generates anything, and one
whose edition is all there ends here.
"""

from collections.abc import Sequence
from typing import Final

from pydantic import ValidationError

from tasks.commands.parameters import STAGE_STEPS
from tasks.commands.request import Request
from tasks.commands.settle import Settled, describe_differences
from tasks.database.ledger import Ledger, StageRow
from tasks.editions import World
from tasks.errors import RefusedError

CHOICES: Final = (
    "pass --wipe seeded to replace what the seeder made there, or give another "
    "database in DATABASE_URL"
)


def settled_in_ledger(ledger: Ledger | None, edition: str) -> Settled | None:
    """Read off the ledger what an edition was made from, if any of it is there.

    Raises:
        RefusedError: The ledger was written by a program that knew other options.
    """
    rows = _rows_of(ledger, edition)
    if not rows:
        return None
    row = rows[0]
    try:
        return Settled.model_validate(
            {
                "edition": row.edition,
                "as_of": row.as_of,
                "seed": row.seed,
                "source": row.source,
                "options": row.options,
            }
        )
    except ValidationError as error:
        raise RefusedError(
            f"the ledger's options of edition {edition!r} are {row.options!r}, which "
            f"this version cannot read ({error.error_count()} differences); {CHOICES}"
        ) from None


def check_editions(ledger: Ledger | None, edition: str, request: Request) -> None:
    """Refuse to add this edition to a database that holds another.

    Raises:
        RefusedError: Another edition is there, and wiping was not asked for.
    """
    others = [
        world.edition
        for world in (ledger.worlds if ledger else ())
        if world.edition != edition
    ]
    if others and not request.replaces:
        raise RefusedError(
            f"the database holds the edition {_listing(others)}; this run would load "
            f"{edition!r} beside it. Continue that one (--edition {others[0]}), or "
            f"{CHOICES}"
        )


def check_settled(
    ledger: Ledger | None, settled: Settled, rules_version: str, request: Request
) -> None:
    """Refuse to continue an edition that the database holds made otherwise.

    Raises:
        RefusedError: Naming each difference, unless wiping was asked for.
    """
    loaded = settled_in_ledger(ledger, settled.edition)
    if loaded is None or request.replaces:
        return
    differences = describe_differences(_flat(loaded), _flat(settled))
    rules = sorted({row.rules_version for row in _rows_of(ledger, settled.edition)})
    if rules != [rules_version]:
        differences.append(f"rules_version {_listing(rules)}, now {rules_version!r}")
    if differences:
        raise RefusedError(
            f"the database holds edition {settled.edition!r} made otherwise: "
            f"{'; '.join(differences)}. Give another --edition, {CHOICES}"
        )


def is_complete(ledger: Ledger | None, settled: Settled, rules_version: str) -> bool:
    """Say whether the database holds every stage of just this edition's world."""
    rows = _rows_of(ledger, settled.edition)
    return (
        {row.stage for row in rows} == set(STAGE_STEPS)
        and len({row.world_id for row in rows}) == 1
        and all(row.rules_version == rules_version for row in rows)
        and len(ledger.worlds if ledger else ()) == 1
        and settled_in_ledger(ledger, settled.edition) == settled
    )


def check_world(ledger: Ledger | None, world: World, request: Request) -> None:
    """Refuse to load a world of which the database holds another making.

    Raises:
        RefusedError: Saying what differs, unless wiping was asked for.
    """
    if request.replaces or ledger is None:
        return
    others = [row for row in ledger.worlds if row.world_id != world.world_id]
    if not others:
        return
    raise RefusedError(
        f"the database holds edition {others[0].edition!r} as world "
        f"{others[0].world_id!r}, but it is now built as {world.world_id!r}: the "
        "passes' answers or the images changed. Restore them, give another --edition, "
        f"or {CHOICES}"
    )


def other_worlds(ledger: Ledger | None, world: World) -> list[str]:
    """List the ids of the worlds in the database that are not this one."""
    found = ledger.worlds if ledger else ()
    return [row.world_id for row in found if row.world_id != world.world_id]


def _rows_of(ledger: Ledger | None, edition: str) -> list[StageRow]:
    rows = ledger.stages.values() if ledger else ()
    return [row for row in rows if row.edition == edition]


def _flat(settled: Settled) -> dict[str, object]:
    found = settled.model_dump(mode="json")
    options: dict[str, object] = found.pop("options")
    return found | options


def _listing(names: Sequence[str]) -> str:
    return " and ".join(repr(name) for name in dict.fromkeys(names))
