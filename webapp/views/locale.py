"""Which language a page speaks."""

from __future__ import annotations

from typing import Any, Protocol

from flask import Flask, has_request_context, request, session
from flask_babel import get_locale
from flask_login import current_user

LOCALES = ("fr", "en")


class Named(Protocol):
    """A row with a name in both languages."""

    name: Any
    name_en: Any


def current() -> str:
    """Return the language chosen in this browser, else the account's, else the browser's."""
    if not has_request_context():
        return LOCALES[0]
    chosen = session.get("locale")
    if chosen in LOCALES:
        return str(chosen)
    if current_user.is_authenticated:
        return str(current_user.locale)
    return request.accept_languages.best_match(LOCALES) or LOCALES[0]


def name_of(row: Named) -> str:
    """Return the name of a measure or a tag in the language of the page."""
    return str(row.name_en if str(get_locale()) == "en" else row.name)


def init_app(app: Flask) -> None:
    app.jinja_env.globals["get_locale"] = get_locale
    app.jinja_env.filters["named"] = name_of
