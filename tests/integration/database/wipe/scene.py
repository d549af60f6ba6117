"""A database with a seeded world in it, real people, and what is done to it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg import sql

from tasks.database.connect import Target, open_database
from tasks.database.contract import expected_tables
from tasks.database.wipe import Wiped, wipe_seeded
from tasks.editions import World
from tasks.process.identity import STATIC_TAG
from tasks.stages.loading import load_stage

Rows = dict[str, list[tuple[Any, ...]]]
TAG: Final = "0aaaa"
NEXT_TAG: Final = "0bbbb"
NEXT_WORLD: Final = f"world-{NEXT_TAG}"
WriteWorld = Callable[..., World]
ALEX: Final = """(SELECT id FROM "User" WHERE "isDemo")"""
HERE: Final = Path(__file__).parent
# what the app has of its own: people, a community and an event, all counters right
PEOPLE: Final = (HERE / "people.sql").read_text(encoding="utf-8")
# what a visitor does as the demo user, counted as the app counts it
VISIT: Final = (HERE / "visit.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Scene:
    """One database that holds the tiny world."""

    target: Target
    folder: Path
    write_world: WriteWorld

    def do(self, statements: str) -> list[tuple[Any, ...]]:
        """Run statements, in which ALEX_ID is the demo user; give the last's rows."""
        with psycopg.connect(self.target.conninfo) as connection:
            cursor = connection.execute(statements.replace("ALEX_ID", ALEX).encode())
            while cursor.nextset():
                pass
            return cursor.fetchall() if cursor.description else []

    def rows(self) -> Rows:
        """Every row of the app's tables, sorted."""
        with psycopg.connect(self.target.conninfo) as connection:
            return {
                table: sorted(
                    connection.execute(
                        sql.SQL("TABLE {}").format(sql.Identifier(table))
                    ).fetchall(),
                    key=repr,
                )
                for table in expected_tables()
            }

    def ledger(self) -> Rows:
        """Every row of the ledger."""
        with psycopg.connect(self.target.conninfo) as connection:
            return {
                table: connection.execute(
                    sql.SQL("TABLE {}").format(sql.Identifier("rsvped_seed", table))
                ).fetchall()
                for table in ("database", "world", "stage", "released")
            }

    def foreign(self) -> Rows:
        """Every row that the seeder did not make, by what its columns name."""
        marks = (f"c{TAG}", f"c{NEXT_TAG}", f"c{STATIC_TAG}")
        keys = {"EventCategory": 0, "UserCategory": 0, "PromoCodeTier": 0}
        return {
            table: [
                row
                for row in rows
                if not str(row[keys.get(table, 0)]).startswith(marks)
            ]
            for table, rows in self.rows().items()
        }

    def wipe(
        self, keep_world: str | None = NEXT_WORLD, *, release: bool = False
    ) -> Wiped:
        """Delete what the seeder made, as the weekly run does."""
        with open_database(self.target) as connection:
            return wipe_seeded(connection, keep_world=keep_world, release=release)

    def load(self, tag: str = NEXT_TAG) -> World:
        """Load the next week's world."""
        folder = self.folder / tag
        world = self.write_world(folder, tag)
        with open_database(self.target) as connection:
            for files in world.stages:
                load_stage(connection, folder, files, world, result_key="r")
        return world
