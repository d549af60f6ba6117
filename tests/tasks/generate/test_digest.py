"""What later passes read: names and keys, never prose."""

import json
from importlib.resources import files

from tasks.generate.digest import digest_city, digest_people
from tasks.generate.drafts import PassName
from tasks.generate.salvage import salvage


def recorded(pass_name: PassName) -> bytes:
    place = files("tasks.generate").joinpath("recorded", pass_name, "lisbon.json")
    return place.read_bytes()


def test_a_citys_digest_holds_what_people_choose_by() -> None:
    """Names, focus, categories, style, and each event's type, place and size."""
    kept = salvage(
        PassName.COMMUNITIES, "lisbon", recorded(PassName.COMMUNITIES)
    ).communities
    digest = digest_city(kept)
    first, head = json.loads(digest)[0], kept[0].head
    assert first["name"] == head.name
    assert first["categories"] == [str(category) for category in head.categories]
    assert first["events"][0] == [
        str(kept[0].events[0].event_type),
        str(kept[0].events[0].location_type),
        kept[0].events[0].capacity,
    ]
    for community in kept:
        assert community.head.description not in digest
        assert all(event.title not in digest for event in community.events)


def test_the_peoples_digest_names_nobody() -> None:
    """Venues are made for what people do and like, not for who they are."""
    kept = salvage(PassName.USERS, "lisbon", recorded(PassName.USERS)).people
    digest = digest_people(kept)
    assert [row["profession"] for row in json.loads(digest)] == [
        person.draft.profession for person in kept
    ]
    for person in kept:
        assert person.draft.last_name not in digest
        assert person.draft.bio not in digest
