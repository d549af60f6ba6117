"""Who hosts an event."""

import polars as pl
from literals import Row, communities, community, event, events, people, person
from told import Told

from matching.hosts import choose_hosts
from matching.memberships import MEMBERSHIPS
from matching.owners import Circle
from matching.schemas import FRIENDSHIPS


def _hosts(
    persons: list[Row],
    dates: list[Row],
    members: list[tuple[int, int, str]],
    seed: int = 1,
) -> dict[int, int | None]:
    keys = sorted({row["community_key"] for row in dates})
    world = Circle(
        people(*persons),
        communities(*(community(key) for key in keys)),
        events(*dates),
        FRIENDSHIPS.to_frame(),
    )
    memberships = pl.DataFrame(members, schema=MEMBERSHIPS, orient="row")
    return dict(choose_hosts(world, memberships, seed).iter_rows())


def test_a_host_is_a_local_member_who_shares_a_category() -> None:
    """Not a stranger, not a member elsewhere, not one who does not care."""
    persons = [
        person(1),
        person(2, "paris"),
        person(3, interest_mask=0b10),
        person(4, interest_mask=0b01),
    ]
    members = [(1, 2, "MEMBER"), (1, 3, "MEMBER"), (1, 4, "MEMBER")]
    for seed in range(20):
        assert _hosts(persons, [event(1)], members, seed) == {1: 4}


def test_the_owner_hosts_about_half_the_series() -> None:
    """The rest is shared among the members."""
    persons = [person(i) for i in range(1, 6)]
    members = [(1, i, "ADMIN" if i == 1 else "MEMBER") for i in range(1, 6)]
    hosts = _hosts(persons, [event(i) for i in range(400)], members)
    by_owner = sum(host == 1 for host in hosts.values())
    assert 0.5 * 400 < by_owner < 0.7 * 400  # half, and a fifth of the others
    assert set(hosts.values()) == {1, 2, 3, 4, 5}


def test_all_dates_of_a_series_share_the_host() -> None:
    """However many members there are."""
    persons = [person(i) for i in range(1, 9)]
    members = [(1, i, "MEMBER") for i in range(1, 9)]
    dates = [event(i, series_key=i // 2, occurrence=i % 2) for i in range(40)]
    hosts = _hosts(persons, dates, members)
    assert all(hosts[i] == hosts[i + 1] for i in range(0, 40, 2))


def test_alex_hosts_four_or_five_and_leaves_the_rest() -> None:
    """Own communities first; others take over what is too much."""
    persons = [person(1, is_demo=True), person(2)]
    members = [(1, 1, "ADMIN"), (1, 2, "MEMBER"), (2, 1, "MEMBER"), (2, 2, "ADMIN")]
    dates = [event(i, community_key=1 + i // 2) for i in range(4)]
    dates += [event(10 + i, community_key=2) for i in range(9)]
    hosts = _hosts(persons, dates, members)
    mine = [key for key, host in hosts.items() if host == 1]
    assert {0, 1} <= set(mine)
    assert 4 <= len(mine) <= 5
    assert None not in hosts.values()


def test_row_order_does_not_matter() -> None:
    """Shuffled members host the same events."""
    persons = [person(i) for i in range(1, 9)]
    members = [(1, i, "MEMBER") for i in range(1, 9)]
    dates = [event(i) for i in range(10)]
    assert _hosts(persons, dates, members) == _hosts(
        persons[::-1], dates[::-1], members[::-1]
    )


def test_the_hosts_of_a_world(told: Told) -> None:
    """Each lives in the event's city, belongs to its community, shares a category."""
    story = told.story
    rows = story.events.join(
        story.people.select("person_key", "interest_mask", home="city"),
        left_on="host_key",
        right_on="person_key",
        validate="m:1",
    )
    assert rows.height == story.events.height
    assert (rows["home"] == rows["city"]).all()
    assert ((rows["interest_mask"] & rows["category_mask"]) > 0).all()
    members = story.memberships.select("community_key", host_key="person_key")
    assert rows.join(members, on=["community_key", "host_key"], how="anti").is_empty()
    assert (
        rows.group_by("series_key").agg(pl.col("host_key").n_unique())["host_key"].max()
        == 1
    )
