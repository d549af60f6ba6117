"""What models cost: one dated table, and dollars from tokens."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from tasks.errors import InputError

PRICES_AS_OF: Final = date(2026, 11, 22)  # when the table was last checked
DEFAULT_MODEL: Final = "claude-haiku-4-5-20251001"
BATCH_SHARE: Final = 0.5  # of the list price, for input and output alike
TOKENS_PER_PRICE: Final = 1_000_000


@dataclass(frozen=True)
class Price:
    """One model's list price in US dollars per million tokens, and what sways it."""

    input_usd: float
    output_usd: float
    token_share: float = 1.0  # tokens of a text beside those of Haiku 4.5
    thinks_by_default: bool = False  # thinking costs, and bars a forced tool


PRICES: Final = {
    DEFAULT_MODEL: Price(1.00, 5.00),
    "claude-haiku-4-5": Price(1.00, 5.00),
    # for prompts of up to 100,000 tokens, which is fifty times ours
    "claude-haiku-5-5": Price(0.10, 0.50, token_share=1.3, thinks_by_default=True),
}


def price_of(model: str) -> Price:
    """Give a model's price.

    Raises:
        InputError: the table has none; what a run would cost could not be said.
    """
    price = PRICES.get(model)
    if price is None:
        raise InputError(
            f"the model {model!r} has no price in tasks/generate/prices.py (as of "
            f"{PRICES_AS_OF}); choose one of {', '.join(PRICES)}, or add its price"
        )
    return price


def cost_usd(
    model: str, input_tokens: int, output_tokens: int, *, batch: bool = True
) -> float:
    """Give what these tokens cost in US dollars, at batch price unless told."""
    price = price_of(model)
    list_price = input_tokens * price.input_usd + output_tokens * price.output_usd
    return list_price / TOKENS_PER_PRICE * (BATCH_SHARE if batch else 1.0)
