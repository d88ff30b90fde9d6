"""Plans: asked for, watched, decided line by line, published."""

from __future__ import annotations

from typing import TypeVar

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from webapp import clock
from webapp.extensions import db
from webapp.models import Decision, Group, Period, Pin, Plan, PlanState, Proposal, Role
from webapp.permissions import scoped
from webapp.services import plans
from webapp.services.plans import contents, explanations
from webapp.views import plan_board, plan_words, timetables
from webapp.views.access import allowed, current_account, load
from webapp.views.locale import name_of
from webapp.views.shell import current_period
from webapp.views.territory_choice import chosen_territory, territories_of

blueprint = Blueprint("plans", __name__, url_prefix="/plans")

VIEWS = ("groups", "people", "unplaced")
DECISIONS = {
    "accept": Decision.ACCEPTED,
    "pin": Decision.PINNED,
    "rule_out": Decision.RULED_OUT,
}
Row = TypeVar("Row")
HAS_LINES = (PlanState.SOLVED, PlanState.PUBLISHED)


@blueprint.get("")
@allowed(Role.COORDINATOR)
def list_plans() -> ResponseReturnValue:
    period = current_period()
    found = contents.of_period(scoped(current_account, Plan), period) if period else None
    return render_template(
        "plans/list.html",
        period=period,
        plans=[] if found is None else db.session.scalars(found).all(),
        state_of=_state_of,
    )


@blueprint.get("/new")
@allowed(Role.COORDINATOR)
def new_plan() -> ResponseReturnValue:
    period = current_period()
    if period is None:
        return redirect(url_for("plans.list_plans"))
    territory = chosen_territory(period)
    return render_template(
        "plans/new.html",
        period=period,
        territory=territory,
        territories=territories_of(period),
        figures=contents.count(db.session, period, territory),
        under_way=plans.find_under_way(db.session, territory),
    )


@blueprint.post("")
@allowed(Role.COORDINATOR)
def start_plan() -> ResponseReturnValue:
    period = load(Period, request.form.get("period_id", type=int) or 0)
    territory = chosen_territory(period)
    try:
        plan = plans.start_plan(db.session, current_account, period, territory)
    except plans.PlanUnderWayError as error:
        flash(_("Une planification de ces personnes est déjà en cours. La voici."), "notice")
        plan = error.plan
        if db.session.scalar(scoped(current_account, Plan).where(Plan.id == plan.id)) is None:
            return redirect(url_for("plans.list_plans"), 303)
    return redirect(url_for("plans.show_plan", plan_id=plan.id), 303)


@blueprint.get("/<int:plan_id>")
@allowed(Role.COORDINATOR)
def show_plan(plan_id: int) -> ResponseReturnValue:
    plan = load(Plan, plan_id)
    if plan.state in plans.UNDER_WAY:
        return render_template("plans/running.html", plan=plan, **_progress(plan))
    if plan.state not in HAS_LINES:
        return _show_failure(plan)
    return _show_result(plan)


@blueprint.get("/<int:plan_id>/progress")
@allowed(Role.COORDINATOR)
def show_progress(plan_id: int) -> ResponseReturnValue:
    """The part of the running page that renews itself; the whole page once there is a result."""
    plan = load(Plan, plan_id)
    if plan.state not in plans.UNDER_WAY:
        return Response(headers={"HX-Refresh": "true"})
    return render_template("plans/_progress.html", plan=plan, **_progress(plan))


def _progress(plan: Plan) -> dict[str, object]:
    shown = plan_words.steps(plan, contents.read_progress(db.session, plan))
    begun = plan.started_at or plan.created_at
    return {
        "steps": shown,
        "number": next(i for i, step in enumerate(shown, 1) if step.state == "now"),
        "seconds": max(0, int((clock.now() - begun).total_seconds())),
        "figures": contents.count(db.session, plan.period, plan.territory),
    }


def _state_of(plan: Plan) -> tuple[str, str, str]:
    is_outdated = plan.state == PlanState.SOLVED and plans.find_newer(db.session, plan) is not None
    return plan_words.state_label(plan.state, is_outdated=is_outdated)


def _show_failure(plan: Plan) -> ResponseReturnValue:
    pins: list[explanations.ConflictingPin] = []
    rules: list[str] = []
    if plan.state == PlanState.INFEASIBLE:
        pins, rules = explanations.explain_conflict(db.session, plan, str(get_locale()))
    text, cure = plan_words.why_no_plan(plan)
    return render_template(
        "plans/without_result.html", plan=plan, pins=pins, rules=rules, text=text, cure=cure
    )


def _show_result(plan: Plan) -> ResponseReturnValue:
    view = request.args.get("view", VIEWS[0])
    if view not in VIEWS:
        abort(404)
    # A plan taken over from a file came without a solution: it has lines, and no figures.
    solution = plan_words.solution_of(plan) if plan.solution else None
    lines = contents.read_lines(db.session, plan)
    shown: dict[str, object] = {}
    if view == "groups":
        boards, page, pages = _page(plan_board.by_group(lines), plan_board.GROUPS_A_PAGE)
        shown["measures"] = plan_board.under_measures(boards)
        shown["opened"] = _opened(boards)
    elif view == "people":
        shown["people"], page, pages = _page(plan_board.by_person(lines), plan_board.PEOPLE_A_PAGE)
    else:
        unplaced = (
            explanations.explain_unplaced(db.session, plan, str(get_locale())) if solution else []
        )
        shown["unplaced"], page, pages = _page(unplaced, plan_board.UNPLACED_A_PAGE)
    return render_template(
        "plans/result.html",
        plan=plan,
        newer=plans.find_newer(db.session, plan) if plan.state == PlanState.SOLVED else None,
        view=view,
        page=page,
        pages=pages,
        num_placed=len({line.proposal.participant_id for line in lines}),
        num_unplaced=len(solution["unplaced"]) if solution else 0,
        tiers=plan_words.shown_tiers(solution, lines) if solution else [],
        seconds=round(solution["run"]["seconds"]) if solution else None,
        decisions=contents.count_decisions(db.session, plan),
        facts_of=plan_words.facts_of,
        tier_purpose=plan_words.tier_purpose,
        meeting_times=timetables.meeting_times,
        name_of=name_of,
        **shown,
    )


def _page(rows: list[Row], per_page: int) -> tuple[list[Row], int, int]:
    pages = max(1, -(-len(rows) // per_page))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)
    return rows[(page - 1) * per_page : page * per_page], page, pages


def _opened(boards: list[plan_board.GroupBoard]) -> int | None:
    """The group to unfold: the one asked for, else the first with something to decide."""
    asked = request.args.get("group", type=int)
    if asked is not None:
        return asked
    return next((board.group.id for board in boards if board.num_open), None)


@blueprint.post("/<int:plan_id>/stop")
@allowed(Role.COORDINATOR)
def stop_plan(plan_id: int) -> ResponseReturnValue:
    plan = load(Plan, plan_id)
    plans.stop_plan(db.session, current_account, plan)
    flash(_("La planification s’arrête ; le meilleur plan trouvé est gardé."), "done")
    return redirect(url_for("plans.show_plan", plan_id=plan.id), 303)


@blueprint.post("/proposals/<int:proposal_id>/decision")
@allowed(Role.COORDINATOR)
def decide(proposal_id: int) -> ResponseReturnValue:
    """Note a decision, or take it back when it is the one that stands."""
    proposal = load(Proposal, proposal_id)
    decision = DECISIONS.get(request.form.get("decision", ""))
    if decision is None:
        abort(400)
    if decision == proposal.decision:
        decision = Decision.UNDECIDED
    try:
        plans.decide_proposal(db.session, current_account, proposal, decision)
    except plans.NotDecidableError:
        flash(_("Cette ligne ne se décide plus : la planification est publiée."), "error")
        return redirect(url_for("plans.show_plan", plan_id=proposal.plan_id), 303)
    if request.headers.get("HX-Request"):
        return _render_decided(proposal)
    return redirect(_back_to(proposal), 303)


def _render_decided(proposal: Proposal) -> str:
    """What the decision changes on the page: the line, its group's count, all counts."""
    lines = contents.read_lines(db.session, proposal.plan, proposal.group_id)
    line = next(line for line in lines if line.proposal.id == proposal.id)
    (board,) = plan_board.by_group(lines)
    return render_template(
        "plans/_decided.html",
        line=line,
        facts=plan_words.facts_of(line),
        view=request.args.get("view", VIEWS[0]),
        page=request.args.get("page", 1, type=int),
        decisions=contents.count_decisions(db.session, proposal.plan),
        num_lines=len(board.lines),
        num_open=board.num_open,
    )


def _back_to(proposal: Proposal) -> str:
    view = request.args.get("view", VIEWS[0])
    return url_for(
        "plans.show_plan",
        plan_id=proposal.plan_id,
        view=view if view in VIEWS else VIEWS[0],
        page=request.args.get("page", 1, type=int),
        group=proposal.group_id,
        _anchor=f"line-{proposal.id}",
    )


@blueprint.post("/pins/<int:pin_id>/remove")
@allowed(Role.COORDINATOR)
def remove_pin(pin_id: int) -> ResponseReturnValue:
    plans.remove_pin(db.session, current_account, load(Pin, pin_id))
    flash(_("L’épingle est retirée. Planifiez à nouveau pour en tenir compte."), "done")
    return redirect(url_for("plans.new_plan"), 303)


@blueprint.post("/<int:plan_id>/groups/<int:group_id>/accept")
@allowed(Role.COORDINATOR)
def accept_group(plan_id: int, group_id: int) -> ResponseReturnValue:
    plan, group = load(Plan, plan_id), load(Group, group_id)
    try:
        count = plans.accept_group(db.session, current_account, plan, group)
    except plans.NotDecidableError:
        flash(_("Cette planification est déjà publiée."), "error")
    else:
        flash(ngettext("%(num)s ligne acceptée.", "%(num)s lignes acceptées.", count), "done")
    page = request.args.get("page", 1, type=int)
    return redirect(
        url_for(
            "plans.show_plan", plan_id=plan.id, page=page, group=group.id, _anchor=f"g{group.id}"
        ),
        303,
    )


@blueprint.get("/<int:plan_id>/publish")
@allowed(Role.COORDINATOR)
def confirm_publication(plan_id: int) -> ResponseReturnValue:
    plan = load(Plan, plan_id)
    if plan.state != PlanState.SOLVED or plans.find_newer(db.session, plan):
        return redirect(url_for("plans.show_plan", plan_id=plan.id))
    return render_template(
        "plans/publish.html",
        plan=plan,
        decisions=contents.count_decisions(db.session, plan),
        num_withdrawn=contents.num_withdrawable(db.session, plan),
    )


@blueprint.post("/<int:plan_id>/publish")
@allowed(Role.COORDINATOR)
def publish_plan(plan_id: int) -> ResponseReturnValue:
    plan = load(Plan, plan_id)
    try:
        done = plans.publish_plan(db.session, current_account, plan)
    except plans.NotPublishableError:
        flash(_("Cette planification est déjà publiée, ou n’a pas de résultat."), "error")
    except plans.OutdatedPlanError as error:
        flash(
            _(
                "La planification n° %(number)s a été publiée depuis. Planifiez à nouveau pour "
                "en tenir compte.",
                number=error.plan.number,
            ),
            "error",
        )
    else:
        flash(
            ngettext(
                "%(num)s proposition publiée.", "%(num)s propositions publiées.", done.num_proposed
            ),
            "done",
        )
        if done.num_left_out:
            flash(
                ngettext(
                    "%(num)s ligne n’a pas été envoyée : son groupe est annulé, l’orientation "
                    "close, ou la réponse déjà donnée.",
                    "%(num)s lignes n’ont pas été envoyées : leur groupe est annulé, "
                    "l’orientation close, ou la réponse déjà donnée.",
                    done.num_left_out,
                ),
                "notice",
            )
    return redirect(url_for("plans.show_plan", plan_id=plan.id), 303)


@blueprint.get("/<int:plan_id>/problem.json")
@allowed(Role.COORDINATOR)
def download_problem(plan_id: int) -> ResponseReturnValue:
    plan = load(Plan, plan_id)
    return _download(plan.problem, f"probleme-{plan.id}.json")


@blueprint.get("/<int:plan_id>/solution.json")
@allowed(Role.COORDINATOR)
def download_solution(plan_id: int) -> ResponseReturnValue:
    plan = load(Plan, plan_id)
    return _download(plan.solution, f"solution-{plan.id}.json")


def _download(data: bytes | None, name: str) -> Response:
    if data is None:
        abort(404)
    return Response(
        data,
        mimetype="application/json",
        headers={"Content-Disposition": f"attachment; filename={name}"},
    )
