"""What Babel and gettext do not know of French: zero is singular, the first is "1er"."""

from __future__ import annotations

import re
from datetime import date, datetime

import flask_babel
from babel.support import NullTranslations
from flask import Flask

# A "1" that is a day of the month stands before the month's name.
_FIRST = re.compile(r"(?<!\d)1(?=[ \u00a0][a-zéû]{3})")


class _French(NullTranslations):
    """The texts as they are in the source, which is French: "0 séance", "2 séances"."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        is_counted = "%(num)" in msgid1  # not so in "Une séance", which zero is not
        return msgid1 if n == 1 or (n == 0 and is_counted) else msgid2

    ungettext = ngettext


class _Domain(flask_babel.Domain):
    def get_translations(self) -> NullTranslations:
        if str(flask_babel.get_locale()) == "fr":
            return _FRENCH
        translations: NullTranslations = super().get_translations()
        return translations


_FRENCH = _French()


def format_date(
    day: date | datetime | None = None, pattern: str | None = None, rebase: bool = True
) -> str:
    """Write a date as ``flask_babel.format_date`` does, in French "1er" for a first."""
    text = str(flask_babel.format_date(day, pattern, rebase))
    return _FIRST.sub("1er", text) if str(flask_babel.get_locale()) == "fr" else text


def init_app(app: Flask) -> None:
    app.extensions["babel"].instance.domain_instance = _Domain()
    app.jinja_env.filters["dateformat"] = format_date
