from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, SelectChoice, SelectField, StringField
from wtforms.validators import Length, Regexp

from webapp.forms.fields import Stated
from webapp.models import Role

NO_PARTNER = 0


class AccountForm(FlaskForm):
    """What an admin states about an account. Call ``offer`` before ``validate``."""

    display_name = StringField(
        _l("Prénom et nom"),
        [Stated(_l("Indiquez le prénom et le nom.")), Length(max=120)],
        filters=[lambda text: text and text.strip()],
    )
    role = SelectField(_l("Rôle"), coerce=Role)
    territory_id = SelectField(
        _l("Territoire"),
        coerce=int,
        description=_l("Le compte y a ses droits, et dans tout ce qui est en dessous."),
    )
    partner_id = SelectField(
        _l("Association partenaire"),
        coerce=int,
        description=_l("Pour le rôle d’association partenaire seulement."),
    )

    def offer(
        self,
        roles: Sequence[tuple[Role, str]],
        territories: Sequence[tuple[int, str]],
        partners: Sequence[tuple[int, str]],
    ) -> None:
        """Hand in the choices, values with their labels."""
        self.role.choices = [SelectChoice(value, label) for value, label in roles]
        self.territory_id.choices = [SelectChoice(value, label) for value, label in territories]
        self.partner_id.choices = [
            SelectChoice(NO_PARTNER, "–"),
            *(SelectChoice(value, label) for value, label in partners),
        ]

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        if (self.role.data == Role.PARTNER) == (self.partner_id.data == NO_PARTNER):
            self.partner_id.errors = [
                _l("Choisissez l’association de ce compte.")
                if self.role.data == Role.PARTNER
                else _l("Seul le rôle d’association partenaire en a une.")
            ]
            return False
        return True


class NewAccountForm(AccountForm):
    email = EmailField(
        _l("Adresse électronique"),
        [
            Stated(_l("Indiquez l’adresse.")),
            Length(max=254),
            Regexp(r"^\s*[^@\s]+@[^@\s]+\.[^@\s]+\s*$", message=_l("Écrivez une adresse entière.")),
        ],
        render_kw={"autocomplete": "off"},
    )
