"""Conduct an audit: the rules, the figures and their bands, the foils."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

import psycopg

from tasks.errors import InputError
from tasks.report.audit.catalogue import Figure, Need, Rule, load_figures, load_rules
from tasks.report.audit.checking import NEEDS, Found, read_figure, try_rules
from tasks.report.audit.contract import Band, read_contract
from tasks.report.audit.foils import (
    FAKER,
    RANDOM,
    SHUFFLED,
    draw_links,
    make_faker_world,
    shuffle_links,
)
from tasks.report.audit.frames import WorldFrames, read_database
from tasks.report.audit.metrics import METRICS, Measured, Metric
from tasks.report.audit.references import Records, gather_facts
from tasks.report.audit.results import AuditResult, MetricResult
from tasks.report.audit.subject import Subject
from tasks.settings import Settings


@dataclass(frozen=True)
class Scope:
    """How far an audit goes."""

    rules: Sequence[Rule]
    samples: int
    measures: bool = True  # the figures too, not the rules alone


@dataclass(frozen=True)
class Audit:
    """An audit's result, and what stays on the terminal: the offending rows."""

    result: AuditResult
    found: tuple[Found, ...]


def choose_rules(names: Sequence[str]) -> tuple[Rule, ...]:
    """Give the rules named, all if none is.

    Raises:
        InputError: There is no rule of a name.
    """
    rules = load_rules()
    known = {rule.name for rule in rules}
    for name in names:
        if name not in known:
            like = sorted(one for one in known if name in one or one in name)
            raise InputError(
                f"there is no rule {name!r}; "
                + (f"alike are {', '.join(like)}" if like else "audit.json lists all")
            )
    return tuple(rule for rule in rules if not names or rule.name in names)


def conduct(
    connection: psycopg.Connection,
    subject: Subject,
    answers: Mapping[str, Records] | None,
    scope: Scope,
    database: str,
) -> Audit:
    """Audit a database.

    Args:
        connection: in a transaction that begin_reading() has opened.
        subject: the world in it.
        answers: the edition's, from read_answers(); None if they are not at hand.
        scope: how far to go.
        database: how to name it, without its password.
    """
    started = perf_counter()
    facts = gather_facts(subject.facts, answers or {})
    lacking = _lacking(subject, answers)
    found = try_rules(
        connection, scope.rules, facts, lacking=lacking, samples=scope.samples
    )
    metrics: list[MetricResult] = []
    if scope.measures:
        bands = _bands_for(subject)

        def measure(figure: Figure) -> float | None:
            return read_figure(connection, figure, facts)

        metrics += [
            _figure_result(figure, bands, lacking, measure) for figure in load_figures()
        ]
        frames = read_database(connection, subject.facts.as_of)
        metrics += _metric_results(frames, bands)
    result = AuditResult(
        edition=subject.edition,
        world_id=subject.world_id,
        as_of=subject.facts.as_of,
        database=database,
        rules=tuple(one.result for one in found),
        metrics=tuple(metrics),
        seconds=round(perf_counter() - started, 3),
    )
    return Audit(result, tuple(found))


def measure_foils(
    connection: psycopg.Connection, subject: Subject, settings: Settings
) -> dict[str, dict[str, float | None]]:
    """Measure the three foils of a world; Faker's takes about a minute to build.

    Returns:
        Foil to metric to value.
    """
    world = read_database(connection, subject.facts.as_of)
    foils = {
        SHUFFLED: shuffle_links(world),
        RANDOM: draw_links(world),
        FAKER: make_faker_world(settings, subject.facts.as_of),
    }
    return {
        foil: {metric.name: metric.measure(frames).value for metric in METRICS}
        for foil, frames in foils.items()
    }


def _lacking(
    subject: Subject, answers: Mapping[str, Records] | None
) -> frozenset[Need]:
    at_hand = {
        Need.EDITION: answers is not None,
        Need.LEDGER: subject.has_ledger,
        Need.WHOLE_WORLD: subject.is_whole,
    }
    return frozenset(need for need, there in at_hand.items() if not there)


def _bands_for(subject: Subject) -> dict[str, Band]:
    """Give the bands that hold for a world; a limited one has none."""
    if not subject.is_whole:
        return {}
    return {
        name: band
        for name, band in read_contract().items()
        if band.only in {None, subject.source}
    }


def _figure_result(
    figure: Figure,
    bands: Mapping[str, Band],
    lacking: frozenset[Need],
    measure: Callable[[Figure], float | None],
) -> MetricResult:
    skipped = [NEEDS[need] for need in Need if need in figure.needs & lacking]
    measured = Measured(None if skipped else measure(figure))
    return _beside_band(figure, measured, bands, skipped[0] if skipped else None)


def _metric_results(
    world: WorldFrames, bands: Mapping[str, Band]
) -> list[MetricResult]:
    return [_beside_band(one, one.measure(world), bands, None) for one in METRICS]


def _beside_band(
    what: Figure | Metric,
    measured: Measured,
    bands: Mapping[str, Band],
    skipped: str | None,
) -> MetricResult:
    band = bands.get(what.name)
    return MetricResult(
        name=what.name,
        group=what.group,
        meaning=what.meaning,
        value=measured.value,
        table=measured.table,
        low=band.low if band else None,
        high=band.high if band else None,
        source=band.source if band else None,
        skipped=skipped,
    )
