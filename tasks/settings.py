"""The environment, read once into a frozen object; it only supplies defaults."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tasks.errors import InputError

PROJECT: Final = Path(__file__).resolve().parent.parent
MIN_EVENTS_PER_CITY: Final = 15  # a city page with fewer looks empty
_FALSE: Final = frozenset({"false", "0", "no", "off"})
_TRUE: Final = frozenset({"true", "1", "yes", "on", ""})


@dataclass(frozen=True)
class Settings:
    """Defaults from the environment. Secrets do not show in its repr."""

    home: Path
    database_url: str | None = field(default=None, repr=False)
    anthropic_api_key: str | None = field(default=None, repr=False)
    anthropic_base_url: str | None = None  # None is Anthropic's own
    unsplash_access_key: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)
    use_llm: bool = True
    min_events_per_city: int = MIN_EVENTS_PER_CITY
    keep_editions: int | None = None  # None keeps all


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment, or say which value is unusable."""
    env = os.environ if environ is None else environ
    return Settings(
        home=Path(env.get("SEED_HOME") or PROJECT / ".seed").expanduser().resolve(),
        database_url=env.get("DATABASE_URL") or None,
        anthropic_api_key=env.get("ANTHROPIC_API_KEY") or None,
        anthropic_base_url=env.get("ANTHROPIC_BASE_URL") or None,
        unsplash_access_key=env.get("UNSPLASH_ACCESS_KEY") or None,
        secret=env.get("SEED_SECRET") or None,
        use_llm=_flag(env, "USE_LLM"),
        min_events_per_city=_count(env, "MIN_EVENTS_PER_CITY", MIN_EVENTS_PER_CITY),
        keep_editions=_some(env, "KEEP_EDITIONS"),
    )


def _flag(env: Mapping[str, str], name: str) -> bool:
    value = env.get(name, "").strip().lower()
    if value not in _TRUE | _FALSE:
        raise InputError(f"{name} is {value!r}; say true or false")
    return value not in _FALSE


def _count(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name, "").strip()
    if not value:
        return default
    if not value.isdecimal():
        raise InputError(f"{name} is {value!r}; give a whole number from 0 up")
    return int(value)


def _some(env: Mapping[str, str], name: str) -> int | None:
    value = env.get(name, "").strip()
    if not value:
        return None
    if not value.isdecimal() or int(value) < 1:
        raise InputError(f"{name} is {value!r}; give a whole number from 1 up")
    return int(value)
