"""The whole match: from people, communities and events to who did what, and when.

Reads as the story is told: friends first, then communities and their hosts, then dates,
then who comes, what they pay, and what they make of it.
"""

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from matching import engagement, orders, timeline
from matching.attendance import attend, seat_targets
from matching.collaborators import choose_collaborators
from matching.friendships import befriend
from matching.hosts import choose_hosts
from matching.memberships import join_communities
from matching.owners import Circle, choose_owners
from matching.programme import Programme
from matching.schedule import schedule
from matching.seating import Agendas, Hall


@dataclass(frozen=True)
class Cast:
    """What the passes gave, as the named frames of `matching.schemas`.

    events also carry capacity. promos: one row per code: event_key, promo_key,
    percent_off, tiers. reviews: one row each: event_key, place, rating, comment.
    """

    people: pl.DataFrame
    communities: pl.DataFrame
    events: pl.DataFrame
    tiers: pl.DataFrame
    venues: pl.DataFrame
    promos: pl.DataFrame
    reviews: pl.DataFrame


@dataclass(frozen=True)
class Story:
    """What the match decided. Every instant is UTC.

    people: PEOPLE with joined.
    communities: COMMUNITIES with owner_key, founded.
    memberships: one row per (community, member): role, member_since.
    events: EVENTS with host_key, start, end, venue, is_over, is_member_only, created,
        published.
    orders: one row per order: ORDERS with ordered, status, total_cents, promo_key,
        is_refunded, position (of the tier).
    rsvps: one row per held seat: attendee_key, person_key (null: guest), reserved, and
        its order's columns.
    payments, refunds, check_ins, feedback, collaborators, views, referrals: one row
        each, by event_key and who. referred: event_key, attendee_key of RSVPs that
        came by a referral. friendships: FRIENDSHIPS with asked, accepted.
    """

    people: pl.DataFrame
    communities: pl.DataFrame
    memberships: pl.DataFrame
    events: pl.DataFrame
    orders: pl.DataFrame
    rsvps: pl.DataFrame
    payments: pl.DataFrame
    refunds: pl.DataFrame
    check_ins: pl.DataFrame
    feedback: pl.DataFrame
    collaborators: pl.DataFrame
    referrals: pl.DataFrame
    referred: pl.DataFrame
    views: pl.DataFrame
    friendships: pl.DataFrame


def match(cast: Cast, as_of: datetime, seed: int) -> Story:
    """Tell the story of a cast as of a day.

    Communities that nobody in their city could own must have been left out before: see
    `matching.memberships.choose_owners`.
    """
    friendships = befriend(cast.people, seed)
    circle = Circle(cast.people, cast.communities, cast.events, friendships)
    owners = choose_owners(circle, seed)
    members = join_communities(circle, owners, seed)
    hosts = choose_hosts(circle, members, seed)
    events = _date_events(cast, hosts, as_of, seed)
    people = _date_people(cast.people, owners, events, as_of, seed)
    communities = _date_communities(cast.communities, owners, people, events, seed)
    memberships = _date_memberships(
        members, people, communities, events, as_of=as_of, seed=seed
    )
    programme = Programme(
        events=seat_targets(events, as_of, seed),
        people=people,
        tiers=cast.tiers,
        members=memberships,
        as_of=as_of,
        seed=seed,
    )
    placed = orders.settle_orders(attend(programme), programme)
    placed = orders.apply_promos(
        placed.join(
            cast.tiers.select("tier_key", "position"), on="tier_key", validate="m:1"
        ),
        cast.promos,
        seed,
    )
    rsvps = orders.hold_seats(placed)
    collaborators = _find_helpers(events, people, memberships, rsvps, seed)
    came = _who_came(rsvps, events, seed)
    referrals, referred = engagement.referrals(
        events,
        rsvps.join(
            people.select("person_key", "networking_style"),
            on="person_key",
            how="left",
            validate="m:1",
        ),
        collaborators,
        seed,
    )
    return Story(
        people=people,
        communities=communities,
        memberships=memberships,
        events=events,
        orders=placed,
        rsvps=rsvps,
        payments=orders.payments(placed, seed),
        refunds=orders.refunds(placed, events, as_of, seed),
        check_ins=came,
        feedback=engagement.feedback(came, cast.reviews, as_of, seed),
        collaborators=collaborators,
        referrals=referrals,
        referred=referred,
        views=pl.concat(
            [
                engagement.deciding_views(rsvps, seed),
                engagement.browsing_views(events, people, as_of, seed),
            ],
            how="diagonal",
        ),
        friendships=timeline.friendship_dates(friendships, people, as_of, seed),
    )


def _date_events(
    cast: Cast, hosts: pl.DataFrame, as_of: datetime, seed: int
) -> pl.DataFrame:
    """Date, place and publish the events; a member-only one is told apart."""
    demo = cast.people.filter("is_demo")["person_key"]
    hosted = cast.events.join(hosts, on="event_key", validate="1:1").with_columns(
        host_is_demo=pl.col("host_key").is_in(demo.implode())
    )
    scheduled = schedule(hosted, cast.venues, as_of, seed)
    dated = hosted.drop("venue", "host_is_demo").join(
        scheduled, on="event_key", validate="1:1"
    )
    style = cast.communities.select(
        "community_key", is_member_only=pl.col("membership_style") == "INVITE_ONLY"
    )
    return timeline.publish(
        dated.join(style, on="community_key", validate="m:1").sort("event_key"),
        as_of,
        seed,
    )


def _date_people(
    people: pl.DataFrame,
    owners: pl.DataFrame,
    events: pl.DataFrame,
    as_of: datetime,
    seed: int,
) -> pl.DataFrame:
    """Let everybody join, before what they founded or hosted was made."""
    first = events.group_by("community_key").agg(needed_by=pl.col("created").min())
    founding = owners.join(first, on="community_key", validate="1:1").select(
        "needed_by", person_key="owner_key"
    )
    hosting = events.select(needed_by="created", person_key="host_key")
    needed = (
        pl.concat([founding, hosting.select("needed_by", "person_key")])
        .group_by("person_key")
        .agg(pl.col("needed_by").min())
    )
    people = people.join(
        needed, on="person_key", how="left", validate="1:1", maintain_order="left"
    )
    joined = timeline.join_dates(people, as_of, seed)
    return people.drop("needed_by").join(joined, on="person_key", validate="1:1")


def _date_communities(
    communities: pl.DataFrame,
    owners: pl.DataFrame,
    people: pl.DataFrame,
    events: pl.DataFrame,
    seed: int,
) -> pl.DataFrame:
    """Found the communities, after their owners joined and before their events."""
    facts = (
        communities.join(owners, on="community_key", validate="1:1")
        .join(
            people.select(owner_key="person_key", owner_joined="joined"),
            on="owner_key",
            validate="m:1",
        )
        .join(
            events.group_by("community_key").agg(first_event=pl.col("created").min()),
            on="community_key",
            validate="1:1",
        )
        .sort("community_key")
    )
    founded = timeline.founding_dates(facts, seed)
    return facts.drop("owner_joined", "first_event").join(
        founded, on="community_key", validate="1:1"
    )


def _date_memberships(
    members: pl.DataFrame,
    people: pl.DataFrame,
    communities: pl.DataFrame,
    events: pl.DataFrame,
    *,
    as_of: datetime,
    seed: int,
) -> pl.DataFrame:
    """Say since when everybody belongs, hosts before their first event was made."""
    hosting = events.group_by("community_key", person_key="host_key").agg(
        needed_by=pl.col("created").min()
    )
    facts = (
        members.join(
            people.select("person_key", "joined"), on="person_key", validate="m:1"
        )
        .join(
            communities.select("community_key", "founded"),
            on="community_key",
            validate="m:1",
        )
        .join(hosting, on=["community_key", "person_key"], how="left", validate="1:1")
        .sort("community_key", "person_key")
    )
    return timeline.membership_dates(facts, as_of, seed).drop(
        "joined", "founded", "needed_by"
    )


def _find_helpers(
    events: pl.DataFrame,
    people: pl.DataFrame,
    memberships: pl.DataFrame,
    rsvps: pl.DataFrame,
    seed: int,
) -> pl.DataFrame:
    """Choose the events' helpers among locals who are not somewhere else then."""
    span = ["event_key", "start", "end"]
    busy = pl.concat(
        [
            events.select(*span, person_key="host_key"),
            rsvps.filter(pl.col("person_key").is_not_null())
            .select("event_key", "person_key")
            .join(events.select(span), on="event_key", validate="m:1")
            .select(*span, "person_key"),
        ]
    )
    pairs = (
        events.join(people, on="city", validate="m:m")
        .filter(
            pl.col("host_key") != pl.col("person_key"),
            pl.col("joined") < pl.col("published"),
        )
        .join(
            memberships.select(
                "community_key", "person_key", is_member=pl.lit(value=True)
            ),
            on=["community_key", "person_key"],
            how="left",
            validate="m:1",
        )
        .with_columns(pl.col("is_member").fill_null(value=False))
    )
    elsewhere = (
        pairs.select(*span, "person_key")
        .join(busy, on="person_key", suffix="_other", validate="m:m")
        .filter(
            pl.col("event_key") != pl.col("event_key_other"),
            pl.col("start") < pl.col("end_other"),
            pl.col("start_other") < pl.col("end"),
        )
    )
    free = pairs.join(elsewhere, on=["event_key", "person_key"], how="anti")
    chosen = choose_collaborators(events, free, seed)
    return _in_one_place(chosen, events)


def _in_one_place(chosen: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Let a helper who was chosen for two events at once keep the first."""
    agendas = Agendas()
    kept: list[bool] = []
    rows = chosen.join(
        events.select("event_key", pl.col("start", "end").to_physical()),
        on="event_key",
        validate="m:1",
    ).sort("start", "event_key", "person_key")
    for event, person, start, end in rows.select(
        "event_key", "person_key", "start", "end"
    ).iter_rows():
        hall = Hall(event, start, end, on_site=True)
        is_free = agendas.is_free(person, hall)
        if is_free:
            agendas.take(person, hall)
        kept.append(is_free)
    return rows.filter(pl.Series(kept, dtype=pl.Boolean)).select(chosen.columns)


def _who_came(rsvps: pl.DataFrame, events: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Scan the tickets of those who turned up at events that are over."""
    over = events.filter("is_over").select("event_key", "start", "end")
    confirmed = rsvps.filter(~pl.col("is_refunded")).join(
        over, on="event_key", validate="m:1"
    )
    return engagement.check_ins(confirmed, seed)
