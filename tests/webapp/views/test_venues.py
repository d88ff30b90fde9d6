import pytest
from sqlalchemy import select

from tests import factories as make
from tests.webapp.views.forms import sent_by
from tests.worlds import World
from webapp.models import AuditEntry, Venue


def test_a_venue_is_added_for_the_own_association(client_of, db_session, world: World):
    here = world.here
    form = {"name": " Salle du Lignon ", "address": "Vernier", "lat": "46,2044", "lon": "6.1"}
    assert client_of(here.charlie).post("/venues/new", data=form).status_code == 303
    venue = db_session.scalar(select(Venue).where(Venue.name == "Salle du Lignon"))
    assert (venue.partner, venue.territory) == (here.partner, here.territory)
    assert (venue.lat, venue.lon) == (46.2044, 6.1)
    assert list(db_session.scalars(select(AuditEntry.action))) == ["sign_in", "add"]


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "a" * 121}, "name"),
        ({"lat": "46.2"}, "lon"),
        ({"lon": "6.2"}, "lat"),
        ({"lat": "91", "lon": "6"}, "lat"),
        ({"lat": "46", "lon": "-181"}, "lon"),
        ({"lat": "nord", "lon": "6"}, "lat"),
        ({"lat": "nan", "lon": "6"}, "lat"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(client_of, world: World, written, field):
    answer = client_of(world.here.charlie).post("/venues/new", data={"name": "Salle"} | written)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_a_venue_is_changed_and_its_calendars_learn_it(client_of, db_session, world: World):
    venue = world.here.group.venue
    url = f"/venues/{venue.id}/edit"
    browser = client_of(world.here.charlie)
    sent = sent_by(browser.get(url).text)
    assert (float(sent["lat"][0]), float(sent["lon"][0])) == (venue.lat, venue.lon)
    browser.post(url, data=sent | {"name": "Autre nom"})
    db_session.expire_all()
    assert (venue.name, venue.lat, venue.sequence) == ("Autre nom", 46.2, 1)


def test_a_venue_of_the_territory_is_seen_and_not_changed(client_of, db_session, world: World):
    here = world.here
    shared = make.make_venue(db_session, here.partner, name="Maison de quartier")
    shared.partner = None
    db_session.commit()
    browser = client_of(here.charlie)
    assert "Maison de quartier" in browser.get("/venues").text
    for method in ("get", "post"):
        assert getattr(browser, method)(f"/venues/{shared.id}/edit").status_code == 404


def test_a_partner_keeps_the_name_of_a_venue_out_of_calendars(client_of, db_session, world: World):
    venue = world.here.group.venue
    charlie = client_of(world.here.charlie)
    for ticked in ({"is_discreet": "y"}, {}):
        form = {"name": venue.name, "address": "Rue du Lac 1"} | ticked
        assert charlie.post(f"/venues/{venue.id}/edit", data=form).status_code in {302, 303}
        db_session.refresh(venue)
        assert venue.is_discreet == bool(ticked)
