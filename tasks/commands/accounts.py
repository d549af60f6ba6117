"""`accounts`: logins of the people made, which the database holds only as hashes."""

import sys
from pathlib import Path
from typing import Final

import bcrypt
import polars as pl

from tasks.commands.made import choose_edition, read_world
from tasks.commands.request import check_city
from tasks.editions import World
from tasks.errors import InputError
from tasks.process.passwords import KEY_FILE, person_password, settle_secret
from tasks.settings import Settings, read_settings
from tasks.terminal import one_line

DEMO_EMAIL: Final = "demo@rsvped.app"
DEMO_PASSWORD: Final = "DemoUser123!"  # noqa: S105  public: the app's demo button


def accounts(edition: str | None, city: str | None, limit: int) -> int:
    """Print people's logins, the demo user's first."""
    slug = check_city(city) if city else None
    settings = read_settings()
    folder = choose_edition(settings, edition)
    people = read_people(folder, slug).head(limit)
    secret = _secret(settings)
    lines = [f"{'name':<28} {'city':<16} {'e-mail':<40} password"]
    for person_id, name, home, email, hashed in people.iter_rows():
        if email == DEMO_EMAIL:
            password = DEMO_PASSWORD
        else:
            password = person_password(secret, person_id)
        _check(password, hashed)
        lines.append(f"{one_line(name):<28} {home:<16} {email:<40} {password}")
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def read_people(folder: Path, city: str | None) -> pl.DataFrame:
    """Read an edition's people.

    Args:
        folder: The edition's folder.
        city: A slug; None for all cities.

    Returns:
        One row per person: id, name, city (slug), email, password (hash); the demo
        user first, then by city and name.
    """
    world = read_world(folder)
    if world is None:
        raise InputError(
            f"edition {folder.name!r} is not built yet; run it first: "
            f"python flows/seed.py --edition {folder.name}"
        )
    cities = pl.read_parquet(
        _table(folder, world, "Location"), columns=["id", "slug"]
    ).select(locationId="id", city="slug")
    people = pl.read_parquet(
        _table(folder, world, "User"),
        columns=["id", "name", "email", "password", "locationId"],
    ).join(cities, on="locationId", how="left", validate="m:1")
    if city is not None:
        people = people.filter(pl.col("city") == city)
    return people.sort(pl.col("email") != DEMO_EMAIL, "city", "name").select(
        "id", "name", "city", "email", "password"
    )


def _table(folder: Path, world: World, name: str) -> Path:
    return next(
        folder / table.path
        for stage in world.stages
        for table in stage.tables
        if table.table == name
    )


def _secret(settings: Settings) -> str:
    cache = settings.home / "cache"
    if settings.secret is None and not (cache / KEY_FILE).is_file():
        raise InputError(
            f"neither SEED_SECRET is set nor the key file {str(cache / KEY_FILE)!r} "
            "there, from which the passwords derive; restore one of them"
        )
    return settle_secret(settings.secret, cache)


def _check(password: str, hashed: str) -> None:
    if not bcrypt.checkpw(password.encode(), hashed.encode()):
        raise InputError(
            "the passwords of this edition derive from another secret than "
            "SEED_SECRET or the key file holds now; restore that one"
        )
