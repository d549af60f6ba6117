"""The one place that speaks to Anthropic: message batches, created once and read whole.

The API has no idempotency key. A create whose answer is lost may have made a batch that
will be paid for, so it is never simply sent again: whoever calls `create` has written
down before what it is about to send, and on an unknown outcome `find` looks for that
batch among those made since. Vendor exceptions end here, and so does the key.
"""

import json
import time
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, cast

import anthropic
import httpx2
from anthropic.types.messages import MessageBatch

from tasks.errors import InputError, NotReadyError, SeedError
from tasks.generate.batch_records import BatchRequest, Marker, Row
from tasks.generate.service import Service

API_URL: Final = "https://api.anthropic.com"
MAX_REQUESTS: Final = 100_000  # of one batch, by the API's limit
MAX_BYTES: Final = 250_000_000  # of one batch; the API's limit is 256 MB
GET_RETRIES: Final = 4  # of the SDK, within about ten seconds: reading costs nothing
CREATE_TRIES: Final = 6  # while the API says 429, which makes no batch
LONGEST_RETRY_AFTER_S: Final = 120.0  # a longer wait is a later run's
LOOKS: Final = 3  # for a batch that may still be on its way into the list
STREAMS: Final = 4  # of one batch's results; each may end early
PAGE: Final = 100  # batches a page when looking for one's own
NOTHING_LOST: Final = "What was answered before is kept"


class OutcomeUnknownError(Exception):
    """A create failed in a way that leaves open whether the batch was made."""


@dataclass(frozen=True)
class BatchState:
    """A batch as the API last described it; counts are 0 until it has ended."""

    batch_id: str
    ended: bool
    total: int  # requests
    succeeded: int  # paid for


def split_requests(
    requests: Sequence[BatchRequest],
    max_requests: int = MAX_REQUESTS,
    max_bytes: int = MAX_BYTES,
) -> list[list[BatchRequest]]:
    """Split requests, in order, into batches that the API takes."""
    parts: list[list[BatchRequest]] = []
    size = 0
    for request in requests:
        weight = len(json.dumps(request.model_dump()).encode())
        if not parts or len(parts[-1]) == max_requests or size + weight > max_bytes:
            parts.append([])
            size = 0
        parts[-1].append(request)
        size += weight
    return parts


class BatchClient:
    """Message batches of one workspace. Raises `SeedError`s, never the vendor's.

    Args:
        service: where and how patiently.
        watch: called while a batch is waited for, with its requests and the seconds
            waited so far.
    """

    def __init__(
        self,
        service: Service,
        watch: Callable[[int, float], None] = lambda _requests, _seconds: None,
    ) -> None:
        key = service.api_key.strip()
        if not key:
            raise InputError(
                "answers are missing and ANTHROPIC_API_KEY is not set; set it and run "
                "again. What was answered before is kept"
            )
        if not key.isascii() or not key.isprintable() or " " in key:
            raise InputError(
                "ANTHROPIC_API_KEY holds characters that no key has (the value is not "
                "shown); set it to the key as the console gives it"
            )
        self._service = service
        self._watch = watch
        self._key = key
        self._client = anthropic.Anthropic(
            api_key=key,
            base_url=service.base_url or API_URL,
            timeout=service.timeout_seconds,
            max_retries=GET_RETRIES,
        )

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def newest(self) -> Marker | None:
        """Name the newest batch there is; also the first use of the key."""
        with self._explained("list the batches"):
            page = self._client.messages.batches.list(limit=1)
        if not page.data:
            return None
        newest = page.data[0]
        return Marker(batch_id=newest.id, created_at=newest.created_at.isoformat())

    def create(self, requests: Sequence[BatchRequest]) -> str:
        """Make a batch and give its id.

        Raises:
            OutcomeUnknownError: it may have been made all the same; see `find`.
            SeedError: it was refused and not made.
        """
        # max_retries=0: the SDK would send again what may have been taken already
        batches = self._client.with_options(max_retries=0).messages.batches
        items = cast("Any", [request.model_dump() for request in requests])
        for left in reversed(range(CREATE_TRIES)):
            try:
                with self._explained("create a batch"):
                    return batches.create(requests=items).id
            except _LimitedError as limited:
                if not left or limited.retry_after_seconds > LONGEST_RETRY_AFTER_S:
                    raise
                time.sleep(limited.retry_after_seconds or self._service.poll_seconds)
            except NotReadyError as error:
                raise OutcomeUnknownError(str(error)) from None
        raise AssertionError("the last try returns or raises")

    def find(self, custom_ids: Collection[str], since: Marker | None) -> str | None:
        """Find the batch of these custom ids, if it was made.

        A batch does not tell its custom ids before it has ended. So each of the right
        size that is newer than `since` is waited for, and its first result read.

        Args:
            custom_ids: all of its requests'; a nonce in them makes them its own.
            since: the newest batch before the create; None if there was none.

        Raises:
            NotReadyError: a candidate has not ended within the wait.
        """
        strangers: set[str] = set()
        for look in range(LOOKS):
            if look:
                time.sleep(self._service.poll_seconds)
            for batch in self._newer_than(since):
                if batch.total != len(custom_ids) or batch.batch_id in strangers:
                    continue
                if self._belongs(batch.batch_id, custom_ids):
                    return batch.batch_id
                strangers.add(batch.batch_id)
        return None

    def wait(self, batch_id: str) -> BatchState:
        """Wait until a batch has ended.

        Raises:
            NotReadyError: it has not ended in time; it goes on without us, and waiting
                again costs nothing.
        """
        started = time.monotonic()
        while True:
            with self._explained(f"look at the batch {batch_id}"):
                state = _state(self._client.messages.batches.retrieve(batch_id))
            waited = time.monotonic() - started
            self._watch(state.total, waited)
            if state.ended:
                return state
            if waited >= self._service.wait_seconds:
                raise NotReadyError(
                    f"the batch {batch_id!r} of {state.total} requests has not ended "
                    f"after {waited / 60:.0f} minutes. It goes on at Anthropic and is "
                    "not cancelled; run again later to read it, nothing is paid twice"
                )
            time.sleep(self._service.poll_seconds)

    def rows(self, state: BatchState) -> Iterator[Row]:
        """Read the results of a batch that has ended, in whatever order they come.

        A stream that ends early is read again, so that a row may come more than once.
        Rows that never come are no loss as long as they were not paid for.

        Raises:
            NotReadyError: results that were paid for could not be read.
        """
        seen: dict[str, bool] = {}  # whether it succeeded
        for stream in range(STREAMS):
            if stream:
                time.sleep(self._service.poll_seconds)
            try:
                with self._explained(f"read the batch {state.batch_id}"):
                    for row in self._stream(state.batch_id):
                        seen[row.custom_id] = row.succeeded
                        yield row
            except NotReadyError:
                continue
            if len(seen) >= state.total:
                return
        if sum(seen.values()) < state.succeeded:
            raise NotReadyError(
                f"only {sum(seen.values())} of the {state.succeeded} answers of the "
                f"batch {state.batch_id!r} could be read. They are paid for and stay "
                "at Anthropic for 29 days; run again to read the rest"
            )

    def _stream(self, batch_id: str) -> Iterator[Row]:
        """Read lines as bytes: one that is no JSON costs itself, not the stream."""
        streaming = self._client.messages.batches.with_streaming_response
        with streaming.results(batch_id) as response:
            rest = b""
            for chunk in response.iter_bytes():
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    if row := _row(line):
                        yield row
            if row := _row(rest):
                yield row

    def _newer_than(self, since: Marker | None) -> Iterator[BatchState]:
        with self._explained("list the batches"):
            # newest first; the SDK asks for page after page
            for batch in self._client.messages.batches.list(limit=PAGE):
                if since and (
                    batch.id == since.batch_id
                    or batch.created_at.isoformat() < since.created_at
                ):
                    return
                yield _state(batch)

    def _belongs(self, batch_id: str, custom_ids: Collection[str]) -> bool:
        return any(
            row.custom_id in custom_ids for row in self.rows(self.wait(batch_id))
        )

    @contextmanager
    def _explained(self, doing: str) -> Generator[None]:
        """Turn the vendor's errors into ours, without the key and without a trace."""
        try:
            yield
        except anthropic.APIStatusError as error:
            raise self._of_status(doing, error) from None
        except (anthropic.AnthropicError, httpx2.HTTPError, OSError) as error:
            what = self._clean(str(error)) or type(error).__name__
            raise NotReadyError(
                f"could not {doing} at {self._client.base_url}: {what!r}. "
                f"{NOTHING_LOST}; check the network and run again"
            ) from None

    def _of_status(self, doing: str, error: anthropic.APIStatusError) -> Exception:
        status = error.status_code
        said = f"{status}: {self._clean(error.api_message or error.message)!r}"
        if status == 429:
            return _LimitedError(doing, _retry_after(error))
        if status >= 500 or status in {408, 409, 499}:
            return NotReadyError(
                f"could not {doing}: Anthropic answers {said}. {NOTHING_LOST}; run "
                "again later"
            )
        todo = {
            400: "correct what it names",
            401: "set ANTHROPIC_API_KEY to a valid key",
            402: "add credit in Anthropic's console",
            403: "give the key's workspace access to message batches and the model",
            404: "check the model's name and ANTHROPIC_BASE_URL",
            413: "make fewer cities at once (--cities)",
        }.get(status, "see Anthropic's documentation of errors")
        if status == 400 and "credit" in said:
            todo = "add credit in Anthropic's console"
        return SeedError(
            f"could not {doing}: Anthropic answers {said}. Nothing was created or paid "
            f"by this request. {NOTHING_LOST}; {todo}, then run again, or choose "
            "--source recorded"
        )

    def _clean(self, text: str) -> str:
        return text.replace(self._key, "[the key]")[:500]


class _LimitedError(NotReadyError):
    """429: asked too often; nothing was done."""

    def __init__(self, doing: str, retry_after_seconds: float) -> None:
        super().__init__(
            f"could not {doing}: Anthropic's rate limit holds it back (429). Nothing "
            f"was created or paid by this request. {NOTHING_LOST}; run again later"
        )
        self.retry_after_seconds = retry_after_seconds


def _retry_after(error: anthropic.APIStatusError) -> float:
    try:
        return max(0.0, float(error.response.headers.get("retry-after", "0")))
    except ValueError:  # a date, which the API does not use
        return 0.0


def _state(batch: MessageBatch) -> BatchState:
    counts = batch.request_counts
    return BatchState(
        batch_id=batch.id,
        ended=batch.processing_status == "ended",
        total=counts.processing
        + counts.succeeded
        + counts.errored
        + counts.canceled
        + counts.expired,
        succeeded=counts.succeeded,
    )


def _row(line: bytes) -> Row | None:
    """Read one line of the results; None if it is none that can be read."""
    try:
        found = json.loads(line)
        custom_id, kind = found["custom_id"], found["result"]["type"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return None
    if not isinstance(custom_id, str) or not isinstance(kind, str):
        return None
    text = line.decode("utf-8", errors="replace")
    return Row(custom_id, text, succeeded=kind == "succeeded")
