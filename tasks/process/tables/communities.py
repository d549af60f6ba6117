"""Community, MembershipTier, CommunityMembership."""

from datetime import datetime
from typing import Final

import polars as pl

from matching import draws
from matching.timeline import DAY_MS, instants
from matching.world import Story
from tasks.process.cast import Script
from tasks.process.identity import Identity
from tasks.process.tables.slugs import text_slug, unique_slugs

SUBSCRIPTIONS: Final = ((0.92, "ACTIVE"), (0.97, "PAST_DUE"), (1.0, "CANCELED"))
YEARLY_WORDS: Final = r"(?i)\b(year|yearly|annual|annually)\b"
MONTH_DAYS: Final = 30
YEAR_DAYS: Final = 365


def communities(
    story: Story, script: Script, identity: Identity, people: pl.DataFrame
) -> pl.DataFrame:
    """Make the Community rows.

    Args:
        story: who owns what since when.
        script: the prose, with each community's cover.
        identity: makes the ids.
        people: one row per person: person_key, person_id.
    """
    prose = script.communities.select(
        "community_key", "description", "target_audience", "cover"
    )
    rows = (
        story.communities.join(prose, on="community_key", validate="1:1")
        .join(
            people.select(owner_key="person_key", owner_id="person_id"),
            on="owner_key",
            validate="m:1",
        )
        .sort("community_key")
    )
    ids = identity.ids("Community", rows["community_key"])
    slugs = unique_slugs(rows["name"], ids)
    return rows.select(
        id=ids,
        name="name",
        slug=slugs,
        description="description",
        coverImage="cover",
        isPublic=pl.col("membership_style") != "INVITE_ONLY",
        ownerId="owner_id",
        createdAt="founded",
        updatedAt="founded",
        exclusivity="membership_style",
        targetAudience="target_audience",
    )


def membership_tiers(story: Story, script: Script, identity: Identity) -> pl.DataFrame:
    """One row per tier of a community, keyed: community_key, position, and the row."""
    tiers = (
        script.communities.select("community_key", "tiers")
        .explode("tiers", empty_as_null=False)
        .unnest("tiers")
        .join(
            story.communities.select("community_key", "founded"),
            on="community_key",
            validate="m:1",
        )
        .sort("community_key", "price_cents", "name")
        .with_columns(position=pl.int_range(pl.len()).over("community_key"))
    )
    is_paid = pl.col("price_cents") > 0
    text = pl.concat_str(
        "name",
        pl.lit(" "),
        "description",
        pl.lit(" "),
        pl.col("benefits").list.join(" "),
    )
    return tiers.select(
        "community_key",
        "position",
        id=identity.ids("MembershipTier", tiers["community_key"], tiers["position"]),
        communityId=identity.ids("Community", tiers["community_key"]),
        name="name",
        slug=text_slug(pl.col("name")),
        description="description",
        priceCents="price_cents",
        currency=pl.when(is_paid).then(pl.lit("USD")),
        billingInterval=pl.when(is_paid).then(
            pl.when(text.str.contains(YEARLY_WORDS))
            .then(pl.lit("YEARLY"))
            .otherwise(pl.lit("MONTHLY"))
        ),
        isActive=pl.lit(value=True),
        createdAt="founded",
        benefits="benefits",
    ).with_columns(
        slug=pl.when(pl.col("slug") == "")
        .then(pl.format("tier-{}", pl.col("position") + 1))
        .otherwise("slug")
    )


def memberships(  # noqa: PLR0913  one argument for each thing a membership joins
    story: Story,
    tiers: pl.DataFrame,
    identity: Identity,
    people: pl.DataFrame,
    *,
    as_of: datetime,
    seed: int,
    demo_key: int,
) -> pl.DataFrame:
    """Make the CommunityMembership rows, with is_demo: a tier by spending power."""
    count = pl.len().over("community_key")
    wanted = tiers.select(
        "community_key",
        "position",
        tier_id="id",
        price_cents="priceCents",
        interval="billingInterval",
        tiers=count,
    )
    place = (
        pl.when(pl.col("spending_power") == "LOW")
        .then(0)
        .when(pl.col("spending_power") == "MEDIUM")
        .then((pl.col("tiers") - 1) // 2)
        .otherwise(pl.col("tiers") - 1)
        .cast(pl.Int64)
    )
    rows = (
        story.memberships.join(
            story.people.select("person_key", "spending_power"),
            on="person_key",
            validate="m:1",
        )
        .join(
            wanted.select("community_key", "tiers").unique(),
            on="community_key",
            validate="m:1",
        )
        .with_columns(position=place)
        .join(wanted.drop("tiers"), on=["community_key", "position"], validate="m:1")
        .join(people, on="person_key", validate="m:1")
        .sort("community_key", "person_key")
    )
    pair = (rows["community_key"], rows["person_key"])
    paid = pl.col("price_cents") > 0
    roll = pl.lit(pl.Series(draws.uniform(seed, "subscription", *pair)))
    status = pl.when(roll < SUBSCRIPTIONS[0][0]).then(pl.lit(SUBSCRIPTIONS[0][1]))
    for below, name in SUBSCRIPTIONS[1:-1]:
        status = status.when(roll < below).then(pl.lit(name))
    status = status.otherwise(pl.lit(SUBSCRIPTIONS[-1][1]))
    part = draws.uniform(seed, "expires", *pair)
    now = int(as_of.timestamp()) * 1000
    term = rows.select(
        pl.when(pl.col("interval") == "YEARLY").then(YEAR_DAYS).otherwise(MONTH_DAYS)
    ).to_series()
    since = rows["member_since"].to_physical().to_numpy()
    ahead = instants(now + 1 + part * term.to_numpy() * DAY_MS)
    behind = instants(since + (now - since) * part)
    return rows.select(
        id=identity.ids("CommunityMembership", *pair),
        userId="person_id",
        communityId=identity.ids("Community", rows["community_key"]),
        role="role",
        membershipTierId="tier_id",
        subscriptionStatus=pl.when(paid).then(status),
        expiresAt=pl.when(paid).then(
            pl.when(status == "ACTIVE").then(pl.lit(ahead)).otherwise(pl.lit(behind))
        ),
        joinedAt="member_since",
        is_demo=pl.col("person_key") == demo_key,
    )
