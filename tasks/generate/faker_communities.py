"""The faker source's communities and events."""

from collections.abc import Sequence
from typing import Any, Final

from matching.draws import key_of
from matching.vocabulary import CATEGORIES, CATEGORY_BY_SLUG, Location
from tasks.generate import faker_texts as texts
from tasks.generate.faker_dice import Dice, capital
from tasks.generate.faker_texts import Format

COMMUNITIES_PER_CITY: Final = 6
# event series of a city's six communities, dealt out in a drawn order
SERIES_COUNTS: Final = ((3, 2, 2, 2, 2, 2), (3, 3, 3, 2, 2, 2), (4, 3, 3, 2, 2, 2))
CITY_CATEGORIES: Final = 10  # on offer in a city; two of them in two communities
# of the series below $100; a community has one at most, which leaves 8 % of all
ONLINE_SHARE: Final = 0.13
FREE_SHARE: Final = 0.4
PREMIUM_SHARE: Final = 0.2  # with a tier over $100
PROMO_SHARE: Final = 0.25  # of the paid events
QUESTION_SHARE: Final = 0.5
HYBRID_SHARE: Final = 0.02
TROPIC_DEGREES: Final = 20  # nearer the equator there is no season to wait for
NORTHERN_SUMMER: Final = (5, 6, 7, 8, 9)
SOUTHERN_SUMMER: Final = (11, 12, 1, 2, 3)
_MEMBERSHIP: Final = (
    ("OPEN", 0.75), ("APPLICATION_BASED", 0.19), ("INVITE_ONLY", 0.06),
)  # fmt: skip


def fake_communities(dice: Dice, location: Location) -> list[dict[str, Any]]:
    """Make up a city's communities, each about another thing."""
    slugs = dice.shuffled([category.slug for category in CATEGORIES], "categories")
    offer = slugs[:CITY_CATEGORIES]
    firsts, seconds = offer[:COMMUNITIES_PER_CITY], offer[COMMUNITIES_PER_CITY:]
    seconds += firsts[:2]  # the two that two communities share
    counts = dice.shuffled(dice.choice(SERIES_COUNTS, "counts"), "counts-order")
    return [
        _community(dice, location, categories, count)
        for *categories, count in zip(firsts, seconds, counts, strict=True)
    ]


def _community(
    dice: Dice, location: Location, categories: Sequence[Any], count: int
) -> dict[str, Any]:
    about = str(categories[0])
    focus = dice.choice(CATEGORY_BY_SLUG[about].subcategories, about, "focus")
    group = dice.choice(texts.GROUP_WORDS, about, "group")
    name = f"{location.name} {capital(focus)} {group}"
    blanks = {"name": name, "city": location.name, "focus": focus}
    return {
        "name": name,
        "description": dice.choice(texts.COMMUNITY_TEXTS, about, "text").format(
            **blanks
        ),
        "focus_area": f"{focus} in {location.name}",
        "target_audience": dice.choice(texts.AUDIENCES, about, "who").format(**blanks),
        "membership_style": dice.weighted(_MEMBERSHIP, about, "style"),
        "home_location": location.slug,
        "categories": list(categories),
        "membership_tiers": _membership_tiers(dice, about, name),
        "events": [
            _event(dice, location, (name, focus), kind, price)
            for kind, price in _formats(dice, about, count)
        ],
    }


def _membership_tiers(dice: Dice, about: str, name: str) -> list[dict[str, Any]]:
    benefits = dice.shuffled(texts.BENEFITS, about, "benefits")
    free = {
        "name": "Member",
        "description": f"Free membership of {name}, with news of every date.",
        "price_cents": 0,
        "benefits": benefits[:2],
    }
    paid = {
        "name": "Supporter",
        "description": f"Keeps the free dates of {name} free for everyone.",
        "price_cents": dice.choice((500, 1_000, 1_500, 2_500, 4_000), about, "dues"),
        "benefits": benefits[2:5],
    }
    return [free, paid]


def _formats(dice: Dice, about: str, count: int) -> list[tuple[Format, str]]:
    """Choose different formats for a community's series, each with its price class."""
    chosen: list[tuple[Format, str]] = []
    for at in range(count):
        roll = dice.roll(about, "price", at)
        if roll < FREE_SHARE:
            price, formats = "free", texts.FREE_FORMATS
        elif roll < 1 - PREMIUM_SHARE:
            price, formats = "mid", texts.MID_FORMATS
        else:
            price, formats = "premium", texts.PREMIUM_FORMATS
        online = dice.roll(about, "online", at) < ONLINE_SHARE and price != "premium"
        used = {kind.label for kind, _ in chosen}
        if online and texts.ONLINE_FORMAT.label not in used:
            chosen.append((texts.ONLINE_FORMAT, price))
            continue
        unused = [kind for kind in formats if kind.label not in used]
        chosen.append((dice.choice(unused, about, "format", at), price))
    return chosen


def _event(
    dice: Dice,
    location: Location,
    community: tuple[str, str],
    kind: Format,
    price: str,
) -> dict[str, Any]:
    name, focus = community
    title = f"{capital(focus)} {kind.label} in {location.name}"
    blanks = {"title": title, "name": name, "label": kind.label}
    capacity = dice.choice(kind.capacities, title, "capacity")
    closing = dice.choice(texts.CLOSINGS, title, "closing")
    hybrid = dice.roll(title, "hybrid") < HYBRID_SHARE
    offline = "HYBRID" if hybrid else "PHYSICAL"
    reviews = dice.shuffled(texts.REVIEWS, title, "reviews")[:2]
    return {
        "title": title,
        "subtitle": f"The {kind.label} of {name}",
        "description": f"{title}: an occasion of {name}. {kind.body} {closing}",
        "event_type": kind.event_type,
        "location_type": "ONLINE" if kind is texts.ONLINE_FORMAT else offline,
        "venue": None,
        "capacity": capacity,
        "weekdays": [dice.choice(kind.weekdays, title, "weekday")],
        "start_time": dice.choice(kind.starts, title, "start"),
        "duration_minutes": dice.choice(kind.minutes, title, "minutes"),
        "months": list(_season(location)) if kind.outdoor else [],
        "ticket_tiers": _ticket_tiers(dice, title, price, capacity),
        "promo_codes": [] if price == "free" else _promo_codes(dice, title),
        "questions": _questions(dice, title),
        "host_message": dice.choice(texts.HOST_TEXTS, title, "host").format(**blanks),
        "reviews": [
            {"rating": rating, "comment": comment.format(**blanks)}
            for rating, comment in reviews
        ],
    }


def _season(location: Location) -> tuple[int, ...]:
    if abs(location.latitude) < TROPIC_DEGREES:
        return ()
    return NORTHERN_SUMMER if location.latitude > 0 else SOUTHERN_SUMMER


def _ticket_tiers(
    dice: Dice, title: str, price: str, capacity: int
) -> list[dict[str, Any]]:
    """Price one event in cents; the dearer tier holds a quarter of the seats."""
    few = capacity // 4
    if price == "free":
        offers = [("Free place", "A free place", 0, capacity)]
    elif price == "mid":
        cents = dice.choice((800, 1_200, 1_800, 2_500, 3_500, 4_800), title, "cents")
        offers = [
            ("Standard", "A place", cents, capacity - few),
            ("Supporter", "A place in front, for a little more,", 2 * cents, few),
        ]
    else:
        cents = dice.choice((6_000, 7_500, 9_000), title, "cents")
        offers = [
            ("Standard", "A full place", cents, capacity - few),
            ("Patron", "A place with everything included", 2 * cents, few),
        ]
    return [
        {
            "name": name,
            "description": f"{what} at {title}.",
            "price_cents": cents,
            "capacity": seats,
        }
        for name, what, cents, seats in offers
    ]


def _promo_codes(dice: Dice, title: str) -> list[dict[str, Any]]:
    if dice.roll(title, "promo") >= PROMO_SHARE:
        return []
    code = f"{key_of(dice.seed, dice.city, title) % 16**8:08X}"
    return [
        {
            "code": f"HI{code}",
            "description": f"For a first visit: {title}",
            "percent_off": dice.choice((10, 15, 20, 25), title, "percent"),
        }
    ]


def _questions(dice: Dice, title: str) -> list[dict[str, Any]]:
    if dice.roll(title, "ask") >= QUESTION_SHARE:
        return []
    label, kind, options = dice.choice(texts.QUESTIONS, title, "question")
    return [{"label": label, "type": kind, "options": list(options)}]
