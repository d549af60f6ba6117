"""What a live model writes: the passes' answers, as short as they can be said.

Output is what a live edition pays for, so the wire leaves out what code knows (the
city), gives fields one letter, and packs small records of known order into one
text. Fields that are keys of the vocabulary stay enums: under a strict tool the model
cannot write another value. `expand` turns the wire into the stored format, in which
every answer is salvaged; `compact` is its inverse.

    ticket      "95|10|Seat|Six pours, cheese and broa."      dollars|seats|name|text
    membership  "0|Copo|A place at the tastings.|First call"  dollars|name|text|benefits
    promo code  "EARLY|10|Booked before November"             code|percent|text
    review      "5 The 1969 was still standing."              rating, then the text
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from itertools import zip_longest
from typing import Any, Final, cast

from pydantic import BaseModel

from tasks.generate.drafts import PassName
from tasks.generate.wire_models import (
    WIRE_OF,
    CommunityWire,
    EventWire,
    PersonWire,
    QuestionWire,
    VenueWire,
    Wire,
)

Json = dict[str, Any]

SEPARATOR: Final = "|"
CENTS: Final = 100  # in a dollar, the wire's unit of money
_DOLLARS: Final = re.compile(r"\$?(\d{1,6})(?:\.(\d\d))?")
_COUNT: Final = re.compile(r"\d{1,9}")
_REVIEW: Final = re.compile(r"(\d{1,3})\s+(.*)", re.DOTALL)
_TICKET_PARTS: Final = 4
_MEMBERSHIP_PARTS: Final = 4  # at least: price, name, text, one benefit
_PROMO_PARTS: Final = 3


TOOL_NAME: Final[dict[PassName, str]] = {
    PassName.COMMUNITIES: "record_communities",
    PassName.USERS: "record_people",
    PassName.VENUES: "record_venues",
}


def wire_model(pass_name: PassName) -> type[BaseModel]:
    """Give the model of a pass's tool input."""
    return WIRE_OF[pass_name]


@cache
def _tool_schema(model: type[BaseModel]) -> Json:
    schema = model.model_json_schema()
    return _strict(schema, schema.get("$defs", {}))


def tool_schema(model: type[BaseModel]) -> Json:
    """Give a wire model's JSON schema, as a strict tool takes it.

    No definitions (a description beside a `$ref` would be lost), no titles, every
    object closed and all of its fields required.
    """
    return _copied(_tool_schema(model))


def _copied(value: Any) -> Any:  # noqa: ANN401  JSON is any value
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in cast("Json", value).items()}
    if isinstance(value, list):
        return [_copied(item) for item in cast("list[Any]", value)]
    return value


def _strict(schema: Json, definitions: Mapping[str, Json]) -> Json:
    found = schema
    if "$ref" in schema:
        found = definitions[schema["$ref"].rsplit("/", 1)[1]]
    strict: Json = {}
    if "enum" in found:
        strict["enum"] = list(found["enum"])
    else:
        strict["type"] = found["type"]
    # a model's or an enum's docstring speaks to the reader of this file
    if "description" in schema and found.get("type") != "object":
        strict["description"] = schema["description"]
    if found.get("type") == "object":
        properties = cast("dict[str, Json]", found["properties"])
        strict["properties"] = {
            name: _strict(part, definitions) for name, part in properties.items()
        }
        strict["required"] = list(properties)
        strict["additionalProperties"] = False
    if found.get("type") == "array":
        strict["items"] = _strict(found["items"], definitions)
        if "minItems" in found:
            strict["minItems"] = found["minItems"]
    return strict


# Expanding ---------------------------------------------------------------------


def expand(pass_name: PassName, city: str, tool_input: object) -> Json:
    """Turn a tool's input into the stored answer of one city.

    Never fails: what is not as it should be is passed on as found, so that salvage
    sets it aside with a reason that shows it.

    Args:
        pass_name: the pass that asked.
        city: its slug, which the wire does not carry.
        tool_input: the tool block's input as received, any JSON value.

    Returns:
        The answer in the recorded edition's format.
    """
    if not isinstance(tool_input, dict):
        return _with_city(pass_name, city, {pass_name.value: tool_input})
    fields = dict(cast("Json", tool_input))
    records: object = fields.get(pass_name.value)
    if isinstance(records, list):
        circles = fields.pop("circles", None) if pass_name is PassName.USERS else None
        labels = cast("list[Any]", circles) if isinstance(circles, list) else []
        fields[pass_name.value] = [
            _expanded(pass_name, city, record, labels)
            for record in cast("list[Any]", records)
        ]
    return _with_city(pass_name, city, fields)


def _with_city(pass_name: PassName, city: str, answer: Json) -> Json:
    if pass_name is PassName.VENUES:
        answer["home_location"] = city
    return answer


def _expanded(
    pass_name: PassName, city: str, record: object, circles: list[Any]
) -> object:
    if not isinstance(record, dict):
        return record
    fields = cast("Json", record)
    match pass_name:
        case PassName.COMMUNITIES:
            found = _named(CommunityWire, fields)
            _each(found, "membership_tiers", _membership)
            _each(found, "events", expand_event)
            return found | {"home_location": city}
        case PassName.USERS:
            return _person(fields, circles) | {"home_location": city}
        case PassName.VENUES:
            return _named(VenueWire, fields)


def expand_event(event: object) -> object:
    """Turn one event of the wire into the stored format, as far as it is one."""
    if not isinstance(event, dict):
        return event
    found = _named(EventWire, cast("Json", event))
    if found.get("venue") == "":
        found["venue"] = None
    _each(found, "ticket_tiers", _ticket)
    _each(found, "promo_codes", _promo)
    _each(found, "questions", _question)
    _each(found, "reviews", _review)
    return found


def _named(model: type[Wire], fields: Json) -> Json:
    """Rename a record's wire fields; one that is unknown stays, to be refused."""
    names = {field.alias or name: name for name, field in model.model_fields.items()}
    return {names.get(key, key): value for key, value in fields.items()}


def _each(fields: Json, name: str, change: Callable[[object], object]) -> None:
    values: object = fields.get(name)
    if isinstance(values, list):
        fields[name] = [change(value) for value in cast("list[object]", values)]


def _person(fields: Json, circles: list[Any]) -> Json:
    found = _named(PersonWire, fields)
    categories: object = found.get("categories")
    levels: object = found.get("levels")
    if isinstance(categories, list) and isinstance(levels, list):
        del found["categories"], found["levels"]
        found["interests"] = [
            {key: value for key, value in pair if value is not None}
            for pair in (
                (("category", category), ("level", level))
                for category, level in zip_longest(
                    cast("list[Any]", categories), cast("list[Any]", levels)
                )
            )
        ]
    _each(found, "circles", lambda place: _circle(place, circles))
    return found


def _circle(place: object, circles: list[Any]) -> object:
    # True is an int to Python, and no place
    if type(place) is int and 0 <= place < len(circles):
        return circles[place]
    return place


def _question(question: object) -> object:
    if not isinstance(question, dict):
        return question
    return _named(QuestionWire, cast("Json", question))


def _parts(text: object, at_least: int, at_most: int = 0) -> list[str] | None:
    if not isinstance(text, str):
        return None
    parts = [part.strip() for part in text.split(SEPARATOR, at_most - 1)]
    return parts if len(parts) >= at_least else None


def _cents(text: str) -> int | str:
    found = _DOLLARS.fullmatch(text)
    if found is None:
        return text
    return int(found[1]) * CENTS + int(found[2] or 0)


def _count(text: str) -> int | str:
    return int(text) if _COUNT.fullmatch(text) else text


def _ticket(text: object) -> object:
    parts = _parts(text, _TICKET_PARTS, _TICKET_PARTS)
    if parts is None:
        return text
    price, seats, name, description = parts
    return {
        "name": name,
        "description": description,
        "price_cents": _cents(price),
        "capacity": _count(seats),
    }


def _membership(text: object) -> object:
    parts = _parts(text, _MEMBERSHIP_PARTS)
    if parts is None:
        return text
    price, name, description, *benefits = parts
    return {
        "name": name,
        "description": description,
        "price_cents": _cents(price),
        "benefits": benefits,
    }


def _promo(text: object) -> object:
    parts = _parts(text, _PROMO_PARTS, _PROMO_PARTS)
    if parts is None:
        return text
    code, percent, description = parts
    return {
        "code": code,
        "description": description,
        "percent_off": _count(percent.removesuffix("%")),
    }


def _review(text: object) -> object:
    found = _REVIEW.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return text
    return {"rating": int(found[1]), "comment": found[2]}


# Compacting --------------------------------------------------------------------


def compact(pass_name: PassName, answer: Mapping[str, Any]) -> Json:
    """Turn a stored answer into the tool input that says the same.

    Args:
        pass_name: the pass that it answers.
        answer: a valid answer in the recorded edition's format.

    Raises:
        ValueError: a text that goes into a packed record has a separator.
    """
    records = cast("list[Json]", answer[pass_name.value])
    match pass_name:
        case PassName.COMMUNITIES:
            return {"communities": [_compact_community(record) for record in records]}
        case PassName.USERS:
            labels = list(dict.fromkeys(c for r in records for c in r["circles"]))
            people = [_compact_person(record, labels) for record in records]
            return {"circles": labels, "users": people}
        case PassName.VENUES:
            return {"venues": [_aliased(VenueWire, record) for record in records]}


def _aliased(model: type[Wire], fields: Json) -> Json:
    return {
        field.alias or name: fields[name] for name, field in model.model_fields.items()
    }


def _compact_community(record: Json) -> Json:
    tiers = [
        _packed(
            _dollars(tier["price_cents"]),
            tier["name"],
            tier["description"],
            *tier["benefits"],
        )
        for tier in record["membership_tiers"]
    ]
    events = [_compact_event(event) for event in record["events"]]
    return _aliased(
        CommunityWire, record | {"membership_tiers": tiers, "events": events}
    )


def _compact_event(event: Json) -> Json:
    packed = {
        "venue": event["venue"] or "",
        "ticket_tiers": [
            _packed(
                _dollars(tier["price_cents"]),
                str(tier["capacity"]),
                tier["name"],
                tier["description"],
            )
            for tier in event["ticket_tiers"]
        ],
        "promo_codes": [
            _packed(promo["code"], str(promo["percent_off"]), promo["description"])
            for promo in event["promo_codes"]
        ],
        "questions": [_aliased(QuestionWire, asked) for asked in event["questions"]],
        "reviews": [
            f"{review['rating']} {review['comment']}" for review in event["reviews"]
        ],
    }
    return _aliased(EventWire, event | packed)


def _compact_person(record: Json, labels: list[str]) -> Json:
    split = {
        "categories": [interest["category"] for interest in record["interests"]],
        "levels": [interest["level"] for interest in record["interests"]],
        "circles": [labels.index(circle) for circle in record["circles"]],
    }
    return _aliased(PersonWire, record | split)


def _dollars(cents: int) -> str:
    whole, rest = divmod(cents, CENTS)
    return f"{whole}.{rest:02d}" if rest else str(whole)


def _packed(*parts: str) -> str:
    if any(SEPARATOR in part for part in parts):
        raise ValueError(f"a part has {SEPARATOR!r}, which separates: {parts!r}")
    return SEPARATOR.join(parts)
