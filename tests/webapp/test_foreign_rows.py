"""A form about an own row may name no row that the account does not see.

The matrix swaps all ids at once; here only what the form names is foreign, the rest is in order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tests.webapp.test_safe_methods import everything
from tests.worlds import Land, World

REFERRAL = {"availability": "always", "max_groups": "1"}


@dataclass(frozen=True)
class Naming:
    """A form of ``actor`` to ``path``, and the one value in it that names a row."""

    actor: str
    path: Callable[[Land], str]
    field: str
    value: Callable[[Land], Any]
    form: Callable[[Land], dict[str, Any]] = lambda _here: {}


def account(_here: Land) -> dict[str, Any]:
    return {
        "display_name": "Ada", "email": "ada@exemple.invalid", "role": "worker", "partner_id": "0"
    }  # fmt: skip


FORMS = {
    "territory of an account": Naming(
        "emil", lambda _: "/accounts/new", "territory_id", lambda land: land.territory.id, account
    ),
    "partner of an account": Naming(
        "emil",
        lambda _: "/accounts/new",
        "partner_id",
        lambda land: land.partner.id,
        lambda here: account(here) | {"role": "partner", "territory_id": here.territory.id},
    ),
    "measure wished": Naming(
        "bob",
        lambda here: f"/participants/{here.participant.id}/referral",
        "wishes",
        lambda land: f"m{land.group.measure_id}",
        lambda _: REFERRAL | {"max_travel_minutes": "50"},
    ),
    "group wished": Naming(
        "bob",
        lambda here: f"/participants/{here.participant.id}/referral",
        "wishes",
        lambda land: f"g{land.group.id}",
        lambda _: REFERRAL,
    ),
    "venue near home": Naming(
        "bob",
        lambda here: f"/participants/{here.participant.id}/edit",
        "near",
        lambda land: land.group.venue_id,
        lambda _: {"first_name": "Ada", "last_name": "Diallo"},
    ),
    "participant of a feed": Naming(
        "bob",
        lambda _: "/feeds",
        "follows",
        lambda land: f"participant-{land.participant.id}",
        lambda _: {"label": "Tablette"},
    ),
    "venue of a feed": Naming(
        "charlie",
        lambda _: "/feeds",
        "follows",
        lambda land: f"venue-{land.group.venue_id}",
        lambda _: {"label": "Tablette"},
    ),
    "group to enrol in": Naming(
        "alice",
        lambda here: f"/enrolments/of/{here.other_participant.id}",
        "group_id",
        lambda land: land.placement.id,
    ),
    "worker to hand over to": Naming(
        "alice",
        lambda here: f"/participants/{here.participant.id}/hand-over",
        "worker_id",
        lambda land: land.bea.id,
    ),
    "venue of a group": Naming(
        "charlie",
        lambda here: f"/groups/{here.group.id}/edit",
        "venue_id",
        lambda land: land.group.venue_id,
        lambda here: {
            "measure_id": here.measure.id,
            "name": "Autre",
            "capacity": "9",
            "min_size": "0",
        },
    ),
}


def prepare(client_of, here: Land, naming: Naming, land: Land):
    browser = client_of(getattr(here, naming.actor))
    return browser, naming.form(here) | {naming.field: naming.value(land)}


@pytest.mark.parametrize("naming", FORMS.values(), ids=FORMS.keys())
def test_a_form_that_names_a_foreign_row_changes_nothing(
    client_of, connection: Connection, world: World, naming: Naming
):
    browser, form = prepare(client_of, world.here, naming, world.there)
    before = everything(connection)
    assert browser.post(naming.path(world.here), data=form).status_code in {404, 422}
    assert everything(connection) == before


@pytest.mark.parametrize("naming", FORMS.values(), ids=FORMS.keys())
def test_the_same_form_with_an_own_row_is_taken(
    client_of, connection: Connection, world: World, naming: Naming
):
    """Were it refused for another reason, the test above would prove nothing."""
    browser, form = prepare(client_of, world.here, naming, world.here)
    before = everything(connection)
    assert browser.post(naming.path(world.here), data=form).status_code < 400
    assert everything(connection) != before


@pytest.mark.parametrize("field", ["participant", "venue"])
def test_rows_of_a_neighbour_in_the_same_territory_are_foreign_too(
    client_of, connection: Connection, db_session: Session, world: World, field: str
):
    here = world.here
    actor = here.bob if field == "participant" else here.charlie
    row_id = here.other_participant.id if field == "participant" else here.placement.venue_id
    browser = client_of(actor)
    before = everything(connection)
    form = {"label": "Tablette", "follows": f"{field}-{row_id}"}
    assert browser.post("/feeds", data=form).status_code == 422
    assert everything(connection) == before


@pytest.mark.parametrize("path", ["/coordination", "/plans/new"])
def test_a_territory_in_the_query_is_an_own_one(client_of, world: World, path: str):
    alice = client_of(world.here.alice)
    assert alice.get(f"{path}?territory_id={world.here.territory.id}").status_code == 200
    assert alice.get(f"{path}?territory_id={world.there.territory.id}").status_code == 404


def test_a_wish_in_the_query_names_no_foreign_group(client_of, db_session, world: World):
    world.there.group.name = "Groupe canari"
    db_session.commit()
    path = f"/participants/{world.here.participant.id}/referral?wish=g{world.there.group.id}"
    assert "Groupe canari" not in client_of(world.here.bob).get(path).text
