"""The directory of groups that participants can wish for."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.extensions import db
from webapp.models import Group, MeasureKind, Participant, Role, Tag, TagKind
from webapp.permissions import scoped
from webapp.services import offers
from webapp.services.offers import OfferFilter
from webapp.views.access import allowed, current_account, load
from webapp.views.locale import name_of
from webapp.views.shell import current_period
from webapp.views.timetables import weekday_name

blueprint = Blueprint("offer", __name__, url_prefix="/offer")


@blueprint.get("")
@allowed(Role.WORKER, Role.COORDINATOR)
def list_offer() -> ResponseReturnValue:
    period = current_period()
    wanted = _wanted()
    found = None
    if period is not None:
        page = request.args.get("page", 1, type=int)
        found = offers.find_groups(db.session, current_account, period, wanted, page=page)
    needs = db.session.scalars(scoped(current_account, Tag).where(Tag.kind == TagKind.NEED))
    return render_template(
        "offer/list.html",
        found=found,
        wanted=wanted,
        kinds=kind_labels(),
        weekdays=[(number, weekday_name(number)) for number in range(7)],
        needs=sorted(needs, key=name_of),
        arguments={key: values for key, values in request.args.lists() if key != "page"},
    )


@blueprint.get("/<int:group_id>")
@allowed(Role.WORKER, Role.COORDINATOR)
def show_group(group_id: int) -> ResponseReturnValue:
    group = load(Group, group_id)
    own: Sequence[Participant] = []
    if current_account.role == Role.WORKER:
        own = db.session.scalars(
            scoped(current_account, Participant).order_by(Participant.search_key, Participant.id)
        ).all()
    return render_template("offer/group.html", group=group, own=own, kinds=kind_labels())


@blueprint.post("/<int:group_id>/wish")
@allowed(Role.WORKER)
def wish_group(group_id: int) -> ResponseReturnValue:
    """Lead to the form of the participant chosen, the group among the wishes."""
    group = load(Group, group_id)
    participant = load(Participant, request.form.get("participant_id", 0, type=int))
    return redirect(
        url_for("referrals.edit_referral", participant_id=participant.id, wish=f"g{group.id}"),
        303,
    )


def kind_labels() -> dict[MeasureKind, str]:
    return {
        MeasureKind.WORKSHOP: _("Atelier"),
        MeasureKind.PLACEMENT: _("Placement accompagné"),
        MeasureKind.PERMANENCE: _("Permanence"),
        MeasureKind.TRAINING: _("Formation"),
    }


def _wanted() -> OfferFilter:
    asked = request.args
    kind = asked.get("kind", "")
    weekday = asked.get("weekday", type=int)
    return OfferFilter(
        text=asked.get("text", ""),
        kind=MeasureKind(kind) if kind in set(MeasureKind) else None,
        weekday=weekday if weekday in range(7) else None,
        needs=frozenset(asked.getlist("need", type=int)),
        has_places=asked.get("places") == "free",
    )
