"""How fast the ten stages load, against the fastest way there is, in how much memory.

python tests/benchmarks/load.py

Each round seeds the full recorded edition into a new database by the real command
line, then puts the same rows into the same tables, emptied, by COPY from files on the
server, with the same constraints and one transaction a stage. Medians are printed.
Memory is that of the flow's process, without Prefect's server and PostgreSQL; Linux
tells it. The first round makes the world, the others load its files again.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from rich.console import Console
from rich.table import Table

from tasks.commands.parameters import STAGE_STEPS
from tasks.database.connect import Target
from tasks.database.embedded import embedded_server
from tasks.editions import World

PROJECT: Final = Path(__file__).resolve().parents[2]
ROUNDS: Final = 3
EDITION: Final = "benchmark"
MEGABYTE: Final = 1 << 20
KILOBYTES_IN_MEGABYTE: Final = 1024  # /proc counts in kilobytes
FORGET_PEAK: Final = "5"  # what /proc/<pid>/clear_refs takes as "begin the peak anew"
TARGET_SECONDS: Final = 5.0
TARGET_RATIO: Final = 3.0
TARGET_PEAK_MB: Final = 350.0
TARGET_DATABASE_MB: Final = 80.0


@dataclass
class Round:
    """What one round measured; seconds and peaks by step or stage."""

    seconds: dict[str, float] = field(default_factory=dict[str, float])
    peak_mb: dict[str, float] = field(default_factory=dict[str, float])
    raw_seconds: dict[str, float] = field(default_factory=dict[str, float])
    database_mb: float = 0.0


@dataclass(frozen=True)
class Part:
    """The rows that one stage loads into one table."""

    table: str
    rows: int
    loads_before: int  # earlier stages that load into the same table
    file: str  # on the server


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="by default 3")
    rounds: int = parser.parse_args().rounds
    console = Console()
    with tempfile.TemporaryDirectory(prefix="seed-benchmark-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the server runs as another user
        with embedded_server(folder / "server") as server:
            measured = [_round(folder, server, n, console) for n in range(rounds)]
        world_file = folder / "home" / "editions" / EDITION / "world.json"
        world = World.model_validate_json(world_file.read_bytes())
    _print_stages(console, world, measured)
    _print_process(console, measured)
    return 0


def _round(folder: Path, server: Target, number: int, console: Console) -> Round:
    """Seed a new database by the command line, then copy its rows back into it."""
    console.print(f"round {number + 1} …")
    name = f"benchmark_{number}"
    with psycopg.connect(server.conninfo, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(
                sql.Identifier(name)
            )
        )
    socket = conninfo_to_dict(server.conninfo)
    url = f"postgresql:///{name}?" + "&".join(
        f"{key}={socket[key]}" for key in ("host", "port", "user")
    )
    measured = Round()
    _seed(folder, url, measured)
    world_file = folder / "home" / "editions" / EDITION / "world.json"
    world = World.model_validate_json(world_file.read_bytes())
    # server-side files are for superusers
    conninfo = make_conninfo(server.conninfo, dbname=name, user="postgres")
    with psycopg.connect(conninfo, autocommit=True) as connection:
        size = connection.execute("SELECT pg_database_size(current_database())")
        measured.database_mb = size.fetchall()[0][0] / MEGABYTE
        _copy_raw(connection, world, measured)
    with psycopg.connect(server.conninfo, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))
    return measured


def _seed(folder: Path, url: str, measured: Round) -> None:
    """Run the flow; note when each step ends and how much memory it had by then."""
    process = subprocess.Popen(  # noqa: S603  our own program
        [
            *(sys.executable, str(PROJECT / "flows" / "seed.py"), "--create-tables"),
            *("--source", "recorded", "--edition", EDITION),
        ],
        env={
            **os.environ,
            "DATABASE_URL": url,
            "SEED_HOME": str(folder / "home"),
            "PREFECT_HOME": str(folder / "prefect"),
            "PYTHONPATH": str(PROJECT),
            "PYTHONUNBUFFERED": "1",  # a line is there when its step ends
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    before = perf_counter()
    for line in process.stdout:
        now = perf_counter()
        if line.startswith("✓"):
            step = line.split()[1]
            measured.seconds[step] = now - before
            measured.peak_mb[step] = _take_peak_mb(process.pid)
        before = now
    if process.wait() != 0:
        sys.exit(f"the run failed with exit code {process.returncode}")


def _take_peak_mb(pid: int) -> float:
    """Give the most memory that a process has held since this was last asked."""
    folder = Path("/proc", str(pid))
    status = (folder / "status").read_text(encoding="ascii")
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    (folder / "clear_refs").write_text(FORGET_PEAK, encoding="ascii")
    return int(peak.split()[1]) / KILOBYTES_IN_MEGABYTE


def _copy_raw(connection: psycopg.Connection, world: World, measured: Round) -> None:
    """Write the rows of every stage to files, empty the tables, copy them back."""
    (folder,) = connection.execute("SHOW data_directory").fetchall()[0]
    stages = {stage: list(parts) for stage, parts in _parts(world, folder)}
    for part in (part for parts in stages.values() for part in parts):
        rows = connection.execute(_write_rows(connection, part)).rowcount
        assert rows == part.rows, f"{part.table} has {rows} rows, not {part.rows}"
    tables = dict.fromkeys(part.table for parts in stages.values() for part in parts)
    connection.execute(
        sql.SQL("TRUNCATE {} CASCADE").format(
            sql.SQL(", ").join(map(sql.Identifier, tables))
        )
    )
    connection.execute("CHECKPOINT")  # what was done so far is not to be paid here
    for stage, parts in stages.items():
        began = perf_counter()
        with connection.transaction():
            for part in parts:
                connection.execute(
                    sql.SQL("COPY {} FROM {}").format(
                        sql.Identifier(part.table), part.file
                    )
                )
        measured.raw_seconds[stage] = perf_counter() - began
    for part in (part for parts in stages.values() for part in parts):
        Path(part.file).unlink()


def _write_rows(connection: psycopg.Connection, part: Part) -> sql.Composed:
    """Give the statement that writes a part's rows to its file, as they are stored.

    Each stage was one transaction, whose number its rows carry.
    """
    table = sql.Identifier(part.table)
    loads = connection.execute(
        sql.SQL(
            "SELECT xmin::text FROM {} GROUP BY xmin ORDER BY age(xmin) DESC"
        ).format(table)
    ).fetchall()
    (load,) = loads[part.loads_before] if part.rows else ("0",)  # 0: nobody's
    return sql.SQL(
        "COPY (SELECT * FROM {} WHERE xmin = {}::xid ORDER BY ctid) TO {}"
    ).format(table, load, part.file)


def _parts(world: World, folder: str) -> Iterator[tuple[str, Iterator[Part]]]:
    """Give each stage's name and the rows that it loads, table by table."""
    loads: dict[str, int] = {}

    def parts_of(stage: str) -> Iterator[Part]:
        for files in (found for found in world.stages if found.stage == stage):
            for table in files.tables:
                before = loads.get(table.table, 0)
                loads[table.table] = before + (table.rows > 0)
                file = f"{folder}/benchmark-{stage}-{table.table}.copy"
                yield Part(table.table, table.rows, before, file)

    for stage in STAGE_STEPS:
        yield str(stage), parts_of(str(stage))


def _print_stages(console: Console, world: World, measured: list[Round]) -> None:
    """Print one line a stage, and what they come to."""
    table = Table(
        "stage",
        *("rows", "seconds", "raw COPY s", "ratio", "peak MB"),
        title=f"Medians of {len(measured)} rounds",
    )
    for column in table.columns[1:]:
        column.justify = "right"
    rows = {
        stage.stage: sum(file.rows for file in stage.tables) for stage in world.stages
    }
    for stage in STAGE_STEPS:
        seconds = median(one.seconds[stage] for one in measured)
        raw = median(one.raw_seconds[stage] for one in measured)
        peak = max(one.peak_mb[stage] for one in measured)
        table.add_row(
            *(stage, f"{rows[stage]:,}", f"{seconds:.2f}", f"{raw:.2f}"),
            *(f"{seconds / raw:.1f}", f"{peak:.0f}"),
        )
    console.print(table)
    total = median(_stages_total(one.seconds) for one in measured)
    raw = median(sum(one.raw_seconds.values()) for one in measured)
    ratio = median(
        _stages_total(one.seconds) / sum(one.raw_seconds.values()) for one in measured
    )
    size = max(one.database_mb for one in measured)
    rate = sum(rows.values()) / total
    console.print(f"{sum(rows.values()):,} rows, {rate:,.0f} a second")
    _print_target(console, "ten stages", total, TARGET_SECONDS, "s")
    console.print(f"{'raw COPY':<16}{raw:8.2f} s")
    _print_target(console, "ratio", ratio, TARGET_RATIO, "times raw COPY")
    _print_target(console, "database", size, TARGET_DATABASE_MB, "MB")


def _print_process(console: Console, measured: list[Round]) -> None:
    """Print where the memory of the flow's process goes, the first round's steps."""
    peak = max(max(one.peak_mb.values()) for one in measured)
    _print_target(console, "flow's peak", peak, TARGET_PEAK_MB, "MB")
    first = measured[0]
    steps = [step for step in first.peak_mb if step not in STAGE_STEPS]
    for step in steps:
        seconds, most = first.seconds[step], first.peak_mb[step]
        console.print(f"  {step:<14}{most:8.0f} MB {seconds:7.2f} s")


def _stages_total(seconds: dict[str, float]) -> float:
    return sum(seconds[stage] for stage in STAGE_STEPS)


def _print_target(
    console: Console, name: str, value: float, most: float, unit: str
) -> None:
    verdict = "within" if value <= most else "OVER"
    console.print(f"{name:<16}{value:8.2f} {unit}, {verdict} the target of {most:g}")


if __name__ == "__main__":
    sys.exit(main())
