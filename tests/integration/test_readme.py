"""The README's figures are those of a real run."""

import re
from pathlib import Path

import psycopg
from psycopg import sql

README = Path(__file__).parents[2] / "README.md"
TOLERANCE = 0.1  # the day of the run moves the figures a little


def _rows_promised() -> dict[str, int]:
    text = README.read_text(encoding="utf-8")
    table = text.split("<!-- rows -->")[1].split("<!-- end -->")[0]
    cells = re.findall(r"\| (\w+) \| ([\d,]+) (?=\|)", table)
    return {name: int(count.replace(",", "")) for name, count in cells}


def test_rows_per_table_are_as_promised(seeded_database: str) -> None:
    """A run fills each table with about as many rows as the README says."""
    promised = _rows_promised()
    with psycopg.connect(seeded_database) as connection:
        found = {
            name: connection.execute(
                sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))
            ).fetchone()
            for name in promised
        }
    off = {
        name: (count, found[name])
        for name, count in promised.items()
        if not (row := found[name]) or abs(row[0] - count) > max(2, count * TOLERANCE)
    }
    assert not off
    assert len(promised) == 28
