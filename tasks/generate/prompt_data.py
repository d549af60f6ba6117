"""What of an earlier pass's answers may stand in a later pass's prompt.

A text that one model wrote must not become an instruction to the next. So nothing
goes in but names that pass the check of a community's name (no markup, no web
address, one line, not overlong), slugs of the vocabulary and numbers; all of it as
JSON, in a block that the system text declares to be data and that no value can end.
"""

import json
from collections.abc import Iterable
from typing import Annotated, Any, Final, cast

from pydantic import TypeAdapter, ValidationError

from matching.vocabulary import (
    CATEGORY_BY_SLUG,
    EventType,
    LocationType,
    MembershipStyle,
    SpendingPower,
)
from tasks.generate.drafts import CommunityHead
from tasks.generate.wire import Json

MAX_QUOTED: Final = 50  # records of a digest: seven times a city's communities
LARGEST_EVENT: Final = 2_000  # people, as in EventDraft

_NAME: Final[TypeAdapter[str]] = TypeAdapter(
    Annotated[str, *CommunityHead.model_fields["name"].metadata]
)


def communities_data(digest: str) -> list[Json]:
    """Pick what the people's pass may read: names, categories and entry, no prose.

    A name with markup, an address, a line break or over the limit is left out; its
    community's categories stay.
    """
    found: list[Json] = []
    for record in _records(digest):
        community: Json = {}
        if _is_name(record.get("name")):
            community["name"] = record["name"]
        community["categories"] = [
            slug
            for slug in _list(record.get("categories"))
            if _in(slug, CATEGORY_BY_SLUG)
        ]
        if _in(record.get("style"), set(MembershipStyle)):
            community["style"] = record["style"]
        found.append(community)
    return found


def events_data(digest: str) -> list[list[str | int]]:
    """Pick what the venues' pass may read: kind and people of the on-site events."""
    found: list[list[str | int]] = []
    for record in _records(digest):
        for event in _list(record.get("events")):
            match event:
                case [str(kind), str(where), int(people)] if (
                    kind in set(EventType)
                    and where in {LocationType.PHYSICAL, LocationType.HYBRID}
                    and 0 < people <= LARGEST_EVENT
                ):
                    found.append([kind, people])
                case _:  # online, or not an event: it needs no room
                    pass
    return sorted(found, key=lambda event: (event[1], event[0]))


def spending_data(digest: str) -> dict[str, int]:
    """Count the people by what they pay for an evening."""
    said = [record.get("spending") for record in _records(digest)]
    return {power.value: said.count(power.value) for power in SpendingPower}


def _records(digest: str) -> list[Json]:
    value: object = json.loads(digest) if digest else []
    return [
        cast("Json", record)
        for record in _list(value)[:MAX_QUOTED]
        if isinstance(record, dict)
    ]


def _list(value: object) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def _in(value: object, words: Iterable[str]) -> bool:
    return isinstance(value, str) and value in words


def _is_name(value: object) -> bool:
    try:
        _NAME.validate_python(value, strict=True)
    except ValidationError:
        return False
    return True


def data_block(value: object) -> str:
    """Put a value into the block that the system text declares to be data."""
    return f"<city_data>\n{quoted(value)}\n</city_data>"


def quoted(value: object) -> str:
    """Write a value as JSON that cannot end the block it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e")
