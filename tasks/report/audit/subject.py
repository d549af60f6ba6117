"""What is audited: the one world that a database holds, as its ledger tells."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import psycopg

from tasks.database.ledger import Ledger, StageRow, read_ledger
from tasks.errors import DatabaseError
from tasks.report.audit.references import WorldFacts
from tasks.settings import MIN_EVENTS_PER_CITY
from tasks.stages import STAGES

LIMITS = ("people", "communities", "cities", "skip_city")


@dataclass(frozen=True)
class Subject:
    """One audited world."""

    facts: WorldFacts
    edition: str | None = None  # None: the database was not filled by the seeder
    world_id: str | None = None
    source: str | None = None
    is_whole: bool = True  # not limited to some cities, people or communities

    @property
    def has_ledger(self) -> bool:
        """Whether the seeder's ledger tells of this world."""
        return self.world_id is not None


def read_subject(connection: psycopg.Connection, as_of: date | None) -> Subject:
    """Read off the ledger which world a database holds.

    Args:
        connection: to the database.
        as_of: the world's now where there is no ledger; with one it is not used.

    Raises:
        DatabaseError: The database holds no world, several, or one loaded in part.
    """
    try:
        ledger = read_ledger(connection)
    except psycopg.errors.InsufficientPrivilege as error:
        raise DatabaseError(
            f"the ledger may not be read ({error.diag.message_primary}); grant this "
            "role USAGE on the schema rsvped_seed and SELECT on its tables"
        ) from error
    if ledger is not None and ledger.stages:
        return _recorded_subject(ledger)
    if as_of is None:
        raise DatabaseError(
            "the seeder has filled nothing here: fill the database first "
            "(python flows/seed.py), or, to audit what others put there, give the "
            "day to judge it by: --as-of YYYY-MM-DD"
        )
    return Subject(WorldFacts(datetime.combine(as_of, time(), UTC)))


def _recorded_subject(ledger: Ledger) -> Subject:
    rows = list(ledger.stages.values())
    if len({row.world_id for row in rows}) > 1 or len(ledger.worlds) > 1:
        names = sorted(
            {f"{world.edition} ({world.world_id})" for world in ledger.worlds}
        )
        raise DatabaseError(
            f"the database holds {len(names)} worlds, {', '.join(names)}; an audit is "
            "of one: replace them by one with --wipe seeded"
        )
    missing = [stage.name for stage in STAGES if stage.name not in ledger.stages]
    if missing:
        raise DatabaseError(
            f"edition {rows[0].edition!r} is loaded in part, {', '.join(missing)} "
            f"missing; finish it: python flows/seed.py --edition {rows[0].edition}"
        )
    weeks = sum(world.slid_weeks for world in ledger.worlds)  # it is one
    as_of = rows[0].as_of + timedelta(weeks=weeks)
    return Subject(
        WorldFacts(as_of, rows[0].tag, weeks),
        rows[0].edition,
        rows[0].world_id,
        rows[0].source,
        _is_whole(rows[0]),
    )


def _is_whole(row: StageRow) -> bool:
    limited = any(row.options.get(name) for name in LIMITS)
    per_city = row.options.get("min_events_per_city", MIN_EVENTS_PER_CITY)
    return not limited and per_city == MIN_EVENTS_PER_CITY
