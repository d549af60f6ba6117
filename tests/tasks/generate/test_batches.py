"""The boundary to Anthropic, driven over HTTP against a server like the real one."""

from collections.abc import Generator
from typing import Any

import pytest

from anthropic_server.faults import FaultName
from anthropic_server.server import KEY, BatchServer, serving
from tasks.errors import InputError, NotReadyError, SeedError
from tasks.generate.batches import (
    BatchClient,
    BatchRequest,
    OutcomeUnknownError,
    split_requests,
)
from tasks.generate.service import Service

NONCE = "n0"
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {},
}
PARAMS: dict[str, Any] = {
    "model": "claude-haiku-4-5-20251001",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "Venues of the city, please."}],
    "tools": [{"name": "t", "strict": True, "input_schema": SCHEMA}],
}
CITIES = ("ams", "berlin", "lisbon", "tokyo")


def requests(nonce: str = NONCE, *cities: str) -> list[BatchRequest]:
    return [
        BatchRequest(custom_id=f"{nonce}-venues-{city}", params=PARAMS)
        for city in cities or CITIES
    ]


def ids(nonce: str) -> list[str]:
    return [request.custom_id for request in requests(nonce)]


@pytest.fixture
def server() -> Generator[BatchServer]:
    """A server that answers any request with an empty object."""
    with serving() as running:
        running.tool_inputs = {f"venues-{city}": {} for city in CITIES}
        yield running


@pytest.fixture
def client(server: BatchServer) -> Generator[BatchClient]:
    """A client that does not wait long."""
    opened = client_of(server)
    yield opened
    opened.close()


def client_of(
    server: BatchServer,
    *,
    api_key: str = KEY,
    wait_seconds: float = 2.0,
    timeout_seconds: float = 1.0,
) -> BatchClient:
    return BatchClient(
        Service(
            api_key,
            server.url,
            poll_seconds=0.01,
            wait_seconds=wait_seconds,
            timeout_seconds=timeout_seconds,
        )
    )


def read(client: BatchClient, batch_id: str) -> dict[str, bool]:
    rows = client.rows(client.wait(batch_id))
    return {row.custom_id: row.succeeded for row in rows}


def test_a_batch_is_created_awaited_and_read(
    server: BatchServer, client: BatchClient
) -> None:
    """One request each way, and every custom id comes back."""
    server.polls_until_end = 3
    assert client.newest() is None
    batch_id = client.create(requests())
    newest = client.newest()
    assert newest is not None
    assert newest.batch_id == batch_id
    assert read(client, batch_id) == {request.custom_id: True for request in requests()}
    assert server.billed.total() == len(CITIES)


@pytest.mark.parametrize(
    "fault", ["create-500-lost", "create-reset-lost", "create-429"]
)
def test_a_create_that_made_nothing_makes_nothing_twice(
    server: BatchServer, client: BatchClient, fault: str
) -> None:
    """A 429 is waited out; of the rest nobody can know, and nothing is found."""
    server.faults.plan(FaultName(fault))
    if fault == "create-429":
        client.create(requests())
        assert len(server.batches) == 1
        return
    with pytest.raises(OutcomeUnknownError):
        client.create(requests())
    assert client.find(ids(NONCE), None) is None
    assert server.batches == []


@pytest.mark.parametrize(
    "fault",
    ["create-500-made", "create-529-made", "create-reset-made", "create-stall-made"],
)
def test_a_create_whose_answer_is_lost_is_found_among_strangers(
    server: BatchServer, fault: str
) -> None:
    """The SDK does not send it again; older, smaller and others' batches are passed."""
    client = client_of(server, timeout_seconds=0.3)
    client.create(requests(NONCE))  # of an earlier run, hence older than the marker
    since = client.newest()
    client.create(requests("stranger"))
    server.faults.plan(FaultName(fault))
    with pytest.raises(OutcomeUnknownError):
        client.create(requests("mine"))
    client.create(requests("stranger2"))
    client.create(requests("mine", "ams"))
    found = client.find(ids("mine"), since)
    assert found == server.batches[2].id
    assert len(server.batches) == 5
    client.close()


def test_a_lost_batch_is_found_over_many_pages(
    server: BatchServer, client: BatchClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy workspace's list has more than one page."""
    monkeypatch.setattr("tasks.generate.batches.PAGE", 2)
    client.create(requests("mine"))
    for _ in range(5):
        client.create(requests("stranger", "ams"))
    assert client.find(ids("mine"), None) == server.batches[0].id


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("create-400-credit", "add credit"),
        ("create-403", "workspace access"),
        ("create-404", "model's name"),
        ("create-413", "fewer cities"),
    ],
)
def test_a_refused_create_says_what_to_change(
    server: BatchServer, client: BatchClient, fault: str, said: str
) -> None:
    """Nothing was made, so that nothing needs to be looked for."""
    server.faults.plan(FaultName(fault))
    with pytest.raises(SeedError, match=said) as caught:
        client.create(requests())
    assert not isinstance(caught.value, NotReadyError)
    assert "Nothing was created or paid" in str(caught.value)
    assert server.log.count("POST /v1/messages/batches") == 1


def test_a_wrong_key_is_said_without_the_key(server: BatchServer) -> None:
    """401 at the first use, which costs nothing; no trace of the key in the error."""
    client = client_of(server, api_key="sk-ant-wrong-4711")
    with pytest.raises(SeedError, match="ANTHROPIC_API_KEY") as caught:
        client.newest()
    shown = repr(caught.value) + repr(caught.value.__cause__) + repr(client)
    assert "sk-ant-wrong-4711" not in shown
    assert "sk-ant-wrong-4711" not in repr(Service("sk-ant-wrong-4711"))


@pytest.mark.parametrize("key", ["", " "])
def test_no_key_is_one_clear_message(key: str) -> None:
    """Said before anything is sent."""
    with pytest.raises(InputError, match="ANTHROPIC_API_KEY is not set"):
        BatchClient(Service(key))


@pytest.mark.parametrize("key", ["sk ant", "sk-änt", "sk\nant"])
def test_a_key_that_no_header_can_carry_is_refused_unseen(key: str) -> None:
    """HTTP libraries would show the value in their error."""
    with pytest.raises(InputError, match="not shown"):
        BatchClient(Service(key))


def test_no_network_is_one_clear_message() -> None:
    """Nobody listens on port 9; the SDK's retries end."""
    service = Service(KEY, "http://127.0.0.1:9", timeout_seconds=0.2)
    with pytest.raises(NotReadyError, match="check the network"):
        BatchClient(service).newest()


@pytest.mark.parametrize("fault", ["retrieve-500", "retrieve-429", "list-529"])
def test_reading_is_tried_again(
    server: BatchServer, client: BatchClient, fault: str
) -> None:
    """A GET costs nothing."""
    server.faults.plan(FaultName(fault), times=2)
    client.newest()
    assert len(read(client, client.create(requests()))) == len(CITIES)


@pytest.mark.parametrize(
    "fault",
    [
        "results-500",
        "results-reset",
        "results-short",
        "results-cut-line",
        "results-twice",
    ],
)
def test_results_that_end_early_are_read_again(
    server: BatchServer, client: BatchClient, fault: str
) -> None:
    """The rows are counted, since a short stream ends without an exception."""
    server.faults.plan(FaultName(fault), times=2)
    assert len(read(client, client.create(requests()))) == len(CITIES)


def test_answers_paid_for_but_not_read_stop_the_run(
    server: BatchServer, client: BatchClient
) -> None:
    """They are at Anthropic still; to ask again would be to pay again."""
    server.faults.plan(FaultName.RESULTS_SHORT, times=99)
    with pytest.raises(NotReadyError, match="only 2 of the 4 answers"):
        read(client, client.create(requests()))


def test_a_row_that_never_comes_and_was_not_paid_is_no_loss(
    server: BatchServer, client: BatchClient
) -> None:
    """The counts say that all that succeeded was read."""
    server.faults.plan(FaultName.MISSING, where="berlin")
    found = read(client, client.create(requests()))
    assert set(found) == {r.custom_id for r in requests()} - {f"{NONCE}-venues-berlin"}


def test_waiting_ends_and_cancels_nothing(server: BatchServer) -> None:
    """The batch goes on; a later run reads it."""
    server.polls_until_end = 10**9
    client = client_of(server, wait_seconds=0.05)
    batch_id = client.create(requests())
    with pytest.raises(NotReadyError, match="not cancelled"):
        client.wait(batch_id)
    assert not server.batches[0].cancelled
    client.close()


def test_requests_are_split_by_the_limits_in_order() -> None:
    """By number and by bytes, none lost."""
    whole = requests()
    assert split_requests(whole) == [whole]
    assert split_requests(whole, max_requests=3) == [whole[:3], whole[3:]]
    assert split_requests(whole, max_bytes=1) == [[request] for request in whole]
    assert split_requests([]) == []
