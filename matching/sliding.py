"""Moving a finished world by whole weeks: its local hours and its orders stay.

All that happened long before an event moves by exactly N weeks, and so keeps its order
across events and people. The event itself keeps its weekday and its wall clock, which
is N weeks and the change of its city's offset from UTC (most often none, else an
hour). Between the two each event has a map of its own that never goes backwards: the
change enters within RAMP before the doors and, once the event is over, leaves again
until as_of, so that nothing comes to lie after the new as_of:

    past event      0 up to RAMP before the doors, the change from there to the end, 0
                    again at as_of
    event ahead     0 up to as_of, or up to RAMP before the start; the change there
"""

from datetime import date, datetime, timedelta
from typing import Final

import numpy as np
import polars as pl

from matching import clock
from matching.schemas import INSTANT
from matching.timeline import DAY_MS, MINUTE_MS, instants, milliseconds

WEEK_DAYS: Final = 7
WEEK_MS: Final = WEEK_DAYS * DAY_MS
# Gentle enough that an RSVP stays within a minute of its order (an hour in 48), and
# so short that a person who has just joined hardly ever has acted within it.
RAMP_MS: Final = 2 * DAY_MS
DOORS_MS: Final = 30 * MINUTE_MS  # the first check-in, before the start
TRIP_GAP: Final = timedelta(hours=14)  # between a trip and anything else on site
MESSAGE_MS: Final = (DAY_MS, 7 * DAY_MS)  # before the start the host writes

# One row per event of the world to be moved.
SLID_EVENTS: Final = pl.Schema(
    {
        "event_id": pl.String,
        "city": pl.String,  # location slug
        "venue": pl.String,  # null for ONLINE
        "start": INSTANT,
        "end": INSTANT,
    }
)
# One row per person and event they are at: hosts, and confirmed RSVPs.
COMMITMENTS: Final = pl.Schema(
    {
        "person_id": pl.String,
        "event_id": pl.String,
        "on_site": pl.Boolean,
        "is_trip": pl.Boolean,  # on site, in another city than the person's
    }
)


def weeks_until(as_of: datetime, today: date) -> int:
    """Give the whole weeks that bring as_of nearest to today, and not after it."""
    return max(0, (today - as_of.date()).days // WEEK_DAYS)


def slide_events(
    events: pl.DataFrame, as_of: datetime, slid_to: datetime
) -> pl.DataFrame:
    """Move each event to the same weekday and wall-clock time, whole weeks later.

    Where the clocks jump over that time, it is an hour later.

    Args:
        events: one row per event, SLID_EVENTS.
        as_of: the world's now.
        slid_to: its new now, whole weeks later.

    Returns:
        The same rows with new_start and new_end, and what `slide_moments` needs:
        shift_ms (of the event itself, beyond the weeks), knee_ms and full_ms (between
        which the shift enters), start_ms, end_ms, is_over.
    """
    ahead = slid_to - as_of
    there = clock.to_local(events["start"], events["city"]) + ahead
    exact = clock.to_utc(there, events["city"])
    later = clock.to_utc(there + timedelta(hours=1), events["city"])
    moved = events.with_columns(
        new_start=pl.select(exact.fill_null(later)).to_series(),
        start_ms=events["start"].cast(INSTANT).to_physical(),
        end_ms=events["end"].cast(INSTANT).to_physical(),
    ).with_columns(
        new_end=pl.col("new_start") + (pl.col("end") - pl.col("start")),
        shift_ms=pl.col("new_start").to_physical()
        - pl.col("start_ms")
        - int(ahead.total_seconds()) * 1000,
        is_over=pl.col("end") <= as_of,
    )
    now = milliseconds(as_of)
    start, shift = pl.col("start_ms"), pl.col("shift_ms")
    # The shift may only enter after as_of, where nothing has happened yet; an event
    # that begins too soon after it to be moved back within that time is the exception.
    has_room = (start > now) & ((shift >= 0) | (start - now > -2 * shift))
    full = pl.when("is_over").then(start - DOORS_MS).otherwise(start)
    return moved.with_columns(
        full_ms=full,
        knee_ms=pl.when(has_room)
        .then(pl.max_horizontal(pl.lit(now), start - RAMP_MS))
        .otherwise(full - RAMP_MS),
    )


def slide_moments(
    moments: pl.DataFrame, moved: pl.DataFrame, as_of: datetime, slid_to: datetime
) -> pl.Series:
    """Move each moment of an event's life by the event's own map, which is monotone.

    Args:
        moments: one row per moment: event_id (null: it belongs to none and moves by
            the weeks alone), moment (null stays null).
        moved: one row per event, from `slide_events`.
        as_of: the world's now.
        slid_to: its new now.

    Returns:
        One instant per row, in the rows' order.
    """
    maps = moved.select(
        "event_id", "shift_ms", "knee_ms", "full_ms", "end_ms", "is_over"
    )
    rows = moments.join(
        maps, on="event_id", how="left", validate="m:1", maintain_order="left"
    )
    unknown = rows.filter(
        pl.col("event_id").is_not_null(), pl.col("shift_ms").is_null()
    )
    if unknown.height:
        names = unknown["event_id"].unique().sort().to_list()
        raise ValueError(f"moments of unknown events: {names!r}")
    moment = rows["moment"].cast(INSTANT).to_physical()
    at = moment.fill_null(0).to_numpy()
    shift, knee, full, end = (
        rows[name].fill_null(0).to_numpy()
        for name in ("shift_ms", "knee_ms", "full_ms", "end_ms")
    )
    entered = np.clip((at - knee) / np.maximum(full - knee, 1), 0.0, 1.0)
    since_end = np.maximum(milliseconds(as_of) - end, 1)
    is_over = rows["is_over"].fill_null(value=False).to_numpy()
    left = np.clip((at - end) / since_end, 0.0, 1.0) * is_over
    weeks = milliseconds(slid_to) - milliseconds(as_of)
    slid = instants(at + weeks + shift * (entered - left))
    return pl.select(pl.when(moment.is_not_null()).then(slid)).to_series()


def slide_messages(
    messages: pl.DataFrame, moved: pl.DataFrame, as_of: datetime, slid_to: datetime
) -> pl.Series:
    """Move host messages as moments, but not out of the week before the event.

    Args:
        messages: one row per message: event_id, moment.
        moved: one row per event, from `slide_events`.
        as_of: the world's now.
        slid_to: its new now.

    Returns:
        One instant per row, in the rows' order.
    """
    slid = slide_moments(messages, moved, as_of, slid_to)
    rows = messages.with_columns(slid=slid).join(
        moved.select("event_id", "start_ms", "new_start"),
        on="event_id",
        how="left",
        validate="m:1",
        maintain_order="left",
    )
    latest, earliest = MESSAGE_MS
    lead = pl.col("start_ms") - pl.col("moment").cast(INSTANT).to_physical()
    start = pl.col("new_start")
    return rows.select(
        pl.when(lead.is_between(latest, earliest))
        .then(
            pl.col("slid").clip(
                start - pl.duration(milliseconds=earliest),
                start - pl.duration(milliseconds=latest),
            )
        )
        .otherwise("slid")
        .cast(INSTANT)
    ).to_series()


def slide_conflicts(
    moved: pl.DataFrame, commitments: pl.DataFrame, slid_to: datetime
) -> list[str]:
    """Say what the events' new dates contradict; they change at other dates by zone.

    Args:
        moved: one row per event, from `slide_events`.
        commitments: one row per person and event, COMMITMENTS.
        slid_to: the new now.

    Returns:
        A sentence per conflict, in a fixed order; none: the world can be moved.
    """
    flips = moved.filter(pl.col("is_over") != (pl.col("new_end") <= slid_to))
    found = [
        f"event {event!r} {'was over and would not be' if is_over else 'would be over'}"
        for event, is_over in flips.select("event_id", "is_over").iter_rows()
    ]
    dates = moved.select("event_id", start="new_start", end="new_end")
    held = moved.filter(pl.col("venue").is_not_null()).select(
        "event_id",
        who=pl.concat_str("city", pl.lit("/"), pl.col("venue").str.to_lowercase()),
    )
    found += [
        f"events {one!r} and {other!r} would be at the same venue at once"
        for one, other in _clashes(held, dates, timedelta())
    ]
    people = commitments.with_columns(who=pl.col("person_id"))
    found += [
        f"somebody would be at the events {one!r} and {other!r} at once"
        for one, other in _clashes(people, dates, timedelta())
    ]
    on_site = people.filter("on_site")
    trips = on_site.filter("is_trip").select("who", "event_id", is_trip=True)
    found += [
        f"fewer than 14 hours would lie between the events {one!r} and {other!r} of "
        "a traveller"
        for one, other in _clashes(on_site, dates, TRIP_GAP, trips)
    ]
    return sorted(found)


def _clashes(
    present: pl.DataFrame,
    dates: pl.DataFrame,
    gap: timedelta,
    first: pl.DataFrame | None = None,
) -> list[tuple[str, str]]:
    """Find pairs of events between which the same party has less time than a gap.

    Args:
        present: one row per party (who) and event_id.
        dates: one row per event: event_id, start, end.
        gap: the time wanted between two events.
        first: only pairs of which one is among these rows of `present`.
    """
    there = (
        present.select("who", "event_id")
        .unique()
        .join(dates, on="event_id", validate="m:1")
    )
    ours = there
    if first is not None:
        ours = there.join(first, on=["who", "event_id"], how="semi")
    pairs = ours.join(there, on="who", suffix="_other", validate="m:m").filter(
        pl.col("event_id") != pl.col("event_id_other"),
        pl.col("start_other") < pl.col("end") + gap,
        pl.col("start") < pl.col("end_other") + gap,
    )
    return sorted(
        {
            (min(one, other), max(one, other))
            for one, other in pairs.select("event_id", "event_id_other").iter_rows()
        }
    )
