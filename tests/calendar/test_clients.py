from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.calendar.clients import CLIENTS, Client, MissingError, list_khal, synchronise
from tests.calendar.conftest import Site, fetch
from webapp.models import Slot

pytestmark = pytest.mark.calendar_clients


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_an_application_reads_the_same_sixty_slots_across_both_changes_of_clocks(
    site: Site, db_session: Session, tmp_path: Path, client: Client
):
    fetch(site.feed_url)  # gives the participants their references
    expected = site.golden.lines(db_session)
    assert len(expected) == 60
    try:
        found = client.read(site.feed_url, tmp_path)
    except MissingError as missing:
        pytest.skip(f"left out: {missing}")
    if not client.knows_uids:
        expected, found = (sorted(line[1:] for line in lines) for lines in (expected, found))
    assert found == expected


def test_a_slot_called_off_reaches_khal_at_the_next_synchronisation(
    site: Site, db_session: Session, tmp_path: Path
):
    try:
        before = {line[1:] for line in list_khal(synchronise(site.feed_url, tmp_path), tmp_path)}
        slot = db_session.scalars(select(Slot).order_by(Slot.starts_at.desc()).limit(1)).one()
        slot.cancelled_because = "Salle fermée"
        db_session.commit()
        after = {line[1:] for line in list_khal(synchronise(site.feed_url, tmp_path), tmp_path)}
    except MissingError as missing:
        pytest.skip(f"left out: {missing}")
    ((start, end, title),) = before - after
    assert start == slot.starts_at
    assert after - before == {(start, end, f"Annulé\u00a0: {title}")}
