from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from webapp.extensions import db
from webapp.models import AuditEntry, Role
from webapp.permissions import scoped
from webapp.services import audits
from webapp.views.access import allowed, current_account

blueprint = Blueprint("audits", __name__, url_prefix="/audit")
PER_PAGE = 50


@blueprint.get("")
@allowed(Role.ADMIN)
def list_entries() -> ResponseReturnValue:
    rows = (
        scoped(current_account, AuditEntry)
        .options(joinedload(AuditEntry.account))
        .order_by(AuditEntry.id.desc())
    )
    page = db.paginate(rows, per_page=PER_PAGE, error_out=False)
    return render_template(
        "audits/list.html",
        page=page,
        zone=ZoneInfo(current_account.territory.timezone),
        words=_words(),
    )


@blueprint.post("/verify")
@allowed(Role.ADMIN)
def verify_chain() -> ResponseReturnValue:
    """Recompute every link: too long for each look at the page."""
    broken = audits.first_broken(db.session)
    if broken is None:
        flash(_("Le journal est intact : chaque entrée tient à la précédente."), "done")
    else:
        flash(_("Le journal a été touché à l’entrée %(number)s.", number=broken.id), "error")
    return redirect(url_for("audits.list_entries"), 303)


def _words() -> dict[str, str]:
    """What was done, and to what, in words; what has none is shown as it is written."""
    return {
        "accept": _("accepte"),
        "accept_group": _("accepte le groupe"),
        "add": _("ajoute"),
        "add_slots": _("ajoute des séances"),
        "cancel": _("annule"),
        "change": _("modifie"),
        "close": _("clôt"),
        "create": _("crée"),
        "decide": _("décide"),
        "decline": _("décline"),
        "disable": _("désactive"),
        "draft": _("garde en brouillon"),
        "edit": _("modifie"),
        "enable": _("réactive"),
        "enrol": _("inscrit"),
        "hand_over": _("confie à quelqu’un d’autre"),
        "load_problem": _("charge"),
        "make_feed": _("crée"),
        "move": _("déplace"),
        "publish": _("publie"),
        "remove": _("enlève"),
        "renew_password": _("renouvelle le mot de passe"),
        "reopen": _("rouvre"),
        "restore": _("rétablit"),
        "revoke_feed": _("révoque"),
        "sign_in": _("se connecte"),
        "sign_out": _("se déconnecte"),
        "solve": _("termine"),
        "start": _("lance"),
        "stop": _("arrête"),
        "update": _("modifie"),
        "wait": _("met en attente"),
        "withdraw": _("retire"),
        "account": _("compte"),
        "enrolment": _("inscription"),
        "feed": _("flux calendrier"),
        "group": _("groupe"),
        "participant": _("participant·e"),
        "pin": _("épingle"),
        "period": _("période"),
        "plan": _("planification"),
        "proposal": _("proposition"),
        "referral": _("orientation"),
        "slot": _("séance"),
        "territory": _("territoire"),
        "venue": _("lieu"),
        "group_id": _("groupe"),
        "plan_id": _("planification"),
        "from_id": _("de compte"),
        "to_id": _("à compte"),
        "role": _("rôle"),
        "status": _("résultat"),
        "decision": _("décision"),
        "failure": _("échec"),
        "scope": _("portée"),
        "count": _("nombre"),
        "num_slots": _("séances"),
        "num_enrolments": _("inscriptions"),
        "num_proposed": _("proposées"),
        "num_withdrawn": _("retirées"),
        "optimal": _("optimal"),
        "feasible": _("sans preuve complète"),
        "infeasible": _("impossible"),
        "accepted": _("acceptée"),
        "pinned": _("épinglée"),
        "ruled_out": _("écartée"),
    }
