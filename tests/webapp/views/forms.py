"""What a browser would post."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any


class _Fields(HTMLParser):
    """Collects what the first form to ``action`` would send."""

    def __init__(self, action: str | None) -> None:
        super().__init__()
        self.action = action
        self.within = False
        self.found: list[tuple[str, str]] = []
        self.select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "form":
            self.within = values.get("action") == self.action and values.get("method") == "post"
        if not self.within:
            return
        name, value = values.get("name"), values.get("value") or ""
        kind = values.get("type", "text")
        if tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in values:
            self.found.append((self.select, value))
        elif (
            tag == "input"
            and name
            and not (kind in {"checkbox", "radio"} and "checked" not in values)
        ):
            self.found.append((name, value))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.within = False


def sent_by(html: str, action: str | None = None) -> dict[str, Any]:
    """Return what the form that posts to ``action`` sends as it stands, without its buttons."""
    parser = _Fields(action)
    parser.feed(html)
    values: dict[str, Any] = {}
    for name, value in parser.found:
        values.setdefault(name, []).append(value)
    return values
