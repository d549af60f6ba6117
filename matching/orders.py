"""What becomes of an order: when it was placed, what was paid, who holds the seats."""

from datetime import datetime
from typing import Final

import numpy as np
import polars as pl

from matching import draws
from matching.guests import LATEST
from matching.order_times import order_times
from matching.programme import Programme
from matching.timeline import instants

STALE_DAYS: Final = 14  # a pending order older than this has been cancelled
PENDING_SHARE: Final = 0.5  # of failed orders, while they are fresh
CANCELLED_SHARE: Final = 0.058  # of single tickets; 5 % of all RSVPs
PROMO_SHARE: Final = 0.10  # of paid orders where a code is to be had
PROMO_TIERS: Final = 3  # from so many tiers on, a code excludes the dearest
SECOND_ATTEMPT_SHARE: Final = 0.03  # of payments fail once first
FREE_RSVP_MS: Final = 2_000  # between an order and its RSVPs
PAID_RSVP_MS: Final = 50_000  # a second attempt at paying included
FIRST_ATTEMPT_MS: Final = 4_000
SECOND_ATTEMPT_MS: Final = 45_000
REFUND_REASONS: Final = (
    "Cannot make it any more",
    "Bought by mistake",
    "Illness",
    "Plans changed",
    "Travel fell through",
)


def settle_orders(orders: pl.DataFrame, programme: Programme) -> pl.DataFrame:
    """Date the orders and say what became of each.

    Args:
        orders: one row per order, ORDERS.
        programme: the events and people.

    Returns:
        The same rows with earliest, ordered, status (PAID, PENDING, CANCELLED) and
        is_refunded (the ticket was given back before the event).
    """
    dated = _members_last(order_times(orders, programme)).join(
        programme.events.select("event_key", "end"), on="event_key", validate="m:1"
    )
    dated = dated.sort("event_key", "ordered", "buyer_key")
    pair = (dated["event_key"], dated["buyer_key"])
    stale = (pl.col("end") <= pl.lit(programme.as_of)) | (
        pl.col("ordered") <= pl.lit(programme.as_of) - pl.duration(days=STALE_DAYS)
    )
    pending = pl.lit(
        pl.Series(draws.uniform(programme.seed, "pending", *pair) < PENDING_SHARE)
    )
    given_back = pl.lit(
        pl.Series(draws.uniform(programme.seed, "cancel", *pair) < CANCELLED_SHARE)
    )
    return dated.with_columns(
        status=pl.when("succeeded")
        .then(pl.lit("PAID"))
        .when(pending & ~stale)
        .then(pl.lit("PENDING"))
        .otherwise(pl.lit("CANCELLED")),
        is_refunded=given_back
        & pl.col("succeeded")
        & (pl.col("quantity") == 1)
        & (pl.col("seat") != "demo"),  # who keeps every ticket
    ).drop("end")


def _members_last(dated: pl.DataFrame) -> pl.DataFrame:
    """Swap times so that an event's latest orders are its latest members'.

    A member only ever moves later, so nobody orders before they could.
    """
    paid = dated.filter("succeeded").with_columns(
        rank=pl.col("ordered").rank("ordinal", descending=True).over("event_key"),
        place=pl.col("ordered")
        .rank("ordinal", descending=True)
        .over("event_key", pl.col("person_key").is_null()),
    )
    featured = pl.col("person_key").is_not_null() & (pl.col("place") <= LATEST)
    paid = paid.with_columns(featured=featured).with_columns(
        slots=pl.col("featured").sum().over("event_key")
    )
    front = pl.col("rank") <= pl.col("slots")
    on = ["event_key", "place"]
    latest = paid.filter(front).select(
        "event_key", place="rank", moved=pl.col("ordered")
    )
    featured_rows = paid.filter("featured").join(
        latest, on=on, how="left", validate="1:1"
    )
    freed = paid.filter(pl.col("featured") & ~front).select(
        "event_key", place=_number("rank"), moved="ordered"
    )
    displaced = (
        paid.filter(~pl.col("featured") & front)
        .with_columns(place=_number("rank"))
        .join(freed, on=on, how="left", validate="1:1")
    )
    unmoved = paid.filter(~pl.col("featured") & ~front).with_columns(moved="ordered")
    columns = dated.columns
    return pl.concat(
        [
            dated.filter(~pl.col("succeeded")),
            *(
                part.with_columns(ordered="moved").select(columns)
                for part in (featured_rows, displaced, unmoved)
            ),
        ]
    )


def _number(column: str) -> pl.Expr:
    return pl.col(column).rank("ordinal").over("event_key")


def hold_seats(orders: pl.DataFrame) -> pl.DataFrame:
    """Give every ticket of a PAID order an RSVP.

    Returns:
        One row per RSVP: the order's columns, attendee_key (who holds the seat: the
        buyer or the guest brought along), is_companion, and reserved, its instant.
    """
    paid = orders.filter(pl.col("status") == "PAID")
    delay = (
        pl.when(pl.col("price_cents") > 0)
        .then(pl.duration(milliseconds=PAID_RSVP_MS))
        .otherwise(pl.duration(milliseconds=FREE_RSVP_MS))
    )
    own = paid.with_columns(attendee_key="buyer_key", is_companion=pl.lit(value=False))
    brought = paid.filter(pl.col("companion_key").is_not_null()).with_columns(
        attendee_key="companion_key",
        is_companion=pl.lit(value=True),
        person_key=pl.lit(None, dtype=pl.UInt64),
    )
    return (
        pl.concat([own, brought])
        .with_columns(reserved=pl.col("ordered") + delay)
        .sort("event_key", "reserved", "is_companion", "attendee_key")
    )


def apply_promos(orders: pl.DataFrame, promos: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Let about one paid order in ten use the event's code.

    Args:
        orders: one row per order, with status and position (of the tier, cheapest 0).
        promos: one row per code: event_key, promo_key, percent_off, tiers (of the
            event). From three tiers on, the dearest is excluded, as are free ones.
        seed: the world's seed.

    Returns:
        The same rows with promo_key (null: none used) and total_cents.
    """
    offered = orders.join(promos, on="event_key", how="left", validate="m:1")
    wish = draws.uniform(seed, "promo", offered["event_key"], offered["buyer_key"])
    valid = (pl.col("tiers") < PROMO_TIERS) | (pl.col("position") < pl.col("tiers") - 1)
    used = (
        (pl.col("status") == "PAID")
        & (pl.col("price_cents") > 0)
        & valid
        & (pl.lit(pl.Series(wish)) < PROMO_SHARE)
    )
    items = pl.col("price_cents") * pl.col("quantity")
    return offered.with_columns(
        promo_key=pl.when(used).then("promo_key"),
        total_cents=items
        - pl.when(used).then(items * pl.col("percent_off") // 100).otherwise(0),
    ).drop("percent_off", "tiers")


def payments(orders: pl.DataFrame, seed: int) -> pl.DataFrame:
    """List the attempts at paying every order with something to pay.

    Returns:
        One row per attempt: event_key, buyer_key, attempt, status, total_cents,
        paid_at.
    """
    due = orders.filter(pl.col("total_cents") > 0)
    stumble = draws.uniform(seed, "stumble", due["event_key"], due["buyer_key"])
    due = due.with_columns(
        stumbles=(pl.col("status") == "PAID")
        & (pl.lit(pl.Series(stumble)) < SECOND_ATTEMPT_SHARE),
        outcome=pl.col("status").replace_strict(
            {"PAID": "SUCCEEDED", "PENDING": "PENDING", "CANCELLED": "FAILED"},
            return_dtype=pl.String,
        ),
    )
    first = due.with_columns(
        attempt=pl.lit(1, dtype=pl.Int64),
        payment_status=pl.when("stumbles").then(pl.lit("FAILED")).otherwise("outcome"),
        paid_at=pl.col("ordered") + pl.duration(milliseconds=FIRST_ATTEMPT_MS),
    )
    second = due.filter("stumbles").with_columns(
        attempt=pl.lit(2, dtype=pl.Int64),
        payment_status="outcome",
        paid_at=pl.col("ordered") + pl.duration(milliseconds=SECOND_ATTEMPT_MS),
    )
    return pl.concat([first, second]).sort(
        "event_key", "ordered", "buyer_key", "attempt"
    )


def refunds(
    orders: pl.DataFrame, events: pl.DataFrame, as_of: datetime, seed: int
) -> pl.DataFrame:
    """Say when and why each ticket given back was refunded, before the event.

    Args:
        orders: one row per order, with is_refunded.
        events: one row per event: event_key, start.
        as_of: the world's now.
        seed: the world's seed.

    Returns:
        One row per paid order given back: event_key, buyer_key, total_cents,
        refunded_at, reason.
    """
    back = orders.filter("is_refunded", pl.col("total_cents") > 0).join(
        events.select("event_key", "start"), on="event_key", validate="m:1"
    )
    pair = (back["event_key"], back["buyer_key"])
    earliest = back["ordered"].to_physical().to_numpy() + PAID_RSVP_MS
    latest = np.minimum(
        back["start"].to_physical().to_numpy(), int(as_of.timestamp()) * 1000
    )
    part = draws.uniform(seed, "refund", *pair)
    reason = draws.pick(seed, "refund/reason", len(REFUND_REASONS), *pair)
    return back.with_columns(
        refunded_at=instants(earliest + (latest - earliest) * part),
        reason=pl.Series([REFUND_REASONS[i] for i in reason], dtype=pl.String),
    )
