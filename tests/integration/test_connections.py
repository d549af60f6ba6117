"""Whom a run speaks to: a trace of every connect call of every one of its processes.

That Prefect's telemetry is off, that no library phones home and that no name is looked
up, shows in the kernel's own account.
"""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from program import Program

from tasks.database.connect import Target

WORLD: Final = (
    *("--source", "recorded", "--edition", "three", "--as-of", "2026-11-16"),
    *("--cities", "lisbon", "tokyo", "berlin", "--seed", "three"),
)
# with the filter in the kernel all other calls run at full speed
STRACE: Final = ("strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=connect,sendto")
_CALL: Final = re.compile(r"\b(?:connect|sendto)\(.*?\{sa_family=AF_(\w+)(.*)")
_HOST: Final = re.compile(
    r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"|sun_path=@?"([^"]*)"'
)
_PORT: Final = re.compile(r"sin6?_port=htons\((\d+)\)")
# glibc's own question for a user's name, to a daemon that is not there
NAME_SERVICE_CACHE: Final = "/var/run/nscd/socket"
# the planted call, of a process that the run starts for its report alone
PLANTED: Final = """
import socket, sys
if "tasks.report.page" in sys.orig_argv:
    with socket.socket() as planted:
        planted.settimeout(1)
        planted.connect_ex(("127.0.0.9", 9))
"""


def traced(program: Program, log: Path) -> Program:
    """Give the program under a trace of whom its processes connect to."""
    if shutil.which("strace") is None:
        if os.environ.get("CI"):
            pytest.fail("CI has no strace: apt-get install strace")
        pytest.skip("needs strace (apt-get install strace), as CI has it")
    return Program(
        program.home, program.prefect_home, program.environ, (*STRACE, "-o", str(log))
    )


def addresses(log: Path) -> set[str]:
    """Read off a trace whom the processes turned to: host:port, or a socket's path."""
    found: set[str] = set()
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        call = _CALL.search(line)
        if call is None or call[1] in {"UNSPEC", "NETLINK"}:  # of the kernel itself
            continue
        host, port = _HOST.search(call[2]), _PORT.search(call[2])
        assert host is not None, line
        name = next(part for part in host.groups() if part is not None)
        found.add(f"{name}:{port[1]}" if port else name)
    return found - {NAME_SERVICE_CACHE}


@pytest.mark.whole
def test_a_run_of_its_own_speaks_to_its_own_alone(home: Path, tmp_path: Path) -> None:
    """Without any setting: the embedded server's socket, and one port of 127.0.0.1."""
    log = tmp_path / "trace"
    output = traced(Program(home, tmp_path / "prefect"), log).run(*WORLD)
    assert "✓ demo-user" in output
    found = addresses(log)
    sockets = {name for name in found if "/.s.PGSQL." in name}
    prefect = {name for name in found if name.startswith("127.0.0.1:")}
    assert found == sockets | prefect
    assert (len(sockets), len(prefect)) == (1, 1), found


def test_a_run_speaks_to_what_it_was_given_and_a_planted_call_is_caught(
    program: Program,
    new_database: Callable[..., Target],
    prefect_api: str,
    tmp_path: Path,
) -> None:
    """The database and the API of the environment, and nobody but the planted one."""
    planted = tmp_path / "planted"
    planted.mkdir()
    (planted / "sitecustomize.py").write_text(PLANTED, encoding="utf-8")
    database, log = new_database(), tmp_path / "trace"
    running = program.seeing(
        DATABASE_URL=database.url,
        PYTHONPATH=os.pathsep.join([str(planted), str(Path(__file__).parents[2])]),
    )
    traced(running, log).run(*WORLD)
    reach = dict(
        part.split("=", 1) for part in database.conninfo.split() if "=" in part
    )
    host, port = reach["host"], reach.get("port", "5432")
    server = f"{host}/.s.PGSQL.{port}" if host[0] == "/" else f"{host}:{port}"
    api = prefect_api.removeprefix("http://").removesuffix("/api")
    assert addresses(log) == {server, api, "127.0.0.9:9"}
