"""Who belongs to which community, and as what."""

from typing import Final

import polars as pl

from matching import draws
from matching.interest import membership_chance, overlap
from matching.owners import Circle
from matching.vocabulary import MembershipStyle

INVITATION_ROUNDS: Final = 2  # friends of members, then friends of those
MODERATORS: Final = 2  # at most, besides the owner
MEMBERS_PER_MODERATOR: Final = 3  # a circle of four needs no moderator
DEMO_COMMUNITIES_ELSEWHERE: Final = 3

# One row per (community, member).
MEMBERSHIPS: Final = pl.Schema(
    {"community_key": pl.UInt64, "person_key": pl.UInt64, "role": pl.String}
)


def join_communities(world: Circle, owners: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Decide who belongs to which community.

    Args:
        world: the people, communities, events and friendships.
        owners: one row per community, community_key and owner_key (never null).
        seed: the world's seed.

    Returns:
        One row per (community, member), MEMBERSHIPS. Everybody belongs somewhere.
    """
    pairs = (
        world.communities.join(owners, on="community_key", validate="1:1")
        .join(world.people, on="city", validate="m:m")
        .with_columns(
            shared=overlap(pl.col("interest_mask"), pl.col("category_mask")),
            chance=membership_chance(),
        )
    )
    pairs = pairs.with_columns(
        draw=draws.uniform(seed, "join", pairs["community_key"], pairs["person_key"]),
        invited_only=pl.col("membership_style") == MembershipStyle.INVITE_ONLY,
        is_owner=pl.col("owner_key") == pl.col("person_key"),
    ).with_columns(
        wants=(pl.col("draw") < pl.col("chance"))
        | (pl.col("is_demo") & (pl.col("shared") > 0))
    )
    pair = ["community_key", "person_key"]
    open_doors = pairs.filter(
        pl.col("is_owner") | (pl.col("wants") & ~pl.col("invited_only"))
    ).select(pair)
    closed = pairs.filter(
        "invited_only", "wants", pl.col("shared") > 0, ~pl.col("is_owner")
    ).select(pair)
    members = open_doors
    for _ in range(INVITATION_ROUNDS):
        members = pl.concat([members, _invited(closed, members, world)]).unique(pair)
    members = pl.concat(
        [members, _found_a_place(pairs, members, world), _demo_elsewhere(world)]
    )
    return _with_roles(members, pairs, seed)


def _invited(
    closed: pl.DataFrame, members: pl.DataFrame, world: Circle
) -> pl.DataFrame:
    """Those who want in and are a circle-mate or friend of somebody inside."""
    accepted = world.friendships.filter(pl.col("status") == "ACCEPTED").select(
        "person_key", "friend_key"
    )
    in_circle = (
        world.people.select("person_key", circle="circles")
        .explode("circle", empty_as_null=True)
        .drop_nulls()
    )
    mates = in_circle.join(in_circle, on="circle", validate="m:m").select(
        "person_key", friend_key="person_key_right"
    )
    known = pl.concat(
        [
            accepted,
            accepted.select(person_key="friend_key", friend_key="person_key"),
            mates,
        ]
    ).unique()
    return (
        members.join(known, on="person_key", validate="m:m")
        .select("community_key", person_key="friend_key")
        .unique()
        .join(closed, on=["community_key", "person_key"], how="semi")
    )


def _found_a_place(
    pairs: pl.DataFrame, members: pl.DataFrame, world: Circle
) -> pl.DataFrame:
    """Give each person without a fitting community the one that fits best.

    Only where nothing but an invite-only community fits is somebody let in there, and
    who knows a member before a stranger.
    """
    fits = pl.col("shared") > 0
    pair = ["community_key", "person_key"]
    at_home = members.join(pairs.filter(fits).select(pair), on=pair, how="semi")
    lost = pairs.join(at_home, on="person_key", how="anti")
    known = _invited(lost.select(pair), members, world).with_columns(
        knows=pl.lit(value=True)
    )
    return (
        lost.join(known, on=pair, how="left", validate="1:1")
        .filter(fits | ~pl.col("invited_only"))
        .sort(
            pl.col("person_key"),
            ~fits,
            pl.col("invited_only"),
            pl.col("knows").is_null(),
            -pl.col("shared").cast(pl.Int64),
            pl.col("draw"),
        )
        .unique("person_key", keep="first", maintain_order=True)
        .join(members, on=pair, how="anti", maintain_order="left")
        .select(pair)
    )


def _demo_elsewhere(world: Circle) -> pl.DataFrame:
    """The demo user follows a few communities elsewhere for their online events."""
    online = world.events.filter(pl.col("location_type") == "ONLINE").select(
        "community_key"
    )
    demo = world.people.filter("is_demo").select(
        "person_key", "interest_mask", home="city"
    )
    return (
        world.communities.filter(pl.col("membership_style") == MembershipStyle.OPEN)
        .join(online, on="community_key", how="semi")
        .join(demo, how="cross")
        .with_columns(shared=overlap(pl.col("interest_mask"), pl.col("category_mask")))
        .filter(pl.col("city") != pl.col("home"), pl.col("shared") > 0)
        .sort("shared", "community_key", descending=[True, False])
        .head(DEMO_COMMUNITIES_ELSEWHERE)
        .select("community_key", "person_key")
    )


def _with_roles(members: pl.DataFrame, pairs: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Name the owner ADMIN and up to two moderators, the ACTIVE first."""
    facts = members.join(
        pairs.select("community_key", "person_key", "is_owner", "networking_style"),
        on=["community_key", "person_key"],
        how="left",
        validate="1:1",
    ).with_columns(pl.col("is_owner").fill_null(value=False))
    facts = facts.with_columns(
        draw=draws.uniform(
            seed, "moderator", facts["community_key"], facts["person_key"]
        ),
        # who lives elsewhere (null style) does not moderate
        place=pl.col("networking_style")
        .replace_strict({"ACTIVE": 0, "SELECTIVE": 1, "CASUAL": 2}, default=None)
        .cast(pl.Int64),
    ).sort("community_key", "is_owner", "place", "draw", nulls_last=True)
    wanted = ((pl.len() - 1) // MEMBERS_PER_MODERATOR).clip(0, MODERATORS)
    order = pl.int_range(pl.len()).over("community_key")  # owners sort last
    moderator = (
        (order < wanted.over("community_key"))
        & ~pl.col("is_owner")
        & pl.col("place").is_not_null()
    )
    return (
        facts.with_columns(
            role=pl.when("is_owner")
            .then(pl.lit("ADMIN"))
            .when(moderator)
            .then(pl.lit("MODERATOR"))
            .otherwise(pl.lit("MEMBER"))
        )
        .sort("community_key", "person_key")
        .select(MEMBERSHIPS.names())
    )
