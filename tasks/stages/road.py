"""How a stage's rows come from its files into their tables: as one, or in chunks."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import psycopg

from tasks.database.contract import LiveColumns
from tasks.database.copy import (
    INLINE_ROWS,
    copy_parquet,
    insert_rows,
    parquet_chunks,
    upsert_many,
    upsert_rows,
)
from tasks.editions import StageFiles, TableFile
from tasks.stages.plan import Stage, StageTable

Translate = Callable[[pl.DataFrame], pl.DataFrame]  # rows to rows


@dataclass(frozen=True)
class Road:
    """How rows come from a file into a table.

    columns: the tables' live ones. translate: applied to rows on the way. upsert:
    rows of the same key may be there.
    """

    folder: Path
    columns: LiveColumns
    translate: Translate
    upsert: bool

    def send(
        self, connection: psycopg.Connection, table: StageTable, file: TableFile
    ) -> None:
        """Put the rows of a file of at most INLINE_ROWS in, in a pipeline or not."""
        rows = self.translate(pl.read_parquet(self.folder / file.path))
        types = {name: one.type for name, one in self.columns[table.name].items()}
        if self.upsert:
            upsert_rows(connection, table.name, types, table.key, rows)
        else:
            insert_rows(connection, table.name, types, rows)

    def stream(
        self, connection: psycopg.Connection, table: StageTable, file: TableFile
    ) -> None:
        """Put the rows of a large file in, a chunk at a time."""
        path = self.folder / file.path
        if not self.upsert:
            copy_parquet(connection, table.name, path, self.translate)
            return
        for chunk in parquet_chunks(path):
            upsert_many(connection, table.name, table.key, self.translate(chunk))


@contextmanager
def written(
    connection: psycopg.Connection,
    stage: Stage,
    files: StageFiles,
    road: Road,
    around: AbstractContextManager[None],
) -> Generator[None]:
    """Put a stage's rows in; what the block adds goes with them, in one round trip."""
    by_table = {file.table: file for file in files.tables}
    with ExitStack() as piped:
        with around:
            piped.enter_context(connection.pipeline())
            for table in stage.tables:
                file = by_table.get(table.name)
                if file is None:
                    continue
                if file.rows <= INLINE_ROWS:
                    road.send(connection, table, file)
                    continue
                piped.close()  # COPY knows no pipelines
                road.stream(connection, table, file)
                piped.enter_context(connection.pipeline())
        yield
