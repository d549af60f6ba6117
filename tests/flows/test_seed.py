"""The program as a person runs it: one process, one exit code, one message."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Generator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
OWN_VARIABLES = (
    "DATABASE_URL",
    "ANTHROPIC_API_KEY",
    "UNSPLASH_ACCESS_KEY",
    "SEED_SECRET",
    "USE_LLM",
    "MIN_EVENTS_PER_CITY",
    "PREFECT_API_URL",
)
PASSWORD = "s3cret-in-the-url"  # noqa: S105  to be looked for in what is printed


def run_seed(
    home: Path, *words: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    kept = {
        name: text for name, text in os.environ.items() if name not in OWN_VARIABLES
    }
    return subprocess.run(  # noqa: S603  our own program
        [sys.executable, str(PROJECT / "flows" / "seed.py"), *words],
        cwd=home.parent,
        env={
            **kept,
            "PYTHONPATH": str(PROJECT),
            "SEED_HOME": str(home),
            "PREFECT_HOME": str(home.parent / "prefect"),
            **variables,
        },
        check=False,
        capture_output=True,
        text=True,
        timeout=240,
    )


@pytest.fixture(name="not_postgresql")
def fixture_not_postgresql() -> Generator[str]:
    """A server that answers like anything but PostgreSQL."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        threading.Thread(target=answer, daemon=True).start()
        port: int = server.getsockname()[1]
        yield f"postgresql://me:{PASSWORD}@127.0.0.1:{port}/app"
        server.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("words", "variables", "said"),
    [
        (["--cities", "lisbonn"], {}, "'lisbon'"),
        (["--people=-1"], {}, "people is -1"),
        (["--people=many"], {}, "'many'"),
        (["--edition", "../x"], {}, "'../x'"),
        (["--stop-after", "lunch"], {}, "'lunch'"),
        (["--as-of", "tomorrow"], {}, "'tomorrow'"),
        (["--unheard-of"], {}, "--unheard-of"),
        (["dance"], {}, "'dance'"),
        (["--dry-run", "--only", "seed"], {}, "dry_run"),
        (["reset"], {}, "--yes-delete"),
        (["reset", "--yes-delete", "never-made"], {}, "'never-made'"),
        (["accounts", "--city", "atlantis"], {}, "'atlantis'"),
        (["status"], {}, "no edition"),
        ([], {"USE_LLM": "perhaps"}, "'perhaps'"),
        ([], {"MIN_EVENTS_PER_CITY": "-3"}, "'-3'"),
        ([], {"DATABASE_URL": f"mysql://me:{PASSWORD}@localhost/app"}, "'mysql'"),
        (
            [],
            {"DATABASE_URL": f"postgresql://me:{PASSWORD}@127.0.0.1:1/app"},
            "127.0.0.1:1/app does not answer",
        ),
    ],
)
def test_bad_input_is_one_message(
    tmp_path: Path, words: list[str], variables: dict[str, str], said: str
) -> None:
    """Bad input ends with one message, no traceback, and nothing written."""
    done = run_seed(tmp_path / "home", *words, **variables)

    assert done.returncode in {1, 2}
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr
    assert PASSWORD not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_postgresql_is_named(tmp_path: Path, not_postgresql: str) -> None:
    """Another program behind DATABASE_URL is told apart from a server that is down."""
    done = run_seed(tmp_path / "home", DATABASE_URL=not_postgresql)

    assert done.returncode == 1
    assert "is not PostgreSQL" in done.stderr
    assert "Traceback" not in done.stderr
    assert PASSWORD not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_home_that_is_a_file_stays_one(tmp_path: Path) -> None:
    """SEED_HOME that is a file is refused and left as it was."""
    home = tmp_path / "home"
    home.write_text("mine")

    done = run_seed(home)

    assert done.returncode == 2
    assert "is a file" in done.stderr
    assert home.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [home]


@pytest.mark.parametrize("command", ["", "run", "status", "serve", "accounts", "reset"])
def test_every_command_has_help_with_examples(tmp_path: Path, command: str) -> None:
    """--help answers everywhere, with examples, and writes nothing."""
    done = run_seed(tmp_path / "home", *filter(None, [command]), "--help")

    assert done.returncode == 0
    assert "examples:" in done.stdout
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_a_dry_run_builds_a_world_and_a_second_finds_it(tmp_path: Path) -> None:
    """A dry run builds every table without a database; a second builds nothing."""
    home = tmp_path / "home"
    words = ("--edition", "small", "--cities", "lisbon", "--dry-run")

    first = run_seed(home, *words)
    tables = sorted((home / "editions" / "small" / "tables").rglob("*.parquet"))
    written = [table.stat().st_ino for table in tables]
    second = run_seed(home, *words, "--quiet")

    assert first.returncode == 0, first.stdout + first.stderr
    assert "stopped after match" in first.stdout
    assert tables
    assert not (home / "postgres").exists()
    assert second.returncode == 0, second.stdout + second.stderr
    assert second.stdout == ""
    assert [table.stat().st_ino for table in tables] == written
