from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from webapp.extensions import db
from webapp.forms.account import NO_PARTNER, AccountForm, NewAccountForm
from webapp.models import Account, Partner, Role, Territory
from webapp.permissions import can_administer_account, can_administer_territory, scoped
from webapp.services import accounts
from webapp.services.accounts import AccountFacts, EmailTakenError
from webapp.views.access import allowed, current_account, load
from webapp.views.shell import role_label

blueprint = Blueprint("accounts", __name__, url_prefix="/accounts")
PER_PAGE = 40


@blueprint.get("")
@allowed(Role.ADMIN)
def list_accounts() -> ResponseReturnValue:
    rows = scoped(current_account, Account).order_by(
        Account.disabled_at.isnot(None), Account.display_name, Account.id
    )
    page = db.paginate(rows, per_page=PER_PAGE, error_out=False)
    return render_template("accounts/list.html", page=page, label_of=role_label)


@blueprint.route("/new", methods=["GET", "POST"])
@allowed(Role.ADMIN)
def new_account() -> ResponseReturnValue:
    form = NewAccountForm(role=Role.WORKER, territory_id=current_account.territory_id)
    _offer(form)
    if not form.validate_on_submit():
        return _page(form, _("Créer un compte"))
    try:
        account, password = accounts.add_account(
            db.session, current_account, form.email.data, _facts(form)
        )
    except EmailTakenError:
        form.email.errors = [_("Un compte a déjà cette adresse.")]
        return _page(form, _("Créer un compte"))
    return render_template("accounts/password.html", account=account, password=password)


@blueprint.route("/<int:account_id>", methods=["GET", "POST"])
@allowed(Role.ADMIN)
def edit_account(account_id: int) -> ResponseReturnValue:
    account = _other(account_id)
    form = AccountForm(obj=account, partner_id=account.partner_id or NO_PARTNER)
    _offer(form)
    if form.validate_on_submit():
        accounts.change_account(db.session, current_account, account, _facts(form))
        flash(_("Le compte est modifié."), "done")
        return redirect(url_for("accounts.list_accounts"), 303)
    return _page(form, account.display_name, account)


@blueprint.post("/<int:account_id>/disable")
@allowed(Role.ADMIN)
def disable_account(account_id: int) -> ResponseReturnValue:
    accounts.disable_account(db.session, current_account, _other(account_id))
    flash(_("Le compte est désactivé et ses connexions sont fermées."), "done")
    return redirect(url_for("accounts.edit_account", account_id=account_id), 303)


@blueprint.post("/<int:account_id>/enable")
@allowed(Role.ADMIN)
def enable_account(account_id: int) -> ResponseReturnValue:
    accounts.enable_account(db.session, current_account, _other(account_id))
    flash(_("Le compte peut de nouveau se connecter."), "done")
    return redirect(url_for("accounts.edit_account", account_id=account_id), 303)


@blueprint.post("/<int:account_id>/password")
@allowed(Role.ADMIN)
def renew_password(account_id: int) -> ResponseReturnValue:
    """Answer with the page itself: the password is shown once and kept nowhere."""
    account = _other(account_id)
    password = accounts.renew_password(db.session, current_account, account)
    return render_template("accounts/password.html", account=account, password=password)


def _other(account_id: int) -> Account:
    account = load(Account, account_id)
    if not can_administer_account(current_account, account):
        abort(404)
    return account


def _offer(form: AccountForm) -> None:
    territories = db.session.scalars(
        scoped(current_account, Territory).order_by(Territory.path)
    ).all()
    partners = db.session.scalars(scoped(current_account, Partner).order_by(Partner.name)).all()
    form.offer(
        [(role, role_label(role)) for role in Role],
        [
            (row.id, row.name)
            for row in territories
            if can_administer_territory(current_account, row)
        ],
        [(row.id, row.name) for row in partners],
    )


def _facts(form: AccountForm) -> AccountFacts:
    return AccountFacts(
        display_name=form.display_name.data,
        role=form.role.data,
        territory=load(Territory, form.territory_id.data),
        partner=load(Partner, form.partner_id.data) if form.partner_id.data else None,
    )


def _page(form: AccountForm, title: str, account: Account | None = None) -> ResponseReturnValue:
    page = render_template("accounts/edit.html", form=form, title=title, account=account)
    return page, 422 if request.method == "POST" else 200
