"""What the recorded edition offers, counted before an edition is settled on it."""

from pathlib import Path

import pytest

from tasks.editions import write_text
from tasks.generate.drafts import PassName
from tasks.generate.recorded import count_recorded, recording_folder


@pytest.mark.parametrize(
    ("pass_name", "each"), [(PassName.USERS, 9), (PassName.COMMUNITIES, 6)]
)
def test_records_of_the_cities_asked_for(pass_name: PassName, each: int) -> None:
    """Only the cities of the run count."""
    assert count_recorded(pass_name, ("lisbon", "berlin")) == 2 * each


def test_a_damaged_answer_offers_what_can_be_kept(tmp_path: Path) -> None:
    """An imported answer that cannot be read offers nothing, and does no harm."""
    place = recording_folder(tmp_path) / PassName.USERS
    write_text(place / "lisbon.json", '{"users": [{"first_name"')
    assert count_recorded(PassName.USERS, ("lisbon",), tmp_path) == 0
