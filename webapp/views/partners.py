from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, func, or_
from sqlalchemy.orm import joinedload, selectinload

from webapp.extensions import db
from webapp.models import (
    Enrolment,
    EnrolmentStatus,
    Group,
    GroupState,
    Measure,
    Partner,
    Role,
    Venue,
)
from webapp.permissions import scoped
from webapp.views.access import allowed, current_account, load
from webapp.views.shell import current_period

blueprint = Blueprint("partners", __name__, url_prefix="/partners")

ROWS_A_PAGE = 30


@blueprint.get("")
@allowed(Role.COORDINATOR)
def list_partners() -> ResponseReturnValue:
    """Show the directory of partners with their places, searched by name, venue, measure."""
    text = request.args.get("q", "").strip()
    found = db.session.scalars(_search(text).order_by(Partner.name, Partner.id)).all()
    pages = max(1, -(-len(found) // ROWS_A_PAGE))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    shown = found[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]
    return render_template(
        "partners/list.html",
        partners=shown,
        num_found=len(found),
        page=page,
        pages=pages,
        text=text,
        places=_places([partner.id for partner in found]),
    )


@blueprint.get("/<int:partner_id>")
@allowed(Role.COORDINATOR)
def show_partner(partner_id: int) -> ResponseReturnValue:
    partner = load(Partner, partner_id)
    period = current_period()
    rows = db.session.scalars(
        scoped(current_account, Group)
        .where(
            Group.partner_id == partner.id,
            Group.period_id == (period.id if period else None),
            Group.state != GroupState.DRAFT,
        )
        .options(selectinload(Group.slots), joinedload(Group.venue), joinedload(Group.measure))
        .order_by(Group.state.desc(), Group.name, Group.id)
    ).all()
    proposals = (
        scoped(current_account, Enrolment)
        .where(
            Enrolment.status == EnrolmentStatus.PROPOSED,
            Enrolment.group_id.in_([group.id for group in rows]),
        )
        .with_only_columns(Enrolment.group_id, func.count())
        .group_by(Enrolment.group_id)
    )
    return render_template(
        "partners/show.html",
        partner=partner,
        groups=rows,
        proposed={row[0]: row[1] for row in db.session.execute(proposals)},
    )


def _search(text: str) -> Select[Partner]:
    partners = scoped(current_account, Partner)
    for word in text.split():
        like = f"%{word.replace('%', '').replace('_', '')}%"
        names = (Partner.name, Venue.name, Venue.address, Measure.name, Measure.name_en)
        partners = partners.where(
            Partner.id.in_(
                scoped(current_account, Partner)
                .with_only_columns(Partner.id)
                .outerjoin(Venue, Venue.partner_id == Partner.id)
                .outerjoin(Group, Group.partner_id == Partner.id)
                .outerjoin(Measure, Measure.id == Group.measure_id)
                .where(or_(*(name.ilike(like) for name in names)))
            )
        )
    return partners


def _places(partner_ids: list[int]) -> dict[int, tuple[int, int, int]]:
    """Return published groups, places and places taken of each partner in the current period."""
    period = current_period()
    sums = (
        scoped(current_account, Group)
        .where(
            Group.partner_id.in_(partner_ids),
            Group.state == GroupState.PUBLISHED,
            Group.period_id == (period.id if period else None),
        )
        .with_only_columns(
            Group.partner_id, func.count(), func.sum(Group.capacity), func.sum(Group.taken)
        )
        .group_by(Group.partner_id)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in db.session.execute(sums)}
