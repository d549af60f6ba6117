"""Made-up answers: valid, reproducible, and true to the rules of the world."""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import cast

import pytest

from matching.vocabulary import LOCATIONS
from tasks.generate.answers import salvage_file
from tasks.generate.communities import make_communities
from tasks.generate.drafts import PassName
from tasks.generate.faker_source import fake_answer
from tasks.generate.salvage import KeptCommunity, Salvaged
from tasks.generate.source import Source
from tasks.generate.users import make_users
from tasks.generate.venues import make_venues

ALL = [location.slug for location in LOCATIONS]


@pytest.fixture(scope="module")
def edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole made-up edition."""
    folder = tmp_path_factory.mktemp("faker")
    for make in (make_communities, make_users, make_venues):
        make(Source.FAKER, folder, ALL, "2026-W47")
    return folder


def each(edition: Path, pass_name: PassName) -> Iterator[Salvaged]:
    return (salvage_file(edition, pass_name, city) for city in ALL)


def communities(edition: Path) -> list[KeptCommunity]:
    return [
        community
        for salvaged in each(edition, PassName.COMMUNITIES)
        for community in salvaged.communities
    ]


def texts(value: object, keys: frozenset[str]) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in cast("dict[str, object]", value).items():
            if key in keys and isinstance(inner, str):
                yield inner
            yield from texts(inner, keys)
    elif isinstance(value, list):
        for inner in cast("list[object]", value):
            yield from texts(inner, keys)


def test_a_made_up_edition_has_no_rejects(edition: Path) -> None:
    """It takes the same road as any answer, and all of it arrives."""
    for pass_name in PassName:
        for salvaged in each(edition, pass_name):
            assert salvaged.rejects == ()


def test_every_city_has_its_communities_and_events(edition: Path) -> None:
    """Six communities, 13 series or more, 8 to 12 categories, two of them shared."""
    for salvaged in each(edition, PassName.COMMUNITIES):
        offered = Counter(
            str(category)
            for community in salvaged.communities
            for category in community.head.categories
        )
        assert len(salvaged.communities) == 6
        assert sum(len(community.events) for community in salvaged.communities) >= 13
        assert 8 <= len(offered) <= 12
        assert 2 <= sum(times > 1 for times in offered.values()) <= 3


def test_shares_of_free_dear_and_online_events(edition: Path) -> None:
    """About 40 % free, 20 % with a tier over $100, 8 % online, by day and evening."""
    events = [event for community in communities(edition) for event in community.events]
    dearest = [event.ticket_tiers[-1].price_cents for event in events]
    assert 0.35 < sum(cents == 0 for cents in dearest) / len(events) < 0.45
    assert 0.16 < sum(cents > 10_000 for cents in dearest) / len(events) < 0.24
    online = sum(event.location_type == "ONLINE" for event in events)
    assert 0.06 < online / len(events) < 0.10
    assert all("07:00" <= event.start_time <= "21:00" for event in events)


def test_people_find_communities_and_communities_people(edition: Path) -> None:
    """Two people or more share a category with each community; nobody is left out."""
    pairs = zip(
        each(edition, PassName.COMMUNITIES), each(edition, PassName.USERS), strict=True
    )
    for offered, living in pairs:
        likes = [
            {interest.category for interest in person.draft.interests}
            for person in living.people
        ]
        assert len(likes) == 9
        wanted = [set(community.head.categories) for community in offered.communities]
        assert all(sum(bool(like & want) for like in likes) >= 2 for want in wanted)
        assert all(any(like & want for want in wanted) for like in likes)


def test_circles_share_interests_and_not_professions(edition: Path) -> None:
    """Three to five people, two interests in common, one bridge between circles."""
    for salvaged in each(edition, PassName.USERS):
        people = [person.draft for person in salvaged.people]
        circles = {label for person in people for label in person.circles}
        assert len(circles) == 2
        assert sum(len(person.circles) == 2 for person in people) == 1
        for label in circles:
            members = [person for person in people if label in person.circles]
            assert 3 <= len(members) <= 5
            for one, other in combinations(members, 2):
                assert one.profession != other.profession
                shared = {i.category for i in one.interests} & {
                    i.category for i in other.interests
                }
                assert len(shared) >= 2


def test_styles_and_spending_have_their_shares(edition: Path) -> None:
    """30 / 35 / 35 % and 30 / 45 / 25 %, within what 621 people may differ."""
    people = [
        person.draft
        for salvaged in each(edition, PassName.USERS)
        for person in salvaged.people
    ]
    styles = Counter(str(person.networking_style) for person in people)
    spending = Counter(str(person.spending_power) for person in people)
    for found, wanted in (
        (styles, {"ACTIVE": 0.30, "SELECTIVE": 0.35, "CASUAL": 0.35}),
        (spending, {"LOW": 0.30, "MEDIUM": 0.45, "HIGH": 0.25}),
    ):
        for value, share in wanted.items():
            assert abs(found[value] / len(people) - share) < 0.06


def test_names_and_texts_appear_once(edition: Path) -> None:
    """No name in two places, no text twice, and every name in Latin script."""
    keys = frozenset(
        {"title", "subtitle", "description", "host_message", "comment", "bio", "code"}
    )
    seen: Counter[str] = Counter()
    people: Counter[str] = Counter()
    for path in sorted(edition.glob("batches/*/*.json")):
        answer = json.loads(path.read_text(encoding="utf-8"))
        seen.update(texts(answer, keys))
        seen.update(record["name"] for record in answer.get("communities", ()))
        seen.update(record["name"] for record in answer.get("venues", ()))
        people.update(
            f"{person['first_name']} {person['last_name']}"
            for person in answer.get("users", ())
        )
    assert [text for text, times in (seen + people).items() if times > 1] == []
    assert len(people) == 9 * len(ALL)
    latin = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff' -]+")
    assert [name for name in people if not latin.fullmatch(name)] == []
    assert [text for text in seen if "lorem" in text.lower() or "{" in text] == []


def test_venues_hold_the_events(edition: Path) -> None:
    """Every on-site event fits into at least one venue of its city."""
    pairs = zip(
        each(edition, PassName.COMMUNITIES), each(edition, PassName.VENUES), strict=True
    )
    for offered, places in pairs:
        biggest = max(venue.draft.capacity for venue in places.venues)
        assert 10 <= len(places.venues) <= 15
        for community in offered.communities:
            assert all(event.capacity <= biggest for event in community.events)


def test_an_answer_depends_on_its_city_and_seed_alone(edition: Path) -> None:
    """Made alone, and after others, a city's answers are the same bytes."""
    for city in ("tokyo", "nyc"):
        stored = edition / "batches" / "communities" / f"{city}.json"
        again = fake_answer(PassName.COMMUNITIES, city, "2026-W47", "")
        assert again == stored.read_text(encoding="utf-8")
        other = fake_answer(PassName.COMMUNITIES, city, "2026-W48", "")
        assert other != again


def test_the_hash_seed_of_python_changes_nothing() -> None:
    """Two interpreters with other hash seeds make the same bytes, in any order."""
    script = (
        "import hashlib, sys\n"
        "from tasks.generate.drafts import PassName\n"
        "from tasks.generate.faker_source import fake_answer\n"
        'digest = \'[{"categories": ["food-drinks", "pets-animals"]}]\'\n'
        "made = {(p, c): fake_answer(p, c, 's', digest if p == 'users' else '')\n"
        "        for c in sys.argv[1:] for p in PassName}\n"
        "text = ''.join(made[key] for key in sorted(made))\n"
        "print(hashlib.sha256(text.encode()).hexdigest())\n"
    )
    found = {
        subprocess.run(  # noqa: S603  our own interpreter
            [sys.executable, "-c", script, *cities],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for hash_seed, cities in (
            ("1", ("tokyo", "prague", "seoul")),
            ("2", ("seoul", "tokyo", "prague")),
        )
    }
    assert len(found) == 1
    assert len(next(iter(found)).strip()) == hashlib.sha256().digest_size * 2


@pytest.mark.parametrize("digest", ["", "[]", '[{"categories": ["food-drinks"]}]'])
def test_people_are_made_even_with_little_to_read(digest: str) -> None:
    """A city whose communities were lost still gets a valid answer."""
    answer = json.loads(fake_answer(PassName.USERS, "lisbon", "s", digest))
    assert len(answer["users"]) == 9
