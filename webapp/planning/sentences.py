"""One sentence a rule: what keeps a person out of one group, or of several for the same reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from scheduler.problem import Group, Participant, Quota
from webapp.french import format_date
from webapp.planning.names import Names
from webapp.planning.speech import _, ngettext


@dataclass(frozen=True, slots=True)
class Lot:
    """Groups that fail for one reason: what to call them, and each with its numbers."""

    subject: str
    name: str
    is_all: bool  # of several groups that would do, none is left
    reasons: list[dict[str, Any]]
    groups: list[Group]
    person: Participant
    names: Names
    quota: Quota | None = None  # the one that is used up

    @property
    def count(self) -> int:
        return len(self.reasons)

    @property
    def tag(self) -> str:
        return self.names.tags[self.reasons[0]["tag"]]


def say(rule: str, lot: Lot) -> str:
    """Return the sentence, without its capital and its stop."""
    return _SAYINGS[rule](lot)


def day_and_month(day: date) -> str:
    """Return "25 mars" or "25 March"."""
    return str(format_date(day, "d MMMM"))


def _requirement(lot: Lot) -> str:
    held = [hold for hold in lot.person.holds if hold.tag == lot.reasons[0]["tag"]]
    ends = [slot.end.date() for group in lot.groups for slot in group.slots]
    if held and ends and all(hold.until and hold.until < max(ends) for hold in held):
        return ngettext(
            "%(subject)s demande « %(tag)s » jusqu’au %(last)s ; sa validité se termine "
            "le %(until)s",
            "%(subject)s demandent « %(tag)s » jusqu’au %(last)s ; sa validité se termine "
            "le %(until)s",
            lot.count,
            subject=lot.subject,
            tag=lot.tag,
            last=day_and_month(max(ends)),
            until=day_and_month(max(hold.until for hold in held if hold.until)),
        )
    return ngettext(
        "%(subject)s demande « %(tag)s »",
        "%(subject)s demandent « %(tag)s »",
        lot.count,
        subject=lot.subject,
        tag=lot.tag,
    )


def _need(lot: Lot) -> str:
    if lot.is_all:
        return _("aucun groupe « %(name)s » n’offre « %(tag)s »", name=lot.name, tag=lot.tag)
    return ngettext(
        "%(subject)s n’offre pas « %(tag)s »",
        "%(subject)s n’offrent pas « %(tag)s »",
        lot.count,
        subject=lot.subject,
        tag=lot.tag,
    )


def _travel(lot: Lot) -> str:
    minutes = min(reason["minutes"] for reason in lot.reasons)
    most = lot.reasons[0]["max"]
    if lot.is_all:
        return _(
            "aucun groupe « %(name)s » à moins de %(most)s minutes (le plus proche est à "
            "%(minutes)s)",
            name=lot.name,
            most=most,
            minutes=minutes,
        )
    return ngettext(
        "%(subject)s est à %(minutes)s minutes, pour une limite de %(most)s",
        "%(subject)s sont à plus de %(most)s minutes (le plus proche à %(minutes)s)",
        lot.count,
        subject=lot.subject,
        minutes=minutes,
        most=most,
    )


def _attendance(lot: Lot) -> str:
    best, group = max(
        zip(lot.reasons, lot.groups, strict=True),
        key=lambda pair: pair[0]["attendable"] - pair[0]["needed"],
    )
    return ngettext(
        "%(subject)s a %(total)s séances ; sa semaine permet d’en suivre %(can)s, "
        "il en faut %(needed)s",
        "%(subject)s ne vont pas avec sa semaine (au mieux %(can)s des %(needed)s séances "
        "qu’il faut)",
        lot.count,
        subject=lot.subject,
        total=len(group.slots),
        can=best["attendable"],
        needed=best["needed"],
    )


def _ban(lot: Lot) -> str:
    return ngettext(
        "%(subject)s a déjà été décliné ou écarté",
        "%(subject)s ont déjà été déclinés ou écartés",
        lot.count,
        subject=lot.subject,
    )


def _full(lot: Lot) -> str:
    return ngettext(
        "%(subject)s est complet (%(taken)s)",
        "%(subject)s sont complets",
        lot.count,
        subject=lot.subject,
        taken=ngettext("%(num)s place", "%(num)s places", lot.reasons[0]["capacity"]),
    )


def _too_few(lot: Lot) -> str:
    return ngettext(
        "%(subject)s n’ouvre pas : il y faut %(needed)s personnes",
        "%(subject)s n’ouvrent pas : trop peu de personnes",
        lot.count,
        subject=lot.subject,
        needed=lot.reasons[0]["min_size"],
    )


def _no_group_asked(_lot: Lot) -> str:
    return _("l’orientation ne demande aucun groupe (0 au plus)")


def _hours(lot: Lot) -> str:
    return ngettext(
        "%(subject)s prend %(minutes)s minutes par semaine, pour une limite de %(most)s",
        "%(subject)s prennent plus de %(most)s minutes par semaine",
        lot.count,
        subject=lot.subject,
        minutes=lot.reasons[0]["minutes"],
        most=lot.reasons[0]["max"],
    )


def _no_coach(lot: Lot) -> str:
    return ngettext(
        "%(subject)s n’a pas de job coach aux heures où la personne peut y être",
        "%(subject)s n’ont pas de job coach aux heures où la personne peut y être",
        lot.count,
        subject=lot.subject,
    )


def _caseload(lot: Lot) -> str:
    return ngettext(
        "%(subject)s n’a plus de job coach : les files actives sont pleines",
        "%(subject)s n’ont plus de job coach : les files actives sont pleines",
        lot.count,
        subject=lot.subject,
    )


def _coach_hours(lot: Lot) -> str:
    return ngettext(
        "%(subject)s n’a plus de job coach : les heures de visite sont toutes prises",
        "%(subject)s n’ont plus de job coach : les heures de visite sont toutes prises",
        lot.count,
        subject=lot.subject,
    )


def _coach_elsewhere(lot: Lot) -> str:
    return ngettext(
        "%(subject)s n’a plus de job coach : ces demi-journées sont prises dans d’autres lieux",
        "%(subject)s n’ont plus de job coach : ces demi-journées sont prises dans d’autres lieux",
        lot.count,
        subject=lot.subject,
    )


def _apart(lot: Lot) -> str:
    return ngettext(
        "%(subject)s accueille une personne dont elle doit rester séparée",
        "%(subject)s accueillent une personne dont elle doit rester séparée",
        lot.count,
        subject=lot.subject,
    )


def _together(_lot: Lot) -> str:
    return _("la personne doit être placée avec une autre, dans les mêmes groupes")


def _quota(lot: Lot) -> str:
    """A quota counts people of one kind, often over groups of several measures."""
    if lot.quota is None or lot.quota.tag is None:
        return ngettext(
            "%(subject)s compte dans un quota de %(most)s places, déjà prises",
            "%(subject)s comptent dans un quota de %(most)s places, déjà prises",
            lot.count,
            subject=lot.subject,
            most=lot.reasons[0]["max"],
        )
    return ngettext(
        "%(subject)s compte dans un quota de %(most)s places « %(tag)s », déjà prises",
        "%(subject)s comptent dans un quota de %(most)s places « %(tag)s », déjà prises",
        lot.count,
        subject=lot.subject,
        most=lot.quota.max,
        tag=lot.names.tags[lot.quota.tag],
    )


def _other_use(lot: Lot) -> str:
    return ngettext(
        "%(subject)s reste possible, mais d’autres critères passaient avant",
        "%(subject)s restent possibles, mais d’autres critères passaient avant",
        lot.count,
        subject=lot.subject,
    )


_SAYINGS: dict[str, Callable[[Lot], str]] = {
    "R2": _requirement,
    "R3": _need,
    "R4": _travel,
    "R5": _attendance,
    "R6": _ban,
    "H1": _full,
    "H2": _too_few,
    "H3": _no_group_asked,
    "H6": _hours,
    "H7": _no_coach,
    "H8": _caseload,
    "H9": _coach_hours,
    "H10": _coach_elsewhere,
    "H11": _apart,
    "H12": _together,
    "H13": _quota,
    "": _other_use,
}


def in_short(rule: str) -> str:
    """What a rule says, in two or three words, where groups are only counted."""
    return {
        "R2": _("condition d’accès"),
        "R3": _("besoin non couvert"),
        "R4": _("trop de trajet"),
        "R5": _("disponibilités"),
        "R6": _("décliné ou écarté"),
        "H1": _("complet"),
        "H2": _("sous le minimum"),
        "H3": _("aucun groupe demandé"),
        "H6": _("heures par semaine"),
        "H7": _("pas de job coach à ces heures"),
        "H8": _("files actives pleines"),
        "H9": _("heures de visite prises"),
        "H10": _("job coachs dans d’autres lieux"),
        "H11": _("personnes à séparer"),
        "H12": _("personnes à placer ensemble"),
        "H13": _("quota atteint"),
    }[rule]


def rule_in_words(rule: str) -> str:
    """A rule of every plan as a sentence."""
    return {
        "H1": _("Un groupe n’accueille pas plus de personnes qu’il n’a de places."),
        "H2": _("Un groupe n’ouvre pas sous son minimum."),
        "H3": _("Personne n’a plus de groupes que son orientation n’en demande."),
        "H4": _("Personne n’a deux groupes de la même mesure."),
        "H5": _("Personne n’a deux séances au même moment, trajet compris."),
        "H6": _("Personne ne dépasse ses heures par semaine."),
        "H7": _("Un placement demande la visite d’un·e job coach, quand la personne y est."),
        "H8": _("Un·e job coach ne suit pas plus de personnes que prévu."),
        "H9": _("Les visites tiennent dans les heures des job coachs."),
        "H10": _("Un·e job coach ne va que dans un lieu par demi-journée."),
        "H11": _("Deux personnes à séparer ne sont pas dans le même groupe."),
        "H12": _("Deux personnes à placer ensemble ont les mêmes groupes."),
        "H13": _("Un quota de places n’est pas dépassé."),
    }[rule]
