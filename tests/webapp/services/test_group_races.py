"""Two people change the same group at the same moment, on a real database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.webapp.installations import installed
from tests.worlds import Land, build_world
from webapp.extensions import db
from webapp.models import (
    Account,
    Certificate,
    DeclineReason,
    Enrolment,
    EnrolmentStatus,
    Group,
    GroupState,
    Participant,
    Period,
    Plan,
    Referral,
    Tag,
    TagKind,
    Wish,
)
from webapp.services import audits, enrolments, groups, participants, plans, referrals, sign_ins
from webapp.services.groups import CapacityUnderTakenError, GroupFacts
from webapp.services.participants import CertificateFacts, ParticipantFacts
from webapp.services.referrals import ReferralFacts
from webapp.services.slots import GroupCancelledError

Act = Callable[[Session], object]


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An installation of its own, since what two sessions commit cannot be rolled back."""
    with installed(database_url, tmp_path) as app, app.app_context():
        app.config["WTF_CSRF_ENABLED"] = False  # as in tests.conftest
        yield app


@pytest.fixture
def here(app: Flask) -> Land:
    with Session(db.engine, expire_on_commit=False) as db_session:
        return build_world(db_session).here


@pytest.fixture
def fresh(here: Land) -> Group:
    """A group in which nobody is; the plan proposes it to Bea's participant."""
    with Session(db.engine, expire_on_commit=False) as db_session:
        period, venue = (db_session.merge(row) for row in (here.period, here.group.venue))
        measure, plan = (db_session.merge(row) for row in (here.measure, here.plan))
        group = make.make_group(db_session, period, measure, venue)
        make.make_proposal(db_session, plan, db_session.merge(here.other_participant), group)
        db_session.commit()
        return group


def just_before_the_end_of(first: Act, second: Act) -> Exception | None:
    """Let ``second`` begin when ``first`` is about to commit; return what it raised, if anything.

    It gets a second to go as far as it can; what it waits for comes with the commit.
    """

    engine = db.engine  # a thread has no application context

    def act(what: Act) -> None:
        with Session(engine, expire_on_commit=False) as db_session:
            what(db_session)

    with (
        ThreadPoolExecutor(1) as pool,
        Session(engine, expire_on_commit=False) as db_session,
    ):
        begun = []

        @event.listens_for(db_session, "before_commit")
        def let_second_begin(_db_session: Session) -> None:
            if not begun:
                begun.append(pool.submit(act, second))
                wait(begun, timeout=1)

        first(db_session)
        error = begun[0].exception(timeout=30)
    assert error is None or isinstance(error, Exception)
    return error


def accepting(here: Land) -> Act:
    def act(db_session: Session) -> None:
        enrolment = db_session.get_one(Enrolment, here.proposed.id)
        enrolments.accept_proposal(db_session, db_session.get_one(Account, here.bea.id), enrolment)

    return act


def declining(here: Land) -> Act:
    def act(db_session: Session) -> None:
        enrolments.decline_proposal(
            db_session,
            db_session.get_one(Account, here.bea.id),
            db_session.get_one(Enrolment, here.proposed.id),
            DeclineReason.NOT_WISHED,
        )

    return act


def cancelling(here: Land, group: Group) -> Act:
    def act(db_session: Session) -> None:
        groups.cancel_group(
            db_session,
            db_session.get_one(Account, here.charlie.id),
            db_session.get_one(Group, group.id),
            "Local fermé",
        )

    return act


def lowering(here: Land, capacity: int) -> Act:
    def act(db_session: Session) -> None:
        group = db_session.get_one(Group, here.group.id)
        facts = GroupFacts(group.measure, group.name, group.venue, capacity, min_size=0)
        account = db_session.get_one(Account, here.charlie.id)
        groups.edit_group(db_session, account, group, facts)

    return act


def publishing(here: Land) -> Act:
    def act(db_session: Session) -> None:
        account = db_session.get_one(Account, here.alice.id)
        plans.publish_plan(db_session, account, db_session.get_one(Plan, here.plan.id))

    return act


def wishing(here: Land, group: Group) -> Act:
    def act(db_session: Session) -> None:
        participant = db_session.get_one(Participant, here.participant.id)
        period = db_session.get_one(Period, here.period.id)
        referral = referrals.find_referral(db_session, participant, period)
        assert referral is not None
        assert referral.wishes  # the form has read them
        referrals.save_referral(
            db_session,
            db_session.get_one(Account, here.bob.id),
            participant,
            period,
            ReferralFacts(wishes=((None, group.id), (here.measure.id, None))),
        )

    return act


def certifying(here: Land, tag: Tag) -> Act:
    def act(db_session: Session) -> None:
        participant = db_session.get_one(Participant, here.participant.id)
        assert participant.certificates  # the form has read them
        participants.update_participant(
            db_session,
            db_session.get_one(Account, here.bob.id),
            participant,
            ParticipantFacts("Awa", "Diop", certificates=(CertificateFacts(tag.id),)),
        )

    return act


def open_in(group: Group) -> list[EnrolmentStatus]:
    """The enrolments of a cancelled group that are not over; there should be none."""
    with Session(db.engine) as db_session:
        row = db_session.get_one(Group, group.id)
        assert (row.state, row.taken) == (GroupState.CANCELLED, 0)
        assert audits.first_broken(db_session) is None
        return list(
            db_session.scalars(
                select(Enrolment.status).where(
                    Enrolment.group_id == group.id, Enrolment.status.in_(enrolments.OPEN)
                )
            )
        )


def test_a_group_called_off_during_an_acceptance_frees_that_place_too(here: Land):
    assert just_before_the_end_of(accepting(here), cancelling(here, here.group)) is None
    assert open_in(here.group) == []


def test_an_acceptance_during_the_calling_off_comes_too_late(here: Land):
    error = just_before_the_end_of(cancelling(here, here.group), accepting(here))
    assert isinstance(error, (enrolments.NotOpenError, enrolments.GroupNotOpenError))
    assert open_in(here.group) == []


def test_an_answer_during_the_calling_off_stands(here: Land):
    assert just_before_the_end_of(declining(here), cancelling(here, here.group)) is None
    assert open_in(here.group) == []
    with Session(db.engine) as db_session:
        row = db_session.get_one(Enrolment, here.proposed.id)
        assert row.status == EnrolmentStatus.DECLINED


def test_a_plan_published_during_the_calling_off_proposes_nothing_there(here: Land, fresh: Group):
    assert just_before_the_end_of(cancelling(here, fresh), publishing(here)) is None
    assert open_in(fresh) == []


def test_a_group_called_off_during_a_publication_takes_its_proposals_back(here: Land, fresh: Group):
    assert just_before_the_end_of(publishing(here), cancelling(here, fresh)) is None
    assert open_in(fresh) == []


def test_a_group_is_called_off_once(here: Land):
    cancel = cancelling(here, here.group)
    assert isinstance(just_before_the_end_of(cancel, cancel), GroupCancelledError)


def test_a_plan_is_published_once(here: Land, fresh: Group):
    publish = publishing(here)
    assert isinstance(just_before_the_end_of(publish, publish), plans.NotPublishableError)
    with Session(db.engine) as db_session:
        sent = select(func.count()).where(Enrolment.group_id == fresh.id)
        assert db_session.scalar(sent) == 1


def test_capacity_does_not_fall_under_a_place_taken_at_the_same_moment(here: Land):
    error = just_before_the_end_of(accepting(here), lowering(here, capacity=1))
    assert isinstance(error, CapacityUnderTakenError)


def test_a_place_is_not_taken_while_capacity_falls(here: Land):
    error = just_before_the_end_of(lowering(here, capacity=1), accepting(here))
    assert isinstance(error, enrolments.GroupFullError)


def test_certificates_written_twice_at_once_are_those_of_one(here: Land):
    with Session(db.engine, expire_on_commit=False) as db_session:
        first, second, third = (make.make_tag(db_session, TagKind.HOLD) for _ in range(3))
        participant = db_session.merge(here.participant)
        participant.certificates.append(Certificate(tag=first))
        db_session.commit()
    assert just_before_the_end_of(certifying(here, second), certifying(here, third)) is None
    with Session(db.engine) as db_session:
        assert db_session.scalars(select(Certificate.tag_id)).all() == [third.id]


def test_wishes_written_twice_at_once_are_those_of_one(here: Land):
    assert just_before_the_end_of(wishing(here, here.group), wishing(here, here.placement)) is None
    with Session(db.engine) as db_session:
        rows = select(Wish.rank, Wish.group_id).join(Wish.referral)
        rows = rows.where(Referral.id == here.referral.id).order_by(Wish.rank)
        assert db_session.execute(rows).all() == [(1, here.placement.id), (2, None)]


def test_a_double_click_is_told_that_the_group_is_called_off(app: Flask, here: Land):
    with Session(db.engine, expire_on_commit=False) as db_session:
        charlie = db_session.get_one(Account, here.charlie.id)
        sign_ins.open_sign_in(db_session, charlie)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = charlie.get_id()
    answers = []

    def click_again(_db_session: Session) -> None:
        path = f"/groups/{here.group.id}/cancel"
        answers.append(client.post(path, data={"reason": "Local fermé"}).status_code)

    assert just_before_the_end_of(cancelling(here, here.group), click_again) is None
    assert answers in ([303], [404])  # 404 where the whole of it had to wait
