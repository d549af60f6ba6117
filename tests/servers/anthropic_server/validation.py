"""What the API checks of a request's params, as documented; None if they are valid.

Params are only validated while a batch is processed, so that what is found here comes
back as an `errored` row, not as a 400.
"""

from collections.abc import Iterator
from typing import Any, Final, cast

SAMPLING: Final = ("temperature", "top_p", "top_k")
UNSUPPORTED: Final = {  # by strict tools, as documented for structured output
    "maxItems",
    "uniqueItems",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
}
TYPES: Final = ("object", "array", "string", "integer", "number", "boolean", "null")
MAX_OUTPUT_TOKENS: Final = 64_000  # of the models this project may ask
MAX_UNIONS: Final = 16


def fault_of(params: dict[str, Any]) -> str | None:
    """Say what is wrong with the params of one request."""
    for name in SAMPLING:
        if name in params:
            return f"{name}: Extra inputs are not permitted"
    if not isinstance(params.get("model"), str):
        return "model: Field required"
    tokens = params.get("max_tokens")
    if not isinstance(tokens, int) or not 1 <= tokens <= MAX_OUTPUT_TOKENS:
        return f"max_tokens: {tokens!r} is not within 1 and {MAX_OUTPUT_TOKENS}"
    return _messages_fault(params.get("messages")) or _tools_fault(params)


def _messages_fault(messages: object) -> str | None:
    if not isinstance(messages, list) or not messages:
        return "messages: at least one message is required"
    turns = cast("list[dict[str, Any]]", messages)
    if turns[0].get("role") != "user":
        return "messages: first message must use the user role"
    for at, turn in enumerate(turns):
        if turn.get("role") not in {"user", "assistant"} or not turn.get("content"):
            return f"messages.{at}: role and content are required"
    return _results_fault(turns)


def _results_fault(turns: list[dict[str, Any]]) -> str | None:
    """Every tool_use must be followed by its tool_result."""
    for turn, reply in zip(turns, [*turns[1:], None], strict=True):
        uses = {b["id"] for b in _blocks(turn) if b.get("type") == "tool_use"}
        results = (
            {b["tool_use_id"] for b in _blocks(reply) if b.get("type") == "tool_result"}
            if reply
            else set[str]()
        )
        if uses != results and turn.get("role") == "assistant":
            return f"messages: tool_use ids {sorted(uses)} without tool_result blocks"
    return None


def _blocks(turn: dict[str, Any]) -> list[dict[str, Any]]:
    content = turn.get("content")
    return cast("list[dict[str, Any]]", content) if isinstance(content, list) else []


def _tools_fault(params: dict[str, Any]) -> str | None:
    tools = params.get("tools")
    if not isinstance(tools, list) or not tools:
        return "tools: at least one tool is required"
    for tool in cast("list[dict[str, Any]]", tools):
        schema = tool.get("input_schema")
        if not isinstance(schema, dict):
            return "tools.0.input_schema: Field required"
        if tool.get("strict"):
            found = strict_fault(cast("dict[str, Any]", schema))
            if found:
                return f"tools.0.input_schema: {found}"
    choice = params.get("tool_choice", {"type": "auto"})
    names = {tool.get("name") for tool in cast("list[dict[str, Any]]", tools)}
    if choice.get("type") == "tool" and choice.get("name") not in names:
        return f"tool_choice: tool {choice.get('name')!r} not found"
    return None


def strict_fault(schema: dict[str, Any]) -> str | None:
    """Say what a strict tool's schema has that its grammar cannot hold."""
    parts = list(_parts(schema))
    unions = sum(isinstance(p.get("type"), list) or "anyOf" in p for p in parts)
    if unions > MAX_UNIONS:
        return f"{unions} union parameters, the limit is {MAX_UNIONS}"
    return next((found for part in parts if (found := _part_fault(part))), None)


def _part_fault(part: dict[str, Any]) -> str | None:
    kind = part.get("type")
    found = {
        f"properties {sorted(part.keys() & UNSUPPORTED)} are not supported": (
            part.keys() & UNSUPPORTED
        ),
        "minItems may only be 0 or 1": part.get("minItems", 0) not in {0, 1},
        "a reference is not local": (
            not str(part.get("$ref", "#/$defs/")).startswith("#/$defs/")
        ),
        f"type {kind!r} is unknown": isinstance(kind, str) and kind not in TYPES,
        "'additionalProperties' must be false for 'object'": (
            kind == "object" and part.get("additionalProperties") is not False
        ),
        "every property must be required": (
            kind == "object"
            and set(part.get("required", ())) != set(part.get("properties", {}))
        ),
    }
    return next((fault for fault, is_so in found.items() if is_so), None)


def _parts(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every subschema, its `properties` looked into by value."""
    yield schema
    for word in ("properties", "$defs"):
        for part in schema.get(word, {}).values():
            yield from _parts(part)
    if isinstance(schema.get("items"), dict):
        yield from _parts(schema["items"])
    for word in ("anyOf", "allOf", "prefixItems"):
        for part in schema.get(word, ()):
            yield from _parts(part)
