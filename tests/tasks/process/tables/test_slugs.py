"""Slugs and user names: unique, in letters that a URL carries."""

import re

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.process.tables.slugs import numbered, text_slug, unique_slugs, usernames

names = st.lists(st.text(max_size=60), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Fado Vadio às Segundas", "fado-vadio-as-segundas"),
        ("Łódź & Co.: Q&A!", "lodz-co-q-a"),
        ("日本語", ""),
        ("  --  ", ""),
    ],
)
def test_text_slug(text: str, slug: str) -> None:
    """Letters and digits in ASCII, words joined by hyphens."""
    found = pl.DataFrame({"t": [text]}).select(text_slug(pl.col("t"))).item()
    assert (found or "") == slug


@given(names)
def test_slugs_are_unique_and_fit(texts: list[str]) -> None:
    """At most 48 of [a-z0-9-], whatever the names."""
    ids = pl.Series([f"c{i:024d}" for i in range(len(texts))])
    slugs = unique_slugs(pl.Series(texts, dtype=pl.String), ids)
    assert slugs.is_unique().all()
    assert all(re.fullmatch(r"[a-z0-9-]{1,48}", slug) for slug in slugs)


@given(names, names)
def test_usernames_are_unique_and_fit(firsts: list[str], lasts: list[str]) -> None:
    """3 to 30 of [a-z0-9_], whatever the names."""
    pairs = list(zip(firsts, lasts, strict=False)) * 2
    found = usernames(
        pl.Series([a for a, _ in pairs], dtype=pl.String),
        pl.Series([b for _, b in pairs], dtype=pl.String),
    )
    assert found.is_unique().all()
    assert all(re.fullmatch(r"[a-z0-9_]{3,30}", name) for name in found)


def test_a_number_already_taken_is_passed_over() -> None:
    """The third "ada" is not the "ada2" who was there before."""
    found = numbered(pl.Series(["ada2", "ada", "ada", "ada"]))
    assert found.to_list() == ["ada2", "ada", "ada3", "ada4"]
