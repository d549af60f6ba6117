"""What the model behind the server answers: the recorded edition, damaged on demand."""

import json
import re
from collections.abc import Callable
from importlib.resources import files
from typing import Any, Final, cast

from anthropic_server.faults import FaultName
from matching.vocabulary import CategorySlug, VenueKind
from tasks.generate import wire
from tasks.generate.drafts import PassName
from tasks.generate.repair import REPAIR_TOOL

CUSTOM_ID: Final = re.compile(
    r"(?P<nonce>[a-z0-9]+)-(?P<pass>communities|users|venues)-(?P<city>.+?)"
    r"(?P<repair>-repair)?"
)
STOLEN_NAME: Final = "Zenith"  # fits every kind of record
ENUM_WORDS: Final = frozenset({*CategorySlug, *VenueKind})


def answer(
    custom_id: str, params: dict[str, Any], fault: FaultName | None = None
) -> Any:  # noqa: ANN401  a tool's input, as far as no fault made it something else
    """Answer a request as the recorded edition did, in the wire format.

    A repair asks for the records that it quotes; each comes with its place.

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
    if params["tools"][0]["name"] == REPAIR_TOOL:
        return _repaired(pass_name, wire.compact(pass_name, stored), params)
    records = stored[pass_name.value]
    if fault is FaultName.SAME_NAME:
        records[0]["last_name" if "last_name" in records[0] else "name"] = STOLEN_NAME
        records[0].update({"first_name": "Ann"} if "last_name" in records[0] else {})
    return _damaged(wire.compact(pass_name, stored), pass_name, fault)


def _repaired(
    pass_name: PassName, whole: dict[str, Any], params: dict[str, Any]
) -> dict[str, Any]:
    """Answer a repair: the records that it quotes as bad, from the whole answer."""
    said = params["messages"][-1]["content"]
    quoted, _ = json.JSONDecoder().raw_decode(said[said.rindex('{"bad"') :])
    written: dict[str, list[dict[str, Any]]] = {pass_name.value: []}
    if pass_name is PassName.COMMUNITIES:
        written["events"] = []
    for bad in quoted["bad"]:
        record = whole[pass_name.value][bad["at"]]
        if "event" in bad:
            event = record["e"][bad["event"]]
            places = {"at": bad["at"], "event": bad["event"]}
            written["events"].append({**event, **places})
        else:
            written[pass_name.value].append({**record, "at": bad["at"]})
    return written


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
