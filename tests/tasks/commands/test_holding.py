"""Holding an edition's folder: one writer or many readers, and who waits says so."""

from pathlib import Path
from queue import Queue
from threading import Thread

import pytest

from tasks.commands.holding import open_hold
from tasks.errors import InputError

EDITION = "2026-W47"


def write_in_thread(home: Path, said: "Queue[str]") -> Thread:
    """Hold on a thread of its own; what it says, and its end, go in a queue."""

    def write() -> None:
        with open_hold(home, EDITION, said.put) as hold:
            hold.write()
            said.put("has it")

    thread = Thread(target=write, daemon=True)
    thread.start()
    return thread


def test_second_writer_waits_and_says_for_whom(tmp_path: Path) -> None:
    """The message names edition, folder and process; then the writer goes on."""
    said: Queue[str] = Queue()
    with open_hold(tmp_path, EDITION, said.put) as hold:
        hold.write()
        thread = write_in_thread(tmp_path, said)
        told = said.get(timeout=60)
        assert EDITION in told
        assert str(tmp_path) in told
        assert said.empty()
    assert said.get(timeout=60) == "it has ended; going on"
    assert said.get(timeout=60) == "has it"
    thread.join()


def test_readers_share(tmp_path: Path) -> None:
    """Two runs that only load may read one folder at once; a writer waits for both."""
    said: Queue[str] = Queue()
    with (
        open_hold(tmp_path, EDITION, said.put) as first,
        open_hold(tmp_path, EDITION, said.put) as second,
        open_hold(tmp_path, EDITION, said.put) as third,
    ):
        first.write()
        assert not second.is_alone()
        first.read()
        second.read()
        assert not third.is_alone()
        assert said.empty()


def test_removed_lock_keeps_nobody_in(tmp_path: Path) -> None:
    """Who waited while the edition was removed takes a lock that others will find."""
    said: Queue[str] = Queue()
    with open_hold(tmp_path, EDITION, said.put) as hold:
        assert hold.is_alone()
        thread = write_in_thread(tmp_path, said)
        said.get(timeout=60)  # it waits
        hold.remove()
    assert said.get(timeout=60) == "it has ended; going on"
    assert said.get(timeout=60) == "has it"
    thread.join()
    assert (tmp_path / "locks" / f"{EDITION}.lock").is_file()


def test_editions_do_not_wait_for_each_other(tmp_path: Path) -> None:
    """A hold is on one edition."""
    said: list[str] = []
    with (
        open_hold(tmp_path, EDITION, said.append) as first,
        open_hold(tmp_path, "2026-W48", said.append) as second,
    ):
        first.write()
        second.write()
        assert said == []


def test_a_link_in_its_place_is_refused(tmp_path: Path) -> None:
    """What a link points to is never written."""
    mine = tmp_path / "thesis"
    mine.write_text("years of work")
    (tmp_path / "locks").mkdir()
    (tmp_path / "locks" / f"{EDITION}.lock").symlink_to(mine)
    with (
        pytest.raises(InputError, match="cannot be used as a lock"),
        open_hold(tmp_path, EDITION, print),
    ):
        pass
    assert mine.read_text() == "years of work"
