"""What a person reads on a page."""

from __future__ import annotations

import html
import re

from werkzeug.test import TestResponse


def read_text(answer: TestResponse) -> str:
    """The words of a page, tags and line breaks aside, every kind of space a plain one."""
    text = re.sub(r"<(?:script|style).*?</|<[^>]*>", " ", answer.text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", html.unescape(text))
    return re.sub(r" ([.,])", r"\1", text)
