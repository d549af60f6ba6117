"""A full disk, told as what it is: nothing that a run has made is lost by it."""

import errno
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import polars as pl

from tasks.errors import SeedError

# full, over the user's quota, or over the size that a file may have (ulimit -f)
NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def explaining_full_disk(home: Path) -> Generator[None]:
    """Turn what a library raises where there is no room into a message to act on.

    Raises:
        SeedError: There is no room in SEED_HOME.
    """
    try:
        yield
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = _no_room(error)
        if reason is None:
            raise
        raise SeedError(
            f"SEED_HOME {str(home)!r} takes no more ({reason!r}). What was made before "
            "is kept and nothing was paid in vain; make room there, or move the folder "
            "and set SEED_HOME to its new place, then run the same edition again"
        ) from error


def _no_room(error: OSError | pl.exceptions.PolarsError) -> str | None:
    """Give the system's word for a lack of room; None if the error is another."""
    if isinstance(error, OSError) and error.errno is not None:
        return os.strerror(error.errno) if error.errno in NO_ROOM else None
    # Polars passes on the system's text alone
    return next((os.strerror(n) for n in NO_ROOM if os.strerror(n) in str(error)), None)
