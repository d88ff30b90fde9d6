"""What can be wished for in a period, and what the wishes of a person open."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import joinedload, selectinload

from webapp.extensions import db
from webapp.models import Group, Measure, Participant, Period, Referral
from webapp.planning.fits import Fit, find_fits
from webapp.services import referrals
from webapp.services.offers import published
from webapp.services.referrals import ReferralFacts
from webapp.views import fits
from webapp.views.access import current_account
from webapp.views.locale import name_of, title_of
from webapp.views.timetables import meeting_times

Target = tuple[int | None, int | None]  # (measure id, group id), one of both None


def value_of(measure_id: int | None, group_id: int | None) -> str:
    """Return what a form calls a wish: ``m12`` for a measure, ``g34`` for a group."""
    return f"m{measure_id}" if measure_id is not None else f"g{group_id}"


def target_of(value: str) -> Target:
    """Undo ``value_of``."""
    key = int(value[1:])
    return (key, None) if value[0] == "m" else (None, key)


@dataclass(frozen=True, slots=True)
class Opening:
    """How one group that answers a wish suits the person."""

    group: Group
    fit: Fit
    lines: list[fits.Line]


class Offer:
    """The published groups of a period and their measures, and what was wished before."""

    def __init__(self, period: Period, referral: Referral | None) -> None:
        self.period = period
        rows = published(current_account, period).options(
            joinedload(Group.measure),
            joinedload(Group.venue),
            selectinload(Group.slots),
            selectinload(Group.offers),
            selectinload(Group.requirements),
        )
        self.groups = {group.id: group for group in db.session.scalars(rows)}
        self.measures: dict[int, Measure] = {
            group.measure_id: group.measure for group in self.groups.values()
        }
        wishes = referral.wishes if referral else []
        self.former_groups: dict[int, Group] = {
            wish.group.id: wish.group
            for wish in wishes
            if wish.group is not None and wish.group.id not in self.groups
        }
        for wish in wishes:
            if wish.measure is not None:
                self.measures.setdefault(wish.measure.id, wish.measure)

    def values(self) -> set[str]:
        """Return the values of all that can be wished for."""
        return {value for names in self.choices().values() for value in names}

    def choices(self) -> dict[str, dict[str, str]]:
        """Return the names to choose from by their values, under headings."""
        found: dict[str, dict[str, str]] = {}
        for measure in sorted(self.measures.values(), key=name_of):
            heading = name_of(measure)
            groups = self._groups_of(measure.id)
            whole = _("%(measure)s : tous les groupes", measure=heading)
            found.setdefault(heading, {})[value_of(measure.id, None)] = whole
            found[heading] |= {value_of(None, group.id): _name(group) for group in groups}
        former = {value_of(None, group.id): _name(group) for group in self.former_groups.values()}
        return found | ({_("Plus proposés"): former} if former else {})

    def described(self, value: str) -> dict[str, str]:
        """Say what a wish means: its title, and a line about it."""
        measure_id, group_id = target_of(value)
        if measure_id is not None:
            num = len(self._groups_of(measure_id))
            text = ngettext("Tous les groupes : %(num)s", "Tous les groupes : %(num)s", num)
            return {"title": name_of(self.measures[measure_id]), "text": text}
        assert group_id is not None
        group = self.groups.get(group_id) or self.former_groups[group_id]
        place = f", {group.venue.name}" if group.venue else ""
        return {"title": title_of(group), "text": f"{meeting_times(group)}{place}"}

    def openings(self, participant: Participant, facts: ReferralFacts) -> list[Opening]:
        """Return the groups that answer the wishes, those that suit the person first."""
        wished = [
            group
            for group in self.groups.values()
            if (group.measure_id, None) in facts.wishes or (None, group.id) in facts.wishes
        ]
        if not wished:
            return []
        with db.session.no_autoflush:
            referral = Referral(participant_id=participant.id, period_id=self.period.id, weight=1)
            referrals.state(referral, facts)
            referral.participant = participant
            found = find_fits(self.period, [referral], wished)
        openings = [
            Opening(group, fit, fits.about(fit, participant, group))
            for group in wished
            if (fit := found[participant.id, group.id])
        ]
        return sorted(openings, key=lambda o: (not o.fit.is_possible, o.fit.rank or 0, o.group.id))

    def _groups_of(self, measure_id: int) -> list[Group]:
        groups = [group for group in self.groups.values() if group.measure_id == measure_id]
        return sorted(groups, key=lambda group: (group.name, group.id))


def _name(group: Group) -> str:
    place = f", {group.venue.name}" if group.venue else ""
    return f"{title_of(group)} – {meeting_times(group)}{place}"
