"""From signing in to a subscribed calendar that shows the accepted enrolment, on Geneva."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

from icalendar import Calendar
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

OPTIMA = Path(__file__).parents[1] / "scheduler" / "instances" / "optima.json"


def tier_values(solution: bytes) -> dict[str, tuple[int, bool]]:
    return {tier["name"]: (tier["value"], tier["proven"]) for tier in json.loads(solution)["tiers"]}


def download(page: Page, link: str) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("link", name=link).click()
    return Path(waiting.value.path()).read_bytes()


def read_statuses(address: str) -> dict[str, str]:
    """Return the status of each event of a feed by its UID."""
    with urlopen(address) as answer:  # noqa: S310  # our own address
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        assert "Set-Cookie" not in answer.headers
        calendar = Calendar.from_ical(answer.read())
    return {str(event["UID"]): str(event["STATUS"]) for event in calendar.walk("VEVENT")}


def test_a_plan_reaches_the_known_optimum_and_an_accepted_place_stands_in_a_calendar(
    sign_in: Callable[..., Page], site: Site, tmp_path: Path
):
    known = {
        tier["name"]: (tier["value"], True)
        for instance in json.loads(OPTIMA.read_text())
        if instance["instance"] == "geneva"
        for tier in instance["tiers"]
    }

    coordination = sign_in("coordinator")
    coordination.get_by_role("link", name="Proposer les inscriptions").click()
    coordination.get_by_role("button", name="Proposer les inscriptions").click()
    publish = coordination.get_by_role("link", name="Publier les propositions")
    expect(publish).to_be_visible(timeout=120_000)
    expect(coordination.get_by_text("Optimal prouvé")).to_have_count(4)
    expect(coordination.get_by_role("main")).to_contain_text("11\u00a0840")
    solution = download(coordination, "la solution")
    assert tier_values(solution) == known

    # The downloaded problem, solved on the command line, gives the same.
    problem = tmp_path / "problem.json"
    problem.write_bytes(download(coordination, "Télécharger le problème"))
    (tmp_path / "browser.json").write_bytes(solution)
    scheduler = [sys.executable, "-m", "scheduler"]
    solved = tmp_path / "solution.json"
    subprocess.run([*scheduler, "solve", problem, "-o", solved], check=True, timeout=200)
    assert tier_values(solved.read_bytes()) == known
    subprocess.run([*scheduler, "check", problem, tmp_path / "browser.json"], check=True)

    publish.click()
    coordination.get_by_role("button", name="Publier les propositions").click()
    expect(coordination.get_by_role("main")).to_contain_text("Publiée le")

    worker = sign_in("worker")
    worker.get_by_role("link", name="Flux calendrier").first.click()
    worker.get_by_label("Pour quel appareil").fill("Téléphone")
    worker.get_by_role("button", name="Créer le flux").click()
    address = worker.get_by_label("Adresse à copier").input_value()
    assert address.startswith(site.url)
    assert address.endswith(".ics")
    before = read_statuses(address)
    worker.goto("/caseload")
    offer = worker.locator(".cr-offer").first
    title = offer.locator(".cr-offer-body .cr-strong").inner_text()
    reference = re.search(r"réf\.\s(\w+)", offer.inner_text())
    assert reference is not None
    offer.get_by_role("button", name="Accepter").click()
    expect(worker.get_by_role("status").first).to_contain_text("La place est confirmée")
    worker.get_by_label("Prénom, nom ou référence").fill(reference[1])
    worker.get_by_role("button", name="Chercher").click()
    row = worker.get_by_role("row").filter(has_text=reference[1])
    expect(row).to_contain_text("Confirmée")
    expect(row).to_contain_text(title)

    after = read_statuses(address)
    accepted = {uid for uid, status in before.items() if status == "TENTATIVE"} & {
        uid for uid, status in after.items() if status == "CONFIRMED"
    }
    assert accepted
    with urlopen(address) as answer:  # noqa: S310  # our own address
        assert reference[1] not in answer.read().decode()
