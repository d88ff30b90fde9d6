from __future__ import annotations

from flask import url_for

from webapp.views.static_files import FOR_GOOD


def test_a_browser_keeps_a_static_file_under_its_digest_for_good(app, client):
    with app.test_request_context():
        address = url_for("static", filename="css/tokens.css")
    assert "?v=" in address
    with client.get(address) as answer:
        assert answer.headers["Cache-Control"] == FOR_GOOD


def test_a_static_file_without_a_digest_is_asked_for_again(client):
    with client.get("/static/js/wishes.js") as answer:
        assert answer.headers["Cache-Control"] == "no-cache"
        assert answer.headers["ETag"]
