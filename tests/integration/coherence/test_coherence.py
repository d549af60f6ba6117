"""The seeded database, audited by SQL that shares no code with what made it."""

from collections.abc import Generator

import psycopg
import pytest
from measures import Band, load_bands
from rulebook import Row, Rule, find_offences, load_rules, open_audit

SAMPLES = 3  # offending rows shown in a failure


@pytest.fixture(scope="module")
def audit(seeded_database: str) -> Generator[psycopg.Connection[Row]]:
    """A read-only session on the database seeded with the full recorded edition."""
    with open_audit(seeded_database) as connection:
        yield connection


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.name)
def test_rule_holds(audit: psycopg.Connection[Row], rule: Rule) -> None:
    """No row of the seeded database breaks a rule of the design."""
    offences = find_offences(audit, rule)
    assert not offences, f"{rule.meaning} {len(offences)} rows: {offences[:SAMPLES]}"


@pytest.mark.parametrize("band", load_bands(), ids=lambda band: band.name)
def test_band_holds(audit: psycopg.Connection[Row], band: Band) -> None:
    """The figures of the seeded world lie in the bands of a truthful one."""
    value = band.measure(audit)
    assert band.holds(value), (
        f"{band.meaning} {value}, not {band.least:g} to {band.greatest:g}"
    )
