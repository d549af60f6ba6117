"""What one city's request of one pass says: pure, the same for the same arguments.

Sixty-nine answers written without sight of each other converge: the same cheese
club, the same Elena. So each city is dealt its own categories, corners, tones, turns
of life and initials from a shuffle seeded by edition and city. Instructions stand in
the system text alone; what an earlier pass wrote goes in as JSON within a block
declared to be data, and of that only names that pass the check, slugs and numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self, TypeVar

import numpy as np

from matching.draws import key_of, one, uniform
from matching.vocabulary import (
    CATEGORIES,
    LOCATION_BY_SLUG,
    Location,
    MembershipStyle,
)
from tasks.editions import digest_json
from tasks.errors import InputError
from tasks.generate import prompt_texts as texts
from tasks.generate.drafts import PassName
from tasks.generate.prices import price_of
from tasks.generate.prompt_data import (
    communities_data,
    data_block,
    events_data,
    spending_data,
)
from tasks.generate.wire import TOOL_NAME, Json, tool_schema, wire_model

# Cities whose page would look thin with six communities
LARGE_CITIES: Final = frozenset({"london", "nyc", "tokyo", "paris", "sp", "mumbai"})
COMMUNITIES: Final = 6  # of a city, one more of a large one
CATEGORIES_DEALT: Final = 10  # of a city: 8 to 12 leave each some depth
SHARED: Final = 2  # of a city's categories: dealt to two of its communities
FREE_SHARE: Final = 0.4  # of a city's events
PREMIUM_SHARE: Final = 0.2  # of a city's events: they have a tier over $100
HYBRID_CITIES: Final = 0.3  # share of cities that have one hybrid event
PEOPLE: Final = 9  # of a city: about 620 in all
BRIDGES: Final = (1, 2)  # people in two circles, the fewest and the most
CIRCLES: Final = (2, 3)  # of a city
VENUES: Final = (12, 14)  # of a city: 10 to 15 with what a model adds or forgets
# How people of a city differ, in nines: a third each; 30, 45 and 25 %
NETWORKING: Final = "3 ACTIVE, 3 SELECTIVE, 3 CASUAL"
SPENDING: Final = "3 LOW, 4 MEDIUM, 2 HIGH"
# A cut answer is paid for and asked again: over twice what the longest is expected to
# take with the model that needs most tokens
MAX_TOKENS: Final = {
    PassName.COMMUNITIES: 20_000,
    PassName.USERS: 4_000,
    PassName.VENUES: 2_000,
}
_TOOL_TEXT: Final = "Record the whole answer for the city in one call."
_STYLES: Final = (
    *[MembershipStyle.OPEN] * 4,
    *[MembershipStyle.APPLICATION_BASED] * 2,
    MembershipStyle.INVITE_ONLY,
)
_EVENTS: Final = (3, 2, 3, 2, 3, 2, 3)  # of a city's communities, before the shuffle

_T = TypeVar("_T")


@dataclass(frozen=True)
class Conditions:
    """What a pass reads of the earlier ones: digests as tasks.generate.digest gives."""

    communities_digest: str = ""
    people_digest: str = ""

    @classmethod
    def read(cls, conditioned_on: str) -> Self:
        """Take what a pass is conditioned on apart: a digest a line."""
        communities, _, people = conditioned_on.partition("\n")
        return cls(communities, people)


@dataclass(frozen=True)
class Part:
    """What one community of a city is dealt."""

    categories: tuple[str, ...]  # slugs; the first is its subject
    angle: str
    tone: str
    style: MembershipStyle
    prices: tuple[str, ...]  # one word per event: free, paid, premium


def request_params(
    pass_name: PassName, city: str, conditions: Conditions, seed: str, model: str
) -> Json:
    """Give the Messages API's parameters of one city's request.

    Args:
        pass_name: the pass that asks.
        city: slug.
        conditions: digests of the earlier passes' answers.
        seed: the edition's; decides what the city is dealt.
        model: one with a price.

    Raises:
        InputError: the city or the model is unknown.
    """
    location = LOCATION_BY_SLUG.get(city)
    if location is None:
        raise InputError(
            f"the city {city!r} is not in matching/vocabulary/locations.json; add it "
            "there, or choose one of its slugs"
        )
    params: Json = {
        "model": model,
        "max_tokens": MAX_TOKENS[pass_name],
        "system": texts.SYSTEM[pass_name],
        "messages": [
            {"role": "user", "content": _brief(pass_name, location, conditions, seed)}
        ],
        "tools": [
            {
                "name": TOOL_NAME[pass_name],
                "description": _TOOL_TEXT,
                "strict": True,
                "input_schema": tool_schema(wire_model(pass_name)),
            }
        ],
        "tool_choice": {
            "type": "tool",
            "name": TOOL_NAME[pass_name],
            "disable_parallel_tool_use": True,
        },
    }
    if price_of(model).thinks_by_default:
        params["thinking"] = {"type": "disabled"}
    return params


def prompt_hash(pass_name: PassName) -> str:
    """Digest everything a pass's requests are made of but the city and the digests.

    A pass's texts and pools, how they are put together (shown by the request for a
    city that does not exist), and the wire schema.
    """
    pools = {
        PassName.COMMUNITIES: [texts.ANGLES, texts.TONES],
        PassName.USERS: [texts.TURNS_OF_LIFE, texts.INITIALS],
        PassName.VENUES: [],
    }
    return digest_json(
        [
            texts.SYSTEM[pass_name],
            _brief(pass_name, _NOWHERE, _NOTHING_HAPPENS, ""),
            pools[pass_name],
            tool_schema(wire_model(pass_name)),
            MAX_TOKENS[pass_name],
        ]
    )


_NOWHERE: Final = Location(
    slug="nowhere",
    name="Nowhere",
    country="Noland",
    country_code="XX",
    continent="Europe",
    timezone="UTC",
    latitude=1.0,
    longitude=1.0,
    faker_locale="en_US",
)
_NOTHING_HAPPENS: Final = Conditions(
    '[{"name":"Nothing Happens","categories":["food-drinks"],"style":"OPEN",'
    '"events":[["class","PHYSICAL",8]]}]',
    '[{"profession":"None","interests":[["food-drinks",9]],"spending":"LOW"}]',
)


def _brief(
    pass_name: PassName, location: Location, conditions: Conditions, seed: str
) -> str:
    match pass_name:
        case PassName.COMMUNITIES:
            return _communities_brief(location, seed)
        case PassName.USERS:
            return _users_brief(location, conditions, seed)
        case PassName.VENUES:
            return _venues_brief(location, conditions, seed)


# Dealing -----------------------------------------------------------------------


def deal(location_slug: str, seed: str) -> tuple[Part, ...]:
    """Deal a city's communities: categories, corner, tone, entry and prices of each.

    Two of the city's categories are dealt to two communities each, so that somebody
    who likes one has a choice.
    """
    count = COMMUNITIES + (location_slug in LARGE_CITIES)

    def shuffle(what: str, values: Sequence[_T]) -> list[_T]:
        return _shuffled(seed, what, location_slug, values)

    slugs = [category.slug for category in CATEGORIES]
    dealt = shuffle("categories", slugs)[:CATEGORIES_DEALT]
    # one each, then the rest as seconds; others are coloured by another's subject
    seconds = dealt[count:] + dealt[:SHARED]
    sizes = shuffle("events", _EVENTS[:count])
    angles = shuffle("angles", texts.ANGLES)
    tones = shuffle("tones", texts.TONES)
    styles = shuffle("styles", _STYLES)
    prices = iter(shuffle("prices", _price_words(sum(sizes))))
    return tuple(
        Part(
            categories=(dealt[at], *seconds[at : at + 1]),
            angle=angles[at],
            tone=tones[at],
            style=styles[at],
            prices=tuple(next(prices) for _ in range(sizes[at])),
        )
        for at in range(count)
    )


def _price_words(events: int) -> list[str]:
    free = round(events * FREE_SHARE)
    premium = round(events * PREMIUM_SHARE)
    return (
        ["free"] * free + ["premium"] * premium + ["paid"] * (events - free - premium)
    )


def _shuffled(seed: str, what: str, city: str, values: Sequence[_T]) -> list[_T]:
    places = np.arange(len(values), dtype=np.uint64)
    drawn = uniform(key_of("prompts", seed), what, key_of(city), places)
    return [values[at] for at in np.argsort(drawn, kind="stable")]


def _between(seed: str, what: str, city: str, bounds: tuple[int, int]) -> int:
    low, high = bounds
    drawn = one(key_of("prompts", seed), what, key_of(city))
    return low + int(drawn * (high - low + 1))


# The briefs --------------------------------------------------------------------

_HOW_TO_READ: Final = (
    "The first category is the subject, the second colours it: leave the second out "
    "where it would be forced, put no other in. Each event is free, paid (its tiers "
    "$5 to $100) or premium (its dearest tier over $100)."
)
_MIXTURE: Final = (
    "Among them one serves people in their profession, one teaches, one keeps a local "
    "tradition, one is purely for company."
)


def _city_line(location: Location) -> str:
    hemisphere = "northern" if location.latitude >= 0 else "southern"
    return (
        f"City: {location.name}, {location.country}. {hemisphere.capitalize()} "
        f"hemisphere, latitude {location.latitude:.0f}; times are local "
        f"({location.timezone})."
    )


def _communities_brief(location: Location, seed: str) -> str:
    parts = deal(location.slug, seed)
    events = sum(len(part.prices) for part in parts)
    hybrid = one(key_of("prompts", seed), "hybrid", key_of(location.slug))
    lines = [
        _city_line(location),
        f"Write these {len(parts)} communities with {events} events, in this order.",
        _HOW_TO_READ,
    ]
    lines += [
        f"{at}. {' + '.join(part.categories)}; corner: {part.angle}; "
        f"tone: {part.tone}; {part.style}; {len(part.prices)} events: "
        f"{', '.join(part.prices)}"
        for at, part in enumerate(parts, start=1)
    ]
    lines += [
        _MIXTURE,
        "One event is ONLINE, where that is natural"
        + (", and one HYBRID; " if hybrid < HYBRID_CITIES else "; ")
        + "the others are PHYSICAL.",
        _lengths(
            "community name",
            "community description",
            "focus",
            "for whom",
            "membership name",
            "membership text",
            "benefit",
            "title",
            "subtitle",
            "event description",
            "ticket name",
            "ticket text",
            "promo text",
            "question",
            "option",
            "host message",
            "review",
        ),
    ]
    return "\n".join(lines)


def _users_brief(location: Location, conditions: Conditions, seed: str) -> str:
    slug = location.slug
    circles = _between(seed, "circles", slug, CIRCLES)
    bridges = _between(seed, "bridges", slug, BRIDGES)
    initials = _shuffled(seed, "initials", slug, texts.INITIALS)[:PEOPLE]
    turns = _shuffled(seed, "turns", slug, texts.TURNS_OF_LIFE)[: PEOPLE // 2]
    return "\n".join(
        [
            _city_line(location),
            f"Write {PEOPLE} people in {circles} circles, with {_counted(bridges)}.",
            f"First names begin with {', '.join(initials)} where names there do.",
            f"Among them somebody who {'; one who '.join(turns)}.",
            f"Networking: {NETWORKING}. Spending power: {SPENDING}.",
            _lengths("profession", "bio"),
            "The city's communities:",
            data_block(communities_data(conditions.communities_digest)),
        ]
    )


def _counted(bridges: int) -> str:
    return "one bridge" if bridges == 1 else f"{bridges} bridges"


def _venues_brief(location: Location, conditions: Conditions, seed: str) -> str:
    count = _between(seed, "venues", location.slug, VENUES)
    needs = {
        "events_as_kind_and_people": events_data(conditions.communities_digest),
        "visitors_by_spending": spending_data(conditions.people_digest),
    }
    return "\n".join(
        [
            _city_line(location),
            f"Write {count} places.",
            _lengths("place name", "neighbourhood"),
            "What is to take place, on site, and for whom:",
            data_block(needs),
        ]
    )


def _lengths(*names: str) -> str:
    said = ", ".join(f"{name} {texts.LENGTHS[name]}" for name in names)
    return f"Average lengths in characters: {said}."
