"""Which part of the own territory a page speaks of."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, request

from webapp.extensions import db
from webapp.models import Period, Territory
from webapp.permissions import can_plan_territory, scoped
from webapp.views.access import current_account


def territories_of(period: Period) -> Sequence[Territory]:
    """Return the territories of a period that the account plans, from the top down."""
    top = max(period.territory.path, current_account.territory.path, key=len)
    rows = scoped(current_account, Territory).where(Territory.path.startswith(top))
    return db.session.scalars(rows.order_by(Territory.path)).all()


def chosen_territory(period: Period) -> Territory:
    """Return the territory that ``territory_id`` names, else the widest; 404 out of reach."""
    choices = territories_of(period)
    asked = request.values.get("territory_id", type=int)
    found = [
        territory
        for territory in choices
        if asked in {None, territory.id} and can_plan_territory(current_account, territory)
    ]
    if not found:
        abort(404)
    return found[0]
