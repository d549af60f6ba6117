"""Prefect's server for one local run, as a process of its own."""

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx

SECONDS_TO_END = 30.0
RUN = """
import time
from tasks.commands.local_server import start_local_server
server = start_local_server()
if server:
    server.wait()
print(server and server.url, flush=True)
time.sleep(600)
"""


def _start(prefect_home: Path, **extra: str) -> subprocess.Popen[str]:
    plain = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")}
    return subprocess.Popen(  # noqa: S603  our own words
        [sys.executable, "-c", RUN],
        env={**plain, "PREFECT_HOME": str(prefect_home), **extra},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health", timeout=1).is_success
    except httpx.TransportError:
        return False


def test_server_ends_with_a_run_that_is_killed(tmp_path: Path) -> None:
    """A run that dies by kill -9 leaves no server behind."""
    with _start(tmp_path / "prefect") as run:
        assert run.stdout
        url = run.stdout.readline().strip()
        assert _answers(url)
        run.kill()
    deadline = time.monotonic() + SECONDS_TO_END
    while _answers(url):
        assert time.monotonic() < deadline, f"{url} still answers"
        time.sleep(0.2)


def test_another_server_is_left_to_do_its_work(tmp_path: Path) -> None:
    """Where the environment or a profile names a server, none is started."""
    elsewhere = "http://127.0.0.1:9/api"
    home = tmp_path / "prefect"
    home.mkdir()
    (home / "profiles.toml").write_text(
        f'active = "ours"\n[profiles.ours]\nPREFECT_API_URL = "{elsewhere}"\n'
    )
    with (
        _start(tmp_path / "none", PREFECT_API_URL=elsewhere) as told,
        _start(home) as profiled,
    ):
        for run in (told, profiled):
            assert run.stdout
            assert run.stdout.readline().strip() == "None"
            run.kill()


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    """A home that cannot be written gives one error that says what to look at."""
    home = tmp_path / "prefect"
    home.write_text("a file where the folder should be")
    with _start(home) as run:
        _, said = run.communicate(timeout=180)
    assert run.returncode != 0
    assert "Prefect's own server did not start" in said
    assert "PREFECT_HOME" in said
