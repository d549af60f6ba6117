"""TLS settings of DATABASE_URL, carried out before a server with certificates.

The embedded server is built without TLS, so a relay before it speaks TLS instead: it
is the client's side that is tested.
"""

import ipaddress
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from relay import relay_to

from tasks.database.connect import Target, open_database, parse_target
from tasks.errors import DatabaseError

DAY = timedelta(days=1)
ENCRYPTION = "do not agree on encryption"


@dataclass(frozen=True)
class Authority:
    """A certificate authority of the test's own, and what it has signed."""

    name: str
    key: ec.EllipticCurvePrivateKey
    folder: Path

    @property
    def root(self) -> Path:
        """Its own certificate."""
        return self.folder / f"{self.name}.crt"

    def sign(self, host: str) -> tuple[Path, Path]:
        """Give the files of a certificate for a host, or of a client, and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate, private = self.folder / f"{host}.crt", self.folder / f"{host}.key"
        alternative: x509.GeneralName = x509.DNSName(host)
        if host[0].isdecimal():
            alternative = x509.IPAddress(ipaddress.ip_address(host))
        built = (
            _draft(host, self.name, key)
            .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        certificate.write_bytes(built.public_bytes(serialization.Encoding.PEM))
        private.write_bytes(_pem(key))
        private.chmod(0o600)
        return certificate, private


def _draft(
    subject: str, issuer: str, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.fromtimestamp(time.time(), UTC)  # the clock that OpenSSL reads
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """The authority that signs the servers' certificates."""
    return make_authority("authority", tmp_path)


def make_authority(name: str, folder: Path) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    made = Authority(name, key, folder)
    built = (
        _draft(name, name, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    made.root.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    return made


def server_of(authority: Authority, host: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.sign(host))
    return context


def is_encrypted(target: Target) -> bool:
    """Reach the server through a relay's URL, and say whether that was encrypted."""
    with open_database(target) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        return connection.pgconn.ssl_in_use


@pytest.mark.parametrize(
    ("settings", "encrypted"),
    [
        ("", True),  # libpq's and Prisma's prefer
        ("sslmode=disable", False),
        ("sslmode=require", True),
        ("sslmode=require&sslaccept=accept_invalid_certs", True),
        ("sslmode=require&sslaccept=accept_invalid_certs&sslcert={other}", True),
        ("sslmode=verify-ca&sslrootcert={root}", True),
        ("sslmode=verify-full&sslrootcert={root}", True),
        ("sslmode=require&sslaccept=strict&sslcert={root}", True),  # Prisma's sslcert
    ],
)
def test_what_a_url_asks_for(
    postgres: Target, authority: Authority, settings: str, *, encrypted: bool
) -> None:
    """Each mode connects where it may, encrypted where it should."""
    words = settings.format(
        root=authority.root, other=make_authority("other", authority.folder).root
    )
    with relay_to(postgres, tls=server_of(authority, "127.0.0.1")) as relay:
        target = parse_target(relay.before().url + words)
        assert is_encrypted(target) == encrypted
        assert relay.encrypted == encrypted


@pytest.mark.parametrize(
    ("settings", "host", "reason"),
    [
        ("sslmode=verify-full&sslrootcert={root}", "db.example", "another host name"),
        ("sslmode=verify-full&sslrootcert={other}", "127.0.0.1", "not trusted here"),
        ("sslmode=verify-ca&sslrootcert={other}", "127.0.0.1", "not trusted here"),
        ("sslmode=require&sslcert={other}", "127.0.0.1", "not trusted here"),
        ("sslaccept=strict", "127.0.0.1", "not trusted here"),
        ("sslmode=require&sslaccept=strict&sslcert={root}", "db.example", "host name"),
        ("sslmode=verify-full&sslrootcert=/no/such.crt", "127.0.0.1", "sslrootcert"),
    ],
)
def test_what_cannot_be_trusted_is_refused(
    postgres: Target, authority: Authority, settings: str, host: str, reason: str
) -> None:
    """The message names encryption and the reason; nothing was said in plain text."""
    words = settings.format(
        root=authority.root, other=make_authority("other", authority.folder).root
    )
    with relay_to(postgres, tls=server_of(authority, host)) as relay:
        target = parse_target(relay.before().url + words)
        with (
            pytest.raises(DatabaseError, match=ENCRYPTION) as refusal,
            open_database(target),
        ):
            pass
        assert reason in str(refusal.value)
        assert relay.connections == relay.encrypted


def test_require_never_falls_back(postgres: Target) -> None:
    """A server without encryption gets no word, not even a user's name."""
    with relay_to(postgres) as relay:
        target = parse_target(relay.before().url + "sslmode=require")
        with (
            pytest.raises(DatabaseError, match="offers no encryption"),
            open_database(target),
        ):
            pass
        assert relay.connections == 0
        with open_database(parse_target(relay.before().url)) as connection:
            assert not connection.pgconn.ssl_in_use  # prefer takes what it gets


def test_a_clients_certificate(postgres: Target, authority: Authority) -> None:
    """It is shown where the URL names it, and asked for by name where it does not."""
    context = server_of(authority, "127.0.0.1")
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(authority.root)
    certificate, key = authority.sign("client")
    with relay_to(postgres, tls=context) as relay:
        url = relay.before().url + f"sslmode=verify-full&sslrootcert={authority.root}"
        with (
            pytest.raises(DatabaseError, match=ENCRYPTION),
            open_database(parse_target(url)),
        ):
            pass
        assert is_encrypted(parse_target(f"{url}&sslcert={certificate}&sslkey={key}"))
