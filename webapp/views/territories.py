from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.extensions import db
from webapp.forms.territory import NewTerritoryForm, PeriodForm, TerritoryForm
from webapp.models import Role, Territory
from webapp.permissions import can_administer_territory, scoped
from webapp.services import territories
from webapp.views.access import allowed, current_account, load

blueprint = Blueprint("territories", __name__, url_prefix="/territories")


@blueprint.get("")
@allowed(Role.ADMIN)
def list_territories() -> ResponseReturnValue:
    rows = db.session.scalars(scoped(current_account, Territory).order_by(Territory.path)).all()
    own = [row for row in rows if can_administer_territory(current_account, row)]
    own.sort(key=lambda row: [int(part) for part in row.path.split("/") if part])
    return render_template("territories/list.html", territories=own)


@blueprint.route("/<int:territory_id>", methods=["GET", "POST"])
@allowed(Role.ADMIN)
def edit_territory(territory_id: int) -> ResponseReturnValue:
    territory = _administered(territory_id)
    form = TerritoryForm(obj=territory)
    if form.validate_on_submit():
        territories.change_territory(
            db.session,
            current_account,
            territory,
            form.name.data,
            form.names_in_feeds.data,
            form.country.data,
            form.region.data,
        )
        flash(_("Le territoire est modifié."), "done")
        return redirect(url_for("territories.list_territories"), 303)
    return _page(form, _("Modifier %(name)s", name=territory.name), "", _("Enregistrer"))


@blueprint.route("/<int:territory_id>/new", methods=["GET", "POST"])
@allowed(Role.ADMIN)
def new_territory(territory_id: int) -> ResponseReturnValue:
    parent = _administered(territory_id)
    form = NewTerritoryForm()
    if form.validate_on_submit():
        territories.add_territory(db.session, current_account, parent, form.name.data)
        flash(_("Le territoire est ajouté."), "done")
        return redirect(url_for("territories.list_territories"), 303)
    lede = _("Sous %(name)s.", name=parent.name)
    return _page(form, _("Ajouter un territoire"), lede, _("Ajouter le territoire"))


@blueprint.route("/<int:territory_id>/periods/new", methods=["GET", "POST"])
@allowed(Role.ADMIN)
def new_period(territory_id: int) -> ResponseReturnValue:
    territory = _administered(territory_id)
    form = PeriodForm()
    if form.validate_on_submit():
        territories.add_period(
            db.session,
            current_account,
            territory,
            form.name.data,
            form.starts_on.data,
            form.ends_on.data,
            form.num_answer_days.data,
        )
        flash(_("La période est ouverte."), "done")
        return redirect(url_for("territories.list_territories"), 303)
    lede = _("Elle vaut pour %(name)s et tout ce qui est en dessous.", name=territory.name)
    return _page(form, _("Ouvrir une période"), lede, _("Ouvrir la période"))


def _administered(territory_id: int) -> Territory:
    territory = load(Territory, territory_id)
    if not can_administer_territory(current_account, territory):
        abort(404)
    return territory


def _page(
    form: NewTerritoryForm | PeriodForm, title: str, lede: str, verb: str
) -> ResponseReturnValue:
    page = render_template("territories/form.html", form=form, title=title, lede=lede, verb=verb)
    return page, 422 if form.errors else 200
