"""Try the rules on a live database, in one read-only transaction."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from tasks.database.contract import missing_names
from tasks.report.audit.catalogue import Fact, Figure, Need, Rule, with_facts
from tasks.report.audit.results import RuleResult

# columns whose values name a row and tell nothing else of it
ID_COLUMN: Final = re.compile(r"id|city|stage|source|[a-z]\w*(_id|Id)")
_CLOCK: Final = "SELECT clock_timestamp()"
SHOWN_SAMPLES: Final = 5
NEEDS: Final[dict[Need, str]] = {
    Need.EDITION: "needs the edition's processed files, which are not at hand",
    Need.LEDGER: "needs the seeder's ledger, which this database has not",
    Need.WHOLE_WORLD: "holds for a whole world; this one was limited",
}


@dataclass(frozen=True)
class Found:
    """What a rule found, with the values of sampled rows, which stay on a terminal."""

    result: RuleResult
    rows: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)


def begin_reading(connection: psycopg.Connection) -> None:
    """Make the open transaction see one moment of the database, and write nothing."""
    with connection.pipeline():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        connection.execute("SET LOCAL TIME ZONE 'UTC'")
        # queries of a few milliseconds each lose more by compiling than they gain
        connection.execute("SET LOCAL jit = off")


def try_rules(
    connection: psycopg.Connection,
    rules: Sequence[Rule],
    facts: Mapping[str, Fact],
    *,
    lacking: frozenset[Need] = frozenset(),
    samples: int = SHOWN_SAMPLES,
) -> list[Found]:
    """Try each rule that can be tried, all in one round trip.

    Args:
        connection: in a transaction that begin_reading() has opened.
        rules: in the order wanted.
        facts: what the rules name, from gather_facts().
        lacking: what is not at hand; rules that need it are skipped, and say so.
        samples: how many offending rows to keep of a broken rule.
    """
    missing = missing_names(connection)
    skipped = [_why_not(rule, lacking, missing) for rule in rules]
    with connection.pipeline():
        started = connection.execute(_CLOCK)
        asked = [
            None if why else _ask(connection, rule, facts, max(samples, 1))
            for rule, why in zip(rules, skipped, strict=True)
        ]
    moment = _moment(started)
    found: list[Found] = []
    for rule, why, tried in zip(rules, skipped, asked, strict=True):
        if tried is None:
            found.append(_found(rule, [], samples, 0, why))
            continue
        ended = _moment(tried.ended)
        seconds = (ended - moment).total_seconds()
        found.append(_found(rule, tried.offences.fetchall(), samples, seconds, None))
        moment = ended
    return found


def read_figure(
    connection: psycopg.Connection, figure: Figure, facts: Mapping[str, Fact]
) -> float | None:
    """Read a figure's one number; None where there is nothing to measure."""
    statement = with_facts(figure.sql, facts)
    ((number,),) = connection.execute(statement.encode()).fetchall()
    return None if number is None else float(number)


def row_ids(row: Mapping[str, Any]) -> str:
    """Name an offending row by its ids alone."""
    ids = [str(row[name]) for name in row if ID_COLUMN.fullmatch(name) and row[name]]
    return " ".join(ids)


def _why_not(
    rule: Rule, lacking: frozenset[Need], missing: Mapping[str, str]
) -> str | None:
    """Say why a rule cannot be tried on this database; None if it can."""
    needs = [NEEDS[need] for need in Need if need in rule.needs & lacking]
    words = set(re.findall(r"\w+", rule.sql))
    gone = sorted(missing[name] for name in missing.keys() & words)
    needs += [
        f"asks for {name}, which the app's tables no longer have" for name in gone
    ]
    return needs[0] if needs else None


@dataclass(frozen=True)
class _Tried:
    """A rule that was asked about: the cursors that have, or will have, the answer."""

    offences: psycopg.Cursor[dict[str, Any]]  # the first rows, and how many in all
    ended: psycopg.Cursor  # when, by the server's clock


def _ask(
    connection: psycopg.Connection, rule: Rule, facts: Mapping[str, Fact], limit: int
) -> _Tried:
    """Ask for the number of rows that break a rule, and the first in text order."""
    statement = with_facts(
        'SELECT count(*) OVER () AS "violations ", offence.*\n'  # noqa: S608  the catalogue's own text
        f'  FROM (\n{rule.sql}\n) AS offence\n ORDER BY offence::text COLLATE "C"\n'
        f" LIMIT {limit}",
        facts,
    )
    offences = connection.cursor(row_factory=dict_row).execute(statement.encode())
    return _Tried(offences, connection.execute(_CLOCK))


def _moment(asked: psycopg.Cursor) -> datetime:
    ((moment,),) = asked.fetchall()
    return moment


def _found(
    rule: Rule,
    rows: list[dict[str, Any]],
    samples: int,
    seconds: float,
    skipped: str | None,
) -> Found:
    violations = int(rows[0]["violations "]) if rows else 0
    kept = tuple(
        {name: value for name, value in row.items() if name != "violations "}
        for row in rows[:samples]
    )
    result = RuleResult(
        name=rule.name,
        group=rule.group,
        meaning=rule.meaning,
        severity=rule.severity,
        tolerance=rule.tolerance,
        violations=violations,
        samples=tuple(row_ids(row) for row in kept),
        seconds=round(seconds, 3),
        skipped=skipped,
    )
    return Found(result, kept)
