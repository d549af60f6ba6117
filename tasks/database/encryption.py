"""Encryption: the settings of a URL as Prisma writes them, and what libpq says of it.

Both know `sslmode`, and libpq carries it out: `require` never falls back to plain
text, `verify-ca` and `verify-full` check the server's certificate. The rest is
Prisma's own: it names the authority's certificate `sslcert`, which libpq calls
`sslrootcert`; libpq's `sslcert` is the client's, and comes with an `sslkey`.
"""

from collections.abc import Mapping
from typing import Any, Final

from tasks.errors import InputError

PARAMETERS: Final = frozenset({"sslaccept", "sslidentity"})  # Prisma's alone
STRICT: Final = "strict"
INVALID_ACCEPTED: Final = "accept_invalid_certs"  # Prisma's default
# a piece of libpq's message in lower case -> what it means; the first that is found
_REASONS: Final = (
    ("does not match host name", "its certificate is for another host name"),
    ("does not support ssl", "it offers no encryption, which sslmode asks for"),
    ("no encryption", "it takes encrypted connections only"),
    ("requires a valid client certificate", "it asks for a client certificate"),
    ("verify failed", "its certificate is of an authority not trusted here"),
    ("root certificate", "the file that sslrootcert names cannot be used"),
    ("private key", "the file that sslkey names cannot be used"),
    ("certificate", "a certificate is missing or was refused"),
    ("ssl error", "the handshake failed"),
    ("ssl syscall", "the handshake was broken off"),
    ("verified ssl", "the URL names no host whose certificate could be checked"),
)


def libpq_encryption(
    prisma: Mapping[str, str], params: Mapping[str, Any]
) -> dict[str, Any]:
    """Give a URL's parameters with Prisma's settings of encryption as libpq's.

    Args:
        prisma: Those of PARAMETERS that the URL has.
        params: What libpq understood of the URL.

    Raises:
        InputError: A setting cannot be carried out.
    """
    if "sslidentity" in prisma:
        raise InputError(
            f"DATABASE_URL names the client's certificate by sslidentity="
            f"{prisma['sslidentity']!r}, a PKCS 12 file, which libpq cannot read; "
            "split it (openssl pkcs12 -nodes), and give sslcert= and sslkey="
        )
    accept = prisma.get("sslaccept", "")
    if accept not in ("", STRICT, INVALID_ACCEPTED):
        raise InputError(
            f"DATABASE_URL has sslaccept={accept!r}; write {STRICT!r} or "
            f"{INVALID_ACCEPTED!r}"
        )
    found = dict(params)
    if "sslcert" in found and "sslkey" not in found:
        found.setdefault("sslrootcert", found.pop("sslcert"))
        found.pop("sslcert", None)
    if accept == STRICT:
        found["sslmode"] = "verify-full"
        found.setdefault("sslrootcert", "system")
    elif accept == INVALID_ACCEPTED and found.get("sslmode") in (None, "require"):
        found.pop("sslrootcert", None)  # with one, libpq's require would check it
    return found


def encryption_trouble(text: str) -> str | None:
    """Say what is wrong with the encryption; None if the message is not about it.

    Args:
        text: libpq's message, in lower case.
    """
    return next((meaning for sign, meaning in _REASONS if sign in text), None)
