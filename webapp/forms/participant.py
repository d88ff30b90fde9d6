from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField, SelectField, StringField
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from webapp.forms.decimals import CommaDecimalField
from webapp.forms.fields import Stated, day_field

Choices = dict[str, str]  # value: name
EXACT = "exact"  # the home is given in degrees, not by a place nearby


def strip(text: str | None) -> str | None:
    return text.strip() if text else text


def _degrees(label: str, limit: int) -> CommaDecimalField:
    return CommaDecimalField(
        label,
        places=6,
        invalid_value_message=_l("Écrivez un nombre, comme 46.2044."),
        validators=[
            Optional(),
            NumberRange(-limit, limit, _l("Écrivez des degrés entre %(min)s et %(max)s.")),
        ],
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )


class CertificateForm(Form):
    """One certificate; without a type the line is left out."""

    tag_id = SelectField(_l("Type"), validate_choice=True)
    valid_from = day_field(_l("Valable du"), Optional())
    valid_until = day_field(_l("Jusqu’au"), Optional())

    def validate_tag_id(self, field: SelectField) -> None:
        if not field.data and (self.valid_from.data or self.valid_until.data):
            raise ValidationError(_l("Choisissez le type de ce certificat."))

    def validate_valid_until(self, field: Any) -> None:
        if self.valid_from.data and field.data and field.data < self.valid_from.data:
            raise ValidationError(_l("Un certificat se termine après son début."))


class ParticipantForm(FlaskForm):
    first_name = StringField(
        _l("Prénom"),
        filters=[strip],
        validators=[Stated(_l("Indiquez le prénom.")), Length(max=120)],
        render_kw={"autocomplete": "off"},
    )
    last_name = StringField(
        _l("Nom"),
        filters=[strip],
        validators=[Stated(_l("Indiquez le nom.")), Length(max=120)],
        render_kw={"autocomplete": "off"},
    )
    near = SelectField(
        _l("Habite près de"),
        description=_l(
            "Un lieu proche suffit pour estimer les trajets ; l’adresse reste chez vous."
        ),
    )
    lat = _degrees(_l("Latitude"), 90)
    lon = _degrees(_l("Longitude"), 180)
    certificates = FieldList(FormField(CertificateForm), label=_l("Certificats"))

    def offer(self, places: Choices, tags: Choices) -> None:
        """Fill the choices: places nearby and types of certificates, by key."""
        self.near.choices = {
            "": _("Non précisé"),
            **places,
            EXACT: _("Coordonnées indiquées ci-dessous"),
        }
        for line in self.certificates:
            line.form.tag_id.choices = {"": _("Aucun"), **tags}

    def validate_lat(self, _field: CommaDecimalField) -> None:
        if self.near.data == EXACT and self.lon.data is None:
            raise ValidationError(_l("Indiquez la latitude et la longitude, ou aucune des deux."))

    def validate_lon(self, _field: CommaDecimalField) -> None:
        if self.near.data == EXACT and self.lat.data is None:
            raise ValidationError(_l("Indiquez la latitude et la longitude, ou aucune des deux."))
