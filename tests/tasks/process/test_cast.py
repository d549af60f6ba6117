"""From processed records to the frames that matching reads."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from build_small import Built

from matching import schemas
from matching.demo import home_of_demo
from matching.draws import key_of
from matching.interest import category_mask
from tasks.errors import SeedError
from tasks.generate.communities import make_communities
from tasks.generate.source import Source
from tasks.generate.users import make_users
from tasks.generate.venues import make_venues
from tasks.process.cast import Script, read_script
from tasks.process.frames import ProcessedFrames
from tasks.process.load import load_answers
from tasks.process.processed import ProcessOptions, shape

CITIES = ("berlin", "tokyo")
SEED = key_of("world", "s")


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Script:
    """Two cities' script."""
    folder = tmp_path_factory.mktemp("script")
    for make in (make_communities, make_users, make_venues):
        make(Source.RECORDED, folder, CITIES, "s")
    return read_script(_frames(folder), SEED)


def _frames(folder: Path) -> ProcessedFrames:
    return shape(load_answers(folder, CITIES, ()), ProcessOptions(seed="s"))


def test_the_cast_has_the_named_schemas(script: Script) -> None:
    """Every frame is what matching says it reads, keyed and unique."""
    cast = script.cast
    for frame, schema, key in (
        (cast.people, schemas.PEOPLE, "person_key"),
        (cast.communities, schemas.COMMUNITIES, "community_key"),
        (cast.events, schemas.EVENTS, "event_key"),
        (cast.tiers, schemas.TIERS, "tier_key"),
    ):
        checked = schemas.check(frame, schema, key)
        assert checked[key].is_unique().all()
    assert cast.people.filter("is_demo").height == 1


def test_masks_hold_the_interests(script: Script) -> None:
    """Every category of interest, and those over five."""
    levels: dict[int, dict[str, int]] = {}
    for key, category, level in script.interests.iter_rows():
        levels.setdefault(key, {})[category] = level
    for key, mask, strong in script.cast.people.select(
        "person_key", "interest_mask", "strong_mask"
    ).iter_rows():
        assert mask == category_mask(levels[key])
        assert strong == category_mask(c for c, v in levels[key].items() if v > 5)


def test_seats_are_what_capacity_and_tiers_allow(script: Script) -> None:
    """min(capacity, sum of tiers); tiers by price from 0 on."""
    tickets = script.cast.tiers.group_by("event_key").agg(pl.col("quantity").sum())
    rows = script.cast.events.join(tickets, on="event_key", validate="1:1")
    least = rows.select(pl.min_horizontal("capacity", "quantity")).to_series()
    assert (rows["seats"] == least).all()
    tiers = script.cast.tiers.sort("event_key", "position")
    dearer = tiers.filter(
        pl.col("price_cents") < pl.col("price_cents").shift(1).over("event_key")
    )
    assert dearer.is_empty()
    assert (
        tiers.group_by("event_key").agg(pl.col("position").min())["position"] == 0
    ).all()


def test_times_and_weekdays_are_numbers(script: Script) -> None:
    """Minutes after midnight, Monday 0; the dates of a series share its key."""
    prose = script.events.select("event_key", "start_time")
    rows = script.cast.events.join(prose, on="event_key", validate="1:1")
    for minute, text in rows.select("start_minute", "start_time").iter_rows():
        assert f"{minute // 60:02d}:{minute % 60:02d}" == text
    weekdays = script.cast.events["weekdays"].explode()
    assert weekdays.is_between(0, 6).all()
    per_series = script.events.group_by("series_key").agg(
        pl.col("series_title").n_unique()
    )
    assert (per_series["series_title"] == 1).all()


def test_circles_are_meant_within_the_city(script: Script) -> None:
    """The label of one city is not that of another."""
    rows = script.cast.people.explode("circles", empty_as_null=True).drop_nulls(
        "circles"
    )
    assert not rows.is_empty()
    assert (rows["circles"].str.split("/").list.first() == rows["city"]).all()


def test_what_nobody_could_own_is_left_out(tmp_path: Path) -> None:
    """With one person a city, some communities go, with all that is theirs."""
    for make in (make_communities, make_users, make_venues):
        make(Source.RECORDED, tmp_path, CITIES, "s")
    whole = _frames(tmp_path)
    few = replace(whole, people=whole.people.unique("city", maintain_order=True))
    script = read_script(few, SEED)
    assert script.left_out
    assert not set(script.left_out) & set(script.communities["name"])
    assert not set(script.left_out) & set(script.events["community"])
    for frame in (script.cast.tiers, script.cast.promos, script.cast.reviews):
        assert frame.join(script.events, on="event_key", how="anti").is_empty()
    assert script.home == home_of_demo(script.events)


def test_a_city_where_nobody_cares_stops_with_a_way_on(tmp_path: Path) -> None:
    """A city whose people share no category with any community is named."""
    for make in (make_communities, make_users, make_venues):
        make(Source.RECORDED, tmp_path, CITIES, "s")
    whole = _frames(tmp_path)
    city = CITIES[0]
    strangers = whole.people.filter(pl.col("city") != city)
    with pytest.raises(SeedError, match=f"--skip-city {city}"):
        read_script(replace(whole, people=strangers), SEED)


def test_the_home_of_the_demo_user(script: Script, built: Built) -> None:
    """Alex lives where most happens, in the script as in the database."""
    assert script.home in CITIES
    users = built.table("User")
    homes = users.filter("isDemo").join(
        built.table("Location"), left_on="locationId", right_on="id"
    )
    per_city = built.table("Event").group_by("locationId").len()
    assert (
        homes["locationId"][0]
        in per_city.filter(pl.col("len") == per_city["len"].max())[
            "locationId"
        ].to_list()
    )
