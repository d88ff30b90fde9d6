from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests import factories as make
from tests.worlds import Land, World
from webapp import ical
from webapp.models import PLACED, DeclineReason, EnrolmentStatus, FeedScope, GroupState, Role

NOW = datetime(2027, 1, 15, 9, tzinfo=UTC)


@pytest.fixture
def here(app: Flask, world: World) -> Land:
    return world.here


@pytest.fixture(autouse=True)
def _in_the_application(app: Flask):
    with app.app_context(), time_machine.travel(NOW, tick=False):
        yield


def style(land: Land, **values) -> ical.Style:
    return ical.Style(
        **{
            "domain": "croisee.invalid",
            "locale": "fr",
            "shows_names": False,
            "references": {land.participant.id: "K7Q2", land.other_participant.id: "8XN3"},
        }
        | values
    )


def shown(land: Land, enrolment=None, slot=0, now=NOW, **values) -> ical.Entry | None:
    enrolment = enrolment or land.confirmed
    return ical.enrolment_entry(enrolment, enrolment.group.slots[slot], style(land, **values), now)


def test_a_slot_is_titled_by_its_public_name_and_a_reference(here: Land):
    entry = shown(here)
    assert entry is not None
    assert entry.summary == "Atelier, réf. K7Q2"
    assert entry.location == here.group.venue.name
    assert entry.status == "CONFIRMED"
    slot = here.group.slots[0]
    assert entry.uid == f"{here.confirmed.uid}.{slot.uid}@croisee.invalid"
    assert entry.starts_at == datetime(2027, 1, 12, 13, tzinfo=UTC)


def test_a_proposal_is_marked_and_tentative(here: Land):
    entry = shown(here, here.proposed)
    assert entry is not None
    assert (entry.status, entry.summary) == ("TENTATIVE", "Proposition : Atelier, réf. 8XN3")


@pytest.mark.parametrize(
    ("feed_shows", "territory_allows", "summary"),
    [
        (True, True, "Atelier, Prénom N."),
        (True, False, "Atelier, réf. K7Q2"),
        (False, True, "Atelier, réf. K7Q2"),
    ],
)
def test_names_need_the_feed_and_the_territory(
    here: Land, feed_shows: bool, territory_allows: bool, summary: str
):
    here.participant.first_name, here.participant.last_name = "Prénom", "Nom"
    here.territory.names_in_feeds = territory_allows
    entry = shown(here, shows_names=feed_shows)
    assert entry is not None
    assert entry.summary == summary


def test_a_discreet_venue_gives_its_address_only(here: Land):
    here.group.venue.address = "Rue du Lac 1, Genève"
    here.group.venue.is_discreet = True
    entry = shown(here)
    assert entry is not None
    assert entry.location == "Rue du Lac 1, Genève"


def test_an_english_feed_takes_the_english_public_name(here: Land):
    here.measure.public_name_en = "Workshop"
    entry = shown(here, locale="en")
    assert entry is not None
    assert entry.summary.startswith("Workshop, ")


def test_a_cancelled_slot_is_kept_thirty_days(db_session: Session, here: Land):
    here.group.slots[2].cancelled_because = "Salle fermée"
    db_session.commit()
    entry = shown(here, slot=2)
    assert entry is not None
    assert (entry.status, entry.summary) == ("CANCELLED", "Annulé : Atelier, réf. K7Q2")
    assert "fermée" not in ical.render(here.feed, [entry]).decode()
    last = NOW + timedelta(days=30)
    assert shown(here, slot=2, now=last - timedelta(seconds=1)) is not None
    assert shown(here, slot=2, now=last) is None


def test_an_end_cancels_what_comes_after_it_and_leaves_what_was_held(
    db_session: Session, here: Land
):
    here.confirmed.status = EnrolmentStatus.INTERRUPTED
    db_session.commit()
    held, next_one = shown(here, slot=0), shown(here, slot=1)
    assert held is not None
    assert next_one is not None
    assert (held.status, next_one.status) == ("CONFIRMED", "CANCELLED")


def test_a_cancelled_group_cancels_its_coming_slots(db_session: Session, here: Land):
    here.group.state = GroupState.CANCELLED
    db_session.commit()
    entries = [ical.slot_entry(slot, style(here), NOW) for slot in here.group.slots]
    assert [entry and entry.status for entry in entries] == ["CONFIRMED", "CANCELLED", "CANCELLED"]


@pytest.mark.parametrize(
    "status", [EnrolmentStatus.CANCELLED, EnrolmentStatus.DECLINED, EnrolmentStatus.WAITING]
)
def test_a_proposal_that_is_over_is_gone_at_once(here: Land, status: EnrolmentStatus):
    here.proposed.status = status
    if status is EnrolmentStatus.DECLINED:
        here.proposed.decline_reason = DeclineReason.NOT_WISHED
    assert [shown(here, here.proposed, slot) for slot in range(3)] == [None] * 3


def test_a_place_given_back_is_told_as_cancelled(db_session: Session, here: Land):
    here.confirmed.status = EnrolmentStatus.CANCELLED
    db_session.commit()
    entry = shown(here, slot=1)
    assert entry is not None
    assert entry.status == "CANCELLED"


def test_a_place_that_was_loaded_from_a_file_is_told_as_cancelled_too(
    db_session: Session, here: Land
):
    here.confirmed.placed_at = None
    db_session.commit()
    here.confirmed.status = EnrolmentStatus.INTERRUPTED
    db_session.commit()
    entry = shown(here, slot=1)
    assert entry is not None
    assert entry.status == "CANCELLED"


def test_a_draft_shows_nothing(here: Land):
    here.group.state = GroupState.DRAFT
    assert ical.slot_entry(here.group.slots[0], style(here), NOW) is None


def test_a_visit_has_its_own_times_inside_the_slot(here: Land):
    entry = ical.visit_entry(here.placed, here.placement.slots[0], style(here), NOW)
    assert entry is not None
    assert entry.uid == f"{here.placed.uid}.{here.placement.slots[0].uid}.visit@croisee.invalid"
    assert entry.summary == "Visite, réf. K7Q2"
    assert entry.starts_at == datetime(2027, 1, 12, 8, tzinfo=UTC)
    assert entry.ends_at == datetime(2027, 1, 12, 9, tzinfo=UTC)


@pytest.mark.parametrize("start_minute", [479, 661])
def test_a_visit_that_does_not_fit_in_the_slot_is_left_out(here: Land, start_minute: int):
    here.placed.visit_start_minute = start_minute
    assert ical.visit_entry(here.placed, here.placement.slots[0], style(here), NOW) is None


def test_a_partner_sees_one_line_a_slot_and_nobody(here: Land):
    slot = here.group.slots[0]
    entry = ical.slot_entry(slot, style(here), NOW)
    assert entry is not None
    assert entry.uid == f"{slot.uid}@croisee.invalid"
    assert entry.summary == f"Atelier, {here.group.name}"


def test_a_title_never_breaks_its_line(here: Land):
    here.group.name = "Mardi\r\nATTENDEE:mailto:x@exemple.invalid\u2028fin"
    entry = ical.slot_entry(here.group.slots[0], style(here), NOW)
    assert entry is not None
    lines = ical.render(here.feed, [entry]).decode().replace("\r\n ", "").split("\r\n")
    assert "SUMMARY:Atelier\\, Mardi ATTENDEE:mailto:x@exemple.invalid fin" in lines
    assert not [line for line in lines if line.startswith("ATTENDEE")]


def test_the_calendar_has_what_applications_need_and_nothing_else(here: Land):
    here.feed.label = "Portable de Canari"
    entry = shown(here)
    assert entry is not None
    text = ical.render(here.feed, [entry]).decode().replace("\r\n ", "")
    lines = dict(line.split(":", 1) for line in text.split("\r\n") if line)
    assert "Canari" not in text
    assert set(lines) == {
        *("BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "NAME", "X-WR-CALNAME", "COLOR"),
        *("REFRESH-INTERVAL;VALUE=DURATION", "X-PUBLISHED-TTL", "X-WR-TIMEZONE"),
        *("UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY"),
        *("LOCATION", "STATUS", "TRANSP", "CLASS"),
    }
    assert lines["REFRESH-INTERVAL;VALUE=DURATION"] == lines["X-PUBLISHED-TTL"] == "PT1H"
    assert lines["DTSTAMP"] == lines["LAST-MODIFIED"]
    assert (lines["CLASS"], lines["TRANSP"]) == ("PRIVATE", "OPAQUE")
    assert lines["DTSTART"] == "20270112T130000Z"


@pytest.mark.parametrize("scope", FeedScope)
def test_every_scope_names_its_calendar(here: Land, scope: FeedScope):
    here.feed.scope = scope
    assert "NAME:Croisée – " in ical.render(here.feed, []).decode()


# What may happen to the rows of one line of a calendar: (who, column, value).
CHANGES = st.one_of(
    st.tuples(st.just("enrolment"), st.just("status"), st.sampled_from(sorted(PLACED))),
    st.tuples(st.just("slot"), st.just("cancelled_because"), st.sampled_from([None, "Grève"])),
    st.tuples(st.just("slot"), st.just("ends_at"), st.integers(1, 3)),
    st.tuples(st.just("group"), st.just("name"), st.sampled_from(["Lundi", "Mardi"])),
    st.tuples(st.just("group"), st.just("venue"), st.integers(0, 1)),
    st.tuples(st.just("venue"), st.just("name"), st.sampled_from(["Salle A", "Salle B"])),
    st.tuples(st.just("measure"), st.just("public_name"), st.sampled_from(["Atelier", "Cours"])),
    st.tuples(st.just("participant"), st.just("first_name"), st.sampled_from(["Ada", "Bo"])),
    st.tuples(st.just("territory"), st.just("names_in_feeds"), st.booleans()),
    # These alter nothing that a calendar shows.
    st.tuples(st.just("group"), st.just("capacity"), st.integers(8, 12)),
    st.tuples(st.just("measure"), st.just("description"), st.sampled_from(["", "Peindre."])),
    st.tuples(st.just("participant"), st.just("lat"), st.floats(46, 47)),
)
UNTOLD = {"capacity", "description", "lat"}
SEEN = ("summary", "location", "starts_at", "ends_at", "status")
MOVED = {"starts_at", "ends_at", "location", "status"}


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@example(  # a venue that changed twice, left for one that never did
    changes=[
        ("venue", "name", "Salle A"),
        ("venue", "name", "Salle B"),
        ("group", "venue", 1),
    ],
    shows_names=False,
)
@given(changes=st.lists(CHANGES, min_size=1, max_size=12), shows_names=st.booleans())
def test_versions_grow_when_and_only_when_the_line_changes(
    db_session: Session, changes, shows_names: bool
):
    territory = make.make_territory(db_session)
    partner = make.make_partner(db_session, territory)
    venues = [make.make_venue(db_session, partner) for _ in range(2)]
    measure = make.make_measure(db_session, territory)
    group = make.make_group(db_session, make.make_period(db_session, territory), measure, venues[0])
    slot = make.make_slot(db_session, group, datetime(2027, 1, 26, 14))
    worker = make.make_account(db_session, Role.WORKER, territory)
    participant = make.make_participant(db_session, worker, lat=46.1, lon=6.1)
    enrolment = make.make_enrolment(
        db_session, participant, group, status=EnrolmentStatus.CONFIRMED
    )
    rows = {
        "enrolment": enrolment,
        "slot": slot,
        "group": group,
        "measure": measure,
        "participant": participant,
        "territory": territory,
    }
    for row in (*rows.values(), *venues):
        db_session.refresh(row)  # as a page loads them: what was never set is known
    style = ical.Style("croisee.invalid", "fr", shows_names, {participant.id: "K7Q2"})
    with time_machine.travel(NOW, tick=False) as moment:
        before = ical.enrolment_entry(enrolment, slot, style, NOW)
        for who, column, value in changes:
            moment.shift(timedelta(seconds=2))
            row = group.venue if who == "venue" else rows[who]
            new = {
                "ends_at": lambda value=value: slot.starts_at + timedelta(hours=value),
                "venue": lambda value=value: venues[value],
            }.get(column, lambda value=value: value)()
            old = getattr(row, column)
            setattr(row, column, new)
            db_session.flush()
            after = ical.enrolment_entry(enrolment, slot, style, NOW)
            assert before is not None
            assert after is not None
            differs = {name for name in SEEN if getattr(before, name) != getattr(after, name)}
            assert after.sequence >= before.sequence
            assert after.changed_at >= before.changed_at
            if differs:
                assert after.changed_at > before.changed_at
            if differs & MOVED:
                assert after.sequence > before.sequence
            if old == new or column in UNTOLD:
                assert (after.changed_at, after.sequence) == (before.changed_at, before.sequence)
            before = after
