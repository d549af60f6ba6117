"""A live edition over HTTP: complete whatever happens, nothing paid for twice.

The server behaves as the documentation says, answers from the recorded edition, and
counts what a real one would bill.
"""

import os
import subprocess
import sys
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from anthropic_server.faults import FaultName
from anthropic_server.server import KEY, Batch, BatchServer, serving
from tasks.errors import NotReadyError, RefusedError, SeedError
from tasks.generate.answers import PassManifest, answer_path, salvage_file
from tasks.generate.communities import make_communities
from tasks.generate.drafts import PassName
from tasks.generate.prices import DEFAULT_MODEL
from tasks.generate.service import Live, Service
from tasks.generate.source import Source
from tasks.generate.spending import read_spending
from tasks.generate.users import make_users
from tasks.generate.venues import make_venues

CITIES = ("ams", "berlin", "lisbon", "tokyo")
SEED = "seed"
MAX_BATCHES = 3  # of a pass: canary, main, follow-up
REPAIR = "-repair"


@pytest.fixture
def server() -> Generator[BatchServer]:
    """A server that answers as the recorded edition."""
    with serving() as running:
        yield running


def live_of(
    server: BatchServer,
    *,
    wait_seconds: float = 5.0,
    timeout_seconds: float = 2.0,
) -> Live:
    service = Service(
        KEY,
        server.url,
        poll_seconds=0.01,
        wait_seconds=wait_seconds,
        timeout_seconds=timeout_seconds,
    )
    return Live(service, DEFAULT_MODEL)


def make_communities_live(
    folder: Path, live: Live, cities: tuple[str, ...] = CITIES
) -> PassManifest:
    return make_communities(Source.CLAUDE, folder, cities, SEED, live)


def make_all(
    folder: Path, live: Live, cities: tuple[str, ...] = CITIES
) -> list[PassManifest]:
    return [
        make(Source.CLAUDE, folder, cities, SEED, live)
        for make in (make_communities, make_users, make_venues)
    ]


def batches_of(server: BatchServer, pass_name: str) -> list[Batch]:
    return [
        batch
        for batch in server.batches
        if batch.requests[0]["custom_id"].split("-")[1] == pass_name
    ]


def check_paid_once(server: BatchServer) -> None:
    """At most one billed answer and one repair a city, three batches a pass."""
    paid: dict[str, int] = {}
    for custom_id, times in server.billed.items():
        name = custom_id.split("-", 1)[1]  # without the attempt's nonce
        paid[name] = paid.get(name, 0) + times
    assert {name: times for name, times in paid.items() if times > 1} == {}
    for pass_name in PassName:
        assert len(batches_of(server, pass_name)) <= MAX_BATCHES


def check_complete(folder: Path, cities: tuple[str, ...] = CITIES) -> None:
    """Every answer is there and, the server being honest by now, without a reject."""
    for pass_name in PassName:
        for city in cities:
            assert salvage_file(folder, pass_name, city).rejects == ()


def params_of(server: BatchServer, name: str) -> dict[str, Any]:
    (found,) = (
        request["params"]
        for batch in server.batches
        for request in batch.requests
        if request["custom_id"].endswith(name)
    )
    return found


def test_three_passes_each_with_a_canary_and_a_main_batch(
    server: BatchServer, tmp_path: Path
) -> None:
    """Answers are stored in the edition's format; the canary's is used."""
    lines: list[str] = []
    passes = make_all(tmp_path, replace(live_of(server), tell=lines.append))
    assert [manifest.made for manifest in passes] == [4, 4, 4]
    check_complete(tmp_path)
    assert [len(batch.requests) for batch in server.batches] == [1, 3, 1, 3, 1, 3]
    assert server.billed.total() == 3 * len(CITIES)
    check_paid_once(server)
    told = "\n".join(lines)
    assert "communities: asking for 4 cities" in told
    assert "main batch msgbatch_" in told
    assert KEY not in told


def test_nothing_is_asked_twice(server: BatchServer, tmp_path: Path) -> None:
    """A second run sends no request at all."""
    first = make_all(tmp_path, live_of(server))
    calls = len(server.log)
    again = make_all(tmp_path, live_of(server))
    assert [manifest.made for manifest in again] == [0, 0, 0]
    assert [m.answers for m in again] == [m.answers for m in first]
    assert len(server.log) == calls


def test_a_complete_edition_needs_no_library(
    server: BatchServer, tmp_path: Path
) -> None:
    """Importing the vendor's takes seconds, which a run pays that asks something."""
    make_all(tmp_path, live_of(server))
    script = f"""
import sys
from pathlib import Path
from anthropic_server.program import make_passes
make_passes(Path({str(tmp_path)!r}), {server.url!r}, {KEY!r}, {CITIES!r})
assert "anthropic" not in sys.modules
"""
    path = os.pathsep.join(sys.path)
    subprocess.run(  # noqa: S603  our own script
        [sys.executable, "-c", script],
        check=True,
        env={**os.environ, "PYTHONPATH": path},
    )


def test_later_passes_read_a_digest_of_the_earlier(
    server: BatchServer, tmp_path: Path
) -> None:
    """The people's request names the city's own communities, and no other's."""
    make_all(tmp_path, live_of(server))
    said = params_of(server, "users-lisbon")["messages"][0]["content"]
    answers = {
        city: salvage_file(tmp_path, PassName.COMMUNITIES, city).communities
        for city in CITIES
    }
    assert all(kept.head.name in said for kept in answers["lisbon"])
    assert not any(kept.head.name in said for kept in answers["tokyo"])


def test_a_further_city_costs_only_itself(server: BatchServer, tmp_path: Path) -> None:
    """What the others were answered stays; the requests are known, so no canary."""
    make_all(tmp_path, live_of(server))
    before = len(server.batches)
    make_all(tmp_path, live_of(server), (*CITIES, "paris"))
    assert [len(batch.requests) for batch in server.batches[before:]] == [1, 1, 1]
    check_complete(tmp_path, (*CITIES, "paris"))


def test_a_lost_good_answer_is_made_from_what_was_received(
    server: BatchServer, tmp_path: Path
) -> None:
    """It was paid for once and is kept as it came."""
    make_all(tmp_path, live_of(server))
    path = answer_path(tmp_path, PassName.USERS, "tokyo")
    before, calls = path.read_bytes(), len(server.log)
    path.unlink()
    make_all(tmp_path, live_of(server))
    assert path.read_bytes() == before
    assert len(server.log) == calls


UNBILLED = ("api_error", "overloaded_error", "expired", "canceled", "missing-row")


@pytest.mark.parametrize("fault", UNBILLED)
@pytest.mark.parametrize("where", ["communities-ams", "users-lisbon"])
def test_an_unbilled_failure_is_asked_once_more(
    server: BatchServer, tmp_path: Path, fault: str, where: str
) -> None:
    """Ams is the canary of its pass, lisbon is not; both come back."""
    server.faults.plan(FaultName(fault), where=where)
    make_all(tmp_path, live_of(server))
    check_complete(tmp_path)
    check_paid_once(server)
    assert server.billed.total() == 3 * len(CITIES)


BILLED = (
    "max_tokens",
    "no-tool-block",
    "bad-json",
    "out-of-schema",
    "empty-list",
    "same-name",
)


@pytest.mark.parametrize("fault", BILLED)
@pytest.mark.parametrize("pass_name", list(PassName))
def test_a_bad_answer_is_repaired_once(
    server: BatchServer, tmp_path: Path, fault: str, pass_name: PassName
) -> None:
    """One more request, for what is bad only, and the answer is whole."""
    times = 2 if fault == "same-name" else 1
    server.faults.plan(FaultName(fault), times=times, where=f"{pass_name}-")
    make_all(tmp_path, live_of(server))
    check_complete(tmp_path)
    check_paid_once(server)
    repairs = [custom_id for custom_id in server.billed if custom_id.endswith(REPAIR)]
    assert len(repairs) == 1
    (batch,) = (b for b in server.batches if b.requests[0]["custom_id"] in repairs)
    assert len(batch.requests) == 1
    if fault == "max_tokens":
        first = params_of(server, repairs[0].split("-", 1)[1].removesuffix(REPAIR))
        longer = batch.requests[0]["params"]["max_tokens"]
        assert longer == 2 * first["max_tokens"]


@pytest.mark.parametrize("fault", ["control-characters", "surrogates"])
def test_characters_that_nobody_can_store_are_no_fault(
    server: BatchServer, tmp_path: Path, fault: str
) -> None:
    """They are taken out, and nothing is asked again."""
    server.faults.plan(FaultName(fault), times=9)
    make_all(tmp_path, live_of(server))
    check_complete(tmp_path)
    assert server.billed.total() == 3 * len(CITIES)


def test_a_refusal_is_not_repeated_and_its_city_can_be_left_out(
    server: BatchServer, tmp_path: Path
) -> None:
    """It is billed each time; the message says how to go on."""
    server.faults.plan(FaultName.REFUSAL, where="lisbon")
    for _ in range(2):
        with pytest.raises(SeedError, match="--skip-city lisbon") as caught:
            make_communities_live(tmp_path, live_of(server))
        assert "the model refused" in str(caught.value)
    assert server.billed.total() == len(CITIES)
    rest = tuple(city for city in CITIES if city != "lisbon")
    make_all(tmp_path, live_of(server), rest)
    check_complete(tmp_path, rest)
    assert [len(b.requests) for b in batches_of(server, "communities")] == [1, 3]


def test_a_rejected_canary_stops_before_the_main_batch(
    server: BatchServer, tmp_path: Path
) -> None:
    """Params are only checked while a batch is processed: one request shows it."""
    server.faults.plan(FaultName.INVALID, times=99)
    with pytest.raises(SeedError, match="Anthropic rejects the request"):
        make_communities_live(tmp_path, live_of(server))
    assert [len(batch.requests) for batch in server.batches] == [1]
    assert server.billed.total() == 0


def test_what_fails_twice_is_named_and_the_rest_is_kept(
    server: BatchServer, tmp_path: Path
) -> None:
    """The next run asks for that city alone."""
    server.faults.plan(FaultName.OVERLOADED, times=2, where="communities-tokyo")
    with pytest.raises(SeedError, match="1 of 4 cities have no answer"):
        make_communities_live(tmp_path, live_of(server))
    make_all(tmp_path, live_of(server))
    check_complete(tmp_path)
    assert [len(b.requests) for b in batches_of(server, "communities")] == [1, 3, 1, 1]
    assert server.billed.total() == 3 * len(CITIES)


@pytest.mark.parametrize(
    "fault",
    [
        *("create-429", "create-500-lost", "create-reset-lost", "create-500-made"),
        *("create-529-made", "create-reset-made", "create-stall-made"),
        *("retrieve-500", "retrieve-429", "list-529", "results-500", "results-reset"),
        *("results-short", "results-cut-line", "results-twice"),
    ],
)
def test_a_fault_of_the_service_costs_nothing(
    server: BatchServer, tmp_path: Path, fault: str
) -> None:
    """Created once, read whole."""
    server.faults.plan(FaultName(fault), times=2)
    make_all(tmp_path, live_of(server, timeout_seconds=0.5))
    check_complete(tmp_path)
    check_paid_once(server)
    assert server.billed.total() == 3 * len(CITIES)


def test_a_batch_that_takes_too_long_is_gone_back_to(
    server: BatchServer, tmp_path: Path
) -> None:
    """The run stops resumable; the next one polls the same batch."""
    server.polls_until_end = 10**9
    with pytest.raises(NotReadyError, match="has not ended"):
        make_communities_live(tmp_path, live_of(server, wait_seconds=0.05))
    assert len(server.batches) == 1
    server.polls_until_end = 1
    server.batches[0].polls_left = 1
    make_all(tmp_path, live_of(server))
    check_complete(tmp_path)
    check_paid_once(server)


def test_the_budget_stops_between_passes(server: BatchServer, tmp_path: Path) -> None:
    """What the first pass cost counts; what it answered stays and is paid for."""
    make_communities_live(tmp_path, live_of(server))
    spent = read_spending(tmp_path).usd
    assert 0 < spent < 1
    poor = replace(live_of(server), budget_usd=spent + 0.0001)
    with pytest.raises(RefusedError, match=r"the budget is \$"):
        make_users(Source.CLAUDE, tmp_path, CITIES, SEED, poor)
    assert batches_of(server, "users") == []


def test_what_was_spent_is_the_usage_that_was_billed(
    server: BatchServer, tmp_path: Path
) -> None:
    """Each batch once, at the batch price, repairs included."""
    server.faults.plan(FaultName.OUT_OF_SCHEMA, where="users-berlin")
    make_all(tmp_path, live_of(server))
    spending = read_spending(tmp_path)
    assert [cost.batch_id for cost in spending.batches] == [
        b.id for b in server.batches
    ]
    usage = [
        row["result"]["message"]["usage"]
        for batch in server.batches
        for row in batch.rows
    ]
    per_token = {"input_tokens": 0.5e-6, "output_tokens": 2.5e-6}
    dollars = sum(u[name] * usd for u in usage for name, usd in per_token.items())
    assert spending.usd == pytest.approx(dollars)


def test_a_wrong_key_pays_nothing_and_is_not_shown(
    server: BatchServer, tmp_path: Path
) -> None:
    """The earlier pass is kept; the key stands in no file."""
    make_communities_live(tmp_path, live_of(server))
    service = replace(live_of(server).service, api_key="sk-ant-wrong-4711")
    live = Live(service, DEFAULT_MODEL)
    with pytest.raises(SeedError, match="ANTHROPIC_API_KEY") as caught:
        make_users(Source.CLAUDE, tmp_path, CITIES, SEED, live)
    assert "4711" not in f"{caught.value!r} {live!r}"
    assert make_communities_live(tmp_path, live).made == 0
    for path in tmp_path.rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert "4711" not in text
            assert KEY not in text
