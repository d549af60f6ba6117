"""`estimate`: what a live edition would cost, before a key is even there."""

import sys
from collections.abc import Iterator, Sequence
from typing import Final

from matching.vocabulary import LocationSlug
from tasks.commands.request import check_city
from tasks.generate.drafts import PassName
from tasks.generate.estimates import JSON_BYTES, MARGIN, PROSE_CHARACTERS, estimate
from tasks.generate.prices import (
    BATCH_SHARE,
    DEFAULT_MODEL,
    PRICES_AS_OF,
    price_of,
)

SMALL_MODEL: Final = "claude-haiku-5-5"  # the other one worth comparing
COLUMNS: Final = "{:<14} {:>8} {:>10} {:>11} {:>9}   {}"


def show_estimate(cities: Sequence[str], model: str | None) -> int:
    """Print requests, tokens and dollars per pass, for one model or for both."""
    slugs = [check_city(city) for city in cities] or list(LocationSlug)
    for name in [model] if model else [DEFAULT_MODEL, SMALL_MODEL]:
        for line in estimate_lines(tuple(dict.fromkeys(slugs)), name):
            sys.stdout.write(f"{line}\n")
        sys.stdout.write("\n")
    for line in _notes():
        sys.stdout.write(f"{line}\n")
    return 0


def estimate_lines(cities: Sequence[str], model: str) -> Iterator[str]:
    """Say what the three passes over some cities would cost with one model.

    Raises:
        InputError: The model has no price.
    """
    price = price_of(model)
    yield (
        f"{model}: ${price.input_usd * BATCH_SHARE:.2f} in, "
        f"${price.output_usd * BATCH_SHARE:.2f} out per million tokens (batch)"
    )
    yield COLUMNS.format("pass", "requests", "tokens in", "tokens out", "dollars", "")
    passes = [estimate(pass_name, cities, model) for pass_name in PassName]
    for found in passes:
        yield COLUMNS.format(
            found.pass_name,
            found.requests,
            f"{found.input_tokens:,}",
            f"{found.output_tokens:,}",
            f"{found.usd:.2f}",
            f"({found.usd_low:.2f} to {found.usd_high:.2f})",
        )
    low, high = (sum(p.usd_low for p in passes), sum(p.usd_high for p in passes))
    yield COLUMNS.format(
        "together",
        sum(p.requests for p in passes),
        f"{sum(p.input_tokens for p in passes):,}",
        f"{sum(p.output_tokens for p in passes):,}",
        f"{sum(p.usd for p in passes):.2f}",
        f"({low:.2f} to {high:.2f})",
    )


def _notes() -> Iterator[str]:
    margin = round((MARGIN - 1) * 100)
    yield f"Prices as of {PRICES_AS_OF}. Nothing was sent and no answer was read."
    yield (
        f"Tokens are prose characters / {PROSE_CHARACTERS} + JSON bytes / "
        f"{JSON_BYTES}, plus {margin} %."
    )
    yield (
        "Yardstick: the same rule over the recorded edition's answers in the wire "
        "format, met within 15 %."
    )
