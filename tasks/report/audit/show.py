"""An audit as a person reads it: on the terminal, and in Prefect's UI."""

from collections.abc import Iterable, Mapping
from typing import Final

from prefect.artifacts import create_markdown_artifact, create_table_artifact
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tasks.report.audit.checking import Found
from tasks.report.audit.conduct import Audit
from tasks.report.audit.results import AuditResult, MetricResult, RuleResult, Severity
from tasks.terminal import one_line

MARKS: Final = {Severity.ERROR: "[red]broken[/]", Severity.WARNING: "[yellow]odd[/]"}


def print_audit(console: Console, audit: Audit, *, show_values: bool) -> None:
    """Print an audit: a line a group, then only what is wrong.

    Args:
        console: where to.
        audit: what was found.
        show_values: whether to print the offending rows besides their ids.
    """
    result = audit.result
    console.print(_groups(result))
    for one in audit.found:
        if not one.result.holds:
            _print_broken(console, one, show_values=show_values)
    for metric in result.missed:
        console.print(
            f"[red]off[/] [bold]{metric.name}[/]: {_value(metric.value)}, not "
            f"{band_text(metric)} ({escape(metric.source or '')})\n"
            f"    {escape(metric.meaning)}"
        )
    if result.baselines:
        console.print(_foils(result))
    for reason, rules in _skipped(result).items():
        console.print(f"[dim]not tried, {len(rules)}: {escape(one_line(reason))}[/]")
    console.print(one_line(verdict(result)))


def verdict(result: AuditResult) -> str:
    """Say in one line how an audit ended."""
    tried = [rule for rule in result.rules if rule.skipped is None]
    banded = [
        metric
        for metric in result.metrics
        if metric.source is not None and metric.skipped is None
    ]
    if result.is_clean:
        figures = f", {len(banded)} figures lie in their bands" if banded else ""
        text = f"clean: {len(tried)} rules hold{figures}"
    else:
        text = (
            f"{len(result.broken)} of {len(tried)} rules broken, "
            f"{len(result.missed)} of {len(banded)} figures out of their bands"
        )
    edition = f"edition {result.edition}" if result.edition else result.database
    return f"{edition}: {text} ({result.seconds:.1f} s)"


def band_text(metric: MetricResult) -> str:
    """Write a band, as in `0.6 to 0.75` or `at least 1.4`."""
    if metric.low is None and metric.high is None:
        return ""
    if metric.high is None:
        return f"at least {metric.low:g}"
    if metric.low is None:
        return f"at most {metric.high:g}"
    return f"{metric.low:g} to {metric.high:g}"


def publish_audit(result: AuditResult) -> None:
    """Leave an audit in Prefect: a page with its verdict, and the table of rules."""
    lines = [f"# {verdict(result)}", ""]
    lines += [
        f"- **{rule.name}**: {rule.violations} rows. {rule.meaning} "
        f"({', '.join(rule.samples)})"
        for rule in result.broken
    ]
    lines += ["", "| group | rules | broken | |", "|---|---:|---:|---|"]
    lines += [
        f"| {group} | {len(rules)} | {broken} | {'✗' if broken else '✓'} |"
        for group, rules, broken in _by_group(result)
    ]
    create_markdown_artifact(
        key="seed-audit",
        description=f"What the audit of edition {result.edition} found",
        markdown="\n".join(lines),
    )
    create_table_artifact(
        key="seed-audit-rules",
        description=f"Every rule, tried on edition {result.edition}",
        table=[
            {
                "group": rule.group,
                "rule": rule.name,
                "meaning": rule.meaning,
                "violations": rule.violations if rule.skipped is None else "skipped",
            }
            for rule in result.rules
        ],
    )


def _groups(result: AuditResult) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("group")
    for name in ("rules", "broken", "figures", "off"):
        table.add_column(name, justify="right")
    groups = {rule.group: None for rule in result.rules} | {
        metric.group: None for metric in result.metrics
    }
    for group in groups:
        rules = [r for r in result.rules if r.group == group and r.skipped is None]
        figures = [m for m in result.metrics if m.group == group]
        table.add_row(
            group,
            _count(len(rules)),
            _count(sum(not rule.holds for rule in rules), "red"),
            _count(len(figures)),
            _count(sum(not figure.holds for figure in figures), "red"),
        )
    return table


def _print_broken(console: Console, found: Found, *, show_values: bool) -> None:
    rule = found.result
    rows = "row" if rule.violations == 1 else "rows"
    console.print(
        f"{MARKS[rule.severity]} [bold]{rule.name}[/]: {rule.violations:,} {rows}\n"
        f"    {escape(rule.meaning)}"
    )
    for row, ids in zip(found.rows, rule.samples, strict=True):
        text = _row_text(row) if show_values else one_line(ids)
        console.print(f"    {escape(text)}", highlight=False)


def _row_text(row: Mapping[str, object]) -> str:
    """Write a row's values in one line."""
    return one_line(", ".join(f"{name}={value}" for name, value in row.items()))


def _foils(result: AuditResult) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title="what coherence gives")
    table.add_column("figure", no_wrap=True)
    table.add_column("this world", justify="right")
    for foil in result.baselines:
        table.add_column(foil, justify="right")
    values = {metric.name: metric.value for metric in result.metrics}
    names = dict.fromkeys(name for foil in result.baselines.values() for name in foil)
    for name in names:
        table.add_row(
            name,
            _value(values.get(name)),
            *(_value(foil.get(name)) for foil in result.baselines.values()),
        )
    return table


def _by_group(result: AuditResult) -> Iterable[tuple[str, list[RuleResult], int]]:
    for group in dict.fromkeys(rule.group for rule in result.rules):
        rules = [r for r in result.rules if r.group == group and r.skipped is None]
        yield group, rules, sum(not rule.holds for rule in rules)


def _skipped(result: AuditResult) -> dict[str, list[RuleResult]]:
    reasons: dict[str, list[RuleResult]] = {}
    for rule in result.rules:
        if rule.skipped is not None:
            reasons.setdefault(rule.skipped, []).append(rule)
    return reasons


def _count(number: int, style: str = "") -> str:
    if not number:
        return "[dim]0[/]"
    return f"[{style}]{number}[/]" if style else str(number)


def _value(value: float | None) -> str:
    return "none" if value is None else f"{value:.4g}"
