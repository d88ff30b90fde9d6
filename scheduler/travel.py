"""Travel minutes (R4, H5 and the travel tier): a detour factor over the great circle."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from scheduler.problem import Place, Travel

EARTH_RADIUS_KM = 6371.0088
Coordinates = NDArray[np.float64]


def coordinates(places: Iterable[Place | None]) -> Coordinates:
    """Latitude and longitude in radians, shape (places, 2); NaN where a place is not known."""
    nowhere = (math.nan, math.nan)
    found = [nowhere if place is None else (place.lat, place.lon) for place in places]
    return np.radians(np.array(found, dtype=np.float64).reshape(-1, 2))


def minutes(
    origins: Sequence[Place | None], targets: Sequence[Place | None], travel: Travel
) -> NDArray[np.int64]:
    """Whole minutes between places, shape (origins, targets); 0 where a coordinate is missing."""
    return between(coordinates(origins)[:, None], coordinates(targets), travel)


def between(here: Coordinates, there: Coordinates, travel: Travel) -> NDArray[np.int64]:
    """Whole minutes between places whose arrays broadcast; 0 where a coordinate is missing."""
    lat1, lon1, lat2, lon2 = here[..., 0], here[..., 1], there[..., 0], there[..., 1]
    half = (
        np.sin((lat2 - lat1) / 2) ** 2
        + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    )
    km = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    whole = np.ceil(60 * travel.detour * km / travel.speed_kmh - 1e-9)
    known: NDArray[np.int64] = np.nan_to_num(whole, nan=0.0).astype(np.int64)
    return known
