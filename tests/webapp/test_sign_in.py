"""Getting in, staying in, being put out. The clock is ours."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.factories import PASSWORD
from tests.webapp.installations import installed
from tests.worlds import World
from webapp import clock
from webapp.demo import EMAIL_ENDING
from webapp.models import Account, SignIn
from webapp.services import sign_ins

ROOT = Path(__file__).parents[2]
START = datetime(2027, 1, 12, 9, tzinfo=UTC)
INSIDE = "/preferences/period"  # a page that only the signed-in reach; 404 without a period


def enter(client: FlaskClient, email: str, password: str = PASSWORD, **arguments) -> TestResponse:
    return client.post(
        "/sign-in", data={"email": email, "password": password}, query_string=arguments
    )


def is_in(client: FlaskClient) -> bool:
    return not client.post(INSIDE).location


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("croisee")
    assert cookie is not None
    return cookie.value


def test_the_right_password_leads_home(client: FlaskClient, world: World) -> None:
    response = enter(client, f"  {world.here.alice.email.upper()} ")
    assert (response.status_code, response.location) == (302, "/")
    assert is_in(client)


def test_a_wrong_password_and_an_unknown_account_get_the_same_answer(
    client: FlaskClient, world: World
) -> None:
    def answer(email: str) -> tuple[int, str]:
        response = enter(client, email, "quatre poires vertes")
        token = re.compile(r'(name="csrf[_-]token" (?:value|content)=)"[^"]*"')
        return response.status_code, token.sub(r"\1", response.text.replace(email, ""))

    status, text = answer(world.here.alice.email)
    assert (status, text) == answer("nobody@exemple.invalid")
    assert status == 422
    assert not is_in(client)


def test_an_unknown_account_costs_a_password_check_too(
    client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    verify = type(sign_ins._hasher).verify

    def counted(self, digest: str, password: str) -> bool:
        checked.append(digest)
        return verify(self, digest, password)

    monkeypatch.setattr(type(sign_ins._hasher), "verify", counted)
    enter(client, "nobody@exemple.invalid")
    assert len(checked) == 1


def test_a_disabled_account_is_put_out_and_stays_out(
    client: FlaskClient, world: World, db_session: Session
) -> None:
    enter(client, world.here.bob.email)
    assert is_in(client)
    db_session.get_one(Account, world.here.bob.id).disabled_at = clock.now()
    db_session.commit()
    assert not is_in(client)
    assert enter(client, world.here.bob.email).status_code == 422


@pytest.mark.parametrize(
    ("pause", "stays"), [(timedelta(minutes=29), True), (timedelta(minutes=31), False)]
)
def test_half_an_hour_without_a_page_ends_a_sign_in(
    client: FlaskClient, world: World, pause: timedelta, stays: bool
) -> None:
    with time_machine.travel(START, tick=False) as traveller:
        enter(client, world.here.alice.email)
        traveller.shift(pause)
        assert is_in(client) is stays


def test_twelve_hours_end_a_sign_in_however_busy(client: FlaskClient, world: World) -> None:
    with time_machine.travel(START, tick=False) as traveller:
        enter(client, world.here.alice.email)
        for _ in range(12 * 4):
            traveller.shift(timedelta(minutes=15))
            assert is_in(client)
        traveller.shift(timedelta(minutes=1))
        assert not is_in(client)


def test_a_cookie_replayed_after_signing_out_opens_nothing(
    app: Flask, client: FlaskClient, world: World
) -> None:
    enter(client, world.here.alice.email)
    kept = cookie_of(client)
    client.post("/sign-out")
    thief = app.test_client()
    thief.set_cookie("croisee", kept)
    assert not is_in(thief)


def test_signing_in_gives_a_new_token_and_forgets_what_the_browser_carried(
    client: FlaskClient, world: World, db_session: Session
) -> None:
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "planted"
        cookie["period_id"] = 4711
    enter(client, world.here.alice.email)
    with client.session_transaction() as cookie:
        first = cookie["_user_id"]
        assert first != "planted"
        assert "period_id" not in cookie
    client.post("/sign-out")
    enter(client, world.here.alice.email)
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != first
    hashes = db_session.scalars(select(SignIn.token_hash)).all()
    assert first not in hashes


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.invalid/",
        "//evil.invalid/",
        "/\\evil.invalid",
        "\\\\evil.invalid",
        "javascript:alert(1)",
        "/\t/evil.invalid",
        "evil.invalid",
    ],
)
def test_signing_in_leads_nowhere_else(client: FlaskClient, world: World, target: str) -> None:
    assert enter(client, world.here.alice.email, next=target).location == "/"


def test_signing_in_leads_back_to_the_page_asked_for(client: FlaskClient, world: World) -> None:
    asked = client.get("/?from=mail")
    assert asked.location.startswith("/sign-in?next=")
    response = client.post(
        asked.location, data={"email": world.here.alice.email, "password": PASSWORD}
    )
    assert response.location == "/?from=mail"


def test_too_many_failures_must_wait_and_waiting_is_enough(
    client: FlaskClient, world: World
) -> None:
    email = world.here.alice.email
    with time_machine.travel(START, tick=False) as traveller:
        for _ in range(sign_ins.MAX_OF_ACCOUNT_FROM_ADDRESS):
            assert enter(client, email, "wrong").status_code == 422
        for _ in range(30):
            assert enter(client, email).status_code == 429
        traveller.shift(sign_ins.FAILURES_WITHIN + timedelta(seconds=1))
        assert enter(client, email).location == "/"


def test_failures_from_elsewhere_do_not_keep_the_owner_out(
    client: FlaskClient, world: World
) -> None:
    email = world.here.alice.email
    for _ in range(sign_ins.MAX_OF_ACCOUNT_FROM_ADDRESS + 1):
        client.post(
            "/sign-in",
            data={"email": email, "password": "wrong"},
            environ_base={"REMOTE_ADDR": "192.0.2.7"},
        )
    assert enter(client, email).location == "/"


def test_one_address_cannot_try_many_accounts(
    client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_ins, "MAX_FROM_ADDRESS", 5)  # each attempt costs an Argon2 hash
    for number in range(sign_ins.MAX_FROM_ADDRESS):
        enter(client, f"somebody{number}@exemple.invalid", "wrong")
    assert enter(client, world.here.alice.email).status_code == 429


def test_failures_are_counted_across_processes(database_url: str, tmp_path: Path) -> None:
    attempt = textwrap.dedent(
        """
        import sys
        from webapp import create_app
        from webapp.extensions import db
        from webapp.services import sign_ins

        with create_app().app_context():
            for password in sys.argv[1:]:
                try:
                    sign_ins.sign_in(db.session, "alice@exemple.invalid", password, "192.0.2.7")
                except Exception as error:
                    print(type(error).__name__)
        """
    )
    with installed(database_url, tmp_path) as app:
        environment = {
            "PATH": os.environ["PATH"],
            "SECRET_KEY": app.config["SECRET_KEY"],
            "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        }

        def in_another_process(*passwords: str) -> list[str]:
            command = [sys.executable, "-c", attempt, *passwords]
            ran = subprocess.run(
                command, env=environment, cwd=ROOT, capture_output=True, text=True, check=True
            )
            return ran.stdout.split()

        half = ["wrong"] * (sign_ins.MAX_OF_ACCOUNT_FROM_ADDRESS // 2)
        assert set(in_another_process(*half)) == {"WrongCredentialsError"}
        assert set(in_another_process(*half)) == {"WrongCredentialsError"}
        assert in_another_process("any") == ["TooManyFailuresError"]


def test_a_success_forgets_the_failures_before_it(
    client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_ins, "MAX_OF_ACCOUNT_FROM_ADDRESS", 3)
    for _ in range(3):
        for _ in range(sign_ins.MAX_OF_ACCOUNT_FROM_ADDRESS - 1):
            enter(client, world.here.alice.email, "wrong")
        assert enter(client, world.here.alice.email).location == "/"
        client.post("/sign-out")


def test_invented_accounts_are_listed_in_a_demonstration_only(
    app: Flask,
    client: FlaskClient,
    world: World,
    db_session: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    email = f"alice@geneve{EMAIL_ENDING}"
    db_session.get_one(Account, world.here.alice.id).email = email
    db_session.commit()
    assert email not in client.get("/sign-in").text
    monkeypatch.setitem(app.config, "DEMO", True)
    page = client.get("/sign-in").text
    assert email in page
    assert world.here.bob.email not in page  # a real account is never listed
