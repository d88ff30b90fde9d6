"""What is wrong with how a page looks."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WIDTHS = (1440, 320)  # the walk through the demo looks at 390


def faults_of(page: Page) -> list[str]:
    """What axe finds on the page, and whether it scrolls sideways."""
    found = Axe().run(page).response["violations"]
    faults = [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        faults.append("scrolls sideways")
    return [f"{page.url} {page.viewport_size}: {fault}" for fault in faults]


def faults_at(page: Page, path: str) -> list[str]:
    """The faults of a page of the site, wide and narrow."""
    page.goto(path)
    faults = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        faults += faults_of(page)
    return faults
