"""Translated text, typed."""

from __future__ import annotations

import flask_babel


def _(text: str, **values: object) -> str:
    """Return the text in the reader's language."""
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, num: int, **values: object) -> str:
    """Return the text for one or for many in the reader's language; both may use ``num``."""
    return str(flask_babel.ngettext(one, many, num, **values))
