"""The words of the world: cities, categories, industries, kinds, and their enums.

To add a city or a category, add a line to the JSON file beside this module; every
enum, schema and table follows. Each list keeps its order: a slug's position in
`CATEGORIES` is its bit in a category mask (see matching.interest).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, cast

MAX_CATEGORIES: Final = 63  # bits of a signed 64-bit mask


@dataclass(frozen=True)
class Location:
    """One city of the app. Latitude and longitude in degrees, WGS 84."""

    slug: str
    name: str
    country: str
    country_code: str
    continent: str
    timezone: str
    latitude: float
    longitude: float
    faker_locale: str


@dataclass(frozen=True)
class Category:
    """One interest category of the app; its name is keyed on in the app's search."""

    slug: str
    name: str
    subcategories: tuple[str, ...]


@dataclass(frozen=True)
class Industry:
    """One industry: the slug travels, the name is shown."""

    slug: str
    name: str


def _rows(file_name: str) -> list[dict[str, Any]]:
    text = files("matching.vocabulary").joinpath(file_name).read_text(encoding="utf-8")
    return json.loads(text)


def check_unique(slugs: Iterable[str], file_name: str) -> None:
    """Raise if a slug stands twice in a vocabulary file, naming it."""
    seen: set[str] = set()
    for slug in slugs:
        if slug in seen:
            raise ValueError(
                f"{file_name} names the slug {slug!r} twice; remove one of the two"
            )
        seen.add(slug)


def _member_name(slug: str) -> str:
    # "22-art" is no identifier; none of the slugs starts so today, all may tomorrow
    name = slug.replace("-", "_").upper()
    return name if name.isidentifier() else f"N{name}"


def _enum(name: str, file_name: str, slugs: Iterable[str]) -> type[StrEnum]:
    slugs = tuple(slugs)
    check_unique(slugs, file_name)
    members = {_member_name(slug): slug for slug in slugs}
    return cast(
        "type[StrEnum]", StrEnum(name, members)
    )  # a class, by the functional API


LOCATIONS: Final = tuple(Location(**row) for row in _rows("locations.json"))
CATEGORIES: Final = tuple(
    Category(row["slug"], row["name"], tuple(row["subcategories"]))
    for row in _rows("categories.json")
)
INDUSTRIES: Final = tuple(Industry(**row) for row in _rows("industries.json"))
LOCATION_BY_SLUG: Final = {location.slug: location for location in LOCATIONS}
CATEGORY_BY_SLUG: Final = {category.slug: category for category in CATEGORIES}
INDUSTRY_BY_SLUG: Final = {industry.slug: industry for industry in INDUSTRIES}

if len(CATEGORIES) > MAX_CATEGORIES:
    raise ValueError(f"categories.json has {len(CATEGORIES)}, over {MAX_CATEGORIES}")

# A type checker cannot see members that come from a file: to it these are plain
# StrEnums, and the values are checked when an answer is validated.
if TYPE_CHECKING:

    class LocationSlug(StrEnum):
        """The slug of one city."""

    class CategorySlug(StrEnum):
        """The slug of one interest category."""

    class IndustrySlug(StrEnum):
        """The slug of one industry."""

    class EventType(StrEnum):
        """What kind of event it is."""

    class VenueKind(StrEnum):
        """What kind of place a venue is."""

else:
    LocationSlug = _enum(
        "LocationSlug", "locations.json", [row.slug for row in LOCATIONS]
    )
    CategorySlug = _enum(
        "CategorySlug", "categories.json", [row.slug for row in CATEGORIES]
    )
    IndustrySlug = _enum(
        "IndustrySlug", "industries.json", [row.slug for row in INDUSTRIES]
    )
    EventType = _enum(
        "EventType", "event_types.json", [r["slug"] for r in _rows("event_types.json")]
    )
    VenueKind = _enum(
        "VenueKind", "venue_kinds.json", [r["slug"] for r in _rows("venue_kinds.json")]
    )


class ExperienceLevel(StrEnum):
    """How senior a person is at work, ascending."""

    JUNIOR = "JUNIOR"
    MID = "MID"
    SENIOR = "SENIOR"
    EXECUTIVE = "EXECUTIVE"


class NetworkingStyle(StrEnum):
    """How eagerly a person goes out to meet others."""

    ACTIVE = "ACTIVE"
    SELECTIVE = "SELECTIVE"
    CASUAL = "CASUAL"


class SpendingPower(StrEnum):
    """What a person pays for an evening, ascending."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


class MembershipStyle(StrEnum):
    """How one gets into a community."""

    OPEN = "OPEN"
    INVITE_ONLY = "INVITE_ONLY"
    APPLICATION_BASED = "APPLICATION_BASED"


class LocationType(StrEnum):
    """Where an event takes place."""

    PHYSICAL = "PHYSICAL"
    ONLINE = "ONLINE"
    HYBRID = "HYBRID"


class QuestionType(StrEnum):
    """What kind of answer a registration question asks for."""

    SHORT_TEXT = "SHORT_TEXT"
    LONG_TEXT = "LONG_TEXT"
    SINGLE_SELECT = "SINGLE_SELECT"
    MULTI_SELECT = "MULTI_SELECT"
    CHECKBOX = "CHECKBOX"


class Weekday(StrEnum):
    """A day of the week, Monday first, as in `datetime.date.weekday()`."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"
