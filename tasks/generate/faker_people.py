"""The faker source's people: circles with a bridge, interests that are on offer."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from matching.vocabulary import CATEGORIES, CATEGORY_BY_SLUG, Location
from tasks.generate import faker_texts as texts
from tasks.generate.faker_dice import Dice, capital
from tasks.generate.faker_names import full_names

PEOPLE_PER_CITY: Final = 9
MAX_INTERESTS: Final = 5
STRONG_LEVELS: Final = (6, 7, 8, 9, 10)
LEVELS: Final = (3, 4, 5, 6, 7, 8)
PEOPLE_PER_COMMUNITY: Final = 2  # at least, who share one of its categories
CIRCLES: Final = ((0, 1, 2, 3), (3, 4, 5, 6))  # places; the fourth person is a bridge
# Shares; spending follows from experience: 30 % LOW, 45 % MEDIUM, 25 % HIGH in all.
_EXPERIENCE: Final = (
    ("JUNIOR", 0.25), ("MID", 0.35), ("SENIOR", 0.28), ("EXECUTIVE", 0.12),
)  # fmt: skip
_SPENDING: Final = {
    "JUNIOR": (("LOW", 0.75), ("MEDIUM", 0.25)),
    "MID": (("LOW", 0.25), ("MEDIUM", 0.65), ("HIGH", 0.10)),
    "SENIOR": (("LOW", 0.05), ("MEDIUM", 0.50), ("HIGH", 0.45)),
    "EXECUTIVE": (("MEDIUM", 0.15), ("HIGH", 0.85)),
}
_STYLES: Final = (("ACTIVE", 0.30), ("SELECTIVE", 0.35), ("CASUAL", 0.35))


def offered_categories(conditioned_on: str) -> list[list[str]]:
    """Read the categories of each community from the city's digest."""
    communities: list[dict[str, Any]] = json.loads(conditioned_on or "[]")
    return [community["categories"] for community in communities]


def fake_people(
    dice: Dice, location: Location, seed: str, offered: Sequence[Sequence[str]]
) -> list[dict[str, Any]]:
    """Make up a city's people, for the categories that its communities offer."""
    names = full_names(location.slug, seed)
    labels = dice.shuffled(texts.CIRCLE_LABELS, "circles")
    professions = dice.shuffled(texts.PROFESSIONS, "professions")
    interests = _interests(dice, offered)
    people: list[dict[str, Any]] = []
    for place in range(PEOPLE_PER_CITY):
        first, last = next(names)
        job, industry = professions[place]
        experience = dice.weighted(_EXPERIENCE, "experience", place)
        likes = " and ".join(
            dice.choice(CATEGORY_BY_SLUG[slug].subcategories, "likes", place, slug)
            for slug in list(interests[place])[:2]
        )
        people.append(
            {
                "first_name": first,
                "last_name": last,
                "profession": capital(job.split(" ", 1)[1]),
                "industry": industry,
                "experience_level": experience,
                "interests": [
                    {"category": slug, "level": level}
                    for slug, level in interests[place].items()
                ],
                "home_location": location.slug,
                "networking_style": dice.weighted(_STYLES, "networking", place),
                "spending_power": dice.weighted(
                    _SPENDING[experience], "spending", place
                ),
                "bio": dice.choice(texts.BIOS, "bio", place).format(
                    first=first, job=job, city=location.name, likes=likes
                ),
                "circles": [
                    label
                    for label, places in zip(labels, CIRCLES, strict=False)
                    if place in places
                ],
            }
        )
    return people


def _interests(dice: Dice, offered: Sequence[Sequence[str]]) -> list[dict[str, int]]:
    """Give each person levels by category, so that circles and communities meet.

    A circle shares two strong interests; every community finds at least two people
    who share one of its categories, and nobody is without a community.
    """
    pool = sorted({slug for categories in offered for slug in categories})
    if len(pool) < 2 * len(CIRCLES):  # too few on offer to tell the circles apart
        pool = sorted({*pool, *(category.slug for category in CATEGORIES)})
    shared = dice.shuffled(pool, "shared")
    interests: list[dict[str, int]] = [{} for _ in range(PEOPLE_PER_CITY)]
    for circle, places in enumerate(CIRCLES):
        for slug in shared[2 * circle : 2 * circle + 2]:
            for place in places:
                interests[place][slug] = dice.choice(
                    STRONG_LEVELS, "strong", place, slug
                )
    for at, categories in enumerate(offered):
        for place in _to_join(dice, interests, categories, at):
            interests[place][categories[0]] = dice.choice(
                STRONG_LEVELS, "member", place, categories[0]
            )
    _add_wishes(dice, interests, pool)
    return interests


def _add_wishes(
    dice: Dice, interests: Sequence[dict[str, int]], pool: Sequence[str]
) -> None:
    """Give those with room for it one more interest, of any level."""
    for place, likes in enumerate(interests):
        wish = dice.choice(pool, "wish", place)
        if len(likes) < MAX_INTERESTS - 1 and wish not in likes:
            likes[wish] = dice.choice(LEVELS, "level", place, wish)


def _to_join(
    dice: Dice, interests: Sequence[dict[str, int]], categories: Sequence[str], at: int
) -> Iterator[int]:
    """Choose who takes up a community's category: whoever has fewest interests."""
    have = sum(1 for likes in interests if set(categories) & likes.keys())
    places = dice.shuffled(range(PEOPLE_PER_CITY), "join", at)
    open_to = [
        place
        for place in sorted(places, key=lambda place: len(interests[place]))
        if not set(categories) & interests[place].keys()
        and len(interests[place]) < MAX_INTERESTS
    ]
    yield from open_to[: max(PEOPLE_PER_COMMUNITY - have, 0)]
