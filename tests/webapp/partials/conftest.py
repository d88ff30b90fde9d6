"""The macros, rendered without the rest of the web application."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, render_template_string
from flask_babel import Babel, get_locale
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined

from tests.webapp.partials.rendering import WEBAPP, Render
from webapp.views.locale import capital


@pytest.fixture
def app() -> Iterator[Flask]:
    app = Flask(__name__, template_folder=WEBAPP / "templates", static_folder=WEBAPP / "static")
    app.config.update(SECRET_KEY="only for this test", DEMO=True, TESTING=True)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals["get_locale"] = get_locale
    app.jinja_env.filters["capital"] = capital
    Babel(app, default_locale="fr")
    CSRFProtect(app)
    for endpoint in ("preferences.set_language", "preferences.set_period", "sign_in.sign_out"):
        app.add_url_rule(f"/{endpoint}", endpoint, view_func=lambda: "", methods=["POST"])
    app.add_url_rule("/list", "participants", view_func=lambda: "")
    with app.test_request_context("/a/page"):
        yield app


@pytest.fixture
def render(app: Flask) -> Render:
    def call(macro: str, *arguments: Any, **named: Any) -> str:
        """Render ``partial.macro``; ``body`` is what a call block holds."""
        partial, name = macro.split(".")
        body = named.pop("body", None)
        source = (
            "{{ m(*a, **k) }}" if body is None else "{% call m(*a, **k) %}{{ body }}{% endcall %}"
        )
        return render_template_string(
            f"{{% from '_partials/{partial}.html' import {name} as m %}}{source}",
            a=arguments,
            k=named,
            body=body,
        )

    return call
