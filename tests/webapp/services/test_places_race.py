"""Sixteen workers accept at once and three places are left, on a real database."""

from __future__ import annotations

import secrets
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask_migrate import upgrade
from sqlalchemy import Engine, NullPool, create_engine, func, make_url, select, text
from sqlalchemy.orm import Session

from tests import factories as make
from tests.conftest import make_settings
from webapp import create_app
from webapp.extensions import read_only
from webapp.models import Account, Enrolment, EnrolmentStatus, Group, Role
from webapp.services import audits, enrolments, places
from webapp.services.places import GroupFullError

NUM_WORKERS = 16
NUM_PLACES = 3


@pytest.fixture
def engine(database_url: str, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a database of its own, since what threads commit cannot be rolled back."""
    url = make_url(database_url)
    server = None
    if url.get_backend_name() == "sqlite":
        url = url.set(database=str(tmp_path / "race.sqlite"))
    else:
        server = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        url = url.set(database=f"race_{secrets.token_hex(4)}")
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {url.database}"))
    address = url.render_as_string(hide_password=False)
    app = create_app(make_settings(address, tmp_path))
    with app.app_context():
        upgrade()
        app.extensions["sqlalchemy"].engine.dispose()
    yield create_engine(address, poolclass=NullPool)
    if server is not None:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {url.database}"))


@pytest.fixture
def proposals(engine: Engine) -> list[tuple[int, int]]:
    """Sixteen workers' account ids, each with the id of a proposal to answer."""
    with Session(engine) as db_session:
        territory = make.make_territory(db_session)
        period = make.make_period(db_session, territory)
        venue = make.make_venue(db_session, make.make_partner(db_session, territory))
        measure = make.make_measure(db_session, territory)
        group = make.make_group(db_session, period, measure, venue, capacity=NUM_PLACES)
        found = []
        for _ in range(NUM_WORKERS):
            worker = make.make_account(db_session, Role.WORKER, territory)
            participant = make.make_participant(db_session, worker)
            found.append((worker.id, make.make_enrolment(db_session, participant, group).id))
        db_session.commit()
        return found


def race(engine: Engine, proposals: list[tuple[int, int]]) -> Counter[str]:
    """Accept all proposals at the same moment; count what came out."""
    start = threading.Barrier(len(proposals))

    def accept(account_id: int, enrolment_id: int) -> str:
        with Session(engine, expire_on_commit=False) as db_session:
            with read_only():
                account = db_session.get_one(Account, account_id)
                enrolment = db_session.get_one(Enrolment, enrolment_id)
                assert enrolment.participant.worker_id == account.id  # loads it
                db_session.commit()
            start.wait(timeout=30)
            try:
                enrolments.accept_proposal(db_session, account, enrolment)
            except GroupFullError:
                return "full"
            return "accepted"

    with ThreadPoolExecutor(len(proposals)) as pool:
        return Counter(pool.map(lambda pair: accept(*pair), proposals))


def num_confirmed(engine: Engine) -> int:
    with Session(engine) as db_session, read_only():
        return db_session.scalar(
            select(func.count()).where(Enrolment.status == EnrolmentStatus.CONFIRMED)
        )


def test_sixteen_at_once_get_three_places(engine: Engine, proposals):
    assert race(engine, proposals) == {"accepted": NUM_PLACES, "full": NUM_WORKERS - NUM_PLACES}
    assert num_confirmed(engine) == NUM_PLACES
    with Session(engine) as db_session, read_only():
        assert db_session.scalars(select(Group.taken)).one() == NUM_PLACES
        assert audits.first_broken(db_session) is None


def test_canary_counting_first_and_writing_then_overbooks(engine: Engine, proposals, monkeypatch):
    """Were the guard a count before the write, this race would show it."""
    counted = threading.Barrier(NUM_WORKERS)

    def count_then_write(_db_session, group_ids):
        with Session(engine) as reader, read_only():
            [group_id] = group_ids
            num_taken = num_confirmed(engine)
            if num_taken >= reader.get_one(Group, group_id).capacity:
                raise GroupFullError(group_id)
        counted.wait(timeout=30)

    monkeypatch.setattr(places, "take", count_then_write)
    assert race(engine, proposals) == {"accepted": NUM_WORKERS}
    assert num_confirmed(engine) == NUM_WORKERS


def test_two_answers_to_one_proposal_take_one_place(engine: Engine, proposals):
    twice = [proposals[0]] * 4
    start = threading.Barrier(len(twice))

    def accept(account_id: int, enrolment_id: int) -> str:
        with Session(engine, expire_on_commit=False) as db_session:
            start.wait(timeout=30)
            account = db_session.get_one(Account, account_id)
            enrolment = db_session.get_one(Enrolment, enrolment_id)
            try:
                enrolments.accept_proposal(db_session, account, enrolment)
            except enrolments.NotOpenError:
                return "answered"
            return "accepted"

    with ThreadPoolExecutor(len(twice)) as pool:
        outcome = Counter(pool.map(lambda pair: accept(*pair), twice))
    assert outcome == {"accepted": 1, "answered": 3}
    with Session(engine) as db_session, read_only():
        assert db_session.scalars(select(Group.taken)).one() == 1
