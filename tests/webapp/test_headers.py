"""What every answer carries, errors included."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import make_settings
from tests.factories import PASSWORD
from tests.webapp.test_matrix import GUARDED, ask
from tests.worlds import World
from webapp import create_app
from webapp.config import Settings, WeakSecretError, from_environment

EXPECTED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": re.compile("same-origin|no-referrer"),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def assert_protected(answer: TestResponse) -> None:
    policy = dict(
        part.strip().partition(" ")[::2]
        for part in answer.headers["Content-Security-Policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    for name, value in EXPECTED.items():
        assert re.fullmatch(value, answer.headers[name]), name


@pytest.mark.parametrize(("endpoint", "method"), GUARDED)
def test_every_route_is_protected(app: Flask, client_of, world: World, endpoint, method) -> None:
    answer = ask(app, client_of(world.here.alice), endpoint, method, world.here)
    assert_protected(answer)


@pytest.mark.parametrize(
    "path",
    ["/sign-in", "/feeds/nobody.ics", "/nowhere", "/static/nowhere.css", "/static/css/base.css"],
)
def test_public_pages_errors_and_files_are_protected(client: FlaskClient, path: str) -> None:
    assert_protected(client.get(path, buffered=True))


@pytest.mark.parametrize(("endpoint", "method"), GUARDED)
def test_no_page_is_kept_by_the_browser(
    app: Flask, client_of, world: World, endpoint, method
) -> None:
    answer = ask(app, client_of(world.here.alice), endpoint, method, world.here)
    assert "no-store" in answer.headers["Cache-Control"]


def test_every_cookie_is_ours_alone(app: Flask, client: FlaskClient, world: World) -> None:
    answers = [
        client.get("/sign-in"),
        client.post("/preferences/language", data={"locale": "en"}),
        client.post("/sign-in", data={"email": world.here.alice.email, "password": PASSWORD}),
        client.post("/sign-out"),
    ]
    cookies = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]
    assert cookies
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


def test_behind_https_cookies_and_transport_are_bound_to_the_host(
    app: Flask, tmp_path: Path
) -> None:
    made = make_settings(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path)
    secure = create_app(
        Settings(secret_key=made.secret_key, database_url=made.database_url, demo=False)
    )
    answer = secure.test_client().get("/sign-in", base_url="https://croisee.example")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-")
    assert "Secure" in cookie
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=63072000")


@pytest.mark.parametrize("key", ["", "x" * 64, "short"])
def test_a_guessable_key_starts_nothing(key: str) -> None:
    with pytest.raises(WeakSecretError):
        from_environment({"SECRET_KEY": key})


def test_an_error_of_ours_tells_no_detail(tmp_path: Path, app: Flask) -> None:
    broken = create_app(make_settings(app.config["SQLALCHEMY_DATABASE_URI"], tmp_path))

    def fail() -> str:
        raise RuntimeError("the secret detail")

    fail.allowed_roles = None  # type: ignore[attr-defined]  # public, as access.public marks it
    broken.add_url_rule("/fail", view_func=fail)
    answer = broken.test_client().get("/fail")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert_protected(answer)
