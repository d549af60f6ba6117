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


@pytest.fixture(scope="module")
def faker_audit(
    new_lasting_database: Callable[..., Target],
    tmp_path_factory: pytest.TempPathFactory,
    prefect_api: str,
) -> AuditResult:
    """What the audit finds in a world of the Faker source, on all continents."""
    folder = tmp_path_factory.mktemp("faker")
    database = new_lasting_database(tables=False)
    program = Program(
        folder / "home", folder / "prefect", {"PREFECT_API_URL": prefect_api}
    ).seeing(DATABASE_URL=database.url)
    program.run(
        *("--source", "faker", "--edition", "faker", "--as-of", "2026-11-16"),
        *("--create-tables", "--cities", *CITIES),
    )
    path = folder / "audit.json"
    program.run("audit", "--json", str(path), code=1)
    return AuditResult.model_validate(json.loads(path.read_text()))


def test_faker_loses_text_and_culture(faker_audit: AuditResult) -> None:
    """The audit says of Faker's world that its texts are templates."""
    missed = {metric.name for metric in faker_audit.missed}
    assert {"near-repeated-descriptions", "template-share"} <= missed
    assert {metric.group for metric in faker_audit.missed} <= LOST


def test_faker_keeps_all_else(faker_audit: AuditResult) -> None:
    """Geography, time, money, capacity and counters hold in Faker's world too."""
    assert {rule.group for rule in faker_audit.broken} <= LOST
    tried = {rule.group for rule in faker_audit.rules if rule.skipped is None}
    assert {"geography", "time", "money", "capacity", "counters", "social"} <= tried


def test_faker_world_as_a_foil(tmp_path: Path) -> None:
    """The Faker foil is a world of its own, with every figure to compare."""
    cities = (LocationSlug("lisbon"), LocationSlug("berlin"))
    foil = make_faker_world(Settings(home=tmp_path), AS_OF, cities)
    assert set(foil.people["city"]) == {"lisbon", "berlin"}
    unmeasured = [one.name for one in METRICS if one.measure(foil).value is None]
    assert unmeasured == []
