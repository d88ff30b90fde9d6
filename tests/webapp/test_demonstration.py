"""The demonstration as people first see it."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.webapp.installations import installed
from webapp import demo
from webapp.extensions import db
from webapp.models import Account, Enrolment, EnrolmentStatus, Pin, Plan, PlanState, Role
from webapp.services import demonstration, plans, sign_ins

OPTIMUM = {"served": 358, "wishes": 11840, "kept": 47, "travel": 3236}


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    with installed(database_url, tmp_path, demo=True) as app, app.app_context():
        yield app


def tiers(plan: Plan) -> dict[str, int]:
    assert plan.solution is not None
    found = json.loads(plan.solution)["tiers"]
    assert all(tier["proven"] for tier in found)
    return {tier["name"]: tier["value"] for tier in found}


@pytest.mark.slow
def test_its_plan_and_the_next_reach_the_known_optimum(app: Flask) -> None:
    plan = demonstration.fill(db.session)
    assert (plan.state, plan.published_at) == (PlanState.SOLVED, None)
    assert tiers(plan) == OPTIMUM

    enrolled = db.session.scalars(select(Enrolment)).all()
    pins = db.session.scalars(select(Pin)).all()
    assert {e.status for e in enrolled} == {EnrolmentStatus.CONFIRMED}
    assert {(e.participant_id, e.group_id) for e in enrolled} == {
        (pin.participant_id, pin.group_id) for pin in pins
    }
    for enrolment in enrolled:
        is_coached = enrolment.group.visit_minutes is not None
        assert (enrolment.coach is not None) is (enrolment.visit_weekday is not None) is is_coached

    coordinator = db.session.scalars(select(Account).where(Account.role == Role.COORDINATOR)).one()
    again = plans.start_plan(db.session, coordinator, plan.period, plan.territory)
    plans.run_plan(again.id)
    db.session.refresh(again)
    assert tiers(again) == OPTIMUM


@pytest.mark.slow
def test_one_account_of_each_role_is_offered_and_signs_in(app: Flask) -> None:
    assert demonstration.is_empty(db.session)
    demonstration.fill(db.session)
    assert not demonstration.is_empty(db.session)
    offered = demonstration.accounts(db.session)
    assert [entry.account.role for entry in offered] == [
        Role.COORDINATOR,
        Role.WORKER,
        Role.PARTNER,
        Role.COACH,
        Role.ADMIN,
    ]
    for entry in offered:
        sign_ins.sign_in(db.session, entry.account.email, demo.PASSWORD, "127.0.0.1")
        if entry.account.role in {Role.WORKER, Role.PARTNER, Role.COACH}:
            assert entry.num_placed > 0


def test_it_is_not_served_with_known_passwords_by_mistake(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "DEMO", False)
    result = app.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code == 1
    assert "CROISEE_DEMO" in result.stderr
    assert demonstration.is_empty(db.session)


def test_a_port_in_use_is_told_before_anything_is_done(app: Flask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        result = app.test_cli_runner().invoke(args=["demo", "--reset", "--port", port])
    assert result.exit_code == 1
    assert "in use" in result.stderr
    assert demonstration.is_empty(db.session)


def test_only_a_file_is_thrown_away(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SQLALCHEMY_DATABASE_URI", "postgresql+psycopg://h/croisee")
    result = app.test_cli_runner().invoke(args=["demo", "--reset"])
    assert result.exit_code == 1
    assert "SQLite" in result.stderr
