"""Live generation as a run sees it: how it is reached, its price, and coming back.

A batch that is not done when the run's patience ends goes on at Anthropic. A run of
the deployment then schedules itself again; on a terminal the same command goes on.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, cast
from uuid import UUID

from prefect import Flow
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.states import Scheduled

from tasks.commands.runs import Run
from tasks.errors import NotReadyError, RefusedError
from tasks.generate.answers import answer_path
from tasks.generate.drafts import PassName
from tasks.generate.estimates import estimate
from tasks.generate.prices import DEFAULT_MODEL
from tasks.generate.service import SECONDS_PER_MINUTE, Live, Service
from tasks.generate.source import Source
from tasks.generate.spending import check_budget, read_spending
from tasks.report.progress import ASKS_FIRST, TERMINAL

COMEBACKS: Final = 3  # of a deployment's run to a batch that is not done
COMEBACK_AFTER: Final = timedelta(minutes=30)  # most batches end within an hour
WHOLE: Final = 100.0  # per cent
MOST: Final = 99.0  # per cent shown while a batch is under way: it tells no progress


def live_of(run: Run) -> Live | None:
    """Say how this run reaches its live model; None if its source is none."""
    if run.plan.source is not Source.CLAUDE:
        return None
    request = run.request
    service = Service(
        # without one, a run whose answers are all there needs none
        api_key=run.settings.anthropic_api_key or "",
        base_url=run.settings.anthropic_base_url,
        poll_seconds=request.poll_seconds,
        wait_seconds=request.wait_minutes * SECONDS_PER_MINUTE,
    )
    return Live(
        service=service,
        model=run.plan.options.model or DEFAULT_MODEL,
        budget_usd=request.budget_usd,
        tell=run.progress.tell,
        watch=_watcher(service.wait_seconds),
    )


def agree_on_price(run: Run, live: Live | None) -> None:
    """Say what the missing answers will cost, and ask whoever is there to be asked.

    Raises:
        RefusedError: it is over the budget, or the person says no.
    """
    if live is None:
        return
    missing = {
        name: [
            city
            for city in run.plan.cities
            if not answer_path(run.folder, name, city).is_file()
        ]
        for name in PassName
    }
    expected = {
        name: estimate(name, cities, live.model)
        for name, cities in missing.items()
        if cities
    }
    if not expected:
        return
    usd = sum(one.usd for one in expected.values())
    low = sum(one.usd_low for one in expected.values())
    high = sum(one.usd_high for one in expected.values())
    requests = sum(one.requests for one in expected.values())
    run.progress.tell(
        f"{requests} requests to {live.model}: about ${usd:.2f} (${low:.2f} to "
        f"${high:.2f}); the budget is ${live.budget_usd:.2f}"
    )
    check_budget(read_spending(run.folder).usd, usd, live.budget_usd)
    terminal = TERMINAL.get()
    if terminal is None or not ASKS_FIRST.get():
        return
    said = terminal.input("pay for it? [y/N] ").strip().lower()
    if said not in {"y", "yes"}:
        raise RefusedError(
            f"the answer was {said!r}, so nothing was sent; answer y, pass --yes, or "
            f"choose --source {Source.RECORDED}"
        )


def come_back_later(
    flow: "Flow[..., Any]",  # noqa: ARG001  Prefect's signature
    flow_run: FlowRun,
    state: "State[Any]",
) -> None:
    """Schedule a deployment's run again whose batch is not done; Prefect's hook."""
    if flow_run.deployment_id is None or flow_run.run_count > COMEBACKS:
        return
    if not _is_not_ready(state):
        return
    again = Scheduled(
        scheduled_time=state.timestamp + COMEBACK_AFTER,
        message=f"waiting for Anthropic, {flow_run.run_count} of {COMEBACKS}",
    )
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(flow_run.id, again, force=True)


def _is_not_ready(state: "State[Any]") -> bool:
    try:
        state.result()
    except NotReadyError:
        return True
    except Exception:  # noqa: BLE001  whatever else it was is no reason to come back
        return False
    return False


def _watcher(wait_seconds: float) -> Callable[[str, int, float], None]:
    """Show the wait for a batch as a progress artifact of its pass."""
    shown: dict[str, UUID] = {}

    def watch(pass_name: str, requests: int, seconds: float) -> None:
        share = min(MOST, WHOLE * seconds / wait_seconds) if wait_seconds else MOST
        words = f"{pass_name}: a batch of {requests} requests, {seconds:.0f} s so far"
        if pass_name in shown:
            update_progress_artifact(shown[pass_name], share, words)
        else:
            made = create_progress_artifact(share, f"live-{pass_name}", words)
            shown[pass_name] = cast("UUID", made)  # this side of it is not async

    return watch
