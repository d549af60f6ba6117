"""The import rules, proved on the installed packages and on what Python loads."""

import json
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
VENDORS = ("prefect", "psycopg", "pydantic", "httpx", "faker", "anthropic", "bcrypt")
TOP_LEVEL = {
    "README.md",
    "flows",
    "matching",
    "prefect.yaml",
    "pyproject.toml",
    "tasks",
    "tests",
}


def run_python(*arguments: str) -> str:
    done = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, *arguments],
        cwd=PROJECT,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}; import json, sys; print(json.dumps(sorted(sys.modules)))"
    return {name.split(".")[0] for name in json.loads(run_python("-c", code))}


def test_import_contracts_hold() -> None:
    """Flows import tasks, tasks import matching, and no layer reaches forward."""
    code = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"

    run_python("-c", code)


def test_matching_loads_no_vendor() -> None:
    """The app's recommender can import every matching module without our vendors."""
    modules = sorted(
        "matching." + ".".join(path.relative_to(PROJECT / "matching").parts)
        for path in (PROJECT / "matching").rglob("*.py")
    )
    names = [module.removesuffix(".py").removesuffix(".__init__") for module in modules]

    loaded = loaded_by("import " + ", ".join(names))

    assert "polars" in loaded
    assert loaded.isdisjoint(VENDORS)


def test_help_needs_neither_prefect_nor_polars() -> None:
    """The command line answers --help before anything heavy is imported."""
    loaded = loaded_by("import tasks.commands.line")

    assert loaded.isdisjoint({"prefect", "polars", "psycopg", "faker", "httpx"})


def test_top_level_is_fixed() -> None:
    """Nothing but the agreed files and folders stands at the top, dot-files aside."""
    listing = subprocess.run(
        ["git", "ls-files"],  # noqa: S607  whichever git is on the path
        cwd=PROJECT,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout.splitlines()
    names = {line.split("/")[0] for line in listing}

    assert {name for name in names if not name.startswith(".")} <= TOP_LEVEL


def test_only_the_flow_lives_in_flows() -> None:
    """`python flows/seed.py` puts flows/ first on the path: nothing may shadow."""
    names = {path.name for path in (PROJECT / "flows").glob("*.py")}

    assert names == {"__init__.py", "seed.py"}
