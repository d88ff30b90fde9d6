"""French is written as French is, and English says all of it."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.checkers import checkers
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

WEBAPP = Path(__file__).parents[2] / "webapp"
ENGLISH = WEBAPP / "translations/en/LC_MESSAGES/messages.po"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "_l": None, "lazy_gettext": None}

# U+00A0 before ; : ? ! % » and after «; a colon inside a time or an address is none of these.
LOOSE_SIGN = re.compile(r" [;:?!%»]|«(?!\u00a0)|[\w)…][;?!»]")
PLACEHOLDER = re.compile(r"%\((\w+)\)\w")


def sources() -> dict[str | tuple[str, ...], str]:
    """Each French message, singular or with its plural, and where it stands."""
    mapping, options = parse_mapping_cfg(
        io.StringIO((WEBAPP / "translations/babel.cfg").read_text())
    )
    found = {}
    for name, line, message, *_ in extract_from_dir(
        WEBAPP,
        mapping,
        options,
        keywords=KEYWORDS,
        directory_filter=lambda folder: not Path(folder).name.startswith("."),
    ):
        found[message] = f"{name}:{line}"
    return found


SOURCES = sources()


@pytest.fixture(scope="module")
def english() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def texts(message: str | tuple[str, ...]) -> tuple[str, ...]:
    return (message,) if isinstance(message, str) else message


def test_partials_and_python_are_both_read() -> None:
    folders = {where.split("/")[0] for where in SOURCES.values()}
    assert {"templates", "views", "forms"} <= folders
    assert any("_partials" in where for where in SOURCES.values())


def test_every_message_is_in_english(english: Catalog) -> None:
    def is_done(message: str | tuple[str, ...]) -> bool:
        found = english.get(texts(message)[0])
        return found is not None and not found.fuzzy and all(texts(found.string))

    assert not {message: where for message, where in SOURCES.items() if not is_done(message)}


def test_no_english_stands_for_french_that_is_gone(english: Catalog) -> None:
    known = {texts(message)[0] for message in SOURCES}
    assert not [m.id for m in english if m.id and texts(m.id)[0] not in known]


def test_english_names_the_same_values(english: Catalog) -> None:
    def values(text: str) -> set[str]:
        return set(PLACEHOLDER.findall(text))

    def differs(message: Message) -> bool:
        allowed = set().union(*map(values, texts(message.id)))
        return any(values(text) - allowed for text in texts(message.string)) or (
            values(texts(message.string)[-1]) != values(texts(message.id)[-1])
        )

    assert not [message.id for message in english if message.id and differs(message)]
    for message in english:
        for check in checkers:
            check(english, message)  # raises TranslationError


def test_french_keeps_its_signs_on_the_line_of_their_word() -> None:
    loose = {
        text: where
        for message, where in SOURCES.items()
        for text in texts(message)
        if LOOSE_SIGN.search(PLACEHOLDER.sub("x", text))
    }
    assert not loose


@pytest.mark.parametrize(
    "text", ["Quoi ?", "Quoi?", "« ceci\u00a0»", "«\u00a0ceci »", "Nom : ceci", "5 %", "vite !"]
)
def test_a_loose_sign_is_seen(text: str) -> None:
    assert LOOSE_SIGN.search(text)


def test_french_uses_the_typographic_apostrophe() -> None:
    straight = {
        text: where
        for message, where in SOURCES.items()
        for text in texts(message)
        if re.search(r"\w'\w", text)
    }
    assert not straight
