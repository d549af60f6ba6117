"""When things happen: in order, and never after now."""

from datetime import datetime, timedelta
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from literals import NOW, days, event, events, joined_people, person
from told import Told

from matching import clock, timeline
from matching.schemas import FRIENDSHIPS, INSTANT

seeds = st.integers(0, 2**32)


@settings(max_examples=50)
@given(st.lists(st.integers(-45, 400), min_size=1, max_size=8), seeds)
def test_an_event_is_made_then_published_then_begins(
    starts: list[int], seed: int
) -> None:
    """Two weeks ahead or more, but never in the future."""
    rows = [event(i, start=days(start + 0.75)) for i, start in enumerate(starts)]
    dated = timeline.publish(events(*rows), NOW, seed)
    for created, published, start in dated.select(
        "created", "published", "start"
    ).iter_rows():
        assert timedelta(days=0.1) <= published - created <= timedelta(days=6)
        assert published <= min(start - timedelta(days=14), NOW - timedelta(days=0.25))


@settings(max_examples=50)
@given(
    st.lists(st.none() | st.floats(1, 120), min_size=1, max_size=20),
    st.sampled_from(["berlin", "nyc", "tokyo", "calgary"]),
    seeds,
)
def test_people_join_in_waking_hours_before_they_are_needed(
    needed: list[float | None], city: str, seed: int
) -> None:
    """30 to 700 days ago, and before they founded or hosted anything."""
    rows = [person(i, city) for i in range(len(needed))]
    moments = [None if n is None else days(-n) for n in needed]
    frame = joined_people(*rows).drop("joined")
    frame = frame.with_columns(needed_by=pl.Series(moments, dtype=INSTANT))
    joined = timeline.join_dates(frame, NOW, seed)["joined"]
    minutes = clock.local_minute(joined, frame["city"])
    assert minutes.is_between(7 * 60, 23 * 60).all()
    assert joined.is_between(days(-700), days(-30)).all()
    for moment, limit in zip(joined, moments, strict=True):
        assert limit is None or moment < limit


def test_nobody_joins_in_an_hour_that_the_clocks_jump_over() -> None:
    """Every person gets an instant, wherever and whenever."""
    rows = [person(i, "sp" if i % 2 else "cph") for i in range(3_000)]
    frame = joined_people(*rows).drop("joined")
    frame = frame.with_columns(needed_by=pl.lit(None, INSTANT))
    assert timeline.join_dates(frame, NOW, 1)["joined"].null_count() == 0


@settings(max_examples=50)
@given(st.integers(40, 700), st.integers(1, 39), seeds)
def test_a_community_is_founded_between_its_owners_joining_and_its_first_event(
    joined: int, first: int, seed: int
) -> None:
    """The owner was there first, and the event after."""
    frame = pl.DataFrame(
        {
            "community_key": [5],
            "owner_joined": [days(-joined)],
            "first_event": [days(-first)],
        },
        schema_overrides={
            "community_key": pl.UInt64,
            "owner_joined": INSTANT,
            "first_event": INSTANT,
        },
    )
    founded = timeline.founding_dates(frame, seed)["founded"][0]
    assert days(-joined) < founded < days(-first)


def _membership(role: str, needed_by: datetime | None, seed: int) -> datetime:
    frame = pl.DataFrame(
        {
            "community_key": [1],
            "person_key": [2],
            "role": [role],
            "joined": [days(-100)],
            "founded": [days(-80)],
            "needed_by": [needed_by],
        },
        schema_overrides={
            "community_key": pl.UInt64,
            "person_key": pl.UInt64,
            "joined": INSTANT,
            "founded": INSTANT,
            "needed_by": INSTANT,
        },
    )
    found: datetime = timeline.membership_dates(frame, NOW, seed)["member_since"][0]
    return found


@given(seeds)
def test_members_come_after_the_founding_and_hosts_before_their_event(
    seed: int,
) -> None:
    """The owner belongs from the founding on."""
    assert _membership("ADMIN", None, seed) == days(-80)
    assert days(-80) <= _membership("MEMBER", None, seed) <= NOW
    assert days(-80) <= _membership("MEMBER", days(-60), seed) <= days(-60)


@settings(max_examples=50)
@given(
    st.integers(30, 700),
    st.integers(30, 700),
    st.sampled_from(["PENDING", "ACCEPTED"]),
    seeds,
)
def test_friends_ask_when_both_have_joined(
    one: int, other: int, status: str, seed: int
) -> None:
    """Accepted after asked and before now; who waits was asked within 40 days."""
    people = joined_people(person(1, joined=days(-one)), person(2, joined=days(-other)))
    pair = pl.DataFrame([(1, 2, 5, status)], schema=FRIENDSHIPS, orient="row")
    row = timeline.friendship_dates(pair, people, NOW, seed).row(0, named=True)
    assert max(days(-one), days(-other)) <= row["asked"] <= NOW
    if status == "PENDING":
        assert row["accepted"] is None
        assert row["asked"] >= days(-timeline.PENDING_DAYS)
    else:
        assert row["asked"] <= row["accepted"] <= NOW


def test_instants_round_down() -> None:
    """A moment that is not yet whole has not come."""
    floored = timeline.instants(pl.Series([999.9, 1000.0]).to_numpy())
    assert floored.to_physical().to_list() == [999, 1000]
    assert timeline.milliseconds(NOW) == int(NOW.timestamp()) * 1000


def test_the_partial_order_of_a_world(told: Told) -> None:
    """Joined, founded, member, created, published, view, order, RSVP, start."""
    story = told.story
    host = story.memberships.select(
        "community_key", "member_since", host_key="person_key"
    )
    rows = (
        told.story.events.join(
            story.communities.select("community_key", "founded", "owner_key"),
            on="community_key",
            validate="m:1",
        )
        .join(host, on=["community_key", "host_key"], validate="m:1")
        .join(
            story.people.select(owner_key="person_key", owner_joined="joined"),
            on="owner_key",
            validate="m:1",
        )
    )
    assert rows.height == story.events.height
    chain = ["owner_joined", "founded", "member_since", "created", "published", "start"]
    for earlier, later in pairwise(chain):
        assert (rows[earlier] <= rows[later]).all(), f"{earlier} > {later}"
    since = story.memberships.join(
        story.people.select("person_key", "joined"), on="person_key", validate="m:1"
    )
    assert (since["member_since"] >= since["joined"]).all()


def test_every_reservation_of_a_world_is_in_order(told: Told) -> None:
    """Published, seen, ordered, reserved, and then the event begins."""
    story = told.story
    seen = story.views.select("event_key", "viewed", attendee_key="viewer_key")
    rows = (
        story.rsvps.join(seen, on=["event_key", "attendee_key"], validate="1:1")
        .join(
            story.events.select("event_key", "published", "start"),
            on="event_key",
            validate="m:1",
        )
        .join(
            story.people.select("person_key", "joined"),
            on="person_key",
            how="left",
            validate="m:1",
        )
    )
    assert rows.height == story.rsvps.height
    for earlier, later in pairwise(
        ["published", "viewed", "ordered", "reserved", "start"]
    ):
        assert (rows[earlier] <= rows[later]).all(), f"{earlier} > {later}"
    assert (rows["viewed"] >= rows["joined"]).all()  # null for guests, who never did


def test_nothing_of_a_world_lies_after_now(told: Told) -> None:
    """All that people did lies before now; only events and expiries lie ahead."""
    story = told.story
    done = [
        story.people["joined"],
        story.communities["founded"],
        story.memberships["member_since"],
        story.events["created"],
        story.events["published"],
        story.orders["ordered"],
        story.rsvps["reserved"],
        story.payments["paid_at"],
        story.refunds["refunded_at"],
        story.check_ins["scanned"],
        story.feedback["said"],
        story.referrals["since"],
        story.views["viewed"],
        story.friendships["asked"],
        story.friendships["accepted"],
    ]
    latest = [moments.max() for moments in done]
    assert all(isinstance(m, datetime) and m <= told.as_of for m in latest), latest


@pytest.mark.parametrize("least", [timeline.NEWEST_MEMBER_DAYS])
def test_everybody_joined_long_enough_ago(told: Told, least: int) -> None:
    """30 to 700 days before now."""
    bounds = (told.as_of - timedelta(days=700), told.as_of - timedelta(days=least))
    assert told.story.people["joined"].is_between(*bounds).all()
