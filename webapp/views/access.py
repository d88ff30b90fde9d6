"""Denied by default: a view says who may come; the rest get 404, the anonymous the sign-in page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.local import LocalProxy

from webapp.extensions import db
from webapp.models import Account, Role
from webapp.permissions import scoped

View = TypeVar("View", bound=Callable[..., Any])
Row = TypeVar("Row")

current_account: Account = cast("Account", LocalProxy(lambda: current_user._get_current_object()))


def public(view: View) -> View:
    """Mark a view that needs no sign-in."""
    view.allowed_roles = None  # type: ignore[attr-defined]  # read back by check()
    return view


def allowed(*roles: Role) -> Callable[[View], View]:
    """Mark a view that accounts of these roles may use; without any, every account may."""

    def mark(view: View) -> View:
        view.allowed_roles = frozenset(roles or Role)  # type: ignore[attr-defined]  # as above
        return view

    return mark


def check() -> ResponseReturnValue | None:
    """Run before each request."""
    if request.endpoint is None or request.endpoint == "static":
        return None
    view = current_app.view_functions[request.endpoint]
    roles: frozenset[Role] | None = getattr(view, "allowed_roles", frozenset())
    if roles is None:
        return None
    if not current_user.is_authenticated:
        back = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("sign_in.sign_in", next=back))
    if current_account.role not in roles:
        abort(404)
    return None


def load(model: type[Row], row_id: int) -> Row:
    """Return the row with this id if the account may see it; otherwise answer 404."""
    rows = scoped(current_account, model).where(model.id == row_id)  # type: ignore[attr-defined]  # every model has one
    row = db.session.scalars(rows).one_or_none()
    if row is None:
        abort(404)
    return row
