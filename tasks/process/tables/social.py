"""What people do besides: teams, messages, views, friends, activities, statistics."""

from datetime import datetime
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matching import draws
from matching.timeline import DAY_MS, instants
from matching.world import Story
from tasks.process.cast import Script
from tasks.process.identity import Identity

MESSAGE_DAYS: Final = (1.0, 7.0)  # before the start the host writes to attendees
# Networks set aside for documentation (RFC 5737).
NETWORKS: Final = ("192.0.2.", "198.51.100.", "203.0.113.")
HOSTS_PER_NETWORK: Final = 254
BROWSERS: Final = (
    "Safari/18 (iPhone)",
    "Chrome/130 (Android)",
    "Chrome/130 (Windows)",
    "Firefox/131 (Mac)",
)
REFERRERS: Final = (
    None,
    None,
    None,
    "https://search.example.com/",
    "https://social.example.net/",
    "https://news.example.org/",
)


def collaborators(
    story: Story, identity: Identity, people: pl.DataFrame, demo_key: int
) -> pl.DataFrame:
    """Make the EventCollaborator rows, with is_demo."""
    rows = story.collaborators.join(people, on="person_key", validate="m:1").sort(
        "event_key", "person_key"
    )
    return rows.select(
        id=identity.ids("EventCollaborator", rows["event_key"], rows["person_key"]),
        eventId=identity.ids("Event", rows["event_key"]),
        userId="person_id",
        role="role",
        is_demo=pl.col("person_key") == demo_key,
    )


def messages(
    story: Story,
    script: Script,
    identity: Identity,
    people: pl.DataFrame,
    *,
    as_of: datetime,
    seed: int,
) -> pl.DataFrame:
    """Make the EventMessage rows: what the host wrote before the start, up to now."""
    prose = script.events.select("event_key", "host_message").drop_nulls()
    rows = (
        story.events.join(prose, on="event_key", validate="1:1")
        .join(
            people.select(host_key="person_key", host_id="person_id"),
            on="host_key",
            validate="m:1",
        )
        .sort("event_key")
    )
    low, high = MESSAGE_DAYS
    days = low + (high - low) * draws.uniform(seed, "message", rows["event_key"])
    sent = instants(rows["start"].to_physical().to_numpy() - days * DAY_MS)
    rows = rows.with_columns(sent=sent).filter(
        pl.col("sent").is_between("published", pl.lit(as_of))
    )
    return rows.select(
        id=identity.ids("EventMessage", rows["event_key"]),
        eventId=identity.ids("Event", rows["event_key"]),
        userId="host_id",
        content="host_message",
        createdAt="sent",
    )


def views(
    story: Story, identity: Identity, people: pl.DataFrame, *, seed: int, demo_key: int
) -> pl.DataFrame:
    """Make the EventView rows, with is_demo. A member keeps address and browser."""
    rows = story.views.join(people, on="person_key", how="left", validate="m:1").sort(
        "event_key", "viewed", "viewer_key"
    )
    visitor = pl.select(pl.coalesce(rows["person_key"], rows["viewer_key"])).to_series()
    pair = (rows["event_key"], rows["viewer_key"])
    network = draws.pick(seed, "network", len(NETWORKS), visitor)
    host = 1 + draws.pick(seed, "address", HOSTS_PER_NETWORK, visitor)
    return rows.select(
        id=identity.ids("EventView", *pair),
        eventId=identity.ids("Event", rows["event_key"]),
        userId="person_id",
        ipAddress=_chosen(NETWORKS, network) + pl.Series(host).cast(pl.String),
        userAgent=_chosen(
            BROWSERS, draws.pick(seed, "browser", len(BROWSERS), visitor)
        ),
        referrer=_chosen(
            REFERRERS, draws.pick(seed, "referrer", len(REFERRERS), *pair)
        ),
        viewedAt="viewed",
        is_demo=(pl.col("person_key") == demo_key).fill_null(value=False),
    )


def _chosen(options: tuple[str | None, ...], indexes: NDArray[np.int64]) -> pl.Series:
    return pl.Series(options, dtype=pl.String).gather(pl.Series(indexes))


def friendships(
    story: Story, identity: Identity, people: pl.DataFrame, demo_key: int
) -> pl.DataFrame:
    """Make the Friendship rows, with is_demo."""
    friends = people.select(friend_key="person_key", friend_id="person_id")
    rows = (
        story.friendships.join(people, on="person_key", validate="m:1")
        .join(friends, on="friend_key", validate="m:1")
        .sort("person_key", "friend_key")
    )
    return rows.select(
        id=identity.ids("Friendship", rows["person_key"], rows["friend_key"]),
        userId="person_id",
        friendId="friend_id",
        status="status",
        createdAt="asked",
        acceptedAt="accepted",
        is_demo=(pl.col("person_key") == demo_key) | (pl.col("friend_key") == demo_key),
    )


def activities(
    story: Story, identity: Identity, people: pl.DataFrame, demo_key: int
) -> pl.DataFrame:
    """Make the UserActivity rows, with is_demo: one a fact, at its instant."""
    accepted = story.friendships.filter(pl.col("status") == "ACCEPTED")
    columns = ("person_key", "target_key", "at")
    facts = [
        (
            "RSVP_EVENT",
            "event",
            story.rsvps.filter(
                ~pl.col("is_refunded"), pl.col("person_key").is_not_null()
            ).select("person_key", target_key="event_key", at="reserved"),
        ),
        (
            "HOST_EVENT",
            "event",
            story.events.select(
                person_key="host_key", target_key="event_key", at="created"
            ),
        ),
        (
            "JOIN_COMMUNITY",
            "community",
            story.memberships.select(
                "person_key", target_key="community_key", at="member_since"
            ),
        ),
        (
            "SEND_FRIEND_REQUEST",
            "user",
            accepted.select("person_key", target_key="friend_key", at="asked"),
        ),
        (
            "ACCEPT_FRIEND_REQUEST",
            "user",
            accepted.select(
                target_key="person_key", person_key="friend_key", at="accepted"
            ),
        ),
    ]
    parts: list[pl.DataFrame] = []
    for kind, target, rows in facts:
        keys = rows["target_key"]
        parts.append(
            rows.select(columns).with_columns(
                id=identity.ids(f"UserActivity/{kind}", rows["person_key"], keys),
                type=pl.lit(kind),
                targetType=pl.lit(target),
                targetId=_target_ids(target, keys, identity, people),
            )
        )
    return (
        pl.concat(parts)
        .join(people.select("person_key", "person_id"), on="person_key", validate="m:1")
        .sort("at", "id")
        .select(
            "id",
            "type",
            "targetId",
            "targetType",
            userId="person_id",
            createdAt="at",
            is_demo=pl.col("person_key") == demo_key,
        )
    )


def _target_ids(
    target: str, keys: pl.Series, identity: Identity, people: pl.DataFrame
) -> pl.Series:
    if target == "user":
        return (
            pl.DataFrame({"person_key": keys})
            .join(
                people,
                on="person_key",
                how="left",
                validate="m:1",
                maintain_order="left",
            )
            .get_column("person_id")
        )
    return identity.ids(target.capitalize(), keys)


def daily_stats(
    views: pl.DataFrame, rsvps: pl.DataFrame, identity: Identity
) -> pl.DataFrame:
    """Make the EventDailyStat rows: one per event and UTC day with a view or an RSVP.

    Args:
        views: the EventView rows.
        rsvps: the Rsvp rows.
        identity: makes the ids.
    """
    anonymous = pl.col("userId").is_null()
    seen = views.group_by("eventId", date=pl.col("viewedAt").dt.truncate("1d")).agg(
        views=pl.len().cast(pl.Int64),
        uniqueViews=(
            pl.col("userId").drop_nulls().n_unique()
            + pl.col("ipAddress").filter(anonymous).n_unique()
        ).cast(pl.Int64),
    )
    came = rsvps.group_by("eventId", date=pl.col("createdAt").dt.truncate("1d")).agg(
        rsvps=pl.len().cast(pl.Int64),
        paidRsvps=(pl.col("paymentState") == "PAID").sum().cast(pl.Int64),
    )
    rows = seen.join(
        came, on=["eventId", "date"], how="full", coalesce=True, validate="1:1"
    ).sort("eventId", "date")
    keys = pl.Series(
        [draws.key_of(event) for event in rows["eventId"]], dtype=pl.UInt64
    )
    days = rows["date"].to_physical()
    return rows.select(
        "eventId",
        "date",
        pl.col("views", "uniqueViews", "rsvps", "paidRsvps").fill_null(0),
        id=identity.ids("EventDailyStat", keys, days),
    )
