"""The one place where rows leave Python: Polars frames into COPY.

Columns of a frame are named as the table's. Text and enums are String (or Enum),
text[] is List(String), instants are Datetime (a naive one means UTC). Frames become
CSV in chunks, which PostgreSQL reads within the caller's transaction: the fastest
way that can share one (measured: a seventh of what executemany costs).
"""

import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

import polars as pl
import psycopg
from psycopg import sql

from tasks.errors import DatabaseError

CHUNK_ROWS: Final = 50_000  # 1M rows stream in 40 to 50 MB on top of the rest
TIMESTAMP: Final = "%Y-%m-%d %H:%M:%S%.3f"  # what timestamp(3) stores
NUL: Final = "\0"  # PostgreSQL's text cannot hold it
PLAIN: Final = (pl.Boolean, pl.Date, pl.Null, pl.String)


def copy_rows(connection: psycopg.Connection, table: str, frame: pl.DataFrame) -> int:
    """Append a frame's rows to a table, in their order; give their number.

    Raises:
        DatabaseError: The server stored another number of rows.
        TypeError: A column has a type that no table holds.
    """
    return _copy(connection, table, frame.columns, [frame])


def copy_parquet(
    connection: psycopg.Connection,
    table: str,
    path: Path,
    change: Callable[[pl.DataFrame], pl.DataFrame] | None = None,
) -> int:
    """Append the rows of a Parquet file to a table, in bounded memory.

    Args:
        connection: The rows are part of its transaction.
        table: Its columns are named as the file's.
        path: The Parquet file.
        change: Applied to each chunk of rows on the way; keeps rows and columns.
    """
    chunks = parquet_chunks(path)
    changed = chunks if change is None else map(change, chunks)
    return _copy(connection, table, list(pl.read_parquet_schema(path)), changed)


def parquet_chunks(path: Path) -> Iterator[pl.DataFrame]:
    """Read a Parquet file in order, a chunk of rows at a time."""
    scan = pl.scan_parquet(path)
    offset = 0
    while (chunk := scan.slice(offset, CHUNK_ROWS).collect()).height:
        yield chunk
        offset += chunk.height


def upsert_rows(
    connection: psycopg.Connection,
    table: str,
    key_columns: tuple[str, ...],
    frame: pl.DataFrame,
) -> int:
    """Insert the rows whose key is missing, update those that differ.

    An `id` is never changed, and a row that is the same is not touched: it keeps its
    physical place. Keys are unique within the frame and in the table.

    Returns:
        The number of rows inserted or updated.
    """
    incoming = f"rsvped_incoming_{table}"
    names = {
        "incoming": sql.Identifier("pg_temp", incoming),
        "name": sql.Identifier(incoming),
        "table": sql.Identifier(table),
        "columns": _names(frame.columns),
        "keys": _names(key_columns),
    }
    connection.execute(
        sql.SQL(
            "CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS"
            " SELECT {columns} FROM {table} WITH NO DATA"
        ).format(**names)
    )
    copy_rows(connection, incoming, frame)
    changing = [c for c in frame.columns if c not in {*key_columns, "id"}]
    written = connection.execute(
        sql.SQL(
            "INSERT INTO {table} AS old ({columns}) SELECT {columns} FROM {incoming}"
            " ON CONFLICT ({keys}) DO {action}"
        ).format(**names, action=_update(changing))
    ).rowcount
    connection.execute(sql.SQL("DROP TABLE {incoming}").format(**names))
    return written


def _update(changing: list[str]) -> sql.Composable:
    if not changing:
        return sql.SQL("NOTHING")
    sets = [
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(column))
        for column in changing
    ]
    differs = [
        sql.SQL("old.{0} IS DISTINCT FROM excluded.{0}").format(sql.Identifier(column))
        for column in changing
    ]
    return sql.SQL("UPDATE SET {} WHERE {}").format(
        sql.SQL(", ").join(sets), sql.SQL(" OR ").join(differs)
    )


def _names(columns: list[str] | tuple[str, ...]) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _copy(
    connection: psycopg.Connection,
    table: str,
    columns: list[str],
    chunks: Iterable[pl.DataFrame],
) -> int:
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv, ENCODING 'UTF8')").format(
        sql.Identifier(table), _names(columns)
    )
    sent = 0
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for chunk in chunks:
                for part in chunk.iter_slices(CHUNK_ROWS):
                    copy.write(_csv(part))
                    sent += part.height
        stored = cursor.rowcount
    if stored != sent:
        raise DatabaseError(
            f"{table}: {sent} rows were sent and {stored} stored; nothing is kept. If "
            "no trigger of the app drops rows there, please report this with the "
            "server's version"
        )
    return sent


def _csv(frame: pl.DataFrame) -> bytes:
    """Render rows as PostgreSQL's CSV: NULL is nothing, the empty string is ""."""
    text = frame.select(
        _textual(column, dtype).alias(column) for column, dtype in frame.schema.items()
    )
    buffer = io.BytesIO()
    if frame.width == 1:
        # Before version 18 a lone \. on a line ends the data, silently, unless it is
        # quoted; and Polars quotes only where CSV asks for it.
        quoted = pl.all().cast(pl.String).str.replace_all('"', '""', literal=True)
        text = text.select(pl.lit('"') + quoted + pl.lit('"'))
        text.write_csv(buffer, include_header=False, quote_style="never")
    else:
        text.write_csv(buffer, include_header=False, datetime_format=TIMESTAMP)
    return buffer.getvalue()


def _textual(column: str, dtype: pl.DataType) -> pl.Expr:
    """Turn a column into what CSV can carry to PostgreSQL unharmed."""
    value = pl.col(column)
    if isinstance(dtype, (pl.Enum, pl.Categorical)):
        return value.cast(pl.String)
    if isinstance(dtype, pl.String):
        return _without_nul(value)
    if dtype in (pl.List(pl.String), pl.List(pl.Null)):
        return _array(value.cast(pl.List(pl.String)))
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone is not None:
            value = value.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        return value.dt.cast_time_unit("ms").dt.strftime(TIMESTAMP)
    if dtype.is_numeric() or isinstance(dtype, PLAIN):
        return value
    raise TypeError(f"column {column!r} is {dtype}, which no table of the app holds")


def _without_nul(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(NUL, "", literal=True)


def _array(value: pl.Expr) -> pl.Expr:
    r"""Render lists as array literals, {"a","b\\"c",NULL}."""
    item = _without_nul(pl.element())
    item = item.str.replace_all("\\", "\\\\", literal=True)
    item = item.str.replace_all('"', '\\"', literal=True)
    items = value.list.eval((pl.lit('"') + item + pl.lit('"')).fill_null("NULL"))
    return pl.lit("{") + items.list.join(",") + pl.lit("}")
