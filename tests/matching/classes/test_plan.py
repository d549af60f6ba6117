"""Attendance of large worlds: what it shares with that of small ones."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from crowds import crowd
from hypothesis import given, settings
from hypothesis import strategies as st
from literals import days, event, events, programme, tier, tiers

from matching import draws
from matching.attendance import MOST_PAIRS, attend
from matching.by_pairs import ONLINE_PER_PERSON, attend_by_pairs
from matching.classes.plan import attend_by_classes
from matching.interest import overlap
from matching.programme import Programme, at_home, online, travellers
from matching.schemas import INSTANT
from matching.seating import ORDERS
from matching.vocabulary import CATEGORIES

CLASS = ["seat", "shared", "networking_style", "spending_power"]
CITIES = ["berlin", "munich"]


def _world(
    people: int, shows: int, seed: int = 1, demos: int = 0, cities: list[str] = CITIES
) -> Programme:
    """A programme of evenings in two cities: some online, dear, for members only."""
    folk = crowd(people, cities, seed, demos)
    number = np.arange(people)
    joined = pl.Series([days(-float(n % 300) - 1) for n in number], dtype=INSTANT)
    keys = [draws.key_of("event", n) for n in range(shows)]
    rows = [
        event(
            keys[n],
            cities[n % len(cities)],
            community_key=n % 7,
            location_type="ONLINE" if n % 9 == 0 else "PHYSICAL",
            event_type="festival" if n % 4 == 1 else "meetup",
            start=days(-20 + n % 13 + n % 3 / 24),
            published=days(-60),
            duration_minutes=120,
            category_mask=1 << n % len(CATEGORIES) | 1 << n * 7 % len(CATEGORIES),
            is_member_only=n % 7 == 3,
            host_key=int(folk["person_key"][n % people]),
            seats=40 + n % 30,
            capacity=40 + n % 30,
            target=30 + n % 10,
        )
        for n in range(shows)
    ]
    tickets = [
        tier(3 * n + t, keys[n], price * (n % 4), position=t, quantity=15 + 10 * t)
        for n in range(shows)
        for t, price in enumerate((0, 2_000, 6_000))
    ]
    plan = programme([], [])
    members = folk.select("person_key").with_columns(
        community_key=pl.Series(number % 7, dtype=pl.UInt64), member_since=joined
    )
    return replace(
        plan,
        events=events(*rows),
        people=folk.with_columns(joined=joined),
        tiers=tiers(*tickets),
        members=members.select("community_key", "person_key", "member_since"),
        seed=seed,
    )


def _members(orders: pl.DataFrame) -> pl.DataFrame:
    return orders.filter("succeeded").drop_nulls("person_key")


@pytest.fixture(scope="module")
def told() -> tuple[Programme, pl.DataFrame, pl.DataFrame]:
    """A city of 2,000 people, 60 events, and what both plans make of them."""
    world = _world(2_000, 60, cities=["berlin"])
    return world, attend_by_pairs(world), attend_by_classes(world)


def test_both_plans_seat_as_many(
    told: tuple[Programme, pl.DataFrame, pl.DataFrame],
) -> None:
    """Of each event's seats, in each round, within what a draw makes of it."""
    world, *plans = told
    counts = [
        dict(_members(orders)["seat"].value_counts().iter_rows()) for orders in plans
    ]
    assert counts[0].keys() == counts[1].keys()
    for seat, count in counts[0].items():
        assert abs(counts[1][seat] - count) <= 3 * np.sqrt(2 * count)
    held = [
        orders.filter("succeeded").group_by("event_key").agg(pl.col("quantity").sum())
        for orders in plans
    ]
    both = held[0].join(held[1], on="event_key", validate="1:1")
    assert both.height == world.events.height
    assert (both["quantity"] == both["quantity_right"]).all()


def test_both_plans_seat_the_same_classes(
    told: tuple[Programme, pl.DataFrame, pl.DataFrame],
) -> None:
    """As far apart as two draws of one law: the same plan under another seed."""
    world, pairs, classes = told
    again = attend_by_pairs(replace(world, seed=world.seed + 1))
    noise = _variation(world, pairs, again)
    assert _variation(world, pairs, classes) < 1.5 * noise
    assert noise < 0.2


def _variation(world: Programme, one: pl.DataFrame, other: pl.DataFrame) -> float:
    shares = [
        _members(orders)
        .join(world.events, on="event_key", validate="m:1")
        .join(world.people, on="person_key", validate="m:1")
        .with_columns(shared=overlap(pl.col("interest_mask"), pl.col("category_mask")))
        .group_by(CLASS)
        .agg(share=pl.len() / _members(orders).height)
        for orders in (one, other)
    ]
    both = shares[0].join(shares[1], on=CLASS, how="full", coalesce=True).fill_null(0)
    return float((both["share"] - both["share_right"]).abs().sum()) / 2


def test_a_large_world_is_seated_by_classes() -> None:
    """More pairs of a person and an event than are looked at one by one."""
    small = _world(40, 20)
    assert attend(small).equals(attend_by_pairs(small))
    large = _world(MOST_PAIRS // 100 + 1, 100, cities=["berlin"])
    assert attend(large).equals(attend_by_classes(large))


@settings(max_examples=15, deadline=None)
@given(
    st.integers(1, 120), st.integers(1, 40), st.integers(0, 2**32), st.integers(0, 1)
)
def test_the_rules_hold_in_any_world(
    people: int, shows: int, seed: int, demos: int
) -> None:
    """Seats, tickets, one place at a time, and nobody who could not have come."""
    world = _world(people, shows, seed, demos)
    orders = attend_by_classes(world)
    assert orders.schema == ORDERS
    assert not orders.select("event_key", "buyer_key").is_duplicated().any()
    held = orders.filter("succeeded")
    seats = (
        held.group_by("event_key")
        .agg(pl.col("quantity").sum())
        .join(world.events, on="event_key", validate="1:1")
    )
    assert (seats["quantity"] == seats["target"]).all()
    assert seats.height == shows
    sold = (
        held.group_by("tier_key")
        .agg(sold=pl.col("quantity").sum())
        .join(world.tiers, on="tier_key", validate="1:1")
    )
    assert (sold["sold"] <= sold["quantity"]).all()
    members = held.drop_nulls("person_key")
    _check_places(world, members)
    _check_candidates(world, orders.drop_nulls("person_key"))
    watching = members.join(world.events, on="event_key").filter(
        pl.col("location_type") == "ONLINE", pl.col("seat") != "demo"
    )
    per_person = watching.group_by("person_key").len()["len"]
    assert (per_person <= ONLINE_PER_PERSON).all()


def _check_places(world: Programme, members: pl.DataFrame) -> None:
    spans = world.events.select("event_key", "start", "end", "location_type", "city")
    being = pl.concat(
        [
            members.select("event_key", "person_key", "seat"),
            world.events.select(
                "event_key", person_key="host_key", seat=pl.lit("host")
            ),
        ]
    ).join(spans, on="event_key", validate="m:1")
    guests = being.filter(pl.col("seat") != "host")
    meets = guests.join(being, on="person_key", suffix="_other").filter(
        pl.col("event_key") != pl.col("event_key_other")
    )
    assert meets.filter(
        pl.col("start") < pl.col("end_other"), pl.col("start_other") < pl.col("end")
    ).is_empty()
    gap = pl.duration(hours=14)
    trips = meets.filter(
        pl.col("seat") == "traveller", pl.col("location_type_other") != "ONLINE"
    )
    assert trips.filter(
        pl.col("start") < pl.col("end_other") + gap,
        pl.col("start_other") < pl.col("end") + gap,
    ).is_empty()
    at_home_seats = guests.filter(pl.col("location_type") != "ONLINE")
    for _, city in at_home_seats.group_by("city"):
        away = (city["seat"] == "traveller").sum()
        assert away <= (city.height - away) // 9


def _check_candidates(world: Programme, asked: pl.DataFrame) -> None:
    rounds = {
        "traveller": travellers(world),
        "top": pl.concat([at_home(world), online(world)], how="diagonal"),
    }
    for seat, could in (("traveller", "traveller"), ("top", "top"), ("rest", "top")):
        orders = asked.filter(pl.col("seat") == seat)
        pairs = ["event_key", "person_key"]
        rows = orders.join(rounds[could], on=pairs, validate="1:1")
        assert rows.height == orders.height
        draw = "rest_draw" if seat == "rest" else "top_draw"
        factor = 0.7 if seat == "rest" else 1.0
        assert (rows[draw] < rows["chance"] * factor + 1e-9).all()


def test_row_order_does_not_matter() -> None:
    """Shuffled people, events, tiers and members: the same orders."""
    world = _world(300, 40, demos=1)

    def mixed(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.sample(fraction=1, shuffle=True, seed=3)

    shuffled = replace(
        world,
        events=mixed(world.events),
        people=mixed(world.people),
        tiers=mixed(world.tiers),
        members=mixed(world.members),
    )
    by = ["event_key", "buyer_key"]
    one, other = attend_by_classes(world), attend_by_classes(shuffled)
    assert one.sort(by).equals(other.sort(by))


def test_cities_do_not_depend_on_one_another() -> None:
    """The orders of a city with nothing online are those that it has alone."""
    world = _world(400, 40)
    world = replace(
        world,
        events=world.events.filter(
            pl.col("location_type") != "ONLINE", pl.col("event_type") == "meetup"
        ),
    )
    berlin = replace(
        world,
        events=world.events.filter(pl.col("city") == "berlin"),
        people=world.people.filter(pl.col("city") == "berlin"),
    )
    by = ["event_key", "buyer_key"]
    whole = attend_by_classes(world).join(berlin.events, on="event_key", how="semi")
    hosts = berlin.events.join(berlin.people, left_on="host_key", right_on="person_key")
    assert hosts.height == berlin.events.height
    assert attend_by_classes(berlin).sort(by).equals(whole.sort(by))


def test_a_city_without_people_is_filled_by_guests() -> None:
    """Nobody lives there and nobody travels: all seats are guests'."""
    world = _world(50, 4, cities=["berlin"])
    lonely = replace(world, events=world.events.with_columns(city=pl.lit("tokyo")))
    lonely = replace(
        lonely, events=lonely.events.filter(pl.col("location_type") != "ONLINE")
    )
    orders = attend_by_classes(lonely)
    assert set(orders["seat"]) == {"guest"}
