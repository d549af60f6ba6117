"""What an edition's live answers have cost, and the budget that stops them.

Kept per batch in the edition's folder: a batch that is read a second time after a
crash replaces its own account and counts once.
"""

import json
from pathlib import Path
from typing import Any, Final, cast

from pydantic import ValidationError

from tasks.editions import Manifest, read_bounded, write_json
from tasks.errors import RefusedError
from tasks.generate.drafts import PassName

_INPUT: Final = (  # the prompts have no cache; if one is billed, it is told
    "input_tokens",
    "cache_creation_input_tokens",
    "cache_read_input_tokens",
)


class BatchCost(Manifest):
    """What one batch was billed, by the usage that its answers report."""

    batch_id: str
    pass_name: PassName
    stage: str  # canary, main or follow-up
    model: str
    requests: int
    billed: int  # requests that succeeded
    input_tokens: int
    output_tokens: int
    usd: float


class Spending(Manifest):
    """All batches of one edition, in the order in which they were first read."""

    batches: tuple[BatchCost, ...] = ()

    @property
    def usd(self) -> float:
        """Dollars spent so far."""
        return sum(batch.usd for batch in self.batches)

    def of(self, pass_name: PassName) -> tuple[BatchCost, ...]:
        """Give the batches of one pass."""
        return tuple(batch for batch in self.batches if batch.pass_name is pass_name)


def usage_of(line: str) -> tuple[int, int]:
    """Read off a line of results how many tokens it was billed: input, output."""
    try:
        result = json.loads(line)["result"]
    except RecursionError:  # an answer nested beyond reading hides what it cost
        return 0, 0
    if result["type"] != "succeeded":
        return 0, 0
    message: Any = result.get("message")
    usage: Any = message.get("usage") if isinstance(message, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]  any JSON
    if not isinstance(usage, dict):
        return 0, 0
    counts = {
        name: count
        for name, count in cast("dict[str, Any]", usage).items()
        if type(count) is int
    }
    return sum(counts.get(name, 0) for name in _INPUT), counts.get("output_tokens", 0)


def spending_path(folder: Path) -> Path:
    """Give the place of an edition's account."""
    return folder / "batches" / "spending.json"


def read_spending(folder: Path) -> Spending:
    """Read what an edition has cost; nothing yet if there is no account."""
    path = spending_path(folder)
    if not path.is_file():
        return Spending()
    try:
        return Spending.model_validate_json(read_bounded(path))
    except ValidationError as error:
        raise RefusedError(
            f"{str(path)!r} cannot be read ({error.error_count()} faults), so that "
            "nobody can say what this edition has cost; restore it, or remove it to "
            "begin the account at nothing"
        ) from None


def record_cost(folder: Path, cost: BatchCost) -> Spending:
    """Write down what a batch cost, in the place of an earlier account of it."""
    before = read_spending(folder).batches
    kept = tuple(batch for batch in before if batch.batch_id != cost.batch_id)
    spending = Spending(batches=(*kept, cost))
    write_json(spending_path(folder), spending.model_dump(mode="json"))
    return spending


def check_budget(spent_usd: float, estimate_usd: float, budget_usd: float) -> None:
    """Refuse to go on if what comes next would exceed the budget.

    Raises:
        RefusedError: saying what was spent, what is to come, and the budget.
    """
    if spent_usd + estimate_usd > budget_usd:
        raise RefusedError(
            f"what comes next is estimated at ${estimate_usd:.2f}, after "
            f"${spent_usd:.2f} spent on this edition, and the budget is "
            f"${budget_usd:.2f}. Nothing more was sent, what was answered is kept; "
            f"raise it (--budget-usd {spent_usd + estimate_usd:.2f} or more), or make "
            "fewer cities"
        )
