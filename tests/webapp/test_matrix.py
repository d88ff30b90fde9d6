"""Route x role x owner; see matrix.py."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import Connection

from tests.webapp.matrix import ACTORS, MATRIX, PARAMETERS, PUBLIC
from tests.worlds import Land, World
from webapp import create_app
from webapp.config import Settings

_app = create_app(Settings(secret_key="only-to-list-the-routes-0123456789abcdef"))
ROUTES = [
    pytest.param(rule.endpoint, method, id=f"{method} {rule.endpoint}")
    for rule in sorted(_app.url_map.iter_rules(), key=lambda rule: rule.endpoint)
    for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    if rule.endpoint != "static"
]
GUARDED = [route for route in ROUTES if MATRIX.get(route.values[0]) is not PUBLIC]


def ask(app: Flask, client: Any, endpoint: str, method: str, land: Land) -> Any:
    rule = next(app.url_map.iter_rules(endpoint))
    access = MATRIX[endpoint]
    values = {
        name: (access.parameters.get(name) or PARAMETERS[name])(land) for name in rule.arguments
    }
    with app.test_request_context():
        url = app.url_for(endpoint, _external=False, **values)
    form = {key: value(land) if callable(value) else value for key, value in access.form.items()}
    return client.open(url, method=method, data=form if method != "GET" else None)


def test_every_route_is_in_the_matrix():
    assert {route.values[0] for route in ROUTES} - MATRIX.keys() == set()


def test_the_matrix_names_no_route_that_is_gone():
    assert MATRIX.keys() - {route.values[0] for route in ROUTES} == set()


@pytest.mark.parametrize(("endpoint", "method"), GUARDED)
def test_the_anonymous_is_led_to_the_sign_in_page(
    app: Flask, client, world: World, endpoint, method
):
    answer = ask(app, client, endpoint, method, world.here)
    assert answer.status_code in {302, 303}
    assert urlsplit(answer.location).path == "/sign-in"


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize(("endpoint", "method"), GUARDED)
def test_only_those_named_reach_the_route(
    app: Flask, client_of, world: World, endpoint, method, actor
):
    client = client_of(getattr(world.here, actor))
    answer = ask(app, client, endpoint, method, world.here)
    reached = actor in MATRIX[endpoint].actors.split()
    assert answer.status_code < 500
    assert (answer.status_code != 404) == reached


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize(("endpoint", "method"), GUARDED)
def test_nobody_reaches_rows_of_another_territory(
    app: Flask, client_of, connection: Connection, world: World, endpoint, method, actor
):
    rule = next(app.url_map.iter_rules(endpoint))
    if not rule.arguments and not any(callable(v) for v in MATRIX[endpoint].form.values()):
        pytest.skip("names no row")
    answer = ask(app, client_of(getattr(world.here, actor)), endpoint, method, world.there)
    assert answer.status_code == 404
