"""The matrix as a table that a person reads."""

from collections import Counter
from collections.abc import Sequence

from cells import MOMENTS, VICTIMS, Cell, Victim, why_impossible
from trial import BY_ITSELF, Trial

from tasks.commands.parameters import STEPS, Step

MINUTE_S = 60


def disks_text(home: str, postgres: str) -> str:
    """Say how the disks were full."""
    return f"SEED_HOME by {home}, PostgreSQL's by {postgres}"


def table_text(
    cells: Sequence[Cell], trials: Sequence[Trial], disks: str, seconds: float
) -> str:
    """Give a table per victim: a row a step, a column a moment; reasons; a summary."""
    found = {trial.cell: trial for trial in trials}
    parts = [
        _victim_text(victim, [cell for cell in cells if cell.victim is victim], found)
        for victim in VICTIMS
        if any(cell.victim is victim for cell in cells)
    ]
    wrong = [f"- {trial.cell.name}: {line}" for trial in trials for line in trial.wrong]
    ways = Counter(trial.resumed for trial in trials if trial.is_equal)
    equal = sum(trial.is_equal for trial in trials)
    impossible = sum(why_impossible(cell) is not None for cell in cells)
    summary = (
        f"{len(cells)} cells: {equal} equal, {len(trials) - equal} differ, "
        f"{impossible} cannot occur; resumed "
        + ", ".join(f"{way} {count}" for way, count in sorted(ways.items()))
        + f"; {seconds / MINUTE_S:.1f} minutes\ndisks were full: {disks}"
    )
    return "\n\n".join([*parts, *(["\n".join(wrong)] if wrong else []), summary])


def _victim_text(
    victim: Victim, cells: Sequence[Cell], found: dict[Cell, Trial]
) -> str:
    reasons = list(dict.fromkeys(filter(None, map(why_impossible, cells))))
    rows = [
        f"## {victim}",
        "",
        "| step | before | inside | after |",
        "|---|---|---|---|",
    ]
    for step in STEPS:
        if any(cell.step is step for cell in cells):
            told = [
                _cell_text(cells, step, place, reasons, found) for place in range(3)
            ]
            rows.append(f"| {step} | {' | '.join(told)} |")
    notes = [f"[{number}] {reason}" for number, reason in enumerate(reasons, 1)]
    return "\n".join([*rows, *([""] if notes else []), *notes])


def _cell_text(
    cells: Sequence[Cell],
    step: Step,
    place: int,
    reasons: list[str],
    found: dict[Cell, Trial],
) -> str:
    cell = next(
        (c for c in cells if (c.step, c.moment) == (step, MOMENTS[place])), None
    )
    if cell is None:
        return ""
    if reason := why_impossible(cell):
        return f"cannot [{reasons.index(reason) + 1}]"
    trial = found[cell]
    verdict = "equal" if trial.is_equal else "DIFFERS"
    if trial.resumed == BY_ITSELF:
        return f"{verdict}, {BY_ITSELF}"
    return f"{verdict}, {trial.ending}, {trial.resumed}"
