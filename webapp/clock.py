"""The only reader of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """Return the current moment, aware, in UTC."""
    return datetime.now(UTC)


def today(timezone: str) -> date:
    """Return the current date in ``timezone`` (an IANA name)."""
    return datetime.now(ZoneInfo(timezone)).date()
