"""Single sessions of a group: added, moved, skipped, taken up again."""

from __future__ import annotations

from datetime import datetime, time

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from webapp import clock
from webapp.extensions import db
from webapp.forms.dates import DatesForm, key
from webapp.forms.reason import ReasonForm
from webapp.forms.slot import MoveForm
from webapp.forms.wording import fault_text
from webapp.models import Group, GroupState, Role, Slot
from webapp.permissions import can_edit_group, scoped
from webapp.services import slots
from webapp.services.recurrences import DatesError
from webapp.services.slots import GroupCancelledError
from webapp.views.access import allowed, current_account, load
from webapp.views.group_choices import set_bounds
from webapp.views.groups import say_cancelled
from webapp.views.shell import current_period

blueprint = Blueprint("slots", __name__)
blueprint.register_error_handler(GroupCancelledError, say_cancelled)

ROWS_A_PAGE = 40


@blueprint.get("/slots")
@allowed(Role.PARTNER)
def list_slots() -> ResponseReturnValue:
    """List the sessions of all own groups of the period, those to come or those that were."""
    period = current_period()
    if period is None:
        return redirect(url_for("groups.list_groups"))
    today = datetime.combine(clock.today(period.territory.timezone), time())
    is_past = request.args.get("past") == "1"
    rows = (
        scoped(current_account, Slot)
        .join(Slot.group)
        .where(
            Group.period_id == period.id,
            Group.state != GroupState.CANCELLED,
            Slot.local_start < today if is_past else Slot.local_start >= today,
        )
        .order_by(Slot.starts_at.desc() if is_past else Slot.starts_at, Slot.id)
        .options(
            contains_eager(Slot.group).options(joinedload(Group.venue), joinedload(Group.measure))
        )
    )
    num = db.session.scalar(select(func.count()).select_from(rows.order_by(None).subquery())) or 0
    pages = max(1, -(-num // ROWS_A_PAGE))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    shown = db.session.scalars(rows.offset((page - 1) * ROWS_A_PAGE).limit(ROWS_A_PAGE)).all()
    return render_template(
        "slots/list.html", slots=shown, num=num, page=page, pages=pages, is_past=is_past
    )


@blueprint.route("/groups/<int:group_id>/slots/new", methods=["GET", "POST"])
@allowed(Role.PARTNER)
def add_slots(group_id: int) -> ResponseReturnValue:
    group = _open(load(Group, group_id))
    form = DatesForm()
    set_bounds(form, group.period, group.partner, list(group.slots))
    action = request.form.get("action", "")
    if request.method == "GET" or action == "change":
        return render_template("slots/add.html", form=form, group=group)
    if action.startswith("add_"):
        form.add_line(action.removeprefix("add_"))
        return render_template("slots/add.html", form=form, group=group)
    if not form.validate():
        return render_template("slots/add.html", form=form, group=group), 422
    kept = form.keep(request.form.getlist("kept"))
    if action != "save" or not kept:
        nothing_kept = action == "save"
        page = render_template(
            "slots/review.html",
            form=form,
            group=group,
            chosen={key(one) for one in form.unfolded.occurrences},
            nothing_kept=nothing_kept,
        )
        return page, 422 if nothing_kept else 200
    try:
        added = slots.add_slots(db.session, current_account, group, kept)
    except DatesError as error:  # the same form twice, or another one meanwhile
        _flash_faults(error)
    else:
        text = ngettext("Une séance est ajoutée.", "%(num)s séances sont ajoutées.", len(added))
        flash(text, "done")
    return _back(group)


@blueprint.route("/slots/<int:slot_id>/move", methods=["GET", "POST"])
@allowed(Role.PARTNER)
def move_slot(slot_id: int) -> ResponseReturnValue:
    slot = load(Slot, slot_id)
    _open(slot.group)
    now = {"on": slot.local_start.date(), "start": slot.local_start.time()}
    form = MoveForm(data=now | {"end": slot.local_end.time()})
    if form.validate_on_submit():
        try:
            slots.move_slot(db.session, current_account, slot, form.occurrence())
        except DatesError as error:
            form.refuse(error.faults)
        else:
            flash(_("La séance est déplacée."), "done")
            return _back(slot.group)
    page = render_template("slots/move.html", form=form, slot=slot)
    return page, 422 if form.errors else 200


@blueprint.route("/slots/<int:slot_id>/cancel", methods=["GET", "POST"])
@allowed(Role.PARTNER)
def cancel_slot(slot_id: int) -> ResponseReturnValue:
    slot = load(Slot, slot_id)
    group = _open(slot.group)
    form = ReasonForm()
    if group.state == GroupState.DRAFT and request.method == "POST":
        slots.cancel_slot(db.session, current_account, slot, "")
        flash(_("La séance est retirée du brouillon."), "done")
        return _back(group)
    if form.validate_on_submit():
        slots.cancel_slot(db.session, current_account, slot, form.reason.data)
        flash(_("La séance est annulée."), "done")
        return _back(group)
    page = render_template("slots/cancel.html", form=form, slot=slot)
    return page, 422 if form.errors else 200


@blueprint.post("/slots/<int:slot_id>/restore")
@allowed(Role.PARTNER)
def restore_slot(slot_id: int) -> ResponseReturnValue:
    slot = load(Slot, slot_id)
    group = _open(slot.group)
    try:
        slots.restore_slot(db.session, current_account, slot)
    except DatesError as error:
        _flash_faults(error)
    else:
        flash(_("La séance aura lieu."), "done")
    return _back(group)


def _flash_faults(error: DatesError) -> None:
    for fault in error.faults:
        flash(fault_text(fault), "error")


def _open(group: Group) -> Group:
    """Return a group that the account may still change; otherwise answer 404."""
    if not can_edit_group(current_account, group) or group.state == GroupState.CANCELLED:
        abort(404)
    return group


def _back(group: Group) -> ResponseReturnValue:
    return redirect(url_for("groups.show_group", group_id=group.id), 303)
