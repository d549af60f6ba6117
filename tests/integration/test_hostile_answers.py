"""Hostile text in answers: what fits is carried unharmed, the rest is set aside."""

import json
from html import unescape
from typing import Any, Final

import psycopg
from program import Program

from tasks.database.connect import Target
from tasks.generate.drafts import PassName, clean
from tasks.generate.recorded import recorded_answer, recording_folder
from tasks.terminal import printable

CITIES: Final = ("lisbon", "tokyo", "london")
EDITION: Final = "hostile"
ARGUMENTS: Final = (
    *("--source", "recorded", "--edition", EDITION, "--as-of", "2026-11-16"),
    *("--cities", *CITIES),
)
PERSON: Final = (  # a first name each
    """O'Brien "Q" \\ """,
    """'); DROP TABLE "User";--""",
    "a\x00b\x1b[31mc",
    "\u202eevil\u2066lri\u2069",
    "\u200fdir\u200e",
    "👩‍👩‍👧‍👦",
    "=1+1",
    "@SUM(A1)",
    "\\.",
    "{}",
    "NULL",
    "\\N",
    "[bold]x[/bold]",
)
BIO: Final = (
    """;\\.\n{"a","b"}\t=HYPERLINK("x")\u2028second\u2029third \x9b31m <3 & 5 > 4"""
)
BAD: Final = ("A" * 10_000, "one\u2028two", "<script>alert(1)</script>")
REASONS: Final = ("at most 40", "line break", "markup")  # of theirs
TITLE: Final = """ 1+1 '"\\;'); DROP TABLE "Event";-- \u202e\u200f"""


def hostile() -> dict[PassName, dict[str, dict[str, Any]]]:
    """The cities' recorded answers, spoilt; the first people are beyond use."""
    answers = {
        pass_name: {
            city: json.loads(recorded_answer(pass_name, city)) for city in CITIES
        }
        for pass_name in PassName
    }
    people = [p for a in answers[PassName.USERS].values() for p in a["users"]]
    for person, name in zip(people, BAD, strict=False):
        person["first_name"] = name
    for person, name in zip(people[len(BAD) :], PERSON, strict=False):
        person |= {"first_name": name, "bio": BIO + name}
    for answer in answers[PassName.COMMUNITIES].values():
        for community in answer["communities"]:
            community["name"] += " '\"\\;--"
            community["description"] += BIO
            for event in community["events"]:
                event["title"] = event["title"][:40] + TITLE
                event["description"] += "\x00\x1b]0;x\x07 {NULL,\\N} =1+1"
    return answers


def sent(answers: dict[PassName, dict[str, dict[str, Any]]]) -> dict[str, set[str]]:
    """What of the answers has to arrive, by column."""
    people = [p for a in answers[PassName.USERS].values() for p in a["users"]]
    people = people[len(BAD) :]
    communities = [
        c for a in answers[PassName.COMMUNITIES].values() for c in a["communities"]
    ]
    return {
        "name": {f"{clean(p['first_name'])} {p['last_name']}" for p in people},
        "bio": {clean(p["bio"]) for p in people},
        "community": {clean(c["name"]) for c in communities},
        "description": {clean(c["description"]) for c in communities},
        "title": {clean(e["title"]) for c in communities for e in c["events"]},
    }


def stored(database: Target) -> dict[str, set[str]]:
    """What of it stands in the database."""
    queries = {
        "name": 'SELECT name FROM "User" WHERE NOT "isDemo"',
        "bio": 'SELECT bio FROM "User" WHERE NOT "isDemo"',
        "community": 'SELECT name FROM "Community"',
        "description": 'SELECT description FROM "Community"',
        "title": 'SELECT title FROM "Event"',
    }
    with psycopg.connect(database.conninfo) as connection:
        return {
            what: {row[0] for row in connection.execute(query.encode())}
            for what, query in queries.items()
        }


def test_hostile_answers_are_carried_or_set_aside(
    program: Program, database: Target
) -> None:
    """In the database as it was sent, in the page as text, on the terminal harmless."""
    program = program.seeing(DATABASE_URL=database.url)
    folder = program.home / "editions" / EDITION
    answers = hostile()
    for pass_name, cities in answers.items():
        for city, answer in cities.items():
            path = recording_folder(folder) / pass_name / f"{city}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(answer))

    shown = [program.run(*ARGUMENTS)]

    wanted, found = sent(answers), stored(database)
    assert wanted.pop("title") <= found.pop("title")  # a series' repeats say so
    assert found == wanted
    rejects = json.loads((folder / "processed" / "rejects.json").read_text())
    assert [reject["index"] for reject in rejects] == list(range(len(BAD)))
    for reject, reason in zip(rejects, REASONS, strict=True):
        assert reason in reject["reason"]

    page = (folder / "report.html").read_text()
    assert "<script>alert" not in page
    assert 'DROP TABLE "' not in page
    assert 'DROP TABLE "' in unescape(page)

    with psycopg.connect(database.conninfo) as connection:
        username, event = connection.execute(
            """SELECT u.username, e.slug FROM "Event" e JOIN "User" u ON u.id = "hostId"
            WHERE u.username IS NOT NULL ORDER BY e.slug LIMIT 1"""
        ).fetchone() or ("", "")
    shown += [
        program.run("accounts", "--limit", "100"),
        program.run("explain", "person", username),
        program.run("explain", "event", event, "--json"),
        program.run("explain", "person", "'); DROP TABLE\u202e", code=2),
        program.run("audit"),
        program.run("status"),
    ]
    for text in shown:
        assert printable(text) == text
    assert "DROP TABLE" in "".join(shown)
