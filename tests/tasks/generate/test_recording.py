"""An edition in one file: whole, bounded, and trusted no more than a batch."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tasks.editions import digest_text
from tasks.errors import InputError
from tasks.generate.answers import answer_path
from tasks.generate.drafts import PassName
from tasks.generate.recorded import recorded_answer, recording_folder
from tasks.generate.recording import (
    MAX_FILE_BYTES,
    Header,
    collect,
    read_recording,
    store_answers,
    write_recording,
)

CITIES = ("berlin", "lisbon")
HEADER = Header(
    edition="2026-W47",
    as_of=datetime(2026, 11, 16, tzinfo=UTC),
    seed="s",
    source="claude",
    options={"people": None},
    answers=0,
    digest="",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An edition's folder with the answers of two cities."""
    place = tmp_path / "2026-W47"
    for pass_name in PassName:
        for city in CITIES:
            path = answer_path(place, pass_name, city)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(recorded_answer(pass_name, city), encoding="utf-8")
    return place


@pytest.fixture
def file(folder: Path, tmp_path: Path) -> Path:
    """That edition as one file."""
    path = tmp_path / "w47.rsvped.jsonl"
    write_recording(path, HEADER, collect(folder, CITIES))
    return path


def rewrite(path: Path, change: Callable[[list[dict[str, Any]]], object]) -> None:
    """Change a file's answers, and make its header fit them again."""
    header, *lines = [json.loads(line) for line in path.read_text().splitlines()]
    change(lines)
    texts = [json.dumps(line) for line in lines]
    header |= {"answers": len(texts), "digest": digest_text(*texts)}
    path.write_text("\n".join([json.dumps(header), *texts]) + "\n")


def test_what_is_exported_is_what_was_received(file: Path) -> None:
    """Every answer byte for byte, and all that the edition was made from."""
    found = read_recording(file)
    assert found.cities == CITIES
    assert found.rejects == ()
    assert found.header.model_dump(exclude={"answers", "digest"}) == HEADER.model_dump(
        exclude={"answers", "digest"}
    )
    for (pass_name, city), answer in found.answers.items():
        assert answer == recorded_answer(pass_name, city)
    assert len(found.answers) == 6


def test_progress_names_each_pass(file: Path) -> None:
    """A person sees what was read, pass by pass."""
    told: list[str] = []
    read_recording(file, told.append)
    assert [line.split(":")[0] for line in told] == ["communities", "users", "venues"]
    assert told[1] == "users: 18 records"


def test_no_path_stands_in_the_file(file: Path, tmp_path: Path) -> None:
    """Names are slugs: the file says nothing about the machine it was made on."""
    assert str(tmp_path) not in file.read_text()
    for line in file.read_text().splitlines()[1:]:
        assert json.loads(line)["city"] in CITIES


def test_an_unfinished_edition_is_not_exported(folder: Path) -> None:
    """What is missing is named, and how to make it."""
    answer_path(folder, PassName.VENUES, "lisbon").unlink()
    with pytest.raises(InputError, match=r"1 of its answers \(venues/lisbon\)"):
        collect(folder, CITIES)


def test_an_unreadable_answer_is_named(folder: Path) -> None:
    """Bytes that are no text cannot be written to a file of text."""
    answer_path(folder, PassName.USERS, "berlin").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match=r"berlin\.json"):
        collect(folder, CITIES)


def test_nothing_is_overwritten(file: Path, folder: Path) -> None:
    """A file that is there stays as it is."""
    before = file.read_bytes()
    with pytest.raises(InputError, match="is there already"):
        write_recording(file, HEADER, collect(folder, CITIES))
    assert file.read_bytes() == before


def test_a_place_that_cannot_be_written_is_said(folder: Path) -> None:
    """A folder below a file is no place."""
    below = answer_path(folder, PassName.USERS, "berlin") / "x.jsonl"
    with pytest.raises(InputError, match="cannot be written"):
        write_recording(below, HEADER, collect(folder, CITIES))


@pytest.mark.parametrize("kept", [1, 400, 60_000])
def test_half_a_file_is_refused(file: Path, kept: int) -> None:
    """Cut anywhere, it is not taken for a smaller edition."""
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises(InputError, match=r"not whole|no exported edition"):
        read_recording(file)


def test_a_changed_answer_is_refused(file: Path) -> None:
    """A letter changed on the way shows in the header's digest."""
    file.write_text(file.read_text().replace("Lisbon", "Lisboa", 1))
    with pytest.raises(InputError, match="not whole"):
        read_recording(file)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        pytest.param("city", "../../etc", "no city '../../etc'", id="a path"),
        pytest.param("city", "atlantis", "no city 'atlantis'", id="an unknown city"),
        pytest.param(
            "pass_name", "orders", "no exported edition", id="an unknown pass"
        ),
        pytest.param(
            "path", "/etc/passwd", "no exported edition", id="a further field"
        ),
        pytest.param("answer", 3, "no exported edition", id="no text"),
        pytest.param("answer", "\ud800", "no exported edition", id="no characters"),
        pytest.param("answer", "{", "nothing can be used", id="no answer"),
        pytest.param("answer", "[" * 100_000, "nothing can be used", id="deep nesting"),
    ],
)
def test_an_answer_that_was_tampered_with_is_refused(
    file: Path, field: str, value: object, reason: str
) -> None:
    """The header may fit: what stands under it is checked all the same."""
    rewrite(file, lambda lines: lines[0].update({field: value}))
    with pytest.raises(InputError, match=reason):
        read_recording(file)


def test_every_answer_stands_there_once(file: Path) -> None:
    """None twice, none missing, not none at all."""
    rewrite(file, lambda lines: lines.append(dict(lines[0])))
    with pytest.raises(InputError, match="line 8: communities of 'berlin' stand there"):
        read_recording(file)
    rewrite(file, lambda lines: (lines.pop(), lines.pop()))
    with pytest.raises(InputError, match="lacks venues/lisbon"):
        read_recording(file)
    rewrite(file, lambda lines: lines.clear())
    with pytest.raises(InputError, match="lacks every answer"):
        read_recording(file)


def test_a_bad_record_is_counted_not_fatal(file: Path) -> None:
    """As in a batch: the good records of an answer are kept."""

    def damage(lines: list[dict[str, Any]]) -> None:
        answer = json.loads(lines[0]["answer"])
        answer["communities"][0]["name"] = "x"
        lines[0]["answer"] = json.dumps(answer)

    rewrite(file, damage)
    assert len(read_recording(file).rejects) == 1


@pytest.mark.parametrize(
    "header",
    [
        {"edition": "../x"},
        {"edition": ".."},
        {"format": "rsvped-edition/2"},
        {"as_of": "2026-11-16T00:00:00"},
        {"as_of": "soon"},
        {"more": 1},
    ],
)
def test_a_header_that_is_none_is_refused(file: Path, header: dict[str, Any]) -> None:
    """An edition's name can name no other folder."""
    first, *rest = file.read_text().splitlines()
    file.write_text("\n".join([json.dumps(json.loads(first) | header), *rest]) + "\n")
    with pytest.raises(InputError):
        read_recording(file)


@pytest.mark.parametrize("content", [b"", b"\n", b"hello", b"\xff\x00", b"[]", b"{}"])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """Whatever it is, the message says what would be right."""
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(InputError, match="`export` has written"):
        read_recording(path)


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    """Its size is looked at before its content; a folder is no file."""
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(InputError, match="50,000,001 bytes"):
        read_recording(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_recording(tmp_path)


def test_an_imported_edition_answers_for_itself_alone(
    file: Path, tmp_path: Path
) -> None:
    """Its own answers, and never the shipped ones of a city that it lacks."""
    folder = tmp_path / "imported"
    assert recorded_answer(PassName.USERS, "paris", folder)
    answers = dict(read_recording(file).answers)
    answers[PassName.USERS, "lisbon"] = "{}"
    store_answers(recording_folder(folder), answers)
    assert recorded_answer(PassName.USERS, "lisbon", folder) == "{}"
    with pytest.raises(InputError, match="'paris'"):
        recorded_answer(PassName.USERS, "paris", folder)
