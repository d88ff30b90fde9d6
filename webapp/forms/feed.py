from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import DataRequired, Length


class FeedForm(FlaskForm):
    """``follows`` is a scope, or a scope and the id of its row: ``caseload``, ``participant-12``.

    Its choices are handed in; without names allowed, ``shows_names`` is taken out.
    """

    label = StringField(
        _l("Pour quel appareil"),
        description=_l("Pour le reconnaître dans la liste : téléphone, ordinateur du bureau."),
        validators=[DataRequired(_l("Nommez l’appareil.")), Length(max=120)],
        render_kw={"autocomplete": "off"},
    )
    follows = SelectField(_l("Ce qu’il montre"))
    shows_names = BooleanField(
        _l("Montrer prénom et initiale"),
        description=_l(
            "Votre territoire le permet. Qui a l’adresse, ou voit l’écran, lit alors ces prénoms."
        ),
    )
