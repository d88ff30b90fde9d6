from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, FloatField, StringField
from wtforms.validators import Length, Optional

from webapp.forms.fields import Between, Stated


def _strip(text: str | None) -> str | None:
    return text.strip() if text else text


class DegreesField(FloatField):
    """Degrees, written with a point or a comma."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([value.strip().replace(",", ".") for value in valuelist])


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
    lat = DegreesField(
        _l("Latitude"),
        [Optional(), Between(-90, 90, _l("De -90 à 90 degrés."))],
        invalid_value_message=_l("Écrivez des degrés, comme 46,2044."),
    )
    lon = DegreesField(
        _l("Longitude"),
        [Optional(), Between(-180, 180, _l("De -180 à 180 degrés."))],
        invalid_value_message=_l("Écrivez des degrés, comme 6,1432."),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        valid: bool = super().validate(extra_validators)
        for one, other in ((self.lat, self.lon), (self.lon, self.lat)):
            if one.data is None and other.data is not None and not one.errors:
                one.errors = [_("Indiquez aussi cette coordonnée, ou aucune des deux.")]
                valid = False
        return valid
