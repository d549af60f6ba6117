"""What can go wrong between a client and the Message Batches API, by name.

A fault is asked for with a number of times and, for the faults of single requests, a
text that the custom id must hold.
"""

from dataclasses import dataclass
from enum import StrEnum


class FaultName(StrEnum):
    """The catalogue."""

    # at create: refused, nothing made
    CREATE_400_CREDIT = "create-400-credit"
    CREATE_403 = "create-403"
    CREATE_404 = "create-404"
    CREATE_413 = "create-413"
    CREATE_429 = "create-429"
    # at create: failed, nothing made, which the client cannot know
    CREATE_500_LOST = "create-500-lost"
    CREATE_RESET_LOST = "create-reset-lost"
    # at create: the batch is made, its answer does not arrive
    CREATE_500_MADE = "create-500-made"
    CREATE_529_MADE = "create-529-made"
    CREATE_RESET_MADE = "create-reset-made"
    CREATE_STALL_MADE = "create-stall-made"
    # at GET
    RETRIEVE_500 = "retrieve-500"
    RETRIEVE_429 = "retrieve-429"
    LIST_529 = "list-529"
    RESULTS_500 = "results-500"
    RESULTS_RESET = "results-reset"  # the connection breaks half way
    RESULTS_SHORT = "results-short"  # it ends early, in good order
    RESULTS_CUT_LINE = "results-cut-line"  # it ends within a line
    RESULTS_TWICE = "results-twice"  # every row comes twice
    # of single requests, unbilled
    API_ERROR = "api_error"
    OVERLOADED = "overloaded_error"
    INVALID = "invalid_request_error"
    EXPIRED = "expired"
    CANCELED = "canceled"
    MISSING = "missing-row"  # counted as errored, but never in the results
    # of single requests, billed
    MAX_TOKENS = "max_tokens"
    REFUSAL = "refusal"
    NO_TOOL = "no-tool-block"
    BAD_JSON = "bad-json"  # the tool's input is a text that is no JSON
    OUT_OF_SCHEMA = "out-of-schema"  # one record has a value that no enum has
    CONTROL_CHARACTERS = "control-characters"
    SURROGATES = "surrogates"
    EMPTY = "empty-list"
    SAME_NAME = "same-name"  # two cities give a record one name


ITEM_FAULTS = frozenset(list(FaultName)[list(FaultName).index(FaultName.API_ERROR) :])
UNBILLED = frozenset(
    {
        FaultName.API_ERROR,
        FaultName.OVERLOADED,
        FaultName.INVALID,
        FaultName.EXPIRED,
        FaultName.CANCELED,
        FaultName.MISSING,
    }
)


@dataclass
class Fault:
    """One fault that is still to happen."""

    name: FaultName
    times: int = 1
    where: str = ""  # a part of the custom id, for the faults of single requests


class Faults:
    """The faults that are still to happen, in the order in which they were asked."""

    def __init__(self) -> None:
        self.pending: list[Fault] = []

    def plan(self, name: FaultName, *, times: int = 1, where: str = "") -> None:
        """Let a fault happen the next `times` times that it can."""
        self.pending.append(Fault(name, times, where))

    def take(self, *names: FaultName, custom_id: str = "") -> FaultName | None:
        """Give the first of these faults that is due now, and count it."""
        for fault in self.pending:
            if fault.times and fault.name in names and fault.where in custom_id:
                fault.times -= 1
                return fault.name
        return None
