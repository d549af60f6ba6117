"""A slip in a vocabulary file is named, with its file, its slug and the way out."""

import json
import shutil
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, cast

import pytest
from _pytest.mark import ParameterSet

from matching.vocabulary import CATEGORIES, LOCATIONS, load_vocabulary
from matching.vocabulary.reading import VocabularyError

Rows = list[dict[str, Any]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The vocabulary's files, to be spoilt."""
    with as_file(files("matching.vocabulary")) as shipped:
        for path in shipped.glob("*.json"):
            shutil.copy(path, tmp_path)
    return tmp_path


def change(folder: Path, name: str, edit: Callable[[Rows], object]) -> None:
    """Edit a file's rows."""
    path = folder / name
    rows = json.loads(path.read_text(encoding="utf-8"))
    edit(rows)
    path.write_text(json.dumps(rows), encoding="utf-8")


def slip(
    name: str, edit: Callable[[Rows], object], said: str, kind: str
) -> ParameterSet:
    """A case: the file, what is done to its rows, and what is said of it."""
    return pytest.param(name, edit, said, id=kind)


def test_the_shipped_files_are_read_in_their_order(folder: Path) -> None:
    """A category's place is its bit, so that order counts."""
    found = load_vocabulary(folder)
    assert found.locations == LOCATIONS
    assert found.categories == CATEGORIES
    assert len(found.locations) == 69


@pytest.mark.parametrize(
    ("name", "edit", "said"),
    [
        slip(
            "locations.json",
            lambda rows: rows.append({**rows[3], "name": "Another"}),
            "the slug 'philly' twice; remove one",
            kind="a slug twice",
        ),
        slip(
            "venue_kinds.json",
            lambda rows: rows.append(rows[0]),
            "venue_kinds.json names the slug 'conference-center' twice",
            kind="a kind twice",
        ),
        slip(
            "categories.json",
            lambda rows: rows[1].update(name=rows[0]["name"].upper()),
            "the name 'FOOD & DRINKS' twice",
            kind="a name twice, in capitals",
        ),
        *(
            slip(
                "locations.json",
                lambda rows, zone=zone: rows[0].update(timezone=zone),
                f"slug 'chicago': there is no time zone {zone!r}; give one of the IANA",
                kind=f"the zone {zone}",
            )
            for zone in ("America/Chikago", "../../etc/passwd", "America", "/etc/x")
        ),
        slip(
            "locations.json",
            lambda rows: rows[0].update(latitude=141.85),
            "slug 'chicago': its latitude is 141.85; give degrees from -90 to 90",
            kind="off the globe",
        ),
        slip(
            "locations.json",
            lambda rows: rows[0].update(longitude="-87"),
            "slug 'chicago': its longitude is '-87'; give a number",
            kind="a text for a number",
        ),
        *(
            slip(
                "locations.json",
                lambda rows, slug=slug: rows[1].update(slug=slug),
                f"locations.json, row 2: its slug is {slug!r}; give lower-case",
                kind=f"the slug {slug!r}",
            )
            for slug in ("são-paulo", "New York", "a--b", "", None, "..", "x\n")
        ),
        slip(
            "locations.json",
            lambda rows: rows[0].pop("country"),
            "row 1, slug 'chicago' lacks country; give it the fields",
            kind="a field missing",
        ),
        slip(
            "industries.json",
            lambda rows: rows[0].update(nmae="x"),
            "slug 'technology' has 'nmae' too much",
            kind="a field too much",
        ),
        slip(
            "industries.json",
            lambda rows: rows[0].update(name="a\x1bb"),
            "its name is 'a\\x1bb'; give a text",
            kind="a control character",
        ),
        slip(
            "categories.json",
            lambda rows: rows[0].update(subcategories="wine"),
            "its subcategories is 'wine'; give a list of texts",
            kind="a text for a list",
        ),
        slip(
            "event_types.json",
            lambda rows: rows.insert(0, cast("Any", "workshop")),
            "event_types.json, row 1 is 'workshop'; give an object",
            kind="no object",
        ),
        slip(
            "event_types.json", lambda rows: rows.clear(), "holds no rows", kind="empty"
        ),
        slip(
            "categories.json",
            lambda rows: rows.extend(
                {"slug": f"c{i}", "name": f"C{i}", "subcategories": []}
                for i in range(44)
            ),
            "has 64 rows, over 63; remove 'c43'",
            kind="too many for the mask",
        ),
    ],
)
def test_a_slip_in_a_row_is_named(
    folder: Path, name: str, edit: Callable[[Rows], object], said: str
) -> None:
    """Which file, which row, what it has, and what it has to have."""
    change(folder, name, edit)
    with pytest.raises(VocabularyError) as refusal:
        load_vocabulary(folder)
    assert said in str(refusal.value)
    assert name in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b'[{"slug": "a"},]', "is no JSON", id="a comma too much"),
        pytest.param(b'[{"slug": "caf\xe9"}]', "is no JSON", id="another encoding"),
        pytest.param(b"[" * 100_000, "is no JSON", id="depth"),
        pytest.param(
            b'[{"slug": "a", "slug": "b"}]',
            "slug 'b': gives slug twice; remove one",
            id="a field twice",
        ),
        pytest.param(b'{"slug": "a"}', "holds no rows", id="no list"),
        pytest.param(None, "cannot be read: No such file", id="no file"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    folder: Path, content: bytes | None, said: str
) -> None:
    """Whatever stands there, the message names the file."""
    path = folder / "event_types.json"
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    with pytest.raises(VocabularyError, match=r"event_types\.json") as refusal:
        load_vocabulary(folder)
    assert said in str(refusal.value)
