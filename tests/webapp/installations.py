"""A whole installation of its own, with committed rows: for workers, threads and processes."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import NullPool, create_engine, make_url, text

from tests.conftest import make_settings
from webapp import create_app
from webapp.extensions import db


@contextmanager
def installed(database_url: str, folder: Path, **settings: Any) -> Iterator[Flask]:
    """An application on an empty database beside that of ``database_url``, gone afterwards."""
    url = make_url(database_url)
    server = None
    if url.get_backend_name() == "sqlite":
        url = url.set(database=str(folder / "own.sqlite"))
    else:
        server = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        url = url.set(database=f"own_{secrets.token_hex(4)}")
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {url.database}"))
    app = create_app(make_settings(url.render_as_string(hide_password=False), folder, **settings))
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()
    if server is not None:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {url.database} WITH (FORCE)"))
