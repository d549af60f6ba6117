"""The words of the world: cities, categories, industries, kinds, and their enums.

To add a city or a category, add a line to the JSON file beside this module; every
enum, schema and table follows. Each list keeps its order: a slug's position in
`CATEGORIES` is its bit in a category mask (see matching.interest).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Final, cast

from matching.vocabulary.reading import (
    Columns,
    VocabularyError,
    check_places,
    read_rows,
)

MAX_CATEGORIES: Final = 63  # bits of a signed 64-bit mask
CITY_COLUMNS: Final = Columns(
    texts=(
        *("name", "country", "country_code", "continent", "timezone"),
        "faker_locale",
    ),
    numbers=("latitude", "longitude"),
)
CATEGORY_COLUMNS: Final = Columns(texts=("name",), lists=("subcategories",))


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


def _member_name(slug: str) -> str:
    # "22-art" is no identifier; none of the slugs starts so today, all may tomorrow
    name = slug.replace("-", "_").upper()
    return name if name.isidentifier() else f"N{name}"


def _enum(name: str, slugs: Iterable[str]) -> type[StrEnum]:
    members = {_member_name(slug): slug for slug in slugs}
    return cast(
        "type[StrEnum]", StrEnum(name, members)
    )  # a class, by the functional API


@dataclass(frozen=True)
class Vocabulary:
    """All words of the world, each list in the order of its file."""

    locations: tuple[Location, ...]
    categories: tuple[Category, ...]
    industries: tuple[Industry, ...]
    event_types: tuple[str, ...]  # slugs
    venue_kinds: tuple[str, ...]  # slugs


def load_vocabulary(folder: Traversable) -> Vocabulary:
    """Read the vocabulary's files from a folder, checking every row.

    Raises:
        VocabularyError: Naming the file, the row's slug, and what to do.
    """
    cities = read_rows(folder, "locations.json", CITY_COLUMNS)
    check_places(cities, "locations.json")
    categories = read_rows(folder, "categories.json", CATEGORY_COLUMNS)
    if len(categories) > MAX_CATEGORIES:
        raise VocabularyError(
            f"categories.json has {len(categories)} rows, over {MAX_CATEGORIES}; "
            f"remove {categories[MAX_CATEGORIES]['slug']!r} and those behind it"
        )
    return Vocabulary(
        locations=tuple(Location(**row) for row in cities),
        categories=tuple(
            Category(row["slug"], row["name"], tuple(row["subcategories"]))
            for row in categories
        ),
        industries=tuple(
            Industry(**row)
            for row in read_rows(folder, "industries.json", Columns(("name",)))
        ),
        event_types=tuple(
            row["slug"] for row in read_rows(folder, "event_types.json", Columns())
        ),
        venue_kinds=tuple(
            row["slug"] for row in read_rows(folder, "venue_kinds.json", Columns())
        ),
    )


_WORDS: Final = load_vocabulary(files("matching.vocabulary"))
LOCATIONS: Final = _WORDS.locations
CATEGORIES: Final = _WORDS.categories
INDUSTRIES: Final = _WORDS.industries
LOCATION_BY_SLUG: Final = {location.slug: location for location in LOCATIONS}
CATEGORY_BY_SLUG: Final = {category.slug: category for category in CATEGORIES}
INDUSTRY_BY_SLUG: Final = {industry.slug: industry for industry in INDUSTRIES}

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
    LocationSlug = _enum("LocationSlug", LOCATION_BY_SLUG)
    CategorySlug = _enum("CategorySlug", CATEGORY_BY_SLUG)
    IndustrySlug = _enum("IndustrySlug", INDUSTRY_BY_SLUG)
    EventType = _enum("EventType", _WORDS.event_types)
    VenueKind = _enum("VenueKind", _WORDS.venue_kinds)


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
