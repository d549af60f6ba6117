"""The catalogue of rules and figures, read from the SQL files beside this module.

A file is a group. Each block in it is a heading, one sentence, and SQL:

    -- rule: no-waitlist
    -- RSVPs are CONFIRMED or CANCELLED; nobody waits.
    SELECT id FROM "Rsvp" WHERE status::text = 'WAITLIST';

The rows that a rule returns break it. Behind a rule's name may stand, in brackets,
`warning`, `tolerance N` and `needs whole world` (an edition not limited to some cities,
people or communities). That a rule needs the edition's answers or the ledger shows in
what it reads: an `answer_` table, or the world's tag.

Nothing here reads the code that makes the rows: the rules come from the design alone.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from tasks.report.audit.results import Severity

PACKAGE: Final = files("tasks.report.audit")
WHOLE: Final = "needs whole world"
_HEADING: Final = re.compile(r"(?P<name>[a-z0-9-]+)(?: \[(?P<remarks>[^\]]+)\])?")
_FACT: Final = re.compile(r"(?P<name>[a-z_]+)(?P<columns> \([a-z, ]+\))?")


class Need(StrEnum):
    """What a rule reads besides the app's tables."""

    EDITION = "edition"
    LEDGER = "ledger"
    WHOLE_WORLD = "whole world"


@dataclass(frozen=True)
class Block:
    """A named piece of SQL and the sentence that says what it means."""

    heading: str
    meaning: str
    sql: str


@dataclass(frozen=True)
class Rule:
    """One sentence of the design, and the SQL whose rows break it."""

    name: str
    group: str
    meaning: str
    sql: str
    severity: Severity = Severity.ERROR
    tolerance: int = 0
    needs: frozenset[Need] = frozenset()


@dataclass(frozen=True)
class Figure:
    """A figure of the world, and the SQL that gives it as one number."""

    name: str
    group: str
    meaning: str
    sql: str
    needs: frozenset[Need] = frozenset()


@dataclass(frozen=True)
class Fact:
    """A query that many rules share, under a name of its own."""

    name: str
    columns: str  # " (a, b)" where the query itself does not name them
    sql: str
    # gives the SQL for a statement that reads only some of the fact; else `sql` it is
    narrow: Callable[[str], str] | None = None


def load_rules() -> tuple[Rule, ...]:
    """All rules, by group and in the order of their files."""
    return tuple(
        _rule(path.name.removesuffix(".sql"), block)
        for path in _sql_files("rules")
        for block in read_blocks(path.read_text(encoding="utf-8"), "rule")
    )


def load_figures() -> tuple[Figure, ...]:
    """All figures that SQL gives, by group and in the order of their files."""
    figures: list[Figure] = []
    for path in _sql_files("figures"):
        group = path.name.removesuffix(".sql")
        for block in read_blocks(path.read_text(encoding="utf-8"), "figure"):
            name, remarks = _read_heading(block.heading)
            needs = _needs(remarks, block.sql)
            figures.append(Figure(name, group, block.meaning, block.sql, needs))
    return tuple(figures)


def load_facts() -> tuple[Fact, ...]:
    """All shared facts; each may read those above it."""
    text = PACKAGE.joinpath("facts.sql").read_text(encoding="utf-8")
    facts: list[Fact] = []
    for block in read_blocks(text, "fact"):
        match = _FACT.fullmatch(block.heading)
        if match is None:
            raise ValueError(f"{block.heading!r} is no fact's heading")
        facts.append(Fact(match["name"], match["columns"] or "", block.sql))
    return tuple(facts)


def read_blocks(text: str, keyword: str) -> list[Block]:
    """Split SQL at its `-- <keyword>: heading` lines.

    Args:
        text: the file's text; what stands above its first heading is left out.
        keyword: what opens a heading.

    Returns:
        The blocks; the comment below a heading is its meaning.
    """
    blocks: list[Block] = []
    for piece in re.split(rf"^-- {keyword}: ", text, flags=re.MULTILINE)[1:]:
        heading, *lines = piece.splitlines()
        comments = [line.removeprefix("-- ") for line in lines if line[:2] == "--"]
        statement = "\n".join(line for line in lines if line[:2] != "--").strip()
        blocks.append(
            Block(heading.strip(), " ".join(comments), statement.removesuffix(";"))
        )
    return blocks


def with_facts(statement: str, facts: Mapping[str, Fact]) -> str:
    """Put the facts that a statement names, and those that they name, before it.

    Args:
        statement: a SELECT.
        facts: name to fact, each behind those it reads.
    """
    wanted: set[str] = set()
    text = statement
    for fact in list(facts.values())[::-1]:
        if re.search(rf"\b{fact.name}\b", text):
            wanted.add(fact.name)
            text += fact.sql
    if not wanted:
        return statement
    queries = ",\n".join(
        f"{fact.name}{fact.columns} AS (\n"
        f"{fact.narrow(statement) if fact.narrow else fact.sql}\n)"
        for fact in facts.values()
        if fact.name in wanted
    )
    return f"WITH {queries}\n{statement}"


def _sql_files(folder: str) -> list[Traversable]:
    found = PACKAGE.joinpath(folder).iterdir()
    return sorted(
        (path for path in found if path.name.endswith(".sql")),
        key=lambda path: path.name,
    )


def _rule(group: str, block: Block) -> Rule:
    name, remarks = _read_heading(block.heading)
    tolerances = [
        int(remark.removeprefix("tolerance "))
        for remark in remarks
        if remark.startswith("tolerance ")
    ]
    return Rule(
        name,
        group,
        block.meaning,
        block.sql,
        Severity.WARNING if "warning" in remarks else Severity.ERROR,
        sum(tolerances),
        _needs(remarks, block.sql),
    )


def _read_heading(heading: str) -> tuple[str, list[str]]:
    match = _HEADING.fullmatch(heading)
    if match is None:
        raise ValueError(f"{heading!r} is no heading of a rule or figure")
    remarks = match["remarks"].split(", ") if match["remarks"] else []
    for remark in remarks:
        if remark not in {"warning", WHOLE} and not re.fullmatch(
            r"tolerance \d+", remark
        ):
            raise ValueError(f"{remark!r}, said of {match['name']!r}, means nothing")
    return match["name"], remarks


def _needs(remarks: list[str], statement: str) -> frozenset[Need]:
    needed = {
        Need.EDITION: "answer_" in statement,
        Need.LEDGER: ".tag" in statement,
        Need.WHOLE_WORLD: WHOLE in remarks,
    }
    return frozenset(need for need, is_needed in needed.items() if is_needed)
