from __future__ import annotations

import logging
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.worlds import World
from webapp import clock
from webapp.logs import WithoutFeedTokens
from webapp.models import Feed, FeedScope
from webapp.services import feeds
from webapp.views import feed_files


@pytest.fixture
def token(app: Flask, db_session: Session, world: World) -> str:
    return feeds.make_feed(db_session, world.here.bob, "Téléphone", FeedScope.CASELOAD)[1]


def test_the_answer_has_the_headers_that_applications_need(client: FlaskClient, token: str):
    answer = client.get(f"/feeds/{token}.ics", headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'inline; filename="croisee.ics"'
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert not answer.headers["ETag"].startswith("W/")
    assert "Set-Cookie" not in answer.headers
    assert "Last-Modified" in answer.headers


def test_head_gives_the_same_headers_without_the_body(client: FlaskClient, token: str):
    with time_machine.travel(clock.now(), tick=False):  # or the Date may differ
        got, head = (client.open(f"/feeds/{token}.ics", method=way) for way in ("GET", "HEAD"))
    assert head.data == b""
    assert {**head.headers} == {**got.headers}


def test_what_is_known_already_is_not_sent_again(
    client: FlaskClient, db_session: Session, world: World, token: str
):
    address = f"/feeds/{token}.ics"
    first = client.get(address)
    known = {
        "If-None-Match": first.headers["ETag"],
        "If-Modified-Since": first.headers["Last-Modified"],
    }
    for name, value in known.items():
        answer = client.get(address, headers={name: value})
        assert (answer.status_code, answer.data) == (304, b"")
        assert answer.headers["ETag"] == first.headers["ETag"]
    world.here.group.venue.name = "Autre maison"
    db_session.commit()
    for name, value in known.items():
        assert client.get(address, headers={name: value}).status_code == 200


def test_a_revoked_feed_is_empty_and_then_gone(
    client: FlaskClient, db_session: Session, world: World, token: str
):
    address = f"/feeds/{token}.ics"
    assert b"BEGIN:VEVENT" in client.get(address).data
    known = client.get(address).headers["ETag"]
    others = Feed.account == world.here.bob, Feed.id != world.here.feed.id
    feed = db_session.scalars(select(Feed).where(*others)).one()
    feeds.revoke_feed(db_session, world.here.bob, feed)
    emptied = client.get(address, headers={"If-None-Match": known})
    assert emptied.status_code == 200
    assert b"BEGIN:VEVENT" not in emptied.data
    feed.revoked_at = clock.now() - timedelta(days=31)
    db_session.commit()
    assert client.get(address).status_code == 410


def test_guesses_are_slowed_down_and_a_known_token_never(client: FlaskClient, token: str):
    guess = [client.get(f"/feeds/cf_{number}.ics") for number in range(feed_files.MOST_GUESSES)]
    assert {answer.status_code for answer in guess} == {404}
    refused = client.get("/feeds/cf_more.ics")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert client.get(f"/feeds/{token}.ics").status_code == 200
    elsewhere = client.get("/feeds/cf_more.ics", environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.status_code == 404


@pytest.mark.parametrize(
    ("message", "arguments"),
    [
        ('127.0.0.1 "%s" 200', ("GET /feeds/cf_secret.ics HTTP/1.1",)),
        ("%(r)s %(f)s", ({"r": "GET /feeds/cf_secret.ics", "f": "https://a/feeds/cf_secret.ics"},)),
        ("Exception on /feeds/cf_secret.ics [GET]", ()),
    ],
)
@pytest.mark.parametrize("name", ["werkzeug", "gunicorn.access", "gunicorn.error", "webapp"])
def test_a_token_is_in_no_log(app: Flask, name: str, message: str, arguments):
    logger = logging.getLogger(name)
    assert any(isinstance(known, WithoutFeedTokens) for known in logger.filters)
    record = logging.LogRecord(name, logging.INFO, "", 0, message, arguments, None)
    assert logger.filter(record)
    assert "cf_secret" not in record.getMessage()
    assert "/feeds/….ics" in record.getMessage()
