"""Which source answers, by parameter and environment."""

from pathlib import Path

import pytest

from tasks.errors import InputError, SeedError
from tasks.generate.source import Source, choose_source
from tasks.settings import Settings

KEYED = Settings(home=Path(), anthropic_api_key="sk-test")


def test_without_a_key_the_recorded_edition_answers() -> None:
    """A fresh machine needs no key."""
    assert choose_source(None, Settings(home=Path())) is Source.RECORDED


def test_use_llm_false_means_faker_even_with_a_key() -> None:
    """Who switches the model off does not want to pay for it."""
    off = Settings(home=Path(), anthropic_api_key="sk-test", use_llm=False)
    assert choose_source(None, off) is Source.FAKER


@pytest.mark.parametrize("name", ["recorded", "faker"])
def test_the_parameter_goes_before_the_environment(name: str) -> None:
    """What is asked for is what answers."""
    assert choose_source(name, KEYED) == name


@pytest.mark.parametrize(
    ("parameter", "settings"), [("claude", Settings(home=Path())), (None, KEYED)]
)
def test_claude_says_what_to_use_until_it_is_built(
    parameter: str | None, settings: Settings
) -> None:
    """The message names the way out, and never the key."""
    with pytest.raises(SeedError, match="--source recorded") as caught:
        choose_source(parameter, settings)
    assert "sk-test" not in str(caught.value)


def test_an_unknown_source_is_refused_with_the_choices() -> None:
    """A misspelt source must not fall back to another in silence."""
    with pytest.raises(InputError, match="'recoded'; choose one of recorded, faker"):
        choose_source("recoded", Settings(home=Path()))
