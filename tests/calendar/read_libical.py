"""Prints what libical reads at an address, as the other readers do; fails on what it complains of.

``python read_libical.py URL``. A process of its own: the library is C, and may crash.
"""

from __future__ import annotations

import ctypes
import json
import sys
from ctypes.util import find_library
from datetime import UTC, datetime
from urllib.request import urlopen

VEVENT = 4  # ICAL_VEVENT_COMPONENT


class IcalTime(ctypes.Structure):
    """struct icaltimetype of libical 3."""

    _fields_ = [  # the protocol of ctypes
        *((name, ctypes.c_int) for name in ("year", "month", "day", "hour", "minute", "second")),
        ("is_date", ctypes.c_int),
        ("is_daylight", ctypes.c_int),
        ("zone", ctypes.c_void_p),
    ]


def load() -> ctypes.CDLL:
    """Return the library, the functions in use typed."""
    name = find_library("ical")
    if name is None:
        raise SystemExit("libical is not installed")
    library = ctypes.CDLL(name)
    component = ctypes.c_void_p
    for function, result, arguments in (
        ("icalparser_parse_string", component, [ctypes.c_char_p]),
        ("icalcomponent_get_first_component", component, [component, ctypes.c_int]),
        ("icalcomponent_get_next_component", component, [component, ctypes.c_int]),
        ("icalcomponent_get_uid", ctypes.c_char_p, [component]),
        ("icalcomponent_get_summary", ctypes.c_char_p, [component]),
        ("icalcomponent_get_dtstart", IcalTime, [component]),
        ("icalcomponent_get_dtend", IcalTime, [component]),
        ("icaltime_is_utc", ctypes.c_int, [IcalTime]),
        ("icaltime_as_timet_with_zone", ctypes.c_long, [IcalTime, ctypes.c_void_p]),
        ("icalcomponent_count_errors", ctypes.c_int, [component]),
        ("icalrestriction_check", ctypes.c_int, [component]),
        ("icalcomponent_as_ical_string", ctypes.c_char_p, [component]),
    ):
        getattr(library, function).restype = result
        getattr(library, function).argtypes = arguments
    return library


def read(library: ctypes.CDLL, body: bytes) -> list[tuple[str, str, str, str]]:
    """Return (uid, start, end, summary) of each event. Raise ValueError on a complaint."""
    calendar = library.icalparser_parse_string(body)
    if not calendar or library.icalcomponent_count_errors(calendar):
        raise ValueError("libical cannot parse the calendar")
    if not library.icalrestriction_check(calendar):
        raise ValueError(library.icalcomponent_as_ical_string(calendar).decode())

    def moment(time: IcalTime) -> str:
        if not time.zone and not library.icaltime_is_utc(time):
            raise ValueError("a time without a zone")
        seconds = library.icaltime_as_timet_with_zone(time, time.zone)
        return datetime.fromtimestamp(seconds, UTC).isoformat()

    rows = []
    event = library.icalcomponent_get_first_component(calendar, VEVENT)
    while event:
        rows.append(
            (
                library.icalcomponent_get_uid(event).decode(),
                moment(library.icalcomponent_get_dtstart(event)),
                moment(library.icalcomponent_get_dtend(event)),
                library.icalcomponent_get_summary(event).decode(),
            )
        )
        event = library.icalcomponent_get_next_component(calendar, VEVENT)
    return rows


if __name__ == "__main__":
    with urlopen(sys.argv[1], timeout=20) as answer:  # noqa: S310  # our own server
        print(json.dumps(read(load(), answer.read())))  # noqa: T201  # the test reads it
