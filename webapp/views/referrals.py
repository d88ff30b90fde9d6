"""What a participant asks for in the current period: written down, closed, opened again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.extensions import db
from webapp.forms.referral import ReferralForm
from webapp.models import Participant, Referral, Role, Tag, TagKind
from webapp.permissions import can_settle_participant, scoped
from webapp.services import referrals
from webapp.services.referrals import ReferralFacts
from webapp.views.access import allowed, current_account, load
from webapp.views.locale import name_of
from webapp.views.shell import current_period
from webapp.views.timetables import weekday_name
from webapp.views.wishes import Offer, target_of, value_of

blueprint = Blueprint("referrals", __name__, url_prefix="/participants")


@blueprint.route("/<int:participant_id>/referral", methods=["GET", "POST"])
@allowed(Role.COORDINATOR, Role.WORKER)
def edit_referral(participant_id: int) -> ResponseReturnValue:
    """Show and save the form; its small buttons change lines and save nothing."""
    participant = load(Participant, participant_id)
    period = current_period()
    if period is None:
        return render_template("referral/no_period.html", participant=participant)
    referral = referrals.find_referral(db.session, participant, period)
    offer = Offer(period, referral)
    form = _form(participant, referral, offer)
    is_answer = request.method == "POST" and not _changes_lines(form)
    if is_answer and form.validate():
        referrals.save_referral(db.session, current_account, participant, period, _facts(form))
        flash(_("L’orientation est enregistrée."), "done")
        return redirect(_page_of(participant_id), 303)
    _offer_choices(form, offer)
    page = render_template(
        "referral/edit.html",
        form=form,
        participant=participant,
        period=period,
        wishes=_described(form, offer),
        openings=offer.openings(participant, _facts(form)),
    )
    return page, 422 if form.errors else 200


@blueprint.post("/<int:participant_id>/referral/preview")
@allowed(Role.COORDINATOR, Role.WORKER)
def preview(participant_id: int) -> ResponseReturnValue:
    """Return what the choices made so far open; nothing is saved."""
    participant = load(Participant, participant_id)
    period = current_period()
    if period is None:
        abort(404)
    offer = Offer(period, referrals.find_referral(db.session, participant, period))
    form = _form(participant, None, offer)
    openings = offer.openings(participant, _facts(form))
    return render_template("referral/_openings.html", openings=openings)


@blueprint.post("/<int:participant_id>/referral/close")
@allowed(Role.COORDINATOR, Role.WORKER)
def close(participant_id: int) -> ResponseReturnValue:
    referrals.close_referral(db.session, current_account, _existing(participant_id))
    flash(_("L’orientation est close."), "done")
    return redirect(_page_of(participant_id), 303)


@blueprint.post("/<int:participant_id>/referral/reopen")
@allowed(Role.COORDINATOR, Role.WORKER)
def reopen(participant_id: int) -> ResponseReturnValue:
    referrals.reopen_referral(db.session, current_account, _existing(participant_id))
    flash(_("L’orientation est rouverte."), "done")
    return redirect(_page_of(participant_id), 303)


def _page_of(participant_id: int) -> str:
    return url_for("participants.show_participant", participant_id=participant_id)


def _existing(participant_id: int) -> Referral:
    participant = load(Participant, participant_id)
    period = current_period()
    referral = referrals.find_referral(db.session, participant, period) if period else None
    if referral is None:
        abort(404)
    return referral


def _form(participant: Participant, referral: Referral | None, offer: Offer) -> ReferralForm:
    """Return the form as stored or as posted, with its choices; a wish asked for is added."""
    form = ReferralForm(data=_stated(referral))
    if not can_settle_participant(current_account, participant):
        del form.weight
    if request.method == "GET":
        if referral is not None and not referral.is_always_available:
            rows = referral.windows
            form.set_spans([(row.weekday, row.start_minute, row.end_minute) for row in rows])
        if not form.absences.entries:
            form.absences.append_entry()
        form.new_wish.data = request.args.get("wish", "")
    known = offer.values()
    chosen = list(form.wishes.data or [])
    if form.new_wish.data in known and form.new_wish.data not in chosen:
        form.wishes.data = [*chosen, form.new_wish.data]
    if form.new_wish.data in known:
        form.new_wish.data = ""
    _offer_choices(form, offer)
    return form


def _offer_choices(form: ReferralForm, offer: Offer) -> None:
    tags = db.session.scalars(scoped(current_account, Tag)).all()
    needs, skills = (
        {str(tag.id): name_of(tag) for tag in sorted(tags, key=name_of) if tag.kind == kind}
        for kind in (TagKind.NEED, TagKind.SKILL)
    )
    days = {str(number): weekday_name(number) for number in range(7)}
    form.offer(offer.choices(), days, needs, skills)


def _changes_lines(form: ReferralForm) -> bool:
    """Add, move or take away a line, where the page cannot do so by itself."""
    wishes = list(form.wishes.data or [])
    pressed = request.form
    if "window_add" in pressed:
        form.windows.append_entry()
    elif "absence_add" in pressed:
        form.absences.append_entry()
    elif pressed.get("wish_remove") in wishes:
        wishes.remove(pressed["wish_remove"])
    elif pressed.get("wish_up") in wishes[1:]:
        _swap(wishes, wishes.index(pressed["wish_up"]) - 1)
    elif pressed.get("wish_down") in wishes[:-1]:
        _swap(wishes, wishes.index(pressed["wish_down"]))
    elif "wish_add" not in pressed:
        return False
    form.wishes.data = wishes
    return True


def _swap(wishes: list[str], index: int) -> None:
    wishes[index], wishes[index + 1] = wishes[index + 1], wishes[index]


def _described(form: ReferralForm, offer: Offer) -> list[dict[str, str]]:
    known = offer.values()
    wishes = [value for value in form.wishes.data or [] if value in known]
    return [{"value": value} | offer.described(value) for value in wishes]


def _stated(referral: Referral | None) -> dict[str, Any]:
    if referral is None:
        return {"weight": 1}
    minutes = referral.max_minutes_per_week
    return {
        "wishes": [value_of(wish.measure_id, wish.group_id) for wish in referral.wishes],
        "availability": "always" if referral.is_always_available else "windows",
        "absences": [
            {"from_on": row.from_on, "until_on": row.until_on} for row in referral.absences
        ],
        "needs": [str(tag.id) for tag in referral.needs],
        "coach_skills": [str(tag.id) for tag in referral.coach_skills],
        "max_travel_minutes": referral.max_travel_minutes,
        "max_groups": referral.max_groups,
        "max_hours_per_week": None if minutes is None else round(Decimal(minutes) / 60, 2),
        "weight": referral.weight,
    }


def _facts(form: ReferralForm) -> ReferralFacts:
    """Return what the form says so far; what cannot be read yet counts as not said."""
    tags = {str(tag.id): tag for tag in db.session.scalars(scoped(current_account, Tag))}
    hours = form.max_hours_per_week.data
    absences = [(line.form.from_on.data, line.form.until_on.data) for line in form.absences]
    return ReferralFacts(
        wishes=tuple(
            target_of(value) for value in form.wishes.data or [] if value in form.wishes.choices
        ),
        spans=tuple(form.spans) if form.availability.data == "windows" else None,
        absences=tuple(sorted((first, last) for first, last in absences if first and last)),
        needs=tuple(tags[key] for key in form.needs.data or [] if key in tags),
        coach_skills=tuple(tags[key] for key in form.coach_skills.data or [] if key in tags),
        max_groups=form.max_groups.data if form.max_groups.data is not None else 1,
        max_travel_minutes=form.max_travel_minutes.data,
        max_minutes_per_week=None if hours is None else round(hours * 60),
        weight=form.weight.data if "weight" in form else None,
    )
