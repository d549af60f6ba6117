"""What an audit prints, and what it keeps to itself."""

from datetime import UTC, datetime
from io import StringIO

import pytest
from rich.console import Console

from tasks.report.audit.checking import Found, row_ids
from tasks.report.audit.conduct import Audit
from tasks.report.audit.results import (
    AuditResult,
    MetricResult,
    RuleResult,
    Severity,
)
from tasks.report.audit.show import print_audit


def rule(**changes: object) -> RuleResult:
    """A rule that two rows break."""
    fields = {
        "name": "no-spam",
        "group": "text",
        "meaning": "No text is spam.",
        "severity": Severity.ERROR,
        "tolerance": 0,
        "violations": 2,
        "samples": ("id-1",),
    }
    return RuleResult.model_validate(fields | changes)


def metric(value: float | None, **changes: object) -> MetricResult:
    """A figure between 0.6 and 0.75."""
    fields = {
        "name": "share",
        "group": "text",
        "meaning": "A share.",
        "value": value,
        "low": 0.6,
        "high": 0.75,
        "source": "the design",
    }
    return MetricResult.model_validate(fields | changes)


def printed(*, show_values: bool) -> str:
    """What the terminal shows of one broken rule and one missed figure."""
    found = Found(rule(), ({"id": "id-1", "name": "Ann \x1b[31m[b]Lee"},))
    result = AuditResult(
        edition="small",
        world_id="w",
        as_of=datetime(2026, 11, 16, tzinfo=UTC),
        database="db",
        rules=(found.result,),
        metrics=(metric(0.5),),
        seconds=1,
    )
    output = StringIO()
    console = Console(file=output, width=200)
    print_audit(console, Audit(result, (found,)), show_values=show_values)
    return output.getvalue()


def test_ids_are_shown_and_values_only_on_demand() -> None:
    """Rows are told by their ids; what stands in them is printed when asked for."""
    assert "id-1" in printed(show_values=False)
    assert "Ann" not in printed(show_values=False)
    assert "Ann" in printed(show_values=True)


def test_values_cannot_steer_the_terminal() -> None:
    """Control characters of a row's text do not reach the terminal, markup as text."""
    shown = printed(show_values=True)
    assert "\x1b" not in shown
    assert "[b]Lee" in shown


def test_missed_figures_are_told_with_their_band() -> None:
    """A figure out of its band is printed with value, band and source."""
    assert "0.5, not 0.6 to 0.75 (the design)" in printed(show_values=False)
    assert "1 of 1 rules broken, 1 of 1 figures out" in printed(show_values=False)


@pytest.mark.parametrize(
    ("value", "holds"),
    [(0.6, True), (0.75, True), (0.59, False), (0.76, False), (None, False)],
)
def test_band_includes_its_ends(value: float | None, holds: object) -> None:
    """A value on the edge of a band lies in it; a missing one never does."""
    assert metric(value).holds is holds


def test_what_has_no_band_is_not_missed() -> None:
    """A figure without a band, or not measured, is no offence."""
    assert metric(None, low=None, high=None, source=None).holds
    assert metric(None, skipped="no answers").holds


def test_tolerance_counts() -> None:
    """A rule holds up to its tolerance, and not beyond."""
    assert rule(tolerance=2).holds
    assert not rule(tolerance=1).holds


def test_ids_alone_name_a_row() -> None:
    """Of a row's columns, only ids, city and source name it."""
    row = {"id": "a", "eventId": "b", "user_id": "c", "email": "d", "name": "e"}
    assert row_ids(row) == "a b c"
    assert row_ids({"source": "Event", "city": "lisbon", "id": None}) == "Event lisbon"
