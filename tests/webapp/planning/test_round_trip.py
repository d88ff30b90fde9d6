"""Rows to a problem, solved, and back to rows; the downloads stand by themselves."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from scheduler import jsonio
from scheduler.check import check
from scheduler.jsonio.solution import read_solution
from tests import factories as make
from tests.webapp.installations import installed
from webapp.extensions import db
from webapp.models import Plan, PlanState, Role
from webapp.services import plans, problems
from webapp.services.plans import explanations

INSTANCES = Path(__file__).parents[2] / "scheduler" / "instances"
OPTIMA = {row["instance"]: row for row in json.loads((INSTANCES / "optima.json").read_text())}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def geneva(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Geneva's programme as rows, with a plan made of them, in the running context."""
    folder = tmp_path_factory.mktemp("geneva")
    with installed(database_url, folder) as app, app.app_context():
        data = gzip.decompress((INSTANCES / "geneva.json.gz").read_bytes())
        period = problems.load_problem(db.session, data, password_hash="none")
        alice = make.make_account(db.session, Role.COORDINATOR, period.territory)
        db.session.commit()
        plan = plans.start_plan(db.session, alice, period, period.territory)
        plans.run_plan(plan.id)
        app.config["PLAN_ID"] = plan.id
        yield app


@pytest.fixture
def plan(geneva: Flask) -> Plan:
    return db.session.get_one(Plan, geneva.config["PLAN_ID"], populate_existing=True)


def values(document: dict) -> list[tuple[str, int, bool]]:
    return [(tier["name"], tier["value"], tier["proven"]) for tier in document["tiers"]]


def test_plan_of_the_rows_reaches_the_known_optimum(plan):
    assert plan.state == PlanState.SOLVED
    assert values(json.loads(plan.solution)) == values(OPTIMA["geneva"])


def test_downloads_pass_the_check(plan):
    assert check(jsonio.read(plan.problem), read_solution(plan.solution).result) == []


def test_rows_hold_what_the_solution_says(plan):
    solution = json.loads(plan.solution)
    rows = {
        (
            f"p{row.participant_id}",
            f"g{row.group_id}",
            row.rank,
            row.coach_id and f"c{row.coach_id}",
        )
        for row in plan.proposals
    }
    assert rows == {
        (row["participant"], row["group"], row["rank"], row["coach"])
        for row in solution["assignments"]
    }
    travel = next(tier["value"] for tier in solution["tiers"] if tier["name"] == "travel")
    assert sum(row.travel_minutes for row in plan.proposals) == travel
    previous = {(pair.participant, pair.group) for pair in jsonio.read(plan.problem).previous}
    assert sum(row.is_kept for row in plan.proposals) == sum(
        (row["participant"], row["group"]) in previous for row in solution["assignments"]
    )
    assert sum(row.decision.value == "pinned" for row in plan.proposals) == 5


def test_download_solved_on_the_command_line_gives_the_same_values(plan, tmp_path):
    file = tmp_path / "problem.json"
    file.write_bytes(plan.problem)
    done = subprocess.run(
        [sys.executable, "-m", "scheduler", "solve", str(file)],
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    assert values(json.loads(done.stdout)) == values(json.loads(plan.solution))


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_everybody_without_a_place_has_a_reason_for_each_wish(geneva, plan, locale):
    with geneva.test_request_context():
        told = explanations.explain_unplaced(db.session, plan, locale)
    solution = json.loads(plan.solution)
    assert {item.participant.id for item in told} == {
        int(row["participant"][1:]) for row in solution["unplaced"]
    }
    num_wishes = {int(row["participant"][1:]): len(row["wishes"]) for row in solution["unplaced"]}
    for item in told:
        assert len(item.explanation.answers) == num_wishes[item.participant.id]
        for answer in item.explanation.answers:
            assert answer.reasons
            for _icon, text in answer.reasons:
                assert text.endswith(".")
                assert "%(" not in text


def test_a_new_plan_after_publishing_keeps_what_was_published(geneva, plan):
    alice = plan.requested_by
    plans.publish_plan(db.session, alice, plan)
    again = plans.start_plan(db.session, alice, plan.period, plan.territory)
    plans.run_plan(again.id)
    db.session.refresh(again)
    assert all(row.is_kept for row in again.proposals)
    assert len(again.proposals) == len(plan.proposals)
