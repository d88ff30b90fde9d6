"""Croisée: schedules workshops and insertion measures, and says why somebody has no place."""

from __future__ import annotations

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from webapp import cli, config, french, logs, models, views
from webapp.extensions import babel, csrf, db, login_manager, migrate
from webapp.views import (
    errors,
    headers,
    locale,
    shell,
    sign_in,
    static_files,
    timetables,
    transactions,
)

__all__ = ["create_app", "models"]


def create_app(settings: config.Settings | None = None) -> Flask:
    """Wire an application. Raise ``config.WeakSecretError`` when its key is guessable."""
    settings = settings or config.from_environment()
    app = Flask(__name__, instance_path=str(config.INSTANCE))
    app.config.from_mapping(settings.for_flask())
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.add_extension("jinja2.ext.do")

    logs.init_app(app)
    if settings.num_proxies:
        hops = settings.num_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]  # Flask's own way

    db.init_app(app)
    migrate.init_app(app, db, directory=str(config.INSTANCE.parent / "migrations"))
    login_manager.init_app(app)
    csrf.init_app(app)
    babel.init_app(app, locale_selector=locale.current)
    french.init_app(app)

    for part in (
        transactions,
        headers,
        static_files,
        errors,
        locale,
        timetables,
        shell,
        sign_in,
    ):
        part.init_app(app)
    for blueprint in views.blueprints():
        app.register_blueprint(blueprint)
    cli.init_app(app)
    return app
