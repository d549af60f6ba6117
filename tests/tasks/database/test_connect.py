"""Database URLs: what the app writes is understood, and no password is shown."""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager

import pytest
from psycopg.conninfo import conninfo_to_dict

from tasks.database.connect import open_database, parse_target
from tasks.errors import DatabaseError, InputError

PASSWORD = "s3cr3t!"  # noqa: S105  a test's


def params(url: str) -> dict[str, object]:
    return dict(conninfo_to_dict(parse_target(url).conninfo))


def test_prismas_url_is_understood() -> None:
    """Parameters that only Prisma knows do not reach libpq."""
    target = parse_target(
        f"postgres://ada:{PASSWORD}@db.example.com:6543/shop?schema=app"
        "&connection_limit=5&pool_timeout=10&socket_timeout=3&sslmode=require"
        "&statement_cache_size=0&connect_timeout=7&sslaccept=accept_invalid_certs"
    )
    found = dict(conninfo_to_dict(target.conninfo))
    assert target.schema == "app"
    assert target.display == "db.example.com:6543/shop"
    assert not target.pooled
    assert found["user"] == "ada"
    assert found["password"] == PASSWORD
    assert found["sslmode"] == "require"
    assert str(found["connect_timeout"]) == "7"
    assert found["application_name"] == "rsvped-seed"
    assert "connection_limit" not in found


@pytest.mark.parametrize(
    ("url", "host", "dbname"),
    [
        ("postgresql:///shop?host=/run/pg", "/run/pg", "shop"),
        ("postgresql://ada@localhost/shop?host=/run/pg", "/run/pg", "shop"),
        ("postgresql://ada@%2Frun%2Fpg/shop", "/run/pg", "shop"),
        ("postgresql://[::1]:5433/my%20shop", "::1", "my shop"),
    ],
)
def test_sockets_and_escapes(url: str, host: str, dbname: str) -> None:
    """A socket's folder may stand where Prisma or libpq puts it."""
    found = params(url)
    assert (found["host"], found["dbname"]) == (host, dbname)


def test_schema_is_public_unless_named() -> None:
    """As in Prisma."""
    assert parse_target("postgresql://h/shop").schema == "public"
    assert parse_target("postgresql://h/shop?schema=").schema == "public"


def test_pgbouncer_keeps_no_session_state() -> None:
    """A pooled connection is marked; another schema through it is refused."""
    assert parse_target("postgresql://h/shop?pgbouncer=true").pooled
    with pytest.raises(InputError, match="direct URL"):
        parse_target("postgresql://h/shop?pgbouncer=true&schema=app")


def test_strict_certificates_stay_strict() -> None:
    """What Prisma calls strict is libpq's verify-full."""
    url = "postgresql://h/shop?sslmode=require&sslaccept=strict"
    assert params(url)["sslmode"] == "verify-full"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"mysql://ada:{PASSWORD}@h/shop", "'mysql'"),
        ("shop", "postgresql://"),
        (f"{PASSWORD}@h:5432/shop", "postgresql://"),
        (f"postgresql://ada:{PASSWORD}@h", "names no database"),
        (f"postgresql://ada:{PASSWORD}@h/shop?colour=red", "parameters"),
        (f"postgresql://ada:{PASSWORD}@x@h/shop", "percent-encode"),
        (f"postgresql://ada:{PASSWORD}/x@h/shop", "percent-encode"),
        (f"postgresql://ada:{PASSWORD}%zz@h/shop", "percent-encode"),
        (f"postgresql://ada:{PASSWORD}@h:port/shop", "host and port"),
        (f"postgresql://ada:{PASSWORD}@h/shop?sslidentity=me.p12", "openssl pkcs12"),
        (f"postgresql://ada:{PASSWORD}@h/shop?sslaccept=yes", "sslaccept='yes'"),
    ],
)
def test_an_unusable_url_says_what_to_write(url: str, said: str) -> None:
    """One clear sentence, in which the password does not occur."""
    with pytest.raises(InputError) as refusal:
        parse_target(url)
    assert said in str(refusal.value)
    assert PASSWORD not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_nothing_secret_shows() -> None:
    """Neither repr nor display, whatever logs them."""
    target = parse_target(f"postgresql://ada:{PASSWORD}@h/shop")
    assert PASSWORD not in repr(target) + target.display
    assert "ada" not in target.display


@contextmanager
def stranger(answer: bytes) -> Generator[int]:
    """A TCP server that is not PostgreSQL; gives its port."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()

        def serve() -> None:
            for _ in range(2):  # libpq may try a second time without encryption
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(100)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"-ERR unknown command\r\n", b""]
)
def test_what_is_not_postgresql_is_said_so(answer: bytes) -> None:
    """A web server or a cache at the port is not a server that is down."""
    with stranger(answer) as port:
        target = parse_target(f"postgresql://ada:{PASSWORD}@127.0.0.1:{port}/shop")
        with (
            pytest.raises(DatabaseError, match="is not PostgreSQL") as refusal,
            open_database(target),
        ):
            pass
    assert PASSWORD not in str(refusal.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid", "/nowhere"])
def test_a_server_that_does_not_answer_is_named(host: str) -> None:
    """With host, port and database, and without the password."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    target = parse_target(f"postgresql://ada:{PASSWORD}@/shop?host={host}&port={port}")
    with (
        pytest.raises(DatabaseError, match="does not answer") as refusal,
        open_database(target),
    ):
        pass
    assert f"{host}:{port}/shop" in str(refusal.value)
    assert PASSWORD not in str(refusal.value)
