"""What was sent and what came back, kept so that no answer is paid for twice.

Below `batches/<pass>/`: `asked/journal.json` has the batches under way, each written
down before it is created; `asked/<custom id's nonce>-….json` the requests themselves;
`received/<city>.json` the results of a city as they came, line by line.
"""

from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from tasks.editions import Manifest, read_bounded, read_json, write_json
from tasks.errors import RefusedError
from tasks.generate.batch_records import BatchRequest, Marker, Row
from tasks.generate.drafts import PassName
from tasks.generate.salvage import Reject

REPAIR_SUFFIX: Final = "-repair"  # of a custom id, where an answer was paid for before


class Stage(StrEnum):
    """The batches of one attempt at a pass, in order."""

    CANARY = "canary"  # one request, when a schema is new
    MAIN = "main"
    FOLLOW_UP = "follow-up"  # what failed once more, and one repair of what is bad


class Asked(Manifest):
    """One request of a batch: the city, and what its answer will be made from."""

    city: str
    key: str
    custom_id: str


class Sent(Manifest):
    """One batch, from before it is created until its results are read."""

    stage: Stage
    nonce: str  # begins the custom ids of the whole attempt
    part: int  # of a stage that is too large for one batch
    asked: tuple[Asked, ...]
    attempted: bool = False  # a create was sent; without a batch_id nobody knows more
    newest: Marker | None = None  # the workspace's newest batch before that
    batch_id: str | None = None
    collected: bool = False

    @property
    def name(self) -> str:
        """Name its file of requests."""
        return f"{self.nonce}-{self.stage}-{self.part}"


class Journal(Manifest):
    """The attempt under way at one pass; no batches if there is none."""

    sent: tuple[Sent, ...] = ()
    expected_usd: float = 0.0  # of the attempt, before it began
    proven: tuple[str, ...] = ()  # requests of these contracts have been answered

    def with_sent(self, sent: Sent) -> "Journal":
        """Give the journal with one batch added, or brought up to date."""
        kept = tuple(other for other in self.sent if other.name != sent.name)
        order = list(Stage)
        everything = sorted(
            (*kept, sent), key=lambda one: (order.index(one.stage), one.part)
        )
        return self.model_copy(update={"sent": tuple(everything)})

    def without(self, sent: Sent) -> "Journal":
        """Give the journal without a batch that was never created."""
        kept = tuple(other for other in self.sent if other.name != sent.name)
        return self.model_copy(update={"sent": kept})


class ReceivedRow(Manifest):
    """The result of one request, as the line in which it came."""

    batch_id: str
    custom_id: str
    line: str  # JSON, not parsed: what a model wrote may not even be storable as text


class Received(Manifest):
    """All that came for one city under one key."""

    city: str
    key: str
    rows: tuple[ReceivedRow, ...] = ()
    rejects: tuple[
        Reject, ...
    ] = ()  # what a repair was asked to mend; () asks all anew

    def with_row(self, batch_id: str, row: Row) -> "Received":
        """Give it with one more row; a row that came before is replaced."""
        kept = tuple(
            other
            for other in self.rows
            if (other.batch_id, other.custom_id) != (batch_id, row.custom_id)
        )
        new = ReceivedRow(batch_id=batch_id, custom_id=row.custom_id, line=row.line)
        return self.model_copy(update={"rows": (*kept, new)})


class Shelf:
    """The place of one pass's journal, requests and results in an edition folder."""

    def __init__(self, folder: Path, pass_name: PassName) -> None:
        self.pass_name = pass_name
        self.place = folder / "batches" / pass_name
        self._journal = self.place / "asked" / "journal.json"

    def read_journal(self) -> Journal:
        """Read what is under way.

        Raises:
            RefusedError: it is damaged: batches may be under way that are paid for.
        """
        if not self._journal.is_file():
            return Journal()
        try:
            return Journal.model_validate_json(read_bounded(self._journal))
        except ValidationError as error:
            raise RefusedError(
                f"{str(self._journal)!r} cannot be read ({error.error_count()} "
                "faults); a batch named there may be paid for. Restore the file, or "
                "remove it to ask again for all that is missing"
            ) from None

    def write_journal(self, journal: Journal) -> Journal:
        """Write down what is under way, before anything else happens."""
        write_json(self._journal, journal.model_dump(mode="json"))
        return journal

    def read_requests(self, sent: Sent) -> list[BatchRequest]:
        """Read the requests of a batch as they were written down."""
        found: list[dict[str, Any]] = read_json(self._requests(sent))
        return [BatchRequest.model_validate(request) for request in found]

    def write_requests(self, sent: Sent, requests: list[BatchRequest]) -> None:
        """Write down the requests of a batch before it is created."""
        write_json(
            self._requests(sent),
            [request.model_dump(mode="json") for request in requests],
        )

    def read_received(self, city: str, key: str) -> Received:
        """Read what came for a city under a key; nothing if there is none."""
        path = self._received(city)
        if path.is_file():
            try:
                received = Received.model_validate_json(read_bounded(path))
            except ValidationError:  # damaged: the batch can be read again for 29 days
                return Received(city=city, key=key)
            if received.key == key:
                return received
        return Received(city=city, key=key)

    def write_received(self, received: Received) -> Received:
        """Keep what came for a city."""
        write_json(self._received(received.city), received.model_dump(mode="json"))
        return received

    def _requests(self, sent: Sent) -> Path:
        return self.place / "asked" / f"{sent.name}.json"

    def _received(self, city: str) -> Path:
        return self.place / "received" / f"{city}.json"
