"""Plans made in the background, by a real queue, a real worker and a real child process."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, func, select

from tests import factories as make
from tests.webapp.installations import installed
from tests.worlds import Land, build_world
from webapp import clock, jobs, models
from webapp.extensions import db, read_only
from webapp.models import Plan, PlanProgress, PlanState, Proposal
from webapp.services import plans
from webapp.services.plans import runs

pytestmark = pytest.mark.slow


@pytest.fixture
def own_app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    with installed(database_url, tmp_path, solver_seconds=10) as app, app.app_context():
        yield app


@pytest.fixture
def here(own_app: Flask) -> Land:
    """Without the plan that the world brings: these tests make their own."""
    land = build_world(db.session).here
    db.session.execute(delete(Proposal))
    db.session.execute(delete(Plan))
    db.session.commit()
    return land


def num(model: type[Plan] | type[Proposal]) -> int:
    return db.session.scalars(select(func.count()).select_from(model)).one()


@pytest.fixture
def work(own_app: Flask) -> Iterator[Callable[[], None]]:
    """Start a worker beside the test; it is stopped afterwards."""
    stops = []
    yield lambda: stops.append(jobs.start_embedded_worker(own_app))
    for stop in stops:
        stop()


def start(here: Land) -> Plan:
    return plans.start_plan(db.session, here.alice, here.period, here.territory)


def fresh(plan: Plan) -> Plan:
    """The plan as it stands now, read without a lock that would hold up the worker."""
    with read_only():
        db.session.refresh(plan)
        db.session.commit()
    return plan


def wait(plan: Plan, *states: PlanState, seconds: float = 60) -> Plan:
    until = time.monotonic() + seconds
    while fresh(plan).state not in states:
        assert plan.state in plans.UNDER_WAY, f"ended {plan.state}, {plan.failure}"
        assert time.monotonic() < until, f"still {plan.state}"
        threading.Event().wait(0.05)
    return plan


def test_worker_takes_a_plan_from_the_queue_and_solves_it(here, work):
    work()
    plan = wait(start(here), PlanState.SOLVED)
    lines = {(row.participant_id, row.group_id) for row in plan.proposals}
    assert lines == {
        (here.participant.id, here.group.id),
        (here.participant.id, here.placement.id),
        (here.other_participant.id, here.group.id),
    }
    solution = json.loads(plan.solution)
    assert solution["status"] == "optimal"
    rows = plan.solution.decode().splitlines()  # the file of another plan compares line by line
    assert json.dumps(solution["assignments"][0]) + "," in rows
    visited = next(row for row in plan.proposals if row.group_id == here.placement.id)
    assert (visited.coach_id, visited.visit_weekday) == (here.coach.id, 1)
    assert {row.tier for row in plan.progress} == {"served", "wishes", "kept", "travel"}


def test_pins_that_cannot_stand_are_infeasible_and_not_a_fault(here):
    here.group.capacity = 1
    db.session.add(models.Pin(participant=here.other_participant, group=here.group))
    db.session.commit()
    plan = start(here)
    plans.run_plan(plan.id)
    assert fresh(plan).state == PlanState.INFEASIBLE
    assert "H1" in json.loads(plan.solution)["conflict"]["rules"]


def test_child_out_of_memory_fails_the_plan_with_its_code(here, own_app):
    own_app.config["SOLVER_MEMORY_MB"] = 150
    plan = start(here)
    plans.run_plan(plan.id)
    assert (fresh(plan).state, plan.failure) == (PlanState.FAILED, "out_of_memory")


def test_no_time_at_all_is_not_infeasible(here, own_app):
    own_app.config["SOLVER_SECONDS"] = 0
    plan = start(here)
    plans.run_plan(plan.id)
    assert fresh(plan).state in {PlanState.OUT_OF_TIME, PlanState.SOLVED}


def test_policy_that_is_none_fails_the_plan_with_its_code(here):
    here.period.policy = {"wishes": "none of these"}
    db.session.commit()
    plan = start(here)
    plans.run_plan(plan.id)
    assert (fresh(plan).state, plan.failure) == (PlanState.FAILED, "invalid_problem")


def test_run_of_a_requester_who_lost_the_right_makes_nothing(here):
    plan = start(here)
    here.alice.disabled_at = clock.now()
    db.session.commit()
    plans.run_plan(plan.id)
    assert (fresh(plan).state, plan.failure) == (PlanState.FAILED, "no_rights")
    assert plan.problem is None


def test_run_of_a_plan_of_another_territory_makes_nothing(here):
    other = build_world(db.session).there
    plan = Plan(
        period=other.period,
        territory=other.territory,
        number=1,
        requested_by=here.alice,
        time_limit_seconds=5,
    )
    db.session.add(plan)
    db.session.commit()
    plans.run_plan(plan.id)
    assert (fresh(plan).state, plan.failure) == (PlanState.FAILED, "no_rights")
    assert plan.problem is None


def test_a_plan_stopped_before_it_runs_ends_at_once(here):
    plan = start(here)
    plans.stop_plan(db.session, here.alice, plan)
    plans.run_plan(plan.id)
    assert fresh(plan).state == PlanState.OUT_OF_TIME
    assert plan.attempt == 0


def test_a_second_request_says_that_a_plan_is_under_way(here):
    plan = start(here)
    part = make.make_territory(db.session, "Quartier", parent=here.territory)
    for territory in (here.territory, part):
        with pytest.raises(plans.PlanUnderWayError) as refusal:
            plans.start_plan(db.session, here.alice, here.period, territory)
        assert refusal.value.plan == plan


def test_of_ten_requests_at_once_one_is_taken(here, own_app):
    ready = threading.Barrier(10)
    answers: list[str] = []

    def ask() -> None:
        with own_app.app_context():
            account, period, territory = (
                db.session.get_one(type(row), row.id)
                for row in (here.alice, here.period, here.territory)
            )
            db.session.commit()
            ready.wait()
            try:
                plans.start_plan(db.session, account, period, territory)
                answers.append("started")
            except plans.PlanUnderWayError:
                answers.append("under way")

    threads = [threading.Thread(target=ask) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["started"] + ["under way"] * 9
    assert num(Plan) == 1


def test_another_worker_takes_over_and_the_late_result_is_refused(here):
    plan = start(here)
    frozen = runs.claim(plan.id)
    solution = frozen.solve(frozen.export())
    with time_machine.travel(clock.now() + timedelta(seconds=31), tick=True):
        plans.requeue_lost_plans()
        assert fresh(plan).state == PlanState.QUEUED
        plans.run_plan(plan.id)
    assert (fresh(plan).state, plan.attempt) == (PlanState.SOLVED, 2)
    before = [row.id for row in plan.proposals]
    with pytest.raises(plans.LateResultError):
        frozen.finish(solution)
    assert [row.id for row in fresh(plan).proposals] == before
    with pytest.raises(plans.LateResultError):
        frozen.should_stop()


def test_a_result_between_two_runs_is_refused(here):
    plan = start(here)
    frozen = runs.claim(plan.id)
    solution = frozen.solve(frozen.export())
    with time_machine.travel(clock.now() + timedelta(seconds=31), tick=True):
        plans.requeue_lost_plans()
    with pytest.raises(plans.LateResultError):
        frozen.finish(solution)
    assert num(Proposal) == 0


def test_a_run_that_beats_is_not_taken_for_lost(here):
    plan = start(here)
    run = runs.claim(plan.id)
    with time_machine.travel(clock.now() + timedelta(seconds=31), tick=True):
        run._beat_at -= 31
        assert not run.should_stop()
        plans.requeue_lost_plans()
    assert fresh(plan).state == PlanState.RUNNING


def test_a_job_that_the_queue_forgot_is_queued_again(here, own_app, work):
    plan = Plan(
        period=here.period,
        territory=here.territory,
        number=1,
        requested_by=here.alice,
        time_limit_seconds=10,
        heartbeat_at=clock.now() - timedelta(seconds=31),
    )
    db.session.add(plan)
    db.session.commit()
    work()
    wait(plan, PlanState.SOLVED)


def test_a_plan_that_kills_every_worker_is_given_up(here):
    plan = start(here)
    plan.attempt, plan.state = runs.MOST_ATTEMPTS, PlanState.RUNNING
    plan.heartbeat_at = clock.now() - timedelta(seconds=31)
    db.session.commit()
    plans.requeue_lost_plans()
    assert (fresh(plan).state, plan.failure) == (PlanState.FAILED, "lost")


def test_progress_of_one_tier_is_written_a_few_times_a_second_and_ends_with_the_last(here):
    plan = start(here)
    run = runs.claim(plan.id)
    for value in range(1000):
        run.tell(runs.Progress("wishes", value, 1000, 0.1, value / 1000))
    run.tell(runs.Progress("travel", 5, 5, 0.0, 2.0))
    run._flush()
    rows = db.session.scalars(select(PlanProgress).order_by(PlanProgress.id)).all()
    assert len(rows) < 20
    assert (rows[-2].tier, rows[-2].value) == ("wishes", 999)
    assert rows[-1].tier == "travel"


def child_of_this_process(seconds: float = 20) -> int:
    """The process id of the solver's child, once there is one."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for children in Path("/proc/self/task").glob("*/children"):
            for number in children.read_text().split():
                command = Path(f"/proc/{number}/cmdline").read_bytes()
                if b"scheduler.child" in command:
                    return int(number)
        threading.Event().wait(0.01)
    raise AssertionError("no child was started")


def test_a_plan_whose_child_is_killed_is_made_by_another(here, work):
    work()
    plan = start(here)
    os.kill(child_of_this_process(), signal.SIGKILL)
    assert wait(plan, PlanState.SOLVED).attempt == 2


def test_a_plan_that_kills_every_child_fails_with_its_code(here, work):
    plan = start(here)
    plan.attempt = runs.MOST_ATTEMPTS - 1
    db.session.commit()
    work()
    os.kill(child_of_this_process(), signal.SIGKILL)
    assert wait(plan, PlanState.FAILED).failure == "killed"


def test_a_running_plan_that_is_stopped_is_not_a_fault(here, work):
    work()
    plan = start(here)
    child_of_this_process()
    plans.stop_plan(db.session, here.alice, plan)
    assert wait(plan, PlanState.SOLVED, PlanState.OUT_OF_TIME).failure is None
