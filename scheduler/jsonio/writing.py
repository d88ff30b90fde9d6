"""Writing files of the exchange format."""

from __future__ import annotations

import json
from collections.abc import Mapping


def one_row_a_line(document: Mapping[str, object]) -> bytes:
    """A document as the bytes of a file, each row of a list on a line of its own.

    Two files compare line by line, and the part of json in C writes them, as it does no indents.
    """
    parts = []
    for key, value in document.items():
        if isinstance(value, list) and value:
            rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in value)
            parts.append(f"{json.dumps(key)}: [\n{rows}\n]")
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}")
    return ("{" + ",\n".join(parts) + "}\n").encode()
