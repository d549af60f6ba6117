"""One batch there and back: written down, created once, awaited, read, paid."""

from collections.abc import Callable
from typing import Final

from tasks.errors import NotReadyError, SeedError
from tasks.generate.batches import BatchClient, OutcomeUnknownError
from tasks.generate.journal import Received, Sent, Shelf
from tasks.generate.prices import cost_usd
from tasks.generate.spending import BatchCost, usage_of

CREATES: Final = (
    3  # of one batch; before each but the first the one before is looked for
)

Note = Callable[[Sent], None]  # writes a batch's state down, before anything else


def send_batch(client: BatchClient, shelf: Shelf, sent: Sent, note: Note) -> Sent:
    """Have a batch at the API, created by this run or by one that was killed.

    Args:
        client: the API.
        shelf: where the batch's requests stand.
        sent: the batch, without an id.
        note: writes its state down.

    Returns:
        The batch with its id.

    Raises:
        NotReadyError: the API does not say whether it took the batch.
        SeedError: it refused the batch, which was not made.
    """
    requests = shelf.read_requests(sent)
    custom_ids = {request.custom_id for request in requests}
    may_be_there = sent.attempted
    if not sent.attempted:
        newest = client.newest()
        sent = sent.model_copy(update={"attempted": True, "newest": newest})
        note(sent)
    for _ in range(CREATES):
        found = client.find(custom_ids, sent.newest) if may_be_there else None
        may_be_there = True
        try:
            batch_id = found or client.create(requests)
        except OutcomeUnknownError:
            continue
        except SeedError:
            note(sent.model_copy(update={"attempted": False}))
            raise
        sent = sent.model_copy(update={"batch_id": batch_id})
        note(sent)
        return sent
    raise NotReadyError(
        f"Anthropic failed {CREATES} times to say whether it took a batch of "
        f"{len(requests)} requests, and lists none. What was answered before is kept; "
        "run again later: the batch is looked for before it is sent again"
    )


def is_taken(client: BatchClient, sent: Sent) -> bool:
    """Say whether a batch whose create was never answered is at the API."""
    custom_ids = {asked.custom_id for asked in sent.asked}
    return sent.attempted and client.find(custom_ids, sent.newest) is not None


def collect_batch(
    client: BatchClient,
    shelf: Shelf,
    sent: Sent,
    save: Callable[[Received], None],
) -> set[str]:
    """Wait for a batch and keep each result as it arrives.

    Args:
        client: the API.
        shelf: where results are kept.
        sent: the batch.
        save: makes the answer of a city from all that came for it.

    Returns:
        The cities that the batch has a result for.
    """
    if sent.batch_id is None:
        raise RuntimeError("a batch is collected before it was created")
    asked = {one.custom_id: one for one in sent.asked}
    arrived: set[str] = set()
    for row in client.rows(client.wait(sent.batch_id)):
        one = asked.get(row.custom_id)
        if one is None:  # not what was sent; it could not be told whose it is
            continue
        received = shelf.read_received(one.city, one.key)
        save(shelf.write_received(received.with_row(sent.batch_id, row)))
        arrived.add(one.city)
    return arrived


def cost_of(shelf: Shelf, sent: Sent, model: str) -> BatchCost:
    """Account for a batch by the usage that its results report."""
    if sent.batch_id is None:
        raise RuntimeError("a batch is accounted for before it was created")
    usage = [
        usage_of(row.line)
        for one in sent.asked
        for row in shelf.read_received(one.city, one.key).rows
        if row.batch_id == sent.batch_id and row.custom_id == one.custom_id
    ]
    input_tokens = sum(tokens for tokens, _ in usage)
    output_tokens = sum(tokens for _, tokens in usage)
    return BatchCost(
        batch_id=sent.batch_id,
        pass_name=shelf.pass_name,
        stage=sent.stage,
        model=model,
        requests=len(sent.asked),
        billed=sum(1 for tokens, _ in usage if tokens),
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        usd=cost_usd(model, input_tokens, output_tokens, batch=True),
    )
