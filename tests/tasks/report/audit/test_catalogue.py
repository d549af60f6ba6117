"""The catalogue: how its files are read, and how facts reach the rules."""

import pytest

from tasks.report.audit.catalogue import (
    Fact,
    Need,
    load_facts,
    load_figures,
    load_rules,
    read_blocks,
    with_facts,
)
from tasks.report.audit.contract import read_contract
from tasks.report.audit.metrics import METRICS
from tasks.report.audit.references import WorldFacts, gather_facts

FACTS = {
    "base": Fact("base", " (n)", "SELECT 1"),
    "double": Fact("double", "", "SELECT n * 2 AS n FROM base"),
    "other": Fact("other", "", "SELECT 3 AS n"),
}


def test_blocks_are_split_at_their_headings() -> None:
    """A block is its heading, its comment as one sentence, and its SQL."""
    text = (
        "-- above\n-- rule: a [warning]\n-- One\n-- two.\nSELECT 1;\n\n-- rule: b\nX;\n"
    )
    first, second = read_blocks(text, "rule")
    assert (first.heading, first.meaning, first.sql) == (
        "a [warning]",
        "One two.",
        "SELECT 1",
    )
    assert (second.heading, second.meaning, second.sql) == ("b", "", "X")


def test_facts_come_with_those_they_read() -> None:
    """A statement gets the facts that it names, and theirs, and no others."""
    statement = with_facts("SELECT n FROM double", FACTS)
    assert statement.index("base (n) AS") < statement.index("double AS")
    assert "other" not in statement
    assert with_facts("SELECT 1", FACTS) == "SELECT 1"


def test_every_rule_says_what_it_means() -> None:
    """Each rule has one sentence, a group, and no name twice."""
    rules = load_rules()
    assert all(rule.meaning.endswith((".", ".)")) for rule in rules)
    assert len({rule.name for rule in rules}) == len(rules)
    assert {
        "culture",
        "geography",
        "identity",
        "money",
        "safety",
        "social",
        "text",
    } <= {rule.group for rule in rules}


def test_needs_are_read_off_the_sql() -> None:
    """A rule over answers needs the edition, one over the world's tag the ledger."""
    needs = {rule.name: rule.needs for rule in load_rules()}
    assert needs["event-on-its-weekday"] == {Need.EDITION}
    assert needs["one-world-tag"] == {Need.LEDGER}
    assert needs["nobody-in-two-places"] == frozenset()


def test_contract_and_figures_belong_together() -> None:
    """Every band is a figure's; every figure but the unbanded one has a band."""
    names = [one.name for one in (*load_figures(), *METRICS)]
    assert len(names) == len(set(names))
    assert set(names) - set(read_contract()) == {"recommended-nearby"}
    assert set(read_contract()) <= set(names)


def test_answers_are_narrowed_to_what_is_read(world: WorldFacts) -> None:
    """A rule gets of each answer only the keys that it names."""
    answers = {"answer_person": [{"name": "Al", "doc": {"bio": "Long.", "age": 3}}]}
    facts = gather_facts(world, answers)
    statement = with_facts("SELECT doc->>'age' FROM answer_person", facts)
    assert '"age": 3' in statement
    assert "Long." not in statement


@pytest.mark.parametrize("text", ["it's", "back\\slash", "100 %s"])
def test_texts_enter_sql_quoted(world: WorldFacts, text: str) -> None:
    """Whatever an answer says stays inside its literal."""
    facts = gather_facts(world, {"answer_venue": [{"name": text}]})
    statement = with_facts("SELECT name FROM answer_venue", facts)
    literal = statement.split("jsonb_to_recordset('")[1].split("') AS r")[0]
    assert "'" not in literal.replace("''", "")


def test_facts_read_only_those_above_them() -> None:
    """Facts stand in an order in which each finds what it reads."""
    names = [fact.name for fact in load_facts()]
    assert names.index("occasion") < names.index("seat") < names.index("taste")
