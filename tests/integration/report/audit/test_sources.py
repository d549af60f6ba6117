"""What the audit says of worlds that lack coherence: Faker's, and the foils."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from program import Program

from matching.vocabulary import LocationSlug
from tasks.database.connect import Target
from tasks.report.audit.foils import make_faker_world
from tasks.report.audit.metrics import METRICS
from tasks.report.audit.results import AuditResult
from tasks.settings import Settings

AS_OF = datetime(2026, 11, 16, tzinfo=UTC)
LOST = {"culture", "text", "recommendations"}  # what Faker cannot give
CITIES = ("lisbon", "berlin", "tokyo", "nairobi", "nyc", "sp", "mumbai", "sydney")


Audit = Callable[..., AuditResult]


@pytest.fixture
def audit_faker(program: Program, database: Target) -> Audit:
    """Makes a world of the Faker source, and gives what the audit finds in it."""

    def audit(*words: str, code: int) -> AuditResult:
        running = program.seeing(DATABASE_URL=database.url)
        running.run(
            *("--source", "faker", "--edition", "faker", "--as-of", "2026-11-16"),
            *words,
        )
        path = program.home / "audit.json"
        running.run("audit", "--json", str(path), code=code)
        return AuditResult.model_validate(json.loads(path.read_text()))

    return audit


@pytest.mark.whole
def test_faker_loses_text_and_culture(audit_faker: Audit) -> None:
    """The audit says of Faker's whole world that its texts are templates."""
    found = audit_faker(code=1)
    missed = {metric.name for metric in found.missed}
    assert {"near-repeated-descriptions", "template-share"} <= missed
    assert {metric.group for metric in found.missed} <= LOST
    assert {rule.group for rule in found.broken} <= LOST


def test_faker_keeps_all_else(audit_faker: Audit) -> None:
    """Geography, time, money, capacity and counters hold in Faker's world too."""
    found = audit_faker("--cities", *CITIES, code=0)
    assert {rule.group for rule in found.broken} <= LOST
    tried = {rule.group for rule in found.rules if rule.skipped is None}
    assert {"geography", "time", "money", "capacity", "counters", "social"} <= tried


def test_faker_world_as_a_foil(tmp_path: Path) -> None:
    """The Faker foil is a world of its own, with every figure to compare."""
    cities = (LocationSlug("lisbon"), LocationSlug("berlin"))
    foil = make_faker_world(Settings(home=tmp_path), AS_OF, cities)
    assert set(foil.people["city"]) == {"lisbon", "berlin"}
    unmeasured = [one.name for one in METRICS if one.measure(foil).value is None]
    assert unmeasured == []
