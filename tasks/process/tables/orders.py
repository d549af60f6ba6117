"""What hangs on an RSVP: orders, payments, refunds, answers, check-ins, feedback."""

from typing import Final

import polars as pl

from matching import draws
from matching.world import Story
from tasks.process.identity import Identity
from tasks.process.names import email_local_part, guest_names, name_pools
from tasks.process.tables.events import CHOICE_TYPES

GUEST_PIECE: Final = 8  # characters that make a guest's address their own
OPTIONAL_ANSWERED: Final = 0.7  # of the choice questions that nobody has to answer
SECOND_CHOICE: Final = 0.5  # of answers to "choose any" name two options
CODE_LENGTH: Final = 8


def attendees(
    story: Story, identity: Identity, people: pl.DataFrame, seed: int
) -> pl.DataFrame:
    """Say who everybody is who ordered or holds a seat.

    Args:
        story: the orders and RSVPs.
        identity: makes the ids.
        people: one row per member: person_key, person_id, name, email, first_name,
            last_name.
        seed: the world's seed.

    Returns:
        One row per (event_key, attendee_key): person_id (null: a guest), name, email.
    """
    pairs = (
        pl.concat(
            [
                story.orders.select(
                    "event_key", "person_key", attendee_key="buyer_key"
                ),
                story.rsvps.select("event_key", "person_key", "attendee_key"),
            ]
        )
        .unique()
        .sort("event_key", "attendee_key")
    )
    members = pairs.filter(pl.col("person_key").is_not_null()).join(
        people.select("person_key", "person_id", "name", "email"),
        on="person_key",
        validate="m:1",
    )
    guests = pairs.filter(pl.col("person_key").is_null()).join(
        story.events.select("event_key", "city"), on="event_key", validate="m:1"
    )
    names = guest_names(
        name_pools(guests["city"].unique().sort().to_list()),
        guests["city"],
        draws.words(seed, "guest/name", guests["event_key"], guests["attendee_key"]),
        people.select("first_name", "last_name"),
    )
    piece = identity.ids("Guest", guests["event_key"], guests["attendee_key"])
    guests = guests.with_columns(
        person_id=pl.lit(None, dtype=pl.String),
        name=names.select(
            pl.concat_str("first_name", pl.lit(" "), "last_name")
        ).to_series(),
        email=names.select(
            email_local_part(pl.col("first_name"), pl.col("last_name"))
        ).to_series()
        + "."
        + piece.str.tail(GUEST_PIECE)
        + "@example.com",
    )
    return pl.concat([members, guests.select(members.columns)])


def orders(
    story: Story, identity: Identity, who: pl.DataFrame, demo_key: int
) -> pl.DataFrame:
    """Make the Order rows, with is_demo."""
    on = ["event_key", "buyer_key"]
    settled = story.payments.group_by(on).agg(paid_at=pl.col("paid_at").max())
    back = story.refunds.select(*on, "refunded_at", refunded="total_cents")
    rows = (
        story.orders.join(settled, on=on, how="left", validate="1:1")
        .join(back, on=on, how="left", validate="1:1")
        .join(
            who.rename({"attendee_key": "buyer_key"}).drop("person_key"),
            on=on,
            validate="1:1",
        )
        .sort("event_key", "ordered", "buyer_key")
    )
    ids = identity.ids("Order", rows["event_key"], rows["buyer_key"])
    return rows.select(
        id=ids,
        eventId=identity.ids("Event", rows["event_key"]),
        purchaserEmail="email",
        purchaserName="name",
        status="status",
        totalCents="total_cents",
        currency=pl.lit("USD"),
        refundedCents=pl.col("refunded").fill_null(0),
        appliedPromoCodeId=_optional(identity, "PromoCode", rows["promo_key"]),
        idempotencyKey=pl.lit("seed_") + pl.lit(ids),
        createdAt="ordered",
        updatedAt=pl.max_horizontal("ordered", "paid_at", "refunded_at"),
        is_demo=pl.col("buyer_key") == demo_key,
    )


def _optional(identity: Identity, table: str, keys: pl.Series) -> pl.Series:
    """Give ids where there is a key, and null elsewhere."""
    ids = identity.ids(table, keys.fill_null(0))
    return pl.select(pl.when(keys.is_not_null()).then(ids)).to_series()


def order_items(story: Story, identity: Identity, demo_key: int) -> pl.DataFrame:
    """Make the OrderItem rows, with is_demo: one an order."""
    rows = story.orders.sort("event_key", "ordered", "buyer_key")
    pair = (rows["event_key"], rows["buyer_key"])
    return rows.select(
        id=identity.ids("OrderItem", *pair),
        orderId=identity.ids("Order", *pair),
        ticketTierId=identity.ids("TicketTier", rows["tier_key"]),
        quantity="quantity",
        priceCents="price_cents",
        is_demo=pl.col("buyer_key") == demo_key,
    )


def payments(story: Story, identity: Identity, demo_key: int) -> pl.DataFrame:
    """Make the Payment rows, with is_demo: one an attempt."""
    rows = story.payments
    pair = (rows["event_key"], rows["buyer_key"])
    ids = identity.ids("Payment", *pair, rows["attempt"])
    return rows.select(
        id=ids,
        orderId=identity.ids("Order", *pair),
        attemptNumber="attempt",
        provider=pl.lit("stripe"),
        providerIntentId=pl.lit("seed_pi_") + pl.lit(ids),
        providerChargeId=pl.when(pl.col("payment_status") == "SUCCEEDED").then(
            pl.lit("seed_ch_") + pl.lit(ids)
        ),
        status="payment_status",
        amountCents="total_cents",
        currency=pl.lit("USD"),
        createdAt="paid_at",
        updatedAt="paid_at",
        is_demo=pl.col("buyer_key") == demo_key,
    )


def refunds(story: Story, identity: Identity, demo_key: int) -> pl.DataFrame:
    """Make the Refund rows, with is_demo: of the payment that succeeded."""
    succeeded = story.payments.filter(pl.col("payment_status") == "SUCCEEDED")
    on = ["event_key", "buyer_key"]
    rows = story.refunds.join(
        succeeded.select(*on, "attempt"), on=on, validate="1:1"
    ).sort("event_key", "buyer_key")
    pair = (rows["event_key"], rows["buyer_key"])
    ids = identity.ids("Refund", *pair)
    return rows.select(
        id=ids,
        paymentId=identity.ids("Payment", *pair, rows["attempt"]),
        amountCents="total_cents",
        reason="reason",
        providerRefundId=pl.lit("seed_re_") + pl.lit(ids),
        createdAt="refunded_at",
        is_demo=pl.col("buyer_key") == demo_key,
    )


def rsvps(
    story: Story, identity: Identity, who: pl.DataFrame, demo_key: int
) -> pl.DataFrame:
    """Make the Rsvp rows, with is_demo."""
    on = ["event_key", "attendee_key"]
    carried = story.referred.with_columns(is_referred=pl.lit(value=True))
    rows = (
        story.rsvps.join(who.drop("person_key"), on=on, validate="1:1")
        .join(carried, on=on, how="left", validate="1:1")
        .sort("event_key", "reserved", "attendee_key")
    )
    paid = pl.col("price_cents") > 0
    referral = identity.ids("EventReferral", rows["event_key"])
    return rows.select(
        id=identity.ids("Rsvp", rows["event_key"], rows["attendee_key"]),
        eventId=identity.ids("Event", rows["event_key"]),
        ticketTierId=identity.ids("TicketTier", rows["tier_key"]),
        userId="person_id",
        orderId=identity.ids("Order", rows["event_key"], rows["buyer_key"]),
        email="email",
        name="name",
        status=pl.when("is_refunded")
        .then(pl.lit("CANCELLED"))
        .otherwise(pl.lit("CONFIRMED")),
        paymentState=pl.when(~paid)
        .then(pl.lit("NONE"))
        .when("is_refunded")
        .then(pl.lit("REFUNDED"))
        .otherwise(pl.lit("PAID")),
        referralId=pl.when("is_referred").then(pl.lit(referral)),
        createdAt="reserved",
        is_demo=pl.col("buyer_key") == demo_key,
    )


def referrals(story: Story, identity: Identity, people: pl.DataFrame) -> pl.DataFrame:
    """Make the EventReferral rows: at most one an event."""
    uses = story.referred.group_by("event_key").agg(uses=pl.len().cast(pl.Int64))
    rows = (
        story.referrals.join(people, on="person_key", validate="m:1")
        .join(uses, on="event_key", how="left", validate="1:1")
        .sort("event_key")
    )
    ids = identity.ids("EventReferral", rows["event_key"])
    return rows.select(
        id=ids,
        eventId=identity.ids("Event", rows["event_key"]),
        userId="person_id",
        code=ids.str.tail(CODE_LENGTH).str.to_uppercase(),
        uses=pl.col("uses").fill_null(0),
        createdAt="since",
    )


def answers(
    story: Story,
    questions: pl.DataFrame,
    identity: Identity,
    *,
    seed: int,
    demo_key: int,
) -> pl.DataFrame:
    """Make the RegistrationAnswer rows, with is_demo.

    Args:
        story: the RSVPs; only confirmed ones answered.
        questions: one row per question: event_key and the row itself.
        identity: makes the ids.
        seed: the world's seed.
        demo_key: the demo user.
    """
    asked = questions.filter(pl.col("type").is_in(CHOICE_TYPES)).select(
        "event_key", "type", "required", "position", "options", question_id="id"
    )
    rows = (
        story.rsvps.filter(~pl.col("is_refunded"))
        .select("event_key", "attendee_key", "buyer_key")
        .join(asked, on="event_key", validate="m:m")
        .sort("event_key", "attendee_key", "position")
    )
    who = (rows["event_key"], rows["attendee_key"], rows["position"])
    rows = rows.with_columns(
        pl.Series(name, draws.uniform(seed, f"answer/{name}", *who))
        for name in ("speaks", "first", "second", "two")
    ).with_columns(size=pl.col("options").list.len())
    first = (pl.col("first") * pl.col("size")).cast(pl.Int64)
    # the second option is any but the first, counted on from it
    step = 1 + (pl.col("second") * (pl.col("size").cast(pl.Int64) - 1)).cast(pl.Int64)
    other = (first + step) % pl.col("size")
    both = pl.concat_list(
        pl.min_horizontal(first, other), pl.max_horizontal(first, other)
    )
    names_two = (
        (pl.col("type") == "MULTI_SELECT")
        & (pl.col("two") < SECOND_CHOICE)
        & (pl.col("size") > 1)
    )
    picked = (
        pl.when(names_two)
        .then(pl.col("options").list.gather(both, null_on_oob=True).list.join(", "))
        .otherwise(pl.col("options").list.get(first, null_on_oob=True))
    )
    rows = rows.filter(pl.col("required") | (pl.col("speaks") < OPTIONAL_ANSWERED))
    return rows.select(
        id=identity.ids(
            "RegistrationAnswer",
            rows["event_key"],
            rows["attendee_key"],
            rows["position"],
        ),
        rsvpId=identity.ids("Rsvp", rows["event_key"], rows["attendee_key"]),
        questionId="question_id",
        value=pl.when(pl.col("type") == "CHECKBOX")
        .then(pl.lit("true"))
        .otherwise(picked),
        is_demo=pl.col("buyer_key") == demo_key,
    )


def check_ins(story: Story, identity: Identity, demo_key: int) -> pl.DataFrame:
    """Make the CheckIn rows, with is_demo."""
    rows = story.check_ins.sort("event_key", "scanned", "attendee_key")
    pair = (rows["event_key"], rows["attendee_key"])
    return rows.select(
        id=identity.ids("CheckIn", *pair),
        rsvpId=identity.ids("Rsvp", *pair),
        scannedAt="scanned",
        is_demo=pl.col("buyer_key") == demo_key,
    )


def feedback(story: Story, identity: Identity, demo_key: int) -> pl.DataFrame:
    """Make the EventFeedback rows, with is_demo."""
    buyers = story.rsvps.select("event_key", "attendee_key", "buyer_key")
    rows = story.feedback.join(
        buyers, on=["event_key", "attendee_key"], validate="1:1"
    ).sort("event_key", "said", "attendee_key")
    pair = (rows["event_key"], rows["attendee_key"])
    return rows.select(
        id=identity.ids("EventFeedback", *pair),
        eventId=identity.ids("Event", rows["event_key"]),
        rsvpId=identity.ids("Rsvp", *pair),
        rating="rating",
        comment="comment",
        createdAt="said",
        is_demo=pl.col("buyer_key") == demo_key,
    )
