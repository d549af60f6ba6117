"""What the rules compare the rows with: the vocabulary, the answers, and now.

All of it enters the rules' SQL as constants, so that nothing is made in the database.
The answers are the edition's processed files, as they lie in its folder.
"""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from tasks.editions import read_json
from tasks.process.frames import MAX_FRAME_BYTES
from tasks.report.audit.catalogue import Fact, load_facts

Records = list[dict[str, Any]]

# columns of the facts made here, as jsonb_to_recordset wants them
CITY_COLUMNS: Final = (
    "slug text, name text, country text, continent text, timezone text,"
    " latitude float, longitude float"
)
CATEGORY_COLUMNS: Final = "slug text, name text, subcategories text[]"
ANSWER_COLUMNS: Final = {
    "answer_community": "name text, city text, doc jsonb",
    "answer_event": "title text, community text, city text, doc jsonb",
    "answer_person": "name text, city text, doc jsonb",
    "answer_venue": "name text, kind text, city text, neighbourhood text, capacity int",
}
_SET: Final = re.compile(r"events-distributed-(?P<time>\d{8}T\d{6}Z)\.json")


@dataclass(frozen=True)
class WorldFacts:
    """What the rules need to know of a world besides its rows."""

    as_of: datetime  # the world's now, with a zone
    tag: str | None = None  # what its ids carry behind the c; None: not known
    slid_weeks: int = 0  # so long before now lies the day the world was made for


def gather_facts(world: WorldFacts, answers: Mapping[str, Records]) -> dict[str, Fact]:
    """Give all facts that a rule may name, each behind those it reads.

    Args:
        world: when the world's now is.
        answers: the records of each `answer_` table; without them, empty ones.
    """
    vocabulary = files("matching.vocabulary")  # read as plain data

    def words(name: str) -> Records:
        return json.loads(vocabulary.joinpath(name).read_text(encoding="utf-8"))

    facts = [
        _world(world),
        _constant("vocabulary_city", CITY_COLUMNS, words("locations.json")),
        _constant("vocabulary_category", CATEGORY_COLUMNS, words("categories.json")),
        *(
            _answers(name, columns, answers.get(name, []))
            for name, columns in ANSWER_COLUMNS.items()
        ),
        *load_facts(),
    ]
    return {fact.name: fact for fact in facts}


def read_answers(folder: Path) -> dict[str, Records] | None:
    """Read the newest processed files of an edition as the `answer_` tables' records.

    A series whose title another one has too is left out: rows tell it by its title.

    Args:
        folder: the edition's folder.

    Returns:
        None if it holds no processed files.
    """
    times = [
        match["time"]
        for path in (folder / "processed").glob("events-distributed-*.json")
        if (match := _SET.fullmatch(path.name))
    ]
    if not times:
        return None

    def read(name: str) -> Records:
        path = folder / "processed" / f"{name}-{max(times)}.json"
        return read_json(path, MAX_FRAME_BYTES)

    series = [event for event in read("events-distributed") if not event["occurrence"]]
    titles = Counter(event["title"] for event in series)
    return {
        "answer_community": [
            {"name": one["name"], "city": one["city"], "doc": one}
            for one in read("communities-final")
        ],
        "answer_event": [
            {
                "title": event["title"],
                "community": event["community"],
                "city": event["city"],
                "doc": event,
            }
            for event in series
            if titles[event["title"]] == 1
        ],
        "answer_person": [
            {
                "name": f"{one['first_name']} {one['last_name']}",
                "city": one["city"],
                "doc": one,
            }
            for one in read("users-final")
        ],
        "answer_venue": read("venues-final"),
    }


def _world(world: WorldFacts) -> Fact:
    now = world.as_of.astimezone(UTC).replace(tzinfo=None).isoformat()
    values = (
        f"{_literal(now)}::timestamp, {_literal(world.tag)}::text,"
        f" interval '{world.slid_weeks:d} weeks'"
    )
    return Fact("world", " (now, tag, slid)", f"SELECT {values}")


def _answers(name: str, columns: str, records: Records) -> Fact:
    """Give answers as a fact, from whose documents a rule gets only what it names.

    All of them are megabytes, which the server would read anew for every rule.
    """

    def narrow(statement: str) -> str:
        kept = [
            {
                **record,
                "doc": {
                    key: value
                    for key, value in record.get("doc", {}).items()
                    if f"'{key}'" in statement
                },
            }
            for record in records
        ]
        return _constant(name, columns, kept).sql

    return Fact(name, "", "", narrow)


def _constant(name: str, columns: str, records: Records) -> Fact:
    text = json.dumps(records, ensure_ascii=False)
    query = f"SELECT * FROM jsonb_to_recordset({_literal(text)}) AS r ({columns})"  # noqa: S608  constants, quoted below
    return Fact(name, "", query)


def _literal(text: str | None) -> str:
    """Quote a text as SQL does with standard_conforming_strings on."""
    if text is None:
        return "NULL"
    return "'" + text.replace("'", "''") + "'"
