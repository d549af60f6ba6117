"""What explain says of every row of the full recorded edition."""

import json
from pathlib import Path
from typing import Protocol

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from program import Program

from matching.friendships import ACCEPTED_SHARE, DEMO_PENDING
from matching.guests import SECOND_TICKET
from tasks.commands.made import read_world
from tasks.database.connect import Target
from tasks.editions import edition_folder
from tasks.errors import InputError
from tasks.report.explain.events import explain_event, told_events
from tasks.report.explain.friendships import (
    explain_friendship,
    pairs_made,
    told_friendships,
)
from tasks.report.explain.people import explain_person, told_people
from tasks.report.explain.retold import Retold, read_table, retell
from tasks.report.explain.rsvps import explain_rsvp, seats_taken, told_rsvps

TINY = 1e-9  # what adding three floats in another order may differ by


class Seeded(Protocol):
    """What of the seeded edition's fixture is read here."""

    database: Target
    home: Path


@pytest.fixture(scope="module")
def retold(seeded_edition: Seeded) -> Retold:
    """The full recorded edition, told again from its files."""
    folder = edition_folder(seeded_edition.home, "full")
    world = read_world(folder)
    assert world is not None
    return retell(folder, world)


@pytest.fixture(scope="module")
def seats(retold: Retold) -> pl.DataFrame:
    """How every RSVP's seat was come by."""
    return seats_taken(retold)


def stored(retold: Retold, table: str, columns: list[str]) -> pl.DataFrame:
    """All rows of a table as the edition's files hold them."""
    return read_table(retold.folder, retold.world, table, columns).sort("id")


def test_every_rsvp_and_friendship_is_told_again_as_it_is_stored(
    retold: Retold,
) -> None:
    """Told again from the processed files, every row is the stored one, whole."""
    for table, told in (
        ("Rsvp", told_rsvps(retold).drop("is_demo")),
        ("Friendship", told_friendships(retold).drop("is_demo")),
        ("Event", told_events(retold).drop("event_key")),
        ("User", told_people(retold).drop("person_key")),
    ):
        rows = stored(retold, table, told.columns)
        assert rows.height > 0
        assert_frame_equal(told.sort("id"), rows)


def test_every_seat_has_its_reason(retold: Retold, seats: pl.DataFrame) -> None:
    """Each RSVP's own draws put it where it is: seat, tier, order and companion."""
    rsvps = stored(retold, "Rsvp", ["id"])
    assert_frame_equal(seats.select("id").sort("id"), rsvps)
    own = seats.filter(~pl.col("is_companion"))
    members = own.filter(pl.col("person_key").is_not_null())
    drawn = own.filter(pl.col("seat").is_in(["top", "rest", "traveller"]))
    parts = pl.sum_horizontal("overlap_score", "style_bonus", "profession_bonus")
    plain = pl.col("score").clip(0, 1) * pl.col("price_factor")
    chance = plain * pl.col("distance_factor")
    broken = {
        "no score": members.filter(pl.col("score").is_null()),
        "score": members.filter((pl.col("score") - parts).abs() > TINY),
        "chance": members.filter((pl.col("chance") - chance).abs() > TINY),
        "draw": drawn.filter(~(pl.col("seat_draw") < pl.col("seat_limit"))),
        "order": own.filter(
            pl.col("seat") != "demo", ~(pl.col("order_draw") < pl.col("order_limit"))
        ),
        "companion": seats.filter(
            "is_companion", ~(pl.col("second_draw") < SECOND_TICKET)
        ),
        "guest": own.filter(
            (pl.col("seat") == "guest") != pl.col("person_key").is_null()
        ),
        "moment": seats.filter(pl.col("ordered") < pl.col("earliest")),
    }
    assert {name: rows.height for name, rows in broken.items() if rows.height} == {}
    assert set(drawn["seat"]) == {"top", "rest", "traveller"}


def test_another_tier_than_the_wanted_one_was_sold_out(
    retold: Retold, seats: pl.DataFrame
) -> None:
    """Whoever holds a tier that they did not want found the wanted one sold out."""
    sold = seats.group_by("event_key", "position").agg(sold=pl.len().cast(pl.Int64))
    wanted = retold.script.cast.tiers.select("event_key", "position", "quantity").join(
        sold, on=["event_key", "position"], how="left", validate="1:1"
    )
    moved = seats.filter(
        pl.col("wanted") != pl.col("position"), ~pl.col("is_companion")
    ).join(
        wanted,
        left_on=["event_key", "wanted"],
        right_on=["event_key", "position"],
        how="left",
        validate="m:1",
        suffix="_of_wanted",
    )
    assert moved.height > 0
    assert moved.filter(pl.col("sold") < pl.col("quantity_of_wanted")).is_empty()


def test_every_friendship_has_its_reason(retold: Retold) -> None:
    """Each pair's score is the sum of its parts, and its round and draw fit it."""
    made = pairs_made(retold)
    parts = pl.sum_horizontal(
        "city_score", "strong_score", "weak_score", "industry_score"
    )
    pending = pl.col("status") == "PENDING"
    late = pl.col("status_draw") >= ACCEPTED_SHARE
    together = pl.col("city_score") > 0
    broken = {
        "score": made.filter(pl.col("score") != parts),
        "round": made.filter(pl.col("round").is_null()),
        "away": made.filter((pl.col("round") == "away") == together),
        "nothing in common": made.filter(~together, pl.col("strong_score") < 4),
        "status": made.filter(~pl.col("of_demo"), pending != late),
    }
    assert {name: rows.height for name, rows in broken.items() if rows.height} == {}
    assert made.filter("of_demo", pending).height == DEMO_PENDING


def test_one_explanation_of_each_kind_names_what_decided(retold: Retold) -> None:
    """An explanation carries the row and the facts behind it, for one name each."""
    person = explain_person(retold, "alexdemo")
    rsvp = explain_rsvp(retold, person.lists["RSVPs"][0]["id"])
    event = explain_event(retold, person.lists["RSVPs"][0]["slug"])
    friend = person.lists["friends"][0]["username"]
    friendship = explain_friendship(retold, friend, person.id)
    assert rsvp.row["userId"] == person.id
    assert {fact.name for fact in rsvp.facts} >= {"score", "seat", "tier", "ordered"}
    assert event.row["id"] == rsvp.row["eventId"]
    assert {person.id} < {friendship.row["userId"], friendship.row["friendId"]}
    assert friendship.facts[0].value == sum(
        fact.value
        for fact in friendship.facts
        if fact.name.startswith("  ") and isinstance(fact.value, int)
    )


def test_an_unknown_name_is_answered_with_close_ones(retold: Retold) -> None:
    """A mistyped user name, slug or id is refused, and the likely one named."""
    slug = retold.slugs["slug"][0]
    with pytest.raises(InputError, match=r"'alexdmo'; did you mean alexdemo"):
        explain_person(retold, "alexdmo")
    with pytest.raises(InputError, match=slug):
        explain_event(retold, slug[:-1])
    with pytest.raises(InputError, match=r"no RSVP 'nothing'"):
        explain_rsvp(retold, "nothing")
    with pytest.raises(InputError, match="no friends"):
        explain_friendship(retold, "alexdemo", "alexdemo")


def test_the_command_compares_with_the_database(seeded_edition: Seeded) -> None:
    """On the command line an explanation is checked against files and database."""
    home = seeded_edition.home
    program = Program(home, home.parent / "prefect")
    seeing = program.seeing(DATABASE_URL=seeded_edition.database.url)
    told = json.loads(seeing.run("explain", "person", "alexdemo", "--json"))
    files, database = told["checked"]
    assert files == "the edition's files"
    assert database.endswith(seeded_edition.database.display)
    rsvp = told["lists"]["RSVPs"][0]["id"]
    unreachable = program.seeing(DATABASE_URL="postgresql://127.0.0.1:1/none")
    text = unreachable.run("explain", "rsvp", rsvp)
    assert "explained from the files alone" in text
    assert f"Rsvp {rsvp}: equal to the edition's files" in text
    refused = program.run("explain", "event", "no-such-event", code=2)
    assert "error: this edition has no event 'no-such-event'" in refused
