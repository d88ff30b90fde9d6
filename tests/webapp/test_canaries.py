"""What sensitive fields hold is on no page of those who have no business with it."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import factories as make
from tests.webapp.matrix import MATRIX
from tests.webapp.test_matrix import GUARDED, address, ask
from tests.worlds import Land, World
from webapp.models import Account, Certificate, FeedScope, TagKind
from webapp.services import feeds

PAGES = [endpoint for endpoint, method in (route.values for route in GUARDED) if method == "GET"]
# A form lists the whole vocabulary, ticked or not, and says nothing of anybody.
VOCABULARY = re.compile(r'<div class="cr-chips">.*?</div>|<select.*?</select>', re.DOTALL)

FACTS = (
    "Quintefeuille",
    "46.123",
    "6.125",
    "canari-certificat",
    "canari-competence",
    "98765432",
    "87654321",
    "76543210",
    "Souhait canari",
)
# Bea's participant: nobody but her and the coordinator knows of the proposal yet.
OTHER = ("Ondine", "Malatrasse", "46.321", "6.521")
ABROAD = ("Abelard", "Namurois")

UNKNOWN_TO: dict[str, tuple[str, ...]] = {
    "alice": ABROAD,
    "bob": (*OTHER, *ABROAD),
    "bea": ("Zacharie", *FACTS, *ABROAD),
    "charlie": (*FACTS, *OTHER, *ABROAD),
    "chloe": (*FACTS, *OTHER, *ABROAD),
    "dora": (*FACTS, *OTHER, *ABROAD),
    "emil": ("Zacharie", *FACTS, *OTHER, *ABROAD),
}


@pytest.fixture
def here(db_session: Session, world: World) -> Land:
    """A world whose people have a canary in every field that tells something of them."""
    here = world.here
    person, other = here.participant, here.other_participant
    person.first_name, person.last_name = "Zacharie", "Quintefeuille"
    person.lat, person.lon = 46.1234, 6.1256
    tag = make.make_tag(db_session, TagKind.HOLD, "canari-certificat")
    person.certificates = [Certificate(tag=tag)]
    here.referral.coach_skills = [make.make_tag(db_session, TagKind.SKILL, "canari-competence")]
    here.referral.weight = 98765432
    here.referral.max_travel_minutes, here.referral.max_minutes_per_week = 87654321, 76543210
    wished = make.make_measure(db_session, here.territory, name="Souhait canari")
    here.referral.wishes[0].measure = wished
    other.first_name, other.last_name = "Ondine", "Malatrasse"
    other.lat, other.lon = 46.3211, 6.5211
    for abroad in (world.there.participant, world.there.other_participant):
        abroad.first_name, abroad.last_name = "Abelard", "Namurois"
    db_session.commit()
    return here


def canaries_in(text: str, actor: str, endpoint: str) -> list[str]:
    unknown = UNKNOWN_TO[actor]
    if endpoint in {"groups.new_group", "groups.edit_group"}:
        text = VOCABULARY.sub("", text)
    if actor == "bea":  # the words and the offer are everybody's, and so are her own forms
        unknown = tuple(word for word in unknown if "anari" not in word)
    return found_in(text, unknown)


def found_in(text: str, canaries: Iterable[str]) -> list[str]:
    return [canary for canary in canaries if canary.casefold() in text.casefold()]


@pytest.mark.parametrize("endpoint", PAGES)
def test_no_page_tells_what_its_reader_need_not_know(
    app: Flask, client_of, here: Land, endpoint: str, subtests: pytest.Subtests
):
    for actor in MATRIX[endpoint].actors.split():
        with subtests.test(actor):
            answer = ask(app, client_of(getattr(here, actor)), endpoint, "GET", here)
            said = answer.text + "\n".join(f"{name}: {value}" for name, value in answer.headers)
            assert canaries_in(said, actor, endpoint) == []


@pytest.mark.parametrize("endpoint", PAGES)
def test_no_address_tells_anything_of_people(app: Flask, here: Land, endpoint: str):
    url, _form = address(app, endpoint, here)
    names = ("Zacharie", "Quintefeuille", "Ondine", "Malatrasse", here.participant.reference)
    assert found_in(url, names) == []


def test_the_canaries_sing_where_they_may(client_of, here: Land):
    """Were the fields not on any page at all, the crawl would prove nothing."""
    alice = client_of(here.alice)
    path = f"/participants/{here.participant.id}"
    said = "".join(alice.get(path + page).text for page in ("", "/edit", "/referral"))
    assert found_in(said, FACTS) == list(FACTS)
    assert "Zacharie Q." in client_of(here.charlie).get(f"/groups/{here.group.id}").text
    assert "Zacharie Q." in client_of(here.dora).get("/visits").text


def test_feeds_tell_nothing_of_people(client, db_session: Session, here: Land):
    asked: list[tuple[Account, FeedScope, dict[str, object]]] = [
        (here.bob, FeedScope.CASELOAD, {"shows_names": True}),
        (here.bob, FeedScope.PARTICIPANT, {"participant": here.participant}),
        (here.bea, FeedScope.CASELOAD, {}),
        (here.charlie, FeedScope.PARTNER, {}),
        (here.charlie, FeedScope.VENUE, {"venue": here.group.venue}),
        (here.dora, FeedScope.VISITS, {"shows_names": True}),
    ]
    for account, scope, values in asked:
        _feed, token = feeds.make_feed(db_session, account, "Zacharie", scope, **values)
        file = client.get(f"/feeds/{token}.ics").text
        assert "BEGIN:VEVENT" in file
        words = ("Zacharie", *FACTS, *OTHER, *ABROAD, here.participant.reference)
        assert found_in(file, words) == [], scope
