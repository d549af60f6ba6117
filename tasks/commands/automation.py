"""`automation`: tell the Prefect server when a run is dead.

A flow run says that it is alive every three minutes. Where it and its worker were both
killed nobody reports the end, and the run would stand as Running for good: no retry,
and the deployment's next run waits behind it. The server's own automation ends that.
"""

import sys
from datetime import timedelta
from typing import Final

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification
from prefect.exceptions import PrefectHTTPStatusError
from prefect.settings import get_current_settings

from tasks.errors import InputError, SeedError

NAME: Final = "seed: a run without a heartbeat has crashed"
HEARTBEAT: Final = "prefect.flow-run.heartbeat"
ENDS: Final = ("Completed", "Failed", "Cancelled", "Crashed")
FLOW: Final = "seed"


def automation(within_seconds: int) -> int:
    """Create the automation on the configured server, or bring it up to date.

    Args:
        within_seconds: How long a run may be silent before it counts as dead.
    """
    settings = get_current_settings()
    if not settings.api.url:
        raise InputError(
            "PREFECT_API_URL is not set, and an automation lives in a server; start "
            "one with: prefect server start, and set PREFECT_API_URL to what it prints"
        )
    wanted = describe_automation(within_seconds)
    try:
        with get_client(sync_client=True) as client:
            done = _settle(client, wanted)
    except (httpx.TransportError, PrefectHTTPStatusError) as error:
        raise SeedError(
            f"the Prefect server at {settings.api.url!r} did not take the automation: "
            f"{str(error).splitlines()[0]!r}; see that it runs: curl "
            f"{settings.api.url}/health"
        ) from None
    sys.stdout.write(
        f"{done}: {NAME!r}\na run of {FLOW!r} that is silent for {within_seconds} s "
        "becomes Crashed; retry it then, and it goes on where it stopped\n"
    )
    return 0


def describe_automation(within_seconds: int) -> AutomationCore:
    """Describe it: after a heartbeat, neither another nor an end for so long."""
    return AutomationCore(
        name=NAME,
        description="A run whose worker died with it cannot say so itself.",
        trigger=EventTrigger(
            after={HEARTBEAT},
            expect={HEARTBEAT, *(f"prefect.flow-run.{state}" for state in ENDS)},
            match=ResourceSpecification({"prefect.resource.id": "prefect.flow-run.*"}),
            match_related=ResourceSpecification(
                {"prefect.resource.role": "flow", "prefect.resource.name": FLOW}
            ),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,  # with 0 the server forgets the run at once, and never fires
            within=timedelta(seconds=within_seconds),
        ),
        actions=[
            ChangeFlowRunState(
                name="Crashed",
                state=StateType.CRASHED,
                force=False,
                message=f"No heartbeat for {within_seconds} s: the run and its worker "
                "are gone. Nothing is lost; Retry goes on where it stopped.",
            )
        ],
    )


def _settle(client: SyncPrefectClient, wanted: AutomationCore) -> str:
    """Have exactly one automation of that name; say what was done for it."""
    found = client.read_automations_by_name(NAME)
    if not found:
        client.create_automation(wanted)
        return "created"
    first, *others = found
    for other in others:
        client.delete_automation(other.id)
    client.update_automation(first.id, wanted)
    return "updated"
