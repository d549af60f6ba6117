"""The one place where rows leave Python: Polars frames into COPY, or one parameter.

Columns of a frame are named as the table's. Text and enums are String (or Enum),
text[] is List(String), instants are Datetime (a naive one means UTC). Frames become
CSV in chunks, which PostgreSQL reads within the caller's transaction: the fastest
way that can share one (measured: a seventh of what executemany costs). A frame that
is not large becomes one array a column, the parameters of a statement that does not
wait for the server as COPY does and costs about the same.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, LiteralString, cast

import polars as pl
import psycopg
from psycopg import sql

from tasks.errors import DatabaseError

CHUNK_ROWS: Final = 50_000  # 1M rows stream in 40 to 50 MB on top of the rest
# A COPY waits for the server twice, an INSERT travels with others. Up to so many rows a
# table comes as one: some 20 MB of arrays, beyond which COPY's chunks are needed.
INLINE_ROWS: Final = 100_000
TIMESTAMP: Final = "%Y-%m-%d %H:%M:%S%.3f"  # what timestamp(3) stores
NUL: Final = "\0"  # PostgreSQL's text cannot hold it
PLAIN: Final = (pl.Boolean, pl.Date, pl.Null, pl.String)

ColumnTypes = Mapping[str, str]  # by column: its type, as format_type() writes it


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


def insert_rows(
    connection: psycopg.Connection, table: str, types: ColumnTypes, frame: pl.DataFrame
) -> None:
    """Append a frame's rows, at most INLINE_ROWS, in a statement without an answer.

    So it may stand in a pipeline. It fails where the server stores another number.

    Args:
        connection: The rows are part of its transaction.
        table: Its columns are named as the frame's.
        types: Of the table's live columns.
        frame: The rows, in the order in which they are to be stored.
    """
    statement = sql.SQL(
        "WITH stored AS ({insert} RETURNING 1)"
        # only where the numbers differ is the text made, which is no number
        " SELECT CASE WHEN count(*) = {sent} THEN count(*)"
        " ELSE ({wrong} || count(*) || ' stored')::bigint END FROM stored"
    ).format(
        insert=_insertion(table, types, frame.columns),
        sent=sql.Literal(frame.height),
        wrong=sql.Literal(f"{table}: {frame.height} rows were sent and "),
    )
    connection.execute(statement, _arrays(frame))


def upsert_rows(
    connection: psycopg.Connection,
    table: str,
    types: ColumnTypes,
    key_columns: tuple[str, ...],
    frame: pl.DataFrame,
) -> psycopg.Cursor:
    """Insert the rows whose key is missing, update those that differ.

    An `id` is never changed, and a row that is the same is not touched: it keeps its
    physical place. Keys are unique within the frame and in the table. At most
    INLINE_ROWS; the statement may stand in a pipeline.

    Returns:
        The cursor, whose rowcount is the number of rows inserted or updated.
    """
    insertion = _insertion(table, types, frame.columns)
    statement = _upsertion(insertion, key_columns, frame)
    return connection.execute(statement, _arrays(frame))


def upsert_many(
    connection: psycopg.Connection,
    table: str,
    key_columns: tuple[str, ...],
    frame: pl.DataFrame,
) -> int:
    """Do as `upsert_rows` does, for any number of rows and in no pipeline.

    Returns:
        The number of rows inserted or updated.
    """
    incoming = f"rsvped_incoming_{table}"
    names = {
        "incoming": sql.Identifier("pg_temp", incoming),
        "name": sql.Identifier(incoming),
        "table": sql.Identifier(table),
        "columns": _names(frame.columns),
    }
    connection.execute(
        sql.SQL(
            "CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS"
            " SELECT {columns} FROM {table} WITH NO DATA"
        ).format(**names)
    )
    copy_rows(connection, incoming, frame)
    insertion = sql.SQL(
        "INSERT INTO {table} AS old ({columns}) SELECT {columns} FROM {incoming}"
    ).format(**names)
    statement = _upsertion(insertion, key_columns, frame)
    written = connection.execute(statement).rowcount
    connection.execute(sql.SQL("DROP TABLE {incoming}").format(**names))
    return written


def _upsertion(
    insertion: sql.Composed, key_columns: tuple[str, ...], frame: pl.DataFrame
) -> sql.Composed:
    changing = [c for c in frame.columns if c not in {*key_columns, "id"}]
    return sql.SQL("{insertion} ON CONFLICT ({keys}) DO {action}").format(
        insertion=insertion, keys=_names(key_columns), action=_update(changing)
    )


def _insertion(table: str, types: ColumnTypes, columns: list[str]) -> sql.Composed:
    """An INSERT of rows that come as one array a column."""
    return sql.SQL(
        "INSERT INTO {table} AS old ({names})"
        " SELECT {values} FROM unnest({arrays}) AS sent ({names})"
    ).format(
        table=sql.Identifier(table),
        names=_names(columns),
        values=sql.SQL(", ").join(_sent(column, types[column]) for column in columns),
        arrays=sql.SQL(", ").join(_array_of(types[column]) for column in columns),
    )


def _sent(column: str, type_: str) -> sql.Composed:
    value = sql.SQL("sent.{}").format(sql.Identifier(column))
    if type_.endswith("[]"):  # an array of arrays would be flattened: it came as text
        return sql.SQL("{}::{}").format(value, _spelled(type_))
    return sql.Composed([value])


def _array_of(type_: str) -> sql.Composed:
    spelled = sql.SQL("text") if type_.endswith("[]") else _spelled(type_)
    return sql.SQL("%s::{}[]").format(spelled)


def _spelled(type_: str) -> sql.SQL:
    """A type's name as the server itself has spelled, and where needed quoted, it."""
    return sql.SQL(cast("LiteralString", type_))


def _arrays(frame: pl.DataFrame) -> list[str]:
    """Render each column as an array literal."""
    rendered = frame.select(
        pl.concat_str(
            pl.lit("{"), _quoted(_textual(column, dtype)).str.join(","), pl.lit("}")
        ).alias(column)
        for column, dtype in frame.schema.items()
    )
    return list(rendered.row(0))


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
    items = value.list.eval(_quoted(_without_nul(pl.element())))
    return pl.lit("{") + items.list.join(",") + pl.lit("}")


def _quoted(value: pl.Expr) -> pl.Expr:
    """Render values as the elements of an array literal."""
    text = value.cast(pl.String)
    text = text.str.replace_all("\\", "\\\\", literal=True)
    text = text.str.replace_all('"', '\\"', literal=True)
    return (pl.lit('"') + text + pl.lit('"')).fill_null("NULL")
