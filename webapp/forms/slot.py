from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from webapp.forms.fields import Stated, day_field, hour_field
from webapp.forms.wording import fault_text
from webapp.services.recurrences import Fault, Occurrence, on_date


class MoveForm(FlaskForm):
    """Another date or time for one session."""

    on = day_field(_l("Date"), Stated(_l("Indiquez une date.")))
    start = hour_field(_l("De"), Stated(_l("Indiquez l’heure de début.")))
    end = hour_field(_l("À"), Stated(_l("Indiquez l’heure de fin.")))

    def validate(self, extra_validators: Any = None) -> bool:
        valid: bool = super().validate(extra_validators)
        if not self.start.errors and not self.end.errors and self.end.data <= self.start.data:
            self.end.errors = [_("La fin vient après le début, le jour même, avant minuit.")]
            return False
        return valid

    def occurrence(self) -> Occurrence:
        """Return what a valid form says."""
        return on_date(self.on.data, self.start.data, self.end.data)

    def refuse(self, faults: tuple[Fault, ...]) -> None:
        """Say beside the date what is wrong with it."""
        self.on.errors = [fault_text(fault) for fault in faults]
