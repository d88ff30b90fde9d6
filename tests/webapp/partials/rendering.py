"""What the tests of the macros share."""

import re
from collections.abc import Callable
from pathlib import Path

WEBAPP = Path(__file__).parents[3] / "webapp"

Render = Callable[..., str]


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).replace("\u00a0", " ").split())
