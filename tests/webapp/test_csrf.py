from __future__ import annotations

import pytest
from flask import Flask

from tests.webapp.test_matrix import ROUTES, ask
from tests.worlds import World

UNSAFE = [route for route in ROUTES if route.values[1] != "GET"]


@pytest.mark.parametrize(("endpoint", "method"), UNSAFE)
def test_an_unsafe_method_without_a_token_is_refused(
    app: Flask, client_of, world: World, monkeypatch, endpoint, method
):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    answer = ask(app, client_of(world.here.alice), endpoint, method, world.here)
    assert answer.status_code == 400
