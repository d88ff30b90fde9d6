from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tests.worlds import Land, World
from webapp.models import EnrolmentStatus


@pytest.fixture
def here(world: World) -> Land:
    return world.here


def enrol_more(db_session: Session, here: Land, number: int) -> None:
    here.placement.capacity = number + 1
    for index in range(number):
        make.make_enrolment(
            db_session,
            make.make_participant(db_session, here.bob),
            here.placement,
            status=EnrolmentStatus.CONFIRMED,
            coach=here.coach,
            visit_weekday=1,
            visit_start_minute=480 + 30 * index,
        )
    db_session.commit()


def test_the_first_week_of_the_period_shows_the_visit(client_of, here: Land):
    page = client_of(here.dora).get("/visits?week=2027-01-12").text
    assert "Semaine du 11 au 15 janvier" in page
    assert "<strong>1 visite</strong>, 1 h sur 10 h" in page.replace("\u00a0", " ")
    person = here.participant
    assert page.count(person.short_name) == 2  # in the week, and in the caseload
    assert person.reference in page
    assert person.last_name not in page
    assert "Mardi, 9 h – 10 h" in page.replace("\u00a0", " ")


def test_a_week_without_visits_says_so(client_of, here: Land):
    page = client_of(here.dora).get("/visits?week=2027-02-15").text
    assert "Aucune visite" in page
    assert here.participant.short_name in page


def test_a_cancelled_slot_counts_no_hours(client_of, db_session: Session, here: Land):
    here.placement.slots[0].cancelled_because = "Fermé"
    db_session.commit()
    page = client_of(here.dora).get("/visits?week=2027-01-12").text
    assert "Aucune visite" in page
    assert "cr-slot is-off" in page


def test_a_visit_in_the_weekend_widens_the_week(client_of, db_session: Session, here: Land):
    make.make_slot(db_session, here.placement, datetime(2027, 1, 16, 8), minutes=240)
    here.placed.visit_weekday = 5
    db_session.commit()
    assert "cr-cal-days-6" in client_of(here.dora).get("/visits?week=2027-01-12").text


def test_an_overfull_caseload_and_week_are_told(client_of, db_session: Session, here: Land):
    enrol_more(db_session, here, 6)
    here.coach.minutes_per_week = 360
    db_session.commit()
    page = client_of(here.dora).get("/visits?week=2027-01-12").text.replace("\u00a0", " ")
    assert "2 personnes de trop" in page
    assert "Cette semaine dépasse vos heures : 7 h pour 6 h." in page


def test_a_coach_without_anybody_learns_what_comes(client_of, db_session: Session, here: Land):
    here.placed.coach = None
    db_session.commit()
    assert "Personne à visiter" in client_of(here.dora).get("/visits").text


def test_an_account_without_a_caseload_learns_who_makes_one(
    client_of, db_session: Session, here: Land
):
    here.coach.account = None
    db_session.commit()
    assert "pas encore relié" in client_of(here.dora).get("/visits").text


def test_a_proposal_is_not_a_visit(client_of, db_session: Session, here: Land):
    here.placed.status = EnrolmentStatus.PROPOSED
    db_session.commit()
    page = client_of(here.dora).get("/visits?week=2027-01-12").text
    assert here.participant.short_name not in page


def test_a_nonsense_week_is_the_usual_one(client_of, here: Land):
    assert client_of(here.dora).get("/visits?week=never").status_code == 200
