from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField
from wtforms.validators import Length

from webapp.forms.fields import Between, Stated, count_field, day_field


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
