from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import Length

from webapp.forms.fields import Stated


class ReasonForm(FlaskForm):
    """Why something is called off; everybody concerned reads it."""

    reason = StringField(
        _l("Raison"),
        [Stated(_l("Indiquez la raison.")), Length(max=200)],
        description=_l(
            "Une ligne, sans nom de personne, par exemple « Salle fermée ». "
            "Les personnes concernées la liront."
        ),
        filters=[lambda text: " ".join(text.split()) if text else text],
    )
