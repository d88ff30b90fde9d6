from __future__ import annotations

from sqlalchemy.orm import Session

from tests.worlds import World


def test_a_partner_keeps_the_name_of_a_venue_out_of_calendars(
    client_of, db_session: Session, world: World
):
    venue = world.here.group.venue
    charlie = client_of(world.here.charlie)
    for ticked in ({"is_discreet": "y"}, {}):
        form = {"name": venue.name, "address": "Rue du Lac 1"} | ticked
        assert charlie.post(f"/venues/{venue.id}/edit", data=form).status_code in {302, 303}
        db_session.refresh(venue)
        assert venue.is_discreet == bool(ticked)
