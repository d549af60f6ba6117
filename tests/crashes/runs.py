"""Runs of the real program: from the command line, and by a worker."""

import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import httpx
from processes import PATIENCE_S, descendants, kill_all, state_of, wait_for
from program import PROJECT, Program
from servers import POOL, Worker

ASK_TIMEOUT_S: Final = 30.0  # of a server that is busy coming up again
ASK_EVERY_S: Final = 0.3  # often enough for us, seldom enough for a busy server
BUSY: Final = frozenset({429, 502, 503})  # what Prefect's clients ask again for
BUSY_S: Final = 0.5
# a worker says once more, two seconds later, that a run has crashed, and a retry in
# between would be lost
SETTLED_S: Final = 3.0
WORKER_TELLS_S: Final = 15.0  # a worker that lives tells of a dead run long before
TERMINAL: Final = frozenset({"COMPLETED", "FAILED", "CRASHED", "CANCELLED"})
TAIL: Final = 400  # characters of what a run said last


class Ended(StrEnum):
    """How a run ended."""

    COMPLETED = "completed"
    FAILED = "failed"
    KILLED = "killed"


@dataclass(frozen=True)
class Ending:
    """How a run ended, and the last that it said."""

    ended: Ended
    said: str


class CommandRun:
    """A run of the command line."""

    def __init__(self, program: Program, *words: str) -> None:
        self.process: subprocess.Popen[str] = program.start(*words)

    def pids(self) -> list[int]:
        """List its processes."""
        if self.process.poll() is not None:
            return []
        return [self.process.pid, *descendants(self.process.pid)]

    def has_ended(self) -> bool:
        """Say whether it has."""
        return self.process.poll() is not None

    def kill(self) -> None:
        """Kill it."""
        kill_all(self.pids())

    def abandon(self) -> None:
        """See that it does not go on."""
        self.kill()

    def wait(self) -> Ending:
        """Wait for its end."""
        wait_for(self.has_ended, "a run of the command line to end")
        said = self.process.communicate()[0]
        code = self.process.returncode
        ended = Ended.KILLED if code < 0 else Ended.FAILED if code else Ended.COMPLETED
        return Ending(ended, said[-TAIL:])


class Api:
    """Prefect's API, as its UI uses it."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url, timeout=ASK_TIMEOUT_S)
        self.deployment = ""

    def ask(
        self, method: str, path: str, body: Mapping[str, object] | None = None
    ) -> Any:  # noqa: ANN401  any JSON
        """Ask for JSON; a server that is too busy is asked again, as its clients do."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            answer = self.client.request(method, path, json=body)
            if answer.is_success:
                return answer.json()
            assert answer.status_code in BUSY, answer.text
            assert time.monotonic() < deadline, answer.text
            time.sleep(BUSY_S)

    def post(self, path: str, body: Mapping[str, object]) -> Any:  # noqa: ANN401  any JSON
        """Post JSON; give the answer."""
        return self.ask("POST", path, body)

    def deploy(self) -> None:
        """Make the deployment, as prefect.yaml has it but for its schedule."""
        path = f"/work_pools/{POOL}"
        wait_for(
            lambda: self.client.get(path).is_success, "the worker to make its pool"
        )
        step = "prefect.deployments.steps.set_working_directory"
        wanted = {
            "name": "matrix",
            "flow_id": self.post("/flows/", {"name": "seed"})["id"],
            "work_pool_name": POOL,
            "path": str(PROJECT),
            "entrypoint": "flows/seed.py:seed",
            "pull_steps": [{step: {"directory": str(PROJECT)}}],
            "concurrency_limit": 1,
            "concurrency_options": {"collision_strategy": "ENQUEUE"},
        }
        made = self.post("/deployments/", wanted)
        self.deployment = made["id"]

    def run_deployment(self, parameters: Mapping[str, object]) -> str:
        """Ask for a run of the deployment; give its id."""
        path = f"/deployments/{self.deployment}/create_flow_run"
        return self.post(path, {"parameters": parameters})["id"]

    def read_run(self, run_id: str) -> dict[str, Any]:
        """Read a flow run."""
        return self.ask("GET", f"/flow_runs/{run_id}")

    def set_state(self, run_id: str, kind: str, name: str, message: str) -> None:
        """Force a flow run into a state, as the UI and automations do."""
        state = {"type": kind, "name": name, "message": message}
        path = f"/flow_runs/{run_id}/set_state"
        self.post(path, {"state": state, "force": True})


class DeploymentRun:
    """A run of the deployment by the worker."""

    def __init__(self, api: Api, worker: Worker, run_id: str) -> None:
        self.api = api
        self.worker = worker
        self.run_id = run_id
        self._asked_at = 0.0
        self._state = ""

    def pids(self) -> list[int]:
        """List its processes: the worker has no other run."""
        return self.worker.flow_pids()

    def has_ended(self) -> bool:
        """Say whether it is in a terminal state and its processes are gone."""
        if time.monotonic() - self._asked_at > ASK_EVERY_S:
            self._asked_at = time.monotonic()
            self._state = self.api.read_run(self.run_id)["state"]["type"]
        return self._state in TERMINAL and not self.pids()

    def kill(self) -> None:
        """Kill its processes and leave the worker alone."""
        kill_all([pid for pid in self.pids() if state_of(pid)])

    def wait(self, *, is_orphan: bool = False) -> Ending:
        """Wait for its end; if nobody is left to tell of it, mark it as crashed.

        That is what the automation does that the documentation has, minutes later.
        """
        silent_since = time.monotonic()
        while not self.has_ended():
            if self.pids():
                silent_since = time.monotonic()
            patience_s = 0.0 if is_orphan else WORKER_TELLS_S
            is_silent = time.monotonic() - silent_since > patience_s
            if self._state == "RUNNING" and is_silent:
                self.api.set_state(self.run_id, "CRASHED", "Crashed", "no heartbeat")
            time.sleep(ASK_EVERY_S)
        found = self.api.read_run(self.run_id)
        while found["state"]["type"] == "CRASHED":
            time.sleep(SETTLED_S)
            before, found = found, self.api.read_run(self.run_id)
            if before["state_id"] == found["state_id"]:
                break
        state = found["state"]
        kinds = {"COMPLETED": Ended.COMPLETED, "CRASHED": Ended.KILLED}
        return Ending(
            kinds.get(state["type"], Ended.FAILED), (state["message"] or "")[:TAIL]
        )

    def abandon(self) -> None:
        """See that it neither goes on nor is begun."""
        self.kill()
        if self.api.read_run(self.run_id)["state"]["type"] not in TERMINAL:
            self.api.set_state(self.run_id, "CANCELLED", "Cancelled", "given up")

    def retry(self) -> Ending:
        """Have it tried again as the UI's button does, and wait for its end."""
        self.api.set_state(
            self.run_id, "SCHEDULED", "AwaitingRetry", "Retry from the UI"
        )
        self._state = ""
        return self.wait()
