"""Every page that a role can walk to: seen at two widths, by axe, in English too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import ROLES
from tests.browser.faults import WIDE, faults_of

MOST_OF_A_KIND = 2  # pages that differ only in numbers: a few are opened, one is looked at


def kind_of(address: str) -> str:
    """The path of an address with its numbers left out, and the names of its parameters.

    The further pages of a list are as its first.
    """
    parts = urlsplit(address)
    path = "/".join("#" if part.isdigit() else part for part in parts.path.split("/"))
    return (
        path
        + "?"
        + ",".join(sorted(parse_qs(parts.query, keep_blank_values=True).keys() - {"page"}))
    )


def is_page(address: str, site_url: str) -> bool:
    return address.startswith(site_url) and not address.endswith((".json", ".ics", ".svg"))


def walk(page: Page) -> Iterator[None]:
    """Open the pages that links lead to, from the one at hand; stop at one of each kind."""
    site_url = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
    waiting, seen, kinds = [page.url], [], {}
    while waiting:
        address = waiting.pop(0)
        kind = kind_of(address)
        if address in seen or kinds.get(kind, 0) >= MOST_OF_A_KIND:
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        seen.append(address)
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        links = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href.split('#')[0])")
        waiting += [link for link in links if is_page(link, site_url)]
        if kinds[kind] == 1:
            yield


@pytest.mark.parametrize("role", ROLES)
def test_every_page_of_a_role_is_without_fault_wide_and_narrow(
    sign_in: Callable[..., Page], role: str
):
    page = sign_in(role)
    faults = []
    for _ in walk(page):
        for width, scheme in ((WIDE, "light"), (390, "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            faults += faults_of(page)
    assert faults == []


def test_the_sign_in_page_is_without_fault(new_page: Callable[..., Page]):
    page = new_page()
    page.goto("/sign-in")
    assert faults_of(page) == []


@pytest.mark.parametrize("role", ROLES)
def test_a_first_page_is_complete_without_scripts(sign_in: Callable[..., Page], role: str):
    page = sign_in(role, java_script_enabled=False)
    assert page.get_by_role("heading", level=1).is_visible()
    assert page.get_by_role("navigation").first.is_visible()


def test_the_language_is_switched_for_good(sign_in: Callable[..., Page]):
    page = sign_in("worker")
    page.get_by_role("button", name="English").first.click()
    assert page.locator("html").get_attribute("lang") == "en"
    page.reload()
    assert page.locator("html").get_attribute("lang") == "en"
