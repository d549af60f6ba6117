"""Each rule is silent on a truthful small world and speaks up on a planted offence."""

import os
from collections.abc import Generator
from typing import TYPE_CHECKING

import psycopg
import pytest
from plant_world import WORLD, fill_small_world
from psycopg import sql
from psycopg.rows import dict_row
from rulebook import (
    HERE,
    Row,
    Rule,
    find_offences,
    load_references,
    load_rules,
    prepare_audit,
    read_blocks,
)

if TYPE_CHECKING:
    from tasks.database.connect import Target

OFFENCES = {
    rule: statements
    for rule, _, statements in read_blocks(HERE / "offences.sql", "offence")
}


@pytest.fixture(scope="module")
def small_world(
    postgres: "Target", template: str
) -> Generator[psycopg.Connection[Row]]:
    """A connection in whose open transaction the small world has been written."""
    database = f"rsvped_small_world_{os.getpid()}"
    name = sql.Identifier(database)
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with psycopg.connect(postgres.conninfo, autocommit=True) as server:
        server.execute(create.format(name, sql.Identifier(template)))
        with psycopg.Connection[Row].connect(
            postgres.conninfo, dbname=database, row_factory=dict_row
        ) as connection:
            fill_small_world(connection)
            load_references(connection)
            yield connection
            connection.rollback()
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


@pytest.fixture
def rolled_back(small_world: psycopg.Connection[Row]) -> Generator[None]:
    """Takes back whatever the test does to the small world."""
    with small_world.transaction(force_rollback=True):
        yield


def test_every_rule_has_an_offence() -> None:
    """No rule goes without a proof that it can fail, and no two share a name."""
    names = [rule.name for rule in load_rules()]
    assert len(names) == len(set(names))
    assert set(OFFENCES) == set(names)


@pytest.mark.usefixtures("rolled_back")
def test_truthful_world_breaks_no_rule(
    small_world: psycopg.Connection[Row],
) -> None:
    """A small world that keeps the design's rules raises no false alarm."""
    prepare_audit(small_world, WORLD)
    broken = {rule.name: find_offences(small_world, rule) for rule in load_rules()}
    assert {name: rows for name, rows in broken.items() if rows} == {}


@pytest.mark.usefixtures("rolled_back")
@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.name)
def test_offence_is_found(small_world: psycopg.Connection[Row], rule: Rule) -> None:
    """A row that breaks the rule is returned by the rule."""
    small_world.execute(OFFENCES[rule.name].encode())
    prepare_audit(small_world, WORLD)
    assert find_offences(small_world, rule)
