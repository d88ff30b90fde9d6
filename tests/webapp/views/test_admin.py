"""Accounts, territories and the trail, as an admin keeps them."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import factories as make
from tests.worlds import World
from webapp.models import Account, AuditEntry, Period, Role, Territory
from webapp.permissions import NotAllowedError
from webapp.services import accounts, audits, territories
from webapp.views import audits as audit_pages


@pytest.fixture
def emil(client_of, world: World) -> FlaskClient:
    return client_of(world.here.emil)


def facts(account: Account, **changes: Any) -> dict[str, Any]:
    return {
        "display_name": account.display_name,
        "role": account.role.value,
        "territory_id": account.territory_id,
        "partner_id": account.partner_id or 0,
    } | changes


def password_in(page: TestResponse) -> str:
    found = re.search(r"\b[2-9a-z]{4}(?:-[2-9a-z]{4}){3}\b", page.text)
    assert found is not None
    return found[0]


def sign_in(client: FlaskClient, email: str, password: str) -> TestResponse:
    return client.post("/sign-in", data={"email": email, "password": password})


def test_a_new_account_signs_in_with_the_password_shown_once(
    emil: FlaskClient, client: FlaskClient, world: World, db_session: Session
) -> None:
    form = facts(world.here.bob, display_name="Nouvelle Venue", email=" Nouvelle@Exemple.invalid ")
    password = password_in(emil.post("/accounts/new", data=form))
    assert password not in emil.get("/accounts").text
    made = db_session.scalars(select(Account).where(Account.display_name == "Nouvelle Venue")).one()
    assert (made.email, made.role) == ("nouvelle@exemple.invalid", Role.WORKER)
    assert sign_in(client, made.email, password).location == "/"


def test_an_address_is_taken_once(emil: FlaskClient, world: World, db_session: Session) -> None:
    before = db_session.scalar(select(func.count(Account.id)))
    page = emil.post("/accounts/new", data=facts(world.here.bob, email=world.there.bob.email))
    assert page.status_code == 422
    assert "déjà cette adresse" in page.text
    assert db_session.scalar(select(func.count(Account.id))) == before


@pytest.mark.parametrize(
    ("role", "has_partner", "status"),
    [
        ("partner", True, 303),
        ("partner", False, 422),
        ("coach", False, 303),
        ("coach", True, 422),
    ],
)
def test_a_partner_role_and_a_partner_go_together(
    emil: FlaskClient, world: World, role: str, has_partner: bool, status: int
) -> None:
    partner_id = world.here.partner.id if has_partner else 0
    form = facts(world.here.bob, role=role, partner_id=partner_id)
    assert emil.post(f"/accounts/{world.here.bob.id}", data=form).status_code == status


@pytest.mark.parametrize("field", ["territory_id", "partner_id"])
def test_nobody_is_given_rights_over_another_territory(
    emil: FlaskClient, world: World, db_session: Session, field: str
) -> None:
    there = {"territory_id": world.there.territory.id, "partner_id": world.there.partner.id}
    charlie = world.here.charlie
    form = facts(charlie, **{field: there[field]})
    assert emil.post(f"/accounts/{charlie.id}", data=form).status_code == 422
    db_session.expire_all()
    assert db_session.get_one(Account, charlie.id).territory_id == world.here.territory.id
    assert db_session.get_one(Account, charlie.id).partner_id == world.here.partner.id


def test_an_admin_of_a_part_cannot_reach_the_whole(db_session: Session, world: World) -> None:
    part = make.make_territory(db_session, "Meyrin", parent=world.here.territory)
    admin = make.make_account(db_session, Role.ADMIN, part)
    db_session.commit()
    wanted = accounts.AccountFacts("Emil", Role.ADMIN, world.here.territory)
    with pytest.raises(NotAllowedError):
        accounts.add_account(db_session, admin, "emil@exemple.invalid", wanted)
    with pytest.raises(NotAllowedError):
        accounts.disable_account(db_session, admin, world.here.emil)
    with pytest.raises(NotAllowedError):
        territories.add_territory(db_session, admin, world.here.territory, "Vernier")


@pytest.mark.parametrize("what", ["disable", "password"])
def test_disabling_and_a_new_password_end_every_sign_in(
    emil: FlaskClient, client_of, world: World, what: str
) -> None:
    browsers = [client_of(world.here.bob) for _ in range(2)]
    assert all("/sign-in" not in (b.get("/").location or "") for b in browsers)
    emil.post(f"/accounts/{world.here.bob.id}/{what}")
    assert all(b.get("/").location.startswith("/sign-in") for b in browsers)


def test_an_enabled_account_signs_in_again(
    emil: FlaskClient, client: FlaskClient, world: World
) -> None:
    bob = world.here.bob
    emil.post(f"/accounts/{bob.id}/disable")
    assert sign_in(client, bob.email, make.PASSWORD).status_code == 422
    emil.post(f"/accounts/{bob.id}/enable")
    assert sign_in(client, bob.email, make.PASSWORD).location == "/"


def test_a_first_admin_is_made_on_the_command_line(app: Flask, client: FlaskClient) -> None:
    found = ["found-territory", "Pau", "--email", "lea@pau.example", "--display-name", "Léa"]
    ran = app.test_cli_runner().invoke(args=[*found, "--timezone", "Europe/Paris"])
    assert ran.exit_code == 0, ran.output
    password = ran.output.split()[-1]
    assert sign_in(client, "lea@pau.example", password).location == "/"
    assert "Pau" in client.get("/territories").text
    again = app.test_cli_runner().invoke(args=[*found, "--timezone", "Europe/Paris"])
    assert again.exit_code == 1
    wrong = app.test_cli_runner().invoke(args=[*found, "--timezone", "Europe/Nowhere"])
    assert wrong.exit_code == 1


def test_nobody_disables_the_own_account(emil: FlaskClient, world: World) -> None:
    assert emil.post(f"/accounts/{world.here.emil.id}/disable").status_code == 404


def test_a_role_taken_away_counts_at_the_next_page(
    emil: FlaskClient, client_of, world: World
) -> None:
    bob = client_of(world.here.bob)
    assert bob.get("/participants").status_code == 200
    emil.post(f"/accounts/{world.here.bob.id}", data=facts(world.here.bob, role="coach"))
    assert bob.get("/participants").status_code == 404


def test_a_territory_below_is_added_renamed_and_reached(
    emil: FlaskClient, world: World, db_session: Session
) -> None:
    here = world.here.territory
    emil.post(f"/territories/{here.id}/new", data={"name": "Meyrin"})
    below = db_session.scalars(select(Territory).where(Territory.name == "Meyrin")).one()
    assert below.path == f"{here.path}{below.id}/"
    assert below.timezone == here.timezone
    emil.post(f"/territories/{below.id}", data={"name": "Vernier", "names_in_feeds": "y"})
    db_session.expire_all()
    assert (below.name, below.names_in_feeds) == ("Vernier", True)
    assert "Vernier" in emil.get("/territories").text


def test_a_period_is_opened_and_cannot_end_before_it_starts(
    emil: FlaskClient, world: World, db_session: Session
) -> None:
    url = f"/territories/{world.here.territory.id}/periods/new"
    form = {"name": "Été 2027", "starts_on": "2027-07-01", "num_answer_days": "5"}
    assert emil.post(url, data=form | {"ends_on": "2027-06-30"}).status_code == 422
    assert emil.post(url, data=form | {"ends_on": "2027-08-31"}).status_code == 303
    period = db_session.scalars(select(Period).where(Period.name == "Été 2027")).one()
    assert (period.territory_id, period.num_answer_days) == (world.here.territory.id, 5)


def test_the_trail_shows_who_did_what_here_and_nothing_of_elsewhere(
    emil: FlaskClient, world: World, db_session: Session
) -> None:
    audits.record(db_session, world.there.alice, "publish", world.there.group)
    audits.record(db_session, world.here.alice, "publish", world.here.group)
    db_session.commit()
    page = emil.get("/audit").text
    assert world.here.alice.display_name in page
    assert world.there.alice.display_name not in page
    assert world.here.participant.last_name not in page


def test_the_trail_is_shown_page_by_page(
    emil: FlaskClient, world: World, db_session: Session
) -> None:
    for _ in range(60):
        audits.record(db_session, world.here.alice, "publish", world.here.group)
    db_session.commit()
    assert emil.get("/audit").text.count('<th scope="row">') == 50
    assert "page 2" in emil.get("/audit?page=2").text


def test_every_action_that_the_trail_knows_has_a_word() -> None:
    written = set()
    for path in (Path(__file__).parents[3] / "webapp/services").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {
                "audits.record",
                "_answer",
            }:
                said: list[ast.AST] = [*node.args]
            elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "action":
                said = [node.value]
            else:
                continue
            written |= {
                part.value
                for each in said
                for part in ast.walk(each)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            }
    known = {
        key.value
        for node in ast.walk(ast.parse(inspect.getsource(audit_pages)))
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant)
    }
    assert len(written) > 20
    assert written <= known


def test_a_trail_that_was_touched_is_told(
    emil: FlaskClient, world: World, db_session: Session
) -> None:
    audits.record(db_session, world.here.alice, "publish", world.here.group)
    db_session.commit()
    assert "intact" in emil.post("/audit/verify", follow_redirects=True).text
    forged = AuditEntry(
        at=world.here.alice.created_at,
        account_id=world.here.alice.id,
        action="publish",
        noun="group",
        noun_id=1,
        detail={},
        previous_hash="1" * 64,
        hash="2" * 64,
    )
    db_session.add(forged)
    db_session.commit()
    assert f"l’entrée {forged.id}" in emil.post("/audit/verify", follow_redirects=True).text


def test_the_holidays_of_a_territory_are_those_of_a_known_country(
    client_of, db_session, world: World
):
    territory = world.here.territory
    emil = client_of(world.here.emil)
    for written, field in (
        ({"country": "ZZ"}, "country"),
        ({"country": "CH", "region": "XX"}, "region"),
        ({"country": "LU", "region": "XX"}, "region"),
        ({"region": "GE"}, "region"),
    ):
        answer = emil.post(f"/territories/{territory.id}", data={"name": "Genève"} | written)
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.text
    known = {"name": "Genève", "country": "ch ", "region": "GE"}
    assert emil.post(f"/territories/{territory.id}", data=known).status_code == 303
    db_session.refresh(territory)
    assert (territory.country, territory.region) == ("CH", "GE")
