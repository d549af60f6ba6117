"""A deployment's run whose batch is not done comes back to it by itself."""

import os
import subprocess
import sys
from collections.abc import Generator
from datetime import datetime
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.settings import PREFECT_API_URL, temporary_settings

from anthropic_server.server import KEY, BatchServer, serving
from tasks.commands.generation import COMEBACK_AFTER

PROJECT = Path(__file__).resolve().parents[3]
PATIENCE_S = 120


@pytest.fixture
def server() -> Generator[BatchServer]:
    """A server that answers as the recorded edition, but never ends a batch."""
    with serving() as running:
        running.polls_until_end = 10**9
        yield running


def execute(
    api: str, parameters: dict[str, object], environ: dict[str, str]
) -> FlowRun:
    """Carry out one run of a deployment as a worker does; give what became of it."""
    with (
        temporary_settings({PREFECT_API_URL: api}),
        get_client(sync_client=True) as client,
    ):
        flow_id = client.create_flow_from_name("seed")
        deployment_id = client.create_deployment(
            flow_id, "test", path=str(PROJECT), entrypoint="flows/seed.py:seed"
        )
        flow_run = client.create_flow_run_from_deployment(
            deployment_id, parameters=parameters
        )
        subprocess.run(  # noqa: S603  Prefect's own command
            [sys.executable, "-m", "prefect", "flow-run", "execute", str(flow_run.id)],
            check=False,
            cwd=PROJECT,
            env={**os.environ, **environ, "PREFECT_API_URL": api},
            timeout=PATIENCE_S,
            capture_output=True,
        )
        return client.read_flow_run(flow_run.id)


def test_a_run_that_waits_in_vain_is_scheduled_again(
    prefect_api: str, server: BatchServer, tmp_path: Path
) -> None:
    """Half an hour later, with the batch it has begun; a refused run just fails."""
    environ = {
        "ANTHROPIC_API_KEY": KEY,
        "ANTHROPIC_BASE_URL": server.url,
        "SEED_HOME": str(tmp_path / "home"),
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PYTHONPATH": str(PROJECT),
    }
    words: dict[str, object] = {
        "edition": "weekly",
        "cities": ["lisbon"],
        "only": "generate",
        "poll_seconds": 0.1,
        "wait_minutes": 0.005,
    }
    waiting = execute(prefect_api, words, environ)
    assert waiting.state is not None
    assert waiting.state.is_scheduled(), waiting.state
    due = waiting.state.state_details.scheduled_time
    assert isinstance(due, datetime)
    wait_s = due.timestamp() - waiting.state.timestamp.timestamp()
    assert wait_s == pytest.approx(COMEBACK_AFTER.total_seconds(), abs=PATIENCE_S)
    assert len(server.batches) == 1
    failed = execute(prefect_api, {**words, "budget_usd": 0}, environ)
    assert failed.state is not None
    assert failed.state.is_failed()
