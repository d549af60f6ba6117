"""Guests' names fit their city, replay from their draws, and make e-mail addresses."""

import dataclasses
import subprocess
import sys
import unicodedata

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import draws
from matching.vocabulary import LOCATION_BY_SLUG, LOCATIONS
from tasks.errors import InputError
from tasks.process import names

CITIES = [location.slug for location in LOCATIONS]
POOLS = names.name_pools(CITIES)
SMALLEST_FAKER_LIST = 49  # Faker's romanised Japanese family names


def _guests(cities: list[str], seed: int = 1) -> tuple[pl.Series, pl.DataFrame]:
    city = pl.Series(cities)
    guests = np.arange(len(cities), dtype=np.uint64)
    drawn = names.guest_names(POOLS, city, draws.words(seed, "guest-name", guests))
    return city, drawn


def test_every_city_has_enough_names() -> None:
    """Each of the 69 cities has pools, none so small that a guest list repeats."""
    assert POOLS["city"].unique(maintain_order=True).to_list() == CITIES
    assert POOLS.schema == names.NAME_POOLS
    sizes = POOLS.select(
        first=pl.col("first_names").list.len(), last=pl.col("last_names").list.len()
    )
    assert sizes["first"].min() >= SMALLEST_FAKER_LIST  # type: ignore[operator]  # ints
    assert sizes["last"].min() >= SMALLEST_FAKER_LIST  # type: ignore[operator]  # ints


def test_names_are_sorted_unique_and_latin() -> None:
    """A pool's names are in one order, once each, in Latin letters only."""
    for column in ("first_names", "last_names"):
        for pool in POOLS[column].to_list():
            assert pool == sorted(set(pool))
            letters = {
                letter for name in pool for letter in name if letter not in " -'\u2019"
            }
            assert all("LATIN" in unicodedata.name(letter) for letter in letters)


def test_names_are_neither_titles_nor_initials() -> None:
    """Nothing that no mother would say: no dots, no initials, no shouting."""
    every = [
        name
        for column in ("first_names", "last_names")
        for name in POOLS[column].explode().unique()
    ]
    assert [n for n in every if "." in n or len(n) < 2 or n.isupper()] == []
    assert {"Dr", "Prof", "Mr", "Mrs", "auch Schlauchin"}.isdisjoint(every)
    assert {"McCoy", "O'Connor"} <= set(every)


def test_surnames_agree_with_the_first_name_in_gender() -> None:
    """In Prague no Jana is called Novák and no Jan Nováková."""
    _, guests = _guests(["prague"] * 2000)
    czech = names.name_pools(["prague"])
    female = set(czech.filter(pl.col("pool") == "cs_CZ female")["first_names"][0])
    male = set(czech.filter(pl.col("pool") == "cs_CZ male")["first_names"][0])
    inflected = guests.filter(pl.col("last_name").str.ends_with("ová"))
    assert inflected.height > 500
    assert set(inflected["first_name"]) <= female
    plain = guests.filter(~pl.col("last_name").str.ends_with("á"))
    assert set(plain["first_name"]) <= male


def test_a_name_depends_on_its_own_word_alone() -> None:
    """A guest keeps the name whoever else is on the list, in whatever order."""
    city, guests = _guests(CITIES * 5)
    words = draws.words(1, "guest-name", np.arange(len(city), dtype=np.uint64))
    backwards = names.guest_names(POOLS, city.reverse(), words[::-1])
    assert backwards.reverse().equals(guests)
    alone = names.guest_names(
        names.name_pools(["sg"]),
        city.filter(city == "sg"),
        words[(city == "sg").to_numpy()],
    )
    assert alone.equals(guests.filter(city == "sg"))


def test_pools_are_drawn_by_weight() -> None:
    """Singapore's four cultures come in their shares, first and last name of one."""
    _, guests = _guests(["sg"] * 20_000)
    sg = POOLS.filter(pl.col("city") == "sg")
    malay = sg.filter(pl.col("pool") == "malay")
    share = guests.filter(
        pl.col("first_name").is_in(malay["first_names"].explode().implode()),
        pl.col("last_name").is_in(malay["last_names"].explode().implode()),
    ).height
    assert 0.12 < share / 20_000 < 0.15  # 13 % and a few chance matches


def test_a_guest_never_bears_a_members_name() -> None:
    """A draw that hits a taken name is repeated; the other guests keep theirs."""
    city, free = _guests(["tokyo"] * 500)
    taken = free.head(50)
    words = draws.words(1, "guest-name", np.arange(500, dtype=np.uint64))
    kept = names.guest_names(POOLS, city, words, taken)
    assert kept.join(taken, on=["first_name", "last_name"], how="semi").is_empty()
    clash = free.with_row_index().join(
        taken, on=["first_name", "last_name"], how="semi"
    )
    untouched = ~pl.Series(range(500)).is_in(clash["index"].cast(pl.Int64).implode())
    assert kept.filter(untouched).equals(free.filter(untouched))


def test_a_city_whose_every_name_is_taken_is_said() -> None:
    """With no name left the message names the city, rather than loop for ever."""
    pools = pl.DataFrame(
        {
            "city": ["tokyo"],
            "pool": ["one"],
            "weight": [1.0],
            "first_names": [["Aiko"]],
            "last_names": [["Abe"]],
        }
    )
    taken = pl.DataFrame({"first_name": ["Aiko"], "last_name": ["Abe"]})
    words = np.array([7], dtype=np.uint64)
    with pytest.raises(InputError, match="tokyo"):
        names.guest_names(pools, pl.Series(["tokyo"]), words, taken)


def test_unknown_cities_are_listed() -> None:
    """A city outside the vocabulary or the pools is an error that names it."""
    with pytest.raises(InputError, match="'atlantis'"):
        names.name_pools(["tokyo", "atlantis"])
    with pytest.raises(InputError, match="'paris'"):
        names.guest_names(
            names.name_pools(["tokyo"]),
            pl.Series(["paris"]),
            np.array([1], dtype=np.uint64),
        )


@pytest.mark.parametrize("locale", ["ru_RU", "xx_XX"])
def test_a_new_city_without_names_says_where_to_add_them(
    monkeypatch: pytest.MonkeyPatch, locale: str
) -> None:
    """A locale that Faker lacks or writes in another script names the file to edit."""
    city = dataclasses.replace(LOCATIONS[0], slug="new", faker_locale=locale)
    monkeypatch.setitem(LOCATION_BY_SLUG, "new", city)
    with pytest.raises(InputError, match=rf"'{locale}.*curated_names\.py"):
        names.name_pools(["new"])


def test_no_guests_need_no_names() -> None:
    """An empty guest list gives an empty frame of the same shape."""
    none = names.guest_names(
        POOLS, pl.Series([], dtype=pl.String), np.array([], dtype=np.uint64)
    )
    assert none.schema == {"first_name": pl.String, "last_name": pl.String}
    assert none.is_empty()


def test_names_do_not_vary_with_the_hash_seed() -> None:
    """Another PYTHONHASHSEED gives the same pools to the byte."""
    code = (
        "from tasks.process.names import name_pools; import hashlib;"
        "from matching.vocabulary import LOCATIONS;"
        "text = name_pools([row.slug for row in LOCATIONS]).write_ndjson();"
        "print(hashlib.sha256(text.encode()).hexdigest())"
    )
    digests = {
        subprocess.run(  # noqa: S603  our own code in our own interpreter
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "4711")
    }
    assert len(digests) == 1


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Łukasz Ørsted", "lukaszorsted"),
        ("Weißbäcker", "weissbacker"),
        ("Đặng Ánh", "danganh"),
        ("İnci Y\u0131ld\u0131z", "inciyildiz"),
        ("Þórður Æsir", "thorduraesir"),
        ("O'Brien-Núñez", "obriennunez"),
        ("山田", ""),
    ],
)
def test_ascii_slug_keeps_the_letters(name: str, slug: str) -> None:
    """A name loses its marks, not its letters."""
    assert pl.select(names.ascii_slug(pl.lit(name))).item() == slug


@given(st.text(), st.text())
def test_email_local_part_is_always_usable(first: str, last: str) -> None:
    """Whatever the name, the part is non-empty ASCII, no dot at an end or doubled."""
    part = pl.select(names.email_local_part(pl.lit(first), pl.lit(last))).item()
    assert part.isascii()
    assert 0 < len(part) <= 48
    assert not part.startswith(".")
    assert not part.endswith(".")
    assert ".." not in part
    assert part.replace(".", "").isalnum()


def test_email_local_part_joins_both_names() -> None:
    """First and last name meet at a dot; a missing half leaves the other alone."""
    frame = pl.DataFrame(
        {
            "first": ["Mary Jane", "Zoë", "山", None],
            "last": ["van der Berg", "", "Xu", ""],
        }
    )
    parts = frame.select(names.email_local_part(pl.col("first"), pl.col("last")))
    expected = ["maryjane.vanderberg", "zoe", "xu", names.FALLBACK_PART]
    assert parts.to_series().to_list() == expected
