"""What one result is worth, and what is to be done about it. Pure.

The catalogue: an unbilled failure is asked once more, a cut answer once more with twice
the room, a bad record is repaired once, a refusal is not repeated.
"""

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, cast

from tasks.generate import repair, wire
from tasks.generate.drafts import PassName, clean
from tasks.generate.journal import REPAIR_SUFFIX, Received
from tasks.generate.salvage import Reject, Salvaged, salvage

MAX_TEXT: Final = 2_000  # characters kept of any text: over every field's limit
TOO_DEEP: Final = "nested too deeply to be read"
SHOWN_CHARACTERS: Final = 200  # of what the API says


class Verdict(StrEnum):
    """What is to be done about a result."""

    GOOD = "good"
    REPAIR = "repair"  # some of it, or all, is not what was asked for
    LONGER = "longer"  # it was cut at max_tokens
    AGAIN = "again"  # it failed, unbilled, for no fault of the request
    INVALID = "invalid"  # the request itself is faulty
    REFUSED = "refused"  # by the model; billed

    @property
    def is_billed(self) -> bool:
        """Whether the result was paid for."""
        return self not in {Verdict.AGAIN, Verdict.INVALID}


@dataclass(frozen=True)
class Judged:
    """One result, judged."""

    verdict: Verdict
    reason: str = ""  # for anything but GOOD
    tool_input: Any = None  # as received; None if there is none
    text: str | None = None  # the answer in the stored format
    salvaged: Salvaged = field(default_factory=Salvaged)

    @property
    def kept(self) -> int:
        """Count the records that are valid, events of communities included."""
        found = self.salvaged
        events = sum(len(community.events) for community in found.communities)
        return len(found.people) + len(found.venues) + events


def judge(pass_name: PassName, city: str, line: str) -> Judged:
    """Judge one line of a batch's results."""
    try:
        result: dict[str, Any] = json.loads(line)["result"]
    except RecursionError:  # it was read once, with more room on Python's stack
        return Judged(Verdict.REPAIR, TOO_DEEP)
    match result["type"]:
        case "succeeded":
            return _judge_message(pass_name, city, result.get("message"))
        case "errored":
            kind, said = _error_of(result)
            faulty = kind == "invalid_request_error"
            return Judged(Verdict.INVALID if faulty else Verdict.AGAIN, said)
        case other:  # expired, canceled, and whatever else is not billed
            return Judged(Verdict.AGAIN, str(other))


def judge_answer(pass_name: PassName, city: str, tool_input: object) -> Judged:
    """Judge a tool's input: GOOD if every record is valid, else REPAIR."""
    try:
        # cleaned first: a stray character must not hide a number from `expand`
        answer = _bounded(wire.expand(pass_name, city, clean(tool_input)))
        text = json.dumps(answer, ensure_ascii=False, indent=1)
    except RecursionError:
        return Judged(Verdict.REPAIR, TOO_DEEP)
    salvaged = salvage(pass_name, city, text)
    if not salvaged.rejects:
        return Judged(Verdict.GOOD, "", tool_input, text, salvaged)
    reason = salvaged.rejects[0].reason
    return Judged(Verdict.REPAIR, reason, tool_input, text, salvaged)


def best_answer(pass_name: PassName, received: Received) -> Judged | None:
    """Make the best of all that came for a city; None if nothing of it can be used.

    The last attempt's rows count: the first answer, and its repair, put in its place
    or merged into it, whichever leaves more.
    """
    if not received.rows:
        return None
    nonce = received.rows[-1].custom_id.split("-", 1)[0]
    first: Judged | None = None
    best: Judged | None = None
    for row in received.rows:
        if not row.custom_id.startswith(f"{nonce}-"):
            continue
        judged = judge(pass_name, received.city, row.line)
        if judged.text is None:
            continue
        if not row.custom_id.endswith(REPAIR_SUFFIX):
            first = best = judged
        elif first is None or not received.rejects:  # asked whole again
            best = _better(best, judged)
        else:
            merged = repair.merge_repair(
                pass_name, first.tool_input, judged.tool_input, received.rejects
            )
            best = _better(best, judge_answer(pass_name, received.city, merged))
    return best


def same_names(
    pass_name: PassName, answers: Mapping[str, Salvaged]
) -> dict[str, list[Reject]]:
    """Find names that are taken: the first city by slug keeps one, the others lose it.

    Args:
        pass_name: the pass.
        answers: by city slug.

    Returns:
        By city slug, one reject for each record whose name an earlier one has.
    """
    taken: dict[str, str] = {}
    losers: dict[str, list[Reject]] = {}
    for city in sorted(answers):
        for kind, index, name in _names(answers[city]):
            folded = unicodedata.normalize("NFKC", name).casefold()
            key = f"{kind} {' '.join(folded.split())}"
            if key in taken:
                reason = f"the name {name!r} is taken by one of {taken[key]}; give it "
                reject = Reject(
                    pass_name=pass_name,
                    city=city,
                    index=index,
                    name=name,
                    reason=f"{reason}another",
                )
                losers.setdefault(city, []).append(reject)
            else:
                taken[key] = city
    return losers


def _names(salvaged: Salvaged) -> Iterator[tuple[str, int, str]]:
    for community in salvaged.communities:
        yield "community", community.index, community.head.name
        for event in community.events:
            yield "event", community.index, event.title
    for person in salvaged.people:
        draft = person.draft
        yield "person", person.index, f"{draft.first_name} {draft.last_name}"
    for venue in salvaged.venues:
        yield "venue", venue.index, venue.draft.name


def _judge_message(pass_name: PassName, city: str, message: object) -> Judged:
    if not isinstance(message, dict):
        return Judged(Verdict.REPAIR, "the answer has no message")
    fields = cast("dict[str, Any]", message)
    match fields.get("stop_reason"):
        case "refusal":
            return Judged(Verdict.REFUSED, "the model refused the request")
        case "max_tokens":
            return Judged(Verdict.LONGER, "cut at max_tokens")
        case _:
            pass
    content = fields.get("content")
    blocks = cast("list[Any]", content) if isinstance(content, list) else []
    for block in blocks:
        if isinstance(block, dict) and block.get("type") == "tool_use":  # pyright: ignore[reportUnknownMemberType]  any JSON
            return judge_answer(pass_name, city, cast("Any", block).get("input"))
    return Judged(Verdict.REPAIR, "the answer has no tool block")


def _error_of(result: Mapping[str, Any]) -> tuple[str, str]:
    """Read an errored result: the kind of error, and what the API says of it."""
    error = result.get("error")
    while isinstance(error, dict) and isinstance(error.get("error"), dict):  # pyright: ignore[reportUnknownMemberType]  any JSON
        error = cast("dict[str, Any]", error)["error"]
    if not isinstance(error, dict):
        return "", "an error without a word"
    fields = cast("dict[str, Any]", error)
    kind = str(fields.get("type"))
    return kind, f"{kind}: {str(fields.get('message'))[:SHOWN_CHARACTERS]}"


def _better(one: Judged | None, other: Judged) -> Judged:
    if one is None or other.kept > one.kept:
        return other
    # as good: the later one, which may differ in a name that was taken
    no_worse = len(other.salvaged.rejects) <= len(one.salvaged.rejects)
    return other if other.kept == one.kept and no_worse else one


def _bounded(value: Any) -> Any:  # noqa: ANN401  JSON is any value
    """Cut texts of absurd length.

    They stay too long to be valid, but no longer cost the other records of their
    answer.
    """
    if isinstance(value, str):
        return value[:MAX_TEXT]
    if isinstance(value, list):
        return [_bounded(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        return {name[:MAX_TEXT]: _bounded(item) for name, item in fields.items()}
    return value
