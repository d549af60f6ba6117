"""The servers of one lane: PostgreSQL, Prefect's, and its worker, to be killed."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import httpx
import psycopg
from processes import descendants, kill_all, state_of, wait_for
from psycopg.conninfo import make_conninfo

from tasks.database.placing import find_server

HOST: Final = "127.0.0.1"
POOL: Final = "matrix"
# a kill loses nothing that the system has been given; only a power cut would
UNSAFE: Final = ("fsync=off", "synchronous_commit=off", "max_wal_size=64MB")
ASK_TIMEOUT_S: Final = 10


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        return free.getsockname()[1]


class Killable:
    """A server as a process, started and killed any number of times."""

    def __init__(
        self,
        command: tuple[str, ...],
        log: Path,
        environ: Mapping[str, str],
        uid: int | None = None,
    ) -> None:
        self.command = command
        self.log = log
        self.environ = environ
        self.uid = uid
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pids(self) -> list[int]:
        """The server's process and all that it started, while it lives."""
        if self.process is None or self.process.poll() is not None:
            return []
        return [self.process.pid, *descendants(self.process.pid)]

    def start(self) -> None:
        """Start it; it may not answer yet."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  PostgreSQL's and Prefect's
                self.command,
                env=self.environ,
                cwd="/",
                user=self.uid,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Kill it and all that it started."""
        pids = self.pids
        kill_all(pids)
        if self.process:
            self.process.wait()


class Postgres:
    """A PostgreSQL server of the embedded programs, on a port of 127.0.0.1."""

    def __init__(self, folder: Path, place: Path) -> None:
        self.port = free_port()
        server = find_server(place)
        # its log has a disk of its own, so that a full one fails a statement, not it
        data, log = folder / "data", place / "wal"
        for own in (data, log):
            own.mkdir(mode=0o700)
            server.account.own(own)
        made = server.account.run(
            [
                *(server.program("initdb"), "-D", str(data), "-U", "postgres"),
                *("--encoding=UTF8", "--no-locale", "--no-sync", "--auth=trust"),
                f"--waldir={log}",
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            ]
        )
        if made.returncode != 0:
            raise RuntimeError(made.stderr)
        settings = (*UNSAFE, f"listen_addresses={HOST}", "unix_socket_directories=")
        self.server = Killable(
            (
                *(server.program("postgres"), "-D", str(data), "-p", str(self.port)),
                *(word for setting in settings for word in ("-c", setting)),
            ),
            place / "postgres.log",
            {k: v for k, v in os.environ.items() if not k.startswith("PG")},
            server.account.uid if os.geteuid() == 0 else None,
        )
        self.start()

    def conninfo(self, database: str) -> str:
        """Say how its superuser reaches a database, past the proxy."""
        return make_conninfo(
            host=HOST, port=self.port, user="postgres", dbname=database
        )

    def start(self) -> None:
        """Start it, if it does not run, and wait until it takes connections."""
        if not self.server.pids:
            self.server.start()
        wait_for(self._answers, "PostgreSQL to answer")

    def kill(self) -> None:
        """Kill all of its processes."""
        self.server.kill()

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.conninfo("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


class PrefectServer:
    """A Prefect server on a port of its own; its database outlives it."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        port = free_port()
        self.api = f"http://{HOST}:{port}/api"
        self.server = Killable(
            (
                *(sys.executable, "-m", "prefect", "server", "start", "--no-ui"),
                *("--host", HOST, "--port", str(port)),
            ),
            folder / "prefect-server.log",
            environ,
        )

    def start(self) -> None:
        """Start it, if it does not run, and wait until it answers."""
        if not self.server.pids:
            self.server.start()
        wait_for(self._answers, "Prefect's server to answer")

    def kill(self) -> None:
        """Kill it."""
        self.server.kill()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.api}/health", timeout=ASK_TIMEOUT_S).is_success
        except httpx.TransportError:
            return False


class Worker:
    """A Prefect worker; what it runs are processes that it starts."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self.server = Killable(
            (
                *(sys.executable, "-m", "prefect", "worker", "start"),
                *("--pool", POOL, "--type", "process", "--name", "matrix"),
            ),
            folder / "worker.log",
            environ,
        )

    def start(self) -> None:
        """Start it, if it does not run."""
        if not self.server.pids:
            self.server.start()

    def flow_pids(self) -> list[int]:
        """List the processes that it has started and that live."""
        return [pid for pid in self.server.pids[1:] if state_of(pid)]

    def kill(self) -> None:
        """Kill it and all that it started."""
        self.server.kill()
