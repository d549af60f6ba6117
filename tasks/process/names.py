"""Names that fit a city, for guests who have no account; and names as e-mail parts.

Faker's word lists are read, its generators are not: a name is picked by the words of
`matching.draws`, so that it depends on the guest alone, at array speed.
"""

import importlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matching.vocabulary import LOCATION_BY_SLUG
from tasks.errors import InputError
from tasks.process.curated_names import CURATED, MIXES

# One row per (city, pool): a culture's names as met in that city.
NAME_POOLS: Final = pl.Schema(
    {
        "city": pl.String,  # location slug
        "pool": pl.String,
        "weight": pl.Float64,  # relative to the city's other pools
        "first_names": pl.List(pl.String),
        "last_names": pl.List(pl.String),
    }
)
FALLBACK_PART: Final = (
    "person"  # a name without one Latin letter still needs an address
)

_NAME_WORD: Final = r"[A-ZÀ-ÖØ-ÞĀ-ſƠƯẠ-ỹ][^\W\d_]*(?:['\u2019-][^\W\d_]+)*"
# Particles may lead a family name ("van der Berg"); any other lower-case word in
# Faker's lists is a joke or a title.
_PARTICLE: Final = (
    r"(?:(?:da|das|de|del|della|den|der|di|do|dos|du|het|la|le|ten|ter|van|von) )*"
)
_NAME: Final = re.compile(rf"{_PARTICLE}{_NAME_WORD}(?: {_NAME_WORD}){{0,2}}")
_MIN_NAMES: Final = 40  # of each kind; with fewer, a guest list visibly repeats
_MIN_CHARACTERS: Final = 2  # one letter is an initial, not a name
_MAX_CHARACTERS: Final = 24  # longer ones are double-barrelled rarities
_MAC: Final = re.compile(r"\b(Mc)([a-z])")  # Faker's "Mccoy" is McCoy
_APOSTROPHES: Final = {  # that Faker's lists have lost
    "Obrien": "O'Brien",
    "Oconnell": "O'Connell",
    "Oconnor": "O'Connor",
    "Odonnell": "O'Donnell",
    "Oneal": "O'Neal",
    "Oneill": "O'Neill",
}
_LOADED: Final = frozenset({"Öcalan"})  # one bearer is all that the name calls up

# The letters that Unicode does not decompose into an ASCII letter and a mark.
_UNDECOMPOSED: Final = {
    "ß": "ss",
    "æ": "ae",
    "œ": "oe",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "\u0131": "i",
    "ŋ": "n",
    "ħ": "h",
    "ŧ": "t",
    "ə": "e",
}
_MAX_LOCAL_PART: Final = 48  # RFC 5321 allows 64 octets; leaves room for a suffix

# A word's bits: 16 choose the pool, 24 the first name, 24 the last name. Against lists
# of at most 2,500 names the bias is below 0.02 %.
_POOL_SHIFT: Final = np.uint64(48)
_FIRST_SHIFT: Final = np.uint64(24)
_LOW_24: Final = np.uint64((1 << 24) - 1)
_TO_SHARE: Final = 2.0**-16
# Knuth's MMIX step: a full-period walk over all words.
_REDRAW_FACTOR: Final = np.uint64(6364136223846793005)
_REDRAW_STEP: Final = np.uint64(1442695040888963407)
_MAX_REDRAWS: Final = 64  # a city's smallest pool has thousands of pairs


def name_pools(cities: Sequence[str]) -> pl.DataFrame:
    """Collect the names of the cultures that meet in each city.

    Args:
        cities: Location slugs.

    Returns:
        One row per (city, pool), as `NAME_POOLS`, cities in the order given. Names are
        in Latin script, sorted and unique; any first name of a pool goes with any last
        name of it.

    Raises:
        InputError: Cities are not in the vocabulary, all listed; or a city's locale has
            too few names.
    """
    unknown = sorted(set(cities) - LOCATION_BY_SLUG.keys())
    if unknown:
        raise InputError(
            f"no names for the cities {unknown!r}: they are not in "
            "matching/vocabulary/locations.json; add them there or correct the slug"
        )
    rows = [
        (city, pool, float(weight), firsts, lasts)
        for city in dict.fromkeys(cities)
        for pool, weight, firsts, lasts in _city_pools(city)
    ]
    return pl.DataFrame(rows, schema=NAME_POOLS, orient="row")


def guest_names(
    pools: pl.DataFrame,
    city: pl.Series,
    draw_words: NDArray[np.uint64],
    taken: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Name guests, first and last name from one pool of their city.

    Args:
        pools: One row per (city, pool), as `name_pools` gives it.
        city: Location slug of each guest.
        draw_words: One word of `matching.draws.words` per guest.
        taken: One row per (first_name, last_name) that no guest may bear, such as the
            members' names; such a draw is repeated.

    Returns:
        One row per guest, in their order: first_name, last_name.

    Raises:
        InputError: A guest's city has no pool; all such cities are listed.
    """
    missing = sorted(set(city.unique()) - set(pools["city"].unique()))
    if missing:
        raise InputError(
            f"no names for the cities {missing!r}; pass them to name_pools"
        )
    picker = _Picker(pools, city)
    named = picker.pick(np.arange(len(city)), draw_words)
    if taken is None:
        return named
    draws = draw_words.copy()
    clash = _clashes(named, taken)
    for _ in range(_MAX_REDRAWS):
        if not len(clash):
            return named
        draws[clash] = draws[clash] * _REDRAW_FACTOR + _REDRAW_STEP
        again = picker.pick(clash, draws[clash])
        named = named.with_columns(
            named[name].scatter(clash, again[name]) for name in named.columns
        )
        clash = _clashes(named, taken)
    raise InputError(
        f"every name drawn for guests of {city[int(clash[0])]!r} is taken; give the "
        "city more names in tasks/process/curated_names.py"
    )


def _clashes(named: pl.DataFrame, taken: pl.DataFrame) -> NDArray[np.intp]:
    """Give the positions of the guests whose name is taken."""
    hits = named.with_row_index("guest").join(
        taken, on=["first_name", "last_name"], how="semi"
    )
    return np.asarray(hits["guest"].to_numpy(), dtype=np.intp)


def ascii_slug(text: pl.Expr) -> pl.Expr:
    """Write a name in the letters a-z and digits: "Łukasz Ørsted" as "lukaszorsted".

    Scripts other than Latin leave nothing; the result may be empty.
    """
    return (
        text.str.to_lowercase()
        .str.normalize("NFKD")
        .str.replace_many(_UNDECOMPOSED)
        .str.replace_all(r"[^a-z0-9]", "")
    )


def email_local_part(first_name: pl.Expr, last_name: pl.Expr) -> pl.Expr:
    """Give the "first.last" of an e-mail address, in ASCII and never empty."""
    joined = pl.concat_str(
        ascii_slug(first_name).fill_null(""),
        ascii_slug(last_name).fill_null(""),
        separator=".",
    )
    part = joined.str.head(_MAX_LOCAL_PART).str.strip_chars(".")
    return pl.when(part == "").then(pl.lit(FALLBACK_PART)).otherwise(part)


class _Picker:
    """The pools of some guests' cities, laid out for picks at array speed."""

    def __init__(self, pools: pl.DataFrame, city: pl.Series) -> None:
        slugs = pools["city"].unique().sort()
        index = pl.Series(range(len(slugs)), dtype=pl.Int64)
        ranked = pools.with_columns(
            pl.col("city").replace_strict(slugs, index, return_dtype=pl.Int64)
        ).sort("city", maintain_order=True)
        # A city's pool ends at the city's index + its cumulative share, so that one
        # ascending array serves all cities.
        self.ends = ranked.select(
            pl.col("city")
            + pl.col("weight").cum_sum().over("city")
            / pl.col("weight").sum().over("city")
        )["city"].to_numpy()
        self.city_index = city.replace_strict(
            slugs, index, return_dtype=pl.Int64
        ).to_numpy()
        self.first_names = _Lists(ranked["first_names"])
        self.last_names = _Lists(ranked["last_names"])

    def pick(self, guests: NDArray[np.intp], draws: NDArray[np.uint64]) -> pl.DataFrame:
        """Name the guests at these positions, one row each."""
        share = (draws >> _POOL_SHIFT).astype(np.float64) * _TO_SHARE
        pool = np.searchsorted(self.ends, self.city_index[guests] + share, side="right")
        return pl.DataFrame(
            {
                "first_name": self.first_names.at(
                    pool, (draws >> _FIRST_SHIFT) & _LOW_24
                ),
                "last_name": self.last_names.at(pool, draws & _LOW_24),
            }
        )


class _Lists:
    """The rows of a list column, laid end to end."""

    def __init__(self, lists: pl.Series) -> None:
        self.flat = lists.explode(empty_as_null=False)
        self.sizes = lists.list.len().cast(pl.UInt64).to_numpy()
        self.starts = np.cumsum(self.sizes) - self.sizes

    def at(self, row: NDArray[np.intp], draw: NDArray[np.uint64]) -> pl.Series:
        """Pick one entry of each row by a 24-bit draw."""
        return self.flat.gather(
            self.starts[row] + ((draw * self.sizes[row]) >> _FIRST_SHIFT)
        )


def _city_pools(city: str) -> Iterator[tuple[str, float, list[str], list[str]]]:
    locale = LOCATION_BY_SLUG[city].faker_locale
    for pool, weight in (MIXES.get(city) or MIXES.get(locale) or {locale: 1}).items():
        parts = _read_pool(pool)
        for name, (first_names, last_names) in parts.items():
            if (count := min(len(first_names), len(last_names))) < _MIN_NAMES:
                raise _too_few(name, count)
            yield name, weight / len(parts), first_names, last_names


@cache
def _read_pool(pool: str) -> dict[str, tuple[list[str], list[str]]]:
    """Read a pool of `MIXES`; one whose surnames are inflected comes as two."""
    first_of, plus, last_of = pool.partition("+")
    if plus:
        ((first_names, _),) = _read_pool(first_of).values()
        ((_, last_names),) = _read_pool(last_of).values()
        return {pool: (first_names, last_names)}
    if pool in CURATED:
        first_text, last_text = CURATED[pool]
        return {pool: (_clean(first_text.split(",")), _clean(last_text.split(",")))}
    words: Mapping[str, Iterable[str]] = vars(_provider(pool))
    if "last_names_female" in words:
        return {
            f"{pool} {gender}": (
                _clean(words[f"first_names_{gender}"]),
                _clean(words[f"last_names_{gender}"]),
            )
            for gender in ("female", "male")
        }
    if "first_romanized_names" in words:  # some in capitals: "CHIA-HAO"
        return {
            pool: (
                _clean(name.title() for name in words["first_romanized_names"]),
                _clean(name.title() for name in words["last_romanized_names"]),
            )
        }
    return {pool: (_clean(words["first_names"]), _clean(words["last_names"]))}


def _provider(locale: str) -> type:
    """Import a locale's person provider; Faker's factory would build all providers."""
    try:
        module = importlib.import_module(f"faker.providers.person.{locale}")
    except ModuleNotFoundError:
        raise _too_few(locale, 0) from None
    return module.Provider


def _too_few(pool: str, count: int) -> InputError:
    return InputError(
        f"the names {pool!r} of a city hold {count} in Latin script, under "
        f"{_MIN_NAMES}; add some to CURATED, and the city or its faker_locale to "
        "MIXES, in tasks/process/curated_names.py"
    )


def _clean(names: Iterable[str]) -> list[str]:
    """Keep what reads as a name in Latin script, each once, in order."""
    kept: set[str] = set()
    for raw in names:
        name = unicodedata.normalize("NFC", " ".join(raw.split()))
        name = _MAC.sub(lambda match: match[1] + match[2].upper(), name)
        name = _APOSTROPHES.get(name, name)
        if name in _LOADED or name.isupper():
            continue
        if _MIN_CHARACTERS <= len(name) <= _MAX_CHARACTERS and _NAME.fullmatch(name):
            kept.add(name)
    return sorted(kept)
