"""`status`: what an edition has done, per pass and stage, and why more is due."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Final

from tasks.commands.made import (
    choose_edition,
    is_whole,
    list_editions,
    read_world,
)
from tasks.commands.parameters import PASS_STEPS
from tasks.commands.settle import Settled, read_settled
from tasks.database.connect import Target, open_database, parse_target
from tasks.database.contract import (
    NAMED_DIFFERENCES,
    columns_hash,
    describe_drift,
)
from tasks.database.embedded import embedded_server
from tasks.database.ledger import StageRow, read_ledger
from tasks.database.placing import embedded_folder
from tasks.editions import StageFiles, World
from tasks.errors import DatabaseError
from tasks.generate.answers import read_manifest
from tasks.generate.drafts import PassName, schema_hash
from tasks.keys import rules_version
from tasks.settings import Settings, read_settings
from tasks.stages import STAGE_BY_NAME
from tasks.stages.loading import wanted_key
from tasks.terminal import printable

STEP_WIDTH: Final = 20  # the longest stage's name and a space
SHORT: Final = 8  # characters of a digest that a person compares


def status(edition: str | None) -> int:
    """Print the editions, and what one of them has done."""
    settings = read_settings()
    folder = choose_edition(settings, edition)
    others = [made.name for made in list_editions(settings) if made != folder]
    for line in [*status_lines(settings, folder), "", *_others(others)]:
        sys.stdout.write(f"{printable(line)}\n")
    return 0


def status_lines(settings: Settings, folder: Path) -> Iterator[str]:
    """Say what an edition has done: its passes, its world, its stages."""
    settled = read_settled(folder)
    if settled is None:
        return
    yield (
        f"edition {settled.edition}: {settled.source}, as of "
        f"{settled.as_of.date()}, seed {settled.seed!r}, in {folder}"
    )
    yield from _pass_lines(folder, settled)
    world = read_world(folder)
    yield _line("match", *_world_state(folder, world))
    if world is None:
        return
    with ExitStack() as stack:
        target = _target(settings, stack)
        if target is None:
            yield "no database yet: the embedded server has no data"
            return
        yield f"database {target.display}"
        yield from _stage_lines(target, world)


def _pass_lines(folder: Path, settled: Settled) -> Iterator[str]:
    for step in PASS_STEPS:
        name = PassName(step)
        manifest = read_manifest(folder, name)
        current = schema_hash(name)
        if manifest is None:
            yield _line(step, "due", "nothing generated yet")
        elif manifest.schema_hash != current:
            was, now = manifest.schema_hash[:SHORT], current[:SHORT]
            yield _line(step, "due", f"its schema changed: {was}, now {now}")
        elif len(manifest.answers) != len(settled.cities):
            missing = f"{len(manifest.answers)} of {len(settled.cities)} cities"
            yield _line(step, "due", missing)
        else:
            made = f"{len(manifest.answers)} cities, schema {current[:SHORT]}"
            yield _line(step, "done", made)


def _world_state(folder: Path, world: World | None) -> tuple[str, str]:
    if world is None:
        return "due", "not built yet"
    if world.rules_version != rules_version():
        was, now = world.rules_version[:SHORT], rules_version()[:SHORT]
        return "due", f"the rules changed: version {was}, now {now}"
    if not is_whole(folder, world):
        return "due", "files of the world are missing or changed"
    return "done", f"world {world.world_id}, rules {world.rules_version[:SHORT]}"


def _target(settings: Settings, stack: ExitStack) -> Target | None:
    if settings.database_url:
        return parse_target(settings.database_url)
    if not (embedded_folder(settings.home) / "data").is_dir():
        return None
    return stack.enter_context(embedded_server(settings.home))


def _stage_lines(target: Target, world: World) -> Iterator[str]:
    with open_database(target) as connection:
        ledger = read_ledger(connection)
        rows = ledger.stages if ledger else {}
        worlds = ledger.worlds if ledger else ()
        for weeks in (w.slid_weeks for w in worlds if w.world_id == world.world_id):
            if not weeks:
                continue
            now = (world.as_of + timedelta(weeks=weeks)).date()
            yield f"slid by {weeks} weeks: its rows are as of {now}"
        for files in world.stages:
            row = rows.get(files.stage)
            try:
                tables = STAGE_BY_NAME[files.stage].table_names
                columns = columns_hash(connection, tables)
                wanted = wanted_key(connection, files, world)
                drift = describe_drift(connection, tables)
            except DatabaseError as error:
                yield _line(files.stage, "due", str(error))
                continue
            state, why = _stage_state(row, files, world, wanted)
            if state == "due" and row and drift:
                why += f" ({', '.join(drift[:NAMED_DIFFERENCES])})"
            yield _line(files.stage, state, f"{why}; columns {columns[:SHORT]}")


def _stage_state(
    row: StageRow | None, files: StageFiles, world: World, wanted: str
) -> tuple[str, str]:
    rows = f"{sum(table.rows for table in files.tables):,} rows"
    if row is None:
        return "due", f"never loaded here, {rows}"
    if row.world_id != world.world_id:
        return "blocked", f"holds world {row.world_id} of edition {row.edition!r}"
    if row.key != wanted:
        was, now = row.key[:SHORT], wanted[:SHORT]
        return "due", f"its files or columns changed: key {was}, now {now}"
    return "done", f"{row.loaded_at:%Y-%m-%d %H:%M}, {rows}, key {row.key[:SHORT]}"


def _line(step: str, state: str, why: str) -> str:
    return f"  {step:<{STEP_WIDTH}} {state:<8} {why}"


def _others(names: list[str]) -> list[str]:
    return [f"other editions: {', '.join(names)}"] if names else []
