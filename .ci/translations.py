"""Bring the English translation up to date with the French sources: what is new has no English
yet, what is gone is dropped. The same sources give the same file."""

from __future__ import annotations

import io
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

WEBAPP = Path(__file__).parents[1] / "webapp"
ENGLISH = WEBAPP / "translations/en/LC_MESSAGES/messages.po"
HEADER = r"""msgid ""
msgstr ""
"Language: en\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""

mapping, options = parse_mapping_cfg(io.StringIO((WEBAPP / "translations/babel.cfg").read_text()))
with ENGLISH.open("rb") as file:
    known = read_po(file, locale="en")
catalog = Catalog(locale="en")
for _, _, message, *_ in extract_from_dir(
    WEBAPP,
    mapping,
    options,
    keywords={"_": None, "gettext": None, "ngettext": (1, 2), "_l": None},
    # Not Babel's own filter: it skips folders that begin with an underscore.
    directory_filter=lambda folder: not Path(folder).name.startswith("."),
):
    single = message if isinstance(message, str) else message[0]
    found = known.get(single)
    catalog.add(message, found.string if found and not found.fuzzy else None)

written = io.BytesIO()
write_po(written, catalog, width=100, omit_header=True, sort_output=True)
ENGLISH.write_text(HEADER + written.getvalue().decode().strip("\n") + "\n")
missing = sum(1 for message in catalog if message.id and not message.string)
print(f"{len(catalog)} messages, {missing} without English")  # noqa: T201  a command
