"""The account of an edition's last run, kept for its report."""

from pathlib import Path
from typing import Final

from pydantic import Field

from tasks.editions import Manifest, read_model, write_json
from tasks.report.progress import StepDone

RUN_FILE: Final = "run.json"


class RunAccount(Manifest):
    """What one run did: its steps, and the schema hash of every pass and table."""

    steps: tuple[StepDone, ...] = ()
    schemas: dict[str, str] = Field(default_factory=dict)


def write_account(folder: Path, account: RunAccount) -> None:
    """Keep a run's account in the edition's folder; the last run's stands."""
    write_json(folder / RUN_FILE, account.model_dump(mode="json"))


def read_account(folder: Path) -> RunAccount | None:
    """Read the account of an edition's last run; None if none was kept."""
    path = folder / RUN_FILE
    return read_model(path, RunAccount) if path.is_file() else None
