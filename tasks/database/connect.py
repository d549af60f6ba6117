"""Connections: URLs as the app writes them, and errors a person can act on.

psycopg's exceptions stop here: whatever happens inside `open_database` comes out as
`tasks.errors.DatabaseError`, with the psycopg exception as its cause.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

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
        "sslaccept",
    }
)
DEFAULT_SCHEMA: Final = "public"
CONNECT_TIMEOUT_S: Final = 10  # a server on another continent answers within one
# a lost network is noticed within a minute, not after the two hours of the default
KEEPALIVES: Final = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
LOCK_TIMEOUT_MS: Final = 60_000  # the longest stage of another run takes a few seconds
PREPARE_THRESHOLD: Final = 5  # psycopg's own default
OLDEST_MAJOR: Final = 15
NEWEST_MAJOR: Final = 18
NOT_POSTGRESQL: Final = (
    "invalid response",
    "expected authentication request",
    "unexpected message from server",
    "server closed the connection",
)
LOGIN_REFUSED: Final = (
    "authentication failed",
    "no password supplied",
    "no pg_hba.conf entry",
    "is not permitted to log in",
    "role",
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
    if prisma.get("sslaccept") == "strict":
        params["sslmode"] = "verify-full"
        params.setdefault("sslrootcert", "system")
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
    with _connect(target) as connection:
        try:
            _set_up(connection, target)
            connection.autocommit = autocommit
            yield connection
            if not connection.closed:
                connection.commit()
        except psycopg.Error as error:
            raise DatabaseError(_describe(error, target)) from error


def is_connection_loss(error: BaseException) -> bool:
    """Tell whether an error means a lost connection, which a retry may mend."""
    cause = error if isinstance(error, psycopg.Error) else error.__cause__
    if not isinstance(cause, psycopg.OperationalError):
        return False
    # class 08 and 57P: connection exceptions, a shut-down or restarting server
    return cause.sqlstate is None or cause.sqlstate.startswith(("08", "57P"))


def _connect(target: Target) -> psycopg.Connection:
    try:
        return psycopg.connect(
            target.conninfo,
            client_encoding="utf8",  # else a database in SQL_ASCII answers in bytes
            autocommit=True,
            prepare_threshold=None if target.pooled else PREPARE_THRESHOLD,
        )
    except (psycopg.OperationalError, UnicodeError) as error:
        raise DatabaseError(_refusal(str(error).lower(), target)) from error


def _refusal(text: str, target: Target) -> str:
    where = target.display
    if 'database "' in text and "does not exist" in text:
        return f"there is no database {where}; create it, or correct DATABASE_URL"
    if any(sign in text for sign in LOGIN_REFUSED):
        return (
            f"{where} refuses this user and password; "
            "correct the user name and password in DATABASE_URL"
        )
    if any(sign in text for sign in NOT_POSTGRESQL):
        return (
            f"what answers at {where} is not PostgreSQL; "
            "correct host and port in DATABASE_URL"
        )
    if "ssl" in text or "certificate" in text:
        return (
            f"{where} and this machine do not agree on encryption; "
            "correct sslmode in DATABASE_URL"
        )
    return (
        f"{where} does not answer as PostgreSQL would; start the server, or correct "
        "host and port in DATABASE_URL"
    )


def _set_up(connection: psycopg.Connection, target: Target) -> None:
    if target.pooled:  # a setting would stay behind in a shared server connection
        row = connection.execute("SELECT current_schema()").fetchone()
        if row != (DEFAULT_SCHEMA,):
            raise DatabaseError(
                f"{target.display}: the search path begins with {row and row[0]!r}, "
                f"not {DEFAULT_SCHEMA!r}; give the direct URL of the server"
            )
        return
    connection.execute(
        "SELECT set_config('search_path', quote_ident(%s), false),"
        " set_config('TimeZone', 'UTC', false),"
        " set_config('standard_conforming_strings', 'on', false),"
        " set_config('lock_timeout', %s, false)",
        [target.schema, str(LOCK_TIMEOUT_MS)],
    )


def _describe(error: psycopg.Error, target: Target) -> str:
    if isinstance(error, psycopg.errors.LockNotAvailable):
        return (
            f"{target.display}: another session has held a lock for "
            f"{LOCK_TIMEOUT_MS // 1000} s; let the other run finish, then run again"
        )
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return (
            f"{target.display}: {error.diag.message_primary}; "
            "use a user who owns the app's tables"
        )
    if is_connection_loss(error):
        return (
            f"{target.display}: the connection was lost; nothing half-done was kept, "
            "run the same command again"
        )
    reason = error.diag.message_primary or type(error).__name__
    return f"{target.display}: {reason} (SQLSTATE {error.sqlstate})"


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
