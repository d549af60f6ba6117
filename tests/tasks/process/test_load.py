"""From the answers' files to frames: unique names, counted rejects, clear stops."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tasks.errors import InputError, SeedError
from tasks.generate.answers import answer_path
from tasks.generate.communities import make_communities
from tasks.generate.drafts import PassName
from tasks.generate.source import Source
from tasks.generate.users import make_users
from tasks.generate.venues import make_venues
from tasks.process.frames import COMMUNITIES, PEOPLE, SERIES, VENUES
from tasks.process.load import check_rejects, fold, load_answers

Records = list[dict[str, Any]]
CITIES = ("ams", "berlin", "tokyo")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An edition folder with the recorded answers of three cities."""
    for make in (make_communities, make_users, make_venues):
        make(Source.RECORDED, tmp_path, CITIES, "seed")
    return tmp_path


def edit(
    folder: Path, pass_name: PassName, city: str, change: Callable[[Records], None]
) -> None:
    path = answer_path(folder, pass_name, city)
    answer = json.loads(path.read_text(encoding="utf-8"))
    change(answer[pass_name.value])
    path.write_text(json.dumps(answer), encoding="utf-8")


def first_name_of(folder: Path, pass_name: PassName, city: str) -> str:
    path = answer_path(folder, pass_name, city)
    return json.loads(path.read_text(encoding="utf-8"))[pass_name.value][0]["name"]


def test_all_that_is_good_arrives_in_order(folder: Path) -> None:
    """By city slug, then by place in the answer, under the named schemas."""
    loaded = load_answers(folder, CITIES[::-1])
    assert loaded.cities == CITIES
    assert loaded.rejects == ()
    assert loaded.communities.schema == COMMUNITIES
    assert loaded.people.schema == PEOPLE
    assert loaded.series.schema == SERIES
    assert loaded.venues.schema == VENUES
    assert (
        loaded.people["city"].to_list() == ["ams"] * 9 + ["berlin"] * 9 + ["tokyo"] * 9
    )
    first = json.loads(answer_path(folder, PassName.USERS, "ams").read_text("utf-8"))
    names = [person["first_name"] for person in first["users"]]
    assert loaded.people["first_name"].to_list()[:9] == names
    assert loaded.people["interests"].list.len().min() == len(
        min((person["interests"] for person in first["users"]), key=len)
    )
    check_rejects(loaded)


def test_online_events_have_no_venue(folder: Path) -> None:
    """A place that a model named for an ONLINE event is left out."""

    def move_online(communities: Records) -> None:
        event = communities[0]["events"][0]
        event.update(location_type="ONLINE", venue="A hall", title="Only online")

    edit(folder, PassName.COMMUNITIES, "ams", move_online)
    series = load_answers(folder, CITIES).series
    row = series.row(by_predicate=pl.col("title") == "Only online", named=True)
    assert row["venue"] is None


@pytest.mark.parametrize("spelling", [str.strip, str.upper, "  {}  ".format])
def test_of_two_communities_of_one_name_the_first_city_keeps_it(
    folder: Path, spelling: Callable[[str], str]
) -> None:
    """By city slug, whatever the letter case; the other's events go with it."""
    name = first_name_of(folder, PassName.COMMUNITIES, "ams")

    def take(communities: Records) -> None:
        communities[2]["name"] = spelling(name)

    edit(folder, PassName.COMMUNITIES, "tokyo", take)
    loaded = load_answers(folder, CITIES)
    (reject,) = loaded.rejects
    assert (reject.city, reject.index) == ("tokyo", 2)
    assert reject.reason == "the name is taken by one of ams"
    kept = loaded.communities.filter(loaded.communities["name"] == name)
    assert kept["city"].to_list() == ["ams"]
    assert set(loaded.series["community"]) == set(loaded.communities["name"])


def test_a_title_a_person_and_a_venue_are_unique_too(folder: Path) -> None:
    """Titles and full names over the edition, venues within and between cities."""
    loaded = load_answers(folder, CITIES)
    title = loaded.series["title"][0]
    person = loaded.people.row(0, named=True)
    venue = loaded.venues["name"][0]

    def take_title(communities: Records) -> None:
        communities[0]["events"][0]["title"] = title

    def take_name(users: Records) -> None:
        users[4]["first_name"] = person["first_name"]
        users[4]["last_name"] = person["last_name"]

    def take_venue(venues: Records) -> None:
        venues[3]["name"] = venue
        venues[5]["name"] = venues[6]["name"]

    edit(folder, PassName.COMMUNITIES, "berlin", take_title)
    edit(folder, PassName.USERS, "berlin", take_name)
    edit(folder, PassName.VENUES, "berlin", take_venue)
    rejects = load_answers(folder, CITIES).rejects
    assert [(str(r.pass_name), r.index, r.reason) for r in rejects] == [
        ("communities", 0, "the name is taken by one of ams"),
        ("users", 4, "the name is taken by one of ams"),
        ("venues", 3, "the name is taken by one of ams"),
        ("venues", 6, "the name is taken by one of berlin"),
    ]


def test_a_community_without_a_title_of_its_own_goes(folder: Path) -> None:
    """When every event's title is taken, nothing is left to show."""
    taken = load_answers(folder, CITIES).series["title"].to_list()

    def take_all(communities: Records) -> None:
        for at, event in enumerate(communities[1]["events"]):
            event["title"] = taken[at]

    edit(folder, PassName.COMMUNITIES, "tokyo", take_all)
    loaded = load_answers(folder, CITIES)
    assert loaded.rejects[-1].reason == "none of its events is left"
    assert loaded.communities.filter(loaded.communities["city"] == "tokyo").height == 6


@pytest.mark.parametrize("pass_name", PassName)
def test_a_city_left_without_answers_stops_the_run(
    folder: Path, pass_name: PassName
) -> None:
    """The message names the city and both ways on; skipping it goes on."""
    path = answer_path(folder, pass_name, "berlin")
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(SeedError, match="--skip-city berlin") as caught:
        check_rejects(load_answers(folder, CITIES))
    assert f"{pass_name}/berlin.json, the file: not JSON" in str(caught.value)
    skipped = load_answers(folder, CITIES, ["berlin"])
    check_rejects(skipped)
    assert skipped.cities == ("ams", "tokyo")


def test_one_bad_record_in_twenty_is_borne_and_one_more_is_not(folder: Path) -> None:
    """At the limit the run goes on; over it the source is broken."""
    records = load_answers(folder, CITIES).records

    def spoil(count: int) -> Callable[[Records], None]:
        def change(venues: Records) -> None:
            for venue in venues[:count]:
                venue["kind"] = "castle"

        return change

    borne = records * 5 // 100
    edit(folder, PassName.VENUES, "ams", spoil(borne))
    loaded = load_answers(folder, CITIES)
    assert (len(loaded.rejects), loaded.records) == (borne, records)
    check_rejects(loaded)
    edit(folder, PassName.VENUES, "ams", spoil(borne + 1))
    with pytest.raises(SeedError, match=f"{borne + 1} of {records} records are unus"):
        check_rejects(load_answers(folder, CITIES))


@pytest.mark.parametrize(
    ("skipped", "message"),
    [(["atlantis"], "'atlantis'"), (CITIES, "leaves no city")],
)
def test_a_useless_skip_is_refused(
    folder: Path, skipped: list[str], message: str
) -> None:
    """An unknown slug, or all of them."""
    with pytest.raises(InputError, match=message):
        load_answers(folder, CITIES, skipped)


def test_names_are_the_same_to_a_reader() -> None:
    """Letter case, width and spacing make no other name; an accent does."""
    assert fold("Café  Ärger") == fold("CAFE\u0301 ärger")
    assert fold("Cafe") != fold("Café")
