"""Which language a page speaks."""

from __future__ import annotations

from flask import Flask, has_request_context, request, session
from flask_babel import get_locale
from flask_login import current_user

LOCALES = ("fr", "en")


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


def init_app(app: Flask) -> None:
    app.jinja_env.globals["get_locale"] = get_locale
