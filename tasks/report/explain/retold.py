"""The edition's story told again, from its processed files alone."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from matching.attendance import seat_targets
from matching.draws import key_of
from matching.programme import Programme
from matching.world import Story, match
from tasks.editions import World
from tasks.errors import SeedError
from tasks.keys import rules_version
from tasks.process.cast import Script, read_script
from tasks.process.frames import (
    COMMUNITIES,
    EVENTS,
    PEOPLE,
    VENUES,
    ProcessedFrames,
    read_frame,
)
from tasks.process.identity import Identity
from tasks.process.tables import people as people_tables


@dataclass(frozen=True)
class Retold:
    """A world as its rules tell it, beside the files that hold it.

    people: one row per person: person_key, person_id, name, email, username,
    first_name, last_name. slugs: one row per event: event_key, event_id, slug (as
    stored), title.
    """

    folder: Path
    world: World
    seed: int
    script: Script
    story: Story
    programme: Programme
    identity: Identity
    people: pl.DataFrame
    slugs: pl.DataFrame

    @property
    def usernames(self) -> dict[int, str]:
        """Every person's user name, by key."""
        return dict(self.people.select("person_key", "username").iter_rows())

    @property
    def titles(self) -> dict[int, str]:
        """Every event's title, by key."""
        return dict(self.slugs.select("event_key", "title").iter_rows())


def retell(folder: Path, world: World) -> Retold:
    """Match an edition's cast again, as of the same day and from the same seed.

    Raises:
        SeedError: the processed files are gone.
    """
    seed = key_of("world", world.seed)
    script = read_script(read_newest_processed(folder), seed)
    story = match(script.cast, world.as_of, seed)
    identity = Identity(world.world_id)
    events = story.events.select(
        "event_key", "title", event_id=identity.ids("Event", story.events["event_key"])
    )
    stored = read_table(folder, world, "Event", ["id", "slug"])
    return Retold(
        folder=folder,
        world=world,
        seed=seed,
        script=script,
        story=story,
        programme=Programme(
            events=seat_targets(story.events, world.as_of, seed),
            people=story.people,
            tiers=script.cast.tiers,
            members=story.memberships,
            as_of=world.as_of,
            seed=seed,
        ),
        identity=identity,
        people=_name_people(script, identity, seed),
        slugs=events.join(
            stored.rename({"id": "event_id"}),
            on="event_id",
            how="left",
            validate="1:1",
        ),
    )


def read_newest_processed(folder: Path) -> ProcessedFrames:
    """Read the newest set of processed files of an edition."""

    def read(name: str, schema: pl.Schema) -> pl.DataFrame:
        found = sorted((folder / "processed").glob(f"{name}-*.json"))
        if not found:
            raise SeedError(
                f"{str(folder / 'processed')!r} holds no {name} file to explain from; "
                f"make them again: python flows/seed.py --only process "
                f"--edition {folder.name}"
            )
        return read_frame(found[-1], schema)

    return ProcessedFrames(
        communities=read("communities-final", COMMUNITIES),
        people=read("users-final", PEOPLE),
        events=read("events-distributed", EVENTS),
        venues=read("venues-final", VENUES),
    )


def read_table(
    folder: Path, world: World, table: str, columns: list[str] | None = None
) -> pl.DataFrame:
    """Read all rows of a table as the edition's files hold them, of every stage."""
    parts = [
        pl.read_parquet(folder / file.path, columns=columns)
        for stage in world.stages
        for file in stage.tables
        if file.table == table
    ]
    return pl.concat(parts)


def differing(told: dict[str, object], stored: dict[str, object]) -> str:
    """Name the columns in which a row told again differs from the stored one."""
    return "; ".join(
        f"{column} is {stored.get(column)!r}, told again it is {value!r}"
        for column, value in told.items()
        if stored.get(column) != value
    )


def why_different(world: World) -> str:
    """Say why an edition may not be told again as it is stored."""
    now = rules_version()
    if world.rules_version != now:
        return (
            f"the edition was built under rules {world.rules_version[:8]}, these are "
            f"{now[:8]}; explain it with the version that built it, or build it anew"
        )
    return "rows or processed files were changed after the build; run the audit"


def _name_people(script: Script, identity: Identity, seed: int) -> pl.DataFrame:
    people = script.cast.people
    return (
        people_tables.person_names(people, seed)
        .join(
            people_tables.person_ids(people, identity), on="person_key", validate="1:1"
        )
        .join(
            people.select("person_key", "first_name", "last_name"),
            on="person_key",
            validate="1:1",
        )
    )
