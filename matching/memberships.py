"""Who owns a community, who belongs to it, and who hosts its events."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import polars as pl

from matching import draws
from matching.interest import membership_chance, overlap
from matching.vocabulary import ExperienceLevel, MembershipStyle

COMMUNITIES_PER_OWNER: Final = 3
INVITATION_ROUNDS: Final = 2  # friends of members, then friends of those
MODERATORS: Final = 2  # at most, besides the owner
MEMBERS_PER_MODERATOR: Final = 3  # a circle of four needs no moderator
OWNER_HOSTS: Final = 0.5  # share of series that the owner hosts in person
DEMO_HOSTS_FROM: Final = 4  # events that the demo user hosts, at least
DEMO_HOSTS_TO: Final = 5
DEMO_COMMUNITIES_ELSEWHERE: Final = 3

# One row per (community, member).
MEMBERSHIPS: Final = pl.Schema(
    {"community_key": pl.UInt64, "person_key": pl.UInt64, "role": pl.String}
)


@dataclass(frozen=True)
class Circle:
    """Everything that decides who gets into a community: the frames, by name.

    people: PEOPLE; communities: COMMUNITIES; events: EVENTS; friendships: FRIENDSHIPS.
    """

    people: pl.DataFrame
    communities: pl.DataFrame
    events: pl.DataFrame
    friendships: pl.DataFrame


def choose_owners(world: Circle, seed: int) -> pl.DataFrame:
    """Give each community a local owner who shares a category, three each at most.

    Returns:
        One row per community: community_key, owner_key. The key is null where nobody
        in the city shares a category, or all who do own three already.
    """
    owned_by_demo = _communities_of_demo(world)
    candidates = _candidate_owners(world, seed).filter(
        ~pl.col("community_key").is_in(owned_by_demo)
    )
    wishes: dict[int, list[int]] = {
        community: group["person_key"].to_list()
        for (community,), group in candidates.group_by(
            "community_key", maintain_order=True
        )
    }
    owner_of = _assign(wishes)
    for (demo,) in world.people.filter("is_demo").select("person_key").iter_rows():
        owner_of |= dict.fromkeys(owned_by_demo, demo)
    keys = world.communities["community_key"]
    return pl.DataFrame(
        {
            "community_key": keys,
            "owner_key": pl.Series([owner_of.get(k) for k in keys], dtype=pl.UInt64),
        }
    )


def _candidate_owners(world: Circle, seed: int) -> pl.DataFrame:
    """One row per (community, local who shares a category), the best first."""
    seniority = {level.value: rank for rank, level in enumerate(ExperienceLevel)}
    pairs = (
        world.communities.join(
            world.people.filter(~pl.col("is_demo")), on="city", validate="m:m"
        )
        .filter(overlap(pl.col("interest_mask"), pl.col("category_mask")) > 0)
        .with_columns(
            strong=overlap(pl.col("strong_mask"), pl.col("category_mask")),
            rank=pl.col("experience_level").replace_strict(
                seniority, return_dtype=pl.Int64
            ),
        )
    )
    return pairs.with_columns(
        draw=draws.uniform(seed, "owner", pairs["community_key"], pairs["person_key"])
    ).sort(
        "community_key",
        "strong",
        "rank",
        "draw",
        descending=[False, True, True, False],
    )


def _assign(wishes: dict[int, list[int]]) -> dict[int, int]:
    """Match communities to owners; who owns three may hand one on to another."""
    owner_of: dict[int, int] = {}
    owned: dict[int, list[int]] = {}

    def place(community: int, tried: set[int]) -> bool:
        for person in wishes[community]:
            if person in tried:
                continue
            tried.add(person)
            mine = owned.setdefault(person, [])
            if len(mine) < COMMUNITIES_PER_OWNER:
                mine.append(community)
                owner_of[community] = person
                return True
            for other in list(mine):
                if place(other, tried):
                    mine.remove(other)
                    mine.append(community)
                    owner_of[community] = person
                    return True
        return False

    for community in sorted(wishes, key=lambda key: (len(wishes[key]), key)):
        place(community, set())
    return owner_of


def _communities_of_demo(world: Circle) -> list[int]:
    """Choose the communities that the demo user owns: 4 or 5 events together."""
    demo = world.people.filter("is_demo")
    if demo.is_empty():
        return []
    rows = (
        world.communities.join(demo, on="city", validate="m:1")
        .filter(
            (overlap(pl.col("interest_mask"), pl.col("category_mask")) > 0)
            & (pl.col("membership_style") != MembershipStyle.INVITE_ONLY)
        )
        .join(
            world.events.group_by("community_key").agg(
                events=pl.len(), free_dates=(pl.col("months").list.len() == 0).sum()
            ),
            on="community_key",
            validate="1:1",
        )
        .sort("community_key")
        .select("community_key", "events", "free_dates")
        .rows()
    )
    best = max(_owned_sets(rows), default=None)
    return list(best[-1]) if best else []


def _owned_sets(
    rows: list[tuple[int, int, int]],
) -> Iterator[tuple[bool, int, int, int, tuple[int, ...]]]:
    """Rate each set of up to three communities with at most five events in all."""
    for size in range(1, COMMUNITIES_PER_OWNER + 1):
        for chosen in combinations(rows, size):
            events = sum(row[1] for row in chosen)
            free_dates = sum(row[2] for row in chosen)
            if events <= DEMO_HOSTS_TO:
                keys = tuple(row[0] for row in chosen)
                # free of seasons, so that they lie in the near past and future
                yield (events >= DEMO_HOSTS_FROM, free_dates, events, -size, keys)


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


def choose_hosts(world: Circle, memberships: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Give each series a host: a local member who shares one of its categories.

    Returns:
        One row per event: event_key, host_key. All dates of a series share the host.
    """
    candidates = _candidate_hosts(world, memberships, seed)
    by_demo = _series_of_demo(candidates)
    others = candidates.filter(
        ~(pl.col("is_demo") & ~pl.col("is_only")),
        ~pl.col("series_key").is_in(by_demo),
    ).unique("series_key", keep="first", maintain_order=True)
    demo = candidates.filter("is_demo", pl.col("series_key").is_in(by_demo))
    hosts = pl.concat([others, demo]).select("series_key", host_key="person_key")
    return (
        world.events.select("event_key", "series_key")
        .join(hosts, on="series_key", how="left", validate="m:1")
        .select("event_key", "host_key")
    )


def _candidate_hosts(
    world: Circle, memberships: pl.DataFrame, seed: int
) -> pl.DataFrame:
    """One row per (series, member who could host it), the likeliest first."""
    pairs = (
        world.events.group_by("series_key", "community_key", "city", "category_mask")
        .agg(
            dates=pl.len(),
            free_dates=(pl.col("months").list.len() == 0).first().cast(pl.Int64),
        )
        .join(memberships, on="community_key", validate="m:m")
        .join(world.people, on=["person_key", "city"], validate="m:1")
        .filter(overlap(pl.col("interest_mask"), pl.col("category_mask")) > 0)
        .sort("series_key", "person_key")
    )
    at_door = draws.uniform(seed, "host/owner", pairs["series_key"])
    return pairs.with_columns(
        draw=draws.uniform(seed, "host", pairs["series_key"], pairs["person_key"]),
        first=(pl.col("role") == "ADMIN") & (pl.lit(pl.Series(at_door)) < OWNER_HOSTS),
        is_only=pl.len().over("series_key") == 1,
    ).sort("series_key", "first", "draw", descending=[False, True, False])


def _series_of_demo(candidates: pl.DataFrame) -> list[int]:
    """Choose the series that the demo user hosts, those of own communities first."""
    rows = (
        candidates.filter("is_demo")
        .sort(
            pl.col("role") == "ADMIN",
            "free_dates",
            "series_key",
            descending=[True, True, False],
        )
        .select("series_key", "dates")
    )
    chosen: list[int] = []
    hosted = 0
    for series, dates in rows.iter_rows():
        if hosted < DEMO_HOSTS_FROM and hosted + dates <= DEMO_HOSTS_TO:
            chosen.append(series)
            hosted += dates
    own = candidates.filter("is_demo", pl.col("role") == "ADMIN")["series_key"]
    spare = DEMO_HOSTS_TO - hosted
    for series, dates in rows.filter(pl.col("series_key").is_in(own)).iter_rows():
        if series not in chosen and dates <= spare:
            chosen.append(series)
            spare -= dates
    return chosen
