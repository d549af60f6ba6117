"""Local time in the cities, clocks' changes included."""

# ruff: noqa: DTZ001  the time on a wall has no zone; clock gives it one

from datetime import UTC, datetime

import polars as pl
import pytest

from matching import clock
from matching.schemas import INSTANT
from matching.vocabulary import LOCATIONS


def _utc(local: datetime, city: str) -> datetime | None:
    return clock.to_utc(
        pl.Series([local], dtype=clock.LOCAL), pl.Series([city])
    ).to_list()[0]


@pytest.mark.parametrize(
    ("city", "local", "utc"),
    [
        ("berlin", datetime(2026, 1, 5, 19), datetime(2026, 1, 5, 18)),
        ("berlin", datetime(2026, 7, 6, 19), datetime(2026, 7, 6, 17)),
        ("nyc", datetime(2026, 12, 7, 19), datetime(2026, 12, 8, 0)),
        ("mumbai", datetime(2026, 12, 7, 19), datetime(2026, 12, 7, 13, 30)),
        # Alberta and British Columbia gave up winter time in 2026
        ("calgary", datetime(2026, 1, 15, 12), datetime(2026, 1, 15, 19)),
        ("calgary", datetime(2026, 12, 1, 12), datetime(2026, 12, 1, 18)),
        ("vancouver", datetime(2027, 1, 15, 12), datetime(2027, 1, 15, 19)),
        # twice that night: the first of the two is meant
        ("berlin", datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 0, 30)),
    ],
)
def test_wall_clock_times_become_instants(
    city: str, local: datetime, utc: datetime
) -> None:
    """A time on the wall is the instant that the city's zone says."""
    assert _utc(local, city) == utc.replace(tzinfo=UTC)


def test_a_time_that_the_clocks_jump_over_is_no_instant() -> None:
    """Half past two on the night of the change does not exist in Berlin."""
    assert _utc(datetime(2026, 3, 29, 2, 30), "berlin") is None
    assert _utc(datetime(2026, 3, 29, 3, 30), "berlin") is not None


def test_rows_keep_their_order_and_repeat() -> None:
    """One answer per row, in the rows' order, however often a time stands there."""
    noon, six = datetime(2026, 6, 1, 12), datetime(2026, 6, 1, 6)
    found = clock.to_utc(
        pl.Series([noon, six, noon], dtype=clock.LOCAL),
        pl.Series(["tokyo", "london", "tokyo"]),
    )
    assert found.dtype == INSTANT
    assert [moment.hour for moment in found] == [3, 5, 3]


@pytest.mark.parametrize("city", [location.slug for location in LOCATIONS])
def test_there_and_back(city: str) -> None:
    """A city's local minute of an instant made from local time is that minute."""
    local = pl.datetime_range(
        datetime(2026, 1, 1, 7), datetime(2027, 12, 31), "17d1h15m", eager=True
    )
    there = pl.Series([city] * len(local))
    minutes = local.dt.hour().cast(pl.Int64) * 60 + local.dt.minute()
    moments = clock.to_utc(local, there)
    kept = moments.is_not_null()
    back = clock.local_minute(moments.filter(kept), there.filter(kept))
    assert back.to_list() == minutes.filter(kept).to_list()
    assert kept.sum() > 0.9 * len(local)


def test_every_city_has_a_zone() -> None:
    """The database knows the zone of each city, under the name the app shows."""
    names = {clock.zone_of(location.slug).key for location in LOCATIONS}
    assert names == {location.timezone for location in LOCATIONS}
