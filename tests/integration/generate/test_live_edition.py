"""The whole live road by the real command line: 69 cities, three passes, a database."""

import json
from collections.abc import Generator
from typing import Any

import psycopg
import pytest
from program import Program

from anthropic_server.server import KEY, BatchServer, serving
from anthropic_server.validation import fault_of
from matching.vocabulary import LOCATIONS, LocationSlug
from tasks.database.connect import Target
from tasks.generate.drafts import PassName

QUICK = ("--edition", "live", "--as-of", "2026-11-16", "--poll-seconds", "0.2")
COUNTS = 'SELECT (SELECT count(*) FROM "Location"), (SELECT count(*) FROM "Community")'
# All are asked for and paid; two a city are kept, as their passwords take a minute.
FEW = ("--people", "138")


@pytest.fixture
def server() -> Generator[BatchServer]:
    """A server that answers as the recorded edition."""
    with serving() as running:
        yield running


def reaching(program: Program, server: BatchServer) -> Program:
    return program.seeing(ANTHROPIC_BASE_URL=server.url, ANTHROPIC_API_KEY=KEY)


def requests_of(server: BatchServer) -> list[dict[str, Any]]:
    return [request for batch in server.batches for request in batch.requests]


def test_a_full_live_edition_ends_in_a_seeded_database(
    program: Program, server: BatchServer, database: Target
) -> None:
    """Every request is valid and paid for once; no trace of the key is left."""
    live = reaching(program, server).seeing(DATABASE_URL=database.url)
    output = live.run(*QUICK, *FEW)
    with psycopg.connect(database.conninfo) as connection:
        cities, communities = connection.execute(COUNTS).fetchall()[0]
    assert cities == len(LOCATIONS)
    assert communities > len(LOCATIONS)  # those that one of the few people fits to own
    requests = requests_of(server)
    assert len(requests) == server.billed.total() == len(PassName) * len(LOCATIONS)
    for request in requests:
        params = request["params"]
        assert fault_of(params) is None
        assert params["tools"][0]["strict"] is True
        assert "enum" in json.dumps(params["tools"][0]["input_schema"])
    for place in (program.home, program.prefect_home):
        for path in place.rglob("*"):
            assert not path.is_file() or KEY.encode() not in path.read_bytes()
    assert KEY not in output
    assert "about $" in output
    calls = len(server.log)
    assert "nothing to do" in live.run(*QUICK)
    assert len(server.log) == calls


def test_a_batch_that_is_not_done_stops_the_run_and_is_gone_back_to(
    program: Program, server: BatchServer
) -> None:
    """One clear message; the same command goes on with the same batch."""
    live = reaching(program, server)
    words = (*QUICK, "--cities", LocationSlug("lisbon"), "--only", "generate")
    server.polls_until_end = 10**9
    output = live.run(*words, "--wait-minutes", "0.01", code=1)
    assert "error: the batch 'msgbatch_" in output
    assert "Traceback" not in output
    server.polls_until_end = server.batches[0].polls_left = 1
    live.run(*words)
    assert server.billed.total() == len(requests_of(server)) == len(PassName)


def test_a_run_over_the_budget_sends_nothing(
    program: Program, server: BatchServer
) -> None:
    """The estimate is made before the first request."""
    words = (*QUICK, "--only", "generate", "--budget-usd", "0.5")
    output = reaching(program, server).run(*words, code=1)
    assert "the budget is $0.50" in output
    assert server.log == []
