"""A run that is killed anywhere goes on where it was, and makes the same world.

Each kill is SIGKILL to all of the run's processes; each run is the real program on a
real PostgreSQL. The world is that of three cities, which takes seconds.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psycopg
import pytest
from digests import digest_tables
from halts import (
    HALT_KEY,
    HALT_ROW,
    HALT_TABLES,
    Moment,
    halt_trigger,
    kill_in_stage,
    loaded_at,
    prepare_halts,
    wait_for_waiter,
)
from program import PATIENCE_S, Program, kill, wait_until
from proxy import Proxy
from psycopg.conninfo import conninfo_to_dict

from tasks.commands.parameters import STAGE_STEPS, Step

if TYPE_CHECKING:
    from tasks.database.connect import Target

WORLD: Final = (
    *("--source", "recorded", "--edition", "three", "--as-of", "2026-11-16"),
    *("--cities", "lisbon", "tokyo", "berlin", "--seed", "three"),
)
# before a stage is before the first that is due: behind one that was committed
KILLS: Final = {
    Step.LOAD_STATIC: Moment.INSIDE,
    Step.CREATE_COMMUNITIES: Moment.COMMITTED,
    Step.CREATE_EVENTS: Moment.BEFORE,
    Step.CREATE_ORDERS: Moment.INSIDE,
    Step.BACKFILL_ACTIVITIES: Moment.COMMITTED,
    Step.ANALYTICS: Moment.BEFORE,
}
NOTHING_TO_DO: Final = "complete in the database already, nothing to do"


@dataclass(frozen=True)
class Undisturbed:
    """What one run makes that nobody disturbs."""

    database: "Target"
    program: Program
    tables: dict[str, str]


@pytest.fixture(scope="module")
def undisturbed(
    new_lasting_database: Callable[..., "Target"],
    prefect_api: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Undisturbed:
    """The three cities' world, made by one run that nobody disturbed."""
    database = new_lasting_database()
    folder = tmp_path_factory.mktemp("undisturbed")
    program = Program(
        folder / "home",
        folder / "prefect",
        {"PREFECT_API_URL": prefect_api, "DATABASE_URL": database.url},
    )
    program.run(*WORLD)
    return Undisturbed(database, program, digest_tables(database))


def world_file(home: Path) -> Path:
    """Where the manifest of the built world lies."""
    return home / "editions" / "three" / "world.json"


def test_kill_in_stages(
    undisturbed: Undisturbed,
    program: Program,
    new_database: Callable[..., "Target"],
) -> None:
    """Killed before, inside or behind a stage, a world ends up the same.

    One database takes all kills, one run after the other: whatever a kill leaves
    behind, the later stages have to live with. Half way the disk is lost as well.
    Every moment of every stage is tried by tests/crashes/matrix.py.
    """
    database = new_database()
    prepare_halts(database)
    first = program.seeing(DATABASE_URL=database.url)
    second = first.at(program.home.with_name("another-home"))
    seen: list[dict[str, str]] = []
    for stage, moment in KILLS.items():
        number = STAGE_STEPS.index(stage)
        running = first if number < len(STAGE_STEPS) / 2 else second
        kill_in_stage(
            lambda running=running: running.start(*WORLD),
            database,
            stage,
            HALT_TABLES[stage],
            moment,
        )
        seen.append(loaded_at(database))
        # all that a stage writes is sent at once: the server may end what it began
        done = number + (stage in seen[-1])
        assert tuple(seen[-1]) == STAGE_STEPS[:done], (stage, moment)
        assert moment is Moment.INSIDE or (moment is Moment.COMMITTED) == (
            done > number
        )
    second.run(*WORLD)
    for earlier, later in pairwise([*seen, loaded_at(database)]):
        assert earlier.items() <= later.items()  # no stage was loaded twice
    assert digest_tables(database) == undisturbed.tables


@pytest.mark.parametrize(
    "sign",
    [
        pytest.param("batches/users/*.json", id="generate", marks=pytest.mark.whole),
        pytest.param("processed/*", id="process", marks=pytest.mark.whole),
        pytest.param(".tables.part/*/*", id="match"),
    ],
)
def test_kill_before_loading(
    undisturbed: Undisturbed, program: Program, database: "Target", sign: str
) -> None:
    """Killed while it generates, processes or matches, a run makes the same world."""
    running = program.seeing(DATABASE_URL=database.url)
    folder = world_file(program.home).parent
    process = running.start(*WORLD)
    wait_until(lambda: any(folder.glob(sign)), process, poll_s=0.0002)
    kill(process)
    assert not world_file(program.home).exists()
    running.run(*WORLD)
    assert digest_tables(database) == undisturbed.tables


def test_commit_that_nobody_hears_of_is_found(
    undisturbed: Undisturbed, program: Program, database: "Target"
) -> None:
    """Cut off between COMMIT and its answer, a run goes on by itself, loads once."""
    prepare_halts(database)
    known = conninfo_to_dict(database.conninfo)
    host, port = str(known["host"]), int(known.get("port") or 5432)
    cut = Proxy(Path(host) / f".s.PGSQL.{port}" if host.startswith("/") else port)
    url = f"postgresql://{known['user']}@127.0.0.1:{cut.port}/{known['dbname']}"
    try:
        with psycopg.connect(database.conninfo, autocommit=True) as watcher:
            watcher.execute("SELECT pg_advisory_lock(%s)", [HALT_KEY])
            watcher.execute(halt_trigger("Friendship", at_commit=True))
            process = program.seeing(DATABASE_URL=url).start(*WORLD)
            wait_for_waiter(database, process)
            cut.stall()
            watcher.execute("SELECT pg_advisory_unlock_all()")
            wait_until(lambda: "create-friendships" in loaded_at(database), process)
            before = loaded_at(database)
        cut.drop()
        cut.flow()
        output, _ = process.communicate(timeout=PATIENCE_S)
    finally:
        cut.close()
    assert process.returncode == 0, output
    assert before.items() <= loaded_at(database).items()
    assert digest_tables(database) == undisturbed.tables


def test_second_run_does_nothing(undisturbed: Undisturbed) -> None:
    """The same command again says that nothing is to do, and does nothing."""
    before = loaded_at(undisturbed.database)
    output = undisturbed.program.run(*WORLD)
    assert NOTHING_TO_DO in output
    assert not [step for step in STAGE_STEPS if f"✓ {step} " in output]
    assert loaded_at(undisturbed.database) == before
    assert digest_tables(undisturbed.database) == undisturbed.tables


def test_dropped_database_is_refilled(
    undisturbed: Undisturbed, database: "Target"
) -> None:
    """A new database is filled from the files that were built for the lost one."""
    edition = world_file(undisturbed.program.home).parent
    files = {path: path.stat().st_mtime_ns for path in edition.rglob("*.parquet")}
    undisturbed.program.seeing(DATABASE_URL=database.url).run(*WORLD)
    assert digest_tables(database) == undisturbed.tables
    found = {path: path.stat().st_mtime_ns for path in edition.rglob("*.parquet")}
    assert found == files


def test_lost_folder_is_rebuilt(
    undisturbed: Undisturbed, program: Program, database: "Target"
) -> None:
    """Where the folder is lost, the database knows what the world was made from."""
    running = program.seeing(DATABASE_URL=database.url)
    running.run(*WORLD, "--stop-after", "create-tickets")
    before = loaded_at(database)
    elsewhere = running.at(program.home.with_name("another-home"))
    elsewhere.run("--edition", "three")  # cities, day and seed stand in the ledger
    assert before.items() <= loaded_at(database).items()
    assert len(before) == STAGE_STEPS.index("create-tickets") + 1
    assert digest_tables(database) == undisturbed.tables


def test_changed_column_reruns_its_stage(
    undisturbed: Undisturbed, new_database: Callable[..., "Target"]
) -> None:
    """After a migration the stages of its table are due, says status, and no others."""
    database = new_database(copy_of=undisturbed.database.display)
    running = undisturbed.program.seeing(DATABASE_URL=database.url)
    retype = 'ALTER TABLE "Order" ALTER "totalCents" TYPE '
    before = loaded_at(database)
    with psycopg.connect(database.conninfo) as connection:
        connection.execute(f"{retype} bigint".encode())
    printed = running.run("status")
    due = [line for line in printed.splitlines() if " due " in line]
    assert [line.split()[0] for line in due] == ["create-orders", "demo-user"]
    assert all("Order.totalCents is bigint, not integer" in line for line in due)
    running.run(*WORLD)
    after = loaded_at(database)
    again = {stage for stage in before if before[stage] != after[stage]}
    assert again == {"create-orders", "demo-user"}
    assert " due " not in running.run("status")
    with psycopg.connect(database.conninfo) as connection:
        connection.execute(f"{retype} integer".encode())
    assert digest_tables(database) == undisturbed.tables


def test_another_edition_is_refused_by_name(
    undisturbed: Undisturbed, program: Program
) -> None:
    """Whoever did not ask for a wipe is told of both editions, and nothing is lost."""
    running = program.seeing(DATABASE_URL=undisturbed.database.url)
    other = ("--source", "recorded", "--edition", "other", "--cities", "dublin")
    refusal = running.run(*other, code=1)
    assert "'other'" in refusal
    assert "'three'" in refusal
    assert "Traceback" not in refusal
    assert digest_tables(undisturbed.database) == undisturbed.tables


@pytest.mark.whole
def test_another_edition_takes_the_place(
    undisturbed: Undisturbed, program: Program, database: "Target"
) -> None:
    """Asked to wipe, it is loaded as into an empty database."""
    running = program.seeing(DATABASE_URL=database.url)
    running.run("--source", "recorded", "--edition", "other", "--cities", "dublin")
    running.run(*WORLD, "--wipe", "seeded")
    assert digest_tables(database) == undisturbed.tables


def test_stages_have_rows_to_die_among(undisturbed: Undisturbed) -> None:
    """The tables in which runs are killed are their stages', and long enough."""
    world = json.loads(world_file(undisturbed.program.home).read_text(encoding="utf-8"))
    rows = {
        (stage["stage"], table["table"]): table["rows"]
        for stage in world["stages"]
        for table in stage["tables"]
    }
    assert tuple(HALT_TABLES) == STAGE_STEPS
    assert all(rows[halt] > HALT_ROW for halt in HALT_TABLES.items())
