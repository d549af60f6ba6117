"""Who owns a community."""

from collections import Counter

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from literals import Row, communities, community, event, events, people, person
from told import Told

from matching.owners import (
    COMMUNITIES_PER_OWNER,
    DEMO_HOSTS_FROM,
    DEMO_HOSTS_TO,
    Circle,
    choose_owners,
)
from matching.schemas import FRIENDSHIPS

seeds = st.integers(0, 2**32)


def _circle(persons: list[Row], rows: list[Row], dates: list[Row]) -> Circle:
    return Circle(
        people(*persons), communities(*rows), events(*dates), FRIENDSHIPS.to_frame()
    )


def _owners(
    persons: list[Row], rows: list[Row], seed: int = 1
) -> dict[int, int | None]:
    dates = [
        event(i, r["city"], community_key=r["community_key"])
        for i, r in enumerate(rows)
    ]
    owners = choose_owners(_circle(persons, rows, dates), seed)
    assert owners["community_key"].to_list() == [r["community_key"] for r in rows]
    return dict(owners.iter_rows())


def test_an_owner_is_a_local_who_shares_a_category() -> None:
    """Neither an enthusiast in Paris nor a neighbour who does not care."""
    persons = [
        person(1, "paris"),
        person(2, interest_mask=0b10, strong_mask=0b10),
        person(3, interest_mask=0b01, strong_mask=0),
    ]
    assert _owners(persons, [community(1)]) == {1: 3}


def test_the_keenest_then_the_most_senior_owns() -> None:
    """A strong interest counts before a title."""
    fan = person(1, experience_level="JUNIOR")
    chief = person(2, experience_level="EXECUTIVE", strong_mask=0)
    senior = person(3, experience_level="SENIOR")
    assert _owners([fan, chief], [community(1)]) == {1: 1}
    assert _owners([fan, chief, senior], [community(1)]) == {1: 3}


def test_nobody_owns_what_nobody_cares_for() -> None:
    """The key is null, and so is the fourth of one person's communities."""
    assert _owners([person(1, interest_mask=0b10)], [community(1)]) == {1: None}
    owners = _owners([person(1)], [community(i) for i in range(4)])
    assert Counter(owners.values()) == {1: COMMUNITIES_PER_OWNER, None: 1}


def test_an_owner_hands_one_on_to_make_room() -> None:
    """Five communities, of which two people can own two and three: all are owned."""
    only_one = [community(i, category_mask=0b01) for i in range(3)]
    either = [community(i, category_mask=0b11) for i in range(3, 6)]
    persons = [person(1, strong_mask=0b11), person(2, interest_mask=0b10)]
    for rows in (only_one + either, either + only_one):
        owners = _owners(persons, rows)
        assert [owners[i] for i in range(3)] == [1, 1, 1]
        assert [owners[i] for i in range(3, 6)] == [2, 2, 2]


@st.composite
def _cities(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    masks = st.integers(0, 0b1111)
    persons = [
        person(i, interest_mask=draw(masks))
        for i in range(1, 1 + draw(st.integers(1, 5)))
    ]
    rows = [
        community(i, category_mask=draw(st.integers(1, 0b1111)))
        for i in range(draw(st.integers(1, 9)))
    ]
    return persons, rows


@settings(max_examples=60)
@given(_cities(), seeds)
def test_as_many_communities_as_possible_are_owned(
    city: tuple[list[Row], list[Row]], seed: int
) -> None:
    """Where one is left without, all who would fit own three already."""
    persons, rows = city
    owners = _owners(persons, rows, seed)
    counts = Counter(owners.values())
    fits = {
        r["community_key"]: [
            p["person_key"] for p in persons if p["interest_mask"] & r["category_mask"]
        ]
        for r in rows
    }
    for key, owner in owners.items():
        if owner is None:
            assert all(counts[p] == COMMUNITIES_PER_OWNER for p in fits[key])
        else:
            assert owner in fits[key]
            assert counts[owner] <= COMMUNITIES_PER_OWNER


def test_alex_owns_four_or_five_events_worth() -> None:
    """Of communities with two events each Alex takes two, not three."""
    demo = person(1, is_demo=True)
    rows = [community(i) for i in range(4)]
    dates = [event(i, community_key=i // 2) for i in range(8)]
    owners = choose_owners(_circle([demo, person(2)], rows, dates), 1)
    mine = owners.filter(pl.col("owner_key") == 1)["community_key"]
    hosted = sum(date["community_key"] in mine for date in dates)
    assert DEMO_HOSTS_FROM <= hosted <= DEMO_HOSTS_TO


def test_alex_owns_nothing_closed() -> None:
    """A visitor's invite-only community would look empty."""
    rows = [community(1, membership_style="INVITE_ONLY"), community(2)]
    dates = [event(i, community_key=1 + i // 4) for i in range(8)]
    owners = choose_owners(
        _circle([person(1, is_demo=True), person(2)], rows, dates), 1
    )
    assert dict(owners.iter_rows()) == {1: 2, 2: 1}


def test_row_order_does_not_matter() -> None:
    """Shuffled people and communities have the same owners."""
    persons = [person(i) for i in range(1, 8)]
    rows = [community(i) for i in range(9)]
    assert _owners(persons, rows) == _owners(persons[::-1], rows)
    assert _owners(persons, rows) == {**_owners(persons, rows[::-1])}


def test_the_owners_of_a_world(told: Told) -> None:
    """Local, interested, ADMIN, and of three communities at most."""
    story = told.story
    rows = story.communities.join(
        story.people.select("person_key", "interest_mask", home="city"),
        left_on="owner_key",
        right_on="person_key",
        validate="m:1",
    )
    assert rows.height == told.cast.communities.height
    assert (rows["home"] == rows["city"]).all()
    assert ((rows["interest_mask"] & rows["category_mask"]) > 0).all()
    assert rows.group_by("owner_key").len()["len"].max() == COMMUNITIES_PER_OWNER
    admins = story.memberships.filter(pl.col("role") == "ADMIN")
    assert set(admins.select("community_key", "person_key").rows()) == set(
        rows.select("community_key", "owner_key").rows()
    )
