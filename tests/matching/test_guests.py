"""Those without an account: companions, and who fills the open seats."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from literals import days, event, person, programme, tier
from told import Told

from matching.attendance import attend
from matching.guests import LATEST, invite_guests
from matching.seating import open_halls


@settings(max_examples=40)
@given(
    st.integers(1, 40),
    st.lists(
        st.tuples(st.integers(0, 15_000), st.integers(1, 30)), min_size=1, max_size=4
    ),
    st.integers(0, 2**32),
)
def test_guests_fill_to_the_target(
    target: int, offered: list[tuple[int, int]], seed: int
) -> None:
    """Every seat aimed at that there is a ticket for, and no tier oversold."""
    rows = [
        tier(10 + i, 1, price, position=i, quantity=quantity)
        for i, (price, quantity) in enumerate(sorted(offered))
    ]
    plan = programme([event(1, target=target)], [], rows, seed=seed)
    halls = open_halls(plan)
    sales = invite_guests(halls, plan)
    held = sales.filter("succeeded")
    assert held["quantity"].sum() == min(target, sum(row["quantity"] for row in rows))
    sold = dict(held.group_by("tier_key").agg(pl.col("quantity").sum()).iter_rows())
    assert all(sold.get(row["tier_key"], 0) <= row["quantity"] for row in rows)
    assert sales["person_key"].null_count() == sales.height
    assert sales["buyer_key"].is_unique().all()
    two = pl.col("quantity") == 2
    assert sales.filter(two != pl.col("companion_key").is_not_null()).is_empty()
    assert sales.filter(two, ~pl.col("succeeded")).is_empty()


def test_guests_buy_as_medium_spenders_do() -> None:
    """The middle tier first; about 15 % of paid orders fail."""
    rows = [tier(i, 1, 1_000 * i, position=i - 1, quantity=900) for i in (1, 2, 3)]
    plan = programme([event(1, target=800, seats=2_700)], [], rows)
    sales = invite_guests(open_halls(plan), plan)
    assert sales["tier_key"].unique().to_list() == [2]
    failed = sales.filter(~pl.col("succeeded")).height
    assert 0.11 < failed / sales.height < 0.19


def test_a_free_event_fails_nobody() -> None:
    """A free order always goes through."""
    plan = programme([event(1, target=20)], [])
    assert invite_guests(open_halls(plan), plan)["succeeded"].all()


def test_the_guests_of_an_event_do_not_depend_on_others() -> None:
    """The same people, whether another event exists or not."""
    one, two = event(1, target=15), event(2, target=15, start=days(3))
    alone, both = programme([one], []), programme([one, two], [])
    guests = invite_guests(open_halls(both), both).filter(pl.col("event_key") == 1)
    assert guests.equals(invite_guests(open_halls(alone), alone))


def test_some_members_bring_a_guest() -> None:
    """About one in twelve; the companion has a seat, a key, and no account."""
    rows = [event(1, target=2_000, seats=2_000, capacity=2_000)]
    plan = programme(rows, [person(i) for i in range(1, 900)])
    members = attend(plan).filter("succeeded").drop_nulls("person_key")
    two = members.filter(pl.col("quantity") == 2)
    assert 0.05 < two.height / members.height < 0.11
    assert two["companion_key"].is_unique().all()
    assert two["companion_key"].null_count() == 0


def test_the_guests_of_a_world(told: Told) -> None:
    """Each RSVP has its holder; a ticket for two is a buyer and a guest."""
    story = told.story
    pair = ["event_key", "attendee_key"]
    assert story.rsvps.select(pair).is_duplicated().sum() == 0
    paid = story.orders.filter(pl.col("status") == "PAID")
    on = ["event_key", "buyer_key"]
    held = story.rsvps.group_by(on).len().join(paid, on=on, how="full", validate="1:1")
    assert (held["len"] == held["quantity"]).all()
    assert held["len"].null_count() == 0
    companions = story.rsvps.filter("is_companion")
    assert companions["person_key"].null_count() == companions.height > 0
    members = set(story.people["person_key"])
    guests = story.rsvps.filter(pl.col("person_key").is_null())
    assert not members & set(guests["attendee_key"])


def test_the_latest_of_a_world_are_members(told: Told) -> None:
    """The app names an event's latest five RSVPs: people with a profile."""
    rsvps = told.story.rsvps.sort("event_key", "reserved", descending=[False, True])
    by_event = rsvps.group_by("event_key", maintain_order=True).agg(
        latest=pl.col("person_key").head(LATEST).is_not_null().sum(),
        members=pl.col("person_key").is_not_null().sum().clip(0, LATEST),
    )
    assert (by_event["latest"] == by_event["members"]).all()
