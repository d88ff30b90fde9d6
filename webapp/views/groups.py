from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from webapp import clock
from webapp.extensions import db
from webapp.forms.dates import key
from webapp.forms.group import GroupFactsForm, GroupForm
from webapp.forms.reason import ReasonForm
from webapp.forms.wording import fault_text
from webapp.models import (
    Enrolment,
    EnrolmentStatus,
    Group,
    GroupState,
    Measure,
    Period,
    Role,
    Slot,
    Venue,
)
from webapp.permissions import can_edit_group, scoped
from webapp.services import groups, rosters
from webapp.services.recurrences import DatesError
from webapp.services.slots import GroupCancelledError
from webapp.views.access import allowed, current_account, load
from webapp.views.group_choices import offer_rows, set_bounds, stated
from webapp.views.locale import title_of
from webapp.views.shell import current_period
from webapp.views.weeks import asked_week

blueprint = Blueprint("groups", __name__, url_prefix="/groups")

ROWS_A_PAGE = 15
SOON = timedelta(days=21)
MOST_SIDE_BY_SIDE = 2  # more in one column of the week cannot be read


@blueprint.get("")
@allowed(Role.PARTNER)
def list_groups() -> ResponseReturnValue:
    period = current_period()
    if period is None:
        return render_template("groups/no_period.html")
    own = db.session.scalars(
        scoped(current_account, Group)
        .where(Group.period_id == period.id)
        .options(selectinload(Group.slots), joinedload(Group.venue), joinedload(Group.measure))
    ).all()
    if not own:
        venues = scoped(current_account, Venue).where(
            Venue.partner_id == current_account.partner_id
        )
        return render_template("groups/welcome.html", has_venue=bool(_count(venues)))
    today = clock.today(period.territory.timezone)
    rows = sorted(own, key=lambda group: _urgency(group, today))
    page, pages = _page(len(rows))
    week = asked_week(_first_shown(own, today))
    shown = sorted(
        (slot for group in own for slot in group.slots if _in_calendar(slot, week)),
        key=lambda slot: (slot.local_start, slot.id),
    )
    return render_template(
        "groups/list.html",
        groups=rows[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE],
        page=page,
        pages=pages,
        week=week,
        days=week.days(shown),
        slots=[_in_week(slot) for slot in shown],
        today=today,
        this_week=today.isoformat(),
        crowded=_most_at_once(shown) > MOST_SIDE_BY_SIDE,
        todo=_todo(own, today),
        following=_following(own, today),
    )


@blueprint.get("/<int:group_id>")
@allowed(Role.PARTNER, Role.COORDINATOR)
def show_group(group_id: int) -> ResponseReturnValue:
    group = load(Group, group_id)
    return render_template(
        "groups/show.html",
        group=group,
        guests=rosters.guests(db.session, current_account, group),
        proposed=_count(
            scoped(current_account, Enrolment).where(
                Enrolment.group_id == group.id, Enrolment.status == EnrolmentStatus.PROPOSED
            )
        ),
        can_edit=can_edit_group(current_account, group),
        today=clock.today(group.period.territory.timezone),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@allowed(Role.PARTNER)
def new_group() -> ResponseReturnValue:
    """Write a group, read all its dates again, publish it or keep it as a draft."""
    period = _period_at_hand()
    if period is None or not _count(scoped(current_account, Measure)):
        return redirect(url_for("groups.list_groups"))
    form = GroupForm()
    rows = offer_rows(form)
    assert current_account.partner is not None
    set_bounds(form, period, current_account.partner, existing=[])
    page: dict[str, Any] = {"form": form, "period": period}
    action = request.form.get("action", "")
    if request.method == "GET" or action == "change":
        return render_template("groups/new.html", **page)
    if action.startswith("add_"):
        form.add_line(action.removeprefix("add_"))
        return render_template("groups/new.html", **page)
    if not form.validate():
        return render_template("groups/new.html", **page), 422
    kept = form.keep(request.form.getlist("kept"))
    if action not in {"publish", "draft"} or not kept:
        chosen = {key(one) for one in (kept or form.unfolded.occurrences)}
        nothing_kept = action in {"publish", "draft"}
        page |= {"facts": form.facts(rows), "chosen": chosen, "nothing_kept": nothing_kept}
        return render_template("groups/review.html", **page), 422 if nothing_kept else 200
    state = GroupState.PUBLISHED if action == "publish" else GroupState.DRAFT
    group = groups.add_group(db.session, current_account, period, form.facts(rows), kept, state)
    flash(
        _("Le groupe est publié.") if action == "publish" else _("Le brouillon est enregistré."),
        "done",
    )
    return redirect(url_for("groups.show_group", group_id=group.id), 303)


@blueprint.route("/<int:group_id>/edit", methods=["GET", "POST"])
@allowed(Role.PARTNER)
def edit_group(group_id: int) -> ResponseReturnValue:
    group = _load_open(group_id)
    form = GroupFactsForm(data=stated(group))
    rows = offer_rows(form, group)
    if form.validate_on_submit():
        try:
            groups.edit_group(db.session, current_account, group, form.facts(rows))
        except groups.CapacityUnderTakenError as error:
            form.refuse_capacity(error.taken)
        else:
            flash(_("Le groupe est modifié."), "done")
            return redirect(url_for("groups.show_group", group_id=group.id), 303)
    page = render_template("groups/edit.html", form=form, group=group)
    return page, 422 if form.errors else 200


@blueprint.post("/<int:group_id>/publish")
@allowed(Role.PARTNER)
def publish_draft(group_id: int) -> ResponseReturnValue:
    group = _load_open(group_id)
    try:
        groups.publish_draft(db.session, current_account, group)
    except DatesError as error:
        for fault in error.faults:
            flash(fault_text(fault), "error")
    else:
        flash(_("Le groupe est publié."), "done")
    return redirect(url_for("groups.show_group", group_id=group.id), 303)


@blueprint.route("/<int:group_id>/cancel", methods=["GET", "POST"])
@allowed(Role.PARTNER)
def cancel_group(group_id: int) -> ResponseReturnValue:
    """Say what happens to the people enrolled, ask for the reason, then call the group off."""
    group = _load_open(group_id)
    form = ReasonForm()
    if form.validate_on_submit():
        num = groups.cancel_group(db.session, current_account, group, form.reason.data)
        text = ngettext("%(num)s place est libérée.", "%(num)s places sont libérées.", num)
        flash(" ".join([_("Le groupe est annulé."), *([text] if num else [])]), "done")
        return redirect(url_for("groups.show_group", group_id=group.id), 303)
    page = render_template("groups/cancel.html", form=form, group=group)
    return page, 422 if form.errors else 200


@blueprint.errorhandler(GroupCancelledError)
def say_cancelled(error: GroupCancelledError) -> ResponseReturnValue:
    """Say that somebody was quicker to call the group off."""
    flash(_("Ce groupe a été annulé entre-temps. Rien n’a changé."), "error")
    return redirect(url_for("groups.show_group", group_id=error.group_id), 303)


def _load_open(group_id: int) -> Group:
    """Return a group that the account may still change; otherwise answer 404."""
    group = load(Group, group_id)
    if not can_edit_group(current_account, group) or group.state == GroupState.CANCELLED:
        abort(404)
    return group


def _period_at_hand() -> Period | None:
    """Return the period that a form was written for, or the one chosen in this browser."""
    if "period_id" in request.form:
        return load(Period, request.form.get("period_id", 0, type=int))
    return current_period()


def _count(rows: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0


def _page(num_rows: int) -> tuple[int, int]:
    pages = max(1, -(-num_rows // ROWS_A_PAGE))
    return min(max(1, request.args.get("page", 1, type=int)), pages), pages


def _coming(group: Group, today: date) -> list[Slot]:
    """Return the slots of a published group that take place from today on."""
    if group.state != GroupState.PUBLISHED:
        return []
    return [
        slot
        for slot in group.slots
        if slot.cancelled_because is None and slot.local_start.date() >= today
    ]


def _urgency(group: Group, today: date) -> tuple[Any, ...]:
    """Sort by what comes next; what is over or called off stands last."""
    coming = [slot.local_start for slot in group.slots if slot.local_start.date() >= today]
    is_over = group.state == GroupState.CANCELLED or not coming
    return (is_over, coming[0].isoformat() if coming else "", group.name, group.id)


def _first_shown(own: Any, today: date) -> date:
    """Return today, or the first day with a slot while none has taken place yet."""
    first = min((slot.local_start.date() for group in own for slot in group.slots), default=today)
    return max(first, today)


def _in_calendar(slot: Slot, week: Any) -> bool:
    return (
        slot.group.state != GroupState.CANCELLED
        and week.monday <= slot.local_start.date() <= week.sunday
    )


def _most_at_once(slots: list[Slot]) -> int:
    """Return how many sessions run at the same time at most."""
    return max(
        (sum(other.starts_at <= one.starts_at < other.ends_at for other in slots) for one in slots),
        default=0,
    )


def _in_week(slot: Slot) -> dict[str, Any]:
    """Return a slot as the week calendar takes it."""
    group = slot.group
    note = [ngettext("%(num)s personne", "%(num)s personnes", group.taken)]
    if group.venue:
        note.append(group.venue.name)
    return {
        "starts_at": slot.local_start,
        "ends_at": slot.local_end,
        "title": title_of(group),
        "note": slot.cancelled_because or ", ".join(note),
        "url": url_for("groups.show_group", group_id=group.id),
        "state": "cancelled" if slot.cancelled_because else group.state.value,
    }


def _following(own: Any, today: date) -> Slot | None:
    coming = [slot for group in own for slot in _coming(group, today)]
    return min(coming, key=lambda slot: slot.starts_at, default=None)


def _todo(own: Any, today: date) -> dict[str, list[Group]]:
    """Return the drafts, and the groups that begin soon with fewer people than their minimum."""
    soon = [
        group
        for group in own
        if group.taken < group.min_size
        and any(slot.local_start.date() <= today + SOON for slot in _coming(group, today)[:1])
    ]
    drafts = [group for group in own if group.state == GroupState.DRAFT]
    return {"drafts": drafts, "under_minimum": soon}
