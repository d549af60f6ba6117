"""Where the passes' answers come from."""

from enum import StrEnum

from tasks.errors import InputError
from tasks.settings import Settings


class Source(StrEnum):
    """What answers the passes' requests."""

    RECORDED = "recorded"  # the edition that ships with the project
    FAKER = "faker"  # Faker and templates: every rule holds, no coherence of text
    CLAUDE = "claude"  # a live model, through the Message Batches API


def choose_source(parameter: str | None, settings: Settings) -> Source:
    """Choose the source: the parameter's, else what the environment suggests.

    Args:
        parameter: `recorded`, `faker` or `claude`; None leaves it to the settings.
        settings: faker when USE_LLM is false, else claude with a key, else recorded.

    Raises:
        InputError: the parameter names no source, or claude without a key.
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
    if source is Source.CLAUDE and not settings.anthropic_api_key:
        raise InputError(
            f"the source {source.value!r} was asked for, but ANTHROPIC_API_KEY is not "
            f"set; set it, or run with --source {Source.RECORDED}, the full edition "
            f"that ships with the project, or --source {Source.FAKER}"
        )
    return source
