"""What the model behind the server answers: the recorded edition, damaged on demand."""

import json
import re
from collections.abc import Callable
from importlib.resources import files
from typing import Any, Final, cast

from anthropic_server.faults import FaultName
from matching.vocabulary import CategorySlug
from tasks.generate import wire
from tasks.generate.drafts import PassName

CUSTOM_ID: Final = re.compile(
    r"(?P<nonce>[a-z0-9]+)-(?P<pass>communities|users|venues)-(?P<city>.+?)"
    r"(?P<repair>-repair)?"
)
# the places that the project's repair prompt names, as JSON within JSON
REPAIR: Final = re.compile(r'\\"records\\": ?\[([\d, ]+)\]')
STOLEN_NAME: Final = "Zenith"  # fits every kind of record
ENUM_WORDS: Final = frozenset({*CategorySlug, "OPEN", "ACTIVE", "cafe", "bar", "park"})


def answer(
    custom_id: str, params: dict[str, Any], fault: FaultName | None = None
) -> Any:  # noqa: ANN401  a tool's input, as far as no fault made it something else
    """Answer a request as the recorded edition did, in the wire format.

    A repair asks for some of the records; they come in the order asked.

    Args:
        custom_id: names the pass and the city.
        params: the request's.
        fault: what damages the answer, if anything does.
    """
    found = CUSTOM_ID.fullmatch(custom_id)
    if not found:
        raise LookupError(f"the custom id {custom_id!r} names no city")
    pass_name = PassName(found["pass"])
    place = files("tasks.generate").joinpath(
        "recorded", pass_name, f"{found['city']}.json"
    )
    stored = json.loads(place.read_text(encoding="utf-8"))
    records = stored[pass_name.value]
    asked = records_asked(params)
    if asked is not None:
        records[:] = [records[at] for at in asked if at < len(records)]
    if fault is FaultName.SAME_NAME:
        records[0]["last_name" if "last_name" in records[0] else "name"] = STOLEN_NAME
        records[0].update({"first_name": "Ann"} if "last_name" in records[0] else {})
    return _damaged(wire.compact(pass_name, stored), pass_name, fault)


def records_asked(params: dict[str, Any]) -> list[int] | None:
    """Read off a repair which places of the answer it asks for; None if no repair."""
    found = REPAIR.search(json.dumps(params["messages"][-1], ensure_ascii=False))
    return [int(place) for place in found[1].split(",")] if found else None


def _damaged(
    tool_input: dict[str, Any], pass_name: PassName, fault: FaultName | None
) -> Any:  # noqa: ANN401  any JSON
    records = cast("list[Any]", tool_input[pass_name.value])
    match fault:
        case FaultName.BAD_JSON:
            text = json.dumps(tool_input)
            return text[: len(text) // 2]
        case FaultName.EMPTY:
            records.clear()
        case FaultName.OUT_OF_SCHEMA:
            records[0] = _changed(
                records[0], lambda text: "no-such" if text in ENUM_WORDS else text
            )
        case FaultName.CONTROL_CHARACTERS:
            records[0] = _changed(records[0], lambda text: _spiced(text, "\x00\x07"))
        case FaultName.SURROGATES:
            records[0] = _changed(records[0], lambda text: _spiced(text, "\ud83d"))
        case _:
            pass
    return tool_input


def _spiced(text: str, extra: str) -> str:
    """Put characters that nobody can store into prose, never into a slug."""
    return f"{text[:3]}{extra}{text[3:]}" if " " in text else text


def _changed(value: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401  any JSON
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_changed(part, change) for part in cast("list[Any]", value)]
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        return {name: _changed(part, change) for name, part in fields.items()}
    return value
