"""Load one stage: its Parquet files and its ledger row, in one transaction, once."""

import time
from contextlib import nullcontext
from pathlib import Path
from typing import Final

import polars as pl
import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus

from tasks.database.contract import columns_hash
from tasks.database.copy import copy_parquet, parquet_chunks, upsert_rows
from tasks.database.ledger import (
    Ledger,
    StageRow,
    database_id,
    lock_ledger,
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
from tasks.stages import STAGE_BY_NAME, STAGES, demo_user, load_static
from tasks.stages.plan import CATEGORY_COLUMN, LOCATION_COLUMN, Stage, StageTable

DEMO_EMAIL: Final = "demo@rsvped.app"  # the app's demo button signs in as it
# columns that refer to rows which the app may have made itself, under other ids
STATIC_REFERENCES: Final = {CATEGORY_COLUMN: "Category", LOCATION_COLUMN: "Location"}
CONTEXT_CHARACTERS: Final = 200  # of what the server says; a value in it may be long
SAMPLE_ROWS: Final = 100  # of a table; visitors do not delete so many of ours
# what makes two worlds of one edition name differ
WORLD_FACTS: Final = ("as_of", "seed", "source", "options", "rules_version")


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
    stage = _stage_of(files)
    return digest_json(
        {
            "stage": stage.name,
            "world": world.world_id,
            "files": {file.table: file.digest for file in files.tables},
            "columns": columns_hash(connection, stage.table_names),
            "database": database_id(connection),
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
    if connection.info.transaction_status != TransactionStatus.IDLE:
        connection.commit()
    try:
        with connection.transaction():
            lock_ledger(connection)
            prepare_ledger(connection)
            key = wanted_key(connection, files, world)
            ledger = read_ledger(connection)
            row = _admit(ledger, files.stage, world)
            already = row is not None and row.key == key
            already = already and not _was_emptied(connection, folder, files)
            if row is not None and already:
                rows, result_key = row.rows, row.result_key
            else:
                _check_not_slid(ledger, files.stage, world)
                first_demo = row is None and files.stage == demo_user.STAGE.name
                with (
                    taking_back_visits(connection, world.world_id)
                    if first_demo
                    else nullcontext()
                ):
                    rows = _load(
                        connection, folder, files, world, again=row is not None
                    )
                record_stage(
                    connection,
                    world,
                    stage=files.stage,
                    key=key,
                    result_key=result_key,
                    rows=rows,
                )
    except psycopg.errors.IntegrityError as error:
        raise DatabaseError(_collision(files.stage, error)) from error
    except (psycopg.DataError, psycopg.errors.RaiseException) as error:
        raise DatabaseError(_misfit(files.stage, error)) from error
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
            raise RefusedError(_other_world(row, world))
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
    for file in files.tables:
        path, key = folder / file.path, keys[file.table]
        if not file.rows or not path.is_file():
            continue
        sample = pl.scan_parquet(path).select(key).head(SAMPLE_ROWS).collect()[key]
        query = sql.SQL("SELECT EXISTS (SELECT FROM {} WHERE {} = ANY(%s))").format(
            sql.Identifier(file.table), sql.Identifier(key)
        )
        if connection.execute(query, [sample.to_list()]).fetchone() == (False,):
            return True
    return False


def _other_world(row: StageRow, world: World) -> str:
    differing = [
        f"{fact} is {getattr(row, fact)!r} there and {getattr(world, fact)!r} here"
        for fact in WORLD_FACTS
        if getattr(row, fact) != getattr(world, fact)
    ]
    return (
        f"the database holds edition {row.edition!r} (world {row.world_id}), and this "
        f"is edition {world.edition!r} (world {world.world_id}): "
        + ("; ".join(differing) or "the answers of the passes or the images differ")
        + f". Go on with --edition {row.edition} and its options, replace it with "
        "--wipe seeded, or give another database"
    )


def _collision(stage: str, error: psycopg.errors.IntegrityError) -> str:
    diag = error.diag
    if isinstance(error, psycopg.errors.UniqueViolation):
        advice = (
            "rows that the seeder did not make are in the way: rename or remove them, "
            "or give another database"
        )
    elif isinstance(error, psycopg.errors.ForeignKeyViolation):
        advice = (
            "rows of an earlier stage were removed: run again with --wipe seeded, so "
            "that all stages are loaded anew"
        )
    else:
        advice = "compare the table with the app's migrations"
    return (
        f"stage {stage!r}: table {diag.table_name!r}, constraint "
        f"{(diag.constraint_name or diag.column_name)!r}: "
        f"{diag.message_detail or diag.message_primary} Nothing of it was kept; "
        f"{advice}"
    )


def _misfit(stage: str, error: psycopg.Error) -> str:
    """Say what the server has against a stage's rows, and where it stood."""
    diag = error.diag
    # of a trigger: its function; of a value: the table, its line and its column
    where = (diag.context or "").partition("\n")[0][:CONTEXT_CHARACTERS]
    return (
        f"stage {stage!r}: {diag.message_primary}{f' ({where})' if where else ''}. "
        "Nothing of it was kept; the app has changed its tables or triggers since they "
        "were checked: compare them with its migrations, then run again"
    )


def _load(
    connection: psycopg.Connection,
    folder: Path,
    files: StageFiles,
    world: World,
    *,
    again: bool,
) -> dict[str, int]:
    """Put a stage's rows in; give their number per table."""
    stage = _stage_of(files)
    by_table = {file.table: file for file in files.tables}
    for file in files.tables:
        _check_file(folder, file)
    upsert = again or stage.upsert
    if "User" in by_table:
        upsert |= _has_own_demo_user(connection, folder / by_table["User"].path)
    ids = {} if stage == load_static.STAGE else _live_ids(connection, folder, world)
    rows: dict[str, int] = {}
    for table in stage.tables:
        if table.name in by_table:
            path = folder / by_table[table.name].path
            rows[table.name] = _load_table(connection, table, path, ids, upsert=upsert)
    return rows


def _load_table(
    connection: psycopg.Connection,
    table: StageTable,
    path: Path,
    ids: dict[str, dict[str, str]],
    *,
    upsert: bool,
) -> int:
    """Put the rows of one file into its table; give the file's number of rows."""

    def translate(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(
            pl.col(column).replace(mapping)
            for column, mapping in ids.items()
            if column in frame.columns
        )

    if not upsert:
        return copy_parquet(connection, table.name, path, translate)
    rows = 0
    for chunk in parquet_chunks(path):
        upsert_rows(connection, table.name, table.key, translate(chunk))
        rows += chunk.height
    return rows


def _check_file(folder: Path, file: TableFile) -> None:
    path = folder / file.path
    if not path.is_file() or digest_file(path) != file.digest:
        raise InputError(
            f"the file {str(path)!r} is missing or not the one that was built; run "
            "the same edition again, which builds it anew"
        )


def _has_own_demo_user(connection: psycopg.Connection, path: Path) -> bool:
    """Tell whether our demo user is there already; refuse if somebody else's is."""
    people = pl.scan_parquet(path).filter(pl.col("email") == DEMO_EMAIL)
    ours = people.select("id").collect()["id"].to_list()
    found = connection.execute(
        'SELECT id, name FROM "User" WHERE email = %s', [DEMO_EMAIL]
    ).fetchone()
    if found is None or not ours:
        return False
    if found[0] not in ours:
        raise RefusedError(
            f"the database has a user {DEMO_EMAIL!r} that the seeder did not make: "
            f"{found[1]!r}, id {found[0]!r}. Rename or remove that user, or give "
            "another database"
        )
    return True


def _live_ids(
    connection: psycopg.Connection, folder: Path, world: World
) -> dict[str, dict[str, str]]:
    """Map our ids of categories and cities to the database's, where they differ.

    Returns:
        Per referring column, our id -> the id that the database has for its slug.
    """
    static = next(s for s in world.stages if s.stage == load_static.STAGE.name)
    paths = {file.table: folder / file.path for file in static.tables}
    ids: dict[str, dict[str, str]] = {}
    for column, table in STATIC_REFERENCES.items():
        select = sql.SQL("SELECT slug, id FROM {}").format(sql.Identifier(table))
        live = dict(connection.execute(select).fetchall())
        ours = pl.read_parquet(paths[table], columns=["slug", "id"]).rows()
        mapping = {own: live[slug] for slug, own in ours if live.get(slug, own) != own}
        if mapping:
            ids[column] = mapping
    return ids
