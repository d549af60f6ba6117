"""What an explanation says, as a model for `--json` and as text for a terminal."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, Final

from pydantic import Field

from tasks.editions import Manifest
from tasks.errors import InputError
from tasks.terminal import one_line

NAME_WIDTH: Final = 22  # the longest fact's name and a space
VALUE_WIDTH: Final = 30  # most values; a longer one pushes its reason on
SUGGESTIONS: Final = 3
LISTED: Final = 40  # rows of a list on a terminal; --json gives all


class Fact(Manifest):
    """One thing that decided: its name, its value, and why it is so."""

    name: str
    value: str | int | float | bool | None
    why: str = ""


class Explanation(Manifest):
    """Why one row is what it is.

    table and id name the row; row holds its columns as they were told again.
    lists: further rows by heading, such as a person's RSVPs.
    """

    table: str
    id: str
    title: str
    row: dict[str, Any]
    facts: tuple[Fact, ...]
    lists: dict[str, tuple[dict[str, Any], ...]] = Field(default_factory=dict)
    checked: tuple[str, ...] = ()  # where the stored row was found to be the same


def explanation_text(told: Explanation) -> str:
    """Lay an explanation out for a terminal."""
    lines = [one_line(told.title), ""]
    for fact in told.facts:
        value = _value_text(fact.value)
        line = f"  {fact.name:<{NAME_WIDTH}}{value:<{VALUE_WIDTH}} {fact.why}"
        lines.append(one_line(line).rstrip())
    for heading, rows in told.lists.items():
        lines += ["", f"{one_line(heading)} ({len(rows)})"]
        lines += ["  " + one_line(_row_text(row)) for row in rows[:LISTED]]
        if len(rows) > LISTED:
            lines.append(f"  … {len(rows) - LISTED} more, see --json")
    where = " and ".join(told.checked) or "nothing that is stored"
    return "\n".join([*lines, "", f"{told.table} {told.id}: equal to {where}"])


def unknown(what: str, given: str, known: Sequence[str]) -> InputError:
    """Say that a name or id is not in the edition, and which close ones are."""
    close = get_close_matches(given, known, SUGGESTIONS, cutoff=0.5)
    close = close or sorted(name for name in known if given and given in name)
    hint = (
        f"did you mean {', '.join(close[:SUGGESTIONS])}?"
        if close
        else "explain person alexdemo lists ids and slugs to go on from"
    )
    return InputError(f"this edition has no {what} {given!r}; {hint}")


def _value_text(value: str | float | bool | None) -> str:  # noqa: FBT001  a fact's value
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "-" if value is None else str(value)


def _row_text(row: dict[str, Any]) -> str:
    return "  ".join(_value_text(value) for value in row.values())
