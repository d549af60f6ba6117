"""Keys follow what a result depends on, in every process alike."""

import os
import subprocess
import sys
from pathlib import Path

from tasks.keys import rules_version

PROJECT = Path(__file__).resolve().parents[2]
PRINT_VERSION = "from tasks.keys import rules_version; print(rules_version())"


def version_in(folder: Path, hash_seed: str) -> str:
    done = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", PRINT_VERSION],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONHASHSEED": hash_seed},
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.stdout.strip()


def test_rules_version_is_the_same_in_every_process() -> None:
    """The version depends on sources alone, not on Python's hash seed."""
    assert version_in(PROJECT, "1") == version_in(PROJECT, "2") == rules_version()


def test_rules_version_follows_the_rules(tmp_path: Path) -> None:
    """A changed rule or word changes the version; a changed report does not."""
    for package in ("matching", "tasks"):
        for source in (PROJECT / package).rglob("*"):
            if source.suffix in {".py", ".json"} and "recorded" not in source.parts:
                copy = tmp_path / source.relative_to(PROJECT)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(source.read_bytes())
    before = version_in(tmp_path, "0")

    (tmp_path / "tasks" / "report" / "new.py").write_text("")
    assert version_in(tmp_path, "0") == before
    words = tmp_path / "matching" / "vocabulary" / "venue_kinds.json"
    words.write_text(words.read_text() + "\n")
    assert version_in(tmp_path, "0") != before
