"""What is wrong with how a page looks."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDE, NARROW = 1440, 320


def faults_of(page: Page) -> list[str]:
    """What axe finds on the page, and whether it scrolls sideways."""
    found = Axe().run(page).response["violations"]
    faults = [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]]
    return [_where(page, fault) for fault in faults] + overflow_of(page)


def overflow_of(page: Page) -> list[str]:
    """Whether the page scrolls sideways."""
    is_too_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [_where(page, "scrolls sideways")] if is_too_wide else []


def _where(page: Page, fault: str) -> str:
    return f"{page.url} {page.viewport_size}: {fault}"


def faults_at(page: Page, path: str, *, is_in_walk: bool = False) -> list[str]:
    """The faults of a page of the site, wide and narrow.

    Where the walk through the demo has axe look at it wide, only its overflow is looked at here.
    """
    page.goto(path)
    page.set_viewport_size({"width": WIDE, "height": 900})
    faults = overflow_of(page) if is_in_walk else faults_of(page)
    page.set_viewport_size({"width": NARROW, "height": 900})
    return faults + faults_of(page)
