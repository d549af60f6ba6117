"""Who owns a community: somebody of the city who cares, for three at most."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import polars as pl

from matching import draws
from matching.interest import overlap
from matching.vocabulary import ExperienceLevel, MembershipStyle

COMMUNITIES_PER_OWNER: Final = 3
DEMO_HOSTS_FROM: Final = 4  # events that the demo user hosts, at least
DEMO_HOSTS_TO: Final = 5


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
