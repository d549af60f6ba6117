"""Fills an empty database with the small truthful world of small_world.sql."""

import json
from datetime import UTC, datetime
from hashlib import md5
from typing import Any, Final

import psycopg
from rulebook import HERE, VOCABULARY, Row, WorldFacts

WORLD: Final = WorldFacts(as_of=datetime(2026, 11, 22, tzinfo=UTC), tag="abcde")
BEFORE_ALL: Final = datetime(2020, 1, 1)  # noqa: DTZ001  the app's columns have no zone


def fill_small_world(connection: psycopg.Connection[Row]) -> None:
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


def _made_id(source: str, key: str) -> str:
    """An id as small_world.sql makes it."""
    digest = md5(f"{source} {key}".encode(), usedforsecurity=False).hexdigest()
    return f"c{WORLD.tag}{digest[:19]}"


def _read_vocabulary(name: str) -> list[dict[str, Any]]:
    return json.loads((VOCABULARY / f"{name}.json").read_text(encoding="utf-8"))
