import re
from datetime import date, datetime

import pytest
from sqlalchemy import select

from tests import factories as make
from tests.webapp.views.forms import sent_by
from tests.worlds import Land, World
from webapp.models import (
    Certificate,
    EnrolmentStatus,
    Group,
    GroupState,
    Participant,
    Role,
    TagKind,
)

NEW = "/groups/new"


def filled(land: Land, **changes) -> dict:
    return {
        "period_id": land.period.id,
        "measure_id": land.measure.id,
        "name": "Peinture",
        "venue_id": land.group.venue_id,
        "capacity": "8",
        "min_size": "4",
        "rhythm": "weekly",
        "hours-0-weekdays": ["0"],
        "hours-0-start": "14:00",
        "hours-0-end": "16:00",
        "first_on": "2027-03-15",
        "last_on": "2027-04-04",
        "skips_holidays": "y",
        "action": "review",
    } | changes


def new_group(db_session, land: Land) -> Group | None:
    return db_session.scalar(select(Group).where(Group.name == "Peinture"))


@pytest.fixture
def here(world: World, db_session) -> Land:
    world.here.territory.country, world.here.territory.region = "CH", "GE"
    db_session.commit()
    return world.here


def test_a_partner_reads_all_dates_again_and_leaves_one_out(client_of, db_session, here: Land):
    browser = client_of(here.charlie)
    review = browser.post(NEW, data=filled(here))
    assert review.status_code == 200
    assert "Relire les 2 dates" in review.text
    assert "Lundi de Pâques" in review.text
    assert new_group(db_session, here) is None
    sent = sent_by(review.text, NEW)
    assert sent.pop("kept") == ["2027-03-15T14:00", "2027-03-22T14:00"]
    answer = browser.post(NEW, data=sent | {"kept": "2027-03-22T14:00", "action": "publish"})
    assert answer.status_code == 303
    group = new_group(db_session, here)
    assert [slot.local_start.date() for slot in group.slots] == [date(2027, 3, 22)]
    assert group.state == GroupState.PUBLISHED
    assert group.partner == here.partner


def test_a_draft_is_kept_and_published_later(client_of, db_session, here: Land):
    browser = client_of(here.charlie)
    kept = {"kept": ["2027-03-15T14:00"], "action": "draft"}
    browser.post(NEW, data=filled(here, **kept))
    group = new_group(db_session, here)
    assert group.state == GroupState.DRAFT
    assert "Brouillon" in browser.get("/groups").text
    browser.post(f"/groups/{group.id}/publish")
    db_session.refresh(group)
    assert group.state == GroupState.PUBLISHED


def test_nothing_is_published_when_every_date_is_left_out(client_of, db_session, here: Land):
    answer = client_of(here.charlie).post(NEW, data=filled(here, action="publish"))
    assert answer.status_code == 422
    assert "Gardez au moins une séance" in answer.text
    assert new_group(db_session, here) is None


def test_a_date_that_was_not_in_the_review_is_not_published(client_of, db_session, here: Land):
    kept = {"kept": ["2027-03-15T14:00", "2027-03-29T14:00"], "action": "publish"}
    client_of(here.charlie).post(NEW, data=filled(here, **kept))
    assert len(new_group(db_session, here).slots) == 1


def test_all_faults_stand_beside_their_fields_and_nothing_written_is_lost(client_of, here: Land):
    wrong = {
        "name": "  ",
        "capacity": "beaucoup",
        "min_size": "-3",
        "hours-0-end": "13:00",
        "hours-0-weekdays": [],
        "first_on": "2020-01-01",
        "last_on": "demain",
        "breaks-0-last_on": "2027-03-20",
    }
    answer = client_of(here.charlie).post(NEW, data=filled(here, **wrong))
    assert answer.status_code == 422
    for field in (
        "name",
        "capacity",
        "min_size",
        "hours-0-end",
        "first_on",
        "last_on",
        "breaks-0-first_on",
    ):
        assert f'id="{field}-error"' in answer.text, field
        assert re.search(
            rf'id="{field}"[^>]*aria-invalid|aria-invalid[^>]*id="{field}"', answer.text
        )
    assert 'id="hours-0-weekdays-error"' in answer.text
    assert "8 points à corriger" in answer.text
    sent = sent_by(answer.text, NEW)
    assert (sent["capacity"], sent["first_on"], sent["last_on"], sent["hours-0-start"]) == (
        ["beaucoup"],
        ["2020-01-01"],
        ["demain"],
        ["14:00"],
    )


def test_what_is_wrong_in_the_other_way_to_state_dates_does_not_count(client_of, here: Land):
    dates = {
        "rhythm": "dates",
        "hours-0-start": "nonsense",
        "first_on": "nonsense",
        "dates-0-on": "2027-03-29",
        "dates-0-start": "10:00",
        "dates-0-end": "12:00",
    }
    answer = client_of(here.charlie).post(NEW, data=filled(here, **dates))
    assert answer.status_code == 200
    assert sent_by(answer.text, NEW)["kept"] == ["2027-03-29T10:00"]
    assert "jour férié, Lundi de Pâques" in answer.text  # stated on purpose, so kept, and said


def test_single_dates_left_from_before_do_not_count_in_a_rhythm(client_of, here: Land):
    left = {"dates-0-on": "nonsense", "dates-1-start": "25:99"}
    answer = client_of(here.charlie).post(NEW, data=filled(here, **left))
    assert answer.status_code == 200
    assert "Relire les 2 dates" in answer.text


def test_two_single_dates_at_the_same_time_are_refused(client_of, here: Land):
    line = {"on": "2027-03-30", "start": "10:00", "end": "12:00"}
    dates = {f"dates-{n}-{name}": value for n in (0, 1) for name, value in line.items()}
    answer = client_of(here.charlie).post(NEW, data=filled(here, rhythm="dates", **dates))
    assert answer.status_code == 422
    assert 'id="dates-1-on-error"' in answer.text


def test_a_line_is_added_without_a_script_and_nothing_is_judged_yet(client_of, here: Land):
    answer = client_of(here.charlie).post(NEW, data=filled(here, name="", action="add_hours"))
    assert answer.status_code == 200
    assert 'name="hours-1-start"' in answer.text
    assert answer.text.count("autofocus") == 1  # the keyboard goes on in the new line
    assert "cr-errors" not in answer.text


def test_lines_end_at_a_limit(client_of, here: Land):
    lines = {f"hours-{n}-start": "10:00" for n in range(40)}
    answer = client_of(here.charlie).post(NEW, data=filled(here, action="add_hours", **lines))
    assert answer.status_code == 200
    assert 'name="hours-14-start"' not in answer.text


def test_going_back_from_the_review_keeps_what_was_written(client_of, here: Land):
    answer = client_of(here.charlie).post(NEW, data=filled(here, action="change"))
    sent = sent_by(answer.text, NEW)
    assert (sent["name"], sent["hours-0-weekdays"]) == (["Peinture"], ["0"])


def test_rows_of_another_territory_are_no_choice(client_of, db_session, world: World):
    here, there = world.here, world.there
    for wrong in (
        {"measure_id": there.measure.id},
        {"venue_id": there.group.venue_id},
        {"venue_id": here.placement.venue_id},
    ):
        answer = client_of(here.charlie).post(NEW, data=filled(here, **wrong))
        assert answer.status_code == 422
    answer = client_of(here.charlie).post(NEW, data=filled(here, period_id=there.period.id))
    assert answer.status_code == 404


def test_tags_of_another_kind_are_no_choice(client_of, db_session, here: Land):
    need = make.make_tag(db_session, TagKind.NEED)
    db_session.commit()
    answer = client_of(here.charlie).post(NEW, data=filled(here, requirement_ids=[str(need.id)]))
    assert answer.status_code == 422


def test_fewer_places_than_people_are_refused_beside_the_field(client_of, db_session, here: Land):
    for _ in range(2):
        participant = make.make_participant(db_session, here.bob)
        make.make_enrolment(db_session, participant, here.group, status=EnrolmentStatus.CONFIRMED)
    db_session.commit()
    url = f"/groups/{here.group.id}/edit"
    browser = client_of(here.charlie)
    sent = sent_by(browser.get(url).text) | {"capacity": "2", "min_size": "1"}
    answer = browser.post(url, data=sent)
    assert answer.status_code == 422
    assert "gardez au moins 3 places" in answer.text
    assert browser.post(url, data=sent | {"capacity": "3"}).status_code == 303
    db_session.expire_all()
    assert here.group.capacity == 3


def test_editing_changes_only_what_was_written(client_of, db_session, here: Land):
    url = f"/groups/{here.group.id}/edit"
    browser = client_of(here.charlie)
    before = {name: getattr(here.group, name) for name in ("capacity", "min_size", "venue_id")}
    browser.post(url, data=sent_by(browser.get(url).text) | {"name": "Terre"})
    db_session.expire_all()
    assert here.group.name == "Terre"
    assert before == {name: getattr(here.group, name) for name in before}


def test_what_happens_to_people_is_said_before_a_group_is_called_off(
    client_of, db_session, here: Land
):
    url = f"/groups/{here.group.id}/cancel"
    browser = client_of(here.charlie)
    assert "Une personne a une place" in browser.get(url).text
    assert browser.post(url, data={"reason": " "}).status_code == 422
    assert browser.post(url, data={"reason": "Salle fermée"}).status_code == 303
    db_session.expire_all()
    assert here.group.state == GroupState.CANCELLED
    assert "Salle fermée" in browser.get(f"/groups/{here.group.id}").text
    assert browser.get(url).status_code == 404


def test_the_first_page_of_a_new_association_says_what_to_do(client_of, db_session, here: Land):
    partner = make.make_partner(db_session, here.territory)
    account = make.make_account(db_session, Role.PARTNER, here.territory, partner=partner)
    browser = client_of(account)
    page = browser.get("/groups").text
    assert page.index("Ajouter un lieu") < page.index("Publier un groupe")
    assert 'class="btn btn-primary" href="/venues/new"' in page
    make.make_venue(db_session, partner)
    db_session.commit()
    assert 'class="btn btn-primary" href="/groups/new"' in browser.get("/groups").text


@pytest.mark.parametrize("week", ["2027-01-11", "2027-W02", "9999-12-31", "0001-01-01", "x"])
def test_any_week_can_be_asked_for(client_of, here: Land, week):
    assert client_of(here.charlie).get(f"/groups?week={week}").status_code == 200


def test_the_week_shows_its_sessions_and_no_others(client_of, here: Land):
    browser = client_of(here.charlie)
    assert "cr-slot" in browser.get("/groups?week=2027-01-12").text
    assert "cr-slot" not in browser.get("/groups?week=2027-03-12").text


def test_a_partner_page_tells_first_name_initial_and_needs_only(client_of, db_session, here: Land):
    need = make.make_tag(db_session, TagKind.NEED, "step-free")
    skill = make.make_tag(db_session, TagKind.SKILL, "canary-skill")
    held = make.make_tag(db_session, TagKind.HOLD, "canary-certificate")
    participant: Participant = here.participant
    participant.first_name, participant.last_name = "Amina", "Canari"
    participant.lat, participant.lon = 46.123456, 6.123456
    participant.certificates = [Certificate(tag=held)]
    here.referral.needs, here.referral.coach_skills = [need], [skill]
    here.referral.weight, here.referral.max_travel_minutes = 9876, 8765
    wished = make.make_measure(db_session, here.territory, name="Souhait canari")
    here.referral.wishes[0].measure = wished
    db_session.commit()
    browser = client_of(here.charlie)
    urls = ["/groups", f"/groups/{here.group.id}", "/venues"]
    urls += [f"/groups/{here.group.id}/{page}" for page in ("edit", "cancel", "slots/new")]
    slot = here.group.slots[0]
    urls += [f"/slots/{slot.id}/move", f"/slots/{slot.id}/cancel"]
    pages = {url: browser.get(url) for url in urls}
    assert {answer.status_code for answer in pages.values()} == {200}
    shown = pages[f"/groups/{here.group.id}"].text
    assert "Amina C." in shown
    assert "step-free fr" in shown
    for url, answer in pages.items():
        text = answer.text
        if url.endswith("/edit"):  # lists the whole vocabulary, ticked or not, of nobody
            text = re.sub(r'<div class="cr-chips">.*?</div>', "", text, flags=re.DOTALL)
        for secret in (
            "Canari",
            "canari",
            "canary",
            participant.reference,
            "46.123",
            "6.123",
            "9876",
            "8765",
            here.other_participant.first_name,  # proposed, not yet accepted
        ):
            assert secret not in text, (url, secret)


def test_a_coordinator_reads_a_group_and_changes_nothing(client_of, here: Land):
    page = client_of(here.alice).get(f"/groups/{here.group.id}").text
    assert here.participant.short_name in page
    assert here.participant.last_name not in page
    assert "/edit" not in page
    assert "Déplacer" not in page


def test_many_groups_come_in_pages(client_of, db_session, here: Land):
    for _ in range(40):
        group = make.make_group(db_session, here.period, here.measure, here.group.venue)
        make.make_slot(db_session, group, datetime(2027, 1, 12, 9))
    db_session.commit()
    browser = client_of(here.charlie)
    first, last = (browser.get(f"/groups?page={n}").text for n in (1, 99))
    assert first.count("<tr>") - 1 == 15
    assert last.count("<tr>") - 1 == 41 - 30
