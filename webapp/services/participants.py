"""The people in measures, each with one worker who speaks for them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from webapp.models import Account, Certificate, Participant, Role, Territory
from webapp.permissions import NotAllowedError, can_edit_participant, can_settle_participant
from webapp.services import audits
from webapp.services.transactions import DbSession, transaction

# Neither vowels, so that no word comes out, nor signs that are taken for one another.
_ALPHABET = "34679CDFGHJKMNPQRTVWXY"
_REFERENCE_LENGTH = 5


class NotAWorkerError(Exception):
    """Participants are handed over to a worker of the coordinator's territory only."""

    def __init__(self, account_id: int) -> None:
        self.account_id = account_id
        super().__init__(f"account {account_id} cannot take a participant over")


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """A tag that somebody holds, both dates included; None: not limited on that side."""

    tag_id: int
    valid_from: date | None = None
    valid_until: date | None = None


@dataclass(frozen=True, slots=True)
class ParticipantFacts:
    """What is known of a participant; ``lat`` and ``lon`` in degrees, both or neither."""

    first_name: str
    last_name: str
    lat: float | None = None
    lon: float | None = None
    certificates: tuple[CertificateFacts, ...] = ()


def create_participant(
    db_session: DbSession, account: Account, facts: ParticipantFacts
) -> Participant:
    """Add a participant of the worker ``account``, with a reference of their own."""
    if account.role != Role.WORKER:
        raise NotAllowedError(account.id, account)
    with transaction(db_session):
        participant = Participant(
            territory_id=account.territory_id,
            worker_id=account.id,
            reference=_new_reference(db_session),
        )
        _state(participant, facts)
        db_session.add(participant)
        audits.record(db_session, account, "create", participant)
    return participant


def update_participant(
    db_session: DbSession, account: Account, participant: Participant, facts: ParticipantFacts
) -> None:
    """State the facts anew; certificates that are not among them are taken away."""
    if not can_edit_participant(account, participant):
        raise NotAllowedError(account.id, participant)
    with transaction(db_session):
        # Two who write at once write one after the other, each over what the other wrote.
        db_session.refresh(participant, with_for_update={"key_share": True})
        _state(participant, facts)
        audits.record(db_session, account, "update", participant)


def hand_over(
    db_session: DbSession, account: Account, participant: Participant, worker: Account
) -> None:
    """Let another worker speak for the participant; everything else stays as it is.

    Raise NotAWorkerError.
    """
    if not can_settle_participant(account, participant):
        raise NotAllowedError(account.id, participant)
    if worker.id not in {each.id for each in workers_for(db_session, account)}:
        raise NotAWorkerError(worker.id)
    with transaction(db_session):
        previous = participant.worker_id
        participant.worker_id = worker.id
        audits.record(
            db_session, account, "hand_over", participant, from_id=previous, to_id=worker.id
        )


def workers_for(db_session: DbSession, account: Account) -> list[Account]:
    """Return the active workers of a coordinator's territory and all below, by name."""
    return list(
        db_session.scalars(
            select(Account)
            .join(Account.territory)
            .where(
                Account.role == Role.WORKER,
                Account.disabled_at.is_(None),
                Territory.path.startswith(account.territory.path),
            )
            .order_by(Account.display_name, Account.id)
        )
    )


def _state(participant: Participant, facts: ParticipantFacts) -> None:
    participant.first_name = facts.first_name
    participant.last_name = facts.last_name
    participant.lat = facts.lat
    participant.lon = facts.lon
    known = [(row.tag_id, row.valid_from, row.valid_until) for row in participant.certificates]
    stated = [(row.tag_id, row.valid_from, row.valid_until) for row in facts.certificates]
    if known != stated:
        participant.certificates = [
            Certificate(tag_id=tag_id, valid_from=valid_from, valid_until=valid_until)
            for tag_id, valid_from, valid_until in stated
        ]


def _new_reference(db_session: DbSession) -> str:
    while True:
        reference = "".join(secrets.choice(_ALPHABET) for _ in range(_REFERENCE_LENGTH))
        taken = select(Participant.id).where(Participant.reference == reference)
        if db_session.scalar(taken) is None:
            return reference
