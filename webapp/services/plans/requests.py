"""Asking for a plan, and asking it to stop."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import ColumnElement, func, literal, or_, select, text, update

from webapp import clock, jobs
from webapp.models import Account, Period, Plan, PlanState, Territory
from webapp.permissions import NotAllowedError, can_plan_territory
from webapp.services import audits
from webapp.services.plans.runs import run_plan
from webapp.services.transactions import DbSession, transaction

UNDER_WAY = frozenset({PlanState.QUEUED, PlanState.RUNNING})


class PlanUnderWayError(Exception):
    """A plan for the same people is being made; ``plan`` is it."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        super().__init__(f"plan {plan.id} is {plan.state}")


def start_plan(
    db_session: DbSession, account: Account, period: Period, territory: Territory
) -> Plan:
    """Have a plan made for a period and a territory with all below it; return it, queued.

    Raise PlanUnderWayError while one is made for a territory above, below or the same.
    """
    if not can_plan_territory(account, territory) or not territory.path.startswith(
        period.territory.path
    ):
        raise NotAllowedError(account.id, territory)
    with transaction(db_session):
        one_at_a_time(db_session)
        under_way = find_under_way(db_session, territory)
        if under_way is not None:
            raise PlanUnderWayError(under_way)
        last = db_session.scalar(
            select(func.max(Plan.number)).where(
                Plan.period_id == period.id, Plan.territory_id == territory.id
            )
        )
        plan = Plan(
            period=period,
            territory=territory,
            number=(last or 0) + 1,
            requested_by=account,
            time_limit_seconds=current_app.config["SOLVER_SECONDS"],
            heartbeat_at=clock.now(),
        )
        db_session.add(plan)
        audits.record(db_session, account, "start", plan)
    jobs.enqueue(run_plan, plan.id)
    return plan


def stop_plan(db_session: DbSession, account: Account, plan: Plan) -> None:
    """Have the run end soon, with the best plan it has found; one that waits ends at once."""
    if not can_plan_territory(account, plan.territory):
        raise NotAllowedError(account.id, plan)
    now = clock.now()
    with transaction(db_session):
        asked = db_session.execute(
            update(Plan)
            .where(Plan.id == plan.id, Plan.state.in_(UNDER_WAY))
            .values(stop_requested_at=now)
        )
        db_session.execute(
            update(Plan)
            .where(Plan.id == plan.id, Plan.state == PlanState.QUEUED)
            .values(state=PlanState.OUT_OF_TIME, finished_at=now)
        )
        if asked.rowcount:  # type: ignore[attr-defined]  # an UPDATE gives a cursor result
            audits.record(db_session, account, "stop", plan)
    db_session.refresh(plan)


def find_under_way(db_session: DbSession, territory: Territory) -> Plan | None:
    """Return the plan that is being made for people of the territory, if one is."""
    plan: Plan | None = db_session.scalar(
        select(Plan)
        .join(Plan.territory)
        .where(Plan.state.in_(UNDER_WAY), overlapping(territory))
        .limit(1)
    )
    return plan


def overlapping(territory: Territory) -> ColumnElement[bool]:
    """Whether the territory of a plan lies above or below, or is the same."""
    return or_(
        Territory.path.startswith(territory.path),
        literal(territory.path).startswith(Territory.path),
    )


def one_at_a_time(db_session: DbSession) -> None:
    """Hold off others who start or publish plans until the transaction ends.

    SQLite has one writer anyhow.
    """
    if db_session.get_bind().dialect.name == "postgresql":
        db_session.execute(text("SELECT pg_advisory_xact_lock(hashtext('plan'))"))
