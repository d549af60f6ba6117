"""The program as a person starts it: a process of its own, in homes of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Self

from tasks.database.connect import Target

PROJECT: Final = Path(__file__).resolve().parents[2]
SEED: Final = (sys.executable, str(PROJECT / "flows" / "seed.py"))
# what this machine's user may have set, and what no run under test may see
OWN_SETTINGS: Final = (
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_BASE_URL",
    "DATABASE_URL",
    "MIN_EVENTS_PER_CITY",
    "UNSPLASH_ACCESS_KEY",
    "USE_LLM",
)
OWN_PREFIXES: Final = ("PREFECT_", "SEED_")
SECRET: Final = "a secret of the tests"  # noqa: S105  it guards nothing
POLL_S: Final = 0.005
PATIENCE_S: Final = 120  # a run of the full edition on a busy machine
SERVER_PATIENCE_S: Final = 90  # Prefect's server on a cold home: 16 s


@dataclass(frozen=True)
class Program:
    """The command line, and what its processes see of the world."""

    home: Path  # SEED_HOME
    prefect_home: Path
    environ: Mapping[str, str] = field(default_factory=dict[str, str])
    wrapper: tuple[str, ...] = ()  # what starts it, such as faketime

    def at(self, home: Path) -> Self:
        """Give the same program with another SEED_HOME."""
        return replace(self, home=home)

    def seeing(self, **environ: str) -> Self:
        """Give the same program with more in its environment."""
        return replace(self, environ={**self.environ, **environ})

    def environment(self) -> dict[str, str]:
        """Give all that its processes see of the environment."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if name not in OWN_SETTINGS and not name.startswith(OWN_PREFIXES)
        }
        return {
            **kept,
            "SEED_HOME": str(self.home),
            "SEED_SECRET": SECRET,
            "PREFECT_HOME": str(self.prefect_home),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            # a machine where the project is not installed runs the tests too
            "PYTHONPATH": str(PROJECT),
            **self.environ,
        }

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        """Start a run in a process group of its own."""
        return subprocess.Popen(  # noqa: S603  our own program
            [*self.wrapper, *SEED, *arguments],
            env=self.environment(),
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, code: int = 0) -> str:
        """Carry out a run to its end; give what it printed."""
        return finish(self.start(*arguments), code)


@dataclass(frozen=True)
class Seeded:
    """The full recorded edition as one run made it."""

    database: Target
    home: Path  # its SEED_HOME
    arguments: tuple[str, ...]  # the command line's


def finish(process: "subprocess.Popen[str]", code: int = 0) -> str:
    """Let a run come to its end; give what it printed, or printed since last read."""
    try:
        output, _ = process.communicate(timeout=PATIENCE_S * 2)
    finally:
        if process.poll() is None:
            kill(process)
    assert process.returncode == code, output
    return output


def read_until(process: "subprocess.Popen[str]", sign: str) -> str:
    """Read what a run prints, up to the line with a sign."""
    assert process.stdout is not None
    read = ""
    for line in process.stdout:
        read += line
        if sign in line:
            return read
    raise AssertionError(f"it never said {sign!r}: {read}")


def kill(process: "subprocess.Popen[str]") -> str:
    """Kill a run and all that it started, as `kill -9` does; give what it printed."""
    os.killpg(process.pid, signal.SIGKILL)
    return process.communicate()[0]


def wait_until(
    is_so: Callable[[], bool],
    process: "subprocess.Popen[str]",
    *,
    patience_s: float = PATIENCE_S,
    poll_s: float = POLL_S,
) -> None:
    """Wait for something that a running process is to bring about."""
    deadline = time.monotonic() + patience_s
    while not is_so():
        if process.poll() is not None:
            raise AssertionError(f"it ended first: {process.communicate()[0]}")
        if time.monotonic() > deadline:
            raise AssertionError(f"not so after {patience_s} s: {kill(process)}")
        time.sleep(poll_s)


@contextmanager
def prefect_server(
    prefect_home: Path, settings: Mapping[str, str] | None = None
) -> Generator[str]:
    """Keep one Prefect server up for many runs, which need not start their own.

    Args:
        prefect_home: Where it keeps its data.
        settings: More of Prefect's settings; with any the UI is served, too.

    Yields:
        The URL of its API.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    api = f"http://127.0.0.1:{port}/api"
    command: Sequence[str] = (
        *(sys.executable, "-m", "prefect", "server", "start"),
        *("--host", "127.0.0.1", "--port", str(port)),
        "--no-ui" if settings is None else "--ui",
    )
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")}
    with (prefect_home / "server.log").open("w") as log:
        process = subprocess.Popen(  # noqa: S603  Prefect's own command
            command,
            env={
                **kept,
                "PREFECT_HOME": str(prefect_home),
                "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
                "DO_NOT_TRACK": "1",
                # else the page asks the port that is Prefect's by default
                "PREFECT_UI_API_URL": api,
                # and its files are written into the installed package
                "PREFECT_UI_STATIC_DIRECTORY": str(prefect_home / "ui"),
                **(settings or {}),
            },
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            wait_until(
                lambda: _answers(f"{api}/health"),
                process,
                patience_s=SERVER_PATIENCE_S,
                poll_s=0.2,
            )
            yield api
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as response:  # noqa: S310  http of our own
            return response.status == 200
    except OSError:
        return False
