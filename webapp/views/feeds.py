"""The page on which everybody makes and revokes calendar feeds."""

from __future__ import annotations

import segno
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from webapp.extensions import db
from webapp.forms.feed import FeedForm
from webapp.models import Feed, FeedScope, Participant, Role, Venue
from webapp.permissions import FEED_SCOPES, scoped
from webapp.services import feeds
from webapp.views.access import allowed, current_account, load
from webapp.views.feed_cards import card, scope_label

blueprint = Blueprint("feeds", __name__, url_prefix="/feeds")


@blueprint.get("")
@allowed(*FEED_SCOPES)
def list_feeds() -> ResponseReturnValue:
    """Show the feeds; ``?participant=ID`` prepares one for a participant."""
    form = _form()
    participant_id = request.args.get("participant", type=int)
    if participant_id is not None and current_account.role is Role.WORKER:
        form.follows.data = _key(load(Participant, participant_id))
    return _page(form)


@blueprint.post("")
@allowed(*FEED_SCOPES)
def make_feed() -> ResponseReturnValue:
    """Make a feed and show its address, this once: in this answer, and never in a link."""
    form = _form()
    if not form.validate():
        return _page(form), 422
    scope, _dash, row_id = form.follows.data.partition("-")
    try:
        feed, token = feeds.make_feed(
            db.session,
            current_account,
            form.label.data.strip(),
            FeedScope(scope),
            participant=load(Participant, int(row_id)) if scope == "participant" else None,
            venue=load(Venue, int(row_id)) if scope == "venue" else None,
            shows_names=bool("shows_names" in form and form.shows_names.data),
        )
    except feeds.TooManyFeedsError as error:
        form.label.errors = [
            _("Vous avez déjà %(most)s flux. Révoquez-en un d’abord.", most=error.most)
        ]
        return _page(form), 422
    path = url_for("feed_files.read_feed", token=token)
    address = (current_app.config["PUBLIC_URL"] or request.url_root).rstrip("/") + path
    webcal = "webcal://" + address.partition("://")[2]
    return _page(_empty_form(), made=feed, address=address, webcal=webcal, qr=_qr(webcal)), 201


@blueprint.post("/<int:feed_id>/revoke")
@allowed(*FEED_SCOPES)
def revoke_feed(feed_id: int) -> ResponseReturnValue:
    feed = load(Feed, feed_id)
    feeds.revoke_feed(db.session, current_account, feed)
    flash(_("« %(label)s » est révoqué : son agenda se vide.", label=feed.label), "done")
    return redirect(url_for("feeds.list_feeds"), 303)


def _page(form: FeedForm, **made: object) -> str:
    reference = request.args.get("reference", "").strip().upper()
    followed = feeds.find_followed(db.session, current_account)
    return render_template(
        "feeds/list.html",
        form=form,
        cards=[card(feed, followed) for feed in feeds.find_feeds(db.session, current_account)],
        reference=reference,
        found=feeds.find_called(db.session, current_account, reference) if reference else [],
        **{"made": None} | made,
    )


def _form() -> FeedForm:
    return _with_choices(FeedForm())


def _empty_form() -> FeedForm:
    return _with_choices(FeedForm(formdata=None))


def _with_choices(form: FeedForm) -> FeedForm:
    choices = []
    for scope in FEED_SCOPES[current_account.role]:
        if scope is FeedScope.PARTICIPANT:
            people = scoped(current_account, Participant).order_by(
                Participant.first_name, Participant.last_name, Participant.id
            )
            choices += [
                (
                    _key(person),
                    _(
                        "%(name)s, réf. %(reference)s",
                        name=person.short_name,
                        reference=person.reference,
                    ),
                )
                for person in db.session.scalars(people)
            ]
        elif scope is FeedScope.VENUE:
            venues = scoped(current_account, Venue).order_by(Venue.name, Venue.id)
            choices += [(_key(venue), venue.name) for venue in db.session.scalars(venues)]
        else:
            choices.append((scope.value, scope_label(scope)))
    form.follows.choices = choices
    names_people = current_account.role is not Role.PARTNER
    if not (names_people and current_account.territory.names_in_feeds):
        del form.shows_names
    return form


def _key(row: Participant | Venue) -> str:
    return f"{type(row).__name__.lower()}-{row.id}"


def _qr(address: str) -> Markup:
    """Return the address as an inline SVG without any style, for telephones to scan."""
    code = segno.make_qr(address, error="m")
    drawn = code.svg_inline(
        svgclass="cr-qr", lineclass=None, omitsize=True, title=_("Code QR de l’adresse du flux")
    )
    return Markup(drawn.replace("<svg ", '<svg role="img" ', 1))  # noqa: S704 - drawn by segno
