"""Which language a page speaks."""

from __future__ import annotations

from typing import Any, Protocol

from flask import Flask, has_request_context, request, session
from flask_babel import get_locale
from flask_login import current_user

from webapp.models import Group

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


def title_of(group: Group) -> str:
    """Return what a group is called beside others: its measure, unless its name says it, and it."""
    said = group.measure.name
    if group.name.casefold().startswith(said.casefold()):
        return name_of(group.measure) + group.name[len(said) :]
    return f"{name_of(group.measure)}, {group.name}"


def capital(text: str) -> str:
    """Begin a line with a capital; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def init_app(app: Flask) -> None:
    app.jinja_env.globals["get_locale"] = get_locale
    app.jinja_env.filters.update(named=name_of, titled=title_of, capital=capital)
