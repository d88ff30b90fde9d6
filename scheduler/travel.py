"""Travel minutes (R4, H5 and the travel tier): a detour factor over the great circle."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scheduler.problem import Place, Travel

EARTH_RADIUS_KM = 6371.0088


def minutes(
    origins: Sequence[Place | None], targets: Sequence[Place | None], travel: Travel
) -> NDArray[np.int64]:
    """Whole minutes between places, shape (origins, targets); 0 where a coordinate is missing."""

    def radians(places: Sequence[Place | None]) -> tuple[NDArray[np.float64], ...]:
        lat = np.array([math.nan if p is None else p.lat for p in places], dtype=np.float64)
        lon = np.array([math.nan if p is None else p.lon for p in places], dtype=np.float64)
        return np.radians(lat), np.radians(lon)

    lat1, lon1 = (a[:, None] for a in radians(origins))
    lat2, lon2 = (a[None, :] for a in radians(targets))
    half = (
        np.sin((lat2 - lat1) / 2) ** 2
        + np.cos(lat1) * np.cos(lat2) * np.sin((lon2 - lon1) / 2) ** 2
    )
    km = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    whole = np.ceil(60 * travel.detour * km / travel.speed_kmh - 1e-9)
    known: NDArray[np.int64] = np.nan_to_num(whole, nan=0.0).astype(np.int64)
    return known
