from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.worlds import Land, World
from webapp.models import AuditEntry, EnrolmentStatus, Feed, FeedReference, FeedScope, Role
from webapp.permissions import NotAllowedError
from webapp.services import feeds

NOW = datetime(2027, 1, 15, 9, tzinfo=UTC)


@pytest.fixture
def here(world: World) -> Land:
    return world.here


@pytest.fixture(autouse=True)
def moment(app: Flask):
    with app.app_context(), time_machine.travel(NOW, tick=False) as moment:
        yield moment


def read(db_session: Session, token: str) -> str:
    body = feeds.read_feed(db_session, token, "croisee.invalid").body.decode()
    return body.replace("\r\n ", "")


def titles(db_session: Session, token: str) -> list[str]:
    return re.findall(r"SUMMARY:(.*)\r", read(db_session, token))


def test_only_the_hash_of_the_token_is_kept(db_session: Session, here: Land):
    feed, token = feeds.make_feed(db_session, here.bob, "Téléphone", FeedScope.CASELOAD)
    assert token.startswith("cf_")
    assert feed.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert feed.expires_at == NOW + timedelta(days=400)


def test_making_and_revoking_are_in_the_trail(db_session: Session, here: Land):
    feed, _token = feeds.make_feed(db_session, here.bob, "Téléphone", FeedScope.CASELOAD)
    feeds.revoke_feed(db_session, here.bob, feed)
    actions = db_session.scalars(
        select(AuditEntry.action).where(AuditEntry.noun_id == feed.id, AuditEntry.noun == "feed")
    )
    assert list(actions) == ["make_feed", "revoke_feed"]


def test_a_worker_reads_the_own_participants_only(db_session: Session, here: Land):
    _feed, token = feeds.make_feed(db_session, here.bob, "Téléphone", FeedScope.CASELOAD)
    body = read(db_session, token)
    assert body.count("BEGIN:VEVENT") == 6
    assert str(here.confirmed.uid) in body
    assert str(here.proposed.uid) not in body


def test_a_proposal_reaches_the_worker_but_not_the_participant(db_session: Session, here: Land):
    _feed, token = feeds.make_feed(db_session, here.bea, "Téléphone", FeedScope.CASELOAD)
    _feed, own = feeds.make_feed(
        db_session, here.bea, "Le sien", FeedScope.PARTICIPANT, here.other_participant
    )
    assert all(title.startswith("Proposition : ") for title in titles(db_session, token))
    assert titles(db_session, own) == []
    here.proposed.status = EnrolmentStatus.CONFIRMED
    db_session.commit()
    assert len(titles(db_session, own)) == 3


def test_a_coach_reads_the_own_visits(db_session: Session, here: Land):
    _feed, token = feeds.make_feed(db_session, here.dora, "Téléphone", FeedScope.VISITS)
    found = titles(db_session, token)
    assert len(found) == 3
    assert all(title.startswith("Visite\\, réf. ") for title in found)


def test_a_partner_reads_one_line_a_slot_of_the_own_groups(db_session: Session, here: Land):
    another = make.make_participant(db_session, here.bob)
    make.make_enrolment(db_session, another, here.group, status=EnrolmentStatus.CONFIRMED)
    db_session.commit()
    _feed, token = feeds.make_feed(db_session, here.charlie, "Téléphone", FeedScope.PARTNER)
    assert titles(db_session, token) == [f"Atelier\\, {here.group.name}"] * 3


def test_a_venue_feed_shows_that_venue_only(db_session: Session, here: Land):
    elsewhere = make.make_group(
        db_session, here.period, here.measure, make.make_venue(db_session, here.partner)
    )
    make.make_slot(db_session, elsewhere, datetime(2027, 1, 20, 9))
    db_session.commit()
    _feed, token = feeds.make_feed(
        db_session, here.charlie, "Salle", FeedScope.VENUE, venue=elsewhere.venue
    )
    assert titles(db_session, token) == [f"Atelier\\, {elsewhere.name}"]


@pytest.mark.parametrize("scope", FeedScope)
@pytest.mark.parametrize("actor", ["alice", "bob", "charlie", "dora", "emil"])
def test_nobody_follows_what_is_not_theirs(
    db_session: Session, world: World, actor: str, scope: FeedScope
):
    """Rows of the other territory; and scopes of another role."""
    land, there = world.here, world.there
    rows = {
        FeedScope.PARTICIPANT: {"participant": there.participant},
        FeedScope.VENUE: {"venue": there.group.venue},
    }.get(scope, {})
    allowed = {"bob": FeedScope.CASELOAD, "charlie": FeedScope.PARTNER, "dora": FeedScope.VISITS}
    if allowed.get(actor) is scope:
        rows = {"participant": there.participant}
    with pytest.raises(NotAllowedError):
        feeds.make_feed(db_session, getattr(land, actor), "X", scope, **rows)


def test_a_reference_stays_within_a_feed_and_differs_between_feeds(db_session: Session, here: Land):
    tokens = [
        feeds.make_feed(db_session, here.bob, label, FeedScope.CASELOAD)[1] for label in "abc"
    ]
    first = [titles(db_session, token) for token in tokens]
    assert len(set(map(tuple, first))) == 3
    assert [titles(db_session, token) for token in tokens] == first
    assert len(db_session.scalars(select(FeedReference)).all()) == 3


def test_names_of_people_are_in_no_feed(db_session: Session, here: Land):
    canaries = ["Zacharie", "Quintefeuille"]
    for participant in (here.participant, here.other_participant):
        participant.first_name, participant.last_name = canaries
    for account in (here.bob, here.bea, here.charlie, here.dora):
        account.display_name = canaries[0]
    here.coach.name = canaries[1]
    db_session.commit()
    asked = [
        (here.bob, FeedScope.CASELOAD, {"shows_names": True}),
        (here.bob, FeedScope.PARTICIPANT, {"participant": here.participant}),
        (here.bea, FeedScope.CASELOAD, {}),
        (here.charlie, FeedScope.PARTNER, {}),
        (here.charlie, FeedScope.VENUE, {"venue": here.group.venue}),
        (here.dora, FeedScope.VISITS, {"shows_names": True}),
    ]
    for account, scope, values in asked:
        _feed, token = feeds.make_feed(db_session, account, canaries[0], scope, **values)
        body = read(db_session, token)
        assert "BEGIN:VEVENT" in body
        assert not [canary for canary in canaries if canary in body]


def _disable(here: Land) -> None:
    here.bob.disabled_at = NOW


def _hand_over(here: Land) -> None:
    here.participant.worker = here.bea


def _lose_the_role(here: Land) -> None:
    here.bob.role = Role.COORDINATOR


@pytest.mark.parametrize("lose", [_disable, _hand_over, _lose_the_role])
@pytest.mark.parametrize("scope", [FeedScope.CASELOAD, FeedScope.PARTICIPANT])
def test_lost_rights_empty_the_feed_at_the_next_reading(
    db_session: Session, here: Land, scope: FeedScope, lose
):
    participant = here.participant if scope is FeedScope.PARTICIPANT else None
    _feed, token = feeds.make_feed(db_session, here.bob, "Téléphone", scope, participant)
    assert len(titles(db_session, token)) == 6
    lose(here)
    db_session.commit()
    body = read(db_session, token)
    assert "BEGIN:VCALENDAR" in body
    assert "BEGIN:VEVENT" not in body


def test_a_partner_who_moves_to_another_association_loses_the_feed(db_session: Session, here: Land):
    _feed, token = feeds.make_feed(db_session, here.charlie, "Téléphone", FeedScope.PARTNER)
    here.charlie.partner = here.other_partner
    db_session.commit()
    assert titles(db_session, token) == []


def test_a_revoked_feed_is_empty_for_thirty_days_and_then_gone(
    db_session: Session, here: Land, moment
):
    feed, token = feeds.make_feed(db_session, here.bob, "Téléphone", FeedScope.CASELOAD)
    feeds.revoke_feed(db_session, here.bob, feed)
    assert titles(db_session, token) == []
    moment.shift(timedelta(days=30) - timedelta(seconds=1))
    assert titles(db_session, token) == []
    moment.shift(timedelta(seconds=1))
    with pytest.raises(feeds.EndedFeedError):
        read(db_session, token)


def test_a_feed_expires_after_four_hundred_days(db_session: Session, here: Land, moment):
    _feed, token = feeds.make_feed(db_session, here.charlie, "Téléphone", FeedScope.PARTNER)
    moment.shift(timedelta(days=399))
    make.make_slot(db_session, here.group, datetime(2028, 2, 20, 9))
    db_session.commit()
    assert len(titles(db_session, token)) == 1
    moment.shift(timedelta(days=1))
    assert titles(db_session, token) == []
    moment.shift(timedelta(days=30))
    with pytest.raises(feeds.EndedFeedError):
        read(db_session, token)


def test_the_window_is_thirty_days_back_and_eighteen_months_ahead(db_session: Session, here: Land):
    for start in (
        datetime(2026, 12, 16, 8),
        datetime(2026, 12, 17, 8),
        datetime(2028, 7, 15),
        datetime(2028, 7, 18),
    ):
        make.make_slot(db_session, here.group, start)
    db_session.commit()
    _feed, token = feeds.make_feed(db_session, here.charlie, "Téléphone", FeedScope.PARTNER)
    starts = re.findall(r"DTSTART:(\d{8})", read(db_session, token))
    assert starts == ["20261217", "20270112", "20270119", "20270126", "20280714"]


def test_an_unknown_token_is_told_apart_from_an_ended_one(db_session: Session, here: Land):
    with pytest.raises(feeds.UnknownFeedError):
        read(db_session, "cf_unknown")


def test_the_day_of_the_last_reading_is_noted_in_the_local_zone(
    db_session: Session, here: Land, moment
):
    feed, token = feeds.make_feed(db_session, here.bob, "Téléphone", FeedScope.CASELOAD)
    moment.move_to(datetime(2027, 1, 15, 23, 30, tzinfo=UTC))
    read(db_session, token)
    db_session.refresh(feed)
    assert feed.last_used_on.isoformat() == "2027-01-16"


def test_the_date_of_change_moves_with_the_bytes_only(db_session: Session, here: Land, moment):
    _feed, token = feeds.make_feed(db_session, here.bob, "Téléphone", FeedScope.CASELOAD)
    first = feeds.read_feed(db_session, token, "croisee.invalid")
    moment.shift(timedelta(hours=30))
    assert feeds.read_feed(db_session, token, "croisee.invalid") == first
    here.group.venue.name = "Autre maison"
    db_session.commit()
    second = feeds.read_feed(db_session, token, "croisee.invalid")
    # Within the same second: another date all the same.
    here.group.venue.name = "Encore une autre maison"
    db_session.commit()
    third = feeds.read_feed(db_session, token, "croisee.invalid")
    assert first.changed_at < second.changed_at < third.changed_at
    assert len({first.digest, second.digest, third.digest}) == 3


def test_an_account_has_a_bounded_number_of_living_feeds(
    db_session: Session, here: Land, monkeypatch
):
    monkeypatch.setattr(feeds, "MOST_FEEDS", 2)  # Bob has one
    feed, _token = feeds.make_feed(db_session, here.bob, "Téléphone", FeedScope.CASELOAD)
    with pytest.raises(feeds.TooManyFeedsError):
        feeds.make_feed(db_session, here.bob, "Tablette", FeedScope.CASELOAD)
    feeds.revoke_feed(db_session, here.bob, feed)
    feeds.make_feed(db_session, here.bob, "Tablette", FeedScope.CASELOAD)
    assert len(db_session.scalars(select(Feed).where(Feed.account_id == here.bob.id)).all()) == 3
