"""The language switch leads back to the page that it stood on, and nowhere else."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.worlds import World


@pytest.mark.parametrize(
    ("referrer", "location"),
    [
        ("http://localhost/participants?status=waiting", "/participants?status=waiting"),
        ("http://localhost//elsewhere.invalid/", "/"),
        ("http://localhost.elsewhere.invalid/offer", "/"),
        ("http://elsewhere.invalid/offer", "/"),
        ("http://localhost/participants/search", "/"),  # the answer to a form
        ("", "/"),
    ],
)
def test_the_language_switch_leads_back_within_the_site(
    client_of, world: World, referrer: str, location: str
):
    bob: FlaskClient = client_of(world.here.bob)
    answer = bob.post("/preferences/language", data={"locale": "en"}, headers={"Referer": referrer})
    assert (answer.status_code, answer.location) == (303, location)
