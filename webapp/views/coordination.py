"""A coordinator's first page: what to do today, and how the period stands."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp import clock
from webapp.extensions import db
from webapp.french import format_date
from webapp.models import ReferralStatus, Role, Territory
from webapp.services import overviews
from webapp.services.overviews import Overview
from webapp.services.plans import contents
from webapp.services.plans.contents import Figures
from webapp.views.access import allowed, current_account
from webapp.views.plan_words import why_no_plan
from webapp.views.shell import current_period
from webapp.views.territory_choice import chosen_territory, territories_of
from webapp.views.timetables import clock_time

blueprint = Blueprint("coordination", __name__, url_prefix="/coordination")

NAMES_SHOWN = 4
Item = dict[str, object]


@blueprint.get("")
@allowed(Role.COORDINATOR)
def overview() -> ResponseReturnValue:
    period = current_period()
    if period is None:
        return render_template("coordination/no_period.html")
    territory = chosen_territory(period)
    figures = contents.count(db.session, period, territory)
    found = overviews.look(db.session, period, territory)
    return render_template(
        "coordination/overview.html",
        first_name=current_account.display_name.split()[0],
        today=clock.today(territory.timezone),
        period=period,
        territory=territory,
        territories=territories_of(period),
        figures=figures,
        overview=found,
        items=_items(found, figures, territory),
        steps=_first_steps(figures, found),
    )


def _items(found: Overview, figures: Figures, territory: Territory) -> list[Item]:
    """Word what is to do, the most urgent first."""
    items = [*_answers(found, territory), *_plans(found)]
    if not (found.under_way or found.to_publish):
        items += _to_plan(found, figures, territory)
    if found.under_minimum:
        items.append(
            _item(
                ngettext(
                    "%(num)s groupe est sous son minimum",
                    "%(num)s groupes sont sous leur minimum",
                    len(found.under_minimum),
                ),
                " ".join(
                    ngettext(
                        "%(group)s : %(num)s inscription, il en faut %(needed)s.",
                        "%(group)s : %(num)s inscriptions, il en faut %(needed)s.",
                        group.taken,
                        group=group.name,
                        needed=group.min_size,
                    )
                    for group in found.under_minimum[:NAMES_SHOWN]
                ),
                "users",
                "now",
                (
                    _("Voir le premier groupe"),
                    url_for("groups.show_group", group_id=found.under_minimum[0].id),
                ),
            )
        )
    if found.ending:
        first = found.ending[0]
        items.append(
            _item(
                ngettext(
                    "%(num)s certificat se termine avant la fin du groupe",
                    "%(num)s certificats se terminent avant la fin du groupe",
                    len(found.ending),
                ),
                _(
                    "Le premier le %(day)s : %(person)s, %(group)s.",
                    day=format_date(first.ends_on, "d MMMM"),
                    person=first.enrolment.participant.short_name,
                    group=first.enrolment.group.name,
                ),
                "certificate",
                action=(
                    _("Voir la personne"),
                    url_for(
                        "participants.show_participant",
                        participant_id=first.enrolment.participant_id,
                    ),
                ),
            )
        )
    if found.waiting:
        first_waiting = found.waiting[0]
        days = (clock.now() - first_waiting.created_at).days
        items.append(
            _item(
                _(
                    "%(person)s attend depuis %(days)s jours",
                    person=first_waiting.participant.short_name,
                    days=days,
                ),
                ngettext(
                    "%(num)s personne attend depuis plus de deux mois.",
                    "%(num)s personnes attendent depuis plus de deux mois.",
                    len(found.waiting),
                ),
                "hourglass",
                action=(
                    _("Comprendre pourquoi"),
                    url_for("plans.show_plan", plan_id=found.published.id, view="unplaced"),
                )
                if found.published
                else None,
            )
        )
    return items


def _answers(found: Overview, territory: Territory) -> Iterable[Item]:
    """Proposals whose time runs out, and those whose time is over."""
    if found.expiring:
        until = found.expiring[0].answer_by
        assert until is not None
        local = until.astimezone(ZoneInfo(territory.timezone))
        yield _item(
            ngettext(
                "%(num)s proposition expire d’ici trois jours",
                "%(num)s propositions expirent d’ici trois jours",
                len(found.expiring),
            ),
            _(
                "%(names)s. La première %(when)s ; sans réponse, la prochaine planification peut "
                "donner la place à une autre personne.",
                names=_names(row.participant.short_name for row in found.expiring),
                when=_moment(local),
            ),
            "clock",
            "now",
            (
                _("Voir qui attend une réponse"),
                url_for("participants.list_participants", status=ReferralStatus.PROPOSED.value),
            ),
        )
    if found.expired:
        yield _item(
            ngettext(
                "%(num)s proposition est restée sans réponse",
                "%(num)s propositions sont restées sans réponse",
                len(found.expired),
            ),
            _(
                "%(names)s. Une nouvelle planification peut donner ces places à d’autres.",
                names=_names(row.participant.short_name for row in found.expired),
            ),
            "clock",
            "now",
            (
                _("Planifier à nouveau"),
                url_for("plans.new_plan", territory_id=territory.id),
            ),
        )


def _plans(found: Overview) -> Iterable[Item]:
    for plan in found.under_way:
        yield _item(
            _("Planification n° %(number)s en cours", number=plan.number),
            plan.territory.name,
            "route",
            action=(_("Suivre"), url_for("plans.show_plan", plan_id=plan.id)),
        )
    for plan in found.to_publish:
        yield _item(
            _("Planification n° %(number)s à publier", number=plan.number),
            _("%(territory)s. Rien n’est envoyé avant.", territory=plan.territory.name),
            "send",
            "now",
            (_("Voir et publier"), url_for("plans.show_plan", plan_id=plan.id)),
        )
    for plan in found.failed:
        text = (
            _("Des places confirmées ou épinglées ne tiennent pas ensemble.")
            if plan.state.value == "infeasible"
            else why_no_plan(plan)[0]
        )
        yield _item(
            _("Planification n° %(number)s sans résultat", number=plan.number),
            text,
            "alert-triangle",
            "broken",
            (_("Comprendre"), url_for("plans.show_plan", plan_id=plan.id)),
        )


def _to_plan(found: Overview, figures: Figures, territory: Territory) -> Iterable[Item]:
    """A first plan for people and places, or a new one after what has changed since."""
    action = (_("Proposer les inscriptions"), url_for("plans.new_plan", territory_id=territory.id))
    if figures.num_unserved and figures.num_places and not figures.num_placed:
        yield _item(
            ngettext(
                "%(num)s personne attend une place",
                "%(num)s personnes attendent une place",
                figures.num_unserved,
            ),
            ngettext(
                "%(num)s place est libre dans les groupes publiés.",
                "%(num)s places sont libres dans les groupes publiés.",
                figures.num_free,
            ),
            "route",
            action=action,
        )
    elif figures.num_waiting and (found.num_freed or found.num_referred):
        freed = ngettext("%(num)s place rendue", "%(num)s places rendues", found.num_freed)
        referred = ngettext(
            "%(num)s personne orientée", "%(num)s personnes orientées", found.num_referred
        )
        yield _item(
            _("Du nouveau depuis la dernière planification"),
            _(
                "%(freed)s, %(referred)s. Planifier à nouveau ne défait pas ce qui est convenu.",
                freed=freed,
                referred=referred,
            ),
            "refresh",
            action=action,
        )


def _item(
    title: str,
    text: str,
    icon: str,
    urgency: str | None = None,
    action: tuple[str, str] | None = None,
) -> Item:
    label_and_url = {"label": action[0], "url": action[1]} if action else None
    return {
        "title": title, "text": text, "icon": icon, "urgency": urgency, "action": label_and_url
    }  # fmt: skip


def _names(names: Iterable[str]) -> str:
    """List a few names, and say how many more there are."""
    every = list(names)
    text = ", ".join(every[:NAMES_SHOWN])
    rest = len(every) - NAMES_SHOWN
    if rest <= 0:
        return text.rstrip(".")
    return str(
        ngettext("%(names)s et %(num)s autre", "%(names)s et %(num)s autres", rest, names=text)
    )


def _moment(local: datetime) -> str:
    return str(
        _("%(day)s à %(hour)s", day=format_date(local, "EEEE d MMMM"), hour=clock_time(local))
    )


def _first_steps(figures: Figures, found: Overview) -> list[Item] | None:
    """The steps of a period in which nobody has been enrolled yet; None afterwards."""
    if found.published is not None:
        return None
    start = {"label": _("Proposer les inscriptions"), "url": url_for("plans.new_plan")}
    return [
        {
            "title": _("Les partenaires publient leurs groupes"),
            "text": ngettext(
                "%(num)s groupe publié.", "%(num)s groupes publiés.", figures.num_groups
            ),
            "is_done": figures.num_groups > 0,
            "action": None,
        },
        {
            "title": _("Les référent·es orientent leurs participant·es"),
            "text": ngettext(
                "%(num)s personne orientée.", "%(num)s personnes orientées.", figures.num_people
            ),
            "is_done": figures.num_people > 0,
            "action": None,
        },
        {
            "title": _("Vous proposez les inscriptions"),
            "text": _("Le calcul cherche une place à chacune, et dit pourquoi s’il n’y en a pas."),
            "is_done": bool(found.to_publish),
            "action": start if figures.num_groups and figures.num_people else None,
        },
        {
            "title": _("Vous publiez"),
            "text": _("Les référent·es reçoivent les propositions et y répondent."),
            "is_done": False,
            "action": None,
        },
    ]
