"""How far the cities of the vocabulary are from one another."""

from collections.abc import Iterable
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matching.vocabulary import LOCATION_BY_SLUG, LOCATIONS

EARTH_RADIUS_KM: Final = 6371.0  # mean radius; great circles err by under 0.6 %


def distance_matrix_km(cities: Iterable[str]) -> NDArray[np.float64]:
    """Give the great-circle distances in km between cities, shape (cities, cities).

    Raises:
        ValueError: a slug is not in the vocabulary; the message lists every such one.
    """
    slugs = list(cities)
    unknown = sorted(set(slugs) - LOCATION_BY_SLUG.keys())
    if unknown:
        raise ValueError(
            f"unknown cities {unknown!r}; add them to locations.json or fix them"
        )
    rows = [LOCATION_BY_SLUG[slug] for slug in slugs]
    latitude = np.radians(np.array([row.latitude for row in rows], dtype=np.float64))
    longitude = np.radians(np.array([row.longitude for row in rows], dtype=np.float64))
    north = np.sin((latitude[:, None] - latitude[None, :]) / 2) ** 2
    east = np.sin((longitude[:, None] - longitude[None, :]) / 2) ** 2
    haversine = north + np.cos(latitude)[:, None] * np.cos(latitude)[None, :] * east
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(haversine, 1.0)))


def distances_km() -> pl.DataFrame:
    """Give one row per ordered pair of cities, a city and itself among them.

    Returns:
        city, other_city (slugs), km (great circle), same_country.
    """
    slugs = [row.slug for row in LOCATIONS]
    countries = np.array([row.country_code for row in LOCATIONS])
    return pl.DataFrame(
        {
            "city": np.repeat(slugs, len(slugs)),
            "other_city": np.tile(slugs, len(slugs)),
            "km": distance_matrix_km(slugs).ravel(),
            "same_country": (countries[:, None] == countries[None, :]).ravel(),
        }
    )
