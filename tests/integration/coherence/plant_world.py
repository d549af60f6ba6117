"""Fills an empty database with the small truthful world of small_world.sql."""

import json
from datetime import UTC, datetime
from hashlib import md5
from pathlib import Path
from typing import Any, Final

import psycopg

from tasks.report.audit.catalogue import Fact
from tasks.report.audit.references import WorldFacts, gather_facts

HERE: Final = Path(__file__).parent
VOCABULARY: Final = HERE.parents[2] / "matching" / "vocabulary"  # read as plain data
# the answers that the offences pretend to have come from
RECORDED: Final = HERE.parents[2] / "tasks" / "generate" / "recorded"
WORLD: Final = WorldFacts(as_of=datetime(2026, 11, 22, tzinfo=UTC), tag="abcde")
CITY: Final = "ams"  # whose answers the small world borrows
BEFORE_ALL: Final = datetime(2020, 1, 1)  # noqa: DTZ001  the app's columns have no zone


def fill_small_world(connection: psycopg.Connection[Any]) -> None:
    """Write the vocabulary's cities and categories, then the small world."""
    for city in _read_vocabulary("locations"):
        connection.execute(
            'INSERT INTO "Location" (id, name, slug, country, continent, timezone,'
            ' "iconPath", "coverImage", "createdAt", "updatedAt")'
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                _made_id("Location", city["slug"]),
                *(city[key] for key in ("name", "slug", "country", "continent")),
                city["timezone"],
                f"{city['slug']}-icon.png",
                f"https://picsum.photos/seed/{city['slug']}/800/600",
                BEFORE_ALL,
                BEFORE_ALL,
            ],
        )
    for category in _read_vocabulary("categories"):
        connection.execute(
            'INSERT INTO "Category" VALUES (%s, %s, %s, %s)',
            [
                _made_id("Category", category["slug"]),
                *(category[key] for key in ("name", "slug", "subcategories")),
            ],
        )
    connection.execute((HERE / "small_world.sql").read_bytes())


def gather_small_facts() -> dict[str, Fact]:
    """Gather the rules' facts for the small world, with Amsterdam's answers."""
    communities = _read_recorded("communities")["communities"]
    people = _read_recorded("users")["users"]
    return gather_facts(
        WORLD,
        {
            "answer_community": [
                {
                    "name": one["name"],
                    "city": CITY,
                    "doc": {**one, "tiers": one["membership_tiers"]},
                }
                for one in communities
            ],
            "answer_event": [
                {
                    "title": event["title"],
                    "community": one["name"],
                    "city": CITY,
                    "doc": event,
                }
                for one in communities
                for event in one["events"]
            ],
            "answer_person": [
                {
                    "name": f"{one['first_name']} {one['last_name']}",
                    "city": CITY,
                    "doc": one,
                }
                for one in people
            ],
            "answer_venue": [
                {**one, "city": CITY} for one in _read_recorded("venues")["venues"]
            ],
        },
    )


def _read_recorded(kind: str) -> dict[str, list[dict[str, Any]]]:
    path = RECORDED / kind / f"{CITY}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def _made_id(source: str, key: str) -> str:
    """An id as small_world.sql makes it."""
    digest = md5(f"{source} {key}".encode(), usedforsecurity=False).hexdigest()
    return f"c{WORLD.tag}{digest[:19]}"


def _read_vocabulary(name: str) -> list[dict[str, Any]]:
    return json.loads((VOCABULARY / f"{name}.json").read_text(encoding="utf-8"))
