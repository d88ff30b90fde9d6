"""Route x role x owner; see matrix.py."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import Connection
from sqlalchemy.orm import Session

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


def names_rows(endpoint: str) -> bool:
    if endpoint not in MATRIX:
        return False
    arguments = next(_app.url_map.iter_rules(endpoint)).arguments
    return bool(arguments) or any(callable(value) for value in MATRIX[endpoint].form.values())


NAMING_ROWS = [route for route in GUARDED if names_rows(route.values[0])]


def address(app: Flask, endpoint: str, land: Land) -> tuple[str, dict[str, Any]]:
    """Return the URL of a route and the form to post to it, with the rows of a territory."""
    rule = next(app.url_map.iter_rules(endpoint))
    access = MATRIX[endpoint]
    values = {
        name: (access.parameters.get(name) or PARAMETERS[name])(land) for name in rule.arguments
    }
    with app.test_request_context():
        url = app.url_for(endpoint, _external=False, **values)
    form = {key: value(land) if callable(value) else value for key, value in access.form.items()}
    return url, form


def ask(app: Flask, client: Any, endpoint: str, method: str, land: Land) -> Any:
    url, form = address(app, endpoint, land)
    return client.open(url, method=method, data=form if method != "GET" else None)


@pytest.fixture
def each_asks(app: Flask, connection: Connection, client_of, db_session: Session, world: World):
    """Let every actor ask for a route in turn; what one changes is undone before the next."""

    def ask_all(endpoint: str, method: str, land: Land) -> Iterator[tuple[str, Any]]:
        clients = {actor: client_of(getattr(world.here, actor)) for actor in ACTORS}
        url, form = address(app, endpoint, land)
        db_session.rollback()
        for actor, client in clients.items():
            with connection.begin_nested() as change:
                answer = client.open(url, method=method, data=form if method != "GET" else None)
                change.rollback()
            yield actor, answer

    return ask_all


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


@pytest.mark.parametrize(("endpoint", "method"), GUARDED)
def test_only_those_named_reach_the_route(
    each_asks, world: World, subtests: pytest.Subtests, endpoint, method
):
    for actor, answer in each_asks(endpoint, method, world.here):
        with subtests.test(actor):
            assert answer.status_code < 500
            assert (answer.status_code != 404) == (actor in MATRIX[endpoint].actors.split())


@pytest.mark.parametrize(("endpoint", "method"), NAMING_ROWS)
def test_nobody_reaches_rows_of_another_territory(
    each_asks, world: World, subtests: pytest.Subtests, endpoint, method
):
    for actor, answer in each_asks(endpoint, method, world.there):
        with subtests.test(actor):
            assert answer.status_code == 404
