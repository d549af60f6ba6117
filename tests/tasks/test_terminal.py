"""Whatever a text holds, a terminal shows it where it stands and does nothing else."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.errors import InputError, NotReadyError, RefusedError, SeedError
from tasks.terminal import one_line, printable, printable_json

ANY_TEXT = st.text(st.characters(codec=None, categories=None))
# what ends a line, moves the cursor, turns the direction round, or hides
UNSHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
JOINERS = "\u200c\u200d"
STEERING = "\x1b]0;title\x07\x1b[2J\x9b31m\r\x08\u202eevil\u2066\u2028\u2029\x85\ud800"


@given(ANY_TEXT)
def test_one_line_is_one_line_of_as_many_characters(text: str) -> None:
    """No character steers, breaks or reorders the line; none goes unnoticed."""
    shown = one_line(text)
    assert len(shown) == len(text)
    assert len(shown.splitlines()) <= 1
    assert not {unicodedata.category(sign) for sign in shown if sign not in JOINERS} & (
        UNSHOWN
    )
    assert one_line(shown) == shown


@given(ANY_TEXT)
def test_printable_text_keeps_its_lines_and_no_others(text: str) -> None:
    """Line feeds are ours; whatever else ends a line on some terminal is not."""
    shown = printable(text)
    assert shown.split("\n") == [one_line(line) for line in text.split("\n")]


@given(ANY_TEXT)
def test_json_for_a_terminal_says_the_same(text: str) -> None:
    """What is not printable stands there as an escape that reads back as it was."""
    shown = printable_json({"a": text})
    assert json.loads(shown) == {"a": text}
    assert printable(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Zoë O'Brien-Ñuñez",
        "李小龍",
        "محمد",
        "עברית",
        "👩‍👩‍👧‍👦 families",
        "می‌خواهم",
        "“é”",
    ],
)
def test_honest_text_is_shown_as_it_is(text: str) -> None:
    """Letters of all scripts, and emoji that are joined of several."""
    assert one_line(text) == text


@pytest.mark.parametrize("kind", [SeedError, InputError, RefusedError, NotReadyError])
def test_an_error_steers_neither_terminal_nor_log(kind: type[SeedError]) -> None:
    """Names stand in messages, and Prefect logs them wherever its worker runs."""
    error = kind(f"there is no {STEERING}\n  see below")
    assert str(error).count("\n") == 1
    assert printable(str(error)) == str(error)
    assert "title" in str(error)
    assert "evil" in str(error)
