"""What a later pass reads of an earlier one: a city's answers in a few lines.

Names and keys only, never prose: a text that a model wrote must not become an
instruction to the next one, and a reworded description should not make a city's
people anew.
"""

import json
from collections.abc import Sequence

from tasks.generate.salvage import KeptCommunity, KeptPerson


def digest_city(communities: Sequence[KeptCommunity]) -> str:
    """Sum up a city's communities for the passes after them, as compact JSON.

    Returns:
        A list with one object per community: name, focus, categories, style, and its
        events as [type, where, capacity].
    """
    return _compact(
        [
            {
                "name": community.head.name,
                "focus": community.head.focus_area,
                "categories": community.head.categories,
                "style": community.head.membership_style,
                "events": [
                    [event.event_type, event.location_type, event.capacity]
                    for event in community.events
                ],
            }
            for community in communities
        ]
    )


def digest_people(people: Sequence[KeptPerson]) -> str:
    """Sum up a city's people for the venues' pass: what they do and like, no names."""
    return _compact(
        [
            {
                "profession": person.draft.profession,
                "interests": [
                    [interest.category, interest.level]
                    for interest in person.draft.interests
                ],
                "spending": person.draft.spending_power,
            }
            for person in people
        ]
    )


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
