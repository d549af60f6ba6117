"""Who comes to which event."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from literals import NOW, days, event, events, person, programme
from told import Told

from matching.attendance import attend, seat_targets
from matching.by_pairs import ONLINE_PER_PERSON
from matching.geography import distances_km
from matching.seating import ORDERS

ON_SITE = pl.col("location_type") != "ONLINE"


def test_targets_of_past_events_are_fifty_to_ninety_percent() -> None:
    """Drawn per event, mean 70 % of capacity."""
    rows = [event(i, start=days(-2), capacity=100, seats=100) for i in range(2_000)]
    target = seat_targets(events(*rows).drop("target"), NOW, 1)["target"]
    assert (target.min(), target.max()) == (50, 90)
    assert target.mean() == pytest.approx(70, abs=1)


@pytest.mark.parametrize("ahead", [0, 7, 21, 42, 60, 200])
def test_targets_grow_towards_the_event(ahead: int) -> None:
    """D days ahead, exp(-d/21) of them have gone, at least 3 %."""
    rows = [
        event(i, start=days(ahead), capacity=1_000, seats=1_000) for i in range(500)
    ]
    target = seat_targets(events(*rows).drop("target"), NOW, 1)["target"]
    progress = max(float(np.exp(-ahead / 21)), 0.03)
    assert target.mean() == pytest.approx(700 * progress, rel=0.05)


def test_targets_keep_within_seats() -> None:
    """One at least, and never more than the tiers sell."""
    rows = [
        event(1, capacity=1, seats=1),
        event(2, start=days(-2), capacity=90, seats=30),
    ]
    assert seat_targets(events(*rows).drop("target"), NOW, 1)["target"].to_list() == [
        1,
        30,
    ]


def test_open_seats_are_filled_by_guests() -> None:
    """Five neighbours cannot fill ten seats; no one elsewhere is asked."""
    persons = [person(i) for i in range(1, 6)] + [person(9, "paris")]
    orders = attend(programme([event(1)], persons))
    assert orders.schema == ORDERS
    held = orders.filter("succeeded")
    assert held["quantity"].sum() == 10
    assert 9 not in held["buyer_key"]
    assert held.filter(pl.col("seat") == "guest").height >= 3


def test_nobody_is_sold_two_events_at_once() -> None:
    """Three events of one evening: each person is at one, the host at none."""
    rows = [event(i, start=days(10), target=20, host_key=50) for i in range(1, 4)]
    persons = [person(i) for i in range(1, 40)] + [person(50)]
    members = (
        attend(programme(rows, persons)).filter("succeeded").drop_nulls("person_key")
    )
    assert members["person_key"].is_unique().all()
    assert 50 not in members["person_key"]


def test_online_events_seat_few_members() -> None:
    """A crowd of fans takes at most 15 % of the seats, and two a person in all."""
    rows = [
        event(
            i,
            location_type="ONLINE",
            start=days(5 + i / 2 + 0.5),
            target=100,
            seats=100,
        )
        for i in range(1, 12)
    ]
    persons = [person(i) for i in range(1, 60)]
    held = attend(programme(rows, persons)).filter("succeeded").drop_nulls("person_key")
    assert (held.group_by("event_key").len()["len"] <= 15).all()
    assert held.group_by("person_key").len()["len"].max() == ONLINE_PER_PERSON


def test_travellers_are_at_most_a_tenth() -> None:
    """Nine locals make room for one from elsewhere."""
    rows = [event(1, event_type="festival", target=100, seats=100, capacity=100)]
    crowd = [person(i, "munich") for i in range(100, 400)]
    for locals_there in (5, 20, 40):
        persons = [person(i) for i in range(1, 1 + locals_there)] + crowd
        held = (
            attend(programme(rows, persons))
            .filter("succeeded")
            .drop_nulls("person_key")
        )
        away = held.filter(pl.col("seat") == "traveller").height
        assert away == (held.height - away) // 9


def test_alex_goes_first() -> None:
    """Alex has a seat at a crowded event of the coming fortnight."""
    rows = [event(1, start=days(5), target=1, seats=1, capacity=1)]
    persons = [person(i) for i in range(1, 30)] + [person(99, is_demo=True)]
    held = attend(programme(rows, persons)).filter("succeeded")
    assert held["person_key"].to_list() == [99]
    assert held["seat"].to_list() == ["demo"]


def test_row_order_does_not_matter() -> None:
    """Shuffled people, events and tiers: the same orders."""
    rows = [event(i, start=days(i)) for i in range(1, 5)]
    persons = [person(i) for i in range(1, 30)]
    one = attend(programme(rows, persons))
    other = attend(programme(rows[::-1], persons[::-1]))
    by = ["event_key", "buyer_key"]
    assert one.sort(by).equals(other.sort(by))


def test_the_seats_of_a_world(told: Told) -> None:
    """As many as aimed at, never more than there are; tiers never oversold."""
    held = seat_targets(told.held(), told.as_of, told.seed)
    assert (held["held"] <= held["seats"]).all()
    filled = held.filter(pl.col("held") == pl.col("target"))
    assert filled.height > 0.99 * held.height
    over = held.filter("is_over").select(share=pl.col("held") / pl.col("capacity"))
    share = over["share"]
    assert 0.60 <= np.median(share) <= 0.75
    assert np.quantile(share, 0.1) <= 0.55
    assert np.quantile(share, 0.9) >= 0.80
    sold = told.story.rsvps.group_by("tier_key").len()
    tiers = told.cast.tiers.join(sold, on="tier_key", validate="1:1")
    assert (tiers["len"] <= tiers["quantity"]).all()


def test_nobody_in_a_world_is_in_two_places(told: Told) -> None:
    """Guests' and members' RSVPs, hosts, and those who help."""
    story = told.story
    spans = story.events.select("event_key", "start", "end", "location_type")
    being = pl.concat(
        [
            rows.join(spans, on="event_key", validate="m:1").unique()
            for rows in (
                told.visits().select("event_key", "person_key"),
                story.events.select("event_key", person_key="host_key"),
                story.collaborators.select("event_key", "person_key"),
            )
        ]
    ).unique(["event_key", "person_key"])
    clash = being.sort("person_key", "start").filter(
        pl.col("start") < pl.col("end").shift(1).over("person_key")
    )
    assert clash.is_empty()
    own = told.visits().join(story.events, on="event_key", suffix="_own")
    assert own.filter(pl.col("person_key") == pl.col("host_key")).is_empty()


def test_the_online_members_of_a_world(told: Told) -> None:
    """15 % of the seats, two a person but Alex, a shared category, waking hours."""
    visits = told.visits().filter(~ON_SITE)
    per_event = visits.group_by("event_key").agg(pl.len(), pl.col("seats").first())
    assert (per_event["len"] <= 0.15 * per_event["seats"]).all()
    others = visits.filter(~pl.col("is_demo"))
    assert (others.group_by("person_key").len()["len"] <= ONLINE_PER_PERSON).all()
    assert ((visits["interest_mask"] & visits["category_mask"]) > 0).all()


def test_the_travellers_of_a_world(told: Told) -> None:
    """At most a tenth, within reach, for what is worth it, with a night between."""
    visits = told.visits().filter(ON_SITE)
    trips = visits.filter(pl.col("city") != pl.col("city_home"))
    assert 0 < trips.height <= 0.1 * visits.height
    strong = (trips["strong_mask"] & trips["category_mask"]).bitwise_count_ones()
    offered = trips["category_mask"].bitwise_count_ones()
    assert ((strong >= 2) | (strong == offered)).all()
    far = trips.join(
        distances_km().rename({"other_city": "city_home"}),
        on=["city", "city_home"],
        validate="m:1",
    )
    assert (far["same_country"] | (far["km"] <= 1_000)).all()
    both = trips.join(visits, on="person_key", suffix="_other").filter(
        pl.col("event_key") != pl.col("event_key_other")
    )
    gap = timedelta(hours=14)
    near = both.filter(
        pl.col("start") - gap < pl.col("end_other"),
        pl.col("start_other") < pl.col("end") + gap,
    )
    assert near.is_empty()


def test_member_only_events_of_a_world_have_members(told: Told) -> None:
    """Nobody with an account is there who does not belong."""
    visits = told.visits().filter("is_member_only")
    members = told.story.memberships.select(
        "community_key", "person_key", "member_since"
    )
    belonging = visits.join(members, on=["community_key", "person_key"], validate="m:1")
    assert belonging.height == visits.height > 0
    assert (belonging["member_since"] <= belonging["ordered"]).all()


def test_who_goes_out_more_in_a_world(told: Told) -> None:
    """ACTIVE people have 1.4 times the RSVPs of CASUAL ones; HIGH buy the dear ones."""
    visits = told.visits()
    per_person = told.story.people.join(
        visits.group_by("person_key").len(), on="person_key", how="left", validate="1:1"
    )
    mean = dict(
        per_person.group_by("networking_style")
        .agg(pl.col("len").fill_null(0).mean())
        .iter_rows()
    )
    assert mean["ACTIVE"] >= 1.4 * mean["CASUAL"]
    dear = visits.filter(pl.col("price_cents") > 10_000)
    assert (dear["spending_power"] == "HIGH").sum() >= 0.75 * dear.height
    cheapest = told.cast.tiers.group_by("event_key").agg(
        least=pl.col("price_cents").min()
    )
    low = dear.filter(pl.col("spending_power") == "LOW").join(cheapest, on="event_key")
    assert low.filter(pl.col("least") <= 10_000).is_empty()
