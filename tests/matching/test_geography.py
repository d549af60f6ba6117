"""Distances between the vocabulary's cities."""

import numpy as np
import polars as pl
import pytest

from matching.geography import EARTH_RADIUS_KM, distance_matrix_km, distances_km
from matching.vocabulary import LOCATIONS


@pytest.mark.parametrize(
    ("city", "other", "km"),
    [("paris", "berlin", 878), ("nyc", "london", 5570), ("sydney", "tokyo", 7820)],
)
def test_known_distances(city: str, other: str, km: float) -> None:
    """Distances agree with the atlas to within one per cent."""
    assert distance_matrix_km([city, other])[0, 1] == pytest.approx(km, rel=0.01)


def test_matrix_is_a_metric() -> None:
    """No way is negative, a detour, or longer than half round the earth."""
    km = distance_matrix_km([row.slug for row in LOCATIONS])
    assert np.array_equal(km, km.T)
    assert (np.diag(km) == 0).all()
    assert (km[:, None, :] <= km[:, :, None] + km[None, :, :] + 1e-6).all()
    assert km.max() <= np.pi * EARTH_RADIUS_KM


def test_frame_holds_every_ordered_pair_once() -> None:
    """A join on (city, other_city) finds exactly one row."""
    frame = distances_km()
    assert frame.height == len(LOCATIONS) ** 2
    assert frame.select("city", "other_city").is_unique().all()
    pair = frame.row(by_predicate=_pair("nyc", "chicago"), named=True)
    assert pair["same_country"]
    assert pair["km"] == pytest.approx(1145, rel=0.01)
    assert not frame.row(by_predicate=_pair("nyc", "london"), named=True)[
        "same_country"
    ]


def test_unknown_city_is_named() -> None:
    """A slug outside the vocabulary stops with its name."""
    with pytest.raises(ValueError, match="atlantis"):
        distance_matrix_km(["paris", "atlantis"])


def _pair(city: str, other: str) -> pl.Expr:
    return (pl.col("city") == city) & (pl.col("other_city") == other)
