"""The faker source: answers of the same models, from Faker's names and templates.

Every rule about keys, limits, shares and circles holds; what is lost is that texts,
names and places mean anything. An answer depends on the seed, its city and what it is
conditioned on: not on other cities, their order, or Python's hash seed.
"""

from typing import Any, Final, assert_never

from matching.draws import key_of
from matching.vocabulary import LOCATION_BY_SLUG, Location
from tasks.generate import faker_texts as texts
from tasks.generate.drafts import ANSWER_OF, PassName
from tasks.generate.faker_communities import fake_communities
from tasks.generate.faker_dice import Dice
from tasks.generate.faker_names import family_names
from tasks.generate.faker_people import fake_people, offered_categories

VENUES_PER_CITY: Final = 12
SURE_VENUES: Final = 9  # kinds that every city has: the everyday ones


def fake_answer(pass_name: PassName, city: str, seed: str, conditioned_on: str) -> str:
    """Make up one city's answer of one pass.

    Args:
        pass_name: which pass.
        city: location slug.
        seed: the edition's.
        conditioned_on: the digest of the city's communities, for users and venues.

    Returns:
        The answer as JSON, valid under the pass's model.
    """
    dice = Dice(key_of(seed), city)
    location = LOCATION_BY_SLUG[city]
    match pass_name:
        case PassName.COMMUNITIES:
            answer: dict[str, Any] = {"communities": fake_communities(dice, location)}
        case PassName.USERS:
            offered = offered_categories(conditioned_on)
            answer = {"users": fake_people(dice, location, seed, offered)}
        case PassName.VENUES:
            answer = {"home_location": city, "venues": _venues(dice, location, seed)}
        case _:
            assert_never(pass_name)
    return ANSWER_OF[pass_name].model_validate(answer).model_dump_json(indent=1) + "\n"


def _venues(dice: Dice, location: Location, seed: str) -> list[dict[str, Any]]:
    names = family_names(location.slug, seed)
    sure, others = texts.VENUES[:SURE_VENUES], texts.VENUES[SURE_VENUES:]
    kinds = [*sure, *dice.shuffled(others, "kinds")[: VENUES_PER_CITY - len(sure)]]
    return [
        {
            "name": f"{next(names)} {word}, {location.name}",
            "kind": kind,
            "neighbourhood": dice.choice(texts.NEIGHBOURHOODS, "place", kind),
            "capacity": dice.choice(sizes, "size", kind),
        }
        for kind, word, sizes in kinds
    ]
