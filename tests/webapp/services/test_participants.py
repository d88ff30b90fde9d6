import re

import pytest
from sqlalchemy import select

from tests import factories as make
from tests.worlds import World
from webapp import clock
from webapp.models import AuditEntry, Role, TagKind
from webapp.models.participant import fold
from webapp.permissions import NotAllowedError
from webapp.services import participants
from webapp.services.participants import CertificateFacts, ParticipantFacts


def test_references_are_short_unambiguous_and_all_different(db_session, world: World):
    facts = ParticipantFacts("Ana", "Silva")
    people = [participants.create_participant(db_session, world.here.bob, facts) for _ in range(30)]
    references = {person.reference for person in people}
    assert len(references) == len(people)
    assert all(re.fullmatch("[34679CDFGHJKMNPQRTVWXY]{5}", each) for each in references)


def test_a_reference_in_use_is_drawn_again(db_session, world: World, monkeypatch):
    first = participants.create_participant(
        db_session, world.here.bob, ParticipantFacts("Ana", "Silva")
    )
    letters = iter(first.reference + "XXXXX")
    monkeypatch.setattr(participants.secrets, "choice", lambda _alphabet: next(letters))
    second = participants.create_participant(
        db_session, world.here.bob, ParticipantFacts("Ana", "Silva")
    )
    assert second.reference == "XXXXX"


def test_only_the_own_worker_and_coordinators_change_a_person(db_session, world: World):
    here = world.here
    facts = ParticipantFacts("Neu", "Name")
    for account in (here.bea, here.charlie, here.dora, here.emil, world.there.alice):
        with pytest.raises(NotAllowedError):
            participants.update_participant(db_session, account, here.participant, facts)
    for account in (here.alice, here.charlie):
        with pytest.raises(NotAllowedError):
            participants.create_participant(db_session, account, facts)
    for account in (here.bob, here.alice):
        participants.update_participant(db_session, account, here.participant, facts)
    actions = select(AuditEntry.action, AuditEntry.account_id).where(
        AuditEntry.noun == "participant", AuditEntry.noun_id == here.participant.id
    )
    assert db_session.execute(actions.order_by(AuditEntry.id)).all() == [
        ("update", here.bob.id),
        ("update", here.alice.id),
    ]


def test_a_changed_name_is_found_under_the_new_name(db_session, world: World):
    here = world.here
    participants.update_participant(
        db_session, here.bob, here.participant, ParticipantFacts("Zoë", "Müller")
    )
    db_session.refresh(here.participant)
    assert here.participant.search_key.startswith("zoe muller ")
    assert fold("  ŒUVRE Élan ") == "œuvre elan"


def test_certificates_stay_the_same_rows_while_nothing_about_them_changes(db_session, world: World):
    here = world.here
    tag = make.make_tag(db_session, TagKind.HOLD)
    row = make.make_certificate(db_session, here.participant, tag, "2027-01-01")
    db_session.refresh(here.participant)
    held = CertificateFacts(tag.id, row.valid_from)
    participants.update_participant(
        db_session, here.bob, here.participant, ParticipantFacts("A", "B", certificates=(held,))
    )
    assert [each.id for each in here.participant.certificates] == [row.id]
    participants.update_participant(
        db_session, here.bob, here.participant, ParticipantFacts("A", "B")
    )
    db_session.refresh(here.participant)
    assert here.participant.certificates == []


def test_a_person_is_handed_over_to_a_worker_in_use_of_the_territory_only(db_session, world: World):
    here = world.here
    gone = make.make_account(db_session, Role.WORKER, here.territory, disabled_at=clock.now())
    for worker in (world.there.bob, here.charlie, gone):
        with pytest.raises(participants.NotAWorkerError):
            participants.hand_over(db_session, here.alice, here.participant, worker)
    for account in (here.bob, world.there.alice):
        with pytest.raises(NotAllowedError):
            participants.hand_over(db_session, account, here.participant, here.bea)
    participants.hand_over(db_session, here.alice, here.participant, here.bea)
    assert here.participant.worker_id == here.bea.id
