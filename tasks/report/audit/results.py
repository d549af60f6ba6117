"""What an audit found: small, printable, and free of the rows' values.

Samples are ids of offending rows, never what stands in the rows, so that a result may
be stored, published as an artifact, or sent to somebody.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from pydantic import Field

from tasks.editions import Manifest, read_model, write_json

AUDIT_FILE: Final = "audit.json"


class Severity(StrEnum):
    """How much a broken rule matters."""

    ERROR = "error"  # a contradiction: nobody may rely on the data
    WARNING = "warning"  # odd to a reader, but nothing breaks


class RuleResult(Manifest):
    """What one rule found."""

    name: str
    group: str  # identity, geography, culture, time, money, ...
    meaning: str  # one sentence: what holds where the rule is kept
    severity: Severity
    tolerance: int  # violations that are still no offence; mostly 0
    violations: int
    samples: tuple[str, ...] = ()  # ids of offending rows
    seconds: float = 0
    skipped: str | None = None  # why the rule was not tried

    @property
    def holds(self) -> bool:
        """Whether the rule is kept; a rule that was not tried is not broken."""
        return self.violations <= self.tolerance


class MetricTable(Manifest):
    """Figures that belong together, as for each spending power."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | float | None, ...], ...]


class MetricResult(Manifest):
    """One figure of the world beside the band in which a truthful world's lies."""

    name: str
    group: str
    meaning: str
    value: float | None  # None: the database holds nothing to measure
    table: MetricTable | None = None  # the figures behind the value
    low: float | None = None  # None: open
    high: float | None = None
    source: str | None = None  # where the band comes from; None: reported without one
    skipped: str | None = None  # why the figure was not measured

    @property
    def holds(self) -> bool:
        """Whether the value lies in its band, ends included; no value does not."""
        if self.skipped is not None or (self.low is None and self.high is None):
            return True
        if self.value is None:
            return False
        return (self.low is None or self.low <= self.value) and (
            self.high is None or self.value <= self.high
        )


class AuditResult(Manifest):
    """All that one audit found; it stands in audit.json of an edition's folder."""

    edition: str | None  # None: the database was not filled by the seeder
    world_id: str | None
    as_of: datetime
    database: str  # host and name, never its password
    rules: tuple[RuleResult, ...]
    metrics: tuple[MetricResult, ...] = ()
    # foil ("links shuffled", "faker", "links at random") to metric to value
    baselines: Mapping[str, Mapping[str, float | None]] = Field(default_factory=dict)
    seconds: float

    @property
    def broken(self) -> tuple[RuleResult, ...]:
        """The rules that are broken beyond their tolerance."""
        return tuple(rule for rule in self.rules if not rule.holds)

    @property
    def missed(self) -> tuple[MetricResult, ...]:
        """The metrics outside their bands."""
        return tuple(metric for metric in self.metrics if not metric.holds)

    @property
    def is_clean(self) -> bool:
        """Whether nothing contradicts anything."""
        return not self.broken and not self.missed


def write_audit(folder: Path, result: AuditResult) -> Path:
    """Write a result into an edition's folder; give the file."""
    path = folder / AUDIT_FILE
    write_json(path, result.model_dump(mode="json"))
    return path


def read_audit(folder: Path) -> AuditResult | None:
    """Read the last audit of an edition, if there was one."""
    path = folder / AUDIT_FILE
    return read_model(path, AuditResult) if path.is_file() else None
