"""What a coordinator is told to do comes from the rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from tests import factories as make
from tests.webapp.views.reading import read_text
from tests.worlds import Land, World
from webapp import clock, models
from webapp.models import DeclineReason, EnrolmentStatus, PlanState, Role, TagKind
from webapp.models.participant import Certificate


@pytest.fixture
def here(world: World) -> Land:
    return world.here


@pytest.fixture
def page(db_session, client_of, here: Land):
    def read(url: str = "/coordination") -> str:
        db_session.commit()
        return read_text(client_of(here.alice).get(url))

    return read


def test_proposals_about_to_expire_come_first(page, here):
    here.proposed.answer_by = clock.now() + timedelta(days=1)
    text = page()
    assert "1 proposition expire d’ici trois jours" in text
    assert here.other_participant.short_name.rstrip(".") in text
    assert "Le plus pressant : 1 proposition expire" in text
    assert "Voir qui attend une réponse" in text


def test_proposals_nobody_answered_are_told(page, here):
    here.proposed.answer_by = clock.now() - timedelta(hours=1)
    text = page()
    assert "1 proposition est restée sans réponse" in text
    assert "Planifier à nouveau" in text


def test_proposal_with_time_left_is_not_told(page, here):
    here.proposed.answer_by = clock.now() + timedelta(days=5)
    assert "expire d’ici" not in page()


@pytest.mark.parametrize(("day", "is_told"), [(4, True), (1, False)])
def test_group_under_its_minimum_is_told_two_weeks_before(page, here, day, is_told):
    here.group.min_size = 4
    start = datetime(2026, 12, 12, tzinfo=UTC) + timedelta(days=18 if is_told else 1)
    with time_machine.travel(start):
        assert ("1 groupe est sous son minimum" in page()) == is_told
        if is_told:
            text = page()
            assert f"{here.group.name} : 1 inscription, il en faut 4." in text
            assert "Voir le premier groupe" in text


@pytest.mark.parametrize(("until", "is_told"), [(date(2027, 1, 25), True), (None, False)])
def test_certificate_that_ends_before_the_group_is_told(db_session, page, here, until, is_told):
    tag = make.make_tag(db_session, TagKind.HOLD)
    here.group.requirements.append(tag)
    here.participant.certificates.append(Certificate(tag=tag, valid_until=until))
    text = page()
    assert ("1 certificat se termine avant la fin du groupe" in text) == is_told
    if is_told:
        assert f"Le premier le 25 janvier : {here.participant.short_name}" in text
        assert "Voir la personne" in text


def test_plan_to_publish_is_told_until_it_is(page, here):
    assert f"Planification n° {here.plan.number} à publier" in page()
    here.plan.state = PlanState.PUBLISHED
    here.plan.published_at = clock.now()
    assert "à publier" not in page()


def test_plan_without_a_result_is_told_with_its_reason(page, here):
    here.plan.state, here.plan.failure = PlanState.FAILED, "out_of_memory"
    text = page()
    assert f"Planification n° {here.plan.number} sans résultat" in text
    assert "plus de mémoire" in text


def test_long_wait_is_told(page, here):
    here.other_referral.status = models.ReferralStatus.WAITING
    here.other_referral.created_at = clock.now() - timedelta(days=94)
    assert f"{here.other_participant.short_name} attend depuis 94 jours" in page()


def test_places_proposed_are_no_longer_free(page, here):
    taken = here.group.taken + here.placement.taken
    assert f"places prises ou proposées sur 10 {taken + 1}" in page()


def test_what_is_new_since_the_last_plan_is_told(page, here):
    here.plan.state = PlanState.PUBLISHED
    here.plan.published_at = clock.now() - timedelta(hours=1)
    here.proposed.status = EnrolmentStatus.DECLINED
    here.proposed.decline_reason = DeclineReason.NOT_WISHED
    here.proposed.answered_at = clock.now()
    here.referral.status = models.ReferralStatus.PLACED
    here.other_referral.status = models.ReferralStatus.WAITING
    here.other_referral.created_at = clock.now()
    assert "1 place rendue, 1 personne orientée." in page()


def test_figures_follow_the_territory_that_is_chosen(db_session, page, here):
    part = make.make_territory(db_session, "Quartier", parent=here.territory)
    worker = make.make_account(db_session, Role.WORKER, part)
    make.make_referral(db_session, make.make_participant(db_session, worker), here.period)
    assert "personnes orientées 3 " in page()
    assert "personnes orientées 1 " in page(f"/coordination?territory_id={part.id}")


def test_territory_of_strangers_is_not_found(client_of, world):
    answer = client_of(world.here.alice).get(
        f"/coordination?territory_id={world.there.territory.id}"
    )
    assert answer.status_code == 404


def test_first_steps_show_the_way_until_a_plan_is_published(page, here):
    assert "Premiers pas" in page()
    here.plan.state = PlanState.PUBLISHED
    here.plan.published_at = clock.now()
    assert "Premiers pas" not in page()


def test_without_a_period_the_page_says_who_opens_one(db_session, client_of):
    territory = make.make_territory(db_session, "Ailleurs")
    account = make.make_account(db_session, Role.COORDINATOR, territory)
    db_session.commit()
    for url in ("/coordination", "/plans"):
        assert "L’administration ouvre une période" in read_text(client_of(account).get(url))
