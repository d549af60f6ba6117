"""The full recorded edition, audited by the command as a person runs it."""

import json
from pathlib import Path

import bcrypt
import psycopg
import pytest
from program import Program, Seeded

from tasks.report.audit.results import AuditResult

DEMO_EMAIL = "demo@rsvped.app"
DEMO_PASSWORD = b"DemoUser123!"  # public: it stands on the app's demo button
LONGEST_S = 240  # a hung audit must not hold the tests; it takes ten


@pytest.fixture(scope="module")
def audited(
    seeded_edition: Seeded, tmp_path_factory: pytest.TempPathFactory
) -> AuditResult:
    """What the audit command finds in the full recorded edition."""
    folder = tmp_path_factory.mktemp("audit")
    program = Program(seeded_edition.home, folder / "prefect").seeing(
        DATABASE_URL=seeded_edition.database.url, COLUMNS="120"
    )
    path = folder / "audit.json"
    process = program.start("audit", "--edition", "full", "--json", str(path))
    output, _ = process.communicate(timeout=LONGEST_S)
    assert process.returncode in (0, 1), output
    return AuditResult.model_validate(json.loads(path.read_text()))


def test_every_rule_holds(audited: AuditResult) -> None:
    """No row of the full edition breaks a rule, and every rule was tried."""
    assert {rule.name: rule.samples for rule in audited.broken} == {}
    assert [rule.name for rule in audited.rules if rule.skipped] == []
    assert len(audited.rules) > 100


def test_every_figure_lies_in_its_band(audited: AuditResult) -> None:
    """The full edition keeps the coherence contract."""
    missed = {one.name: (one.value, one.low, one.high) for one in audited.missed}
    assert missed == {}
    assert [one.name for one in audited.metrics if one.value is None] == []


def test_audit_lies_in_the_edition(
    audited: AuditResult, seeded_edition: Seeded
) -> None:
    """audit.json of the edition's folder is what the command found."""
    path: Path = seeded_edition.home / "editions" / "full" / "audit.json"
    assert AuditResult.model_validate(json.loads(path.read_text())) == audited


def test_demo_user_logs_in(seeded_database: str) -> None:
    """The demo button's password opens Alex's account."""
    with psycopg.connect(seeded_database) as connection:
        row = connection.execute(
            'SELECT password FROM "User" WHERE email = %s', [DEMO_EMAIL]
        ).fetchone()
    assert row is not None
    assert bcrypt.checkpw(DEMO_PASSWORD, row[0].encode())
