from __future__ import annotations

from datetime import time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    FieldList,
    Form,
    FormField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
)
from wtforms.validators import NumberRange, Optional, ValidationError
from wtforms.widgets import ListWidget

from webapp.forms.availability import HALF_DAYS, Span, spans_of, split
from webapp.forms.decimals import CommaDecimalField
from webapp.forms.fields import ChipsField, Stated, count_field, day_field, hour_field

Choices = dict[str, str]  # value: name
MAX_WISHES = 8
MINUTES_OF_DAY = 1440


class WindowForm(Form):
    """Exact times of one weekday; a line left blank does not count. 00:00 ends the day."""

    weekday = SelectField(_l("Jour"), coerce=str)
    start = hour_field(_l("De"), Optional())
    end = hour_field(_l("À"), Optional())

    @property
    def span(self) -> Span | None:
        if self.start.data is None or self.end.data is None:
            return None
        end = _minutes(self.end.data) or MINUTES_OF_DAY
        return int(self.weekday.data), _minutes(self.start.data), end

    def validate_start(self, _field: Any) -> None:
        if self.end.data is None:
            raise ValidationError(_l("Indiquez l’heure de début et l’heure de fin."))

    def validate_end(self, _field: Any) -> None:
        if self.start.data is None:
            raise ValidationError(_l("Indiquez l’heure de début et l’heure de fin."))
        if self.span is not None and self.span[1] >= self.span[2]:
            raise ValidationError(_l("L’heure de fin vient après l’heure de début."))


class AbsenceForm(Form):
    """Dates of an absence, both included; a line left blank does not count."""

    from_on = day_field(_l("Du"), Optional())
    until_on = day_field(_l("Au"), Optional())

    def validate_from_on(self, _field: Any) -> None:
        if self.until_on.data is None:
            raise ValidationError(_l("Indiquez le premier et le dernier jour de l’absence."))

    def validate_until_on(self, field: Any) -> None:
        if self.from_on.data is None:
            raise ValidationError(_l("Indiquez le premier et le dernier jour de l’absence."))
        if field.data < self.from_on.data:
            raise ValidationError(_l("Une absence se termine après son début."))


class ReferralForm(FlaskForm):
    """Wishes are values ``m12`` (a measure) and ``g34`` (a group), in the order of preference."""

    wishes = SelectMultipleField(_l("Souhaits"))
    new_wish = SelectField(_l("Ajouter un souhait"), validators=[Optional()])
    availability = RadioField(
        _l("Quand la personne peut-elle venir ?"),
        choices=[
            SelectChoice("always", _l("N’importe quand")),
            SelectChoice("windows", _l("À certains moments")),
        ],
        default="always",
        widget=ListWidget(prefix_label=False),
    )
    half_days = SelectMultipleField(_l("Demi-journées"), choices={name: name for name in HALF_DAYS})
    windows = FieldList(FormField(WindowForm), label=_l("Heures précises"))
    absences = FieldList(FormField(AbsenceForm), label=_l("Absences prévues"))
    needs = ChipsField(_l("Besoins sur place"))
    coach_skills = ChipsField(_l("Compétences souhaitées du job coach"))
    max_travel_minutes = count_field(
        _l("Trajet au plus, en minutes"),
        Optional(),
        NumberRange(0, 600, _l("Entre %(min)s et %(max)s minutes.")),
        description=_l("Vide : peu importe."),
    )
    max_groups = count_field(
        _l("Mesures en même temps"),
        Stated(_l("Indiquez combien de mesures en même temps.")),
        NumberRange(1, 9, _l("Entre %(min)s et %(max)s mesures.")),
        default=1,
    )
    max_hours_per_week = CommaDecimalField(
        _l("Heures par semaine au plus"),
        description=_l("Vide : peu importe."),
        places=None,
        invalid_value_message=_l("Écrivez un nombre d’heures, comme 7.5."),
        validators=[Optional(), NumberRange(0, 168, _l("Entre %(min)s et %(max)s heures."))],
        render_kw={"inputmode": "decimal"},
    )
    weight = count_field(
        _l("Poids de priorité"),
        Stated(_l("Indiquez un poids.")),
        NumberRange(0, 1000, _l("Entre %(min)s et %(max)s.")),
        description=_l("1 pour tout le monde, plus pour une situation urgente."),
    )

    def offer(
        self, wishes: dict[str, Choices], days: Choices, needs: Choices, skills: Choices
    ) -> None:
        """Fill the choices; ``wishes`` by heading."""
        self.wishes.choices = {
            value: name for names in wishes.values() for value, name in names.items()
        }
        chosen = set(self.wishes.data or [])
        left = {
            heading: {value: name for value, name in names.items() if value not in chosen}
            for heading, names in wishes.items()
        }
        self.new_wish.choices = {"": _("Choisir dans l’offre")} | {
            heading: names for heading, names in left.items() if names
        }
        for line in self.windows:
            line.form.weekday.choices = days
        self.needs.choices = needs
        self.coach_skills.choices = skills

    def validate_wishes(self, field: SelectMultipleField) -> None:
        if len(field.data) != len(set(field.data)):
            raise ValidationError(_l("Un souhait ne figure qu’une fois."))
        if len(field.data) > MAX_WISHES:
            raise ValidationError(
                _("Gardez les %(num)s souhaits qui comptent le plus.", num=MAX_WISHES)
            )

    def validate_availability(self, field: RadioField) -> None:
        if field.data == "windows" and not self.spans:
            raise ValidationError(_l("Cochez une demi-journée, ou choisissez « N’importe quand »."))

    @property
    def spans(self) -> list[Span]:
        """The spans in which the person can come, merged."""
        exact = [line.form.span for line in self.windows]
        return spans_of(
            self.half_days.data or [], [span for span in exact if span and span[1] < span[2]]
        )

    def set_spans(self, spans: list[Span]) -> None:
        """Show stored spans: half-days ticked, the rest as exact times."""
        self.half_days.data, exact = split(spans)
        for weekday, start, end in exact:
            self.windows.append_entry(
                {"weekday": str(weekday), "start": _time(start), "end": _time(end)}
            )


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _time(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)
