"""What every signed-in page shows around its own content: navigation, period, account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from webapp import clock
from webapp.extensions import db
from webapp.models import Period, Role
from webapp.permissions import scoped
from webapp.services import caseloads
from webapp.views.access import current_account


@dataclass(frozen=True, slots=True)
class Entry:
    label: str
    endpoint: str
    icon: str
    badge: int | None = None
    section: str | None = None

    @property
    def url(self) -> str:
        return url_for(self.endpoint)

    @property
    def is_current(self) -> bool:
        return request.endpoint == self.endpoint


def current_period() -> Period | None:
    """Return the period chosen in this browser, else the running or next one, else the last."""
    periods = db.session.scalars(
        scoped(current_account, Period).order_by(Period.starts_on, Period.id)
    ).all()
    chosen = session.get("period_id")
    for period in periods:
        if period.id == chosen:
            return period
    for period in periods:
        if period.ends_on >= clock.today(period.territory.timezone):
            return period
    return periods[-1] if periods else None


def role_label(role: Role) -> str:
    labels: dict[Role, str] = {
        Role.COORDINATOR: _("Coordination"),
        Role.PARTNER: _("Association partenaire"),
        Role.WORKER: _("Référent·e"),
        Role.COACH: _("Job coach"),
        Role.ADMIN: _("Administration"),
    }
    return labels[role]


def navigation(role: Role) -> list[Entry]:
    """Return the pages of a role, those that are installed; the first is its first page."""
    return [entry for entry in _pages(role) if entry.endpoint in current_app.view_functions]


def _pages(role: Role) -> list[Entry]:
    to_answer = _num_to_answer() if role == Role.WORKER else None
    feeds = Entry(_("Flux calendrier"), "feeds.list_feeds", "rss")
    pages: dict[Role, list[Entry]] = {
        Role.COORDINATOR: [
            Entry(_("À traiter"), "coordination.overview", "checkbox"),
            Entry(_("Planifications"), "plans.list_plans", "route"),
            Entry(_("Participant·es"), "participants.list_participants", "users"),
            Entry(_("Partenaires"), "partners.list_partners", "building-community"),
        ],
        Role.PARTNER: [
            Entry(_("Groupes et séances"), "groups.list_groups", "calendar"),
            feeds,
            Entry(_("Lieux"), "venues.list_venues", "map-pin", section=_("Mon association")),
        ],
        Role.WORKER: [
            Entry(_("Mes participant·es"), "caseload.overview", "users", to_answer),
            Entry(_("Orienter"), "participants.new_participant", "compass"),
            Entry(_("Offre de mesures"), "offer.list_offer", "search"),
            feeds,
        ],
        Role.COACH: [
            Entry(_("Mes visites"), "visits.overview", "calendar"),
            feeds,
        ],
        Role.ADMIN: [
            Entry(_("Comptes"), "accounts.list_accounts", "users"),
            Entry(_("Territoires"), "territories.list_territories", "map-pin"),
            Entry(_("Journal"), "audits.list_entries", "list-check"),
        ],
    }
    return pages[role]


def _num_to_answer() -> int | None:
    """Proposals that wait for the worker; None for no badge."""
    period = current_period()
    return caseloads.count_to_answer(db.session, current_account, period) if period else None


def init_app(app: Flask) -> None:
    @app.context_processor
    def shell() -> dict[str, Any]:
        if not current_user.is_authenticated:
            return {}
        return {
            "current_account": current_account,
            "role_label": role_label(current_account.role),
            "navigation": navigation(current_account.role),
            "current_period": current_period(),
            "periods": db.session.scalars(
                scoped(current_account, Period).order_by(Period.starts_on)
            ).all(),
        }
