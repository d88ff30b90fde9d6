"""Public holidays of a territory."""

from __future__ import annotations

from datetime import date

import holidays

from webapp.models import Territory
from webapp.services.recurrences import Span


def within(territory: Territory, span: Span, locale: str) -> dict[date, str]:
    """Return the public holidays of the country and region of a territory, each with its name.

    A territory that states no country takes that of the one above; none at all: no holiday.
    """
    home: Territory | None = territory
    while home is not None and home.country is None:
        home = home.parent
    if home is None:
        return {}
    known = holidays.country_holidays(
        home.country,
        subdiv=home.region,
        years=range(span.first_on.year, span.last_on.year + 1),
        language="fr" if locale == "fr" else "en_US",
    )
    return {day: name for day, name in sorted(known.items()) if day in span}


def is_known(country: str | None, region: str | None) -> bool:
    """Tell whether the holidays of this country (and region of it) can be told."""
    if country is None:
        return region is None
    known = holidays.list_supported_countries()
    return country in known and (region is None or region in known[country])


def regions_of(country: str | None) -> list[str]:
    """Return the codes of the regions that have holidays of their own."""
    return list(holidays.list_supported_countries().get(country or "", []))
