"""Prefect's server for one local run, where nobody has configured another.

Run as a module this is the server itself. It lives in a process of its own, so that the
run's process never loads it (80 MB), and it ends when the run's end of the pipe closes,
however the run ended: `kill -9` leaves no server behind.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from typing import IO, Final

from tasks.errors import SeedError

HOST: Final = "127.0.0.1"
START_SECONDS: Final = 120.0  # a cold home on a busy machine: 16 s and more
POLL_SECONDS: Final = 0.1
OUTPUT_SHOWN: Final = 400  # last characters of what a failed server said
# Block types serve the UI's forms; a run of minutes needs none, and saves seconds.
FOR_ONE_RUN: Final = {"PREFECT_API_BLOCKS_REGISTER_ON_START": "false"}


class LocalServer:
    """A server on its way up; `wait` before the flow starts."""

    def __init__(self, process: subprocess.Popen[bytes], output: IO[bytes]) -> None:
        self._process = process
        self._output = output
        assert process.stdout is not None  # noqa: S101  it was opened as a pipe
        line = process.stdout.readline()
        if not line:
            raise self._failed()
        # none where a profile of Prefect's names another server
        self.url: str | None = json.loads(line)["url"]

    def wait(self) -> None:
        """Return when the server answers.

        Raises:
            SeedError: It ended, or does not answer in time; with what it said last.
        """
        if self.url is None:
            return
        import httpx

        deadline = time.monotonic() + START_SECONDS
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/health", timeout=1).is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(POLL_SECONDS)
        raise self._failed()

    def _failed(self) -> SeedError:
        self._output.seek(0)
        said = self._output.read().decode(errors="replace").strip()
        return SeedError(
            "Prefect's own server did not start; the last it said was "
            f"{said[-OUTPUT_SHOWN:]!r}. See that PREFECT_HOME (by default ~/.prefect) "
            "can be written, or set PREFECT_API_URL to a server that runs"
        )


def start_local_server() -> LocalServer | None:
    """Start a server unless Prefect is configured to use another.

    To be called before Prefect is imported, which reads PREFECT_API_URL then. The
    server is not stopped here: Prefect still sends logs while the interpreter leaves.
    """
    if os.environ.get("PREFECT_API_URL"):
        return None
    output = tempfile.TemporaryFile()  # noqa: SIM115  it outlives this function
    process = subprocess.Popen(
        [sys.executable, "-m", "tasks.commands.local_server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=output,
        env={**os.environ, **FOR_ONE_RUN},
        start_new_session=True,  # Ctrl-C is for the run, whose end ends the server
    )
    server = LocalServer(process, output)
    if server.url:
        os.environ["PREFECT_API_URL"] = server.url
    return server


def main() -> None:
    """Serve until standard input ends, or say that another server is configured."""
    # ruff: noqa: PLC0415  the run's process imports this module without Prefect
    from prefect.settings import get_current_settings

    if get_current_settings().api.url:
        _announce(None)
        return
    import socket

    listener = socket.create_server((HOST, 0))
    # asyncio sees to it only where it makes the socket; else many an answer waits 40 ms
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # the run loads the flow while the server is loaded here
    _announce(f"http://{HOST}:{listener.getsockname()[1]}/api")

    from prefect.server.api.server import create_app
    from uvicorn import Config, Server

    app = create_app(ephemeral=True, final=True)
    server = Server(Config(app, log_level="error", lifespan="on"))

    def end_with_the_run() -> None:
        sys.stdin.buffer.read()
        server.should_exit = True

    threading.Thread(target=end_with_the_run, daemon=True).start()
    server.run(sockets=[listener])


def _announce(url: str | None) -> None:
    sys.stdout.write(json.dumps({"url": url}) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
