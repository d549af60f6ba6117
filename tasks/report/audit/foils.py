"""Foils: worlds that lack what coherence gives, for the same metrics.

One is the audited world with its links dealt anew, one has links drawn at random, and
one is Faker's: the whole pipeline over answers in which nothing fits anything.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import polars as pl

from matching.draws import key_of, pick, words
from matching.vocabulary import LocationSlug
from tasks.editions import World, digest_json
from tasks.generate.answers import PassManifest
from tasks.generate.communities import make_communities
from tasks.generate.source import Source
from tasks.generate.users import make_users
from tasks.generate.venues import make_venues
from tasks.keys import rules_version
from tasks.process.build import BuildRequest, Keys, build_world
from tasks.process.passwords import settle_secret
from tasks.process.processed import ProcessOptions, process_answers
from tasks.report.audit.frames import WorldFrames, read_edition
from tasks.settings import Settings

SHUFFLED: Final = "links shuffled"
RANDOM: Final = "links at random"
FAKER: Final = "faker"
SEED: Final = key_of("audit", "foils")  # the same foils for the same world
FAKER_EDITION: Final = "foil"
FAKER_TIME: Final = "20000101T000000Z"  # names files that are gone at the end


def shuffle_links(world: WorldFrames) -> WorldFrames:
    """Deal the person of every friendship, RSVP and hosting anew.

    Everybody keeps as many of each as before.
    """

    def deal(people: pl.Series, stream: str) -> pl.Series:
        rows = pl.Series(range(len(people)), dtype=pl.UInt64)
        return people.gather(pl.Series(words(SEED, stream, rows)).arg_sort())

    return _with_links(world, deal)


def draw_links(world: WorldFrames) -> WorldFrames:
    """Draw the person of every friendship, RSVP and hosting from all, evenly."""
    everybody = world.people["person"]

    def draw(people: pl.Series, stream: str) -> pl.Series:
        rows = pl.Series(range(len(people)), dtype=pl.UInt64)
        return everybody.gather(pick(SEED, stream, len(everybody), rows))

    drawn = _with_links(world, draw)
    asking = draw(world.friends["person"], "asking")
    return replace(drawn, friends=drawn.friends.with_columns(asking.alias("person")))


def make_faker_world(
    settings: Settings,
    as_of: datetime,
    cities: Sequence[LocationSlug] = tuple(LocationSlug),
) -> WorldFrames:
    """Build the Faker source's world, in a folder that goes afterwards.

    Takes about as long as a dry run.
    """
    with TemporaryDirectory(prefix="rsvped-foil-") as name:
        folder = Path(name)
        seed = FAKER_EDITION
        communities = make_communities(Source.FAKER, folder, cities, seed)
        users = make_users(Source.FAKER, folder, cities, seed)
        venues = make_venues(Source.FAKER, folder, cities, seed)
        passes = (communities, users, venues)
        world = _build(settings, folder, passes, as_of)
        return read_edition(folder, world)


def _build(
    settings: Settings, folder: Path, passes: Sequence[PassManifest], as_of: datetime
) -> World:
    processed = process_answers(
        folder, passes, ProcessOptions(seed=FAKER_EDITION), FAKER_TIME
    )
    cache = settings.home / "cache"
    request = BuildRequest(
        edition=FAKER_EDITION,
        as_of=as_of,
        seed=FAKER_EDITION,
        source=Source.FAKER,
        options={},
        answers=digest_json([made.model_dump(mode="json") for made in passes]),
        rules_version=rules_version(),
        processed=processed,
    )
    secret = settle_secret(settings.secret, cache)
    return build_world(request, folder, Keys(cache=cache, secret=secret))


def _with_links(
    world: WorldFrames, relink: Callable[[pl.Series, str], pl.Series]
) -> WorldFrames:
    """Give a world other people at the ends of its links; guests stay guests."""
    members = world.seats.filter(pl.col("person").is_not_null())
    guests = world.seats.filter(pl.col("person").is_null())
    return replace(
        world,
        friends=world.friends.with_columns(
            relink(world.friends["friend"], "friends").alias("friend")
        ),
        seats=pl.concat(
            [members.with_columns(relink(members["person"], "seats")), guests]
        ),
        events=world.events.with_columns(
            relink(world.events["host"], "hosts").alias("host")
        ),
    )
