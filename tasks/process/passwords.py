"""People's passwords and their bcrypt hashes: reproducible, cached, made on all cores.

Password and salt come from HMAC-SHA256 of a secret and the person's id, so that two
runs with one secret give the same bytes, and `accounts` can print a login that the
database holds only as a hash.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import secrets
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, cast

import bcrypt

from tasks.errors import InputError
from tasks.process.private_files import create_private, read_private, write_private

KEY_FILE: Final = "key"
HASH_CACHE: Final = "password-hashes.json"

_KEY: Final = re.compile(r"[0-9a-f]{64}")  # 256 bits, the strength of HMAC-SHA256
_PASSWORD_BYTES: Final = 10  # 80 bits, which are 16 characters of base32
_GROUP: Final = 4  # characters between hyphens, for reading aloud
_SALT_PREFIX: Final = b"$2b$10$"  # cost 10, 2**10 rounds: as the app's own sign-up
_SALT_BYTES: Final = 16
_HASH: Final = re.compile(r"\$2b\$10\$[./A-Za-z0-9]{53}")
_BASE64: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_BCRYPT64: Final = b"./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_TO_BCRYPT64: Final = bytes.maketrans(_BASE64, _BCRYPT64)
_SAVE_EVERY: Final = 100  # hashes: what a kill can cost, three seconds of two cores
_MAX_ENTRIES: Final = 10_000  # some 16 editions' people, 2 MB; the oldest go first

# A salt stands in the database for all to see and is fast to compute from the secret.
# So a secret that a person made up is stretched first: 16 MiB and 50 ms a guess.
_SCRYPT_N: Final = 2**14
_SCRYPT_R: Final = 8
_SCRYPT_P: Final = 1
_SCRYPT_SALT: Final = b"rsvped-seed passwords"  # names the use; nothing to hide


def settle_secret(secret: str | None, cache: Path) -> str:
    """Give the key that passwords derive from, as 64 hexadecimal characters.

    It is stretched from the secret if one is set, else read from the key file, which is
    made on first need; two processes that make it at once end with the same key.

    Args:
        secret: SEED_SECRET, or None.
        cache: The folder of the key file.

    Raises:
        InputError: The key file is not ours to trust, or holds no key.
    """
    if secret:
        return hashlib.scrypt(
            secret.encode(), salt=_SCRYPT_SALT, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P
        ).hex()[:64]
    path = cache / KEY_FILE
    found = read_private(path)
    if found is None:
        create_private(path, f"{secrets.token_hex(32)}\n".encode())
        found = read_private(path) or b""
    key = found.decode("ascii", errors="replace").strip()
    if not _KEY.fullmatch(key):
        raise InputError(
            f"the key file {str(path)!r} holds {len(found)} bytes, no key of 64 "
            "hexadecimal characters; restore it, set SEED_SECRET, or delete it (then "
            "every password changes)"
        )
    return key


def person_password(secret: str, person_id: str) -> str:
    """Give a person's password: four groups of four characters, as "k3vd-7qza-…".

    Base32 has no 0, 1, 8 and 9, which are misread. `secret` is `settle_secret`'s.
    """
    raw = _derive(secret, "password", person_id)[:_PASSWORD_BYTES]
    text = base64.b32encode(raw).decode().lower()
    return "-".join(text[i : i + _GROUP] for i in range(0, len(text), _GROUP))


def hash_password(password: str, secret: str, person_id: str) -> str:
    """Hash a password by bcrypt with the person's own salt: the same bytes each time.

    Raises:
        InputError: bcrypt cannot take the password.
    """
    # 16 bytes are 21 characters and two bits: the last character's other four bits are
    # zero, by base64's own padding, and so bcrypt gives the salt back unchanged.
    raw = _derive(secret, "salt", person_id)[:_SALT_BYTES]
    salt = base64.b64encode(raw).rstrip(b"=").translate(_TO_BCRYPT64)
    try:
        return bcrypt.hashpw(password.encode(), _SALT_PREFIX + salt).decode("ascii")
    except ValueError as error:  # bcrypt's words do not repeat the password
        raise InputError(
            f"the password of {person_id!r} cannot be hashed ({error}); choose one of "
            "at most 72 bytes"
        ) from None


def start_hashing(
    people: Sequence[tuple[str, str | None]], secret: str, cache_file: Path
) -> "Hashing":
    """Begin to hash people's passwords on all cores, beside other work.

    Args:
        people: (person id, fixed password) each; None: the password of
            `person_password`.
        secret: What `settle_secret` gave.
        cache_file: Where hashes are kept between runs.

    Returns:
        A context manager; leaving it stops what still runs and keeps what is done.

    Raises:
        InputError: The cache file is not ours to trust.
    """
    return Hashing(people, secret, cache_file)


class Hashing:
    """Hashes on their way, those in the cache at hand at once.

    Attributes:
        cached: How many people's hashes the cache held.
    """

    def __init__(
        self, people: Sequence[tuple[str, str | None]], secret: str, cache_file: Path
    ) -> None:
        self._secret = secret
        self._cache_file = cache_file
        self._lock = threading.Lock()  # over _hashes and the cache file
        self._passwords = {
            person_id: person_password(secret, person_id) if fixed is None else fixed
            for person_id, fixed in people
        }
        cache = _read_cache(cache_file)
        self._hashes = {
            person_id: hashed
            for person_id, password in self._passwords.items()
            if (hashed := self._trusted(person_id, password, cache.get(person_id)))
        }
        self.cached = len(self._hashes)
        self._unsaved = 0
        self._pool = ThreadPoolExecutor(_cores(), thread_name_prefix="bcrypt")
        self._futures: list[Future[None]] = [
            self._pool.submit(self._hash, person_id, password)
            for person_id, password in self._passwords.items()
            if person_id not in self._hashes
        ]

    def result(self) -> dict[str, str]:
        """Wait for all hashes, and give them by person id in the order asked for.

        Raises:
            InputError: bcrypt cannot take a password.
        """
        for future in self._futures:
            future.result()
        self.close()
        return {person_id: self._hashes[person_id] for person_id in self._passwords}

    def close(self) -> None:
        """Stop what has not begun, within one hash's time, and keep what is done."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        with self._lock:
            self._save()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _hash(self, person_id: str, password: str) -> None:
        hashed = hash_password(password, self._secret, person_id)
        with self._lock:
            self._hashes[person_id] = hashed
            self._unsaved += 1
            if self._unsaved >= _SAVE_EVERY:
                self._save()

    def _save(self) -> None:
        if not self._unsaved:
            return
        # read again: another run may have added its own people meanwhile
        cache = _read_cache(self._cache_file)
        for person_id, hashed in self._hashes.items():
            tag = self._tag(person_id, self._passwords[person_id], hashed)
            cache.pop(person_id, None)  # what is in use moves to the end
            cache[person_id] = {"hash": hashed, "tag": tag}
        kept = dict(list(cache.items())[-_MAX_ENTRIES:])
        write_private(self._cache_file, json.dumps(kept, indent=0).encode())
        self._unsaved = 0

    def _trusted(self, person_id: str, password: str, entry: object) -> str | None:
        """Give an entry's hash if it was made from this very secret and password."""
        if not isinstance(entry, dict):
            return None
        values = cast("dict[str, Any]", entry)
        hashed, tag = values.get("hash"), values.get("tag")
        if not (isinstance(hashed, str) and isinstance(tag, str)):
            return None
        right = _HASH.fullmatch(hashed) and hmac.compare_digest(
            tag.encode(), self._tag(person_id, password, hashed).encode()
        )
        return hashed if right else None

    def _tag(self, person_id: str, password: str, hashed: str) -> str:
        """Fingerprint the secret, bound to what the hash was made from and the hash."""
        return _derive(self._secret, "cache", person_id, password, hashed).hex()[:32]


def _derive(secret: str, use: str, *parts: str) -> bytes:
    """Derive 32 bytes by HMAC; the use keeps password, salt and tag apart."""
    text = "\x1f".join((use, *parts))
    return hmac.digest(secret.encode(), text.encode(), "sha256")


def _read_cache(path: Path) -> dict[str, Any]:
    """Read the cached entries; a file that is no JSON object counts as empty."""
    try:
        found = json.loads(read_private(path) or b"{}")
    except (ValueError, RecursionError):  # what cannot be read is made again
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _cores() -> int:
    """Count the cores that this process may use, which a container may restrict."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
