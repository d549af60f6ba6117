"""Each rule is silent on a truthful small world and speaks up on a planted offence."""

import os
from collections.abc import Generator
from typing import TYPE_CHECKING

import psycopg
import pytest
from plant_world import HERE, fill_small_world, gather_small_facts
from psycopg import sql

from tasks.report.audit.catalogue import Rule, load_rules, read_blocks
from tasks.report.audit.checking import try_rules

if TYPE_CHECKING:
    from tasks.database.connect import Target

RULES = load_rules()
FACTS = gather_small_facts()
OFFENCES = {
    block.heading: block.sql
    for block in read_blocks((HERE / "offences.sql").read_text("utf-8"), "offence")
}


@pytest.fixture(scope="module")
def small_world(postgres: "Target", template: str) -> Generator[psycopg.Connection]:
    """A connection in whose open transaction the small world has been written."""
    database = f"rsvped_small_world_{os.getpid()}"
    name = sql.Identifier(database)
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with psycopg.connect(postgres.conninfo, autocommit=True) as server:
        server.execute(create.format(name, sql.Identifier(template)))
        with psycopg.connect(postgres.conninfo, dbname=database) as connection:
            fill_small_world(connection)
            connection.execute("SET TIME ZONE 'UTC'")
            yield connection
            connection.rollback()
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@pytest.fixture
def rolled_back(small_world: psycopg.Connection) -> Generator[None]:
    """Takes back whatever the test does to the small world."""
    with small_world.transaction(force_rollback=True):
        yield


def test_every_rule_has_an_offence() -> None:
    """No rule goes without a proof that it can fail, and no two share a name."""
    names = [rule.name for rule in RULES]
    assert len(names) == len(set(names))
    assert set(OFFENCES) == set(names)


@pytest.mark.usefixtures("rolled_back")
def test_truthful_world_breaks_no_rule(small_world: psycopg.Connection) -> None:
    """A small world that keeps the design's rules raises no false alarm."""
    found = [one.result for one in try_rules(small_world, RULES, FACTS)]
    assert {one.name: one.samples for one in found if one.violations} == {}


@pytest.mark.usefixtures("rolled_back")
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_offence_is_found(small_world: psycopg.Connection, rule: Rule) -> None:
    """A row that breaks the rule is found by it, and named by an id."""
    small_world.execute(OFFENCES[rule.name].encode())
    (found,) = try_rules(small_world, [rule], FACTS)
    assert found.result.violations > 0
    assert all(found.result.samples)


@pytest.mark.usefixtures("rolled_back")
def test_a_rule_on_a_column_that_is_gone_is_skipped_and_says_so(
    small_world: psycopg.Connection,
) -> None:
    """The app may drop what the seeder does not fill; all other rules are tried."""
    small_world.execute('ALTER TABLE "Rsvp" DROP "waitlistPosition"')
    found = [one.result for one in try_rules(small_world, RULES, FACTS)]
    skipped = {one.name: one.skipped for one in found if one.skipped}
    assert skipped.keys() == {"no-waitlist"}
    assert "Rsvp.waitlistPosition" in str(skipped["no-waitlist"])
    assert not any(one.violations for one in found)
