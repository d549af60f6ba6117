"""Where the passes' answers come from."""

from enum import StrEnum
from typing import Final

from tasks.errors import InputError, SeedError
from tasks.settings import Settings


class Source(StrEnum):
    """What answers the passes' requests."""

    RECORDED = "recorded"  # the edition that ships with the project
    FAKER = "faker"  # Faker and templates: every rule holds, no coherence of text
    CLAUDE = "claude"  # a live model, through the Message Batches API


NOT_BUILT_YET: Final = frozenset({Source.CLAUDE})


def choose_source(parameter: str | None, settings: Settings) -> Source:
    """Choose the source: the parameter's, else what the environment suggests.

    Args:
        parameter: `recorded`, `faker` or `claude`; None leaves it to the settings.
        settings: faker when USE_LLM is false, else claude with a key, else recorded.

    Raises:
        InputError: the parameter names no source.
        SeedError: the source is claude, which cannot be asked yet.
    """
    if parameter is not None and parameter not in set(Source):
        raise InputError(
            f"the source is {parameter!r}; choose one of {', '.join(Source)}"
        )
    if parameter is not None:
        source = Source(parameter)
    elif not settings.use_llm:
        source = Source.FAKER
    elif settings.anthropic_api_key:
        source = Source.CLAUDE
    else:
        source = Source.RECORDED
    if source in NOT_BUILT_YET:
        why = "asked for" if parameter else "chosen because ANTHROPIC_API_KEY is set"
        raise SeedError(
            f"the source {source.value!r} was {why}, but live generation is not built "
            f"yet; run with --source {Source.RECORDED}, the full edition that ships "
            f"with the project, or --source {Source.FAKER}"
        )
    return source
