"""The README says what is so: its commands are understood, its files exist."""

import re
import shlex
from pathlib import Path

import pytest

from tasks.commands.line import parse

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAM = "python flows/seed.py"


def _commands() -> list[str]:
    lines = re.findall(r"```bash\n(.*?)```", README, flags=re.DOTALL)
    text = "\n".join(lines)
    found = [
        part.split("#")[0].strip()
        for line in text.splitlines()
        for part in line.split("&&")
        if PROGRAM in part
    ]
    return list(dict.fromkeys(found))


@pytest.mark.parametrize("command", _commands())
def test_commands_are_understood(command: str) -> None:
    """Every command line in the README is one that the program reads."""
    words = shlex.split(command.split(PROGRAM)[1])
    if "--help" in words:
        with pytest.raises(SystemExit) as stopped:
            parse(words)
        assert stopped.value.code == 0
    else:
        assert parse(words).command


def test_named_files_exist() -> None:
    """Every file and folder that the README sends a reader to is there."""
    roots = ("matching/", "tasks/", "tests/", "flows/")
    named = re.findall(r"`([\w./*-]+)`", README)
    missing = [
        name for name in named if name.startswith(roots) and not [*ROOT.glob(name)]
    ]
    assert not missing
    assert len(named) > len(roots)


def test_a_reader_finds_both_commands_first() -> None:
    """The first screen shows the problem, the promise, and how to start."""
    first_screen = "\n".join(README.splitlines()[:24])
    assert "**The problem.**" in first_screen
    assert "**The promise.**" in first_screen
    assert f"pip install -e . && {PROGRAM}" in first_screen
