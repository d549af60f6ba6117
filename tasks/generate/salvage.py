"""Keep what is good of an answer, set the rest aside with its reason.

Every source's answers take this road: recorded, Faker's and a live model's alike. An
answer is never trusted: it may be cut, of any size, nested to any depth, in any
encoding, and of any shape.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

from pydantic import ValidationError

from tasks.editions import Manifest
from tasks.generate.drafts import (
    CommunityHead,
    Draft,
    EventDraft,
    PassName,
    PersonDraft,
    VenueDraft,
    clean,
)
from tasks.terminal import one_line

MAX_ANSWER_BYTES: Final = 5_000_000  # a hundred times the largest honest answer
MAX_RECORDS: Final = 200  # of one answer: ten times what any brief asks for
MAX_EVENTS: Final = 4  # event series of one community, as in CommunityDraft
SHOWN_CHARACTERS: Final = 80  # of a bad value, in a reason
MAX_SAID: Final = 2_000  # characters of what is wrong: room for all slugs

_D = TypeVar("_D", bound=Draft)


class Reject(Manifest):
    """One file or record that was set aside; `index` is None for a whole file."""

    pass_name: PassName
    city: str
    index: int | None
    name: str  # the record's own name as far as it has one, else ""
    reason: str


@dataclass(frozen=True)
class KeptCommunity:
    """A valid community with those of its events that are valid, at least one."""

    index: int  # its place in the answer
    head: CommunityHead
    events: tuple[EventDraft, ...]


@dataclass(frozen=True)
class KeptPerson:
    """A valid person."""

    index: int
    draft: PersonDraft


@dataclass(frozen=True)
class KeptVenue:
    """A valid venue."""

    index: int
    draft: VenueDraft


@dataclass(frozen=True)
class Salvaged:
    """What one answer held: valid records of its pass, and rejects with reasons."""

    communities: tuple[KeptCommunity, ...] = ()
    people: tuple[KeptPerson, ...] = ()
    venues: tuple[KeptVenue, ...] = ()
    rejects: tuple[Reject, ...] = ()


class _UnusableError(Exception):
    """A file or record cannot be used; the message is the reason."""


def salvage(pass_name: PassName, city: str, raw: bytes | str) -> Salvaged:
    """Read one city's answer of one pass, never failing on what it holds.

    Args:
        pass_name: the pass that asked.
        city: the slug of the city that was asked for; a record of another is set
            aside.
        raw: the answer as received.

    Returns:
        The valid records, each with its place in the answer, and the rejects.
    """
    aside = _Aside(pass_name, city)
    try:
        records = _records(pass_name, city, raw)
    except _UnusableError as error:
        aside.put(None, "", str(error))
        return Salvaged(rejects=tuple(aside.rejects))
    if len(records) > MAX_RECORDS:
        aside.put(None, "", f"{len(records)} records; only {MAX_RECORDS} are read")
        records = records[:MAX_RECORDS]
    match pass_name:
        case PassName.COMMUNITIES:
            kept = [_community(aside, at, record) for at, record in enumerate(records)]
            communities = tuple(community for community in kept if community)
            return Salvaged(communities=communities, rejects=tuple(aside.rejects))
        case PassName.USERS:
            people = tuple(
                KeptPerson(at, draft)
                for at, record in enumerate(records)
                if (draft := aside.check(PersonDraft, at, record))
            )
            return Salvaged(people=people, rejects=tuple(aside.rejects))
        case PassName.VENUES:
            venues = tuple(
                KeptVenue(at, draft)
                for at, record in enumerate(records)
                if (draft := aside.check(VenueDraft, at, record))
            )
            return Salvaged(venues=venues, rejects=tuple(aside.rejects))


class _Aside:
    """The rejects of one answer, in the order in which they were found."""

    def __init__(self, pass_name: PassName, city: str) -> None:
        self.pass_name = pass_name
        self.city = city
        self.rejects: list[Reject] = []

    def put(self, index: int | None, name: str, reason: str) -> None:
        """Set one file or record aside."""
        reject = Reject(
            pass_name=self.pass_name,
            city=self.city,
            index=index,
            name=name,
            reason=reason,
        )
        self.rejects.append(reject)

    def check(self, model: type[_D], index: int, record: object) -> _D | None:
        """Give the record as its model, or set it aside and give None."""
        try:
            draft = model.model_validate(record)
        except ValidationError as error:
            self.put(index, name_of(record), reason_of(error))
            return None
        home = getattr(draft, "home_location", self.city)
        if home != self.city:
            self.put(index, name_of(record), f"its home_location is {str(home)!r}")
            return None
        return draft


def _records(pass_name: PassName, city: str, raw: bytes | str) -> list[Any]:
    answer = _parse(raw)
    fields = {pass_name.value}
    if pass_name is PassName.VENUES:
        fields.add("home_location")
    if not isinstance(answer, dict):
        raise _UnusableError(f"not an object but {_shown(answer)}")
    answer = cast("dict[str, Any]", answer)
    if answer.keys() != fields:
        raise _UnusableError(
            f"its fields are {_shown(', '.join(sorted(answer)))}, "
            f"not {', '.join(sorted(fields))}"
        )
    home = answer.get("home_location", city)
    if not isinstance(home, str) or home.lower() != city:
        raise _UnusableError(f"its home_location is {_shown(home)}")
    records = answer[pass_name.value]
    if not isinstance(records, list):
        raise _UnusableError(f"{pass_name} is no list but {_shown(records)}")
    if not records:
        raise _UnusableError(f"{pass_name} is an empty list")
    return cast("list[Any]", records)


def _parse(raw: bytes | str) -> object:
    if len(raw) > MAX_ANSWER_BYTES:
        raise _UnusableError(f"{len(raw)} bytes, over {MAX_ANSWER_BYTES}")
    # a bad byte costs the record it stands in, not the file
    text = raw.decode("utf-8-sig", errors="replace") if isinstance(raw, bytes) else raw
    try:
        return clean(json.loads(text))
    except json.JSONDecodeError as error:
        raise _UnusableError(f"not JSON: {error}") from error
    except ValueError as error:  # an integer of thousands of digits
        raise _UnusableError(f"not readable JSON: {error}") from error
    except RecursionError as error:
        raise _UnusableError("nested too deeply to be read") from error


def _community(aside: _Aside, index: int, record: object) -> KeptCommunity | None:
    """Check a community, then each of its events: a bad event costs only itself."""
    if not isinstance(record, dict):
        aside.put(index, "", f"not an object but {_shown(record)}")
        return None
    fields = cast("dict[str, Any]", record)
    head = aside.check(
        CommunityHead,
        index,
        {name: value for name, value in fields.items() if name != "events"},
    )
    events = fields.get("events")
    if head is None:
        return None
    if not isinstance(events, list):
        aside.put(index, head.name, f"events is no list but {_shown(events)}")
        return None
    offered = cast("list[Any]", events)
    for event in offered[MAX_EVENTS:]:
        aside.put(index, name_of(event), f"beyond the {MAX_EVENTS} of a community")
    kept = tuple(
        draft
        for event in offered[:MAX_EVENTS]
        if (draft := aside.check(EventDraft, index, event))
    )
    if not kept:
        aside.put(index, head.name, "none of its events is valid")
        return None
    return KeptCommunity(index, head, kept)


def name_of(record: object) -> str:
    """Name a record for its reject, as far as it has a name."""
    if not isinstance(record, dict):
        return ""
    fields = cast("dict[str, Any]", record)
    parts = [fields.get(key) for key in ("name", "title", "first_name", "last_name")]
    name = " ".join(part for part in parts if isinstance(part, str))
    return name[:SHOWN_CHARACTERS]


def reason_of(error: ValidationError) -> str:
    """Say in one line what is wrong with a record: the first fault, and how many."""
    faults = error.errors(include_url=False)
    first = faults[0]
    where = ".".join(str(part) for part in first["loc"])
    found = "" if first["type"] == "missing" else f", found {_shown(first['input'])}"
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    said = first["msg"].removeprefix("Value error, ")
    # a field's name, or a slug named twice, may be any text of the answer's
    place = one_line(where[:SHOWN_CHARACTERS])
    return f"{place or 'record'}: {one_line(said)[:MAX_SAID]}{found}{more}"


def _shown(value: object) -> str:
    """Show a value of any size within a line; deep ones by their type alone."""
    if isinstance(value, str):
        text = value[:SHOWN_CHARACTERS]
        return repr(text) + ("…" if len(value) > SHOWN_CHARACTERS else "")
    if isinstance(value, dict | list):
        sized = cast("Collection[Any]", value)
        return f"a {type(sized).__name__} of {len(sized)}"
    return repr(value)[:SHOWN_CHARACTERS]
