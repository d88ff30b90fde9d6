"""The pages of plans, from what starts one to what publishes it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from scheduler.jsonio import dump_problem
from tests import factories as make
from tests.webapp.views.reading import read_text
from tests.worlds import Land, World
from webapp import clock, models
from webapp.models import Decision, Plan, PlanProgress, PlanState, Proposal
from webapp.planning.export import export_problem


@pytest.fixture
def here(world: World) -> Land:
    return world.here


@pytest.fixture
def alice(client_of, here: Land):
    return client_of(here.alice)


def solve(db_session, here: Land, plan: Plan, **solution) -> None:
    """Give a plan the problem of the rows and a solution."""
    plan.problem = dump_problem(export_problem(db_session, here.period, here.territory))
    tiers = [
        {"name": "served", "value": 1, "bound": 1, "proven": True},
        {"name": "wishes", "value": 170, "bound": 200, "proven": False},
        {"name": "kept", "value": 0, "bound": 0, "proven": False},
        {"name": "travel", "value": 1284, "bound": 1280, "proven": False},
    ]
    plan.solution = json.dumps(
        {
            "status": "feasible",
            "assignments": [],
            "tiers": tiers,
            "unplaced": [],
            "run": {"seconds": 2.4},
        }
        | solution
    ).encode()
    db_session.commit()


@pytest.fixture
def line(db_session, here: Land) -> Proposal:
    """A line for somebody who holds no place yet."""
    line = make.make_proposal(db_session, here.plan, here.other_participant, here.placement)
    solve(db_session, here, here.plan)
    return line


def fresh(db_session, model, key):
    return db_session.get_one(model, key, populate_existing=True)


def test_before_a_plan_people_and_places_are_counted(alice, here):
    page = read_text(alice.get("/plans/new"))
    assert "2 personnes orientées, 10 places." in page
    assert "places libres sur 10" in page


def test_more_people_than_places_is_said_before(db_session, alice, here):
    here.group.capacity = here.group.taken
    here.placement.capacity = here.placement.taken
    person = make.make_participant(db_session, here.bob)
    make.make_referral(db_session, person, here.period, status="waiting")
    db_session.commit()
    assert "Plus de personnes attendent (" in read_text(alice.get("/plans/new"))


def test_starting_leads_to_the_running_page_and_a_second_one_to_the_same(db_session, alice, here):
    form = {"period_id": here.period.id, "territory_id": here.territory.id}
    first = alice.post("/plans", data=form)
    plan = db_session.scalars(select(Plan).where(Plan.state == PlanState.QUEUED)).one()
    assert first.location == f"/plans/{plan.id}"
    assert "En attente d’un calculateur" in read_text(alice.get(first.location))
    second = alice.post("/plans", data=form)
    assert second.location == first.location
    assert "déjà en cours" in read_text(alice.get(second.location))


def running(db_session, here: Land) -> Plan:
    plan = make.make_plan(
        db_session,
        here.period,
        here.territory,
        here.alice,
        state=PlanState.RUNNING,
        attempt=2,
        started_at=clock.now() - timedelta(seconds=38),
    )
    rows = [
        (1, 9.0, "served", 3, 3),  # of an attempt that was lost
        (2, 1.0, "served", 5, 5),
        (2, 3.0, "wishes", 4820, 5900),
        (2, 36.0, "wishes", 5465, 5530),
    ]
    db_session.add_all(
        PlanProgress(
            plan=plan, attempt=attempt, seconds=at, tier=tier, value=value, bound=bound, gap=0.1
        )
        for attempt, at, tier, value, bound in rows
    )
    db_session.commit()
    return plan


def test_running_page_shows_tier_value_bound_gap_and_curve(db_session, alice, here):
    plan = running(db_session, here)
    answer = alice.get(f"/plans/{plan.id}")
    page = read_text(answer)
    assert "Étape 2 sur 4 : Souhaits." in page
    assert "Meilleur plan trouvé : 5 465. Aucun plan ne peut dépasser 5 530." in page
    assert "À 1,2 % au plus du meilleur possible" in page
    assert "Meilleur plan : 5. Aucun plan ne fait mieux." in page
    assert "cr-curve-bound" in answer.text
    assert "38 secondes" in page or "39 secondes" in page
    assert f'href="/plans/{plan.id}"' in answer.text  # to look again without a script


def test_part_that_renews_itself_asks_for_the_page_once_there_is_a_result(db_session, alice, here):
    plan = running(db_session, here)
    part = alice.get(f"/plans/{plan.id}/progress")
    assert "<html" not in part.text
    assert f'data-hx-get="/plans/{plan.id}/progress"' in part.text
    plan.state = PlanState.SOLVED
    db_session.commit()
    assert alice.get(f"/plans/{plan.id}/progress").headers["HX-Refresh"] == "true"


def test_stop_is_asked_for(db_session, alice, here):
    plan = running(db_session, here)
    assert alice.post(f"/plans/{plan.id}/stop").status_code == 303
    assert fresh(db_session, Plan, plan.id).stop_requested_at is not None
    assert "Elle s’arrête" in read_text(alice.get(f"/plans/{plan.id}"))


@pytest.mark.parametrize(
    ("state", "failure", "text"),
    [
        ("failed", "out_of_memory", "plus de mémoire"),
        ("failed", "killed", "interrompu par la machine"),
        ("failed", "lost", "interrompu plusieurs fois"),
        ("failed", "no_rights", "n’a plus le droit"),
        ("failed", "invalid_problem", "ne permettent pas de planifier"),
        ("failed", "error", "une erreur qui n’est pas de votre fait"),
        ("out_of_time", None, "Aucun plan n’a été trouvé en 10 secondes"),
    ],
)
def test_each_end_without_a_plan_has_its_words(db_session, alice, here, state, failure, text):
    plan = make.make_plan(
        db_session, here.period, here.territory, here.alice, state=state, failure=failure
    )
    db_session.commit()
    assert text in read_text(alice.get(f"/plans/{plan.id}"))


def test_pins_that_cannot_stand_are_named_and_can_be_removed(db_session, alice, here):
    pin = make.make_pin(db_session, here.other_participant, here.placement, coach_id=here.coach.id)
    pins = [
        {"participant": f"p{here.participant.id}", "group": f"g{here.group.id}"},
        {
            "participant": f"p{here.other_participant.id}",
            "group": f"g{here.placement.id}",
            "coach": f"c{here.coach.id}",
        },
    ]
    here.plan.state = PlanState.INFEASIBLE
    solve(
        db_session,
        here,
        here.plan,
        status="infeasible",
        conflict={"pins": pins, "rules": ["H1"], "text": ""},
    )
    answer = alice.get(f"/plans/{here.plan.id}")
    page = read_text(answer)
    assert f'action="/plans/pins/{pin.id}/remove"' in answer.text
    assert f'action="/plans/pins/{here.pin.id}/remove"' not in answer.text  # a place is held
    assert f"{here.participant.short_name} dans « {here.group.name} »" in page
    assert f"avec {here.coach.name}" in page
    assert "pas plus de personnes qu’il n’a de places" in page


def test_result_says_its_worth_tier_by_tier(alice, here, line):
    page = read_text(alice.get(f"/plans/{here.plan.id}"))
    assert "2 personnes sur 2 auraient une place." in page
    assert "170 points" in page
    assert "1 284 min" in page
    assert "À 15,0 % au plus du meilleur possible" in page
    assert "Optimal prouvé" in page


def test_a_plan_cut_short_says_so(db_session, alice, here, line):
    url = f"/plans/{here.plan.id}"
    assert "Arrêtée après 2 secondes, avant la fin du calcul." in read_text(alice.get(url))
    proven = [{"name": "served", "value": 1, "bound": 1, "proven": True}]
    solve(db_session, here, here.plan, tiers=proven)
    assert "Calculée en 2 secondes." in read_text(alice.get(url))


def test_one_person_of_many_is_said_in_the_singular(db_session, alice, here, line):
    row = {"participant": f"p{here.participant.id}", "wishes": []}
    db_session.delete(line)
    solve(db_session, here, here.plan, unplaced=[row, row])
    assert "1 personne sur 3 aurait une place." in read_text(alice.get(f"/plans/{here.plan.id}"))


def test_a_pin_whose_place_is_confirmed_is_counted_once(db_session, alice, here):
    free = make.make_pin(db_session, here.other_participant, here.placement)
    db_session.commit()
    assert {here.pin.group_id, free.group_id} == {here.group.id, here.placement.id}
    assert "Inscriptions épinglées 1" in read_text(alice.get("/plans/new"))


def test_a_plan_older_than_what_is_published_offers_no_publication(db_session, alice, here, line):
    url = f"/plans/{here.plan.id}"
    assert f'href="{url}/publish"' in alice.get(url).text
    newer = make.make_plan(
        db_session, here.period, here.territory, here.alice, number=7, state=PlanState.PUBLISHED
    )
    newer.published_at = here.plan.created_at + timedelta(minutes=5)
    db_session.commit()
    answer = alice.get(url)
    assert f'href="{url}/publish"' not in answer.text
    assert f'href="/plans/new?territory_id={here.territory.id}"' in answer.text
    assert "La planification n° 7 a été publiée depuis" in read_text(answer)
    assert alice.get(f"{url}/publish").location == url
    assert "Dépassée" in read_text(alice.get("/plans"))


def test_plan_brought_in_from_elsewhere_shows_its_lines(db_session, alice, here):
    here.plan.problem = here.plan.solution = None
    here.plan.state, here.plan.published_at = PlanState.PUBLISHED, clock.now()
    db_session.commit()
    for view in ("groups", "people", "unplaced"):
        page = read_text(alice.get(f"/plans/{here.plan.id}?view={view}"))
        assert "1 personne y a une place." in page


def test_place_already_held_is_shown_without_buttons(alice, here, line):
    text = alice.get(f"/plans/{here.plan.id}").text
    assert f'action="/plans/proposals/{line.id}/decision' in text
    assert f'action="/plans/proposals/{here.proposal.id}/decision' not in text


def decide(alice, line, decision, **options):
    return alice.post(
        f"/plans/proposals/{line.id}/decision?view=groups&page=1",
        data={"decision": decision},
        **options,
    )


def test_decision_leads_back_to_its_line_without_a_script(db_session, alice, line):
    answer = decide(alice, line, "accept")
    assert answer.status_code == 303
    assert answer.location.endswith(f"#line-{line.id}")
    assert f"group={line.group_id}" in answer.location
    assert fresh(db_session, Proposal, line.id).decision == Decision.ACCEPTED
    assert 'aria-pressed="true"' in alice.get(answer.location).text


def test_same_decision_again_takes_it_back(db_session, alice, line):
    decide(alice, line, "pin")
    decide(alice, line, "pin")
    assert fresh(db_session, Proposal, line.id).decision == Decision.UNDECIDED
    pins = select(models.Pin).where(models.Pin.group_id == line.group_id)
    assert db_session.scalars(pins).all() == []


def test_with_a_script_only_the_line_and_the_counts_come_back(alice, line):
    answer = decide(alice, line, "rule_out", headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert f'id="line-{line.id}"' in answer.text
    assert 'id="decisions"' in answer.text
    assert f'id="open-{line.group_id}"' in answer.text
    assert "is-out" in answer.text


def test_unknown_decision_is_refused(alice, line):
    assert decide(alice, line, "delete").status_code == 400


def test_whole_group_is_accepted(db_session, alice, here, line):
    answer = alice.post(f"/plans/{here.plan.id}/groups/{here.placement.id}/accept")
    assert answer.status_code == 303
    assert fresh(db_session, Proposal, line.id).decision == Decision.ACCEPTED


def test_people_and_unplaced_have_their_own_views(db_session, alice, here, line):
    person = make.make_participant(db_session, here.bob)
    make.make_referral(
        db_session, person, here.period, wishes=[models.Wish(rank=1, measure=here.measure)]
    )
    wish = {
        "measure": f"m{here.measure.id}",
        "rank": 1,
        "groups": [{"group": f"g{here.group.id}", "reasons": [{"rule": "H1", "capacity": 8}]}],
    }
    solve(
        db_session,
        here,
        here.plan,
        unplaced=[{"participant": f"p{person.id}", "wishes": [wish]}],
    )
    url = f"/plans/{here.plan.id}"
    assert here.other_participant.reference in alice.get(f"{url}?view=people").text
    page = read_text(alice.get(f"{url}?view=unplaced"))
    assert f"Le groupe « {here.measure.name} » est complet (8 places)." in page
    assert "une place de plus dans le groupe" in page
    assert person.last_name not in page
    assert alice.get(f"{url}?view=others").status_code == 404


@pytest.mark.parametrize("view", ["groups", "people", "unplaced"])
def test_a_plan_taken_over_from_a_file_shows_its_lines_without_figures(
    db_session, alice, here, view
):
    make.make_proposal(db_session, here.plan, here.other_participant, here.placement)
    here.plan.state = PlanState.PUBLISHED
    here.plan.published_at = clock.now()
    db_session.commit()
    answer = alice.get(f"/plans/{here.plan.id}?view={view}")
    assert answer.status_code == 200
    assert "reprise d’un fichier" in read_text(answer)
    assert "/solution.json" not in answer.text


def test_publication_is_counted_before_and_done_once(db_session, alice, here, line):
    decide(alice, line, "accept")
    page = read_text(alice.get(f"/plans/{here.plan.id}/publish"))
    assert "1 proposition part aux référent·es." in page
    assert "7 jours" in page
    for text in ("1 proposition publiée.", "déjà publiée"):
        answer = alice.post(f"/plans/{here.plan.id}/publish")
        assert text in read_text(alice.get(answer.location))
    assert fresh(db_session, Plan, here.plan.id).state == PlanState.PUBLISHED


def test_downloads_are_the_files_of_the_run(alice, here, line):
    problem = alice.get(f"/plans/{here.plan.id}/problem.json")
    assert problem.data == here.plan.problem
    assert problem.headers["Content-Disposition"].startswith("attachment")
    assert json.loads(alice.get(f"/plans/{here.plan.id}/solution.json").data)["status"]


def test_page_of_many_lines_asks_few_questions(db_session, connection, alice, here, line):
    statements = []
    event.listen(connection, "before_cursor_execute", lambda *args: statements.append(args[2]))
    alice.get(f"/plans/{here.plan.id}")
    before = len(statements)
    venue = make.make_venue(db_session, here.partner)
    for _ in range(5):
        group = make.make_group(db_session, here.period, here.measure, venue)
        for _ in range(5):
            person = make.make_participant(db_session, here.bob)
            make.make_proposal(db_session, here.plan, person, group)
    db_session.commit()
    statements.clear()
    alice.get(f"/plans/{here.plan.id}")
    assert len(statements) <= before


def test_list_shows_the_plans_of_the_period_with_their_state(alice, here, line):
    page = read_text(alice.get("/plans"))
    assert f"Planification n° {here.plan.number}" in page
    assert "À publier" in page
