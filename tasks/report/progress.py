"""Progress: what a run is doing, told on the terminal or in Prefect's log."""

from collections.abc import Callable, Generator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import perf_counter
from typing import Final

from rich.console import Console

from tasks.editions import Manifest
from tasks.terminal import printable

NAME_WIDTH: Final = 20  # the longest step's name and a space

# The terminal of a local run; a worker has none, and its lines go to Prefect's log.
TERMINAL: Final[ContextVar[Console | None]] = ContextVar("terminal", default=None)
# Whether a person is there to be asked before money is spent; a schedule has none.
ASKS_FIRST: Final[ContextVar[bool]] = ContextVar("asks_first", default=False)


class StepDone(Manifest):
    """One step of a run: how long it took and what came of it."""

    step: str
    seconds: float
    note: str = ""


@dataclass
class StepNote:
    """What a running step has to say for itself once it is through."""

    text: str = ""


@dataclass
class Progress:
    """Tells each step as it ends, and keeps the account of all."""

    log: Callable[[str], None]
    steps: list[StepDone] = field(default_factory=list[StepDone])

    @contextmanager
    def step(self, name: str) -> Generator[StepNote]:
        """Time a step and tell its note when it is through; a failed one is told too.

        Args:
            name: The step's name, as the command line knows it.
        """
        terminal = TERMINAL.get()
        note = StepNote()
        started = perf_counter()
        waiting = terminal.status(f"{name} …") if terminal else nullcontext()
        try:
            with waiting:
                yield note
        except BaseException:
            self.tell(f"✗ {name:<{NAME_WIDTH}}{perf_counter() - started:7.1f} s")
            raise
        done = StepDone(step=name, seconds=perf_counter() - started, note=note.text)
        self.steps.append(done)
        self.tell(f"✓ {name:<{NAME_WIDTH}}{done.seconds:7.1f} s  {note.text}".rstrip())

    def tell(self, line: str) -> None:
        """Tell one line, on the terminal of a local run and in the run's log."""
        line = printable(line)
        terminal = TERMINAL.get()
        if terminal:
            terminal.print(line, markup=False, highlight=False, soft_wrap=True)
        self.log(line)
