"""Who belongs to which community, and as what."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from literals import Row, communities, community, event, events, people, person
from told import Told

from matching.memberships import (
    DEMO_COMMUNITIES_ELSEWHERE,
    MEMBERSHIPS,
    MODERATORS,
    join_communities,
)
from matching.owners import Circle, choose_owners
from matching.schemas import FRIENDSHIPS

Friends = list[tuple[int, int, int, str]]


def _members(
    persons: list[Row],
    rows: list[Row],
    friends: Friends | None = None,
    dates: list[Row] | None = None,
    seed: int = 1,
) -> dict[int, dict[int, str]]:
    """Who belongs, by community: the person and the role. The first person owns all."""
    world = Circle(
        people(*persons),
        communities(*rows),
        events(*(dates or [])),
        pl.DataFrame(friends or [], schema=FRIENDSHIPS, orient="row"),
    )
    owners = world.communities.select(
        "community_key", owner_key=pl.lit(persons[0]["person_key"], pl.UInt64)
    )
    found = join_communities(world, owners, seed)
    assert found.schema == MEMBERSHIPS
    members: dict[int, dict[int, str]] = {row["community_key"]: {} for row in rows}
    for key, person_key, role in found.iter_rows():
        assert person_key not in members[key]
        members[key][person_key] = role
    return members


def test_locals_join_by_their_chance() -> None:
    """ACTIVE people whom everything suits all join, applicants seven in ten."""
    persons = [person(i) for i in range(1, 501)]
    rows = [community(1), community(2, membership_style="APPLICATION_BASED")]
    members = _members(persons, rows)
    assert len(members[1]) == 500
    assert 0.65 * 500 < len(members[2]) < 0.75 * 500


def test_few_join_without_a_shared_category() -> None:
    """A small chance, and none across cities."""
    persons = [person(1), *(person(i, interest_mask=0b10) for i in range(2, 1002))]
    home = community(2, category_mask=0b10)  # where all of them feel at home
    away = person(5000, "paris", interest_mask=0b10)
    members = _members([*persons, away], [community(1), home])
    assert 15 <= len(members[1]) - 1 <= 50
    assert 5000 not in members[1] | members[2]


def test_invite_only_takes_circle_mates_and_friends_of_members() -> None:
    """The owner's mate and friend, and their friends; nobody who knows nobody."""
    persons = [
        person(1, circles=["berlin/a"]),
        person(2, circles=["berlin/a"]),
        person(3),
        person(4),  # a friend of 3, who gets in first
        person(5),  # asked 1, but has no answer yet
        person(6),
        person(7, interest_mask=0b10),  # a friend who does not care
    ]
    friends = [
        (1, 3, 5, "ACCEPTED"),
        (4, 3, 5, "ACCEPTED"),
        (5, 1, 5, "PENDING"),
        (1, 7, 5, "ACCEPTED"),
    ]
    rows = [
        community(1, membership_style="INVITE_ONLY"),
        community(2),
        community(3, category_mask=0b10),
    ]
    assert set(_members(persons, rows, friends)[1]) == {1, 2, 3, 4}


def test_everybody_belongs_somewhere() -> None:
    """Who is shy of all still joins what fits best, and who fits nothing anything."""
    persons = [
        person(1),
        person(2, networking_style="SELECTIVE", interest_mask=0b001),
        person(3, interest_mask=0b1000),
    ]
    rows = [
        community(1, category_mask=0b111),
        community(2, category_mask=0b1110111, membership_style="INVITE_ONLY"),
    ]
    members = _members(persons, rows)
    assert 2 in members[1]  # rather than where one is invited
    assert 3 in members[1]


def test_a_closed_door_opens_for_whom_nothing_else_fits() -> None:
    """The only community that shares a category, although nobody invited them."""
    persons = [person(1, interest_mask=0b11), person(2, interest_mask=0b10)]
    rows = [
        community(1),
        community(2, category_mask=0b10, membership_style="INVITE_ONLY"),
    ]
    assert 2 in _members(persons, rows)[2]


@pytest.mark.parametrize(
    ("size", "moderators"), [(1, 0), (3, 0), (4, 1), (6, 1), (7, 2), (60, MODERATORS)]
)
def test_roles(size: int, moderators: int) -> None:
    """One ADMIN, the owner; a moderator for each three members, two at most."""
    roles = list(_members([person(i) for i in range(size)], [community(1)])[1].values())
    assert roles.count("ADMIN") == 1
    assert roles.count("MODERATOR") == moderators
    assert roles.count("MEMBER") == size - 1 - moderators


def test_the_active_moderate_first() -> None:
    """Among the casual, the two who are ACTIVE."""
    casual = [person(i, networking_style="CASUAL") for i in range(1, 20)]
    roles = _members([*casual, person(30), person(31)], [community(1)])[1]
    moderators = {key for key, role in roles.items() if role == "MODERATOR"}
    assert moderators == {30, 31}


def test_alex_joins_all_that_fits_and_follows_online_events_elsewhere() -> None:
    """At most three open communities away, each with an online event, as MEMBER."""
    demo = person(50, is_demo=True, networking_style="SELECTIVE", interest_mask=0b01)
    rows = [community(i, category_mask=0b111) for i in range(5)]
    rows += [community(10 + i, "paris") for i in range(5)]
    rows += [
        community(20, "paris", membership_style="INVITE_ONLY"),
        community(21, "paris"),  # nothing online
        community(22, "paris", category_mask=0b10),  # nothing shared
    ]
    dates = [
        event(i, "paris", community_key=key, location_type="ONLINE")
        for i, key in enumerate([*range(10, 15), 20, 22])
    ]
    persons = [person(1), person(2, "paris"), demo]
    members = _members(
        persons, rows, dates=[*dates, event(90, "paris", community_key=21)]
    )
    assert all(50 in members[i] for i in range(5))
    away = [key for key in members if key >= 10 and 50 in members[key]]
    assert len(away) == DEMO_COMMUNITIES_ELSEWHERE
    assert set(away) <= set(range(10, 15))
    assert {members[key][50] for key in away} == {"MEMBER"}


@st.composite
def _cities(draw: st.DrawFn) -> tuple[list[Row], list[Row], Friends]:
    styles = st.sampled_from(["OPEN", "INVITE_ONLY", "APPLICATION_BASED"])
    habits = st.sampled_from(["ACTIVE", "SELECTIVE", "CASUAL"])
    persons = [
        person(i, interest_mask=draw(st.integers(1, 15)), networking_style=draw(habits))
        for i in range(draw(st.integers(1, 12)))
    ]
    rows = [
        community(
            i, category_mask=draw(st.integers(1, 15)), membership_style=draw(styles)
        )
        for i in range(draw(st.integers(1, 6)))
    ]
    # the first person loves everything, so that each community has an owner
    persons[0]["interest_mask"] = 15
    pairs = st.tuples(
        st.integers(0, len(persons) - 1), st.integers(0, len(persons) - 1)
    )
    friends = {
        (min(p), max(p)) for p in draw(st.lists(pairs, max_size=8)) if p[0] != p[1]
    }
    return persons, rows, [(a, b, 5, "ACCEPTED") for a, b in sorted(friends)]


@settings(max_examples=60)
@given(_cities(), st.integers(0, 2**32))
def test_everybody_belongs_to_something_that_fits(
    city: tuple[list[Row], list[Row], Friends], seed: int
) -> None:
    """Whoever shares a category with a community of the city is in one such."""
    persons, rows, friends = city
    members = _members(persons, rows, friends, seed=seed)
    for one in persons:
        fitting = [r for r in rows if r["category_mask"] & one["interest_mask"]]
        choice = fitting or [r for r in rows if r["membership_style"] != "INVITE_ONLY"]
        joined = [r for r in choice if one["person_key"] in members[r["community_key"]]]
        assert joined or not choice
    mixed = _members(
        [persons[0], *persons[:0:-1]], rows[::-1], friends[::-1], seed=seed
    )
    assert mixed == members


def test_the_members_of_a_world(told: Told) -> None:
    """Locals but for Alex, everybody somewhere that fits, few where nothing does."""
    story = told.story
    rows = story.memberships.join(
        story.communities.select("community_key", "city", "category_mask"),
        on="community_key",
        validate="m:1",
    ).join(
        story.people.select("person_key", "interest_mask", "is_demo", home="city"),
        on="person_key",
        validate="m:1",
    )
    assert rows.filter(~pl.col("is_demo"), pl.col("city") != pl.col("home")).is_empty()
    shares = (pl.col("interest_mask") & pl.col("category_mask")) > 0
    at_home = rows.filter(shares)["person_key"].n_unique()
    assert at_home == story.people.height
    strangers = story.communities.join(
        story.people.select("person_key", "interest_mask", "city"),
        on="city",
        validate="m:m",
    ).filter(~shares)
    assert 0.02 < rows.filter(~shares).height / strangers.height < 0.05


def test_the_closed_communities_of_a_world(told: Told) -> None:
    """Nobody is in one who knows nobody there, but who fits nothing else."""
    story = told.story
    closed = story.communities.filter(pl.col("membership_style") == "INVITE_ONLY")
    inside = story.memberships.join(closed, on="community_key", how="semi")
    accepted = story.friendships.filter(pl.col("status") == "ACCEPTED")
    circles = dict(story.people.select("person_key", "circles").iter_rows())
    friends = {
        pair
        for a, b in accepted.select("person_key", "friend_key").iter_rows()
        for pair in ((a, b), (b, a))
    }
    elsewhere = set(
        story.memberships.join(closed, on="community_key", how="anti")["person_key"]
    )
    assert not inside.is_empty()
    for (_,), group in inside.group_by("community_key"):
        keys = group["person_key"].to_list()
        for one, role in group.select("person_key", "role").iter_rows():
            knows = any(
                (one, other) in friends or set(circles[one]) & set(circles[other])
                for other in keys
                if other != one
            )
            assert knows or role == "ADMIN" or one not in elsewhere


def test_owners_of_the_recorded_edition_are_found_for_all(told: Told) -> None:
    """No community is left out, before friendships are known or after."""
    circle = Circle(
        told.cast.people,
        told.cast.communities,
        told.cast.events,
        FRIENDSHIPS.to_frame(),
    )
    assert choose_owners(circle, told.seed)["owner_key"].null_count() == 0
