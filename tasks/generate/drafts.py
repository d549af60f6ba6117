"""The three passes' answers as pydantic models: what may enter the world, and no more.

Fields and limits are those of the recorded edition. Slugs are the vocabulary's enums,
so that an unknown city, category, industry or kind cannot get past validation. What
a model often gets wrong without meaning harm (letter case of a slug, spaces at the
ends, control characters) is mended first; everything else is refused.
"""

import re
import unicodedata
from collections.abc import Hashable, Sequence
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Final, Self, cast

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from matching.vocabulary import (
    CategorySlug,
    EventType,
    ExperienceLevel,
    IndustrySlug,
    LocationSlug,
    LocationType,
    MembershipStyle,
    NetworkingStyle,
    QuestionType,
    SpendingPower,
    VenueKind,
    Weekday,
)
from tasks.editions import digest_json

MINUTES_PER_QUARTER: Final = 15  # events begin on the quarter hour
SELECT_TYPES: Final = frozenset({QuestionType.SINGLE_SELECT, QuestionType.MULTI_SELECT})
# Prose keeps its line breaks; every other control character goes, so do the lone
# surrogates and NUL, which neither UTF-8 nor PostgreSQL can store.
_UNSTORABLE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\u202a-\u202e\u2066-\u2069]"
)
_LINE_BREAK: Final = re.compile("[\u2028\u2029]")  # Unicode's own
_MARKUP: Final = re.compile(
    r"</?[a-z!][^<>]{0,200}>|```|&(?:#x?[0-9a-f]+|amp|apos|gt|lt|nbsp|quot);",
    re.IGNORECASE,
)
# Domains in lower case only: "ASP.NET" is a thing to meet about, not an address.
_URL: Final = re.compile(
    r"(?i:\b(?:https?|ftp|javascript):\S|\bwww\.\w)"
    r"|\b[\w-]+\.(?:com|org|net|io|app|dev|info)\b"
)
_REPLACEMENT: Final = "\ufffd"  # what decoding puts for bytes that are not UTF-8


def clean(value: Any) -> Any:  # noqa: ANN401  JSON is any value
    """Mend every text in a JSON value: no control characters, NFC, trimmed ends.

    Lines end in a line feed alone: CRLF becomes one, and so do Unicode's line and
    paragraph separators, which not every program takes for line breaks.
    """
    if isinstance(value, str):
        text = _LINE_BREAK.sub("\n", _UNSTORABLE.sub("", value))
        return unicodedata.normalize("NFC", text).strip()
    if isinstance(value, list):
        return [clean(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        return {clean(name): clean(item) for name, item in fields.items()}
    return value


def _plain(text: str) -> str:
    if _REPLACEMENT in text:
        raise ValueError("has bytes that are not UTF-8")
    if _MARKUP.search(text):
        raise ValueError("has markup; give plain text")
    if _URL.search(text):
        raise ValueError("has a web address; name the thing instead")
    return text


def _one_line(text: str) -> str:
    if "\n" in text or "\t" in text:
        raise ValueError("has a line break; give one line")
    return text


_ONE_LINE: Final = AfterValidator(_one_line)
_PLAIN: Final = AfterValidator(_plain)
_LOWER: Final = BeforeValidator(
    lambda value: value.lower() if isinstance(value, str) else value
)
_UPPER: Final = BeforeValidator(
    lambda value: value.upper() if isinstance(value, str) else value
)


def _unique(values: Sequence[Hashable], what: str) -> None:
    twice = sorted({str(value) for value in values if values.count(value) > 1})
    if twice:
        raise ValueError(f"{what} named twice: {', '.join(twice)}")


def _unique_list(values: list[Any]) -> list[Any]:
    _unique(values, "values")
    return values


_UNIQUE: Final = AfterValidator(_unique_list)


def _quarter_hour(value: str) -> str:
    if int(value[3:]) % MINUTES_PER_QUARTER:
        raise ValueError("is not on the quarter hour")
    return value


Category = Annotated[CategorySlug, _LOWER]
City = Annotated[LocationSlug, _LOWER]
Cents = Annotated[int, Field(strict=True, ge=0)]
Count = Annotated[int, Field(strict=True, ge=1)]
StartTime = Annotated[
    str,
    StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$"),
    AfterValidator(_quarter_hour),
]
Month = Annotated[int, Field(strict=True, ge=1, le=12)]
PromoText = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{4,16}$")]
Benefit = Annotated[str, Field(min_length=4, max_length=80), _PLAIN, _ONE_LINE]
Option = Annotated[str, Field(min_length=1, max_length=60), _PLAIN, _ONE_LINE]
Circle = Annotated[str, Field(min_length=1, max_length=40), _PLAIN, _ONE_LINE]


class Draft(BaseModel):
    """A part of an answer: all fields required, nothing else allowed, immutable."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class MembershipTierDraft(Draft):
    """One way to belong to a community. Price in US cents, 0 is free."""

    name: Annotated[str, Field(min_length=2, max_length=40), _PLAIN, _ONE_LINE]
    description: Annotated[str, Field(min_length=8, max_length=160), _PLAIN]
    price_cents: Annotated[Cents, Field(le=50_000)]
    benefits: Annotated[list[Benefit], Field(min_length=2, max_length=4)]


class TicketTierDraft(Draft):
    """One kind of ticket. Price in US cents, 0 is free; capacity in seats."""

    name: Annotated[str, Field(min_length=2, max_length=40), _PLAIN, _ONE_LINE]
    description: Annotated[str, Field(min_length=8, max_length=140), _PLAIN]
    price_cents: Annotated[Cents, Field(le=100_000)]
    capacity: Count


class PromoCodeDraft(Draft):
    """One code that takes a percentage off a paid event's tickets."""

    code: PromoText
    description: Annotated[str, Field(min_length=6, max_length=120), _PLAIN]
    percent_off: Annotated[int, Field(strict=True, ge=5, le=50)]


class QuestionDraft(Draft):
    """One registration question; only the selects offer options, at least two."""

    label: Annotated[str, Field(min_length=6, max_length=120), _PLAIN, _ONE_LINE]
    type: Annotated[QuestionType, _UPPER]
    options: Annotated[list[Option], Field(max_length=12), _UNIQUE]

    @model_validator(mode="after")
    def _options_fit(self) -> Self:
        if self.type in SELECT_TYPES:
            if len(self.options) < 2:
                raise ValueError(f"a {self.type} question needs two options or more")
        elif self.options:
            raise ValueError(f"a {self.type} question takes no options")
        return self


class ReviewDraft(Draft):
    """What one visitor wrote after a past occurrence."""

    rating: Annotated[int, Field(strict=True, ge=1, le=5)]
    comment: Annotated[str, Field(min_length=15, max_length=240), _PLAIN]


class EventDraft(Draft):
    """One event series of a community: the occasion, its tickets and its texts."""

    title: Annotated[str, Field(min_length=6, max_length=90), _PLAIN, _ONE_LINE]
    subtitle: Annotated[str, Field(min_length=6, max_length=120), _PLAIN, _ONE_LINE]
    description: Annotated[str, Field(min_length=60, max_length=600), _PLAIN]
    event_type: Annotated[EventType, _LOWER]
    location_type: Annotated[LocationType, _UPPER]
    venue: Annotated[
        Annotated[str, Field(min_length=3, max_length=90), _PLAIN, _ONE_LINE] | None,
        Field(description="a place's name, or null for any of the city's that fits"),
    ]
    capacity: Annotated[Count, Field(ge=8, le=2_000)]
    weekdays: Annotated[
        list[Annotated[Weekday, _LOWER]], Field(min_length=1, max_length=7), _UNIQUE
    ]
    start_time: StartTime
    duration_minutes: Annotated[Count, Field(ge=30, le=720)]
    months: Annotated[list[Month], Field(max_length=12), _UNIQUE]
    ticket_tiers: Annotated[list[TicketTierDraft], Field(min_length=1, max_length=4)]
    promo_codes: Annotated[list[PromoCodeDraft], Field(max_length=1)]
    questions: Annotated[list[QuestionDraft], Field(max_length=2)]
    host_message: Annotated[str, Field(min_length=20, max_length=300), _PLAIN]
    reviews: Annotated[list[ReviewDraft], Field(min_length=2, max_length=3)]

    @model_validator(mode="after")
    def _tickets_fit(self) -> Self:
        prices = [tier.price_cents for tier in self.ticket_tiers]
        if prices != sorted(set(prices)):
            raise ValueError(f"ticket prices do not ascend strictly: {prices}")
        seats = sum(tier.capacity for tier in self.ticket_tiers)
        if seats > self.capacity:
            raise ValueError(f"tiers hold {seats} seats, the event {self.capacity}")
        if self.promo_codes and prices[-1] == 0:
            raise ValueError("a free event takes no promo code")
        _unique([tier.name for tier in self.ticket_tiers], "ticket tiers")
        return self


class CommunityHead(Draft):
    """A community without its events."""

    name: Annotated[str, Field(min_length=6, max_length=70), _PLAIN, _ONE_LINE]
    description: Annotated[str, Field(min_length=80, max_length=600), _PLAIN]
    focus_area: Annotated[str, Field(min_length=3, max_length=60), _PLAIN, _ONE_LINE]
    target_audience: Annotated[
        str, Field(min_length=6, max_length=120), _PLAIN, _ONE_LINE
    ]
    membership_style: Annotated[MembershipStyle, _UPPER]
    home_location: City
    categories: Annotated[list[Category], Field(min_length=1, max_length=3), _UNIQUE]
    membership_tiers: Annotated[
        list[MembershipTierDraft], Field(min_length=1, max_length=3)
    ]

    @model_validator(mode="after")
    def _tiers_ascend(self) -> Self:
        prices = [tier.price_cents for tier in self.membership_tiers]
        if prices != sorted(prices):
            raise ValueError(f"membership prices do not ascend: {prices}")
        _unique([tier.name for tier in self.membership_tiers], "membership tiers")
        return self


class CommunityDraft(CommunityHead):
    """One community with its two to four event series."""

    events: Annotated[list[EventDraft], Field(min_length=2, max_length=4)]


class InterestDraft(Draft):
    """How much a person cares for a category, 1 to 10; strong is over 5."""

    category: Category
    level: Annotated[int, Field(strict=True, ge=1, le=10)]


class PersonDraft(Draft):
    """One person of a city; circles are labels of the friend groups they are in."""

    first_name: Annotated[str, Field(min_length=1, max_length=40), _PLAIN, _ONE_LINE]
    last_name: Annotated[str, Field(min_length=1, max_length=40), _PLAIN, _ONE_LINE]
    profession: Annotated[str, Field(min_length=3, max_length=60), _PLAIN, _ONE_LINE]
    industry: Annotated[IndustrySlug, _LOWER]
    experience_level: Annotated[ExperienceLevel, _UPPER]
    interests: Annotated[list[InterestDraft], Field(min_length=1, max_length=5)]
    home_location: City
    networking_style: Annotated[NetworkingStyle, _UPPER]
    spending_power: Annotated[SpendingPower, _UPPER]
    bio: Annotated[str, Field(min_length=30, max_length=240), _PLAIN]
    circles: Annotated[list[Circle], Field(max_length=2), _UNIQUE]

    @model_validator(mode="after")
    def _interests_differ(self) -> Self:
        _unique([interest.category for interest in self.interests], "interests")
        return self


class VenueDraft(Draft):
    """One place of a city; capacity in people."""

    name: Annotated[str, Field(min_length=3, max_length=70), _PLAIN, _ONE_LINE]
    kind: Annotated[VenueKind, _LOWER]
    neighbourhood: Annotated[str, Field(min_length=2, max_length=50), _PLAIN, _ONE_LINE]
    capacity: Annotated[Count, Field(ge=8, le=20_000)]


class CommunitiesAnswer(Draft):
    """The first pass's answer for one city."""

    communities: Annotated[list[CommunityDraft], Field(min_length=1)]


class UsersAnswer(Draft):
    """The second pass's answer for one city."""

    users: Annotated[list[PersonDraft], Field(min_length=1)]


class VenuesAnswer(Draft):
    """The third pass's answer for one city."""

    home_location: City
    venues: Annotated[list[VenueDraft], Field(min_length=1)]


class PassName(StrEnum):
    """The three passes, in the order in which each reads the one before."""

    COMMUNITIES = "communities"
    USERS = "users"
    VENUES = "venues"


ANSWER_OF: Final[dict[PassName, type[Draft]]] = {
    PassName.COMMUNITIES: CommunitiesAnswer,
    PassName.USERS: UsersAnswer,
    PassName.VENUES: VenuesAnswer,
}


@cache
def schema_hash(pass_name: PassName) -> str:
    """Digest a pass's answer schema, the list of cities left out.

    A city is assigned by code, so that adding one leaves the other cities' answers
    as they are.
    """
    schema = ANSWER_OF[pass_name].model_json_schema()
    schema["$defs"].pop(LocationSlug.__name__)
    return digest_json(schema)
