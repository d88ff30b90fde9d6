"""What a plan is, how it goes and what it is worth, in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from webapp.models import Plan, PlanProgress, PlanState, Proposal
from webapp.planning.outcome import Tier, num_by_rank, tiers_of
from webapp.services.plans.contents import Line
from webapp.views.timetables import minute_of_day, weekday_name

OBJECTIVE = ("served", "wishes", "kept", "travel")


def number(value: float) -> str:
    """Group thousands by a space that the font has."""
    return str(format_decimal(value)).replace("\N{NARROW NO-BREAK SPACE}", "\N{NO-BREAK SPACE}")


def state_label(state: PlanState, *, is_outdated: bool = False) -> tuple[str, str, str]:
    """Return text, icon and tone of a plan's state; outdated: a newer one was published."""
    if is_outdated:
        return (_("Dépassée"), "circle-minus", "off")
    return {
        PlanState.QUEUED: (_("En attente"), "hourglass", "now"),
        PlanState.RUNNING: (_("En cours"), "player-play", "now"),
        PlanState.SOLVED: (_("À publier"), "circle-dashed", "now"),
        PlanState.PUBLISHED: (_("Publiée"), "circle-check", "good"),
        PlanState.INFEASIBLE: (_("Épingles incompatibles"), "circle-x", "now"),
        PlanState.OUT_OF_TIME: (_("Sans résultat"), "circle-minus", "off"),
        PlanState.FAILED: (_("Échouée"), "alert-triangle", "now"),
    }[state]


def tier_title(name: str) -> str:
    """Return what a tier is called in the pages."""
    return {
        "served": str(_("Personnes placées")),
        "wishes": str(_("Souhaits")),
        "kept": str(_("Stabilité")),
        "travel": str(_("Trajets")),
    }[name]


def tier_purpose(name: str) -> str:
    """Say what a tier is for."""
    return {
        "served": str(_("Placer le plus de personnes, les priorités comptées.")),
        "wishes": str(_("Suivre leurs souhaits.")),
        "kept": str(_("Garder ce qui est déjà convenu, et le même job coach.")),
        "travel": str(_("À qualité égale, raccourcir les trajets.")),
    }[name]


@dataclass(frozen=True, slots=True)
class ShownTier:
    """A tier of a plan done, as the macro ``tiers`` wants it."""

    title: str
    shown: str
    unit: str | None
    text: str | None
    tier: Tier


def shown_tiers(solution: dict[str, Any], lines: Sequence[Line]) -> list[ShownTier]:
    """Say what a plan is worth, tier after tier."""
    placed = {line.proposal.participant_id for line in lines}
    listed = {row["participant"] for row in solution["unplaced"]}
    num_kept = sum(line.proposal.is_kept for line in lines)
    shown = []
    for tier in tiers_of(solution):
        if tier.name == "served":
            figure, unit = str(len(placed)), _("sur %(num)s", num=len(placed) + len(listed))
            text = _("Somme de leurs priorités : %(sum)s.", sum=_value(tier.value))
        elif tier.name == "wishes":
            figure, unit = _value(tier.value), _("points")
            if isinstance(tier.value, list):
                figure, unit = str(tier.value[0] if tier.value else 0), _("premiers souhaits")
            text = _ranks(num_by_rank(solution))
        elif tier.name == "kept":
            figure = str(num_kept)
            unit = ngettext("inscription gardée", "inscriptions gardées", num_kept)
            text = _(
                "%(points)s points : un par inscription de la dernière planification, "
                "un par job coach.",
                points=_value(tier.value),
            )
        else:
            figure, unit = _value(tier.value), _("min")
            average = sum(line.proposal.travel_minutes for line in lines) / max(len(lines), 1)
            text = _("%(num)s minutes par trajet en moyenne.", num=round(average))
        shown.append(ShownTier(tier_title(tier.name), figure, str(unit), str(text), tier))
    return shown


def _value(value: int | list[int] | None) -> str:
    if value is None:
        return "–"
    if isinstance(value, list):
        return ", ".join(map(number, value))
    return number(value)


def _ranks(counts: dict[int, int]) -> str:
    """Say how many first, second and third wishes are met."""
    parts = [
        ngettext("%(num)s premier souhait", "%(num)s premiers souhaits", counts.get(1, 0)),
        ngettext("%(num)s deuxième", "%(num)s deuxièmes", counts.get(2, 0)),
        ngettext("%(num)s troisième", "%(num)s troisièmes", counts.get(3, 0)),
    ]
    rest = sum(count for rank, count in counts.items() if rank > 3)
    if rest:
        parts.append(ngettext("%(num)s suivant", "%(num)s suivants", rest))
    return ", ".join(map(str, parts)) + "."


@dataclass(frozen=True, slots=True)
class Step:
    """A tier of a plan being made, as the macro ``steps`` wants it."""

    title: str
    state: str
    text: str
    tier: Tier | None
    points: list[tuple[float, int, int]]


def steps(plan: Plan, progress: Iterable[PlanProgress]) -> list[Step]:
    """Say how far the run is: what is done, what is sought now, what comes."""
    objective = plan.period.policy.get("objective") or OBJECTIVE
    assert isinstance(objective, list | tuple)
    by_tier: dict[str, list[PlanProgress]] = {}
    for row in progress:
        by_tier.setdefault(row.tier, []).append(row)
    begun = [name for name in objective if name in by_tier]
    now = begun[-1] if begun else objective[0]
    shown = []
    for name in objective:
        rows = by_tier.get(name, [])
        state = "now" if name == now else "done" if rows else "later"
        last = rows[-1] if rows else None
        shown.append(
            Step(
                title=tier_title(name),
                state=state,
                text=_step_text(name, last),
                tier=Tier(name, last.value, last.bound, _is_proven(last)) if last else None,
                points=[
                    (row.seconds, row.value, row.bound)
                    for row in rows
                    if isinstance(row.value, int) and isinstance(row.bound, int)
                ],
            )
        )
    return shown


def _is_proven(row: PlanProgress) -> bool:
    return row.value is not None and row.value == row.bound


def _step_text(name: str, last: PlanProgress | None) -> str:
    if last is None or last.value is None:
        return tier_purpose(name)
    value, bound = _value(last.value), _value(last.bound)
    if _is_proven(last):
        return str(_("Meilleur plan : %(value)s. Aucun plan ne fait mieux.", value=value))
    if last.bound is None:
        return str(_("Meilleur plan trouvé : %(value)s.", value=value))
    text = (
        _(
            "Meilleur plan trouvé : %(value)s. Aucun plan ne descend sous %(bound)s.",
            value=value,
            bound=bound,
        )
        if name == "travel"
        else _(
            "Meilleur plan trouvé : %(value)s. Aucun plan ne peut dépasser %(bound)s.",
            value=value,
            bound=bound,
        )
    )
    return str(text)


def why_no_plan(plan: Plan) -> tuple[str, str]:
    """Say why a run gave no plan, and what to do."""
    again = str(_("Planifiez à nouveau."))
    if plan.state == PlanState.OUT_OF_TIME and plan.stop_requested_at is not None:
        return str(_("Arrêtée avant d’avoir trouvé un premier plan.")), again
    if plan.state == PlanState.OUT_OF_TIME:
        return (
            str(
                ngettext(
                    "Aucun plan n’a été trouvé en %(num)s seconde. Cela ne veut pas dire "
                    "qu’il n’y en a pas.",
                    "Aucun plan n’a été trouvé en %(num)s secondes. Cela ne veut pas dire "
                    "qu’il n’y en a pas.",
                    plan.time_limit_seconds,
                )
            ),
            str(
                _(
                    "Planifiez à nouveau, ou un territoire plus petit. L’administration peut "
                    "aussi laisser plus de temps au calcul."
                )
            ),
        )
    texts = {
        "out_of_memory": (
            _("Le calcul demandait plus de mémoire qu’il n’en a."),
            _(
                "Planifiez un territoire plus petit, ou demandez à l’administration de donner "
                "plus de mémoire au calcul."
            ),
        ),
        "killed": (_("Le calcul a été interrompu par la machine."), again),
        "lost": (
            _("Le calcul a été interrompu plusieurs fois, sans jamais finir."),
            _("Prévenez l’administration avant de planifier à nouveau."),
        ),
        "no_rights": (
            _("Le compte qui l’a demandée n’a plus le droit de planifier ce territoire."),
            again,
        ),
        "invalid_problem": (
            _("Les données de la période ne permettent pas de planifier."),
            _("Prévenez l’administration : le journal du serveur dit quelle donnée est en cause."),
        ),
    }
    text, cure = texts.get(
        plan.failure or "",
        (
            _("Le calcul s’est arrêté sur une erreur qui n’est pas de votre fait."),
            _("Planifiez à nouveau. Si cela se répète, prévenez l’administration."),
        ),
    )
    return str(text), str(cure)


def facts_of(line: Line) -> list[tuple[str, str]]:
    """Say what a line rests on: wish, way, stability, coach."""
    row = line.proposal
    wish = _("hors souhaits") if row.rank is None else _("souhait n° %(rank)s", rank=row.rank)
    facts = [("star", str(wish)), ("walk", str(_("%(num)s min", num=row.travel_minutes)))]
    if line.is_placed:
        facts.append(("circle-check", str(_("place déjà confirmée"))))
    elif row.is_kept:
        facts.append(("history", str(_("conservée"))))
    else:
        facts.append(("sparkles", str(_("nouvelle"))))
    if row.coach is not None:
        facts.append(("briefcase", _visit(row)))
    return facts


def _visit(row: Proposal) -> str:
    assert row.coach is not None
    if row.visit_weekday is None or row.visit_start_minute is None:
        return str(row.coach.name)
    return str(
        _(
            "%(coach)s, visite %(day)s %(time)s",
            coach=row.coach.name,
            day=weekday_name(row.visit_weekday),
            time=minute_of_day(row.visit_start_minute),
        )
    )


def solution_of(plan: Plan) -> dict[str, Any]:
    """Return the solution document of a plan that has one."""
    assert plan.solution is not None
    document: dict[str, Any] = json.loads(plan.solution)
    return document
