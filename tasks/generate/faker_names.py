"""Names for made-up people, in Latin script, no full name in two cities.

A name belongs to one city of its group, by its hash; a city passes over the others'.
So cities can be made apart, in any order, and still never share a name.
"""

import re
from collections.abc import Iterator
from itertools import count
from typing import Final

from faker import Faker

from matching.draws import key_of, pick
from matching.vocabulary import LOCATION_BY_SLUG, LOCATIONS
from tasks.generate.name_pools import POOLS, ROMANISED

_NAME: Final = re.compile(r"[^\W\d_]+(?:[' -][^\W\d_]+)*")
# Basic Latin, Latin-1, Extended-A and -B, and Extended Additional (Vietnamese)
_LATIN: Final = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1ef9' -]{2,24}")
_FAKER: Final = "faker"  # the group of all cities whose names Faker has in Latin


def full_names(city: str, seed: str) -> Iterator[tuple[str, str]]:
    """Give first and family names that belong to the city, without end, none twice."""
    group = [row.slug for row in LOCATIONS if _group(row.slug) == _group(city)]
    seen: set[str] = set()
    for first, last in _candidates(city, seed, "people"):
        name = f"{first} {last}".casefold()
        owner = group[key_of("name-owner", name) % len(group)]
        if owner == city and name not in seen:
            seen.add(name)
            yield first, last


def family_names(city: str, seed: str) -> Iterator[str]:
    """Give family names at home in the city, without end."""
    for _, last in _candidates(city, seed, "venues"):
        yield last


def _group(city: str) -> str:
    locale = LOCATION_BY_SLUG[city].faker_locale
    return locale if locale in POOLS or locale in ROMANISED else _FAKER


def _candidates(city: str, seed: str, use: str) -> Iterator[tuple[str, str]]:
    locale = LOCATION_BY_SLUG[city].faker_locale
    key = key_of(seed, "faker-names", use, city)
    pairs = _from_pool(locale, key) if locale in POOLS else _from_faker(locale, key)
    for first, last in pairs:
        if all(
            _NAME.fullmatch(name) and _LATIN.fullmatch(name) for name in (first, last)
        ):
            yield first, last


def _from_pool(locale: str, key: int) -> Iterator[tuple[str, str]]:
    firsts, lasts = (names.split() for names in POOLS[locale])
    for turn in count():
        first = firsts[int(pick(key, "first", len(firsts), turn)[0])]
        last = lasts[int(pick(key, "last", len(lasts), turn)[0])]
        yield first, last


def _from_faker(locale: str, key: int) -> Iterator[tuple[str, str]]:
    fake = Faker(locale, providers=["faker.providers.person"], use_weighting=False)
    fake.seed_instance(key)
    for turn in count():
        if locale in ROMANISED:
            yield fake.first_romanized_name(), fake.last_romanized_name()
        elif turn % 2:
            yield fake.first_name_male(), fake.last_name_male()
        else:
            yield fake.first_name_female(), fake.last_name_female()
