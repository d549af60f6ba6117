"""`slide`: move the seeded world by whole weeks, so that a demo stays fresh."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import polars as pl
import psycopg

from matching.sliding import slide_conflicts, slide_events, weeks_until
from tasks.commands.audit import filled_database
from tasks.database.connect import Target, open_database
from tasks.database.ledger import bring_up_to_date, lock_ledger, read_ledger
from tasks.database.locks import lock_tables
from tasks.database.marker import check_marker
from tasks.database.slide import (
    SlidingWorld,
    count_others,
    read_commitments,
    read_events,
    slide_rows,
)
from tasks.database.turns import take_turn
from tasks.database.vacuum import compact
from tasks.errors import DatabaseError, InputError, RefusedError
from tasks.report.audit.catalogue import load_rules
from tasks.report.audit.checking import NEEDS, try_rules
from tasks.report.audit.references import WorldFacts, gather_facts
from tasks.report.audit.subject import Subject, read_subject
from tasks.settings import read_settings

FARTHEST_WEEKS: Final = 520  # ten years; nobody knows the clocks' changes by then
NEARBY_WEEKS: Final = 8  # how far from the weeks asked for others are looked for
NAMED: Final = 3  # conflicts and rules in a message; the rest is counted
CHECKED_GROUP: Final = "time"  # the audit's rules that a slide answers for


@dataclass(frozen=True)
class Slid:
    """What a slide did, or would do."""

    subject: Subject
    weeks: int
    slid_to: datetime
    rows: dict[str, int]  # changed, per table
    others: dict[str, int]  # rows of visitors that stayed, per table
    broken: tuple[str, ...] = ()  # the rules that these rows break now
    note: str | None = None


def slide(weeks: int | None, edition: str | None, *, dry_run: bool) -> int:
    """Move the world that the database holds, and say what was done.

    Args:
        weeks: how many; None for as many as bring its day nearest to today.
        edition: refuse unless the database holds this one.
        dry_run: say what would be done, change nothing.
    """
    if weeks is not None and weeks > FARTHEST_WEEKS:
        raise InputError(f"--weeks {weeks} is too far; give at most {FARTHEST_WEEKS}")
    with (
        filled_database(read_settings()) as target,
        take_turn(target, "slide", _tell),
    ):
        now = datetime.now(UTC)  # noqa: TID251  a person asks for today's
        done = slide_world(target, weeks, edition, now=now, dry_run=dry_run)
    for line in _lines(done, dry_run=dry_run):
        sys.stdout.write(f"{line}\n")
    return 0


def slide_world(
    target: Target,
    weeks: int | None,
    edition: str | None,
    *,
    now: datetime,
    dry_run: bool = False,
) -> Slid:
    """Move the world that a database holds, in one transaction.

    Args:
        target: the database.
        weeks: how many; None for as many as bring its day nearest to now's.
        edition: the one expected there; None for any.
        now: the moment that decides how many weeks.
        dry_run: look only.

    Raises:
        DatabaseError: The database holds no world, a part of one, or several.
        InputError: It holds another edition.
        RefusedError: The ledger is another database's, or the world cannot be moved
            so far without contradicting itself. Nothing is changed.
    """
    with (
        open_database(target) as connection,
        connection.transaction(force_rollback=dry_run),
    ):
        lock_ledger(connection)
        subject = _whole_subject(connection, edition)
        as_of = subject.facts.as_of
        weeks = weeks_until(as_of, now.date()) if weeks is None else weeks
        slid_to = as_of + timedelta(weeks=weeks)
        if weeks == 0:
            return Slid(subject, 0, slid_to, {}, {})
        world = _world(subject, weeks)
        if not dry_run:
            lock_tables(connection)
        events = read_events(connection, world)
        commitments = read_commitments(connection, world)
        _check_conflicts(subject, events, commitments, weeks)
        others = count_others(connection, world)
        if dry_run:
            return Slid(subject, weeks, slid_to, {}, others)
        rows = slide_rows(connection, world, events)
        broken = _broken_rules(connection, world, subject, weeks)
        if broken and not others:
            raise RefusedError(
                f"{weeks} weeks on, the world would break {_named(broken)}; nothing "
                "was changed. Give other --weeks, or replace the world: python "
                "flows/seed.py --wipe seeded"
            )
    note = _give_space_back(target, rows)
    return Slid(subject, weeks, slid_to, rows, others, tuple(broken), note)


def _give_space_back(target: Target, tables: Iterable[str]) -> str | None:
    """Compact the tables; what the world is does not hang on it."""
    try:
        with open_database(target, autocommit=True) as connection:
            compact(connection, tables)
    except DatabaseError as error:
        return f"the old rows' space was not all given back: {error}"
    return None


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _whole_subject(connection: psycopg.Connection, edition: str | None) -> Subject:
    """Read which world is there, and refuse one that must not be changed."""
    subject = read_subject(connection, None)
    ledger = read_ledger(connection)
    if ledger is None:
        raise DatabaseError("the seeder's ledger is gone; fill the database first")
    if edition not in (None, subject.edition):
        raise InputError(
            f"the database holds edition {subject.edition!r}, not {edition!r}; give "
            "that one, or another database in DATABASE_URL"
        )
    check_marker(connection, ledger.database)
    bring_up_to_date(connection)
    return subject


def _world(subject: Subject, weeks: int) -> SlidingWorld:
    facts = subject.facts
    if subject.world_id is None or facts.tag is None:
        raise DatabaseError("the ledger names no world; fill the database first")
    return SlidingWorld(
        subject.world_id, facts.tag, facts.as_of, facts.as_of + timedelta(weeks=weeks)
    )


def _check_conflicts(
    subject: Subject, events: pl.DataFrame, commitments: pl.DataFrame, weeks: int
) -> None:
    """Refuse weeks after which events would clash that do not now."""
    as_of = subject.facts.as_of

    def conflicts(ahead: int) -> list[str]:
        slid_to = as_of + timedelta(weeks=ahead)
        moved = slide_events(events, as_of, slid_to)
        return slide_conflicts(moved, commitments, slid_to)

    found = conflicts(weeks)
    if not found:
        return
    nearby = sorted(
        range(max(1, weeks - NEARBY_WEEKS), weeks + NEARBY_WEEKS + 1),
        key=lambda other: (abs(other - weeks), other),
    )
    free = next((w for w in nearby if not conflicts(w)), None)
    advice = (
        f"{free} weeks are the nearest that work: --weeks {free}"
        if free is not None
        else "replace the world: python flows/seed.py --wipe seeded"
    )
    raise RefusedError(
        f"the world cannot be moved by {weeks} weeks, since clocks change on other "
        f"dates in other cities: {_named(found)}. Nothing was changed; {advice}"
    )


def _broken_rules(
    connection: psycopg.Connection, world: SlidingWorld, subject: Subject, weeks: int
) -> list[str]:
    """Name the audit's time rules that the moved rows break."""
    connection.execute("SET LOCAL TIME ZONE 'UTC'")
    connection.execute("SET LOCAL jit = off")
    facts = WorldFacts(world.slid_to, world.tag, subject.facts.slid_weeks + weeks)
    rules = [rule for rule in load_rules() if rule.group == CHECKED_GROUP]
    found = try_rules(
        connection, rules, gather_facts(facts, {}), lacking=frozenset(NEEDS)
    )
    return [
        f"{one.result.name} ({one.result.violations} rows)"
        for one in found
        if one.result.violations > one.result.tolerance
    ]


def _named(found: list[str]) -> str:
    more = f"; and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return "; ".join(found[:NAMED]) + more


def _lines(done: Slid, *, dry_run: bool) -> Iterator[str]:
    old, new = done.subject.facts.as_of.date(), done.slid_to.date()
    name = f"edition {done.subject.edition}"
    if done.weeks == 0:
        yield f"{name} stays as of {old}: no whole week has passed since"
        return
    weeks = f"{done.weeks} week{'s' if done.weeks > 1 else ''}"
    if dry_run:
        yield f"{name}: would move by {weeks}, from as of {old} to as of {new}"
    else:
        yield f"{name}: moved by {weeks}, from as of {old} to as of {new}"
        yield from (f"  {table:<22} {rows:>9,}" for table, rows in done.rows.items())
        yield f"  {'in all':<22} {sum(done.rows.values()):>9,} rows"
    if done.note:
        yield done.note
    if done.others:
        others = ", ".join(f"{rows:,} {table}" for table, rows in done.others.items())
        yield f"rows that visitors made keep their dates: {others}"
    if done.broken:
        yield f"of these, or of rows on them, tells: {_named(list(done.broken))}"
