"""How a live model is reached and what it may cost, without the vendor's library.

That library takes seconds to import, which only a run that asks it should spend.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

POLL_SECONDS: Final = 5.0  # between two looks at a batch
WAIT_MINUTES: Final = 30.0  # for one batch, before the run stops resumable
REQUEST_TIMEOUT_S: Final = 120.0  # of one HTTP request; a large create takes seconds
BUDGET_USD: Final = 5.0  # three times what a full edition costs
SECONDS_PER_MINUTE: Final = 60


@dataclass(frozen=True)
class Service:
    """How to reach the API, and how patiently. The key does not show in its repr."""

    api_key: str = field(repr=False)
    base_url: str | None = None  # None is Anthropic's own
    poll_seconds: float = POLL_SECONDS
    wait_seconds: float = WAIT_MINUTES * SECONDS_PER_MINUTE
    timeout_seconds: float = REQUEST_TIMEOUT_S


@dataclass(frozen=True)
class Live:
    """How a live model is asked."""

    service: Service
    model: str
    budget_usd: float = BUDGET_USD
    tell: Callable[[str], None] = lambda _line: None  # for a person to follow
    # called while a batch is waited for: the pass, its requests, seconds so far
    watch: Callable[[str, int, float], None] = lambda _pass, _requests, _seconds: None
