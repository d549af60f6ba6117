"""The Message Batches API on loopback: create, retrieve, list, cancel, results.

States, counts, errors and orders are those of the documentation
(https://platform.claude.com/docs/en/build-with-claude/batch-processing). What a real
service would bill is counted, by custom id, so that a test can say what was paid.
"""

import asyncio
import json
import re
import socket
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from anthropic_server.answering import answer
from anthropic_server.faults import ITEM_FAULTS, UNBILLED, FaultName, Faults
from anthropic_server.validation import fault_of

KEY: Final = "sk-ant-test-0123456789"  # the one key that this server knows
CUSTOM_ID: Final = re.compile(r"[a-zA-Z0-9_-]{1,64}")
MAX_REQUESTS: Final = 100_000
MAX_BYTES: Final = 256_000_000
START: Final = datetime(2026, 11, 16, 3, tzinfo=UTC)  # of the first batch
STALL_S: Final = 30.0  # far over the client's timeout in tests
CHARACTERS_PER_TOKEN: Final = 4
STATUS_OF: Final = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    529: "overloaded_error",
}
_STARTING: Final = {
    at: tuple(name for name in FaultName if name.startswith(f"{at}-"))
    for at in ("create", "retrieve", "list", "results")
}
NOT_MADE: Final = frozenset(
    name for name in _STARTING["create"] if not name.endswith("-made")
)
RETRY_AFTER_S: Final = "0.05"
NO_CREDIT: Final = (
    "Your credit balance is too low to access the Anthropic API. Please go to Plans "
    "& Billing to upgrade or purchase credits."
)


class BrokenConnectionError(Exception):
    """Lets the server close a connection before it has said all that it promised."""


@dataclass
class Batch:
    """One batch as the server keeps it."""

    id: str
    created_at: datetime
    requests: list[dict[str, Any]]
    rows: list[dict[str, Any]]  # one result per request, but for missing ones
    counts: dict[str, int]
    polls_left: int  # retrievals until it has ended
    cancelled: bool = False

    @property
    def ended(self) -> bool:
        """Whether its results can be read."""
        return self.polls_left <= 0


@dataclass
class BatchServer:
    """What the API knows, what it will do wrong, and what it was asked."""

    faults: Faults = field(default_factory=Faults)
    polls_until_end: int = 1
    batches: list[Batch] = field(default_factory=list[Batch])  # oldest first
    billed: Counter[str] = field(default_factory=Counter[str])  # by custom id
    log: list[str] = field(default_factory=list[str])  # method and path, in order
    tool_inputs: dict[str, Any] = field(default_factory=dict[str, Any])
    # called with what happens: a test kills its program there
    on: Callable[[str], None] = lambda _: None
    url: str = ""

    @property
    def app(self) -> Starlette:
        """The ASGI application."""
        root = "/v1/messages/batches"
        one = root + "/{batch_id}"
        return Starlette(
            routes=[
                Route(root, self._create, methods=["POST"]),
                Route(root, self._list, methods=["GET"]),
                Route(one, self._retrieve, methods=["GET"]),
                Route(one + "/cancel", self._cancel, methods=["POST"]),
                Route(one + "/results", self._results, methods=["GET"]),
            ],
            exception_handlers={404: _not_found},
        )

    async def _create(self, request: Request) -> Response:
        if refused := self._refusal(request):
            return refused
        self.on("create")
        raw = await request.body()
        if len(raw) > MAX_BYTES:
            return error(413, "Request exceeds the maximum allowed number of bytes")
        fault = self.faults.take(*_STARTING["create"])
        if fault is not None and fault in NOT_MADE:
            return _failed(fault)
        requests = json.loads(raw).get("requests")
        if found := _requests_fault(requests):
            return error(400, found)
        batch = self._make(requests)
        self.on("created")
        if fault is FaultName.CREATE_STALL_MADE:
            await asyncio.sleep(STALL_S)
        return _failed(fault) if fault else JSONResponse(self._describe(batch))

    async def _list(self, request: Request) -> Response:
        if refused := self._refusal(request):
            return refused
        self.on("list")
        if fault := self.faults.take(*_STARTING["list"]):
            return _failed(fault)
        newest_first = self.batches[::-1]
        limit = int(request.query_params.get("limit", "20"))
        after = request.query_params.get("after_id")
        if after:
            ids = [batch.id for batch in newest_first]
            newest_first = newest_first[ids.index(after) + 1 :]
        page = newest_first[:limit]
        return JSONResponse(
            {
                "data": [self._describe(batch) for batch in page],
                "has_more": len(newest_first) > limit,
                "first_id": page[0].id if page else None,
                "last_id": page[-1].id if page else None,
            }
        )

    async def _retrieve(self, request: Request) -> Response:
        if refused := self._refusal(request):
            return refused
        self.on("retrieve")
        if fault := self.faults.take(*_STARTING["retrieve"]):
            return _failed(fault)
        batch = self._find(request)
        if batch is None:
            return error(404, "Message Batch not found")
        answered = self._describe(batch)
        batch.polls_left -= 1
        return JSONResponse(answered)

    async def _cancel(self, request: Request) -> Response:
        if refused := self._refusal(request):
            return refused
        batch = self._find(request)
        if batch is None:
            return error(404, "Message Batch not found")
        batch.cancelled = True
        return JSONResponse(self._describe(batch))

    async def _results(self, request: Request) -> Response:
        if refused := self._refusal(request):
            return refused
        batch = self._find(request)
        if batch is None or not batch.ended:
            return error(404, "No results for this Message Batch yet")
        fault = self.faults.take(*_STARTING["results"])
        if fault is FaultName.RESULTS_500:
            return _failed(fault)
        return StreamingResponse(
            self._stream(batch, fault), media_type="application/x-jsonl"
        )

    async def _stream(
        self, batch: Batch, fault: FaultName | None
    ) -> AsyncIterator[bytes]:
        rows = batch.rows[::-1]  # any order: never that of the requests
        if fault is FaultName.RESULTS_TWICE:
            rows = [row for row in rows for _ in range(2)]
        half = len(rows) // 2
        for at, row in enumerate(rows):
            line = json.dumps(row).encode() + b"\n"
            if at == half and fault is FaultName.RESULTS_SHORT:
                return
            if at == half and fault is FaultName.RESULTS_RESET:
                raise BrokenConnectionError
            if at == half and fault is FaultName.RESULTS_CUT_LINE:
                yield line[: len(line) // 2]
                return
            yield line
            await asyncio.sleep(0)
            if at == half:
                self.on("results")

    def _make(self, requests: list[dict[str, Any]]) -> Batch:
        number = len(self.batches)
        rows: list[dict[str, Any]] = []
        counts = Counter[str]()
        for request in requests:
            custom_id = request["custom_id"]
            fault = self.faults.take(*ITEM_FAULTS, custom_id=custom_id)
            result = self._process(custom_id, request["params"], fault)
            counts[result["type"]] += 1
            if result["type"] == "succeeded":
                self.billed[custom_id] += 1
            if fault is not FaultName.MISSING:
                rows.append({"custom_id": custom_id, "result": result})
        batch = Batch(
            id=f"msgbatch_{number:024d}",
            created_at=START + timedelta(minutes=number),
            requests=requests,
            rows=rows,
            counts={
                kind: counts[kind]
                for kind in ("succeeded", "errored", "canceled", "expired")
            },
            polls_left=self.polls_until_end,
        )
        self.batches.append(batch)
        return batch

    def _process(
        self, custom_id: str, params: dict[str, Any], fault: FaultName | None
    ) -> dict[str, Any]:
        invalid = fault_of(params)
        if invalid:
            return _errored("invalid_request_error", invalid)
        if fault is not None and fault in UNBILLED:
            kind = fault.value
            if fault in {FaultName.EXPIRED, FaultName.CANCELED}:
                return {"type": kind}
            kind = "api_error" if fault is FaultName.MISSING else kind
            return _errored(kind, "as asked by the test")
        tool_input = self.tool_inputs.get(custom_id.split("-", 1)[1])
        if tool_input is None:
            tool_input = answer(custom_id, params, fault)
        return {
            "type": "succeeded",
            "message": _message(custom_id, params, tool_input, fault),
        }

    def _describe(self, batch: Batch) -> dict[str, Any]:
        total = len(batch.requests)
        nothing = dict.fromkeys(batch.counts, 0)
        counts = (
            {"processing": 0, **batch.counts}
            if batch.ended
            else {"processing": total, **nothing}
        )
        end = (batch.created_at + timedelta(minutes=1)).isoformat()
        url = f"{self.url}/v1/messages/batches/{batch.id}/results"
        return {
            "id": batch.id,
            "type": "message_batch",
            "processing_status": "ended" if batch.ended else "in_progress",
            "request_counts": counts,
            "created_at": batch.created_at.isoformat(),
            "expires_at": (batch.created_at + timedelta(days=1)).isoformat(),
            "ended_at": end if batch.ended else None,
            "archived_at": None,
            "cancel_initiated_at": end if batch.cancelled else None,
            "results_url": url if batch.ended else None,
        }

    def _find(self, request: Request) -> Batch | None:
        wanted = request.path_params["batch_id"]
        return next((batch for batch in self.batches if batch.id == wanted), None)

    def _refusal(self, request: Request) -> Response | None:
        self.log.append(f"{request.method} {request.url.path}")
        bearer = request.headers.get("authorization", "")
        key = bearer.removeprefix("Bearer ") or request.headers.get("x-api-key")
        if key != KEY:
            return error(401, "invalid x-api-key")
        if not request.headers.get("anthropic-version"):
            return error(400, "anthropic-version: header is required")
        return None


def error(
    status: int, message: str, headers: dict[str, str] | None = None
) -> JSONResponse:
    """Shape an error as the API does, with its request id."""
    body = {
        "type": "error",
        "error": {"type": STATUS_OF[status], "message": message},
        "request_id": "req_011test",
    }
    return JSONResponse(body, status, {"request-id": "req_011test", **(headers or {})})


def _failed(fault: FaultName) -> Response:
    """Give the response that a fault of a whole call has; the status is in its name."""
    if "-reset-" in fault or "-stall-" in fault:
        return broken()
    status = int(fault.split("-")[1])
    message = NO_CREDIT if status == 400 else "as asked by the test"
    return error(
        status, message, {"retry-after": RETRY_AFTER_S} if status == 429 else {}
    )


def broken() -> Response:
    """Promise a body, then close the connection."""

    async def nothing() -> AsyncIterator[bytes]:
        yield b"{"
        raise BrokenConnectionError

    return StreamingResponse(nothing(), headers={"content-length": "1000"})


async def _not_found(_request: Request, _error: Exception) -> Response:
    return error(404, "Not found")


def _requests_fault(requests: object) -> str | None:
    if not isinstance(requests, list) or not requests:
        return "requests: at least one request is required"
    items = cast("list[dict[str, Any]]", requests)
    if len(items) > MAX_REQUESTS:
        return f"requests: at most {MAX_REQUESTS} requests are allowed"
    ids = [item.get("custom_id") for item in items]
    for custom_id in ids:
        if not isinstance(custom_id, str) or not CUSTOM_ID.fullmatch(custom_id):
            return f"requests: custom_id {custom_id!r} should match {CUSTOM_ID.pattern}"
    if len(set(ids)) != len(ids):
        return "requests: custom_id must be unique within a batch"
    return None


def _errored(kind: str, message: str) -> dict[str, Any]:
    return {
        "type": "errored",
        "error": {
            "type": "error",
            "error": {"type": kind, "message": message},
            "request_id": "req_011test",
        },
    }


def _message(
    custom_id: str,
    params: dict[str, Any],
    tool_input: Any,  # noqa: ANN401  any JSON
    fault: FaultName | None,
) -> dict[str, Any]:
    stop_reason = "tool_use"
    content: list[dict[str, Any]] = [
        {
            "type": "tool_use",
            "id": f"toolu_{custom_id}",
            "name": params["tools"][0]["name"],
            "input": tool_input,
        }
    ]
    match fault:
        case FaultName.MAX_TOKENS:
            stop_reason = "max_tokens"
            content[0]["input"] = {}
        case FaultName.REFUSAL:
            stop_reason = "refusal"
            content = []
        case FaultName.NO_TOOL:
            stop_reason = "end_turn"
            content = [{"type": "text", "text": "Here is what I thought of: …"}]
        case _:
            pass
    asked = json.dumps([params["messages"], params.get("system"), params["tools"]])
    written = json.dumps(tool_input, ensure_ascii=False)
    return {
        "id": f"msg_{custom_id}",
        "type": "message",
        "role": "assistant",
        "model": params["model"],
        "content": content,
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "usage": {
            "input_tokens": len(asked) // CHARACTERS_PER_TOKEN,
            "output_tokens": len(written) // CHARACTERS_PER_TOKEN,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "service_tier": "batch",
        },
    }


@contextmanager
def serving(port: int = 0) -> Generator[BatchServer]:
    """Serve on loopback, on a free port unless one is given."""
    state = BatchServer()
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # asyncio sees to it only where it makes the socket; else 40 ms an answer
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listening.bind(("127.0.0.1", port))
        state.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        config = uvicorn.Config(
            state.app, log_level="critical", lifespan="off", ws="none", loop="asyncio"
        )
        server = uvicorn.Server(config)
        config.timeout_graceful_shutdown = 1  # a stalled answer need not be waited for
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield state
        finally:
            server.should_exit = True
            thread.join()
