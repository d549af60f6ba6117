"""Local time in the cities, by the time zone database of the tzdata package.

Neither the machine's own database nor Polars' decides: both may be older, and the same
world must come out everywhere. Rules do change: in 2026 Alberta gave up winter time.
"""

from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import polars as pl

from matching.schemas import INSTANT
from matching.vocabulary import LOCATION_BY_SLUG

LOCAL = pl.Datetime("ms")  # wall-clock time, without a zone


@cache
def zone_of(city: str) -> ZoneInfo:
    """Give a city's time zone."""
    name = LOCATION_BY_SLUG[city].timezone
    with files("tzdata.zoneinfo").joinpath(*name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def to_utc(local: pl.Series, city: pl.Series) -> pl.Series:
    """Turn wall-clock times into instants; null where the clocks jump over them.

    Args:
        local: one wall-clock time per row.
        city: one location slug per row.
    """
    rows = pl.DataFrame({"local": local.cast(LOCAL), "city": city})
    distinct = rows.unique().sort("city", "local")
    moments = [_instant(there, slug) for there, slug in distinct.iter_rows()]
    known = distinct.with_columns(utc=pl.Series(moments, dtype=INSTANT))
    return rows.join(
        known, on=["local", "city"], how="left", validate="m:1", maintain_order="left"
    ).get_column("utc")


def _instant(local: datetime, city: str) -> datetime | None:
    zone = zone_of(city)
    moment = local.replace(tzinfo=zone).astimezone(UTC)
    exists = moment.astimezone(zone).replace(tzinfo=None) == local
    return moment if exists else None


def to_local(moment: pl.Series, city: pl.Series) -> pl.Series:
    """Turn instants into the wall-clock times of one city per row."""
    rows = pl.DataFrame({"moment": moment.cast(INSTANT), "city": city})
    distinct = rows.unique().sort("city", "moment")
    times = [
        utc.astimezone(zone_of(slug)).replace(tzinfo=None)
        for utc, slug in distinct.iter_rows()
    ]
    known = distinct.with_columns(local=pl.Series(times, dtype=LOCAL))
    return rows.join(
        known, on=["moment", "city"], how="left", validate="m:1", maintain_order="left"
    ).get_column("local")


def local_minute(moment: pl.Series, city: pl.Series) -> pl.Series:
    """Give the minutes after local midnight of one instant per row in one city."""
    rows = pl.DataFrame({"moment": moment.cast(INSTANT), "city": city})
    distinct = rows.unique().sort("city", "moment")
    minutes = [
        there.hour * 60 + there.minute
        for there in (
            utc.astimezone(zone_of(slug)) for utc, slug in distinct.iter_rows()
        )
    ]
    known = distinct.with_columns(minute=pl.Series(minutes, dtype=pl.Int64))
    return rows.join(
        known, on=["moment", "city"], how="left", validate="m:1", maintain_order="left"
    ).get_column("minute")
