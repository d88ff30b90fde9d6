"""A partner's pages in Chromium: by keyboard alone, without scripts, empty and overfull."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from tests import factories as make
from tests.browser.faults import NARROW, WIDE, faults_at
from tests.worlds import World
from webapp.extensions import db
from webapp.models import Account, Group, GroupState, Partner, Role


@pytest.fixture
def as_partner(browser: Browser, place: tuple[Flask, World, str]) -> Iterator[Callable[..., Page]]:
    """Open a page of the account with this address; further options are the browser's."""
    contexts = []

    def open_page(email: str, path: str, **options: object) -> Page:
        context = browser.new_context(base_url=place[2], locale="fr-CH", **options)
        contexts.append(context)
        page = context.new_page()
        page.goto("/sign-in")
        page.locator("[name=email]").fill(email)
        page.locator("[name=password]").fill(make.PASSWORD)
        page.locator("[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def tab_to(page: Page, target: str) -> None:
    """Press Tab until the element that ``target`` selects has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("target => document.activeElement.matches(target)", target):
            return
    raise AssertionError(f"the keyboard does not reach {target}")


def type_time(page: Page, target: str, text: str) -> None:
    tab_to(page, target)
    page.keyboard.type(text)  # a browser that knows no morning or afternoon ignores the letters


def test_a_group_is_published_by_keyboard_alone(as_partner, place):
    app, world, _address = place
    page = as_partner(world.here.charlie.email, "/groups")
    tab_to(page, "a[href='/groups/new'].btn")
    page.keyboard.press("Enter")
    page.wait_for_url("**/new")
    for target, text in (("#name", "Au clavier"), ("#capacity", "6"), ("#min_size", "2")):
        tab_to(page, target)
        page.keyboard.type(text)
    tab_to(page, "#hours-0-weekdays-2")
    page.keyboard.press("Space")
    type_time(page, "#hours-0-start", "1000AM")
    type_time(page, "#hours-0-end", "1130AM")
    tab_to(page, "button[value=add_hours]")
    page.keyboard.press("Enter")
    expect(page.locator("#hours-1-start")).to_be_visible()
    tab_to(page, "#hours-1-weekdays-4")
    page.keyboard.press("Space")
    type_time(page, "#hours-1-start", "0900AM")
    type_time(page, "#hours-1-end", "1100AM")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Relire les 24 dates")
    tab_to(page, "[name=kept]")
    page.keyboard.press("Space")
    tab_to(page, "button[value=publish]:not(.visually-hidden)")
    page.keyboard.press("Enter")
    expect(page.locator("[data-toast]")).to_contain_text("Le groupe est publié")
    with app.app_context():
        group = db.session.scalars(select(Group).where(Group.name == "Au clavier")).one()
        assert (group.state, len(group.slots)) == (GroupState.PUBLISHED, 23)


def test_only_the_chosen_way_to_state_dates_is_shown_without_scripts(as_partner, place):
    page = as_partner(place[1].here.charlie.email, "/groups/new", java_script_enabled=False)
    expect(page.locator("#hours-0-start")).to_be_visible()
    expect(page.locator("#dates-0-start")).to_be_hidden()
    page.get_by_label("Dates isolées").check()
    expect(page.locator("#hours-0-start")).to_be_hidden()
    expect(page.locator("#dates-0-start")).to_be_visible()
    page.get_by_role("button", name="Ajouter une date").click()
    expect(page.locator("#dates-3-start")).to_be_visible()


@pytest.fixture(scope="module")
def overfull(place: tuple[Flask, World, str]) -> Account:
    """Somebody of an association with forty groups, twelve of them on one day."""
    app, world, _address = place
    with app.app_context():
        here = world.here
        home = db.session.get_one(Partner, here.partner.id).territory
        partner = make.make_partner(db.session, home, name="Grande association " * 4)
        account = make.make_account(db.session, Role.PARTNER, home, partner=partner)
        venue = make.make_venue(db.session, partner, name="Salle polyvalente du rez-de-chaussée")
        period, measure = (db.session.merge(row, load=False) for row in (here.period, here.measure))
        for number in range(40):
            group = make.make_group(
                db.session, period, measure, venue, name=f"Conversation et écriture {number}"
            )
            day = datetime(2027, 1, 12) if number < 12 else datetime(2027, 1, 13 + number % 3)
            make.make_slot(db.session, group, day + timedelta(hours=8 + number % 8))
        db.session.commit()
        return account


def test_the_pages_of_a_partner_fit_and_pass_axe(as_partner, place):
    here = place[1].here
    page = as_partner(here.charlie.email, "/groups")
    group = f"/groups/{here.group.id}"
    page.goto(group)
    slot = page.locator("a[href$='/move']").first.get_attribute("href").removesuffix("/move")
    for path in (
        "/groups",
        "/groups/new",
        group,
        f"{group}/edit",
        f"{group}/cancel",
        f"{group}/slots/new",
        f"{slot}/move",
        f"{slot}/cancel",
        "/slots",
        "/slots?past=1",
        "/venues",
        "/venues/new",
    ):
        assert faults_at(page, path, is_in_walk="?" not in path) == []


def test_an_overfull_association_still_reads(as_partner, overfull):
    page = as_partner(overfull.email, "/groups")
    for path in ("/groups?week=2027-01-12", "/slots"):
        assert faults_at(page, path) == []
    page.goto("/groups?week=2027-01-12")
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": 900})
        narrowest = page.locator(".cr-slot").evaluate_all(
            "slots => Math.min(...slots.map(slot => slot.getBoundingClientRect().width))"
        )
        assert narrowest >= 120


def test_the_pages_of_a_new_association_pass_axe(as_partner, place):
    app, world, _address = place
    with app.app_context():
        home = db.session.get_one(Partner, world.here.partner.id).territory
        partner = make.make_partner(db.session, home)
        email = make.make_account(db.session, Role.PARTNER, home, partner=partner).email
        db.session.commit()
    page = as_partner(email, "/groups")
    for path in ("/groups", "/slots", "/venues"):
        assert faults_at(page, path) == []


def test_the_directory_of_partners_passes_axe(as_partner, place):
    here = place[1].here
    page = as_partner(here.alice.email, "/partners")
    for path in (
        "/partners",
        "/partners?q=nothing",
        f"/partners/{here.partner.id}",
        f"/groups/{here.group.id}",
    ):
        assert faults_at(page, path) == []
