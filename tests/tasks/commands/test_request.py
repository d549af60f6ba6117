"""Requests are checked as a whole, and say how far a run goes."""

from pathlib import Path

import pytest

from matching.vocabulary import LocationSlug
from tasks.commands.parameters import STAGE_STEPS, Part, Step
from tasks.commands.request import (
    Request,
    check_city,
    check_home,
    check_links,
    check_request,
)
from tasks.errors import InputError, RefusedError
from tasks.settings import Settings
from tasks.stages import STAGES

LISBON = LocationSlug("lisbon")


@pytest.mark.parametrize(
    ("request_", "word"),
    [
        (Request(edition="../x"), "'../x'"),
        (Request(seed=""), "the seed is ''"),
        (Request(seed="a\x00b"), "printable"),
        (Request(seed="\udcff"), "printable"),
        (Request(people=-1), "people is -1"),
        (Request(people=68), "from 69"),
        (Request(cities=(LISBON,), people=0), "from 1"),
        (Request(communities=10**9), "communities is 1000000000"),
        (Request(min_events_per_city=-1), "min_events_per_city is -1"),
        (Request(cities=(LISBON,), skip_city=(LISBON,)), "no city is left"),
        (Request(only=Part.GENERATE, stop_after=Step.MATCH), "never reaches"),
        (Request(only=Part.SEED, dry_run=True), "dry_run"),
        (Request(stop_after=Step.CREATE_USERS, dry_run=True), "dry_run"),
    ],
)
def test_impossible_request_is_refused(request_: Request, word: str) -> None:
    """What cannot be made is refused with the value found, before anything runs."""
    with pytest.raises(InputError, match=word.replace(".", r"\.")):
        check_request(request_)


@pytest.mark.parametrize(
    ("request_", "first", "last"),
    [
        (Request(), Step.COMMUNITIES, Step.DEMO_USER),
        (Request(dry_run=True), Step.COMMUNITIES, Step.MATCH),
        (Request(stop_after=Step.CREATE_EVENTS), Step.COMMUNITIES, Step.CREATE_EVENTS),
        (Request(only=Part.GENERATE), Step.COMMUNITIES, Step.VENUES),
        (Request(only=Part.PROCESS, dry_run=True), Step.PROCESS, Step.MATCH),
        (Request(only=Part.SEED), Step.LOAD_STATIC, Step.DEMO_USER),
    ],
)
def test_a_run_takes_the_steps_between(
    request_: Request, first: Step, last: Step
) -> None:
    """A run carries out an unbroken stretch of steps, from its first to its last."""
    taken = [step for step in Step if check_request(request_).includes(step)]

    assert taken[0] == first
    assert taken[-1] == last
    assert request_.loads == (Step.LOAD_STATIC in taken)


def test_a_mistyped_city_is_answered_with_its_neighbours() -> None:
    """A person who mistypes a city, or gives its name, is shown the slug."""
    with pytest.raises(InputError, match="'lisbon'"):
        check_city("lissabon")
    with pytest.raises(InputError, match="'nyc'"):
        check_city("New York")


def test_a_home_below_a_file_is_refused(tmp_path: Path) -> None:
    """SEED_HOME that is a file, or lies below one, is refused and left as it was."""
    file = tmp_path / "file"
    file.write_text("mine")

    for home in (file, file / "below"):
        with pytest.raises(InputError, match="is a file"):
            check_home(Settings(home=home))
    check_home(Settings(home=tmp_path / "new" / "folder"))

    assert file.read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_steps_name_the_stages() -> None:
    """The last ten steps are the database stages, in their order."""
    assert [str(step) for step in STAGE_STEPS] == [stage.name for stage in STAGES]


@pytest.mark.parametrize(
    "link",
    [
        "editions",
        "editions/spring",
        "editions/spring/batches",
        "editions/spring/batches/users/lisbon.json",
        "editions/spring/tables/create-users/User.parquet",
    ],
)
def test_links_within_an_edition_are_refused(tmp_path: Path, link: str) -> None:
    """Writing there would reach what is not ours; the link and its end are named."""
    (tmp_path / "mine").mkdir()
    place = tmp_path / "home" / link
    place.parent.mkdir(parents=True)
    place.symlink_to(tmp_path / "mine")
    with pytest.raises(RefusedError, match="is a link to") as refusal:
        check_links(tmp_path / "home" / "editions" / "spring")
    assert repr(str(place)) in str(refusal.value)


def test_a_home_that_is_a_link_is_fine(tmp_path: Path) -> None:
    """SEED_HOME often lies on a disk of its own."""
    (tmp_path / "disk" / "editions" / "spring" / "tables").mkdir(parents=True)
    (tmp_path / "home").symlink_to(tmp_path / "disk")
    check_links(tmp_path / "home" / "editions" / "spring")
    check_links(tmp_path / "home" / "editions" / "not-yet")
