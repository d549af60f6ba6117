"""When things happen: a partial order in which nothing lies after `as_of`.

person joined ≤ community founded (its owner) ≤ membership ≤ event created (its
host's membership) ≤ published ≤ view ≤ order ≤ RSVP < start.
"""

from datetime import datetime, timedelta
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matching import clock, draws
from matching.schemas import INSTANT

NEWEST_MEMBER_DAYS: Final = 30
OLDEST_MEMBER_DAYS: Final = 700
WAKING_FROM_MINUTE: Final = 7 * 60
WAKING_TO_MINUTE: Final = 23 * 60
LEAD_DAYS: Final = (14.0, 45.0)  # an event is published so long before it starts
FRESH_DAYS: Final = (0.25, 24.0)  # or so long ago, when it is still far ahead
DRAFT_DAYS: Final = (0.1, 6.0)  # between an event's making and its publication
FOUNDED_AFTER: Final = (
    0.02,
    0.7,
)  # of the time from the owner's joining to the first event
SETTLED_DAYS: Final = 1.0  # between joining the app and founding or hosting
PENDING_DAYS: Final = 40  # a request unanswered for longer is not shown any more
ANSWER_DAYS: Final = (0.1, 20.0)  # from hours to weeks, mostly soon
MINUTE_MS: Final = 60_000
HOUR_MS: Final = 3_600_000
DAY_MS: Final = 86_400_000


def publish(scheduled: pl.DataFrame, as_of: datetime, seed: int) -> pl.DataFrame:
    """Say when each event was made and published, before it starts and before as_of.

    Args:
        scheduled: one row per event, with start.
        as_of: the world's now.
        seed: the world's seed.

    Returns:
        The same rows with created and published.
    """
    keys = scheduled["event_key"]
    lead = _between(LEAD_DAYS, draws.uniform(seed, "lead", keys))
    fresh = _between(FRESH_DAYS, draws.uniform(seed, "fresh", keys))
    draft = _between(DRAFT_DAYS, draws.uniform(seed, "draft", keys))
    now = milliseconds(as_of)
    published = np.minimum(
        scheduled["start"].to_physical().to_numpy() - lead * DAY_MS,
        now - fresh * DAY_MS,
    )
    return scheduled.with_columns(
        instants(published).alias("published"),
        instants(published - draft * DAY_MS).alias("created"),
    )


def join_dates(people: pl.DataFrame, as_of: datetime, seed: int) -> pl.DataFrame:
    """Say when each person joined the app, in waking hours of their own city.

    Args:
        people: one row per person: person_key, city, and needed_by, the instant before
            which they founded or hosted something (null: never did).
        as_of: the world's now.
        seed: the world's seed.

    Returns:
        One row per person: person_key, joined.
    """
    keys = people["person_key"]
    now = milliseconds(as_of)
    oldest = float(OLDEST_MEMBER_DAYS - 1)
    needed_by = people["needed_by"].cast(INSTANT).to_physical().to_numpy().astype(float)
    days_needed = np.nan_to_num((now - needed_by) / DAY_MS, nan=0.0)
    newest = np.maximum(NEWEST_MEMBER_DAYS + 1, days_needed + SETTLED_DAYS + 1)
    days_ago = newest + (oldest - newest) * draws.uniform(seed, "joined/day", keys)
    minute = _between(
        (WAKING_FROM_MINUTE, WAKING_TO_MINUTE),
        draws.uniform(seed, "joined/minute", keys),
    )
    midnight = instants(now - days_ago * DAY_MS).dt.replace_time_zone(None)
    local = midnight.dt.truncate("1d") + pl.Series(
        (minute * 60_000).astype(np.int64)
    ).cast(pl.Duration("ms"))
    # an hour later where the clocks jump over it; they never do so twice
    exact = clock.to_utc(local, people["city"])
    later = clock.to_utc(local + timedelta(hours=1), people["city"])
    return people.select(
        "person_key", joined=pl.select(exact.fill_null(later)).to_series()
    )


def founding_dates(communities: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Say when each community was founded: after its owner joined, before its events.

    Args:
        communities: one row per community: community_key, owner_joined, first_event
            (when its first event was made).
        seed: the world's seed.

    Returns:
        One row per community: community_key, founded.
    """
    joined = communities["owner_joined"].to_physical().to_numpy()
    limit = communities["first_event"].to_physical().to_numpy()
    part = _between(
        FOUNDED_AFTER, draws.uniform(seed, "founded", communities["community_key"])
    )
    return communities.select("community_key").with_columns(
        founded=instants(joined + (limit - joined) * part)
    )


def membership_dates(
    memberships: pl.DataFrame, as_of: datetime, seed: int
) -> pl.DataFrame:
    """Say when each member joined the community, the owner at its founding.

    Args:
        memberships: one row per (community, member): role, joined (the person's),
            founded, needed_by (when they made their first event there, or null).
        as_of: the world's now.
        seed: the world's seed.

    Returns:
        The same rows with member_since.
    """
    earliest = np.maximum(
        memberships["joined"].to_physical().to_numpy(),
        memberships["founded"].to_physical().to_numpy(),
    )
    needed_by = memberships["needed_by"].cast(INSTANT).to_physical().to_numpy()
    latest = np.where(
        memberships["needed_by"].is_null().to_numpy(), milliseconds(as_of), needed_by
    ).astype(float)
    draw = draws.uniform(
        seed, "member", memberships["community_key"], memberships["person_key"]
    )
    since = earliest + (latest - earliest) * draw**2  # most join in the early days
    is_owner = (memberships["role"] == "ADMIN").to_numpy()
    return memberships.with_columns(
        member_since=instants(np.where(is_owner, earliest, since))
    )


def friendship_dates(
    friendships: pl.DataFrame, people: pl.DataFrame, as_of: datetime, seed: int
) -> pl.DataFrame:
    """Say when one asked the other and when the other said yes.

    Args:
        friendships: one row per pair (FRIENDSHIPS).
        people: one row per person: person_key, joined.
        as_of: the world's now.
        seed: the world's seed.

    Returns:
        The same rows with asked, and accepted (null while PENDING).
    """
    joined = people.select("person_key", "joined")
    rows = (
        friendships.join(joined, on="person_key", validate="m:1")
        .join(
            joined.rename({"person_key": "friend_key", "joined": "friend_joined"}),
            on="friend_key",
            validate="m:1",
        )
        .sort("person_key", "friend_key")
    )
    now = milliseconds(as_of)
    pair = (rows["person_key"], rows["friend_key"])
    both = rows.select(
        pl.max_horizontal("joined", "friend_joined").to_physical()
    ).to_series()
    earliest = both.to_numpy().astype(float)
    pending = (rows["status"] == "PENDING").to_numpy()
    # who was asked lately may still be thinking; an old request was answered
    earliest = np.where(
        pending, np.maximum(earliest, now - PENDING_DAYS * DAY_MS), earliest
    )
    latest = np.where(pending, now, np.maximum(now - ANSWER_DAYS[1] * DAY_MS, earliest))
    asked = earliest + (latest - earliest) * draws.uniform(seed, "asked", *pair)
    days = _between(ANSWER_DAYS, draws.uniform(seed, "accepted", *pair) ** 2)
    accepted = np.minimum(asked + days * DAY_MS, (asked + now) / 2)
    return rows.drop("joined", "friend_joined").with_columns(
        asked=instants(asked),
        accepted=pl.when(pl.col("status") == "ACCEPTED").then(
            pl.lit(instants(accepted))
        ),
    )


def instants(milliseconds: NDArray[np.float64]) -> pl.Series:
    """Turn milliseconds since 1970 into UTC instants, rounding down."""
    return pl.Series(np.floor(milliseconds).astype(np.int64)).cast(INSTANT)


def _between(
    bounds: tuple[float, float], draw: NDArray[np.float64]
) -> NDArray[np.float64]:
    low, high = bounds
    return low + (high - low) * draw


def milliseconds(moment: datetime) -> int:
    """Give the milliseconds from 1970 to a moment on a whole second."""
    return int(moment.timestamp()) * 1000
