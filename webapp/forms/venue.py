from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, StringField
from wtforms.validators import Length, Optional

from webapp.forms.decimals import CommaDecimalField
from webapp.forms.fields import Between, Stated


def _strip(text: str | None) -> str | None:
    return text.strip() if text else text


class VenueForm(FlaskForm):
    name = StringField(
        _l("Nom du lieu"),
        [Stated(_l("Donnez un nom au lieu.")), Length(max=120)],
        filters=[_strip],
    )
    address = StringField(
        _l("Adresse"),
        [Length(max=200)],
        description=_l("Elle figure dans les calendriers des référent·es et des participant·es."),
        filters=[_strip],
    )
    is_discreet = BooleanField(
        _l("Ne montrer que l’adresse dans les calendriers"),
        description=_l("Quand le nom du lieu en dit trop sur la santé de qui s’y rend."),
    )
    lat = CommaDecimalField(
        _l("Latitude"),
        [Optional(), Between(-90, 90, _l("De -90 à 90 degrés."))],
        places=None,
        invalid_value_message=_l("Écrivez des degrés, comme 46,2044."),
    )
    lon = CommaDecimalField(
        _l("Longitude"),
        [Optional(), Between(-180, 180, _l("De -180 à 180 degrés."))],
        places=None,
        invalid_value_message=_l("Écrivez des degrés, comme 6,1432."),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid: bool = super().validate(extra_validators)
        for one, other in ((self.lat, self.lon), (self.lon, self.lat)):
            if one.data is None and other.data is not None and not one.errors:
                one.errors = [_("Indiquez aussi cette coordonnée, ou aucune des deux.")]
                valid = False
        return valid
