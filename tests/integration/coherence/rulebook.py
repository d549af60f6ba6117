"""The rules of the world as SQL, and a session to try them in.

Written from the design alone: nothing here imports or reads the code that makes the
rows. Each file of rules/ is a group; each rule in it is a name, one sentence, and SQL
that returns the offending rows, so no row means that the rule holds.
"""

import json
import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

HERE: Final = Path(__file__).parent
VOCABULARY: Final = HERE.parents[2] / "matching" / "vocabulary"  # read as plain data
# so are the recorded answers: what a row should say is what the answer said
RECORDED: Final = HERE.parents[2] / "tasks" / "generate" / "recorded"
Row = dict[str, Any]


@dataclass(frozen=True)
class Rule:
    """One sentence of the design, and the SQL whose rows break it."""

    name: str
    group: str
    meaning: str
    sql: str


@dataclass(frozen=True)
class WorldFacts:
    """What the rules need to know of a world besides its rows."""

    as_of: datetime  # the world's now, with a zone
    tag: str  # what its ids carry behind the c


def read_blocks(path: Path, keyword: str) -> list[tuple[str, str, str]]:
    """Split a file at its `-- <keyword>: heading` lines.

    Returns:
        One (heading, meaning, SQL) a block; the comment below the heading is the
        meaning.
    """
    blocks: list[tuple[str, str, str]] = []
    text = path.read_text(encoding="utf-8")
    for block in re.split(rf"^-- {keyword}: ", text, flags=re.MULTILINE)[1:]:
        heading, *lines = block.splitlines()
        comments = [line.removeprefix("-- ") for line in lines if line[:2] == "--"]
        statement = "\n".join(line for line in lines if line[:2] != "--")
        blocks.append((heading.strip(), " ".join(comments), statement.strip()))
    return blocks


def load_rules() -> tuple[Rule, ...]:
    """All rules, by group and in the order of their files."""
    return tuple(
        Rule(name, path.stem, meaning, statement)
        for path in sorted((HERE / "rules").glob("*.sql"))
        for name, meaning, statement in read_blocks(path, "rule")
    )


def read_world(connection: psycopg.Connection[Row]) -> WorldFacts:
    """Now and tag of the one world that the ledger knows.

    Raises:
        LookupError: the ledger knows no world, or more than one.
    """
    worlds = connection.execute(
        "SELECT DISTINCT as_of, tag FROM rsvped_seed.stage"
    ).fetchall()
    if len(worlds) != 1:
        raise LookupError(
            f"The ledger knows {len(worlds)} worlds: seed one edition, in full, first."
        )
    return WorldFacts(worlds[0]["as_of"], worlds[0]["tag"])


@contextmanager
def open_audit(
    database_url: str, world: WorldFacts | None = None
) -> Generator[psycopg.Connection[Row]]:
    """A session in which the rules can be tried; it cannot change the database.

    Args:
        database_url: URL or conninfo string of the audited database.
        world: its facts, read from the ledger if not given.
    """
    with psycopg.Connection[Row].connect(
        database_url, autocommit=True, row_factory=dict_row
    ) as audit:
        # first of all: the audit's temporary tables count as the database's
        audit.execute(
            "CREATE TEMP TABLE size_before AS"
            " SELECT pg_database_size(current_database()) AS bytes"
        )
        load_references(audit)
        prepare_audit(audit, world or read_world(audit))
        audit.execute("SET default_transaction_read_only = on")
        yield audit


def prepare_audit(audit: psycopg.Connection[Row], world: WorldFacts) -> None:
    """Make the temporary tables of facts, from the rows as they are.

    Those of load_references() must be there.
    """
    audit.execute("SET TIME ZONE 'UTC'")
    audit.execute("CREATE TEMP TABLE world (now timestamp, tag text)")
    audit.execute(
        "INSERT INTO world VALUES (%(as_of)s::timestamptz AT TIME ZONE 'UTC', %(tag)s)",
        {"as_of": world.as_of, "tag": world.tag},
    )
    audit.execute((HERE / "prelude.sql").read_bytes())


def find_offences(audit: psycopg.Connection[Row], rule: Rule) -> list[Row]:
    """The rows that break a rule."""
    return audit.execute(rule.sql.encode()).fetchall()


def load_references(audit: psycopg.Connection[Row]) -> None:
    """Put the vocabulary and the recorded answers into temporary tables."""
    audit.execute(
        """
        CREATE TEMP TABLE vocabulary_city (slug text, name text, country text,
            continent text, timezone text, latitude float, longitude float);
        CREATE TEMP TABLE vocabulary_category (slug text, name text,
            subcategories text[]);
        CREATE TEMP TABLE answer_community (name text, city text, doc jsonb);
        CREATE TEMP TABLE answer_event (title text, community text, city text,
            doc jsonb);
        CREATE TEMP TABLE answer_person (name text, city text, doc jsonb);
        CREATE TEMP TABLE answer_venue (name text, city text, neighbourhood text,
            capacity int);
        """
    )
    _insert(audit, "vocabulary_city", _read_json(VOCABULARY / "locations.json"))
    _insert(audit, "vocabulary_category", _read_json(VOCABULARY / "categories.json"))
    communities = _read_answers("communities")
    events = [
        {
            "title": event["title"],
            "community": community["name"],
            "city": community["home_location"],
            "doc": event,
        }
        for community in communities
        for event in community["events"]
    ]
    people = [
        {
            "name": f"{person['first_name']} {person['last_name']}",
            "city": person["home_location"],
            "doc": person,
        }
        for person in _read_answers("users")
    ]
    named = [
        {"name": one["name"], "city": one["home_location"], "doc": one}
        for one in communities
    ]
    venues = [
        {**venue, "city": answer["home_location"]}
        for answer in map(_read_json, sorted((RECORDED / "venues").glob("*.json")))
        for venue in answer["venues"]
    ]
    _insert(audit, "answer_event", events)
    _insert(audit, "answer_person", people)
    _insert(audit, "answer_community", named)
    _insert(audit, "answer_venue", venues)


def _read_answers(kind: str) -> list[Row]:
    """The records of one pass, all cities together."""
    return [
        record
        for path in sorted((RECORDED / kind).glob("*.json"))
        for record in _read_json(path)[kind]
    ]


def _read_json(path: Path) -> Any:  # noqa: ANN401  JSON is whatever it is
    return json.loads(path.read_text(encoding="utf-8"))


def _insert(audit: psycopg.Connection[Row], table: str, records: list[Row]) -> None:
    """Write records into a table that has columns of their keys."""
    audit.execute(
        sql.SQL(
            "INSERT INTO {0} SELECT * FROM jsonb_populate_recordset(NULL::{0}, %s)"
        ).format(sql.Identifier(table)),
        [Jsonb(records)],
    )
