from datetime import date

import pytest

from webapp.models import Territory
from webapp.services import public_holidays
from webapp.services.recurrences import Span

SPRING = Span(date(2027, 3, 1), date(2027, 6, 30))
EASTER_MONDAY = date(2027, 3, 29)
GOOD_FRIDAY = date(2027, 3, 26)


def test_a_territory_has_the_holidays_of_its_country_and_region():
    geneva = Territory(country="CH", region="GE")
    assert public_holidays.within(geneva, SPRING, "fr")[EASTER_MONDAY] == "Lundi de Pâques"
    assert public_holidays.within(geneva, SPRING, "en")[EASTER_MONDAY] == "Easter Monday"
    assert GOOD_FRIDAY in public_holidays.within(geneva, SPRING, "fr")
    assert GOOD_FRIDAY not in public_holidays.within(Territory(country="FR"), SPRING, "fr")


def test_a_territory_without_a_country_takes_that_of_the_one_above():
    town = Territory(parent=Territory(country="BE"))
    assert date(2027, 5, 1) in public_holidays.within(town, SPRING, "fr")
    assert public_holidays.within(Territory(), SPRING, "fr") == {}


def test_only_holidays_of_the_span_are_told():
    assert set(public_holidays.within(Territory(country="FR"), SPRING, "fr")) <= {
        date(2027, month, day) for month in (3, 4, 5, 6) for day in range(1, 31)
    }


@pytest.mark.parametrize(
    ("country", "region", "known"),
    [("CH", "GE", True), ("FR", None, True), (None, None, True), ("ZZ", None, False),
     ("CH", "XX", False), (None, "GE", False)],
)  # fmt: skip
def test_an_unknown_country_is_told_from_a_known_one(country, region, known):
    assert public_holidays.is_known(country, region) is known
