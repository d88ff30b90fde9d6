"""A real browser against the real command: ``flask demo`` on an empty folder and a free port."""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from tests.conftest import make_settings
from tests.worlds import World, build_world
from webapp import create_app, demo
from webapp.extensions import db

ROOT = Path(__file__).parents[2]
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))),
    None,
)
ARGUMENTS = [
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            # A browser that leaves while a file is sent: werkzeug's server then reads from a
            # connection that is gone, and never comes to close the file.
            item.add_marker(pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning"))
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium or Chrome on this machine"))


@dataclass(frozen=True)
class Site:
    url: str
    folder: Path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as answer:  # noqa: S310  # our own address
            return bool(answer.status == 200)
    except (URLError, ConnectionError, TimeoutError):
        return False


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo, built and served as ``make demo`` does; its log stands in ``folder``."""
    folder = tmp_path_factory.mktemp("site")
    port = _free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", str(folder)),
        "CROISEE_SECRET_KEY": secrets.token_urlsafe(48),
        "CROISEE_DATABASE_URL": f"sqlite:///{folder / 'croisee.sqlite'}",
        "CROISEE_QUEUE_URL": f"sqlite:///{folder / 'queue.sqlite'}",
        "CROISEE_DEMO": "1",
        "CROISEE_SECURE_COOKIES": "0",
    }
    url = f"http://127.0.0.1:{port}"
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "webapp", "demo", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            for _attempt in range(600):
                if server.poll() is not None or _answers(f"{url}/sign-in"):
                    break
                try:
                    server.wait(timeout=0.2)  # ends early when the server died
                except subprocess.TimeoutExpired:
                    continue
            if server.poll() is not None:
                pytest.fail((folder / "log").read_text())
            yield Site(url, folder)
        finally:
            server.terminate()
            server.wait(timeout=20)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=ARGUMENTS, chromium_sandbox=os.getuid() != 0
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, World, str]]:
    """An application served on a free port, its world and its address."""
    folder = tmp_path_factory.mktemp("place")
    app = create_app(make_settings(f"sqlite:///{folder / 'croisee.sqlite'}", folder))
    with app.app_context():
        upgrade()
        with Session(db.engine, expire_on_commit=False) as db_session:
            world = build_world(db_session)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield app, world, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def new_page(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Make a page of a fresh browser; whatever its console complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "status of 4" not in message.text:
            complaints.append(message.text)

    def make(width: int = 1440, height: int = 900, **options: object) -> Page:
        context = browser.new_context(
            base_url=site.url,
            viewport={"width": width, "height": height},
            locale="fr-CH",
            timezone_id="Europe/Zurich",
            reduced_motion="reduce",  # colours are measured, not on their way
            **options,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "response",
            lambda answer: complaints.append(answer.url) if answer.status >= 500 else None,
        )
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


ROLES = {
    "coordinator": "Coordination",
    "partner": "Association partenaire",
    "worker": "Référent·e",
    "coach": "Job coach",
    "admin": "Administration",
}


@pytest.fixture
def sign_in(new_page: Callable[..., Page]) -> Callable[..., Page]:
    """Give a page on which the demo's account of a role has signed in, by the form."""

    def enter(role: str, **options: object) -> Page:
        page = new_page(**options)
        page.goto("/sign-in")
        account = page.locator("button[name=email]").filter(has_text=ROLES[role])
        page.get_by_label("Adresse électronique").fill(account.get_attribute("value") or "")
        page.get_by_label("Mot de passe").fill(demo.PASSWORD)
        page.get_by_role("button", name="Se connecter", exact=True).click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    return enter
