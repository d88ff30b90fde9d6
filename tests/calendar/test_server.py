"""What only real processes show: the same bytes from each, and no token in their logs."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy.orm import Session

from tests.calendar.conftest import ROOT, Site, fetch
from tests.calendar.golden import DOMAIN
from webapp.models import Enrolment, FeedScope
from webapp.services import feeds

RENDER = """
import sys
from webapp import create_app
from webapp.extensions import db
from webapp.services.feeds import read_feed

with create_app().app_context():
    sys.stdout.buffer.write(read_feed(db.session, sys.argv[1], sys.argv[2]).body)
"""


def test_every_process_renders_the_same_bytes(site: Site):
    _status, headers, served = fetch(site.feed_url)
    bodies = [fetch(site.feed_url)[2] for _ in range(6)]  # from both workers
    bodies += [
        subprocess.run(
            [sys.executable, "-c", RENDER, site.golden.token, DOMAIN],
            cwd=ROOT,
            env=site.environment | {"PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert served.count(b"BEGIN:VEVENT") == 60
    assert set(bodies) == {served}
    assert fetch(site.feed_url, **{"If-None-Match": headers["ETag"]})[0] == 304
    assert fetch(site.feed_url, **{"If-Modified-Since": headers["Last-Modified"]})[0] == 304


def test_many_first_readers_at_once_learn_the_same_references(site: Site, db_session: Session):
    enrolment = db_session.get_one(Enrolment, site.golden.enrolment_ids[0])
    worker = enrolment.participant.worker
    _feed, token = feeds.make_feed(db_session, worker, "Tablette", FeedScope.CASELOAD)
    with ThreadPoolExecutor(8) as readers:
        answers = list(readers.map(fetch, [f"{site.url}/feeds/{token}.ics"] * 8))
    assert {status for status, _headers, _body in answers} == {200}
    assert len({body for _status, _headers, body in answers}) == 1


def test_a_token_is_in_no_log_of_the_server(site: Site):
    fetch(site.feed_url, Referer=site.feed_url)
    assert fetch(f"{site.url}/feeds/cf_guess.ics")[0] == 404
    log = (site.folder / "access.log").read_text()
    assert "GET /feeds/….ics" in log
    errors = (site.folder / "error.log").read_text()
    assert "Booting worker" in errors
    for text in (log, errors):
        assert site.golden.token not in text
        assert "cf_guess" not in text


def test_an_answer_has_no_cookie_and_no_redirect(site: Site):
    status, headers, _body = fetch(site.feed_url, Accept="application/pdf", Cookie="croisee=x")
    assert status == 200
    assert headers["Set-Cookie"] is None
    assert headers["Content-Type"] == "text/calendar; charset=utf-8"
