from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField
from wtforms.validators import Length

from webapp.forms.fields import Between, Stated, count_field, day_field
from webapp.services import public_holidays


def _code(text: str | None) -> str | None:
    """Write a code as it is kept: in capitals, nothing as None."""
    return (text or "").strip().upper() or None


def _name_field(label: str, missing: str) -> StringField:
    return StringField(
        label,
        [Stated(missing), Length(max=120)],
        filters=[lambda text: text and text.strip()],
    )


class NewTerritoryForm(FlaskForm):
    name = _name_field(_l("Nom du territoire"), _l("Donnez un nom au territoire."))


class TerritoryForm(NewTerritoryForm):
    names_in_feeds = BooleanField(
        _l("Permettre les noms dans les flux calendrier"),
        description=_l(
            "Sans cela, un calendrier ne dit que « Atelier, réf. K7Q2 ». Un agenda est souvent "
            "copié chez un tiers : les noms y partent avec lui."
        ),
    )
    country = StringField(
        _l("Pays"),
        [Length(max=2)],
        filters=[_code],
        description=_l(
            "Deux lettres, comme CH, BE ou FR : ses jours fériés sont sautés quand un groupe est "
            "publié. Vide : comme le territoire au-dessus."
        ),
    )
    region = StringField(
        _l("Canton, région ou zone"),
        [Length(max=10)],
        filters=[lambda text: (text or "").strip() or None],
        description=_l("Un code, comme GE, quand des jours fériés y sont propres."),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        if not public_holidays.is_known(self.country.data, None):
            self.country.errors = [_l("Les jours fériés de ce pays ne sont pas connus.")]
        elif not public_holidays.is_known(self.country.data, self.region.data):
            regions = public_holidays.regions_of(self.country.data)
            self.region.errors = [
                _("Écrivez un de ces codes, ou rien : %(codes)s.", codes=", ".join(regions))
                if regions
                else _("Ce pays n’a pas de jours fériés par région : laissez ce champ vide.")
            ]
        return not self.errors


class PeriodForm(FlaskForm):
    name = _name_field(_l("Nom de la période"), _l("Donnez un nom à la période."))
    starts_on = day_field(_l("Premier jour"), Stated(_l("Indiquez le premier jour.")))
    ends_on = day_field(_l("Dernier jour"), Stated(_l("Indiquez le dernier jour.")))
    num_answer_days = count_field(
        _l("Jours pour répondre à une proposition"),
        Stated(_l("Indiquez un nombre de jours.")),
        Between(1, 60, _l("De 1 à 60 jours.")),
        default=7,
    )

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        if self.ends_on.data < self.starts_on.data:
            self.ends_on.errors = [_l("Le dernier jour est avant le premier.")]
            return False
        return True
