"""What a coordinator says of the lines of a plan, before it is published."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from webapp.models import PLACED, Account, Ban, Decision, Enrolment, Group, Pin, Plan, Proposal
from webapp.models.plan import PlanState
from webapp.permissions import NotAllowedError, can_plan_territory, can_settle_participant
from webapp.services import audits
from webapp.services.transactions import DbSession, transaction


class NotDecidableError(Exception):
    """The plan is published or no plan, or the place is held already."""

    def __init__(self, plan_id: int) -> None:
        self.plan_id = plan_id
        super().__init__(f"nothing to decide in plan {plan_id}")


def decide_proposal(
    db_session: DbSession, account: Account, proposal: Proposal, decision: Decision
) -> None:
    """Accept a line, pin it for every next plan, rule it out of them, or leave it open again.

    Raise NotDecidableError.
    """
    with transaction(db_session):
        _hold(db_session, account, proposal.plan)
        if _is_placed(db_session, proposal):
            raise NotDecidableError(proposal.plan_id)
        for model in (Pin, Ban):
            db_session.execute(
                delete(model).where(
                    model.participant_id == proposal.participant_id,
                    model.group_id == proposal.group_id,
                )
            )
        if decision == Decision.PINNED:
            db_session.add(
                Pin(
                    participant_id=proposal.participant_id,
                    group_id=proposal.group_id,
                    coach_id=proposal.coach_id,
                )
            )
        elif decision == Decision.RULED_OUT:
            db_session.add(Ban(participant_id=proposal.participant_id, group_id=proposal.group_id))
        proposal.decision = decision
        audits.record(db_session, account, "decide", proposal, decision=decision.value)


def accept_group(db_session: DbSession, account: Account, plan: Plan, group: Group) -> int:
    """Accept all lines of a group that are still open; return how many. Raise NotDecidableError."""
    with transaction(db_session):
        _hold(db_session, account, plan)
        accepted = db_session.execute(
            update(Proposal)
            .where(
                Proposal.plan_id == plan.id,
                Proposal.group_id == group.id,
                Proposal.decision == Decision.UNDECIDED,
                Proposal.participant_id.not_in(
                    select(Enrolment.participant_id).where(
                        Enrolment.group_id == group.id, Enrolment.status.in_(PLACED)
                    )
                ),
            )
            .values(decision=Decision.ACCEPTED)
        )
        count: int = accepted.rowcount  # type: ignore[attr-defined]  # an UPDATE's result
        audits.record(db_session, account, "accept_group", plan, group_id=group.id, count=count)
    return count


def remove_pin(db_session: DbSession, account: Account, pin: Pin) -> None:
    """Leave a place open again that was settled for every next plan."""
    if not can_settle_participant(account, pin.participant):
        raise NotAllowedError(account.id, pin)
    with transaction(db_session):
        audits.record(db_session, account, "remove", pin, group_id=pin.group_id)
        db_session.delete(pin)


def _hold(db_session: DbSession, account: Account, plan: Plan) -> None:
    """Keep the plan from being published meanwhile; raise NotDecidableError if it already is."""
    if not can_plan_territory(account, plan.territory):
        raise NotAllowedError(account.id, plan)
    db_session.refresh(plan, ["state"], with_for_update=True)
    if plan.state != PlanState.SOLVED:
        raise NotDecidableError(plan.id)


def _is_placed(db_session: DbSession, proposal: Proposal) -> bool:
    return (
        db_session.scalar(
            select(Enrolment.id).where(
                Enrolment.participant_id == proposal.participant_id,
                Enrolment.group_id == proposal.group_id,
                Enrolment.status.in_(PLACED),
            )
        )
        is not None
    )
