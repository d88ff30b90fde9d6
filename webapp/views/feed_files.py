"""What calendar applications read: nobody is signed in, the address is the key."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, current_app, request
from werkzeug import Response as Answer

from webapp.extensions import db
from webapp.services import feeds, throttles
from webapp.views.access import public

blueprint = Blueprint("feed_files", __name__)

# Guesses that one address may make; whoever has a real token is never slowed down.
MOST_GUESSES = 20
GUESSES_WITHIN = timedelta(minutes=10)


@blueprint.get("/feeds/<token>.ics")
@public
def read_feed(token: str) -> Answer:
    try:
        found = feeds.read_feed(db.session, token, current_app.config["CALENDAR_DOMAIN"])
    except feeds.UnknownFeedError:
        return _unknown()
    except feeds.EndedFeedError:
        return _sealed(Response("Ce flux est terminé.\n", 410, mimetype="text/plain"))
    response = Response(found.body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="croisee.ics"'
    response.set_etag(found.digest)
    response.last_modified = found.changed_at
    return _sealed(response.make_conditional(request))


def _unknown() -> Answer:
    key = f"feed {request.remote_addr}"
    if throttles.is_throttled(db.session, key, MOST_GUESSES, GUESSES_WITHIN):
        response = Response("Trop d’essais.\n", 429, mimetype="text/plain")
        response.headers["Retry-After"] = str(int(GUESSES_WITHIN.total_seconds()))
    else:
        throttles.note_failure(db.session, key, GUESSES_WITHIN)
        response = Response("Aucun flux à cette adresse.\n", 404, mimetype="text/plain")
    return _sealed(response)


def _sealed(response: Answer) -> Answer:
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
