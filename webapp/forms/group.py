from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from wtforms import Field, SelectChoice, SelectField, StringField
from wtforms.validators import Length, Optional

from webapp.forms.dates import DatesForm
from webapp.forms.fields import Between, ChipsField, Stated, count_field
from webapp.services.groups import GroupFacts

Choices = Sequence[tuple[int, str]]
NO_VENUE = 0


class GroupFactsForm(FlaskForm):
    """What a partner states about a group. Call ``offer`` before ``validate``."""

    measure_id = SelectField(_l("Mesure"), coerce=int)
    name = StringField(
        _l("Nom du groupe"),
        [Stated(_l("Donnez un nom au groupe.")), Length(max=120)],
        description=_l("Ce que les référent·es liront, par exemple « Peinture et collage »."),
        filters=[lambda text: text and text.strip()],
    )
    venue_id = SelectField(_l("Lieu"), coerce=int)
    capacity = count_field(
        _l("Places"),
        Stated(_l("Indiquez le nombre de places.")),
        Between(1, 1000, _l("De 1 à 1000 places.")),
    )
    min_size = count_field(
        _l("Minimum"),
        Optional(),
        Between(0, 1000, _l("De 0 à 1000 personnes.")),
        description=_l("En dessous, le groupe n’ouvre pas. 0 : il ouvre toujours."),
    )
    requirement_ids = ChipsField(
        _l("Conditions d’accès"),
        coerce=int,
        description=_l(
            "Seules les personnes qui remplissent toutes ces conditions seront proposées."
        ),
    )
    offer_ids = ChipsField(
        _l("Ce que le lieu offre"),
        coerce=int,
        description=_l("Une personne qui en a besoin n’est proposée que là où cela existe."),
    )
    visit_minutes = count_field(
        _l("Visite d’un·e job coach, en minutes par semaine"),
        Optional(),
        Between(5, 480, _l("De 5 à 480 minutes.")),
        description=_l("À laisser vide sans accompagnement sur place."),
    )
    coaching_skill_ids = ChipsField(_l("Compétences demandées au job coach"), coerce=int)

    def offer(
        self,
        measures: Choices,
        venues: Choices,
        tags: dict[str, Choices],
        taken: int = 0,
        keeps_visits: bool = False,
    ) -> None:
        """Hand in the choices (ids with their labels, ``tags`` by field) and what stands already:

        how many people have a place, and whether their visits go on whatever is stated.
        """
        venues = [*venues, (NO_VENUE, _("Lieu à préciser"))]
        for name, choices in {"measure_id": measures, "venue_id": venues, **tags}.items():
            self[name].choices = [SelectChoice(row_id, label) for row_id, label in choices]
        self.taken, self.keeps_visits = taken, keeps_visits

    def validate(self, extra_validators: Any = None) -> bool:
        valid = super().validate(extra_validators)
        self._compare()
        return valid and not any(field.errors for field in self)

    def facts(self, rows: dict[str, dict[int, Any]]) -> GroupFacts:
        """Return what was stated; ``rows`` are the rows behind the choices, by field and id."""

        def picked(name: str) -> tuple[Any, ...]:
            return tuple(rows[name][row_id] for row_id in self[name].data)

        return GroupFacts(
            measure=rows["measure_id"][self.measure_id.data],
            name=self.name.data,
            venue=rows["venue_id"].get(self.venue_id.data),
            capacity=self.capacity.data,
            min_size=self.min_size.data or 0,
            requirements=picked("requirement_ids"),
            offers=picked("offer_ids"),
            visit_minutes=self.visit_minutes.data,
            coaching_skills=picked("coaching_skill_ids"),
        )

    def refuse_capacity(self, taken: int) -> None:
        """Say that more people have a place than places would remain."""
        self.capacity.errors = [
            ngettext(
                "Une personne a déjà une place : gardez au moins une place.",
                "%(num)s personnes ont déjà une place : gardez au moins %(num)s places.",
                taken,
            )
        ]

    def _compare(self) -> None:
        """Find what one field alone does not show."""
        capacity, min_size = self.capacity.data, self.min_size.data
        if not self.capacity.errors and capacity is not None and capacity < self.taken:
            self.refuse_capacity(self.taken)
        if not self.min_size.errors and min_size and capacity is not None and min_size > capacity:
            self.min_size.errors = [
                _(
                    "Le minimum ne dépasse pas le nombre de places (%(capacity)s).",
                    capacity=capacity,
                )
            ]
        is_visited = self.keeps_visits or self.visit_minutes.data
        if is_visited and self.venue_id.data == NO_VENUE:
            self.venue_id.errors = [_("Les visites demandent un lieu : choisissez-en un.")]
        if self.coaching_skill_ids.data and not _is_stated(self.visit_minutes):
            self.visit_minutes.errors = [
                _("Indiquez la durée des visites, ou décochez les compétences.")
            ]


class GroupForm(GroupFactsForm, DatesForm):
    """A new group: what it is, and when it meets."""

    def __iter__(self) -> Iterator[Field]:
        """Yield what the group is before when it meets, as on the page."""
        return iter(sorted(super().__iter__(), key=lambda field: hasattr(DatesForm, field.name)))


def _is_stated(field: Any) -> bool:
    return bool(field.raw_data and field.raw_data[0].strip()) or field.data is not None
