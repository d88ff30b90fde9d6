"""The answers to a proposal, and places given back or given at once."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.extensions import db
from webapp.models import DeclineReason, Enrolment, EnrolmentStatus, Group, Participant, Role
from webapp.services import enrolments, offers
from webapp.services.places import GroupFullError
from webapp.views import caseload, fits
from webapp.views.access import allowed, current_account, load

blueprint = Blueprint("enrolments", __name__, url_prefix="/enrolments")


@blueprint.post("/<int:enrolment_id>/answer")
@allowed(Role.WORKER)
def answer(enrolment_id: int) -> ResponseReturnValue:
    """Accept, or decline for a reason."""
    enrolment = load(Enrolment, enrolment_id)
    reference = enrolment.participant.reference
    try:
        if request.form.get("answer") == "accept":
            enrolments.accept_proposal(db.session, current_account, enrolment)
            flash(_("La place est confirmée, réf. %(reference)s.", reference=reference), "done")
        else:
            reason = request.form.get("reason", "")
            if reason not in set(DeclineReason):
                error = _("Choisissez une raison, puis déclinez.")
                return caseload.render_overview(unanswered=enrolment, error=error)
            enrolments.decline_proposal(
                db.session, current_account, enrolment, DeclineReason(reason)
            )
            flash(
                _(
                    "La proposition est déclinée, réf. %(reference)s. "
                    "La place est libre pour une autre personne.",
                    reference=reference,
                ),
                "done",
            )
    except GroupFullError:
        return redirect(url_for("enrolments.show_full", enrolment_id=enrolment_id), 303)
    except enrolments.NotOpenError:
        flash(_("Cette proposition a déjà reçu une réponse."), "notice")
    except enrolments.GroupNotOpenError:
        flash(_("Ce groupe a été annulé entre-temps. Rien n’a changé."), "error")
    return redirect(url_for("caseload.overview"), 303)


@blueprint.get("/<int:enrolment_id>/full")
@allowed(Role.WORKER)
def show_full(enrolment_id: int) -> ResponseReturnValue:
    """Say kindly that the last place has just gone, and what is near."""
    enrolment = load(Enrolment, enrolment_id)
    if enrolment.status != EnrolmentStatus.WAITING:
        return redirect(url_for("caseload.overview"))
    near = offers.near_groups(db.session, current_account, enrolment)
    return render_template(
        "enrolment/full.html",
        enrolment=enrolment,
        near=[
            (each.group, fits.about(each.fit, enrolment.participant, each.group)) for each in near
        ],
        lede=_lede(len(near)),
    )


@blueprint.post("/<int:enrolment_id>/withdraw")
@allowed(Role.WORKER, Role.COORDINATOR)
def withdraw(enrolment_id: int) -> ResponseReturnValue:
    """Give a place back."""
    enrolment = load(Enrolment, enrolment_id)
    try:
        enrolments.withdraw_enrolment(db.session, current_account, enrolment)
        flash(_("L’inscription est retirée, la place est libre."), "done")
    except enrolments.NotOpenError:
        flash(_("Cette inscription était déjà close."), "notice")
    return redirect(
        url_for("participants.show_participant", participant_id=enrolment.participant_id), 303
    )


@blueprint.post("/of/<int:participant_id>")
@allowed(Role.COORDINATOR)
def enrol(participant_id: int) -> ResponseReturnValue:
    """Give a place at once, outside any plan."""
    participant = load(Participant, participant_id)
    group = load(Group, request.form.get("group_id", 0, type=int))
    try:
        enrolments.enrol(db.session, current_account, participant, group)
        flash(_("La personne est inscrite, réf. %(ref)s.", ref=participant.reference), "done")
    except GroupFullError:
        flash(_("Ce groupe vient de se remplir. Choisissez-en un autre."), "error")
    except enrolments.AlreadyEnrolledError:
        flash(_("Cette personne est déjà dans ce groupe."), "notice")
    except enrolments.GroupNotOpenError:
        flash(_("Ce groupe n’est pas ouvert aux inscriptions."), "error")
    return redirect(url_for("participants.show_participant", participant_id=participant_id), 303)


def _lede(num_near: int) -> str:
    if not num_near:
        return str(_("Aucun groupe proche n’a encore de place pour cette personne."))
    return str(
        ngettext(
            "Un groupe proche en a encore.",
            "%(num)s groupes proches en ont encore.",
            num_near,
        )
    )
