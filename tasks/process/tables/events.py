"""Event, EventCategory, TicketTier, PromoCode, PromoCodeTier, RegistrationQuestion."""

from typing import Final

import polars as pl

from matching import draws
from matching.orders import PROMO_TIERS
from matching.vocabulary import LOCATION_BY_SLUG
from matching.world import Story
from tasks.process.cast import Script
from tasks.process.identity import Identity
from tasks.process.tables.people import location_ids
from tasks.process.tables.slugs import event_slug

MEETING_URL: Final = "https://meet.example.com/"  # a reserved domain, RFC 2606
CHOICE_TYPES: Final = ("SINGLE_SELECT", "MULTI_SELECT", "CHECKBOX")
REQUIRED_SHARE: Final = 0.5  # of the questions that offer a choice
REDEMPTIONS_PER_SEAT: Final = 0.25  # codes are printed for a quarter of the seats


def counts(story: Story) -> pl.DataFrame:
    """Count what each event's counters show, from the rows themselves."""
    keys = story.events.select("event_key")
    confirmed = ~pl.col("is_refunded")
    rsvps = story.rsvps.group_by("event_key").agg(
        rsvpCount=confirmed.sum(),
        paidRsvpCount=(confirmed & (pl.col("price_cents") > 0)).sum(),
    )
    scanned = story.check_ins.group_by("event_key").agg(checkInCount=pl.len())
    views = story.views.group_by("event_key").agg(viewCount=pl.len())
    for counted in (rsvps, scanned, views):
        keys = keys.join(counted, on="event_key", how="left", validate="1:1")
    return keys.with_columns(pl.exclude("event_key").fill_null(0).cast(pl.Int64))


def events(
    story: Story, script: Script, identity: Identity, people: pl.DataFrame
) -> pl.DataFrame:
    """Make the Event rows with event_key, each city's upcoming ones first.

    The app lists a city's events in the table's physical order.
    """
    prose = script.events.select(
        "event_key",
        "subtitle",
        "description",
        "cover",
        "membership_style",
    )
    places = script.cast.venues.select("city", "neighbourhood", venue="name")
    rows = (
        story.events.join(prose, on="event_key", validate="1:1")
        .join(counts(story), on="event_key", validate="1:1")
        .join(
            people.select(host_key="person_key", host_id="person_id"),
            on="host_key",
            validate="m:1",
        )
        .join(places, on=["city", "venue"], how="left", validate="m:1")
        .sort("is_over", "city", "start", "event_key")
    )
    ids = identity.ids("Event", rows["event_key"])
    slug = rows.select(event_slug(pl.col("title"), pl.lit(ids))).to_series()
    is_online = pl.col("location_type") == "ONLINE"
    return rows.select(
        "event_key",
        id=ids,
        slug=slug,
        title="title",
        subtitle="subtitle",
        description="description",
        coverImage="cover",
        startDate="start",
        endDate="end",
        timezone=pl.col("city").replace_strict(
            {slug: place.timezone for slug, place in LOCATION_BY_SLUG.items()}
        ),
        locationType="location_type",
        venueName=pl.when(~is_online).then("venue"),
        venueAddress=pl.when(~is_online).then(
            pl.concat_str(
                "neighbourhood", _city_name(), separator=", ", ignore_nulls=True
            )
        ),
        onlineUrl=pl.when(pl.col("location_type") != "PHYSICAL").then(
            pl.lit(MEETING_URL) + pl.lit(slug)
        ),
        capacity="capacity",
        isPublished=pl.lit(value=True),
        status=pl.lit("PUBLISHED"),
        visibility=pl.when("is_member_only")
        .then(pl.lit("MEMBER_ONLY"))
        .otherwise(pl.lit("PUBLIC")),
        publishedAt="published",
        requiresApproval=pl.col("membership_style") == "APPLICATION_BASED",
        locationHiddenUntilApproved=pl.lit(value=False),
        hostId="host_id",
        communityId=identity.ids("Community", rows["community_key"]),
        rsvpCount="rsvpCount",
        paidRsvpCount="paidRsvpCount",
        checkInCount="checkInCount",
        viewCount="viewCount",
        createdAt="created",
        updatedAt="published",
        locationId=location_ids(rows["city"]),
    )


def _city_name() -> pl.Expr:
    return pl.col("city").replace_strict(
        {
            slug: f"{place.name}, {place.country}"
            for slug, place in LOCATION_BY_SLUG.items()
        },
        return_dtype=pl.String,
    )


def ticket_tiers(story: Story, script: Script, identity: Identity) -> pl.DataFrame:
    """Make the TicketTier rows, cheapest first."""
    sold = (
        story.orders.filter(pl.col("status") == "PAID")
        .group_by("tier_key")
        .agg(sold=pl.col("quantity").sum())
    )
    rows = (
        script.cast.tiers.join(sold, on="tier_key", how="left", validate="1:1")
        .join(
            story.events.select("event_key", "published", "start"),
            on="event_key",
            validate="m:1",
        )
        .sort("event_key", "position")
    )
    return rows.select(
        id=identity.ids("TicketTier", rows["tier_key"]),
        eventId=identity.ids("Event", rows["event_key"]),
        name="name",
        description="description",
        priceCents="price_cents",
        currency=pl.lit("USD"),
        quantityTotal="quantity",
        quantitySold=pl.col("sold").fill_null(0),
        visibility=pl.lit("PUBLIC"),
        salesStart="published",
        salesEnd="start",
    )


def promo_codes(story: Story, script: Script, identity: Identity) -> pl.DataFrame:
    """Make the PromoCode rows."""
    used = (
        story.orders.filter(pl.col("promo_key").is_not_null())
        .group_by("promo_key")
        .agg(redeemed=pl.len().cast(pl.Int64))
    )
    rows = (
        script.cast.promos.join(used, on="promo_key", how="left", validate="1:1")
        .join(
            story.events.select("event_key", "published", "start", "seats"),
            on="event_key",
            validate="1:1",
        )
        .sort("event_key")
    )
    redeemed = pl.col("redeemed").fill_null(0)
    printed = (pl.col("seats") * REDEMPTIONS_PER_SEAT).ceil().cast(pl.Int64)
    return rows.select(
        id=identity.ids("PromoCode", rows["promo_key"]),
        eventId=identity.ids("Event", rows["event_key"]),
        code="code",
        discountType=pl.lit("PERCENT"),
        percentOff="percent_off",
        maxRedemptions=pl.max_horizontal(printed, redeemed),
        redeemedCount=redeemed,
        startsAt="published",
        endsAt="start",
        appliesToAllTiers=pl.col("tiers") < PROMO_TIERS,
    )


def promo_code_tiers(script: Script, identity: Identity) -> pl.DataFrame:
    """Make the PromoCodeTier rows: paid tiers but the dearest, from three tiers on."""
    rows = (
        script.cast.promos.filter(pl.col("tiers") >= PROMO_TIERS)
        .join(script.cast.tiers, on="event_key", validate="1:m")
        .filter(pl.col("price_cents") > 0, pl.col("position") < pl.col("tiers") - 1)
        .sort("event_key", "position")
    )
    return pl.DataFrame(
        {
            "promoCodeId": identity.ids("PromoCode", rows["promo_key"]),
            "ticketTierId": identity.ids("TicketTier", rows["tier_key"]),
        }
    )


def questions(script: Script, identity: Identity, seed: int) -> pl.DataFrame:
    """Make the RegistrationQuestion rows with event_key; a series' dates share them."""
    rows = (
        script.events.select("event_key", "series_key", "questions")
        .explode("questions", empty_as_null=False)
        .unnest("questions")
        .with_columns(position=pl.int_range(pl.len()).over("event_key"))
        .sort("event_key", "position")
    )
    roll = draws.uniform(seed, "required", rows["series_key"], rows["position"])
    return rows.select(
        "event_key",
        id=identity.ids("RegistrationQuestion", rows["event_key"], rows["position"]),
        eventId=identity.ids("Event", rows["event_key"]),
        type="type",
        label="label",
        required=pl.col("type").is_in(CHOICE_TYPES)
        & (pl.lit(pl.Series(roll)) < REQUIRED_SHARE),
        position="position",
        options="options",
    )
