"""The scripts and the look of the macros, in Chromium, under the content security policy."""

import threading
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask, flash, redirect, render_template_string, request
from flask.typing import ResponseReturnValue
from flask_babel import Babel, get_locale
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from tests.browser.faults import faults_at
from webapp.views.headers import CONTENT_SECURITY_POLICY

WEBAPP = Path(__file__).parents[2] / "webapp"

KIT = """
{% extends "base_app.html" %}
{% from "_partials/availability.html" import availability_grid %}
{% from "_partials/page.html" import pagehead %}
{% from "_partials/plan.html" import curve %}
{% from "_partials/proposal.html" import proposal_line %}
{% from "_partials/wish.html" import wishes %}
{% block title %}Kit{% endblock %}
{% block content %}
{{ pagehead("Kit") }}
<div id="progress" data-count="{{ count }}" data-hx-get="/?renew=1" data-hx-select="#progress"
  data-hx-swap="outerHTML" {% if request.args %}data-hx-trigger="every 300ms"{% endif %}>
{{ curve([(0, 1, 9), (1, 5, 6)]) }}</div>
<p id="sums">{{ decisions.values()|select|list|length }}</p>
<ul class="cr-proposals">{% for id, decision in decisions.items() %}
{{ proposal_line(id, "Leïla N.", "U5HT", ["18 min"], decision, "/decide/" ~ id, ["sums"]) }}
{% endfor %}</ul>
<form method="post">
{{ availability_grid("free", ["mon-morning"]) }}
{{ wishes([{"value": "a", "title": "Art", "text": None},
           {"value": "b", "title": "Récit", "text": None},
           {"value": "c", "title": "Marche", "text": None}]) }}
</form>
{% endblock %}
"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh window; the test fails on any error of a script and any refusal of the CSP."""
    context = browser.new_context(locale="fr-FR")
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    yield page
    found = list(faults)  # what is cut off by closing is no fault
    context.close()
    assert not found


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], str]]:
    """Serve applications on localhost, each until the test ends; give the address."""
    servers = []

    def start(app: Flask) -> str:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.port}"

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def address(serve: Callable[[Flask], str]) -> str:
    app = Flask(__name__, template_folder=WEBAPP / "templates", static_folder=WEBAPP / "static")
    app.config.update(SECRET_KEY="only for this test", DEMO=True)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals["get_locale"] = get_locale
    Babel(app, default_locale="fr")
    CSRFProtect(app)
    for endpoint in ("preferences.set_language", "preferences.set_period", "sign_in.sign_out"):
        app.add_url_rule(f"/{endpoint}", endpoint, view_func=lambda: "", methods=["POST"])
    renewals = count()
    decisions: dict[str, str | None] = {"l1": None, "l2": None, "l3": None}
    done = {"accept": "accepted", "pin": "pinned", "rule_out": "ruled_out"}

    @app.get("/")
    def kit() -> str:
        return render_template_string(
            KIT,
            count=next(renewals),
            decisions=decisions,
            navigation=[
                SimpleNamespace(
                    label="Page", url="/", icon="rss", is_current=True, badge=1, section=None
                )
            ],
            current_account=SimpleNamespace(display_name="Hélène Aubry"),
            role_label="Coordination",
            current_period=None,
            periods=[],
        )

    @app.post("/decide/<line>")
    def decide(line: str) -> ResponseReturnValue:
        decisions[line] = done[request.form["decision"]]
        flash("Noté.", "done")
        return redirect("/")

    @app.after_request
    def protect(response: object) -> object:
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY  # type: ignore[attr-defined]  # a Response
        return response

    return serve(app)


def test_a_plan_can_be_decided_from_the_keyboard_without_leaving_the_page(
    page: Page, address: str
) -> None:
    page.goto(address)
    page.evaluate("window.sameDocument = true")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("d")
    page.locator("#l2.is-out").wait_for()
    assert page.locator("#sums").inner_text() == "1"
    assert page.locator("[data-toast]").count() == 1
    page.keyboard.press("k")  # the focus is still on the second line
    page.keyboard.press("a")
    page.locator("#l1-accept[aria-pressed=true]").wait_for()
    assert page.locator("#sums").inner_text() == "2"
    assert page.evaluate("window.sameDocument")


def test_a_plan_can_be_decided_without_scripts(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.click("#l3-pin")
    assert page.locator("#l3-pin").get_attribute("aria-pressed") == "true"
    context.close()


def test_a_heading_ticks_its_row_or_column_and_unticks_it(page: Page, address: str) -> None:
    page.goto(address)
    ticked = page.locator("input[name=free]:checked")
    page.get_by_role("button", name="Soirée").click()
    assert ticked.count() == 7
    page.get_by_role("button", name="lun.").click()
    assert ticked.count() == 8
    page.get_by_role("button", name="lun.").click()
    assert ticked.count() == 5


def test_wishes_move_in_place_and_are_sent_in_order(page: Page, address: str) -> None:
    page.goto(address)
    order = "list => list.map(field => field.value).join('')"
    page.get_by_role("button", name="Descendre Art").click()
    assert page.eval_on_selector_all("input[name=wishes]", order) == "bac"
    page.get_by_role("button", name="Retirer Récit").click()
    assert page.eval_on_selector_all("input[name=wishes]", order) == "ac"
    assert page.get_by_role("button", name="Monter Art").is_disabled()
    assert page.locator("[data-wish-rank]").all_inner_texts() == ["1", "2"]


def test_a_chosen_theme_is_kept(page: Page, address: str) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(address)
    page.locator(".cr-rail-foot [data-theme-switch]").click()
    page.reload()
    colour = page.evaluate("getComputedStyle(document.querySelector('.cr-main')).backgroundColor")
    assert colour == "rgb(27, 31, 32)"
    assert page.locator(".cr-rail-foot [data-theme-switch]").inner_text() == "Thème clair"


def test_what_is_unfolded_stays_so_while_a_part_renews_itself(page: Page, address: str) -> None:
    page.goto(f"{address}/?renew=1")
    page.get_by_text("Voir les chiffres").click()
    before = page.locator("#progress").get_attribute("data-count")
    page.wait_for_function(
        "count => document.querySelector('#progress').dataset.count > count + 1", arg=int(before)
    )
    assert page.locator("#curve-figures table").is_visible()
    assert page.evaluate("document.activeElement.id") == "curve-summary"


def test_the_menu_of_a_phone_closes_on_escape(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(address)
    page.locator(".cr-bottom-more > summary").click()
    way_out = page.locator(".cr-bottom-sheet").get_by_role("button", name="Se déconnecter")
    assert way_out.is_visible()
    page.keyboard.press("Escape")
    assert not way_out.is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_overflows(
    browser: Browser, address: str, scheme: str
) -> None:
    context = browser.new_context(
        color_scheme=scheme,
        bypass_csp=True,  # axe is put into the page
    )
    assert faults_at(context.new_page(), address) == []
    context.close()
