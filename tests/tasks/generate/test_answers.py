"""The passes: which answers are made anew, and that the others are left alone."""

import json
from importlib.resources import files
from pathlib import Path

import pytest

from tasks.errors import InputError
from tasks.generate.answers import (
    PassManifest,
    answer_path,
    manifest_path,
    read_manifest,
    salvage_file,
)
from tasks.generate.communities import make_communities
from tasks.generate.drafts import PassName
from tasks.generate.recorded import recorded_answer
from tasks.generate.salvage import MAX_ANSWER_BYTES
from tasks.generate.source import Source
from tasks.generate.users import make_users
from tasks.generate.venues import make_venues

CITIES = ("tokyo", "lisbon", "ams")


def make_all(folder: Path, *cities: str) -> list[PassManifest]:
    return [
        make(Source.RECORDED, folder, cities or CITIES, "seed")
        for make in (make_communities, make_users, make_venues)
    ]


def made(passes: list[PassManifest]) -> list[int]:
    return [manifest.made for manifest in passes]


def test_an_answer_is_stored_as_received(tmp_path: Path) -> None:
    """Byte for byte what ships, one file per city and pass, cities in order."""
    passes = make_all(tmp_path)
    assert made(passes) == [3, 3, 3]
    for manifest in passes:
        assert [answer.city for answer in manifest.answers] == [
            "ams",
            "lisbon",
            "tokyo",
        ]
        for answer in manifest.answers:
            shipped = files("tasks.generate").joinpath(
                "recorded", manifest.pass_name, f"{answer.city}.json"
            )
            assert (tmp_path / answer.path).read_bytes() == shipped.read_bytes()
        assert read_manifest(tmp_path, manifest.pass_name) == manifest


def test_a_second_run_makes_nothing(tmp_path: Path) -> None:
    """The same keys, the same files, untouched."""
    first = make_all(tmp_path)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*/*/*.json")}
    again = make_all(tmp_path)
    assert made(again) == [0, 0, 0]
    assert [manifest.answers for manifest in again] == [
        manifest.answers for manifest in first
    ]
    assert times == {path: path.stat().st_mtime_ns for path in times}


def test_another_city_costs_only_itself(tmp_path: Path) -> None:
    """What the other cities were answered stays."""
    make_all(tmp_path)
    assert made(make_all(tmp_path, *CITIES, "berlin")) == [1, 1, 1]


def test_an_answer_that_was_edited_is_kept_and_its_readers_made_anew(
    tmp_path: Path,
) -> None:
    """People read a digest of the communities: another category, other people."""
    before = make_all(tmp_path)
    path = answer_path(tmp_path, PassName.COMMUNITIES, "lisbon")
    answer = json.loads(path.read_text(encoding="utf-8"))
    answer["communities"][0]["categories"] = ["pets-animals"]
    path.write_text(json.dumps(answer), encoding="utf-8")
    after = make_all(tmp_path)
    assert made(after) == [0, 1, 1]
    assert json.loads(path.read_text(encoding="utf-8")) == answer
    changed = [
        old.city
        for old, new in zip(before[0].answers, after[0].answers, strict=True)
        if old.digest != new.digest
    ]
    assert changed == ["lisbon"]


def test_a_reworded_description_makes_nobody_anew(tmp_path: Path) -> None:
    """Prose is no part of what the later passes read."""
    make_all(tmp_path)
    path = answer_path(tmp_path, PassName.COMMUNITIES, "lisbon")
    answer = json.loads(path.read_text(encoding="utf-8"))
    answer["communities"][0]["description"] = "Now told in quite another way. " * 5
    path.write_text(json.dumps(answer), encoding="utf-8")
    assert made(make_all(tmp_path)) == [0, 0, 0]


def test_a_lost_answer_is_made_anew(tmp_path: Path) -> None:
    """One file gone, one request; its readers' keys stand."""
    make_all(tmp_path)
    answer_path(tmp_path, PassName.COMMUNITIES, "ams").unlink()
    assert made(make_all(tmp_path)) == [1, 0, 0]


def test_a_damaged_manifest_makes_the_pass_anew(tmp_path: Path) -> None:
    """Without keys nobody can say what the files were made from."""
    make_all(tmp_path)
    manifest_path(tmp_path, PassName.VENUES).write_text('{"pass_name"')
    assert read_manifest(tmp_path, PassName.VENUES) is None
    assert made(make_all(tmp_path)) == [0, 0, 3]


def test_another_source_answers_everything_anew(tmp_path: Path) -> None:
    """The source is part of the key."""
    make_all(tmp_path)
    assert make_communities(Source.FAKER, tmp_path, CITIES, "seed").made == 3
    assert make_communities(Source.FAKER, tmp_path, CITIES, "seed").made == 0
    assert make_communities(Source.FAKER, tmp_path, CITIES, "other").made == 3


def test_a_city_that_was_not_recorded_is_named() -> None:
    """A city added to the vocabulary has no recorded answer yet."""
    with pytest.raises(InputError, match="no users for the city 'atlantis'"):
        recorded_answer(PassName.USERS, "atlantis")


def test_a_file_that_is_missing_or_too_big_is_one_reject(tmp_path: Path) -> None:
    """A file is measured before it is read."""
    (missing,) = salvage_file(tmp_path, PassName.USERS, "ams").rejects
    assert missing.reason == "the file cannot be read: No such file or directory"
    path = answer_path(tmp_path, PassName.USERS, "ams")
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        file.truncate(MAX_ANSWER_BYTES + 1)
    (big,) = salvage_file(tmp_path, PassName.USERS, "ams").rejects
    assert big.reason == "5,000,001 bytes, over 5,000,000; not read"
