"""Files that are wrong in every way chance finds: any JSON, any bytes, and good files spoilt."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any

from hypothesis import strategies as st

Path = tuple[str | int, ...]
Change = Callable[[st.DrawFn, Any, Path, list[Path]], None]

WORDS = ("p0", "p1", "g0", "g1", "c0", "2027-01-12", "2027-01-12T08:00", "08:00", "mon", "generous")
NUMBERS = (0, 1, 2, 1000, 10**9, 10**9 + 1, 2**53, 10**30, -1, 0.5, 1e-9, 1e308)
ALLOWED: dict[type, tuple[float, ...]] = {int: (0, 1, 2, 60, 1000, 10**9), float: (0.01, 0.5, 1.0)}
NO_NUMBERS = (float("nan"), float("inf"), float("-inf"))
DEEP: Any = []
for _ in range(60):
    DEEP = [DEEP]

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(WORDS)
    | st.sampled_from(NUMBERS)
    | st.sampled_from(NO_NUMBERS)
)
KEYS = ("format", "name", "horizon", "policy", "groups", "participants", "coaches", "pins", "tiers")
json_values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=4) | st.sampled_from(KEYS), inner, max_size=3)
    ),
    max_leaves=8,
)


def paths_of(value: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of a JSON value and of all within it."""
    yield path
    if isinstance(value, dict | list):
        keys = value if isinstance(value, dict) else range(len(value))
        for key in keys:
            yield from paths_of(value[key], (*path, key))


def at(document: Any, path: Path) -> Any:
    for key in path:
        document = document[key]
    return document


@st.composite
def spoilt(draw: st.DrawFn, document: Any) -> Any:
    """The document with one to three places of it deleted, replaced, doubled or swapped."""
    document = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        change = draw(st.sampled_from((_delete, _replace, _double, _swap)))
        paths = [path for path in paths_of(document) if path]
        if change is _double:
            paths = [path for path in paths if isinstance(path[-1], int)]
        if paths:
            change(draw, document, draw(st.sampled_from(paths)), paths)
    return document


@st.composite
def strained(draw: st.DrawFn, document: Any) -> Any:
    """The document with numbers that are extreme yet allowed: most often still a valid one."""
    document = copy.deepcopy(document)
    paths = [path for path in paths_of(document) if type(at(document, path)) in ALLOWED]
    for path in draw(st.lists(st.sampled_from(paths), min_size=1, max_size=6)) if paths else ():
        numbers = ALLOWED[type(at(document, path))]
        at(document, path[:-1])[path[-1]] = draw(st.sampled_from(numbers))
    return document


def _delete(draw: st.DrawFn, document: Any, path: Path, paths: list[Path]) -> None:
    del at(document, path[:-1])[path[-1]]


def _replace(draw: st.DrawFn, document: Any, path: Path, paths: list[Path]) -> None:
    old = at(document, path)
    alike = st.sampled_from(NUMBERS) if isinstance(old, int | float) else st.just(DEEP)
    new = draw(alike | json_values | st.sampled_from(([], {}, "")))
    at(document, path[:-1])[path[-1]] = copy.deepcopy(new)  # the next change may be inside it


def _double(draw: st.DrawFn, document: Any, path: Path, paths: list[Path]) -> None:
    at(document, path[:-1]).append(copy.deepcopy(at(document, path)))


def _swap(draw: st.DrawFn, document: Any, path: Path, paths: list[Path]) -> None:
    """Two values of one type change places: two ids, two dates, a capacity and a minimum size."""
    kind = type(at(document, path))
    alike = [other for other in paths if type(at(document, other)) is kind]
    other = draw(st.sampled_from(alike))
    if path[: len(other)] == other or other[: len(path)] == path:
        return  # one is inside the other
    here, there = at(document, path), at(document, other)
    at(document, path[:-1])[path[-1]] = there
    at(document, other[:-1])[other[-1]] = here


def files(document: Any) -> st.SearchStrategy[bytes]:
    """Any bytes, any JSON, a gzip cut short, and for the most part a good document spoilt."""
    whole = json.dumps(document).encode()
    packed = gzip.compress(whole, mtime=0)
    return st.one_of(
        st.binary(max_size=40),
        st.sampled_from((b"[" * 5_000, b'{"format":' * 5_000)),
        json_values.map(dumped),
        st.integers(0, len(packed) - 1).map(lambda end: packed[:end]),
        st.integers(0, len(whole) - 1).map(lambda end: whole[:end]),
        *[spoilt(document).map(dumped)] * 12,
        *[strained(document).map(dumped)] * 4,
    )


def dumped(value: Any) -> bytes:
    """As JSON, NaN and the infinities included, which are none."""
    return json.dumps(value).encode()
