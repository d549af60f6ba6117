"""Row ids: who made a row, and the same for the same world."""

import re

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tasks.process.identity import STATIC_TAG, Identity, static_ids, world_tag

ID = re.compile(r"c[0-9a-z]{24}")
keys = st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=20, unique=True)


def _series(values: list[int]) -> pl.Series:
    return pl.Series(values, dtype=pl.UInt64)


@given(keys, st.text(min_size=1, max_size=20))
def test_an_id_carries_its_worlds_tag(values: list[int], world: str) -> None:
    """25 characters, c first, then the tag, like the app's own; all distinct."""
    identity = Identity(world)
    ids = identity.ids("Event", _series(values))
    assert all(ID.fullmatch(found) for found in ids)
    assert set(ids.str.slice(1, 5)) == {world_tag(world)} == {identity.tag}
    assert ids.is_unique().all()


@given(st.text())
def test_a_tag_is_nobody_elses(world: str) -> None:
    """It begins with 0, as no cuid of this century does, and is not the static one."""
    assert re.fullmatch(r"0[0-9a-z]{4}", world_tag(world))
    assert world_tag(world) != STATIC_TAG


@given(keys)
def test_ids_depend_on_world_table_and_key_alone(values: list[int]) -> None:
    """Not on the other rows; another world or table gives other ids."""
    ids = Identity("w").ids("Event", _series(values))
    backwards = Identity("w").ids("Event", _series(values[::-1]))
    assert ids.to_list() == backwards.to_list()[::-1]
    assert not set(ids) & set(Identity("x").ids("Event", _series(values)))
    assert not set(ids) & set(Identity("w").ids("Order", _series(values)))


def test_the_parts_of_a_key_have_their_place() -> None:
    """(1, 2) is not (2, 1)."""
    one, two = _series([1]), _series([2])
    made = Identity("w")
    assert made.ids("Rsvp", one, two)[0] != made.ids("Rsvp", two, one)[0]


def test_static_ids_are_the_same_in_every_world() -> None:
    """An id of today is the id of the next version too."""
    assert static_ids("Location", _series([7])).to_list() == [
        "c00000donzuf823jvotmhnmbw"
    ]


def test_no_rows_have_no_ids() -> None:
    """An empty table is no special case."""
    assert Identity("w").ids("Event", _series([])).to_list() == []
