"""Typed reading of untrusted JSON: every fault is noted with its path, and none stops the reading.

A reading function takes a value and its JSON path and gives the value read, or ``None`` after
noting a fault; what it gave is thrown away when anything was noted.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import reprlib
import zlib
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar

from scheduler.problem import Fault, Place, Window

T = TypeVar("T")
D = TypeVar("D")
Read = Callable[[Any, str], T]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MAX_INTEGER = 10**9  # sums over all participants stay exact in 64 bits and in a double
MAX_BYTES = 2**29  # a small gzip can hold more than the memory

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MINUTE = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)
_MOMENT = re.compile(_DATE.pattern + "T" + _MINUTE.pattern, re.ASCII)


class UnreadableError(ValueError):
    """Bytes that hold no JSON value at all; the text says why."""


class _Doubled(dict[str, Any]):
    """An object that states a key twice; JSON readers disagree on which of them counts."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        names = [name for name, _ in pairs]
        self.doubled = sorted({name for name in names if names.count(name) > 1})


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _Doubled(pairs)


def uncompressed(data: bytes) -> bytes:
    """The bytes themselves, gunzipped where they are gzipped. Raises UnreadableError."""
    if data[:2] == b"\x1f\x8b":
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
                data = file.read(MAX_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise UnreadableError(f"damaged gzip: {error}") from error
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"more than {MAX_BYTES} bytes")
    return data


def json_value(data: bytes) -> Any:
    """The JSON value in the bytes, gzipped or not. Raises UnreadableError."""
    try:
        return json.loads(uncompressed(data).decode("utf-8-sig"), object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        raise UnreadableError(f"not UTF-8: {error}") from error
    except RecursionError as error:
        raise UnreadableError("nested too deeply") from error
    except ValueError as error:
        raise (
            error if isinstance(error, UnreadableError) else UnreadableError(f"not JSON: {error}")
        ) from error


def shown(value: Any) -> object:
    """A value short and flat enough to stand in a message, whatever its size and depth."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10**18 else reprlib.repr(value)
    if isinstance(value, str):
        return value if len(value) <= 120 else value[:117] + "..."
    return reprlib.repr(value)


def member(path: str, key: str) -> str:
    """The JSON path of a member of the object at ``path``."""
    return f"{path}.{key}" if key.isidentifier() else f"{path}[{json.dumps(key[:120])}]"


@lru_cache(maxsize=4096)
def _day(text: str) -> date | None:
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _moment(text: str) -> datetime | None:
    if not _MOMENT.fullmatch(text) or _day(text[:10]) is None:
        return None
    return datetime.fromisoformat(text)


@lru_cache(maxsize=4096)
def _minute(text: str, *, is_end: bool) -> int | None:
    if is_end and text == "24:00":
        return 24 * 60
    return int(text[:2]) * 60 + int(text[3:]) if _MINUTE.fullmatch(text) else None


@lru_cache(maxsize=4096)
def _window(day: str, start: str, end: str, shortest: int) -> Window | None:
    """The window these texts tell, or None where one of them is wrong."""
    first, last = _minute(start, is_end=False), _minute(end, is_end=True)
    if day not in WEEKDAYS or first is None or last is None or last < first + shortest:
        return None
    return Window(WEEKDAYS.index(day), first, last)


class Reader:
    """Reads values of the exchange format; ``faults`` is what was wrong so far."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, path: str, value: Any, reason: str) -> None:
        self.faults.append(Fault(path, shown(value), reason))

    # Containers

    def members(
        self,
        value: Any,
        path: str,
        required: tuple[str, ...],
        optional: tuple[str, ...] | None = (),
    ) -> dict[str, Any]:
        """The members of an object; a missing or unknown key, or one stated twice, is a fault.

        With ``optional`` None no key is unknown.
        """
        if not isinstance(value, dict):
            self.fault(path, value, "expected an object")
            return {}
        for key in required:
            if key not in value:
                self.fault(member(path, key), None, "is missing")
        for key in value if optional is not None else ():
            if key not in required and key not in (optional or ()):
                self.fault(member(path, key), value[key], "unknown key")
        if isinstance(value, _Doubled):
            for key in value.doubled:
                self.fault(member(path, key), value[key], "key stated twice")
        return value

    def field(
        self, members: dict[str, Any], key: str, path: str, read: Read[T], default: D
    ) -> T | D:
        """One member read, or the default where it is left out."""
        return read(members[key], f"{path}.{key}") if key in members else default

    def each(self, read: Read[T | None]) -> Read[tuple[T, ...]]:
        """A reader of a list, out of a reader of its elements."""

        def read_list(value: Any, path: str) -> tuple[T, ...]:
            if not isinstance(value, list):
                self.fault(path, value, "expected a list")
                return ()
            found = [read(element, f"{path}[{i}]") for i, element in enumerate(value)]
            return tuple([element for element in found if element is not None])

        return read_list

    def nullable(self, read: Read[T]) -> Read[T | None]:
        """A reader that also takes ``null``."""
        return lambda value, path: None if value is None else read(value, path)

    def repeated(self, read: Read[T | None]) -> Read[T | None]:
        """A reader of flat objects that reads those alike once: a file repeats few many times."""
        known: dict[object, T] = {}

        def read_or_recall(value: Any, path: str) -> T | None:
            if type(value) is not dict:
                return read(value, path)
            key = (*value.items(), *map(type, value.values()))  # as 1 and true are equal
            try:
                found = known.get(key)
            except TypeError:  # it is not flat
                return read(value, path)
            if found is None:
                before = len(self.faults)
                found = read(value, path)
                if found is not None and len(self.faults) == before:
                    known[key] = found
            return found

        return read_or_recall

    def two(self, value: Any, path: str, read: Read[T | None]) -> tuple[T, T] | None:
        """A list of exactly two values."""
        if not isinstance(value, list) or len(value) != 2:
            self.fault(path, value, "expected a list of two")
            return None
        first, second = read(value[0], f"{path}[0]"), read(value[1], f"{path}[1]")
        return None if first is None or second is None else (first, second)

    # Values

    def text(self, value: Any, path: str) -> str | None:
        if not isinstance(value, str):
            self.fault(path, value, "expected a text")
            return None
        if not value.isascii() and any("\ud800" <= sign <= "\udfff" for sign in value):
            self.fault(path, ascii(value[:40]), "half of a surrogate pair is no text")
            return None
        return value

    def integer(self, value: Any, path: str, least: int = 0, most: int = MAX_INTEGER) -> int | None:
        if isinstance(value, bool) or not isinstance(value, int):
            self.fault(path, value, "expected an integer")
        elif value < least:
            self.fault(path, value, f"must be at least {least}")
        elif value > most:
            self.fault(path, value, f"must be at most {most}")
        else:
            return value
        return None

    def number(self, value: Any, path: str, least: float, most: float) -> float | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fault(path, value, "expected a number")
        elif not least <= value <= most:  # so is NaN
            self.fault(path, value, f"must be from {least} to {most}")
        else:
            return value
        return None

    def choice(self, value: Any, path: str, choices: tuple[str, ...]) -> str | None:
        if isinstance(value, str) and value in choices:
            return value
        self.fault(path, value, "expected one of " + ", ".join(choices))
        return None

    def texts(self, value: Any, path: str) -> frozenset[str]:
        return frozenset(self.each(self.text)(value, path))

    def day(self, value: Any, path: str) -> date | None:
        found = _day(value) if isinstance(value, str) else None
        if found is None:
            self.fault(path, value, "expected a date like 2027-01-12")
        return found

    def moment(self, value: Any, path: str) -> datetime | None:
        found = _moment(value) if isinstance(value, str) else None
        if found is None:
            self.fault(
                path, value, "expected a local time from 00:00 to 23:59 like 2027-01-12T14:00"
            )
        return found

    def period(self, value: Any, path: str) -> tuple[date, date] | None:
        """Two dates, both included, the first not after the second."""
        found = self.two(value, path, self.day)
        if found is not None and found[0] > found[1]:
            self.fault(path, value, "ends before it starts")
        return found

    def window(self, value: Any, path: str, shortest: int = 1) -> Window | None:
        """A weekly window of time; one may end at 24:00, so that a day can be told in full."""
        raw = self.members(value, path, ("day", "start", "end"))
        texts = raw.get("day"), raw.get("start"), raw.get("end")
        if all(isinstance(text, str) for text in texts) and (found := _window(*texts, shortest)):
            return found  # a file repeats few windows many times
        self.field(raw, "day", path, lambda v, p: self.choice(v, p, WEEKDAYS), None)
        start = self.field(raw, "start", path, lambda v, p: self._time(v, p, is_end=False), None)
        end = self.field(raw, "end", path, lambda v, p: self._time(v, p, is_end=True), None)
        if start is not None and end is not None and end < start + shortest:
            self.fault(path, value, "does not end after its start")
        return None

    def _time(self, value: Any, path: str, *, is_end: bool) -> int | None:
        found = _minute(value, is_end=is_end) if isinstance(value, str) else None
        if found is None:
            self.fault(path, value, "expected a time like 08:00")
        return found

    def place(self, value: Any, path: str) -> Place | None:
        raw = self.members(value, path, ("lat", "lon"))
        lat = self.field(raw, "lat", path, self.latitude, None)
        lon = self.field(raw, "lon", path, self.longitude, None)
        return None if lat is None or lon is None else Place(lat, lon)

    def latitude(self, value: Any, path: str) -> float | None:
        return self.number(value, path, -90, 90)

    def longitude(self, value: Any, path: str) -> float | None:
        return self.number(value, path, -180, 180)
