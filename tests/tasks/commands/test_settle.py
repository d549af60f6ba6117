"""An edition is settled once; later runs continue it or are refused."""

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from matching.vocabulary import LocationSlug
from tasks.commands.request import Request
from tasks.commands.settle import (
    EDITION_FILE,
    Settled,
    read_settled,
    settle,
    write_settled,
)
from tasks.errors import RefusedError
from tasks.generate.source import Source
from tasks.settings import Settings

# a Monday 01:30 in Tokyo, still Sunday of the week before in UTC
SCHEDULED = datetime(2026, 11, 16, 1, 30, tzinfo=timezone(timedelta(hours=9)))
DAYS_LATER = SCHEDULED + timedelta(days=9)
SETTINGS = Settings(home=Path("unused"), min_events_per_city=7)
LISBON, BERLIN = LocationSlug("lisbon"), LocationSlug("berlin")


def first() -> Settled:
    return settle(Request(people=80), SETTINGS, SCHEDULED, None)


def test_defaults_come_from_the_scheduled_start_in_utc() -> None:
    """Name, day and seed follow the schedule in UTC, whatever the machine's zone."""
    settled = first()

    assert settled.edition == "2026-W46"
    assert settled.as_of == datetime(2026, 11, 15, tzinfo=UTC)
    assert settled.seed == "2026-W46"
    assert settled.source is Source.RECORDED
    assert settled.options.min_events_per_city == 7


def test_a_later_run_continues_the_same_world() -> None:
    """A retry days later, under other defaults, keeps what was settled."""
    later = Settings(home=Path("unused"), use_llm=False, min_events_per_city=30)

    assert settle(Request(), later, DAYS_LATER, first()) == first()
    assert settle(Request(people=80), later, DAYS_LATER, first()) == first()


@pytest.mark.parametrize(
    ("request_", "difference"),
    [
        (Request(people=90), "people 80, now 90"),
        (Request(seed="dice"), "seed '2026-W46', now 'dice'"),
        (Request(as_of=date(2026, 1, 1)), "as_of '2026-11-15', now '2026-01-01'"),
        (Request(source=Source.FAKER), "source 'recorded', now 'faker'"),
        (Request(cities=(BERLIN,)), r"cities \[\], now \['berlin'\]"),
        (Request(min_events_per_city=0), "min_events_per_city 7, now 0"),
    ],
)
def test_other_options_are_refused(request_: Request, difference: str) -> None:
    """What a request says otherwise is named with both values and the way out."""
    with pytest.raises(RefusedError, match=difference) as caught:
        settle(request_, SETTINGS, DAYS_LATER, first())

    assert "reset --yes-delete 2026-W46" in str(caught.value)


def test_a_further_city_may_be_skipped() -> None:
    """Going on without a city is how an edition with bad answers is finished."""
    settled = settle(Request(skip_city=(BERLIN,)), SETTINGS, DAYS_LATER, first())
    again = settle(Request(skip_city=(LISBON,)), SETTINGS, DAYS_LATER, settled)

    assert set(again.options.skip_city) == {BERLIN, LISBON}
    assert len(again.cities) == len(LocationSlug) - 2


def test_settled_options_survive_the_disk(tmp_path: Path) -> None:
    """edition.json gives back what was settled, and is not rewritten in vain."""
    settled = first()
    folder = tmp_path / settled.edition

    assert read_settled(folder) is None
    write_settled(folder, settled)
    before = (folder / EDITION_FILE).stat()
    write_settled(folder, settled)

    assert read_settled(folder) == settled
    assert (folder / EDITION_FILE).stat().st_ino == before.st_ino


@pytest.mark.parametrize("text", ["", "{", "[]", '{"edition": "2026-W46"}'])
def test_a_damaged_edition_file_is_named(tmp_path: Path, text: str) -> None:
    """A cut or foreign edition.json stops the run; it is never made anew."""
    path = tmp_path / EDITION_FILE
    path.write_text(text)

    with pytest.raises(RefusedError, match=r"edition\.json"):
        read_settled(tmp_path)
    assert path.read_text() == text


def test_a_renamed_folder_is_refused(tmp_path: Path) -> None:
    """A folder copied under another name would give two editions one identity."""
    settled = first()
    write_settled(tmp_path / settled.edition, settled)
    (tmp_path / settled.edition).rename(tmp_path / "other")

    with pytest.raises(RefusedError, match="belongs to the edition '2026-W46'"):
        read_settled(tmp_path / "other")
