"""A pass through a live model: what is missing is asked, at most three batches long.

    canary     one city, when requests like these were never answered before
    main       every other city that has no answer
    follow-up  once more what failed unbilled, cut answers with twice the room, and one
               repair of the records that are bad

An attempt is written down before it costs anything, so that a run that was killed or
that waited in vain goes on with the very batches it had begun.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import uuid4

from tasks.editions import read_bounded, write_text
from tasks.errors import SeedError
from tasks.generate import repair
from tasks.generate.batch_records import BatchRequest
from tasks.generate.batches import BatchClient, split_requests
from tasks.generate.drafts import PassName
from tasks.generate.estimates import estimate
from tasks.generate.journal import (
    REPAIR_SUFFIX,
    Asked,
    Journal,
    Received,
    Sent,
    Shelf,
    Stage,
)
from tasks.generate.judging import Judged, Verdict, best_answer, judge, same_names
from tasks.generate.salvage import MAX_ANSWER_BYTES, Reject, salvage
from tasks.generate.sending import collect_batch, cost_of, is_taken, send_batch
from tasks.generate.service import Live
from tasks.generate.spending import check_budget, read_spending, record_cost

NONCE_CHARACTERS: Final = 12  # of 48 random bits: no two attempts share one
TRIES: Final = 2  # of a request that fails unbilled
LONGER: Final = 2  # times the tokens for an answer that was cut
MAX_OUTPUT_TOKENS: Final = 64_000  # the models' limit
SHOWN_CITIES: Final = 5  # in a message


@dataclass(frozen=True)
class Wanted:
    """What one city is to be asked."""

    key: str  # of all that the answer is made from
    params: dict[str, Any]  # of the Messages API


@dataclass(frozen=True)
class PassAsked:
    """One pass to be asked: where it is kept, and what for."""

    folder: Path  # the edition's
    pass_name: PassName
    contract: str  # digest of what its requests share; a new one is tried first
    wanted: Mapping[str, Wanted]  # by city slug

    @property
    def place(self) -> Path:
        """Where the answers stand, a file a city."""
        return self.folder / "batches" / self.pass_name


class _FollowUp(NamedTuple):
    """One request of the follow-up."""

    params: dict[str, Any]
    is_paid: bool  # an answer was paid for before: it gets a custom id of its own
    rejects: tuple[Reject, ...] = ()  # what it is to mend; () asks all anew


def ask_cities(asked: PassAsked, live: Live) -> None:
    """Have an answer for every city that is wanted, each paid for once.

    Raises:
        NotReadyError: a batch has not ended, or the API is not to be had.
        RefusedError: the budget does not allow what is missing.
        SeedError: cities are left without an answer; the message names them.
    """
    desk = _Desk(asked, live)
    if desk.journal.sent or desk.missing():
        watch = live.watch
        client = BatchClient(
            live.service, lambda total, waited: watch(asked.pass_name, total, waited)
        )
        try:
            desk.work(client)
        finally:
            client.close()
    desk.check_all_answered()


class _Desk:
    """One pass at work: its shelf, and the journal of the attempt under way."""

    def __init__(self, asked: PassAsked, live: Live) -> None:
        self.asked = asked
        self.live = live
        self.pass_name = asked.pass_name
        self.shelf = Shelf(asked.folder, asked.pass_name)
        self.journal: Journal = self.shelf.read_journal()

    @property
    def nonce(self) -> str:
        """What begins the custom ids of the attempt under way."""
        return self.journal.sent[0].nonce

    def work(self, client: BatchClient) -> None:
        """Go on with the attempt under way, then ask for what is still missing."""
        if self.journal.sent:
            self._tell("going on with the batches of an earlier run")
            self._carry_out(client)
        if cities := self.missing():
            self._begin(cities)
            self._carry_out(client)

    def missing(self) -> list[str]:
        """List the cities that must be asked, making those answers that need not.

        An answer that came is made from what was received. One that has bad records
        and whose file is gone was removed to have it written anew.
        """
        found: list[str] = []
        for city, wanted in sorted(self.asked.wanted.items()):
            received = self.shelf.read_received(city, wanted.key)
            best = best_answer(self.pass_name, received)
            if best is None:
                if not self._is_refused(received):
                    found.append(city)
            elif not self._answer_path(city).is_file():
                if best.verdict is Verdict.GOOD:
                    self._save(received)
                else:
                    found.append(city)
        return found

    def check_all_answered(self) -> None:
        """Raise if a city is left without an answer, naming what to do."""
        bare: dict[str, str] = {}
        for city, wanted in sorted(self.asked.wanted.items()):
            received = self.shelf.read_received(city, wanted.key)
            if best_answer(self.pass_name, received) is None:
                judged = self._judge_all(received)
                bare[city] = judged[-1].reason if judged else "no result came"
        if not bare:
            return
        lines = [f"\n  {city}: {reason}" for city, reason in bare.items()]
        skips = " ".join(f"--skip-city {city}" for city in bare)
        raise SeedError(
            f"{self.pass_name}: {len(bare)} of {len(self.asked.wanted)} cities have no "
            "answer. The others' are kept and will not be paid for again. Run again to "
            f"ask for these (not for refused ones), or go on without: {skips}"
            + "".join(lines[:SHOWN_CITIES])
        )

    def _begin(self, cities: list[str]) -> None:
        """Begin an attempt, if the budget allows it."""
        expected = estimate(self.pass_name, cities, self.live.model).usd
        spent = read_spending(self.asked.folder).usd
        check_budget(spent, expected, self.live.budget_usd)
        self._tell(f"asking for {len(cities)} cities, about ${expected:.2f}")
        self._write(self.journal.model_copy(update={"expected_usd": expected}))
        is_new = self.asked.contract not in self.journal.proven
        stage = Stage.CANARY if is_new and len(cities) > 1 else Stage.MAIN
        nonce = uuid4().hex[:NONCE_CHARACTERS]
        self._plan(stage, nonce, cities[:1] if stage is Stage.CANARY else cities)

    def _carry_out(self, client: BatchClient) -> None:
        """Bring the attempt to its end, batch after batch."""
        while self.journal.sent:
            for sent in self.journal.sent:
                if sent.batch_id is None:
                    self._send(client, sent)
            for sent in self.journal.sent:
                if not sent.collected:
                    self._collect(client, sent)
            if self.journal.sent and not self._plan_next():
                self._close()

    def _send(self, client: BatchClient, sent: Sent) -> None:
        if not self._is_wanted(sent) and not is_taken(client, sent):
            # the prompts have changed since: what was never created need not be
            self._write(self.journal.without(sent))
            return
        send_batch(client, self.shelf, sent, self._note)

    def _collect(self, client: BatchClient, sent: Sent) -> None:
        cities = collect_batch(client, self.shelf, sent, self._save)
        cost = cost_of(self.shelf, sent, self.live.model)
        spent = record_cost(self.asked.folder, cost)
        self._note(sent.model_copy(update={"collected": True}))
        if cost.billed and self._is_wanted(sent):
            proven = tuple(sorted({*self.journal.proven, self.asked.contract}))
            self._write(self.journal.model_copy(update={"proven": proven}))
        self._tell(
            f"{sent.stage} batch {sent.batch_id}: {cost.billed} of {cost.requests} "
            f"answered, {len(sent.asked) - len(cities)} without a result; "
            f"${cost.usd:.4f}, ${spent.usd:.4f} for the edition so far"
        )

    def _plan_next(self) -> bool:
        """Write down the batches of the next stage; False if there is none."""
        stage = self.journal.sent[-1].stage
        if stage is Stage.FOLLOW_UP:
            return False
        if stage is Stage.CANARY:
            self._check_canary()
            # what was paid for and is bad waits for the follow-up
            open_cities = [city for city in self.missing() if not self._is_paid(city)]
            if self._plan(Stage.MAIN, self.nonce, open_cities):
                return True
        return self._plan_follow_up()

    def _check_canary(self) -> None:
        """Stop before the main batch if the API rejects such requests."""
        (asked,) = self.journal.sent[0].asked
        for judged in self._judged(asked.city):
            if judged.verdict is Verdict.INVALID:
                self._close()
                raise SeedError(
                    f"{self.pass_name}: Anthropic rejects the request: "
                    f"{judged.reason!r}. It was tried on {asked.city!r} alone, nothing "
                    "was paid; choose another --model, or correct the prompt or schema "
                    "in tasks/generate/"
                )

    def _plan(self, stage: Stage, nonce: str, cities: list[str]) -> bool:
        """Write down a stage that asks cities; False if there are none."""
        requests = {
            city: BatchRequest(
                custom_id=f"{nonce}-{self.pass_name}-{city}",
                params=self.asked.wanted[city].params,
            )
            for city in cities
        }
        return self._put_down(stage, nonce, requests)

    def _plan_follow_up(self) -> bool:
        """Write down the follow-up; False if everything is well."""
        requests: dict[str, BatchRequest] = {}
        for city, follow_up in self._follow_ups().items():
            suffix = REPAIR_SUFFIX if follow_up.is_paid else ""
            custom_id = f"{self.nonce}-{self.pass_name}-{city}{suffix}"
            requests[city] = BatchRequest(custom_id=custom_id, params=follow_up.params)
            received = self.shelf.read_received(city, self.asked.wanted[city].key)
            rejects = {"rejects": follow_up.rejects}
            self.shelf.write_received(received.model_copy(update=rejects))
        return self._put_down(Stage.FOLLOW_UP, self.nonce, requests)

    def _put_down(
        self, stage: Stage, nonce: str, requests: Mapping[str, BatchRequest]
    ) -> bool:
        cities = {request.custom_id: city for city, request in requests.items()}
        journal = self.journal
        for part, some in enumerate(split_requests(list(requests.values()))):
            asked = tuple(
                Asked(
                    city=cities[request.custom_id],
                    key=self.asked.wanted[cities[request.custom_id]].key,
                    custom_id=request.custom_id,
                )
                for request in some
            )
            sent = Sent(stage=stage, nonce=nonce, part=part, asked=asked)
            self.shelf.write_requests(sent, some)
            journal = journal.with_sent(sent)
        self._write(journal)  # all parts at once, after their requests
        return bool(requests)

    def _follow_ups(self) -> dict[str, _FollowUp]:
        """Choose what is asked once more, and how."""
        tries = Counter(
            asked.city
            for sent in self.journal.sent
            for asked in sent.asked
            if self._is_key(asked)
        )
        taken = self._taken_names()
        chosen = {
            city: self._follow_up(city, tries[city], taken.get(city, []))
            for city in sorted(tries)
        }
        return {city: found for city, found in chosen.items() if found}

    def _follow_up(
        self, city: str, tries: int, taken: list[Reject]
    ) -> _FollowUp | None:
        """Choose what a city is asked once more; None if nothing."""
        judged = self._judged(city)
        last = judged[-1] if judged else Judged(Verdict.AGAIN, "no result came")
        params = self.asked.wanted[city].params
        match last.verdict:
            case Verdict.AGAIN if tries < TRIES:
                return _FollowUp(params, is_paid=False)
            case Verdict.LONGER:
                tokens = min(params["max_tokens"] * LONGER, MAX_OUTPUT_TOKENS)
                return _FollowUp({**params, "max_tokens": tokens}, is_paid=True)
            case Verdict.REPAIR | Verdict.GOOD:
                return _repair(params, last, (*last.salvaged.rejects, *taken))
            case _:  # refused, invalid, or tried often enough
                return None

    def _taken_names(self) -> dict[str, list[Reject]]:
        """Find names that two cities share, those of earlier runs included."""
        answers = {
            path.stem: salvage(
                self.pass_name, path.stem, read_bounded(path, MAX_ANSWER_BYTES)
            )
            for path in sorted(self.asked.place.glob("*.json"))
        }
        return same_names(self.pass_name, answers)

    def _close(self) -> None:
        """End the attempt: its answers stand, its batches are accounted for."""
        batches = {sent.batch_id for sent in self.journal.sent}
        spent = sum(
            cost.usd
            for cost in read_spending(self.asked.folder).of(self.pass_name)
            if cost.batch_id in batches
        )
        expected = self.journal.expected_usd
        error = f", {spent / expected - 1:+.0%}" if expected else ""
        self._tell(f"spent ${spent:.4f}, estimated ${expected:.4f}{error}")
        self._write(Journal(proven=self.journal.proven))

    def _save(self, received: Received) -> None:
        """Make a city's answer from what came for it, if it is still wanted."""
        wanted = self.asked.wanted.get(received.city)
        best = best_answer(self.pass_name, received)
        if wanted and wanted.key == received.key and best and best.text is not None:
            write_text(self._answer_path(received.city), best.text + "\n")

    def _judged(self, city: str) -> list[Judged]:
        """Judge the results that this attempt has of a city."""
        wanted = self.asked.wanted.get(city)
        if wanted is None:  # the run goes on without it
            return []
        received = self.shelf.read_received(city, wanted.key)
        own = [r for r in received.rows if r.custom_id.startswith(f"{self.nonce}-")]
        return self._judge_all(received.model_copy(update={"rows": tuple(own)}))

    def _judge_all(self, received: Received) -> list[Judged]:
        return [judge(self.pass_name, received.city, row.line) for row in received.rows]

    def _is_paid(self, city: str) -> bool:
        return any(judged.verdict.is_billed for judged in self._judged(city))

    def _is_refused(self, received: Received) -> bool:
        return any(j.verdict is Verdict.REFUSED for j in self._judge_all(received))

    def _is_wanted(self, sent: Sent) -> bool:
        """Say whether all that a batch asks for is still to be asked just so."""
        return all(self._is_key(asked) for asked in sent.asked)

    def _is_key(self, asked: Asked) -> bool:
        wanted = self.asked.wanted.get(asked.city)
        return wanted is not None and wanted.key == asked.key

    def _answer_path(self, city: str) -> Path:
        return self.asked.place / f"{city}.json"

    def _note(self, sent: Sent) -> None:
        self._write(self.journal.with_sent(sent))

    def _write(self, journal: Journal) -> None:
        self.journal = self.shelf.write_journal(journal)

    def _tell(self, line: str) -> None:
        self.live.tell(f"{self.pass_name}: {line}")


def _repair(
    params: dict[str, Any], last: Judged, rejects: tuple[Reject, ...]
) -> _FollowUp | None:
    """Ask again for the bad records, or for everything where nothing is good."""
    if last.text is not None and not rejects:
        return None
    asked = repair.repair_params(params, last.tool_input, rejects) if rejects else None
    if asked is not None:
        return _FollowUp(asked, is_paid=True, rejects=rejects)
    return None if last.kept else _FollowUp(params, is_paid=True)
