from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.worlds import World
from webapp import clock
from webapp.models import Feed, FeedReference, FeedScope
from webapp.services import feeds


def make(client: FlaskClient, **values: str):
    return client.post("/feeds", data={"label": "Tablette", "follows": "caseload"} | values)


def address(page: str) -> str:
    found = re.search(r"/feeds/cf_[\w-]+\.ics", page)
    assert found is not None
    return found.group()


def test_the_address_is_shown_once_and_works(client_of, client: FlaskClient, world: World):
    bob = client_of(world.here.bob)
    made = make(bob)
    assert made.status_code == 201
    path = address(made.text)
    assert f"http://localhost{path}" in made.text
    assert f"webcal://localhost{path}" in made.text
    assert 'class="cr-qr"' in made.text
    assert "style=" not in made.text
    assert client.get(path).status_code == 200
    assert "cf_" not in bob.get("/feeds").text


def test_a_configured_public_address_stands_in_links(app, client_of, world: World, monkeypatch):
    monkeypatch.setitem(app.config, "PUBLIC_URL", "https://croisee.exemple.invalid/")
    made = make(client_of(world.here.bob)).text
    assert "https://croisee.exemple.invalid/feeds/cf_" in made
    assert "webcal://croisee.exemple.invalid/feeds/cf_" in made


def test_the_page_of_a_participant_prepares_their_feed(client_of, world: World):
    here = world.here
    bob = client_of(here.bob)
    link = f"/feeds?participant={here.participant.id}"
    assert link in bob.get(f"/participants/{here.participant.id}").text
    page = bob.get(link).text
    assert f'<option selected value="participant-{here.participant.id}"' in page


@pytest.mark.parametrize("whose", ["other_participant", "there"])
def test_nobody_prepares_a_feed_of_somebody_elses_participant(client_of, world: World, whose):
    participant = world.there.participant if whose == "there" else world.here.other_participant
    bob = client_of(world.here.bob)
    assert bob.get(f"/feeds?participant={participant.id}").status_code == 404
    assert make(bob, follows=f"participant-{participant.id}").status_code == 422


@pytest.mark.parametrize(
    "values", [{"label": " "}, {"follows": "visits"}, {"follows": "venue-1"}, {"follows": ""}]
)
def test_what_was_not_offered_is_refused_in_words(client_of, world: World, values):
    answer = make(client_of(world.here.bob), **values)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_too_many_feeds_are_refused_in_words(client_of, world: World, monkeypatch):
    monkeypatch.setattr(feeds, "MOST_FEEDS", 1)
    answer = make(client_of(world.here.bob))
    assert answer.status_code == 422
    assert "Vous avez déjà 1 flux." in answer.text.replace("\u00a0", " ")


@pytest.mark.parametrize("allowed", [True, False])
def test_names_are_offered_where_the_territory_allows_them(
    client_of, db_session: Session, world: World, allowed: bool
):
    world.here.territory.names_in_feeds = allowed
    db_session.commit()
    bob = client_of(world.here.bob)
    assert ('name="shows_names"' in bob.get("/feeds").text) == allowed
    make(bob, shows_names="y")
    feed = db_session.scalars(select(Feed).where(Feed.label == "Tablette")).one()
    assert feed.shows_names == allowed


def test_a_partner_follows_a_venue(client_of, db_session: Session, world: World):
    venue = world.here.group.venue
    answer = make(client_of(world.here.charlie), follows=f"venue-{venue.id}")
    assert answer.status_code == 201
    feed = db_session.scalars(select(Feed).where(Feed.label == "Tablette")).one()
    assert (feed.scope, feed.venue_id) == (FeedScope.VENUE, venue.id)


def test_revoking_ends_one_feed_and_says_what_follows(client_of, db_session: Session, world: World):
    bob = client_of(world.here.bob)
    make(bob)
    answer = bob.post(f"/feeds/{world.here.feed.id}/revoke")
    assert (answer.status_code, answer.location) == (303, "/feeds")
    page = bob.get("/feeds").text
    assert "1 actif" in page
    assert "puis plus rien" in page


def test_nobody_revokes_the_feed_of_another(client_of, db_session: Session, world: World):
    assert client_of(world.here.bea).post(f"/feeds/{world.here.feed.id}/revoke").status_code == 404
    db_session.refresh(world.here.feed)
    assert world.here.feed.revoked_at is None


@pytest.mark.parametrize(
    ("days", "text"),
    [(0, "Lu aujourd’hui"), (1, "Lu hier"), (3, "Lu il y a 3 jours"), (12, "depuis 12 jours")],
)
def test_a_card_says_when_it_was_last_read(
    client_of, db_session: Session, world: World, days: int, text: str
):
    today: date = clock.today(world.here.territory.timezone)
    world.here.feed.last_used_on = today - timedelta(days=days)
    db_session.commit()
    assert text in client_of(world.here.bob).get("/feeds").text


def test_a_feed_never_read_is_told_as_broken_after_a_while(
    client_of, db_session: Session, world: World
):
    world.here.feed.created_at = clock.now()
    db_session.commit()
    bob = client_of(world.here.bob)
    assert "Pas encore lu" in bob.get("/feeds").text
    world.here.feed.created_at -= timedelta(days=5)
    db_session.commit()
    assert "Jamais lu" in bob.get("/feeds").text


def test_who_handed_a_participant_over_no_longer_reads_their_name(
    client_of, db_session: Session, world: World
):
    here = world.here
    feeds.make_feed(db_session, here.bob, "Tablette", FeedScope.PARTICIPANT, here.participant)
    bob = client_of(here.bob)
    assert here.participant.short_name in bob.get("/feeds").text
    here.participant.worker = here.bea
    db_session.commit()
    page = bob.get("/feeds").text
    assert "Tablette" in page
    assert here.participant.first_name not in page
    assert here.participant.reference not in page


def test_a_reference_leads_its_worker_back_to_the_person(
    client_of, db_session: Session, world: World
):
    here = world.here
    db_session.add(
        FeedReference(feed_id=here.feed.id, participant_id=here.participant.id, reference="K7Q2")
    )
    db_session.commit()
    name = here.participant.short_name
    assert client_of(here.bob).get("/feeds?reference=k7q2").text.count(name) == 2  # and the choice
    assert name not in client_of(here.bea).get("/feeds?reference=K7Q2").text
    here.participant.worker = here.bea
    db_session.commit()
    assert name not in client_of(here.bob).get("/feeds?reference=K7Q2").text
