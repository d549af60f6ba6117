"""What the report shows, read from an edition's files alone."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import polars as pl

from tasks.editions import World
from tasks.errors import InputError, SeedError

# Secrets and addresses are not even read: what is not in memory cannot be printed.
_COLUMNS: Final[dict[str, list[str]]] = {
    "Location": ["id", "name", "slug", "country", "continent"],
    "Category": ["id", "name", "slug"],
    "User": [
        "id",
        "name",
        "username",
        "createdAt",
        "locationId",
        "bio",
        "industry",
        "interests",
        "networkingStyle",
        "profession",
        "spendingPower",
        "isDemo",
    ],
    "Community": ["id", "name", "description", "ownerId", "exclusivity"],
    "CommunityMembership": ["userId", "communityId", "role", "joinedAt"],
    "Event": [
        "id",
        "title",
        "slug",
        "startDate",
        "endDate",
        "locationType",
        "venueName",
        "capacity",
        "hostId",
        "communityId",
        "rsvpCount",
        "checkInCount",
        "viewCount",
        "publishedAt",
        "createdAt",
        "locationId",
    ],
    "EventCategory": ["eventId", "categoryId"],
    "TicketTier": ["id", "eventId", "name", "priceCents"],
    "Order": ["id", "eventId", "status", "totalCents", "refundedCents"],
    "Rsvp": [
        "id",
        "eventId",
        "ticketTierId",
        "userId",
        "status",
        "createdAt",
    ],
    "CheckIn": ["rsvpId", "scannedAt"],
    "EventFeedback": ["rsvpId", "eventId", "rating", "comment", "createdAt"],
    "Friendship": ["userId", "friendId", "status", "createdAt", "acceptedAt"],
}


@dataclass(frozen=True)
class Edition:
    """One built edition: its manifest and its tables, every column as stored."""

    folder: Path
    world: World
    tables: dict[str, pl.DataFrame]

    def __getitem__(self, table: str) -> pl.DataFrame:
        """Give a table's rows, of every stage."""
        return self.tables[table]

    @property
    def as_of(self) -> datetime:
        """The world's now."""
        return self.world.as_of

    @property
    def rows(self) -> dict[str, int]:
        """How many rows each table has in all."""
        counts: dict[str, int] = {}
        for stage in self.world.stages:
            for file in stage.tables:
                counts[file.table] = counts.get(file.table, 0) + file.rows
        return counts

    @property
    def cities(self) -> dict[str, str]:
        """The slug of every city, by its id."""
        return dict(self["Location"].select("id", "slug").iter_rows())


def read_edition(folder: Path, world: World) -> Edition:
    """Read what the report shows of an edition.

    Raises:
        SeedError: a file is missing.
    """
    tables: dict[str, pl.DataFrame] = {}
    for table, columns in _COLUMNS.items():
        parts: list[pl.DataFrame] = []
        for stage in world.stages:
            for file in stage.tables:
                if file.table != table:
                    continue
                path = folder / file.path
                if not path.is_file():
                    raise SeedError(
                        f"{file.path!r} of edition {world.edition!r} is gone; make it "
                        f"again: python flows/seed.py --edition {world.edition}"
                    )
                parts.append(pl.read_parquet(path, columns=columns))
        tables[table] = pl.concat(parts)
    # a community is where its owner lives; the app's table has no city of its own
    homes = tables["User"].select("locationId", ownerId="id")
    tables["Community"] = tables["Community"].join(
        homes, on="ownerId", how="left", validate="m:1"
    )
    return Edition(folder, world, tables)


def find_person(edition: Edition, username: str | None) -> str:
    """Give the id of the person named, by default of the demo user.

    Raises:
        InputError: nobody has that user name.
    """
    people = edition["User"]
    wanted = pl.col("isDemo") if username is None else pl.col("username") == username
    found = people.filter(wanted)
    if found.is_empty():
        raise InputError(
            f"nobody in edition {edition.world.edition!r} has the user name "
            f"{username!r}; see who there is: python flows/seed.py accounts"
        )
    return found["id"][0]
