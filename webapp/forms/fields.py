"""Fields that several forms share."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, IntegerField, SelectMultipleField, TimeField
from wtforms.validators import NumberRange, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget


class ChipsField(SelectMultipleField):
    """Several choices as checkboxes, drawn as chips; nothing ticked is an empty list."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class Stated:
    """Something must be written; 0 counts, and this message stands alone."""

    def __init__(self, message: str) -> None:
        self.message = message
        self.field_flags = {"required": True}

    def __call__(self, _form: object, field: Field) -> None:
        if not field.raw_data or not str(field.raw_data[0]).strip():
            field.errors[:] = []
            raise StopValidation(self.message)


class Between(NumberRange):
    """A number within limits; what is no number is said once, by its field."""

    def __call__(self, form: Any, field: Field) -> None:
        if not field.errors:
            super().__call__(form, field)


def day_field(label: str, *validators: Any, **options: Any) -> DateField:
    """Return a field for a date; browsers without a date picker may write 18.01.2027."""
    return DateField(
        label,
        validators,
        format=["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"],
        invalid_value_message=_l("Écrivez une date, comme 18.01.2027."),
        **options,
    )


def hour_field(label: str, *validators: Any, **options: Any) -> TimeField:
    """Return a field for a time of the day."""
    return TimeField(
        label,
        validators,
        format=["%H:%M", "%H:%M:%S"],
        invalid_value_message=_l("Écrivez une heure, comme 14:30."),
        **options,
    )


def count_field(label: str, *validators: Any, **options: Any) -> IntegerField:
    """Return a field for a whole number."""
    return IntegerField(
        label,
        validators,
        invalid_value_message=_l("Écrivez un nombre entier, comme 8."),
        **options,
    )
