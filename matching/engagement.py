"""What people do around an event: look, tell others, turn up, and say how it was."""

from datetime import datetime
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matching import draws
from matching.interest import overlap
from matching.timeline import DAY_MS, HOUR_MS, MINUTE_MS, instants

SHOW_UP_FREE: Final = 0.72  # of confirmed RSVPs; who paid turns up more often
SHOW_UP_PAID: Final = 0.83
DOORS_MS: Final = 30 * MINUTE_MS  # before the start
ON_TIME_SHARE: Final = 0.8  # scanned by a quarter past the start
ON_TIME_MS: Final = 45 * MINUTE_MS  # from the doors on
FEEDBACK_SHARE: Final = 0.25  # of those who were there
FEEDBACK_FROM_MS: Final = HOUR_MS  # after the end
FEEDBACK_TO_MS: Final = 7 * DAY_MS
RATING_WEIGHTS: Final = ((5, 0.5), (4, 0.85), (3, 1.0))  # cumulative; no comment
REFERRED_EVENTS: Final = 1 / 3
HOST_REFERS: Final = 0.5
REFERRED_SHARE: Final = 0.15  # of the RSVPs that come after the link
VIEW_LEAD_MS: Final = 1.5 * DAY_MS  # mean between a look and an order
BROWSING_PER_EVENT: Final = 32.0  # views that lead to nothing, before age and size
BROWSING_SPREAD: Final = 0.5  # sigma of the lognormal popularity
TYPICAL_SEATS: Final = 64.0
SETTLED_AGE_MS: Final = 10 * DAY_MS  # an event younger than this has fewer views
BROWSING_MEMBERS: Final = 0.35  # of such views are by people of the city


def check_ins(rsvps: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Say who turned up, and when their ticket was scanned.

    Args:
        rsvps: one row per confirmed RSVP of an event that is over: event_key,
            attendee_key, price_cents, start, end.
        seed: the world's seed.

    Returns:
        The rows of those who came, with scanned.
    """
    pair = (rsvps["event_key"], rsvps["attendee_key"])
    rate = pl.when(pl.col("price_cents") > 0).then(SHOW_UP_PAID).otherwise(SHOW_UP_FREE)
    start = rsvps["start"].to_physical().to_numpy() - DOORS_MS
    span = rsvps["end"].to_physical().to_numpy() - start
    on_time = draws.uniform(seed, "scan/on time", *pair) < ON_TIME_SHARE
    # the wave before the start; the late ones trickle in until half time
    part = draws.uniform(seed, "scan", *pair)
    offset = np.where(on_time, np.minimum(span, ON_TIME_MS) * part, span * part / 2)
    return rsvps.with_columns(
        came=pl.lit(pl.Series(draws.uniform(seed, "came", *pair))) < rate,
        scanned=instants(start + offset),
    ).filter("came")


def feedback(
    scanned: pl.DataFrame, reviews: pl.DataFrame, as_of: datetime, seed: int
) -> pl.DataFrame:
    """Let about a quarter of those who came say how it was.

    Args:
        scanned: one row per check-in: event_key, attendee_key, end.
        reviews: one row per review that a pass wrote: event_key, place (1 first),
            rating, comment.
        as_of: the world's now.
        seed: the world's seed.

    Returns:
        One row per feedback: event_key, attendee_key, rating, comment (null for a
        rating alone), said.
    """
    now = int(as_of.timestamp()) * 1000
    scanned = scanned.filter(pl.col("end").to_physical() + 2 * FEEDBACK_FROM_MS <= now)
    pair = (scanned["event_key"], scanned["attendee_key"])
    ranked = scanned.with_columns(
        draw=pl.Series(draws.uniform(seed, "feedback", *pair)),
        rating_draw=pl.Series(draws.uniform(seed, "rating", *pair)),
        part=pl.Series(draws.uniform(seed, "said", *pair)),
    ).with_columns(
        place=pl.col("draw").rank("ordinal").over("event_key").cast(pl.Int64),
        wanted=(pl.len().over("event_key") * FEEDBACK_SHARE).round().clip(1),
    )
    spoken = ranked.filter(pl.col("place") <= pl.col("wanted")).join(
        reviews, on=["event_key", "place"], how="left", validate="m:1"
    )
    alone = pl.lit(RATING_WEIGHTS[-1][0])
    for rating, below in reversed(RATING_WEIGHTS[:-1]):
        alone = pl.when(pl.col("rating_draw") < below).then(rating).otherwise(alone)
    end = spoken["end"].to_physical().to_numpy()
    earliest = end + FEEDBACK_FROM_MS
    latest = np.minimum(end + FEEDBACK_TO_MS, now)
    said = earliest + (latest - earliest) * spoken["part"].to_numpy() ** 2
    return spoken.with_columns(
        rating=pl.coalesce("rating", alone.cast(pl.Int64)), said=instants(said)
    ).select("event_key", "attendee_key", "rating", "comment", "said")


def referrals(
    events: pl.DataFrame,
    rsvps: pl.DataFrame,
    collaborators: pl.DataFrame,
    seed: int,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give a third of the events somebody who spreads the word.

    Args:
        events: one row per event: event_key, host_key, published.
        rsvps: one row per RSVP: event_key, attendee_key, person_key, reserved,
            networking_style (null for guests).
        collaborators: one row per (event, collaborator): event_key, person_key.
        seed: the world's seed.

    Returns:
        One row per referral (event_key, person_key, since), and one row per RSVP that
        carries it (event_key, attendee_key).
    """
    chosen = events.filter(
        pl.lit(pl.Series(draws.uniform(seed, "referral", events["event_key"])))
        < REFERRED_EVENTS
    )
    by_host = draws.uniform(seed, "referral/host", chosen["event_key"]) < HOST_REFERS
    hosts = chosen.select("event_key", person_key="host_key", since="published")
    team = collaborators.join(
        chosen.select("event_key", since="published"), on="event_key", validate="m:1"
    ).select("event_key", "person_key", "since")
    keen = rsvps.filter(
        pl.col("networking_style") == "ACTIVE",
        pl.col("event_key").is_in(chosen["event_key"].implode()),
    ).select("event_key", "person_key", since="reserved")
    others = pl.concat([team, keen]).join(
        chosen.filter(~pl.Series(by_host)), on="event_key", how="semi"
    )
    others = others.with_columns(
        draw=pl.Series(
            draws.uniform(seed, "referrer", others["event_key"], others["person_key"])
        )
    )
    # an attendee who is on the team too refers from the start
    others = others.sort("event_key", "draw", "since").unique(
        "event_key", keep="first", maintain_order=True
    )
    made = pl.concat(
        [
            others.drop("draw"),
            hosts.join(others, on="event_key", how="anti"),
        ]
    ).sort("event_key")
    pairs = rsvps.join(
        made.rename({"person_key": "referrer_key"}), on="event_key", validate="m:1"
    )
    led = draws.uniform(seed, "referred", pairs["event_key"], pairs["attendee_key"])
    carried = pairs.filter(
        pl.lit(pl.Series(led)) < REFERRED_SHARE,
        pl.col("reserved") > pl.col("since"),
        pl.col("person_key").ne_missing(pl.col("referrer_key")),
    ).select("event_key", "attendee_key")
    return made, carried


def deciding_views(rsvps: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Give each RSVP the view of the event that came before it.

    Args:
        rsvps: one row per RSVP: event_key, attendee_key, person_key, earliest,
            ordered.
        seed: the world's seed.

    Returns:
        One row per view: event_key, viewer_key (the attendee's), person_key, viewed.
    """
    span = (
        rsvps["ordered"].to_physical() - rsvps["earliest"].to_physical()
    ).to_numpy() - MINUTE_MS
    draw = draws.uniform(seed, "view", rsvps["event_key"], rsvps["attendee_key"])
    whole = -np.expm1(-span / VIEW_LEAD_MS)
    lead = -VIEW_LEAD_MS * np.log1p(-draw * whole)
    viewed = rsvps["ordered"].to_physical().to_numpy() - MINUTE_MS - lead
    return rsvps.select(
        "event_key", "person_key", viewer_key="attendee_key"
    ).with_columns(viewed=instants(viewed))


def browsing_views(
    events: pl.DataFrame, people: pl.DataFrame, as_of: datetime, seed: int
) -> pl.DataFrame:
    """Add the views that led to nothing, by people of the city and by passers-by.

    Args:
        events: one row per event: event_key, city, category_mask, seats, published,
            end.
        people: one row per person (PEOPLE) with joined.
        as_of: the world's now.
        seed: the world's seed.

    Returns:
        One row per view: event_key, viewer_key, person_key (null: anonymous), viewed.
    """
    key = events["event_key"]
    popularity = np.exp(BROWSING_SPREAD * _normal(seed, "popularity", key))
    size = np.sqrt(events["seats"].to_numpy() / TYPICAL_SEATS)
    views = events.with_columns(
        latest=pl.min_horizontal("end", pl.lit(as_of)).cast(events.schema["end"])
    )
    age = (views["latest"].to_physical() - views["published"].to_physical()).to_numpy()
    count = BROWSING_PER_EVENT * popularity * size * np.minimum(age / SETTLED_AGE_MS, 1)
    views = (
        views.with_columns(number=pl.Series(np.round(count).astype(np.int64)))
        .with_columns(number=pl.int_ranges(0, "number"))
        .explode("number", empty_as_null=False)
    )
    pair = (views["event_key"], views["number"])
    views = views.with_columns(
        viewer_key=pl.Series(draws.words(seed, "browse", *pair)),
        by_member=pl.Series(
            draws.uniform(seed, "browse/member", *pair) < BROWSING_MEMBERS
        ),
        pick=pl.Series(draws.uniform(seed, "browse/who", *pair)),
        part=pl.Series(draws.uniform(seed, "browse/when", *pair)),
    )
    fans = (
        events.select("event_key", "city", "category_mask", "published")
        .join(people, on="city", validate="m:m")
        .filter(
            overlap(pl.col("interest_mask"), pl.col("category_mask")) > 0,
            pl.col("joined") < pl.col("published"),
        )
        .sort("event_key", "person_key")
        .select(
            "event_key",
            "person_key",
            place=pl.int_range(pl.len()).over("event_key"),
            fans=pl.len().over("event_key"),
        )
    )
    views = (
        views.join(
            fans.select("event_key", "fans").unique(),
            on="event_key",
            how="left",
            validate="m:1",
        )
        .with_columns(
            place=pl.when("by_member").then(
                (pl.col("pick") * pl.col("fans")).cast(pl.Int64)
            )
        )
        .join(
            fans.drop("fans"),
            on=["event_key", "place"],
            how="left",
            validate="m:1",
        )
    )
    start = views["published"].to_physical().to_numpy()
    span = views["latest"].to_physical().to_numpy() - start
    viewed = start + span * views["part"].to_numpy()
    return views.with_columns(viewed=instants(viewed)).select(
        "event_key", "person_key", "viewer_key", "viewed"
    )


def _normal(seed: int, stream: str, key: pl.Series) -> NDArray[np.float64]:
    """Draw one standard normal value per key (Box-Muller)."""
    radius = np.sqrt(-2 * np.log1p(-draws.uniform(seed, f"{stream}/radius", key)))
    angle = 2 * np.pi * draws.uniform(seed, f"{stream}/angle", key)
    return radius * np.cos(angle)
