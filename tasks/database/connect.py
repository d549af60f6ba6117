"""Connections: URLs as the app writes them, and errors a person can act on.

psycopg's exceptions stop here: whatever happens inside `open_database` comes out as
`tasks.errors.DatabaseError`, with the psycopg exception as its cause.
"""

import selectors
from collections.abc import Generator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

import psycopg
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow

from tasks.database.encryption import PARAMETERS, libpq_encryption
from tasks.database.trouble import (
    LOCK_TIMEOUT_MS,
    describe_failure,
    describe_refusal,
)
from tasks.errors import DatabaseError, InputError

SCHEMES: Final = ("postgresql://", "postgres://")
# what Prisma's URLs carry and libpq refuses
PRISMA_ONLY: Final = frozenset(
    {
        "schema",
        "connection_limit",
        "pgbouncer",
        "pool_timeout",
        "socket_timeout",
        "statement_cache_size",
    }
    | PARAMETERS
)
DEFAULT_SCHEMA: Final = "public"
CONNECT_TIMEOUT_S: Final = 10  # a server on another continent answers within one
# a lost network is noticed within a minute, not after the two hours of the default:
# keepalives tell where we wait, the user timeout where what we sent is never received
KEEPALIVES: Final = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
# A million rows with all keys and indexes took 21 CPU-seconds to COPY, and no stage is
# cut at thirty times as many on a machine three times slower.
STATEMENT_TIMEOUT_MS: Final = 1_800_000
# Between two statements a stage reads a chunk of a file, under a second, and an audit
# with its baselines builds a world, a minute; who pauses longer holds up all others.
IDLE_TIMEOUT_MS: Final = 900_000
GRACE_S: Final = 10  # for the server's own timeout to come first, and its message
POLL_S: Final = 0.1  # psycopg's own: how soon Ctrl-C is noticed
WAITED: Final = "wait timeout expired"  # psycopg says so; its class is private
PREPARE_THRESHOLD: Final = 5  # psycopg's own default
# one row per setting: its name, its value, and the same as PostgreSQL shows it; what
# yields is set only where neither the URL nor the role nor the server's file set it
_SETTINGS: Final = """
SELECT name, value, set_config(name, value, false)
FROM (SELECT name,
             CASE WHEN yields AND source <> 'default' THEN setting ELSE ours END
             AS value
      FROM pg_settings
      JOIN (VALUES ('search_path', quote_ident(%s), false),
                   ('TimeZone', 'UTC', false),
                   ('standard_conforming_strings', 'on', false),
                   ('lock_timeout', %s, false),
                   ('statement_timeout', %s, true),
                   ('idle_in_transaction_session_timeout', %s, true)
           ) AS wanted (name, ours, yields) USING (name)) AS settings
"""
OLDEST_MAJOR: Final = 15
NEWEST_MAJOR: Final = 18


class _Connection(psycopg.Connection[TupleRow]):
    """A connection on which no wait is longer than a statement may take.

    The server's own timeout ends what it can; this one, a wait for a server that is
    stopped, or for a proxy that stands for one that is gone.
    """

    patience_s: float | None = None  # None: as long as it takes

    def wait(
        self,
        gen: PQGen[Any],
        interval: float = POLL_S,
        timeout: float | None = None,
    ) -> Any:  # noqa: ANN401  whatever is waited for
        """Wait as psycopg does, and give up a connection that stays silent."""
        patience_s = self.patience_s if timeout is None else None
        try:
            return super().wait(gen, interval, timeout or patience_s)
        except psycopg.OperationalError as error:
            if patience_s is None or WAITED not in str(error):
                raise
            self.pgconn.finish()
            raise psycopg.errors.ConnectionTimeout(
                f"no answer for {patience_s:.0f} s"
            ) from error


_kept: ContextVar["dict[Target, _Connection] | None"] = ContextVar(
    "_kept", default=None
)


@dataclass(frozen=True)
class Target:
    """One database to fill. Nothing secret shows in its repr or `display`."""

    conninfo: str = field(repr=False)
    display: str  # host:port/database, for a person
    schema: str = DEFAULT_SCHEMA
    pooled: bool = False  # behind PgBouncer: no session state, no prepared statements
    url: str = field(default="", repr=False)  # what the app puts into DATABASE_URL


def parse_target(url: str) -> Target:
    """Understand a database URL as the app (Prisma) or psql writes it.

    Raises:
        InputError: The URL is unusable; the message never repeats the password.
    """
    base, _, query = url.strip().partition("?")
    if not base.startswith(SCHEMES):
        scheme = base.partition(":")[0] if "://" in base else ""
        raise InputError(
            f"DATABASE_URL begins with {scheme!r}; the seeder fills PostgreSQL only: "
            "write postgresql://user:password@host:5432/database"
        )
    pairs = [pair.partition("=")[::2] for pair in query.split("&") if pair]
    prisma = {name: unquote(value) for name, value in pairs if name in PRISMA_ONLY}
    kept = "&".join(f"{name}={value}" for name, value in pairs if name not in prisma)
    params = _libpq_params(f"{base}?{kept}" if kept else base)
    pooled = prisma.get("pgbouncer", "").lower() == "true"
    schema = prisma.get("schema") or DEFAULT_SCHEMA
    if pooled and schema != DEFAULT_SCHEMA:
        raise InputError(
            f"DATABASE_URL asks for schema {schema!r} through PgBouncer, which cannot "
            "keep a search path; give the direct URL of the server"
        )
    params = libpq_encryption(prisma, params)
    settings: dict[str, Any] = {
        "connect_timeout": CONNECT_TIMEOUT_S,
        **KEEPALIVES,
        **params,
    }
    return Target(
        conninfo=make_conninfo(**settings | {"application_name": "rsvped-seed"}),
        display=_display(params),
        schema=schema,
        pooled=pooled,
        url=url.strip(),
    )


def _libpq_params(url: str) -> dict[str, Any]:
    try:
        found = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        # libpq's message may quote a piece of the password: it is not passed on
        raise InputError(
            "DATABASE_URL cannot be understood; percent-encode special characters of "
            "the password ('@' is %40, '/' is %2F), and use only parameters that "
            "libpq or Prisma knows"
        ) from None
    params = {name: value for name, value in found.items() if value is not None}
    host, port = str(params.get("host", "")), str(params.get("port", ""))
    if "@" in host or (not port.replace(",", "").isdecimal() and port):
        raise InputError(
            "DATABASE_URL has no clear host and port; percent-encode special "
            "characters of the password ('@' is %40, '/' is %2F, ':' is %3A)"
        )
    if not params.get("dbname"):
        raise InputError(
            "DATABASE_URL names no database; write it behind the host, as in "
            "postgresql://user:password@host:5432/database"
        )
    return params


def _display(params: dict[str, Any]) -> str:
    host = params.get("host") or params.get("hostaddr") or "localhost"
    return f"{host}:{params.get('port') or 5432}/{params['dbname']}"


@contextmanager
def open_database(
    target: Target, *, autocommit: bool = False
) -> Generator[psycopg.Connection]:
    """Open a connection; commit at the end of the block, roll back on an error.

    Raises:
        DatabaseError: The server refuses or is lost, or a statement fails.
    """
    try:
        with _lent(target) as connection:
            connection.autocommit = autocommit
            yield connection
            if not connection.closed:
                connection.commit()
    except psycopg.Error as error:
        raise DatabaseError(describe_failure(error, target.display)) from error


@contextmanager
def keeping_connection() -> Generator[None]:
    """Let all that opens a database within the block share one connection.

    To connect takes six round trips with a password, eight with encryption; to ask
    for one thing takes one. A connection that was lost meanwhile, or on which
    something failed, is replaced.
    """
    if _kept.get() is not None:  # within another such block, whose connection serves
        yield
        return
    kept: dict[Target, _Connection] = {}
    token = _kept.set(kept)
    try:
        yield
    finally:
        _kept.reset(token)
        for connection in kept.values():
            connection.close()


@contextmanager
def _lent(target: Target) -> Generator[_Connection]:
    """Lend the connection that is kept for a target, else a new one."""
    kept = _kept.get()
    connection = kept.pop(target, None) if kept is not None else None
    if connection is not None and not _is_quiet(connection):
        connection.close()
        connection = None
    if connection is None:
        connection = _connect(target)
    try:
        yield connection
    except BaseException:
        with suppress(psycopg.Error):
            connection.rollback()  # else its locks outlive the block by a moment
        connection.close()
        raise
    if kept is None or target in kept or connection.closed:
        connection.close()
    else:
        kept[target] = connection


def _is_quiet(connection: psycopg.Connection) -> bool:
    """Tell whether a connection at rest is still there, without asking the server.

    What a server has to say to somebody who asked nothing is that it shuts down.
    """
    if connection.closed:
        return False
    with selectors.DefaultSelector() as selector:
        selector.register(connection.fileno(), selectors.EVENT_READ)
        return not selector.select(timeout=0)


def _connect(target: Target) -> _Connection:
    try:
        connection = _Connection.connect(
            target.conninfo,
            client_encoding="utf8",  # else a database in SQL_ASCII answers in bytes
            autocommit=True,
            prepare_threshold=None if target.pooled else PREPARE_THRESHOLD,
        )
    except (psycopg.OperationalError, UnicodeError) as error:
        raise DatabaseError(
            describe_refusal(str(error).lower(), target.display)
        ) from error
    try:
        _set_up(connection, target)
    except BaseException:
        connection.close()
        raise
    return connection


def _set_up(connection: _Connection, target: Target) -> None:
    """Set what a session needs; a timeout that the URL or the role has is kept."""
    if target.pooled:  # a setting would stay behind in a shared server connection
        row = connection.execute("SELECT current_schema()").fetchone()
        if row != (DEFAULT_SCHEMA,):
            raise DatabaseError(
                f"{target.display}: the search path begins with {row and row[0]!r}, "
                f"not {DEFAULT_SCHEMA!r}; give the direct URL of the server"
            )
        return
    rows = connection.execute(
        _SETTINGS,
        [
            target.schema,
            str(LOCK_TIMEOUT_MS),
            str(STATEMENT_TIMEOUT_MS),
            str(IDLE_TIMEOUT_MS),
        ],
    )
    in_force: dict[str, str] = {name: value for name, value, _ in rows}
    if longest_ms := int(in_force["statement_timeout"]):
        connection.patience_s = longest_ms / 1000 + GRACE_S


def check_server(connection: psycopg.Connection) -> None:
    """Make sure that this server can be filled.

    Raises:
        DatabaseError: Naming every difference, if it cannot.
    """
    row = connection.execute(
        "SELECT version(), current_setting('server_version_num')::int / 10000,"
        " current_setting('server_encoding'), pg_is_in_recovery(),"
        " current_setting('default_transaction_read_only')::bool"
    ).fetchone()
    assert row is not None  # noqa: S101  a SELECT without FROM gives one row
    version, major, encoding, standby, read_only = row
    wrong: list[str] = []
    if not version.startswith("PostgreSQL "):
        wrong.append(f"it is {version!r}, not PostgreSQL")
    if not OLDEST_MAJOR <= major <= NEWEST_MAJOR:
        wrong.append(
            f"its version is {major}, the seeder knows {OLDEST_MAJOR} to {NEWEST_MAJOR}"
        )
    if encoding != "UTF8":
        wrong.append(f"its encoding is {encoding!r}, names need 'UTF8'")
    if standby:
        wrong.append("it is a standby, which takes no writes")
    elif read_only:
        wrong.append("it is read-only (default_transaction_read_only is on)")
    if wrong:
        raise DatabaseError(
            f"the database {connection.info.dbname!r} cannot be filled: "
            + "; ".join(wrong)
            + "; give another DATABASE_URL"
        )
