"""Which source answers, by parameter and environment."""

from pathlib import Path

import pytest

from tasks.errors import InputError
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


@pytest.mark.parametrize("name", list(Source))
def test_the_parameter_goes_before_the_environment(name: str) -> None:
    """What is asked for is what answers."""
    assert choose_source(name, KEYED) == name


def test_with_a_key_claude_answers() -> None:
    """Who sets a key means to use it."""
    assert choose_source(None, KEYED) is Source.CLAUDE


def test_claude_without_a_key_is_refused_with_the_choices() -> None:
    """The message names the variable and the ways out."""
    with pytest.raises(InputError, match=r"ANTHROPIC_API_KEY is not set.*recorded"):
        choose_source("claude", Settings(home=Path()))


def test_an_unknown_source_is_refused_with_the_choices() -> None:
    """A misspelt source must not fall back to another in silence."""
    with pytest.raises(InputError, match="'recoded'; choose one of recorded, faker"):
        choose_source("recoded", Settings(home=Path()))
