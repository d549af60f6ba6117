"""Passwords verify, replay from their secret, and are hashed once."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bcrypt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.errors import InputError
from tasks.process import passwords

SECRET = "5e" * 32  # as settle_secret gives it
PEOPLE = [("cperson1", None), ("cperson2", None), ("cdemo", "DemoUser123!")]


def _hash_all(cache_file: Path, secret: str = SECRET) -> tuple[dict[str, str], int]:
    with passwords.start_hashing(PEOPLE, secret, cache_file) as hashing:
        return hashing.result(), hashing.cached


def test_hashes_verify_at_cost_ten(tmp_path: Path) -> None:
    """The app's own check accepts the password that `accounts` prints, and no other."""
    hashes, _ = _hash_all(tmp_path / "hashes.json")
    assert list(hashes) == ["cperson1", "cperson2", "cdemo"]
    for person_id, fixed in PEOPLE:
        password = fixed or passwords.person_password(SECRET, person_id)
        assert bcrypt.checkpw(password.encode(), hashes[person_id].encode())
        assert not bcrypt.checkpw(b"other", hashes[person_id].encode())
        assert hashes[person_id].startswith("$2b$10$")


def test_password_can_be_read_aloud() -> None:
    """Four groups of four, without the digits that are misread."""
    password = passwords.person_password(SECRET, "cperson1")
    assert re.fullmatch(r"[a-z2-7]{4}(-[a-z2-7]{4}){3}", password)


@given(st.text(), st.text())
def test_people_have_passwords_of_their_own(one: str, other: str) -> None:
    """Two people share a password only if they are one; another secret, another."""
    same = passwords.person_password(SECRET, one) == passwords.person_password(
        SECRET, other
    )
    assert same == (one == other)
    assert passwords.person_password(SECRET, one) != passwords.person_password(
        "0" * 64, one
    )


def test_the_same_secret_gives_the_same_bytes(tmp_path: Path) -> None:
    """Two homes with one secret agree to the byte, in any order of people."""
    one, _ = _hash_all(tmp_path / "one.json")
    people = PEOPLE[::-1]
    with passwords.start_hashing(people, SECRET, tmp_path / "two.json") as hashing:
        assert hashing.result() == one


@pytest.mark.parametrize("number", range(8))
def test_bcrypt_keeps_the_salt(number: int) -> None:
    """The salt's last character has no bits that bcrypt would drop."""
    hashed = passwords.hash_password("x", SECRET, f"person {number}")
    again = bcrypt.hashpw(b"x", hashed[:29].encode()).decode()
    assert again == hashed
    assert hashed[28] in ".Oeu"  # the four characters whose low four bits are zero


def test_a_second_run_takes_all_from_the_cache(tmp_path: Path) -> None:
    """What is cached is not hashed again, and the file is the owner's alone."""
    cache_file = tmp_path / "cache" / "hashes.json"
    first, cached_first = _hash_all(cache_file)
    inode = cache_file.stat().st_ino
    second, cached_second = _hash_all(cache_file)
    assert (cached_first, cached_second) == (0, 3)
    assert second == first
    assert stat.S_IMODE(cache_file.stat().st_mode) == 0o600
    assert cache_file.stat().st_ino == inode  # nothing new, so nothing written


def test_another_secret_or_password_misses_the_cache(tmp_path: Path) -> None:
    """A hash counts only for the secret and the password that it was made from."""
    cache_file = tmp_path / "hashes.json"
    first, _ = _hash_all(cache_file)
    other, cached = _hash_all(cache_file, "0" * 64)
    assert cached == 0
    assert all(other[person_id] != first[person_id] for person_id in first)
    people = [("cdemo", "Another123!")]
    with passwords.start_hashing(people, "0" * 64, cache_file) as hashing:
        assert hashing.cached == 0
        assert bcrypt.checkpw(b"Another123!", hashing.result()["cdemo"].encode())


def test_the_cache_holds_neither_secret_nor_password(tmp_path: Path) -> None:
    """Who reads the file learns the hashes, which the database shows as well."""
    cache_file = tmp_path / "hashes.json"
    _hash_all(cache_file)
    text = cache_file.read_text()
    assert SECRET not in text
    assert "DemoUser123!" not in text
    assert passwords.person_password(SECRET, "cperson1") not in text


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[]", b"null", b"[" * 100_000, b'{"cdemo": 1}'],
)
def test_a_corrupt_cache_is_made_anew(tmp_path: Path, content: bytes) -> None:
    """A file that is no cache costs time, never a wrong hash or a crash."""
    right, _ = _hash_all(tmp_path / "right.json")
    broken = tmp_path / "broken.json"
    broken.write_bytes(content)
    assert _hash_all(broken) == (right, 0)
    assert _hash_all(broken) == (right, 3)


def test_a_corrupt_entry_alone_is_made_again(tmp_path: Path) -> None:
    """One flipped character in a hash is noticed; its neighbours are kept."""
    cache_file = tmp_path / "hashes.json"
    right, _ = _hash_all(cache_file)
    entries = json.loads(cache_file.read_text())
    last = entries["cperson1"]["hash"][-1]
    entries["cperson1"]["hash"] = right["cperson1"][:-1] + ("b" if last == "a" else "a")
    cache_file.write_text(json.dumps(entries))
    assert _hash_all(cache_file) == (right, 2)


def test_a_linked_cache_is_refused_before_any_work(tmp_path: Path) -> None:
    """A link in the cache's place is an error that names it, and stays untouched."""
    target = tmp_path / "target"
    target.write_text("{}")
    link = tmp_path / "hashes.json"
    link.symlink_to(target)
    with pytest.raises(InputError, match=r"hashes\.json"):
        passwords.start_hashing(PEOPLE, SECRET, link)
    assert target.read_text() == "{}"


def test_leaving_early_stops_soon_and_keeps_what_is_done(tmp_path: Path) -> None:
    """An error elsewhere ends the hashing within a few hashes' time."""
    cache_file = tmp_path / "hashes.json"
    people = [(f"person {number}", None) for number in range(2000)]  # about a minute
    began = time.monotonic()

    def fail_meanwhile() -> None:
        with passwords.start_hashing(people, SECRET, cache_file):
            time.sleep(0.5)
            raise RuntimeError("elsewhere")

    with pytest.raises(RuntimeError, match="elsewhere"):
        fail_meanwhile()
    assert time.monotonic() - began < 5
    kept = len(json.loads(cache_file.read_text()))
    assert 0 < kept < len(people)
    with passwords.start_hashing(people, SECRET, cache_file) as hashing:
        assert hashing.cached == kept


_LONG_RUN = """
import sys
from pathlib import Path
from tasks.process.passwords import start_hashing
people = [(f"person {number}", None) for number in range(2000)]
with start_hashing(people, "5e" * 32, Path(sys.argv[1])) as hashing:
    print("hashing", flush=True)
    hashing.result()
"""


def _start_long_run(cache_file: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(  # noqa: S603  our own code in our own interpreter
        [sys.executable, "-c", _LONG_RUN, str(cache_file)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "hashing\n"
    return process


def test_a_killed_run_leaves_a_whole_cache(tmp_path: Path) -> None:
    """After kill -9 the file is whole, and its hashes are not made again."""
    cache_file = tmp_path / "hashes.json"
    with _start_long_run(cache_file) as process:
        deadline = time.monotonic() + 60
        while not cache_file.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        process.kill()
    kept = len(json.loads(cache_file.read_text()))
    assert kept >= 100
    people = [(f"person {number}", None) for number in range(2000)]
    with passwords.start_hashing(people, SECRET, cache_file) as hashing:
        assert hashing.cached == kept


def test_ctrl_c_does_not_wait_for_all(tmp_path: Path) -> None:
    """An interrupt ends the process in moments, not after the last hash."""
    with _start_long_run(tmp_path / "hashes.json") as process:
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) != 0


def test_a_password_over_bcrypts_limit_is_said_without_it(tmp_path: Path) -> None:
    """The message names the person and the limit, not the password."""
    people = [("cdemo", "x" * 73)]
    with (
        passwords.start_hashing(people, SECRET, tmp_path / "hashes.json") as hashing,
        pytest.raises(InputError, match=r"'cdemo'.*72 bytes") as caught,
    ):
        hashing.result()
    assert "xxx" not in str(caught.value)


def test_a_given_secret_needs_no_key_file(tmp_path: Path) -> None:
    """SEED_SECRET gives one key everywhere, is not itself the key, leaves no file."""
    key = passwords.settle_secret("correct horse", tmp_path)
    assert key == passwords.settle_secret("correct horse", tmp_path / "elsewhere")
    assert key != passwords.settle_secret("correct horses", tmp_path)
    assert re.fullmatch("[0-9a-f]{64}", key)
    assert list(tmp_path.iterdir()) == []


def test_the_key_file_is_made_once(tmp_path: Path) -> None:
    """Many at once end with one key, which later runs read; 0600."""
    cache = tmp_path / "cache"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(passwords.settle_secret, [None] * 32, [cache] * 32))
    assert len(keys) == 1
    assert passwords.settle_secret(None, cache) in keys
    assert stat.S_IMODE((cache / passwords.KEY_FILE).stat().st_mode) == 0o600
    assert passwords.settle_secret(None, tmp_path / "other") not in keys


def test_a_spoilt_key_file_is_not_replaced(tmp_path: Path) -> None:
    """A new key would change every password, so a person decides; nothing leaks."""
    (tmp_path / passwords.KEY_FILE).write_text("half a key")
    with pytest.raises(InputError, match="10 bytes") as caught:
        passwords.settle_secret(None, tmp_path)
    assert "half a key" not in str(caught.value)
    assert (tmp_path / passwords.KEY_FILE).read_text() == "half a key"
