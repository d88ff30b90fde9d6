"""Independent calendar applications: each reads an address and says what it found."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from ctypes.util import find_library
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

from tests.calendar.golden import Line, utc

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
# Far from ours: a time that leaves its zone to the reader would be seen.
READERS_ZONE = "Asia/Tokyo"
INSTALL = "tests/calendar/install.sh installs it"


class MissingError(Exception):
    """The application is not on this machine; the message says how it gets there."""


@dataclass(frozen=True)
class Client:
    """``read(url, folder)`` returns sorted lines; their uid counts if ``knows_uids``."""

    name: str
    read: Callable[[str, Path], list[Line]]
    knows_uids: bool = True


def _run(arguments: list[str | Path], typed: str = "") -> str:
    done = subprocess.run(
        arguments,
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "TZ": READERS_ZONE, "LC_ALL": "C.UTF-8"},
    )
    if done.returncode != 0:
        raise AssertionError(f"{arguments[0]}: {done.stdout}{done.stderr}")
    return done.stdout


def _lines(text: str) -> list[Line]:
    return sorted((uid, utc(start), utc(end), title) for uid, start, end, title in json.loads(text))


def _node(package: str, script: str) -> Callable[[str, Path], list[Line]]:
    def read(url: str, _folder: Path) -> list[Line]:
        node = shutil.which("node")
        if node is None:
            raise MissingError("node is not installed (Debian: nodejs, npm)")
        if not (ROOT / "node_modules" / package).is_dir():
            raise MissingError(f"{package} is not installed: {INSTALL}")
        return _lines(_run([node, HERE / script, url]))

    return read


def _libical(url: str, _folder: Path) -> list[Line]:
    if find_library("ical") is None:
        raise MissingError("libical is not installed (Debian: libical3)")
    return _lines(_run([sys.executable, HERE / "read_libical.py", url]))


def installed(program: str) -> Path:
    """Return the path of a program of the clients' own environment, or of the system."""
    own = ROOT / ".venv-clients" / "bin" / program
    found = str(own) if own.exists() else shutil.which(program)
    if found is None:
        raise MissingError(f"{program} is not installed: {INSTALL}")
    return Path(found)


def synchronise(url: str, folder: Path) -> Path:
    """Let vdirsyncer bring the feed to a folder, one file an event; return that folder."""
    vdirsyncer = installed("vdirsyncer")
    (folder / "vdirsyncer.conf").write_text(
        f"""
[general]
status_path = "{folder}/status/"
[pair feed]
a = "here"
b = "there"
collections = null
[storage here]
type = "filesystem"
path = "{folder}/events/"
fileext = ".ics"
[storage there]
type = "http"
url = "{url}"
"""
    )
    (folder / "events").mkdir(exist_ok=True)
    for step in ("discover", "sync"):
        _run([vdirsyncer, "--config", folder / "vdirsyncer.conf", step], typed="y\n")
    return folder / "events"


def list_khal(events: Path, folder: Path) -> list[Line]:
    """Return what khal shows of a folder of events."""
    fields = ("uid", "start-long-full", "end-long-full", "title")
    asked = [argument for field in fields for argument in ("--json", field)]
    text = _run([*_khal(events, folder), "list", "--once", *asked, "today", "600d"])
    rows = [row for day in text.splitlines() for row in json.loads(day)]
    return _lines(json.dumps([[row[field] for field in fields] for row in rows]))


def _khal(events: Path, folder: Path) -> list[str | Path]:
    (folder / "khal.conf").write_text(
        f"""
[calendars]
[[feed]]
path = {events}
[locale]
local_timezone = {READERS_ZONE}
default_timezone = {READERS_ZONE}
timeformat = %H:%M
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%d %H:%M
longdatetimeformat = %Y-%m-%dT%H:%M+09:00
[sqlite]
path = {folder}/khal.db
"""
    )
    return [installed("khal"), "--config", folder / "khal.conf"]


def _vdirsyncer_and_khal(url: str, folder: Path) -> list[Line]:
    installed("khal")
    return list_khal(synchronise(url, folder), folder)


def _khal_alone(url: str, folder: Path) -> list[Line]:
    events = folder / "events"
    events.mkdir()
    khal = _khal(events, folder)
    _run([*khal, "import", "--batch", "-a", "feed", _fetched(url, folder)])
    return list_khal(events, folder)


def _calcurse(url: str, folder: Path) -> list[Line]:
    calcurse = shutil.which("calcurse")
    if calcurse is None:
        raise MissingError("calcurse is not installed (Debian: calcurse)")
    asked = [calcurse, "-D", folder / "calcurse"]
    _run([*asked, "-q", "-i", _fetched(url, folder)])
    shown = ["--format-apt", "%(start:%s) %(end:%s) %m\n"]
    text = _run([*asked, "-G", "--filter-type", "apt", *shown])
    rows = [line.split(" ", 2) for line in text.splitlines()]
    return sorted(("", _epoch(start), _epoch(end), title) for start, end, title in rows)


def _epoch(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _fetched(url: str, folder: Path) -> Path:
    with urlopen(url, timeout=20) as answer:  # noqa: S310  # our own server
        (folder / "feed.ics").write_bytes(answer.read())
    return folder / "feed.ics"


CLIENTS = [
    Client("ical.js", _node("ical.js", "read_icaljs.mjs")),
    Client("node-ical", _node("node-ical", "read_node_ical.mjs")),
    Client("libical", _libical),
    Client("khal", _khal_alone),
    # vdirsyncer names what comes by HTTP after its content; calcurse forgets every UID.
    Client("vdirsyncer and khal", _vdirsyncer_and_khal, knows_uids=False),
    Client("calcurse", _calcurse, knows_uids=False),
]
