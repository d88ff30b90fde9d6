"""A real server, gunicorn on a migrated SQLite file, for applications that ask over HTTP."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy.orm import Session

from tests.calendar import golden
from tests.calendar.golden import Golden
from tests.conftest import make_settings
from webapp import create_app
from webapp.extensions import db

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Site:
    url: str
    folder: Path  # with access.log and error.log
    app: Flask  # on the same database
    golden: Golden
    environment: dict[str, str]

    @property
    def feed_url(self) -> str:
        return f"{self.url}/feeds/{self.golden.token}.ics"


def fetch(url: str, **headers: str) -> tuple[int, Message, bytes]:
    """Ask our own server; return status, headers and body, whatever the status."""
    try:
        with urlopen(Request(url, headers=headers), timeout=30) as answer:  # noqa: S310  # as above
            return answer.status, answer.headers, answer.read()
    except HTTPError as refused:
        with refused:
            return refused.code, refused.headers, refused.read()


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("calendar-site")
    settings = make_settings(f"sqlite:///{folder / 'croisee.sqlite'}", folder)
    app = create_app(settings)
    with app.app_context():
        upgrade()
        with Session(db.engine, expire_on_commit=False) as session:
            rows = golden.build(session)
    environment = {
        "PATH": os.environ["PATH"],
        "CROISEE_SECRET_KEY": secrets.token_urlsafe(48),
        "CROISEE_DATABASE_URL": settings.database_url,
        "CROISEE_QUEUE_URL": settings.queue_url,
        "CROISEE_SECURE_COOKIES": "0",
        "PYTHONPATH": str(ROOT),
    }
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # The socket is ours and open already: who connects waits until the server is up.
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "--workers", "2"),
                *("--bind", f"fd://{listener.fileno()}"),
                *("--access-logfile", str(folder / "access.log")),
                *("--error-logfile", str(folder / "error.log")),
                "webapp:create_app()",
            ],
            cwd=folder,
            env=environment,
            pass_fds=[listener.fileno()],
        )
        try:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            yield Site(url, folder, app, rows, environment)
        finally:
            server.terminate()
            server.wait(timeout=30)
            with app.app_context():
                db.engine.dispose()


@pytest.fixture
def db_session(site: Site) -> Iterator[Session]:
    """A session on the server's own database: what it commits, the server sees."""
    with site.app.app_context(), Session(db.engine, expire_on_commit=False) as session:
        yield session
