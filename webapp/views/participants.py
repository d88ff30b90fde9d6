"""The people: found, added, shown, changed, handed over."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from webapp import clock
from webapp.extensions import db
from webapp.forms.participant import EXACT, ParticipantForm
from webapp.models import (
    PLACED,
    Enrolment,
    Group,
    Participant,
    Period,
    ReferralStatus,
    Role,
    Tag,
    TagKind,
    Venue,
)
from webapp.permissions import can_answer_enrolment, can_settle_participant, scoped
from webapp.services import caseloads, participants, referrals
from webapp.services.offers import published
from webapp.services.participants import CertificateFacts, ParticipantFacts
from webapp.views import answers
from webapp.views.access import allowed, current_account, load
from webapp.views.locale import capital, name_of
from webapp.views.shell import current_period
from webapp.views.timetables import minute_of_day, weekday_name

blueprint = Blueprint("participants", __name__, url_prefix="/participants")


@blueprint.get("")
@allowed(Role.COORDINATOR, Role.WORKER)
def list_participants() -> ResponseReturnValue:
    return _list("", _status(request.args.get("status")), request.args.get("page", 1, type=int))


@blueprint.post("/search")
@allowed(Role.COORDINATOR, Role.WORKER)
def search() -> ResponseReturnValue:
    """Answer with the page itself: what was searched for never stands in an address."""
    form = request.form
    return _list(form.get("text", ""), _status(form.get("status")), form.get("page", 1, type=int))


def _status(code: str | None) -> ReferralStatus | None:
    return ReferralStatus(code) if code in set(ReferralStatus) else None


def _list(text: str, status: ReferralStatus | None, page: int) -> ResponseReturnValue:
    period = current_period()
    if period is None:
        return render_template("participant/list.html", found=None, text=text, status=status)
    found = caseloads.find_standings(
        db.session, current_account, period, text=text, status=status, page=page
    )
    return render_template("participant/list.html", found=found, text=text, status=status)


@blueprint.route("/new", methods=["GET", "POST"])
@allowed(Role.WORKER)
def new_participant() -> ResponseReturnValue:
    form = ParticipantForm()
    _offer_choices(form)
    if _changes_lines(form):
        return render_template("participant/edit.html", form=form, participant=None, to_refer=[])
    if form.validate_on_submit():
        participant = participants.create_participant(db.session, current_account, _facts(form))
        flash(_("La personne est ajoutée, réf. %(ref)s.", ref=participant.reference), "done")
        return redirect(url_for("referrals.edit_referral", participant_id=participant.id), 303)
    return render_template(
        "participant/edit.html", form=form, participant=None, to_refer=_to_refer()
    ), 422 if form.errors else 200


@blueprint.route("/<int:participant_id>/edit", methods=["GET", "POST"])
@allowed(Role.COORDINATOR, Role.WORKER)
def edit_participant(participant_id: int) -> ResponseReturnValue:
    participant = load(Participant, participant_id)
    form = ParticipantForm(data=_stated(participant))
    _offer_choices(form)
    if _changes_lines(form):
        return render_template("participant/edit.html", form=form, participant=participant)
    if form.validate_on_submit():
        participants.update_participant(db.session, current_account, participant, _facts(form))
        flash(_("Les informations sont enregistrées."), "done")
        return redirect(_page_of(participant_id), 303)
    return render_template(
        "participant/edit.html", form=form, participant=participant
    ), 422 if form.errors else 200


@blueprint.get("/<int:participant_id>")
@allowed(Role.COORDINATOR, Role.WORKER)
def show_participant(participant_id: int) -> ResponseReturnValue:
    participant = load(Participant, participant_id)
    period = current_period()
    referral = referrals.find_referral(db.session, participant, period) if period else None
    is_settled_here = can_settle_participant(current_account, participant)
    return render_template(
        "participant/show.html",
        participant=participant,
        period=period,
        referral=referral,
        enrolments=_enrolments(participant),
        placed=PLACED,
        reasons=answers.decline_reasons(),
        can_answer=lambda row: can_answer_enrolment(current_account, row),
        open_groups=_open_groups(period) if is_settled_here and period else [],
        workers=participants.workers_for(db.session, current_account) if is_settled_here else [],
        today=clock.today(participant.territory.timezone),
        minute_of_day=minute_of_day,
        weekday_name=weekday_name,
    )


@blueprint.get("/<int:participant_id>/timetable")
@allowed(Role.COORDINATOR, Role.WORKER)
def show_timetable(participant_id: int) -> ResponseReturnValue:
    """A page to print and to give to the person."""
    participant = load(Participant, participant_id)
    enrolments = [row for row in _enrolments(participant) if row.status in PLACED]
    now = clock.now()
    slots = sorted(
        (slot for row in enrolments for slot in row.group.slots if slot.ends_at >= now),
        key=lambda slot: slot.starts_at,
    )
    return render_template(
        "participant/timetable.html",
        participant=participant,
        enrolments=enrolments,
        slots=slots,
        minute_of_day=minute_of_day,
        weekday_name=weekday_name,
    )


@blueprint.post("/<int:participant_id>/hand-over")
@allowed(Role.COORDINATOR)
def hand_over(participant_id: int) -> ResponseReturnValue:
    participant = load(Participant, participant_id)
    worker_id = request.form.get("worker_id", 0, type=int)
    workers = participants.workers_for(db.session, current_account)
    worker = next((each for each in workers if each.id == worker_id), None)
    if worker is None:
        abort(404)
    participants.hand_over(db.session, current_account, participant, worker)
    flash(_("%(worker)s suit désormais cette personne.", worker=worker.display_name), "done")
    return redirect(_page_of(participant_id), 303)


def _page_of(participant_id: int) -> str:
    return url_for("participants.show_participant", participant_id=participant_id)


def _enrolments(participant: Participant) -> Sequence[Enrolment]:
    return db.session.scalars(
        scoped(current_account, Enrolment)
        .where(Enrolment.participant_id == participant.id)
        .options(
            joinedload(Enrolment.group).joinedload(Group.measure),
            joinedload(Enrolment.group).joinedload(Group.venue),
            joinedload(Enrolment.group).joinedload(Group.partner),
            joinedload(Enrolment.group).selectinload(Group.slots),
            joinedload(Enrolment.coach),
        )
        .order_by(Enrolment.proposed_at.desc(), Enrolment.id.desc())
    ).all()


def _open_groups(period: Period) -> Sequence[Group]:
    """Published groups with places, for a coordinator to enrol at once."""
    return db.session.scalars(
        published(current_account, period)
        .where(Group.taken < Group.capacity)
        .options(joinedload(Group.measure))
        .order_by(Group.name, Group.id)
    ).all()


def _to_refer() -> list[caseloads.Standing]:
    """Own participants whose wishes of the period are still to be written down."""
    period = current_period()
    if period is None:
        return []
    return caseloads.find_standings(
        db.session, current_account, period, status=ReferralStatus.TO_REFER, per_page=20
    ).standings


def _venues() -> Sequence[Venue]:
    return db.session.scalars(
        scoped(current_account, Venue).where(Venue.lat.is_not(None)).order_by(Venue.name, Venue.id)
    ).all()


def _offer_choices(form: ParticipantForm) -> None:
    tags = db.session.scalars(scoped(current_account, Tag).where(Tag.kind == TagKind.HOLD))
    form.offer(
        {str(venue.id): venue.name for venue in _venues()},
        {str(tag.id): capital(name_of(tag)) for tag in sorted(tags, key=name_of)},
    )


def _changes_lines(form: ParticipantForm) -> bool:
    """Add or take away a line of certificates, where the page cannot do so by itself."""
    if "certificate_add" in request.form:
        form.certificates.append_entry()
        _offer_choices(form)
        return True
    if "certificate_remove" in request.form:
        index = request.form.get("certificate_remove", -1, type=int)
        if 0 <= index < len(form.certificates.entries):
            form.certificates.entries.pop(index)
        return True
    return False


def _stated(participant: Participant) -> dict[str, object]:
    near = next(
        (str(v.id) for v in _venues() if (v.lat, v.lon) == (participant.lat, participant.lon)),
        EXACT if participant.lat is not None else "",
    )
    return {
        "first_name": participant.first_name,
        "last_name": participant.last_name,
        "near": near,
        "lat": participant.lat if near == EXACT else None,
        "lon": participant.lon if near == EXACT else None,
        "certificates": [
            {
                "tag_id": str(row.tag_id),
                "valid_from": row.valid_from,
                "valid_until": row.valid_until,
            }
            for row in participant.certificates
        ],
    }


def _facts(form: ParticipantForm) -> ParticipantFacts:
    lat = lon = None
    if form.near.data == EXACT:
        if form.lat.data is not None:
            lat, lon = float(form.lat.data), float(form.lon.data)
    elif form.near.data:
        venue = next(venue for venue in _venues() if str(venue.id) == form.near.data)
        lat, lon = venue.lat, venue.lon
    return ParticipantFacts(
        first_name=form.first_name.data,
        last_name=form.last_name.data,
        lat=lat,
        lon=lon,
        certificates=tuple(
            CertificateFacts(
                int(line.form.tag_id.data), line.form.valid_from.data, line.form.valid_until.data
            )
            for line in form.certificates
            if line.form.tag_id.data
        ),
    )
