"""The crash matrix: every victim in every step at every moment, and the world after it.

python tests/crashes/matrix.py [--only victim/step/moment] [--list] [--json FILE]

Each cell runs the real flow on a world of three cities against real servers, strikes,
resumes, and compares the database with an undisturbed one, row for row; counts how
often each stage was loaded; and what Anthropic's test server billed. Linux only.
"""

import argparse
import json
import queue
import signal
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict
from fnmatch import fnmatch
from pathlib import Path
from types import FrameType
from typing import Final

TESTS: Final = Path(__file__).resolve().parents[1]
# found by the tests through pyproject.toml
sys.path[:0] = [str(TESTS / "integration"), str(TESTS / "servers"), str(TESTS.parent)]

from cells import CELLS, Cell, resume_of, why_impossible  # noqa: E402  by the line above
from lane import open_lane  # noqa: E402
from table import disks_text, table_text  # noqa: E402
from trial import Trial, try_cell  # noqa: E402

JOBS: Final = 2  # the cores of CI
SHOWN: Final = 200  # characters of what a disturbed run said last
TERMINATED: Final = 143  # 128 + SIGTERM


def main(words: Sequence[str]) -> int:
    """Try the cells that are asked for and print the table; 1 if one differs."""
    asked = _parser().parse_args(words)
    patterns: list[str] = asked.only or ["*"]
    cells = [c for c in CELLS if any(fnmatch(c.name, pattern) for pattern in patterns)]
    if not cells:
        sys.stderr.write(f"no cell is named {patterns!r}; see --list\n")
        return 2
    if asked.list:
        for cell in cells:
            _print(f"{cell.name}  {why_impossible(cell) or resume_of(cell)}")
        return 0
    signal.signal(signal.SIGTERM, _leave)
    began = time.monotonic()
    trials, disks = try_cells(cells, asked.jobs, may_mount=not asked.no_mount)
    _print(table_text(cells, trials, disks, time.monotonic() - began))
    if asked.json:
        told = [asdict(trial) for trial in trials]
        asked.json.write_text(json.dumps(told, indent=1), encoding="utf-8")
    return 0 if all(trial.is_equal for trial in trials) else 1


def try_cells(
    cells: Sequence[Cell], jobs: int, *, may_mount: bool
) -> tuple[list[Trial], str]:
    """Try all cells that can occur, in lanes side by side; say how disks were full."""
    waiting = queue.SimpleQueue[Cell]()
    possible = [cell for cell in cells if why_impossible(cell) is None]
    for cell in possible:
        waiting.put(cell)
    trials: list[Trial] = []
    disks: set[str] = set()

    def work() -> None:
        with open_lane(may_mount=may_mount) as lane:
            disks.add(disks_text(lane.home.how, lane.postgres_disk.how))
            lane.prepare(sorted({cell.step for cell in possible}))
            while True:
                try:
                    cell = waiting.get_nowait()
                except queue.Empty:
                    return
                trials.append(trial := try_cell(lane, cell))
                _tell(f"{len(trials)}/{len(possible)}", trial)

    with ThreadPoolExecutor(jobs) as pool:
        lanes = [pool.submit(work) for _ in range(min(jobs, len(possible)))]
        try:
            for lane in as_completed(lanes):
                lane.result()
        except BaseException:  # every lane ends in good order behind its present cell
            while not waiting.empty():
                waiting.get()
            raise
    order = {cell: number for number, cell in enumerate(cells)}
    return sorted(trials, key=lambda trial: order[trial.cell]), "; ".join(sorted(disks))


def _leave(_number: int, _frame: FrameType | None) -> None:
    sys.exit(TERMINATED)


def _tell(progress: str, trial: Trial) -> None:
    verdict = "equal" if trial.is_equal else f"DIFFERS {trial.wrong}"
    sys.stderr.write(
        f"{progress} {trial.cell.name}: {trial.ending}, {trial.resumed}, {verdict}, "
        f"{trial.seconds:.0f} s; {trial.said[-SHOWN:].strip()!r}\n"
    )


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--only",
        action="append",
        metavar="CELL",
        help="victim/step/moment, with * and ?; repeatable",
    )
    parser.add_argument("--list", action="store_true", help="name the cells")
    parser.add_argument("--jobs", type=int, default=JOBS, help="lanes side by side")
    parser.add_argument("--json", type=Path, help="write every cell's outcome here too")
    parser.add_argument(
        "--no-mount", action="store_true", help="fill disks by a limit, as without root"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
