"""French as people write it, where the libraries follow other languages."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask, render_template_string
from flask_babel import force_locale, ngettext

from webapp.french import format_date


@pytest.mark.parametrize(("num", "text"), [(0, "0 séance"), (1, "1 séance"), (2, "2 séances")])
def test_zero_is_singular_in_french(app: Flask, num: int, text: str) -> None:
    page = '{{ ngettext("%(num)s séance", "%(num)s séances", num) }}'
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        assert ngettext("%(num)s séance", "%(num)s séances", num) == text
        assert render_template_string(page, num=num) == text


def test_zero_is_not_the_one_that_is_spelt_out(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        assert ngettext("Une séance", "%(num)s séances", 0) == "0 séances"
        assert ngettext("Une séance", "%(num)s séances", 1) == "Une séance"


def test_zero_stays_plural_in_english(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert ngettext("%(num)s séance", "%(num)s séances", 0).startswith("0 ")
        assert not ngettext("%(num)s séance", "%(num)s séances", 0).endswith(("session", "séance"))


@pytest.mark.parametrize(
    ("day", "pattern", "text"),
    [
        (date(2027, 4, 1), "EEEE d MMMM", "jeudi 1er avril"),
        (date(2027, 4, 1), "long", "1er avril 2027"),
        (date(2027, 2, 1), None, "1er févr. 2027"),
        (date(2027, 4, 11), "d MMMM", "11 avril"),
        (date(2027, 4, 21), "d MMMM", "21 avril"),
        (date(2027, 4, 1), "MMMM yyyy", "avril 2027"),
    ],
)
def test_the_first_of_a_month_is_an_ordinal(
    app: Flask, day: date, pattern: str | None, text: str
) -> None:
    with app.test_request_context(headers={"Accept-Language": "fr"}):
        assert format_date(day, pattern) == text
        assert (
            render_template_string("{{ day|dateformat(pattern) }}", day=day, pattern=pattern)
            == text
        )
        with force_locale("en"):
            assert "1er" not in format_date(day, pattern)
