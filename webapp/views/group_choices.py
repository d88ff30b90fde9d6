"""What a form about a group offers to choose from: rows that the account may see."""

from __future__ import annotations

from typing import Any

from flask_babel import get_locale

from webapp import clock
from webapp.extensions import db
from webapp.forms.dates import DatesForm
from webapp.forms.group import NO_VENUE, GroupFactsForm
from webapp.models import Group, Measure, Partner, Period, Slot, Tag, TagKind, Venue
from webapp.permissions import scoped
from webapp.services import public_holidays, slots
from webapp.views.access import current_account
from webapp.views.locale import name_of

Rows = dict[str, dict[int, Any]]
_TAG_FIELDS = {
    "requirement_ids": TagKind.HOLD,
    "offer_ids": TagKind.NEED,
    "coaching_skill_ids": TagKind.SKILL,
}


def offer_rows(form: GroupFactsForm, group: Group | None = None) -> Rows:
    """Hand a form its choices; return the rows behind them, by field and id."""
    measures = db.session.scalars(scoped(current_account, Measure)).all()
    venues = db.session.scalars(scoped(current_account, Venue).order_by(Venue.name)).all()
    tags = db.session.scalars(scoped(current_account, Tag)).all()
    by_field = {
        name: sorted((tag for tag in tags if tag.kind == kind), key=name_of)
        for name, kind in _TAG_FIELDS.items()
    }
    form.offer(
        measures=[(row.id, name_of(row)) for row in sorted(measures, key=name_of)],
        venues=[(row.id, ", ".join(filter(None, (row.name, row.address)))) for row in venues],
        tags={name: [(tag.id, name_of(tag)) for tag in rows] for name, rows in by_field.items()},
        taken=group.taken if group else 0,
        keeps_visits=bool(group and group.taken and group.visit_minutes),
    )
    found: dict[str, list[Any]] = {"measure_id": [*measures], "venue_id": [*venues], **by_field}
    return {name: {row.id: row for row in rows} for name, rows in found.items()}


def stated(group: Group) -> dict[str, Any]:
    """Return what a form about an existing group begins with."""
    return {
        "measure_id": group.measure_id,
        "name": group.name,
        "venue_id": group.venue_id or NO_VENUE,
        "capacity": group.capacity,
        "min_size": group.min_size,
        "requirement_ids": [tag.id for tag in group.requirements],
        "offer_ids": [tag.id for tag in group.offers],
        "visit_minutes": group.visit_minutes,
        "coaching_skill_ids": [tag.id for tag in group.coaching_skills],
    }


def set_bounds(form: DatesForm, period: Period, partner: Partner, existing: list[Slot]) -> None:
    """Tell a form about the dates of a period; ``existing`` are the slots its group has."""
    span = slots.span_of(period)
    form.within(
        span,
        public_holidays.within(partner.territory, span, str(get_locale())),
        clock.today(period.territory.timezone),
        lambda occurrences: slots.find_faults(period, occurrences, existing),
    )
