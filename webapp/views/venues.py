from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func

from webapp.extensions import db
from webapp.forms.venue import VenueForm
from webapp.models import Group, GroupState, Role, Venue
from webapp.permissions import can_edit_venue, scoped
from webapp.services import venues
from webapp.services.venues import VenueFacts
from webapp.views.access import allowed, current_account, load

blueprint = Blueprint("venues", __name__, url_prefix="/venues")


@blueprint.get("")
@allowed(Role.PARTNER)
def list_venues() -> ResponseReturnValue:
    rows = db.session.scalars(scoped(current_account, Venue).order_by(Venue.name, Venue.id)).all()
    counts = (
        scoped(current_account, Group)
        .where(Group.state == GroupState.PUBLISHED)
        .with_only_columns(Group.venue_id, func.count())
        .group_by(Group.venue_id)
    )
    return render_template(
        "venues/list.html",
        own=[row for row in rows if can_edit_venue(current_account, row)],
        shared=[row for row in rows if not can_edit_venue(current_account, row)],
        num_groups={row[0]: row[1] for row in db.session.execute(counts)},
    )


@blueprint.route("/new", methods=["GET", "POST"])
@allowed(Role.PARTNER)
def new_venue() -> ResponseReturnValue:
    form = VenueForm()
    if form.validate_on_submit():
        venues.add_venue(db.session, current_account, _facts(form))
        flash(_("Le lieu est ajouté."), "done")
        return redirect(url_for("venues.list_venues"), 303)
    return _page(form, _("Ajouter un lieu"))


@blueprint.route("/<int:venue_id>/edit", methods=["GET", "POST"])
@allowed(Role.PARTNER)
def edit_venue(venue_id: int) -> ResponseReturnValue:
    venue = load(Venue, venue_id)
    if not can_edit_venue(current_account, venue):
        abort(404)
    form = VenueForm(obj=venue)
    if form.validate_on_submit():
        venues.edit_venue(db.session, current_account, venue, _facts(form))
        flash(_("Le lieu est modifié."), "done")
        return redirect(url_for("venues.list_venues"), 303)
    return _page(form, _("Modifier le lieu"))


def _page(form: VenueForm, title: str) -> ResponseReturnValue:
    return render_template("venues/edit.html", form=form, title=title), 422 if form.errors else 200


def _facts(form: VenueForm) -> VenueFacts:
    lat, lon = (None if field.data is None else float(field.data) for field in (form.lat, form.lon))
    return VenueFacts(
        name=form.name.data,
        address=form.address.data or "",
        lat=lat,
        lon=lon,
        is_discreet=form.is_discreet.data,
    )
