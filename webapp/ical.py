"""Rows to iCalendar bytes: what a calendar application reads of us.

One VEVENT a dated slot, no recurrence. Times are written in UTC: no application can get a change
of clocks wrong, and no VTIMEZONE has to be understood. Nothing depends on the moment of rendering
but the window of what is shown, so unchanged rows give the same bytes in every process.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from icalendar import Calendar, Event

from webapp.models import (
    PLACED,
    Enrolment,
    EnrolmentStatus,
    Feed,
    FeedScope,
    Group,
    GroupState,
    Participant,
    Slot,
)
from webapp.models.rendered import Rendered

BACK = timedelta(days=30)
AHEAD = timedelta(days=548)  # 18 months
CANCELLED_KEPT = timedelta(days=30)

_ENDED = frozenset(
    {EnrolmentStatus.FINISHED, EnrolmentStatus.CANCELLED, EnrolmentStatus.INTERRUPTED}
)
# Calcurse drops an event whose title has a line break; no control character is allowed anyhow.
_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


class Status(enum.StrEnum):
    CONFIRMED = "CONFIRMED"
    TENTATIVE = "TENTATIVE"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True)
class Style:
    """How one feed speaks: its language, the domain of its UIDs, what it calls the participants.

    ``references`` maps ids of participants to what this feed calls them.
    """

    domain: str
    locale: str
    shows_names: bool
    references: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One VEVENT. ``changed_at`` and ``sequence`` come from the rows it was made of."""

    uid: str
    summary: str
    location: str
    starts_at: datetime
    ends_at: datetime
    status: Status
    changed_at: datetime
    sequence: int


def enrolment_entry(enrolment: Enrolment, slot: Slot, style: Style, now: datetime) -> Entry | None:
    """Return the slot as the participant's people see it, or None when nothing is shown of it.

    A proposal is shown, marked and TENTATIVE: the worker settles it with the participant, who
    asks what else is on that day; unmarked it would pass for a settled appointment.
    """
    status = _status(slot, now, enrolment)
    if status is None:
        return None
    title = f"{_label(slot.group, style)}, {_who(enrolment.participant, style)}"
    times = slot.starts_at, slot.ends_at
    return _entry(f"{enrolment.uid}.{slot.uid}", title, times, status, slot, style, enrolment)


def visit_entry(enrolment: Enrolment, slot: Slot, style: Style, now: datetime) -> Entry | None:
    """Return the coach's visit during the slot, at its own times, or None without one."""
    times = enrolment.visit_in(slot)
    status = _status(slot, now, enrolment)
    if times is None or status is None:
        return None
    with force_locale(style.locale):
        title = _("Visite, %(who)s", who=_who(enrolment.participant, style))
    uid = f"{enrolment.uid}.{slot.uid}.visit"
    return _entry(uid, title, times, status, slot, style, enrolment)


def slot_entry(slot: Slot, style: Style, now: datetime) -> Entry | None:
    """Return the slot as the partner that holds it sees it: one line, whoever is enrolled."""
    status = _status(slot, now)
    if status is None:
        return None
    title = f"{_label(slot.group, style)}, {slot.group.name}"
    return _entry(str(slot.uid), title, (slot.starts_at, slot.ends_at), status, slot, style)


def render(feed: Feed, entries: Iterable[Entry]) -> bytes:
    """Return the calendar of a feed, UTF-8."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//Croisée//Croisée//FR")
    calendar.add("calscale", "GREGORIAN")
    with force_locale(feed.locale):
        name = _calendar_name(feed.scope)
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", feed.account.territory.timezone)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    calendar.add("color", "teal")
    for entry in sorted(entries, key=lambda entry: (entry.starts_at, entry.uid)):
        calendar.add_component(_vevent(entry))
    rendered: bytes = calendar.to_ical()
    return rendered


def _vevent(entry: Entry) -> Event:
    vevent = Event()
    vevent.add("uid", entry.uid)
    vevent.add("dtstamp", entry.changed_at.replace(microsecond=0))
    vevent.add("last-modified", entry.changed_at.replace(microsecond=0))
    vevent.add("sequence", entry.sequence)
    vevent.add("dtstart", entry.starts_at)
    vevent.add("dtend", entry.ends_at)
    vevent.add("summary", _one_line(entry.summary))
    if entry.location:
        vevent.add("location", _one_line(entry.location))
    vevent.add("status", entry.status.value)
    # What is not sure takes no time in the reader's day.
    vevent.add("transp", "OPAQUE" if entry.status is Status.CONFIRMED else "TRANSPARENT")
    vevent.add("class", "PRIVATE")
    return vevent


def _status(slot: Slot, now: datetime, enrolment: Enrolment | None = None) -> Status | None:
    """Return what the slot is for its reader; None when nothing is shown of it (any more).

    An end cancels what begins after it, and leaves what was held. A withdrawn proposal (cancelled
    before it held a place) is gone at once.
    """
    group = slot.group
    cancelled = []
    if group.state is GroupState.DRAFT:
        return None
    if group.state is GroupState.CANCELLED and slot.starts_at >= group.changed_at:
        cancelled.append(group.changed_at)
    if slot.cancelled_because is not None:
        cancelled.append(slot.changed_at)
    if enrolment is not None:
        if enrolment.status is EnrolmentStatus.PROPOSED:
            return None if cancelled else Status.TENTATIVE
        if enrolment.status not in PLACED | _ENDED:
            return None
        if enrolment.placed_at is None:
            return None
        if enrolment.status in _ENDED and slot.starts_at >= enrolment.changed_at:
            cancelled.append(enrolment.changed_at)
    if not cancelled:
        return Status.CONFIRMED
    return Status.CANCELLED if now - min(cancelled) < CANCELLED_KEPT else None


def _entry(
    uid: str,
    title: str,
    times: tuple[datetime, datetime],
    status: Status,
    slot: Slot,
    style: Style,
    enrolment: Enrolment | None = None,
) -> Entry:
    rows: list[Rendered | None] = [slot, slot.group, slot.group.venue, slot.group.measure]
    if enrolment is not None:
        rows.append(enrolment)
        if style.shows_names:
            rows += [enrolment.participant, enrolment.participant.territory]
    present = [row for row in rows if row is not None]
    with force_locale(style.locale):
        summary = _titled(title, status)
    return Entry(
        uid=f"{uid}@{style.domain}",
        summary=summary,
        location=_location(slot.group),
        starts_at=times[0],
        ends_at=times[1],
        status=status,
        changed_at=max(row.changed_at for row in present),
        sequence=sum(row.sequence for row in present),
    )


def _label(group: Group, style: Style) -> str:
    measure = group.measure
    return (style.locale == "en" and measure.public_name_en) or measure.public_name


def _who(participant: Participant, style: Style) -> str:
    if style.shows_names and participant.territory.names_in_feeds:
        return participant.short_name
    with force_locale(style.locale):
        return str(_("réf. %(reference)s", reference=style.references[participant.id]))


def _titled(title: str, status: Status) -> str:
    if status is Status.CANCELLED:
        return str(_("Annulé : %(title)s", title=title))
    if status is Status.TENTATIVE:
        return str(_("Proposition : %(title)s", title=title))
    return title


def _location(group: Group) -> str:
    venue = group.venue
    if venue is None:
        return ""
    parts = [venue.address] if venue.is_discreet else [venue.name, venue.address]
    return ", ".join(part for part in parts if part)


def _calendar_name(scope: FeedScope) -> str:
    """Return the name of the calendar; never the feed's label, which may name somebody."""
    names = {
        FeedScope.CASELOAD: _("Croisée – mes participant·es"),
        FeedScope.PARTICIPANT: _("Croisée – mes séances"),
        FeedScope.PARTNER: _("Croisée – mes groupes"),
        FeedScope.VENUE: _("Croisée – un lieu"),
        FeedScope.VISITS: _("Croisée – mes visites"),
    }
    return str(names[scope])


def _one_line(text: str) -> str:
    return _BREAKS.sub(" ", text).strip()
