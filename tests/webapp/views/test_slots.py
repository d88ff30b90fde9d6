from datetime import datetime

import pytest
import time_machine

from tests.webapp.views.forms import sent_by
from tests.webapp.views.reading import read_text
from tests.worlds import Land, World
from webapp.models import EnrolmentStatus, GroupState


@pytest.fixture
def here(world: World) -> Land:
    return world.here


def test_sessions_are_added_after_reading_their_dates_again(client_of, db_session, here: Land):
    url = f"/groups/{here.group.id}/slots/new"
    browser = client_of(here.charlie)
    assert "Une personne a une place" in browser.get(url).text
    form = {
        "rhythm": "weekly",
        "hours-0-weekdays": ["1", "3"],
        "hours-0-start": "10:00",
        "hours-0-end": "12:00",
        "first_on": "2027-02-01",
        "last_on": "2027-02-14",
        "action": "review",
    }
    review = browser.post(url, data=form)
    assert "Relire les 4 dates" in review.text
    sent = sent_by(review.text, url)
    assert browser.post(url, data=sent | {"action": "save"}).status_code == 303
    db_session.expire_all()
    assert [slot.local_start.day for slot in here.group.slots[-4:]] == [2, 4, 9, 11]


def test_a_session_over_another_is_refused_beside_its_line(client_of, db_session, here: Land):
    form = {
        "rhythm": "dates",
        "dates-0-on": "2027-01-12",
        "dates-0-start": "15:00",
        "dates-0-end": "17:00",
        "action": "review",
    }
    answer = client_of(here.charlie).post(f"/groups/{here.group.id}/slots/new", data=form)
    assert answer.status_code == 422
    assert 'id="dates-0-on-error"' in answer.text
    assert "14 h – 16 h" in read_text(answer)


def test_a_session_is_moved_and_a_bad_date_is_said_beside_the_field(
    client_of, db_session, here: Land
):
    slot = here.group.slots[0]
    url = f"/slots/{slot.id}/move"
    browser = client_of(here.charlie)
    sent = sent_by(browser.get(url).text)
    assert (sent["on"], sent["start"], sent["end"]) == (["2027-01-12"], ["14:00"], ["16:00"])
    wrong = browser.post(url, data=sent | {"on": "2028-01-01"})
    assert wrong.status_code == 422
    assert 'id="on-error"' in wrong.text
    assert browser.post(url, data=sent | {"end": "13:00"}).status_code == 422
    assert browser.post(url, data=sent | {"on": "2027-01-13"}).status_code == 303
    db_session.expire_all()
    assert slot.local_start == datetime(2027, 1, 13, 14)


def test_a_session_is_skipped_with_a_reason_and_taken_up_again(client_of, db_session, here: Land):
    slot = here.group.slots[0]
    browser = client_of(here.charlie)
    assert browser.post(f"/slots/{slot.id}/cancel", data={"reason": ""}).status_code == 422
    browser.post(f"/slots/{slot.id}/cancel", data={"reason": "Salle  fermée\n"})
    db_session.expire_all()
    assert slot.cancelled_because == "Salle fermée"
    assert "2 séances." in read_text(browser.get(f"/groups/{here.group.id}"))
    assert "Salle fermée" in browser.get("/groups?week=2027-01-12").text
    browser.post(f"/slots/{slot.id}/restore")
    db_session.expire_all()
    assert slot.cancelled_because is None


def test_a_session_that_cannot_be_taken_up_again_says_why(client_of, db_session, here: Land):
    slot = here.group.slots[0]
    browser = client_of(here.charlie)
    browser.post(f"/slots/{slot.id}/cancel", data={"reason": "Salle fermée"})
    other = here.group.slots[1]
    moved = {"on": "2027-01-12", "start": "15:00", "end": "17:00"}
    browser.post(f"/slots/{other.id}/move", data=moved)
    answer = browser.post(f"/slots/{slot.id}/restore", follow_redirects=True)
    assert "le groupe se réunit déjà à ce moment" in answer.text
    db_session.expire_all()
    assert slot.cancelled_because == "Salle fermée"


def test_a_session_of_a_draft_goes_without_a_reason(client_of, db_session, here: Land):
    here.confirmed.status = EnrolmentStatus.CANCELLED
    here.group.state, here.group.taken = GroupState.DRAFT, 0
    db_session.commit()
    browser = client_of(here.charlie)
    browser.post(f"/slots/{here.group.slots[0].id}/cancel")
    db_session.expire_all()
    assert len(here.group.slots) == 2


def test_sessions_stand_in_a_list_those_to_come_and_those_that_were(client_of, here: Land):
    with time_machine.travel("2027-01-19T08:00:00Z", tick=False):
        browser = client_of(here.charlie)
        coming, past = (
            browser.get(url).text.replace("\N{NO-BREAK SPACE}", " ")
            for url in ("/slots", "/slots?past=1")
        )
    assert "Mardi 19 janvier" in coming
    assert "Mardi 12 janvier" not in coming
    assert "Mardi 12 janvier" in past
    assert "Mardi 26 janvier" not in past


def test_what_is_past_is_closed_on_the_page_of_a_group(client_of, here: Land):
    with time_machine.travel("2027-01-20T08:00:00Z", tick=False):
        page = client_of(here.charlie).get(f"/groups/{here.group.id}").text
    first, _, last = (slot.id for slot in here.group.slots)
    assert f"/slots/{first}/move" not in page
    assert f"/slots/{last}/move" in page
