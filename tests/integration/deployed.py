"""The deployment as a team has it: a server with its UI, a work pool and a worker."""

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import httpx
from program import OWN_PREFIXES, OWN_SETTINGS, PROJECT, prefect_server

EXAMPLE: Final = PROJECT / ".env.example"
README: Final = PROJECT / "README.md"
SECTION: Final = "## Every week, on a worker"
POOL: Final = "seed-pool"
PATIENCE_S: Final = 240  # a run of three cities, and whatever else the machine does
POLL_S: Final = 0.1
# What only shortens waits (Prefect's defaults are 30 and 10 seconds), and lets SQLite's
# writers wait for each other on a busy machine.
SERVING: Final = {
    "PREFECT_DEPLOYMENT_CONCURRENCY_SLOT_WAIT_SECONDS": "1",
    "PREFECT_API_DATABASE_TIMEOUT": "60",
}
WORKING: Final = {
    "PREFECT_WORKER_QUERY_SECONDS": "1",
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",  # the least
}


@dataclass(frozen=True)
class Deployed:
    """A deployment on a server of its own, seen from the shell that deploys."""

    api: str
    folder: Path  # its Prefect home, and where its worker is started
    shell: Mapping[str, str]  # the deploying shell's environment
    worker: Mapping[str, str] = field(repr=False)  # what the worker's has besides

    @property
    def ui(self) -> str:
        """The address that a person opens."""
        return self.api.removesuffix("/api")

    def run(self, *command: str) -> str:
        """Carry out a command in the deploying shell; give what it printed."""
        words = {"prefect": ("-m", "prefect"), "python": ()}[command[0]]
        done = subprocess.run(  # noqa: S603  Prefect's command, or our own
            [sys.executable, *words, *command[1:]],
            env=self.shell,
            cwd=PROJECT,
            check=False,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, path: str, **body: object) -> Any:  # noqa: ANN401  JSON is any value
        """Post to the API; give its answer."""
        url = f"{self.api}/{path}"
        answer = httpx.post(url, json=body, timeout=PATIENCE_S)
        while answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            time.sleep(1)  # its database was locked; Prefect's own client asks again
            answer = httpx.post(url, json=body, timeout=PATIENCE_S)
        assert answer.is_success, answer.text
        return answer.json()

    def deployment(self) -> dict[str, Any]:
        """Give the one deployment, as the API shows it."""
        (found,) = self.ask("deployments/filter")
        return found

    def start(self, **parameters: object) -> str:
        """Start a run as `prefect deployment run` does; give its id."""
        path = f"deployments/{self.deployment()['id']}/create_flow_run"
        started: str = self.ask(path, parameters=parameters)["id"]
        return started

    def read(self, run_id: str) -> dict[str, Any]:
        """Give a flow run as it is now."""
        answer = httpx.get(f"{self.api}/flow_runs/{run_id}", timeout=PATIENCE_S)
        return answer.raise_for_status().json()

    def states_of(self, run_id: str) -> list[str]:
        """Give the names of all states that a run has been in."""
        answer = httpx.get(
            f"{self.api}/flow_run_states/",
            params={"flow_run_id": run_id},
            timeout=PATIENCE_S,
        )
        return [state["name"] for state in answer.raise_for_status().json()]

    def has_heartbeat(self, run_id: str) -> bool:
        """Say whether the server has heard that a run is alive."""
        wanted = {
            "event": {"name": ["prefect.flow-run.heartbeat"]},
            "resource": {"id": [f"prefect.flow-run.{run_id}"]},
        }
        return bool(self.ask("events/filter", filter=wanted)["events"])

    def retry(self, run_id: str) -> None:
        """Retry a run, by the call that the UI's button makes."""
        state = {"type": "SCHEDULED", "name": "AwaitingRetry"}
        answer = self.ask(f"flow_runs/{run_id}/set_state", state=state)
        assert answer["status"] == "ACCEPT", answer

    def wait_for(self, run_id: str, state: str) -> None:
        """Wait until a run is in a state; another end than that one is a failure."""
        ends = {"Completed", "Failed", "Crashed", "Cancelled"} - {state}

        def is_there() -> bool:
            found = self.read(run_id)["state"]
            assert found["name"] not in ends, found
            return found["name"] == state

        wait_until(is_there)

    @contextmanager
    def working(self) -> Generator["subprocess.Popen[bytes]"]:
        """Keep a worker up, started in a folder that is not the project's."""
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir(exist_ok=True)
        clean = {k: v for k, v in self.shell.items() if k not in self.worker}
        with (self.folder / "worker.log").open("a") as log:
            process = subprocess.Popen(  # noqa: S603  Prefect's own command
                [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL],
                env={**clean, **WORKING, **self.worker},
                cwd=elsewhere,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                yield process
            finally:
                kill_group(process.pid)
                process.wait()


@contextmanager
def deploying(
    folder: Path, shell: Mapping[str, str], worker: Mapping[str, str]
) -> Generator[Deployed]:
    """Deploy as the README says, on a server of its own.

    Args:
        folder: Where the server and the worker keep what is theirs.
        shell: What the shell that deploys has in its environment.
        worker: What the worker's shell has in its environment.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in OWN_SETTINGS and not name.startswith(OWN_PREFIXES)
    }
    telemetry = example_settings()
    with prefect_server(folder, {**telemetry, **SERVING}) as api:
        everywhere = {
            **kept,
            **telemetry,
            "PREFECT_API_URL": api,
            "PREFECT_HOME": str(folder),
            "PYTHONPATH": str(PROJECT),
        }
        deployed = Deployed(api, folder, {**everywhere, **shell}, worker)
        for words in documented("prefect work-pool create", "prefect --no-prompt"):
            deployed.run(*words)
        yield deployed


def example_settings() -> dict[str, str]:
    """Give what .env.example sets for everybody, whatever they fill in."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and line[0] != "#")


def documented(*beginnings: str) -> list[list[str]]:
    """Give the commands of the README's section that begin so, as words."""
    text = README.read_text(encoding="utf-8").split(SECTION)[1].split("```")[1]
    found = [
        shlex.split(line, comments=True)
        for beginning in beginnings
        for line in text.splitlines()
        if line.startswith(beginning)
    ]
    assert len(found) == len(beginnings), found
    return found


def processes_of(run_id: str) -> dict[int, dict[str, str]]:
    """Find the processes of a flow run, each with the environment it began with."""
    found: dict[int, dict[str, str]] = {}
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError:  # gone meanwhile, or somebody else's
            continue
        environ = dict(
            entry.split("=", 1) for entry in text.split("\0") if "=" in entry
        )
        if environ.get("PREFECT__FLOW_RUN_ID") == run_id:
            found[int(path.parent.name)] = environ
    return found


def kill_processes(run_id: str) -> None:
    """Kill every process of a flow run, as `kill -9` does."""
    for pid in processes_of(run_id):
        os.kill(pid, signal.SIGKILL)


def kill_group(pid: int) -> None:
    """Kill a process and its group, if they are still there."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for something that other processes are to bring about."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, f"not so after {PATIENCE_S} s"
        time.sleep(POLL_S)
