"""The run of a plan in the background: claimed, watched, answered once.

A run is known by its attempt. Whoever claims a queued plan raises the number; everything that a
run writes has the condition that the number is still its own. So a worker may be killed, or freeze
and wake up: another takes over, and what comes late is refused.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp import clock, jobs
from webapp.extensions import db, read_only
from webapp.models import Group, Pin, Plan, PlanProgress, PlanState, Referral
from webapp.permissions import can_plan_territory, scoped
from webapp.planning.export import export_problem, problem_bytes
from webapp.planning.outcome import proposals_of, solution_bytes
from webapp.planning.rows import referred
from webapp.planning.solving import InvalidProblemError, NoAnswerError, Progress, solve
from webapp.services import audits
from webapp.services.transactions import transaction

LOST_AFTER = timedelta(seconds=30)
MOST_ATTEMPTS = 3
_ASK_EVERY = 0.5  # seconds
_BEAT_EVERY = 5.0
_TELL_EVERY = 0.5

_STATES = {
    "optimal": PlanState.SOLVED,
    "feasible": PlanState.SOLVED,
    "infeasible": PlanState.INFEASIBLE,
    "unknown": PlanState.OUT_OF_TIME,
}
logger = logging.getLogger(__name__)


class LateResultError(Exception):
    """The plan was taken over by another run, or ended otherwise."""

    def __init__(self, plan_id: int, attempt: int) -> None:
        self.plan_id = plan_id
        self.attempt = attempt
        super().__init__(f"attempt {attempt} of plan {plan_id} is no longer awaited")


@jobs.background
def run_plan(plan_id: int) -> None:
    """Make a queued plan with the rights of who asked for it; nothing if it is not queued."""
    run = claim(plan_id)
    if run is None:
        return
    try:
        run.finish(run.solve(run.export()))
    except PermissionError:
        run.end(PlanState.FAILED, "no_rights")
    except InvalidProblemError as error:
        logger.error("plan %s makes no problem: %s", plan_id, error)  # no trace needed
        run.end(PlanState.FAILED, "invalid_problem")
    except NoAnswerError as error:
        logger.error("plan %s: %s", plan_id, error)  # as above
        if run.is_stopped:  # before there was anything to keep
            run.end(PlanState.OUT_OF_TIME)
        elif error.code == "killed" and run.attempt < MOST_ATTEMPTS:
            run.end(PlanState.QUEUED)
            run_plan(plan_id)
        else:
            run.end(PlanState.FAILED, error.code)
    except LateResultError as error:
        logger.warning("refused: %s", error)
    except Exception:
        run.end(PlanState.FAILED, "error")
        raise


def claim(plan_id: int) -> Run | None:
    """Take a queued plan; None when another has it, or nobody wants it any more."""
    with transaction(db.session):
        claimed = db.session.execute(
            update(Plan)
            .where(Plan.id == plan_id, Plan.state == PlanState.QUEUED)
            .values(
                state=PlanState.RUNNING,
                attempt=Plan.attempt + 1,
                started_at=clock.now(),
                heartbeat_at=clock.now(),
            )
            .execution_options(synchronize_session=False)
        )
        if claimed.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a cursor result
            return None
        attempt = db.session.scalars(select(Plan.attempt).where(Plan.id == plan_id)).one()
    return Run(plan_id, attempt)


@jobs.repeated
def requeue_lost_plans() -> None:
    """Queue again what no worker has cared for lately; give up what killed several workers."""
    lost = (
        Plan.state.in_([PlanState.QUEUED, PlanState.RUNNING]),
        Plan.heartbeat_at < clock.now() - LOST_AFTER,
    )
    with read_only():
        found = db.session.scalars(select(Plan.id).where(*lost)).all()
        db.session.commit()
    for plan_id in found:
        with transaction(db.session):
            given_up = db.session.execute(
                update(Plan)
                .where(Plan.id == plan_id, *lost, Plan.attempt >= MOST_ATTEMPTS)
                .values(state=PlanState.FAILED, failure="lost", finished_at=clock.now())
                .execution_options(synchronize_session=False)
            )
            queued = db.session.execute(
                update(Plan)
                .where(Plan.id == plan_id, *lost)
                .values(state=PlanState.QUEUED, heartbeat_at=clock.now())
                .execution_options(synchronize_session=False)
            )
        if queued.rowcount:  # type: ignore[attr-defined]  # an UPDATE gives a cursor result
            logger.warning("plan %s was lost and is queued again", plan_id)
            jobs.enqueue(run_plan, plan_id)
        elif given_up.rowcount:  # type: ignore[attr-defined]  # as above
            logger.error("plan %s was lost %s times", plan_id, MOST_ATTEMPTS)


@dataclass
class Run:
    """One attempt at a plan."""

    plan_id: int
    attempt: int
    _asked_at: float = 0.0
    _beat_at: float = field(default_factory=time.monotonic)
    _told_at: float = 0.0
    _told_tier: str | None = None
    _untold: Progress | None = None
    is_stopped: bool = False

    def export(self) -> bytes:
        """Read the rows that the requester may plan; raise PermissionError when they may not."""
        # In a session of its own: a whole period of rows, and the solver needs the memory more.
        with read_only(), Session(db.session.get_bind()) as reading:
            plan = reading.get_one(Plan, self.plan_id)
            account = plan.requested_by
            seen = reading.scalar(scoped(account, Plan).where(Plan.id == plan.id))
            if seen is None or not can_plan_territory(account, plan.territory):
                raise PermissionError(f"account {account.id} may not make plan {plan.id}")
            problem = problem_bytes(export_problem(reading, plan.period, plan.territory))
        with transaction(db.session):
            self._update(problem=problem, heartbeat_at=clock.now())
        return problem

    def solve(self, problem: bytes) -> dict[str, Any]:
        """Solve in a child process, telling how it goes; return the solution document."""
        with read_only():
            seconds = db.session.scalars(
                select(Plan.time_limit_seconds).where(Plan.id == self.plan_id)
            ).one()
            db.session.commit()
        solution = solve(
            problem,
            seconds=seconds,
            memory_mb=current_app.config["SOLVER_MEMORY_MB"],
            on_progress=self.tell,
            should_stop=self.should_stop,
        )
        self._flush()
        return solution

    def should_stop(self) -> bool:
        """Beat, and tell whether the coordinator wants the best plan now.

        Raise LateResultError when another run has taken over.
        """
        now = time.monotonic()
        if now - self._asked_at < _ASK_EVERY:
            return self.is_stopped
        self._asked_at = now
        if self._untold is not None and now - self._told_at >= _TELL_EVERY:
            self._flush()
        if now - self._beat_at >= _BEAT_EVERY:
            self._beat_at = now
            with transaction(db.session):
                self._update(heartbeat_at=clock.now())
        with read_only():
            stop, state, attempt = db.session.execute(
                select(Plan.stop_requested_at, Plan.state, Plan.attempt).where(
                    Plan.id == self.plan_id
                )
            ).one()
            db.session.commit()
        if (state, attempt) != (PlanState.RUNNING, self.attempt):
            raise LateResultError(self.plan_id, self.attempt)
        self.is_stopped = stop is not None
        return self.is_stopped

    def tell(self, progress: Progress) -> None:
        """Keep a better plan or bound; of many a second only the last of each tier."""
        if self._untold is not None and self._untold.tier != progress.tier:
            self._flush()
        self._untold = progress
        if progress.tier != self._told_tier or time.monotonic() - self._told_at >= _TELL_EVERY:
            self._flush()

    def finish(self, solution: dict[str, Any]) -> None:
        """Write the answer and its proposals; raise LateResultError when it is not awaited."""
        data = solution_bytes(solution)
        with transaction(db.session):
            self._update(state=_STATES[solution["status"]], solution=data, finished_at=clock.now())
            plan = db.session.get_one(Plan, self.plan_id)
            planned = set(
                db.session.scalars(
                    referred(plan.period, plan.territory).with_only_columns(Referral.participant_id)
                )
            )
            pins = select(Pin).join(Pin.group).where(Group.period_id == plan.period_id)
            pinned = {(pin.participant_id, pin.group_id) for pin in db.session.scalars(pins)}
            assert plan.problem is not None
            db.session.add_all(proposals_of(plan.id, plan.problem, solution, planned, pinned))
            audits.record(db.session, plan.requested_by, "solve", plan, status=solution["status"])

    def end(self, state: PlanState, failure: str | None = None) -> None:
        """End without an answer, unless the plan is another run's by now."""
        db.session.rollback()
        finished_at = None if state == PlanState.QUEUED else clock.now()
        try:
            with transaction(db.session):
                self._update(state=state, failure=failure, finished_at=finished_at)
        except LateResultError as error:
            logger.warning("refused: %s", error)

    def _flush(self) -> None:
        progress, self._untold = self._untold, None
        if progress is None:
            return
        self._told_at, self._told_tier = time.monotonic(), progress.tier
        with transaction(db.session):
            self._update(heartbeat_at=clock.now())
            db.session.add(
                PlanProgress(
                    plan_id=self.plan_id,
                    attempt=self.attempt,
                    seconds=progress.seconds,
                    tier=progress.tier,
                    value=_json(progress.value),
                    bound=_json(progress.bound),
                    gap=progress.gap,
                )
            )

    def _update(self, **values: Any) -> None:
        """Change the plan if it is still this run's; otherwise raise LateResultError."""
        changed = db.session.execute(
            update(Plan)
            .where(
                Plan.id == self.plan_id,
                Plan.attempt == self.attempt,
                Plan.state == PlanState.RUNNING,
            )
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        if changed.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE gives a cursor result
            raise LateResultError(self.plan_id, self.attempt)


def _json(value: int | tuple[int, ...] | None) -> int | list[int] | None:
    return list(value) if isinstance(value, tuple) else value
