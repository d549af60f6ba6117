"""Load one stage: its Parquet files and its ledger row, in one transaction, once."""

import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Final

import polars as pl
import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus

from tasks.database.contract import (
    LiveColumns,
    ask_columns,
    columns_hash,
    digest_columns,
)
from tasks.database.event_order import keeping_upcoming_first
from tasks.database.ledger import (
    Ledger,
    StageRow,
    ask_ledger,
    prepare_ledger,
    read_ledger,
    record_stage,
)
from tasks.database.visits import taking_back_visits
from tasks.editions import (
    Manifest,
    StageFiles,
    TableFile,
    World,
    digest_file,
    digest_json,
)
from tasks.errors import DatabaseError, InputError, RefusedError
from tasks.stages import (
    STAGE_BY_NAME,
    STAGES,
    create_events,
    demo_user,
    load_static,
)
from tasks.stages.complaints import collision, misfit, other_world
from tasks.stages.plan import CATEGORY_COLUMN, LOCATION_COLUMN, Stage
from tasks.stages.road import Road, Translate, written

DEMO_EMAIL: Final = "demo@rsvped.app"  # the app's demo button signs in as it
# columns that refer to rows which the app may have made itself, under other ids
STATIC_REFERENCES: Final = {CATEGORY_COLUMN: "Category", LOCATION_COLUMN: "Location"}
# each statement behind the lock sees what the one who held it before has committed
BEGIN: Final = "BEGIN ISOLATION LEVEL READ COMMITTED"
SAMPLE_ROWS: Final = 100  # of a table; visitors do not delete so many of ours


class StageReport(Manifest):
    """What loading one stage did."""

    stage: str
    key: str
    result_key: str
    rows: dict[str, int]  # per table, in foreign-key order
    seconds: float
    already: bool  # it was there: nothing was written


def wanted_key(connection: psycopg.Connection, files: StageFiles, world: World) -> str:
    """Give the key under which a stage counts as loaded.

    It follows the stage's own files, the live columns of its own tables, and the
    database; not the other stages, so that a change to one table reruns one stage.
    """
    columns = columns_hash(connection, _stage_of(files).table_names)
    return _key(files, world, columns, read_ledger(connection))


def read_columns(connection: psycopg.Connection) -> LiveColumns:
    """Read the live columns of all tables that a stage loads, in one round trip."""
    tables = {name for stage in STAGES for name in stage.table_names}
    return ask_columns(connection, sorted(tables))()


def wanted_keys(
    columns: LiveColumns, world: World, ledger: Ledger | None
) -> dict[str, str]:
    """Give the keys of all stages of a world.

    Args:
        columns: From `read_columns`.
        world: The world.
        ledger: What the database holds.
    """
    return {
        files.stage: _key(
            files, world, digest_columns(columns, _stage_of(files).table_names), ledger
        )
        for files in world.stages
    }


def _key(files: StageFiles, world: World, columns: str, ledger: Ledger | None) -> str:
    return digest_json(
        {
            "stage": files.stage,
            "world": world.world_id,
            "files": {file.table: file.digest for file in files.tables},
            "columns": columns,
            "database": ledger.database.database_id if ledger else None,
        }
    )


def load_stage(
    connection: psycopg.Connection,
    folder: Path,
    files: StageFiles,
    world: World,
    *,
    result_key: str,
) -> StageReport:
    """Load one stage of a world, unless it is loaded already.

    Rows and ledger row commit together, under a lock that keeps other loaders out.
    What the connection did before is committed first.

    Args:
        connection: A connection to the database, made by `open_database`.
        folder: The edition's folder, which holds the files.
        files: What the stage loads.
        world: The world that the stage belongs to.
        result_key: The key of the task's result, for the ledger.

    Raises:
        RefusedError: The database holds another world, or somebody else's demo user.
        DatabaseError: An earlier stage is missing, or rows collide with others.
        InputError: A file is not the one that was built.
    """
    began = time.perf_counter()
    stage = _stage_of(files)
    for file in files.tables:
        _check_file(folder, file)
    try:
        with _begun(connection):
            with connection.pipeline():  # all that is to be known, in one round trip
                connection.execute(BEGIN)
                prepare_ledger(connection)
                read = ask_ledger(connection)
                read_columns = ask_columns(connection, stage.table_names)
                read_ids = _ask_ids(connection)
                demo = connection.execute(
                    'SELECT id, name FROM "User" WHERE email = %s', [DEMO_EMAIL]
                )
            ledger = read()
            columns = read_columns()
            digest = digest_columns(columns, stage.table_names)
            key = _key(files, world, digest, ledger)
            row = _admit(ledger, files.stage, world)
            already = row is not None and row.key == key
            already = already and not _was_emptied(connection, folder, files)
            if row is not None and already:
                rows, result_key = row.rows, row.result_key
                connection.execute("COMMIT")
            else:
                _check_not_slid(ledger, files.stage, world)
                upsert = _has_own_demo_user(demo.fetchone(), folder, files)
                upsert |= stage.upsert or row is not None
                ids = {} if stage == load_static.STAGE else read_ids()
                translate = _translator(ids, folder, world)
                rows = {file.table: file.rows for file in files.tables}
                is_first_demo = row is None and stage == demo_user.STAGE
                around: AbstractContextManager[None] = nullcontext()
                if is_first_demo and ledger:
                    around = taking_back_visits(connection, ledger, world.world_id)
                elif stage == create_events.STAGE:
                    around = keeping_upcoming_first(
                        connection, f"c{world.tag}", world.as_of
                    )
                road = Road(folder, columns, translate, upsert)
                with written(connection, stage, files, road, around):
                    record_stage(
                        connection,
                        world,
                        stage=files.stage,
                        key=key,
                        result_key=result_key,
                        rows=rows,
                    )
                    connection.execute("COMMIT")
    except psycopg.errors.IntegrityError as error:
        raise DatabaseError(collision(files.stage, error)) from error
    except (psycopg.DataError, psycopg.errors.RaiseException) as error:
        raise DatabaseError(misfit(files.stage, error)) from error
    return StageReport(
        stage=files.stage,
        key=key,
        result_key=result_key,
        rows=rows,
        seconds=time.perf_counter() - began,
        already=already,
    )


def _stage_of(files: StageFiles) -> Stage:
    stage = STAGE_BY_NAME.get(files.stage)
    if stage is None:
        raise ValueError(f"{files.stage!r} is none of {list(STAGE_BY_NAME)}")
    unknown = {file.table for file in files.tables} - set(stage.table_names)
    if unknown:
        raise ValueError(f"{sorted(unknown)} are no tables of stage {stage.name!r}")
    return stage


def _admit(ledger: Ledger | None, stage: str, world: World) -> StageRow | None:
    """Give the stage's ledger row, if the database may take a stage of this world."""
    stages = ledger.stages if ledger else {}
    for row in stages.values():
        if row.world_id != world.world_id:
            raise RefusedError(other_world(row, world))
    names = [known.name for known in STAGES]
    missing = [name for name in names[: names.index(stage)] if name not in stages]
    if missing:
        raise DatabaseError(
            f"stage {stage!r} of edition {world.edition!r} needs {missing!r} first; "
            "run without --only, or load those stages"
        )
    return stages.get(stage)


def _check_not_slid(ledger: Ledger | None, stage: str, world: World) -> None:
    """Refuse to load a stage again beside others whose rows were moved on since."""
    weeks = {row.world_id: row.slid_weeks for row in ledger.worlds} if ledger else {}
    if weeks.get(world.world_id):
        raise RefusedError(
            f"edition {world.edition!r} was slid by {weeks[world.world_id]} weeks, and "
            f"stage {stage!r} is due again (its columns changed or its rows are gone): "
            "loaded now it would lie that much behind the others. Replace the world "
            "with --wipe seeded"
        )


def _was_emptied(
    connection: psycopg.Connection, folder: Path, files: StageFiles
) -> bool:
    """Tell whether a loaded table has lost its rows since.

    Resetting the app's migrations makes its tables anew and leaves the ledger alone.
    A sample of keys is looked up; that a few are gone is the visitors' doing.
    """
    keys = {table.name: table.key[0] for table in _stage_of(files).tables}
    asked: list[psycopg.Cursor] = []
    with connection.pipeline():
        for file in files.tables:
            if not file.rows:
                continue
            key = keys[file.table]
            scan = pl.scan_parquet(folder / file.path).select(key).head(SAMPLE_ROWS)
            query = sql.SQL("SELECT EXISTS (SELECT FROM {} WHERE {} = ANY(%s))").format(
                sql.Identifier(file.table), sql.Identifier(key)
            )
            asked.append(connection.execute(query, [scan.collect()[key].to_list()]))
    return any(found.fetchone() == (False,) for found in asked)


@contextmanager
def _begun(connection: psycopg.Connection) -> Generator[None]:
    """Let BEGIN and COMMIT travel with the statements beside them.

    psycopg itself would send each alone and wait for its answer.
    """
    if connection.info.transaction_status != TransactionStatus.IDLE:
        connection.commit()
    before = connection.autocommit
    connection.autocommit = True
    try:
        yield
    except BaseException:
        if not connection.closed:
            connection.rollback()
        raise
    finally:
        if not connection.closed:
            connection.autocommit = before


def _check_file(folder: Path, file: TableFile) -> None:
    path = folder / file.path
    if not path.is_file() or digest_file(path) != file.digest:
        raise InputError(
            f"the file {str(path)!r} is missing or not the one that was built; run "
            "the same edition again, which builds it anew"
        )


def _has_own_demo_user(
    found: tuple[str, str] | None, folder: Path, files: StageFiles
) -> bool:
    """Tell whether our demo user is there already; refuse if somebody else's is.

    Args:
        found: Id and name of the demo user who is there, if one is.
        folder: The edition's folder.
        files: What the stage loads; only a stage that loads people asks.
    """
    paths = [folder / file.path for file in files.tables if file.table == "User"]
    if found is None or not paths:
        return False
    people = pl.scan_parquet(paths[0]).filter(pl.col("email") == DEMO_EMAIL)
    ours = people.select("id").collect()["id"].to_list()
    if ours and found[0] not in ours:
        raise RefusedError(
            f"the database has a user {DEMO_EMAIL!r} that the seeder did not make: "
            f"{found[1]!r}, id {found[0]!r}. Rename or remove that user, or give "
            "another database"
        )
    return bool(ours)


def _ask_ids(connection: psycopg.Connection) -> Callable[[], dict[str, dict[str, str]]]:
    """Ask for the ids that the database has for categories and cities.

    Returns:
        What reads the answer: per referring column, slug -> id.
    """
    asked = {
        column: connection.execute(
            sql.SQL("SELECT slug, id FROM {}").format(sql.Identifier(table))
        )
        for column, table in STATIC_REFERENCES.items()
    }
    return lambda: {column: dict(found.fetchall()) for column, found in asked.items()}


def _translator(
    live: dict[str, dict[str, str]], folder: Path, world: World
) -> Translate:
    """Give what puts the database's ids of categories and cities for ours.

    Args:
        live: Per referring column, slug -> the id that the database has for it.
        folder: The edition's folder.
        world: Its first stage's files hold our ids.
    """
    static = next(s for s in world.stages if s.stage == load_static.STAGE.name)
    paths = {file.table: folder / file.path for file in static.tables}
    ids: dict[str, dict[str, str]] = {}
    for column, there in live.items():
        path = paths[STATIC_REFERENCES[column]]
        ours = pl.read_parquet(path, columns=["slug", "id"]).rows()
        ids[column] = {
            own: there[slug] for slug, own in ours if there.get(slug, own) != own
        }

    def translate(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(
            pl.col(column).replace(mapping)
            for column, mapping in ids.items()
            if mapping and column in frame.columns
        )

    return translate
