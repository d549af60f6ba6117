"""What a pass will cost, said before anything is sent and without reading an answer.

The input is the requests themselves, with digests of the expected shape. The output
is a typical answer, written out here with filler of the lengths that the prompts ask
for. Tokens come from characters by a rule of thumb, so that no count leaves the
machine; `python flows/seed.py estimate` names how wide the range around it is.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import cycle, islice
from typing import Any, Final, cast

from matching.vocabulary import (
    CategorySlug,
    EventType,
    ExperienceLevel,
    IndustrySlug,
    LocationType,
    MembershipStyle,
    NetworkingStyle,
    QuestionType,
    SpendingPower,
    VenueKind,
    Weekday,
)
from tasks.generate.drafts import PassName
from tasks.generate.prices import cost_usd, price_of
from tasks.generate.prompt_texts import LENGTHS
from tasks.generate.prompts import (
    PEOPLE,
    VENUES,
    Conditions,
    Part,
    deal,
    request_params,
)
from tasks.generate.wire import Json, compact

# The rule of thumb: characters of prose and bytes of JSON in a token, then a margin
PROSE_CHARACTERS: Final = 4
JSON_BYTES: Final = 3
MARGIN: Final = 1.2
TOOL_TOKENS: Final = 340  # the vendor's own words about tools, with a forced one
# The range: a model that keeps shorter than asked, without the margin; one that runs
# on, with one city in ten asked again
LOW_SHARE: Final = 0.75
HIGH_SHARE: Final = 1.35

_KEYS: Final = frozenset(
    str(word)
    for enum in (
        CategorySlug,
        EventType,
        ExperienceLevel,
        IndustrySlug,
        LocationType,
        MembershipStyle,
        NetworkingStyle,
        QuestionType,
        SpendingPower,
        VenueKind,
        Weekday,
    )
    for word in enum
)


@dataclass(frozen=True)
class Estimate:
    """What one pass over some cities is expected to take; dollars at batch price."""

    pass_name: PassName
    model: str
    requests: int
    input_tokens: int
    output_tokens: int
    usd: float
    usd_low: float
    usd_high: float


def estimate(
    pass_name: PassName, cities: Sequence[str], model: str, seed: str = ""
) -> Estimate:
    """Estimate a pass before it is asked.

    Args:
        pass_name: the pass.
        cities: slugs of the cities to ask for.
        model: one with a price.
        seed: the edition's; which texts are dealt sways it by less than a per cent.

    Raises:
        InputError: a city or the model is unknown.
    """
    share = price_of(model).token_share
    input_tokens = output_tokens = 0.0
    for city in cities:
        parts = deal(city, seed)
        params = request_params(pass_name, city, _conditions(parts), seed, model)
        input_tokens += share * request_tokens(params)
        output_tokens += share * answer_tokens(_typical(pass_name, parts))
    usd = cost_usd(model, round(input_tokens), round(output_tokens))
    return Estimate(
        pass_name=pass_name,
        model=model,
        requests=len(cities),
        input_tokens=round(input_tokens),
        output_tokens=round(output_tokens),
        usd=usd,
        usd_low=usd * LOW_SHARE,
        usd_high=usd * HIGH_SHARE,
    )


def answer_tokens(tool_input: object) -> float:
    """Give the tokens of a tool's input by the rule of thumb.

    Prose is what a model words itself; keys, slugs, numbers and punctuation are not.
    """
    text = json.dumps(tool_input, ensure_ascii=False, separators=(",", ":"))
    prose = list(_prose(tool_input))
    rest = len(text.encode()) - sum(len(part.encode()) for part in prose)
    return _tokens(sum(map(len, prose)), rest)


def request_tokens(params: Json) -> float:
    """Give the tokens of a request by the rule of thumb; the tool's are all JSON."""
    said = len(params["system"]) + sum(len(m["content"]) for m in params["messages"])
    tools = json.dumps(params["tools"], separators=(",", ":"))
    return TOOL_TOKENS + _tokens(said, len(tools))


def _tokens(prose_characters: int, json_bytes: int) -> float:
    return MARGIN * (prose_characters / PROSE_CHARACTERS + json_bytes / JSON_BYTES)


def _prose(value: object) -> Iterator[str]:
    if isinstance(value, str):
        if value not in _KEYS:
            yield value
    elif isinstance(value, dict):
        for item in cast("Json", value).values():
            yield from _prose(item)
    elif isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from _prose(item)


# A typical answer --------------------------------------------------------------


def _text(name: str) -> str:
    return "x" * LENGTHS[name]


def _typical(pass_name: PassName, parts: Sequence[Part]) -> Json:
    match pass_name:
        case PassName.COMMUNITIES:
            return _communities(tuple((p.style, p.categories, p.prices) for p in parts))
        case PassName.USERS:
            return _users()
        case PassName.VENUES:
            return _venues()


@cache
def _communities(
    parts: tuple[tuple[MembershipStyle, tuple[str, ...], tuple[str, ...]], ...],
) -> Json:
    # what alternates from event to event, so that the means are met
    venues = cycle([_text("venue name"), None])
    questions = cycle(
        [
            (QuestionType.SINGLE_SELECT, 3),
            (QuestionType.SHORT_TEXT, 0),
            (QuestionType.MULTI_SELECT, 4),
            (QuestionType.SHORT_TEXT, 0),
        ]
    )
    return compact(
        PassName.COMMUNITIES,
        {
            "communities": [
                {
                    "name": _text("community name"),
                    "description": _text("community description"),
                    "focus_area": _text("focus"),
                    "target_audience": _text("for whom"),
                    "membership_style": style,
                    "categories": categories,
                    "membership_tiers": [_membership(0), _membership(6_000)],
                    "events": [
                        _event(price, next(venues), *next(questions))
                        for price in prices
                    ],
                }
                for style, categories, prices in parts
            ]
        },
    )


def _membership(price_cents: int) -> Json:
    return {
        "name": _text("membership name"),
        "description": _text("membership text"),
        "price_cents": price_cents,
        "benefits": [_text("benefit")] * (3 if price_cents else 2),
    }


_TICKET_CENTS: Final = {"free": [0], "paid": [1_800], "premium": [4_500, 12_000]}


def _event(price: str, venue: str | None, asked: QuestionType, options: int) -> Json:
    return {
        "title": _text("title"),
        "subtitle": _text("subtitle"),
        "description": _text("event description"),
        "event_type": "workshop",
        "location_type": "PHYSICAL",
        "venue": venue,
        "capacity": 40,
        "weekdays": ["sat"],
        "start_time": "18:00",
        "duration_minutes": 120,
        "months": [6],
        "ticket_tiers": [
            {
                "name": _text("ticket name"),
                "description": _text("ticket text"),
                "price_cents": cents,
                "capacity": 20,
            }
            for cents in _TICKET_CENTS[price]
        ],
        "promo_codes": [
            {
                "code": "EARLYBIRD",
                "description": _text("promo text"),
                "percent_off": 10,
            }
        ]
        * (price == "premium"),
        "questions": [
            {
                "label": _text("question"),
                "type": asked,
                "options": [_text("option")] * options,
            }
        ],
        "host_message": _text("host message"),
        "reviews": [{"rating": 5, "comment": _text("review")}] * 2,
    }


@cache
def _users() -> Json:
    interests = cycle([2, 3, 4])
    person: Json = {
        "first_name": "x" * 7,
        "last_name": "x" * 8,
        "profession": _text("profession"),
        "industry": "technology",
        "experience_level": "SENIOR",
        "networking_style": "SELECTIVE",
        "spending_power": "MEDIUM",
        "bio": _text("bio"),
        "circles": ["old-tram-cooks"],
    }
    return compact(
        PassName.USERS,
        {
            "users": [
                person
                | {
                    "interests": [
                        {"category": slug, "level": 7}
                        for slug in islice(CategorySlug, next(interests))
                    ]
                }
                for _ in range(PEOPLE)
            ]
        },
    )


@cache
def _venues() -> Json:
    place = {
        "name": _text("place name"),
        "kind": "restaurant",
        "neighbourhood": _text("neighbourhood"),
        "capacity": 120,
    }
    return compact(PassName.VENUES, {"venues": [place] * (sum(VENUES) // len(VENUES))})


def _conditions(parts: Sequence[Part]) -> Conditions:
    """Give digests of the shape that the answers' have."""
    communities = [
        {
            "name": _text("community name"),
            "categories": part.categories,
            "style": part.style,
            "events": [["workshop", "PHYSICAL", 40] for _ in part.prices],
        }
        for part in parts
    ]
    return Conditions(json.dumps(communities))
