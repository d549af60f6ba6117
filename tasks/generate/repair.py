"""One request that asks only the bad records of an answer again, and its merging.

The records are quoted as data with the reason why each cannot be used; a record's
place says where the repaired one goes. Of a community whose head is good, only the
bad events are asked again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, cast

from pydantic import BaseModel, Field

from tasks.generate.drafts import PassName, clean
from tasks.generate.prompt_data import data_block
from tasks.generate.prompt_texts import DATA_RULE
from tasks.generate.salvage import MAX_EVENTS, SHOWN_CHARACTERS, Reject
from tasks.generate.wire import Json, tool_schema
from tasks.generate.wire_models import (
    CommunityWire,
    EventWire,
    PersonWire,
    VenueWire,
    Wire,
)

MAX_REPAIRED: Final = 20  # records; an answer with more bad ones is no slip
# What is quoted of a bad record: more than an honest one has
MAX_TEXT: Final = 700  # characters
MAX_ITEMS: Final = 20  # of a list or an object
MAX_DEPTH: Final = 6  # a ticket of an event of a community, and some

Place = Annotated[int, Field(alias="at", description="the record's 'at'")]
EventPlace = Annotated[int, Field(alias="event", description="the event's 'event'")]


class RepairedCommunity(CommunityWire):
    """A community written again."""

    place: Place


class RepairedEvent(EventWire):
    """An event written again; its community stands."""

    place: Place
    event_place: EventPlace


class RepairedPerson(PersonWire):
    """A person written again."""

    place: Place


class RepairedVenue(VenueWire):
    """A place written again."""

    place: Place


class CommunitiesRepair(Wire):
    """The first pass's repairs."""

    communities: list[RepairedCommunity]
    events: list[RepairedEvent]


class UsersRepair(Wire):
    """The second pass's repairs."""

    users: list[RepairedPerson]


class VenuesRepair(Wire):
    """The third pass's repairs."""

    venues: list[RepairedVenue]


REPAIR_OF: Final[dict[PassName, type[BaseModel]]] = {
    PassName.COMMUNITIES: CommunitiesRepair,
    PassName.USERS: UsersRepair,
    PassName.VENUES: VenuesRepair,
}
REPAIR_TOOL: Final = "record_repairs"

_ASK: Final = (
    "You have answered this before. Most of it stands; the records below cannot be "
    "used, each for the faults beside it. Write just these again, each with its 'at' "
    "(one event of a community also with its 'event'): keep what is good about it, "
    "mend the faults, and whatever else breaks the rules."
)


@dataclass
class _Bad:
    """Where the bad records of an answer stand, with the faults of each."""

    records: dict[int, list[str]] = field(default_factory=dict[int, list[str]])
    events: dict[tuple[int, int], list[str]] = field(
        default_factory=dict[tuple[int, int], list[str]]
    )


def repair_params(
    params: Mapping[str, Any], tool_input: object, rejects: Sequence[Reject]
) -> Json | None:
    """Give the request that asks an answer's bad records again.

    Args:
        params: of the request that was answered.
        tool_input: its answer, as received.
        rejects: what salvage set aside of it, of one pass and city.

    Returns:
        The Messages API's parameters; None if no record can be asked by itself, as
        when the whole answer is unusable.
    """
    bad = _bad(tool_input, rejects)
    if not bad.records and not bad.events:
        return None
    pass_name = rejects[0].pass_name
    records = _records(pass_name, tool_input)
    faults: list[Json] = [
        {"at": place, "faults": reasons, "record": _clipped(records[place])}
        for place, reasons in sorted(bad.records.items())
    ]
    faults += [
        {
            "at": at,
            "event": event,
            "faults": reasons,
            "record": _clipped(_events(records[at])[event]),
        }
        for (at, event), reasons in sorted(bad.events.items())
    ]
    quoted: Json = {"bad": faults[:MAX_REPAIRED]}
    if pass_name is PassName.USERS:
        quoted["circles"] = _clipped(_object(tool_input).get("circles"))
    said = params["messages"][0]["content"]
    system: str = params["system"]
    return {
        **params,
        "system": system if DATA_RULE in system else f"{system}\n\n{DATA_RULE}",
        "messages": [
            {"role": "user", "content": f"{said}\n\n{_ASK}\n{data_block(quoted)}"}
        ],
        "tools": [
            {
                "name": REPAIR_TOOL,
                "description": "Record the repaired records, and no others.",
                "strict": True,
                "input_schema": tool_schema(REPAIR_OF[pass_name]),
            }
        ],
        "tool_choice": {**params["tool_choice"], "name": REPAIR_TOOL},
    }


def merge_repair(
    pass_name: PassName, first: object, repaired: object, rejects: Sequence[Reject]
) -> object:
    """Put repaired records where the bad ones stood; nothing else is touched.

    Args:
        pass_name: the pass that asked.
        first: the tool's input that was answered first.
        repaired: the input of the repairing tool, any JSON value.
        rejects: those that the repair was asked with.

    Returns:
        The first input with the repairs, to be expanded and salvaged as any.
    """
    bad = _bad(first, rejects)
    if not bad.records and not bad.events:
        return first
    fields = _object(repaired)
    records = list(_records(pass_name, first))
    for record in _dicts(fields.get(pass_name.value)):
        place = _taken(record, "at")
        if place in bad.records:
            records[place] = record
    for event in _dicts(fields.get("events")):
        place, event_place = _taken(event, "at"), _taken(event, "event")
        if (place, event_place) in bad.events:
            events = list(_events(records[place]))
            events[event_place] = event
            records[place] = {**records[place], "e": events}
    return {**_object(first), pass_name.value: records}


def _bad(tool_input: object, rejects: Sequence[Reject]) -> _Bad:
    bad = _Bad()
    for reject in rejects:
        records = _records(reject.pass_name, tool_input)
        if reject.index is None or not 0 <= reject.index < len(records):
            continue
        event = _event_place(records[reject.index], reject)
        if event is None:
            bad.records.setdefault(reject.index, []).append(reject.reason)
        elif event < MAX_EVENTS:  # one too many is simply left out
            bad.events.setdefault((reject.index, event), []).append(reject.reason)
    # a community that is asked again is asked with its events
    for place in [place for place in bad.events if place[0] in bad.records]:
        del bad.events[place]
    return bad


def _event_place(record: object, reject: Reject) -> int | None:
    """Find the event that a reject speaks of; None if it is the record itself."""
    if _name(record, "n") == reject.name:
        return None
    names = [_name(event, "t") for event in _events(record)]
    return names.index(reject.name) if reject.name in names else None


def _name(record: object, key: str) -> str:
    """Give a record's name as salvage gives it in a reject."""
    name: object = _object(record).get(key)
    return clean(name)[:SHOWN_CHARACTERS] if isinstance(name, str) else ""


def _records(pass_name: PassName, tool_input: object) -> list[Any]:
    return _list(_object(tool_input).get(pass_name.value))


def _events(record: object) -> list[Any]:
    return _list(_object(record).get("e"))


def _object(value: object) -> Json:
    return cast("Json", value) if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else []


def _dicts(value: object) -> list[Json]:
    return [dict(item) for item in map(_object, _list(value)) if item]


def _taken(record: Json, key: str) -> int:
    place: object = record.pop(key, None)
    return place if type(place) is int else -1  # -1 is no place


def _clipped(value: Any, depth: int = MAX_DEPTH) -> Any:  # noqa: ANN401  any JSON
    """Cut a value of any size to what may be quoted."""
    if isinstance(value, str):
        return clean(value[:MAX_TEXT])
    if isinstance(value, list | dict) and depth == 0:
        return None
    if isinstance(value, list):
        return [
            _clipped(item, depth - 1) for item in cast("list[Any]", value)[:MAX_ITEMS]
        ]
    if isinstance(value, dict):
        items = list(cast("Json", value).items())[:MAX_ITEMS]
        return {clean(key[:MAX_TEXT]): _clipped(item, depth - 1) for key, item in items}
    return value
