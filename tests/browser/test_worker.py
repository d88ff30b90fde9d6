"""A worker's pages in Chromium, by keyboard alone and without scripts, on a world of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.browser.faults import faults_at
from tests.factories import PASSWORD
from tests.worlds import World
from webapp.extensions import db
from webapp.models import Enrolment, EnrolmentStatus


@pytest.fixture
def bea(browser: Browser, place: tuple[Flask, World, str]) -> Iterator[Callable[..., Page]]:
    """Open a page of Bea's, signed in; further options are the browser's."""
    _app, world, address = place
    contexts = []

    def open_page(path: str, **options: object) -> Page:
        context = browser.new_context(base_url=address, locale="fr-CH", **options)
        contexts.append(context)
        page = context.new_page()
        page.goto("/sign-in")
        page.locator("[name=email]").fill(world.here.bea.email)
        page.locator("[name=password]").fill(PASSWORD)
        page.locator("[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()


def status(place: tuple[Flask, World, str]) -> EnrolmentStatus:
    app, world, _address = place
    with app.app_context():
        return db.session.get_one(Enrolment, world.here.proposed.id).status


def test_wishes_and_availability_are_kept_without_scripts(bea, place):
    here = place[1].here
    path = f"/participants/{here.other_participant.id}/referral"
    page = bea(path, java_script_enabled=False)
    page.get_by_label("À certains moments").check()
    page.locator("label:has([value=wed-morning])").click()
    page.locator("[name=new_wish]").select_option(f"g{here.placement.id}")
    page.get_by_role("button", name="Ajouter", exact=True).click()
    expect(page.locator("[name=wishes]")).to_have_count(2)
    page.locator("[name=wish_up]").last.click()
    first = page.locator("[name=wishes]").first
    expect(first).to_have_value(f"g{here.placement.id}")
    expect(page.locator("[value=wed-morning]")).to_be_checked()
    page.reload()
    expect(page.locator("[name=wishes]")).to_have_count(2)


def test_the_choices_say_at_once_what_they_open(bea, place):
    page = bea(f"/participants/{place[1].here.other_participant.id}/referral")
    expect(page.locator("#openings")).to_contain_text("1 groupe possible")
    page.get_by_label("À certains moments").check()
    page.locator("label:has([value=wed-morning])").click()
    expect(page.locator("#openings")).to_contain_text("Peut venir à 0 séance sur 3")


def test_the_pages_of_a_worker_fit_and_pass_axe(bea, place):
    here = place[1].here
    page = bea("/caseload")
    person = f"/participants/{here.other_participant.id}"
    for path in (
        "/caseload",
        "/participants",
        "/participants/new",
        person,
        f"{person}/edit",
        f"{person}/referral",
        f"{person}/timetable",
        "/offer",
        "/offer?text=nothing",
        f"/offer/{here.group.id}",
    ):
        assert faults_at(page, path, is_in_walk="?" not in path) == []


def test_enter_on_a_reason_declines_and_never_accepts(bea, place):
    page = bea("/caseload")
    summary = page.locator(".cr-offer summary")
    summary.focus()
    summary.press("Enter")
    page.locator("[name=reason][value=not_mobile]").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.locator("[data-toast]")).to_contain_text("La proposition est déclinée")
    assert status(place) == EnrolmentStatus.DECLINED
