"""The processed files: complete, stable to the byte, and read back as written."""

import json
from pathlib import Path

import polars as pl
import pytest

from matching.vocabulary import LOCATIONS
from tasks.errors import InputError, SeedError
from tasks.generate.answers import PassManifest, answer_path
from tasks.generate.communities import make_communities
from tasks.generate.drafts import PassName
from tasks.generate.source import Source
from tasks.generate.users import make_users
from tasks.generate.venues import make_venues
from tasks.process.frames import COMMUNITIES, EVENTS, PEOPLE, VENUES
from tasks.process.processed import (
    ProcessOptions,
    delete_old_sets,
    process_answers,
    read_processed,
)

TIME = "20261122T030000Z"
OPTIONS = ProcessOptions(seed="2026-W47")
CITIES = ("ams", "berlin", "tokyo")


def passes(folder: Path, *cities: str) -> list[PassManifest]:
    return [
        make(Source.RECORDED, folder, cities or CITIES, "2026-W47")
        for make in (make_communities, make_users, make_venues)
    ]


def test_the_recorded_edition_is_processed_whole(tmp_path: Path) -> None:
    """420 communities, 621 people, at least 15 events a city, nothing rejected."""
    every = passes(tmp_path, *(location.slug for location in LOCATIONS))
    processed = process_answers(tmp_path, every, OPTIONS, TIME)
    frames = read_processed(tmp_path, processed)
    assert (processed.communities.rows, processed.people.rows) == (420, 621)
    assert (processed.venues.rows, processed.rejects.rows) == (900, 0)
    assert processed.events.rows == 1058 + processed.padded >= 1070
    per_city = frames.events.group_by("city").len()
    assert (per_city.height, per_city["len"].min()) == (69, 15)
    assert frames.events["title"].is_unique().all()
    series = frames.events.filter(pl.col("occurrence") == 0)
    assert series.height == 1058
    for frame, schema in (
        (frames.communities, COMMUNITIES),
        (frames.people, PEOPLE),
        (frames.events, EVENTS),
        (frames.venues, VENUES),
    ):
        assert frame.schema == schema
        nullable = {"venue", "host_message"}
        assert {c for c in frame.columns if frame[c].null_count()} <= nullable


def test_files_are_named_by_the_time_and_hold_a_record_a_line(tmp_path: Path) -> None:
    """A person can read them, and a diff shows which record changed."""
    processed = process_answers(tmp_path, passes(tmp_path), OPTIONS, TIME)
    assert sorted(path.name for path in (tmp_path / "processed").iterdir()) == [
        f"communities-final-{TIME}.json",
        f"events-distributed-{TIME}.json",
        "rejects.json",
        f"users-final-{TIME}.json",
        f"venues-final-{TIME}.json",
    ]
    lines = (tmp_path / processed.people.path).read_text("utf-8").splitlines()
    assert len(lines) == processed.people.rows + 2
    assert json.loads(lines[1].rstrip(","))["city"] == "ams"


def test_the_same_answers_make_the_same_bytes(tmp_path: Path) -> None:
    """Another folder, another day, another order of cities: the same digests."""
    one = process_answers(tmp_path / "a", passes(tmp_path / "a"), OPTIONS, TIME)
    other = process_answers(
        tmp_path / "b",
        passes(tmp_path / "b", *CITIES[::-1])[::-1],
        OPTIONS,
        "20270101T000000Z",
    )
    for kind in ("communities", "people", "events", "venues", "rejects"):
        assert getattr(one, kind).digest == getattr(other, kind).digest


def test_limits_spread_over_the_cities_and_drop_what_belongs_to_the_rest(
    tmp_path: Path,
) -> None:
    """Five communities: their events only, still up to the least per city."""
    options = ProcessOptions(seed="s", people=6, communities=5, min_events_per_city=10)
    processed = process_answers(tmp_path, passes(tmp_path), options, TIME)
    frames = read_processed(tmp_path, processed)
    assert (
        frames.people["city"].to_list() == ["ams"] * 2 + ["berlin"] * 2 + ["tokyo"] * 2
    )
    assert frames.communities["city"].to_list() == [
        "ams", "ams", "berlin", "berlin", "tokyo",
    ]  # fmt: skip
    assert set(frames.events["community"]) == set(frames.communities["name"])
    assert set(frames.events.group_by("city").len()["len"]) == {10}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"people": -1}, "people is -1"),
        ({"communities": -5}, "communities is -5"),
        ({"min_events_per_city": -1}, "min_events_per_city is -1"),
    ],
)
def test_a_negative_option_writes_nothing(
    tmp_path: Path, options: dict[str, int], message: str
) -> None:
    """It is refused before the first file."""
    every = passes(tmp_path)
    bad = ProcessOptions.model_validate({"seed": "s", **options})
    with pytest.raises(InputError, match=message):
        process_answers(tmp_path, every, bad, TIME)
    assert not (tmp_path / "processed").exists()


def test_more_than_the_source_has_says_how_many_there_are(tmp_path: Path) -> None:
    """27 people live in three cities."""
    with pytest.raises(InputError, match="people=28 is more than the 27"):
        process_answers(
            tmp_path, passes(tmp_path), ProcessOptions(seed="s", people=28), TIME
        )


def test_a_time_that_could_name_no_file_is_refused(tmp_path: Path) -> None:
    """The time is part of file names, so it has one shape."""
    with pytest.raises(InputError, match="write it as 20261122T030000Z"):
        process_answers(tmp_path, passes(tmp_path), OPTIONS, "../x")


def test_rejects_are_written_even_when_they_stop_the_run(tmp_path: Path) -> None:
    """Whoever reads the message finds all of them in the file."""
    every = passes(tmp_path)
    answer_path(tmp_path, PassName.USERS, "ams").write_text("{}", encoding="utf-8")
    with pytest.raises(SeedError, match="--skip-city ams"):
        process_answers(tmp_path, every, OPTIONS, TIME)
    (reject,) = json.loads((tmp_path / "processed" / "rejects.json").read_text("utf-8"))
    assert (reject["pass_name"], reject["city"], reject["index"]) == (
        "users",
        "ams",
        None,
    )
    skip = ProcessOptions(seed="s", skip_cities=("ams",))
    assert process_answers(tmp_path, every, skip, TIME).cities == ("berlin", "tokyo")


def test_passes_over_other_cities_do_not_fit_together(tmp_path: Path) -> None:
    """People of a city whose communities were not asked for would be homeless."""
    every = passes(tmp_path)
    every[1] = make_users(Source.RECORDED, tmp_path, CITIES[:2], "2026-W47")
    with pytest.raises(SeedError, match="do not cover the same cities"):
        process_answers(tmp_path, every, OPTIONS, TIME)
    with pytest.raises(SeedError, match="do not cover the same cities"):
        process_answers(tmp_path, every[:1], OPTIONS, TIME)


def test_a_changed_file_is_not_read_back(tmp_path: Path) -> None:
    """The build's key rests on the digests, so the files must be what they say."""
    processed = process_answers(tmp_path, passes(tmp_path), OPTIONS, TIME)
    path = tmp_path / processed.venues.path
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(SeedError, match=r"venues-final-.* was changed or removed"):
        read_processed(tmp_path, processed)
    path.unlink()
    with pytest.raises(SeedError, match="'missing'"):
        read_processed(tmp_path, processed)


def test_the_last_three_sets_are_kept_and_nothing_else_is_touched(
    tmp_path: Path,
) -> None:
    """The current set stays even when its time lies before the others'."""
    times = [f"2026112{day}T030000Z" for day in range(1, 6)]
    for time in times:
        (tmp_path / f"users-final-{time}.json").touch()
        (tmp_path / f"events-distributed-{time}.json").touch()
    (tmp_path / "users-final-mine.json").touch()
    (tmp_path / "rejects.json").touch()
    delete_old_sets(tmp_path, times[0])
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == [
        *(f"events-distributed-{time}.json" for time in (times[0], *times[3:])),
        "rejects.json",
        *(f"users-final-{time}.json" for time in (times[0], *times[3:])),
        "users-final-mine.json",
    ]
