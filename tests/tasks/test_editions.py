"""Files of SEED_HOME are read as what anybody may have put there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.editions import StageFiles, read_bounded, read_json, read_model
from tasks.errors import InputError

PROJECT = Path(__file__).resolve().parents[2]
GIGABYTE = 1_000_000_000
READ_ALL = """\
import resource, sys
from pathlib import Path
from tasks.editions import read_json
from tasks.errors import SeedError
from tasks.generate.answers import PassRequest, answer_path, write_answers
from tasks.generate.answers import salvage_file
from tasks.generate.drafts import PassName
from tasks.generate.recorded import recorded_answer
from tasks.generate.recording import read_recording
from tasks.generate.source import Source
huge, folder = Path(sys.argv[1]), Path(sys.argv[2])
request = PassRequest(PassName.VENUES, Source.RECORDED, folder, "s")
write_answers(request, {"lisbon": ""})
answer = answer_path(folder, PassName.VENUES, "lisbon")
with answer.open("r+b") as file:
    file.truncate(huge.stat().st_size)
def imported():
    place = folder / "recording" / "venues"
    place.mkdir(parents=True)
    huge.rename(place / "lisbon.json")
    recorded_answer(PassName.VENUES, "lisbon", folder)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
for read in (
    lambda: read_json(huge),
    lambda: read_recording(huge),
    lambda: write_answers(request, {"lisbon": ""}),
    imported,
):
    try:
        read()
    except SeedError as error:
        print(error)
print(salvage_file(folder, PassName.VENUES, "lisbon").rejects[0].reason)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_a_file_of_a_gigabyte_is_refused_unread(tmp_path: Path) -> None:
    """As an account, a file to import, an answer or an imported one: none is read."""
    huge = tmp_path / "huge"
    huge.touch()
    os.truncate(huge, GIGABYTE)
    said = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", READ_ALL, huge, tmp_path / "edition"],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    before, *refusals, after = said
    assert [line.count("1,000,000,000 bytes, over") for line in refusals] == [1] * 5
    limits = ["50,000,000", "50,000,000", "5,000,000", "5,000,000", "5,000,000"]
    for line, limit in zip(refusals, limits, strict=True):
        assert limit in line
    # kilobytes, as Linux counts them
    assert (int(after) - int(before)) * 1024 < GIGABYTE / 20


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "Expecting value", id="nothing"),
        pytest.param(b"{", "Expecting property name", id="half"),
        pytest.param(b"\xff\xfe{}", "'utf-8' codec", id="no UTF-8"),
        pytest.param(b"[" * 200_000, "nested too deeply", id="depth"),
        pytest.param(b"9" * 5000, "integer string", id="a number of 5,000 digits"),
        pytest.param(b'["\\ud800"]', "surrogates", id="half a character"),
        pytest.param(b'{"\\uDFFF": 1}', "surrogates", id="half a character as a name"),
    ],
)
def test_json_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    """Whatever the damage, one message names the file and says what to do."""
    path = tmp_path / "world.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=reason) as refusal:
        read_json(path)
    assert repr(str(path)) in str(refusal.value)
    assert "restore it, or remove it" in str(refusal.value)


def test_of_a_name_that_stands_twice_the_last_counts(tmp_path: Path) -> None:
    """As JSON is read elsewhere; a whole character in two escapes is fine."""
    path = tmp_path / "run.json"
    path.write_text('{"a": 1, "a": "\\ud83d\\ude00"}')
    assert read_json(path) == {"a": "😀"}


def test_a_file_may_have_its_limit_and_no_more(tmp_path: Path) -> None:
    """The limit itself is fine; one byte more is refused, naming both."""
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    assert read_bounded(path, 5) == b"12345"
    with pytest.raises(InputError, match="5 bytes, over the 4"):
        read_bounded(path, 4)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    """A pipe would keep a run waiting for ever, a device feed it for ever."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(InputError, match="no regular file"):
            read_bounded(path)


def test_a_manifest_of_another_shape_is_named(tmp_path: Path) -> None:
    """JSON that is none of ours is refused with the file's name and the way out."""
    path = tmp_path / "stage.json"
    path.write_text('{"stage": "load-static", "tables": [], "more": 1}')
    with pytest.raises(InputError, match=r"is no StageFiles .* remove it"):
        read_model(path, StageFiles)
