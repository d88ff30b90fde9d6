"""Where a form may lead back to: never away from this site."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException


def own_page(target: str | None) -> str | None:
    """Return ``target``, a path with or without a query, if it is a page of this site."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else None


def page_before() -> str | None:
    """Return the page on which the form at hand stood, if it can be asked for again."""
    parts = urlsplit(request.referrer or "")
    page = own_page(parts._replace(scheme="", netloc="").geturl())
    adapter = current_app.create_url_adapter(request)
    if page is None or adapter is None or parts.netloc != request.host:
        return None
    try:
        adapter.match(parts.path, method="GET")
    except HTTPException:  # the answer to a form, or no page at all
        return None
    return page
