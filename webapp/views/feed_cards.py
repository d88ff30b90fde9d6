"""What the page says of a feed: what it shows, when it was last read, until when it lives."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp import clock
from webapp.french import format_date
from webapp.models import Feed, FeedScope
from webapp.services import feeds

# Google reads every 8 to 24 hours; who has not read for longer is no longer subscribed.
STALE_AFTER = timedelta(days=3)

_ICONS = {
    FeedScope.PARTICIPANT: "user-circle",
    FeedScope.PARTNER: "building-community",
    FeedScope.VENUE: "map-pin",
}


@dataclass(frozen=True, slots=True)
class Card:
    """The arguments of the macro ``feed_card``; ``state``: good, stale, new or off."""

    feed: Feed
    scope: str
    detail: str
    state: str
    state_text: str
    note: str
    icon: str


def card(feed: Feed, followed: Collection[int]) -> Card:
    """Describe a feed in the language of the page; of participants only the ``followed`` by name.

    ``followed`` holds keys.
    """
    state, state_text, note = _state(feed)
    return Card(
        feed=feed,
        scope=_scope(feed, followed),
        detail=_detail(feed),
        state=state,
        state_text=state_text,
        note=note,
        icon=_ICONS.get(feed.scope, "device-mobile"),
    )


def _scope(feed: Feed, followed: Collection[int]) -> str:
    if feed.participant is not None:
        if feed.participant.id not in followed:
            return str(_("Une personne que vous ne suivez plus"))
        return str(
            _(
                "%(name)s, réf. %(reference)s",
                name=feed.participant.short_name,
                reference=feed.participant.reference,
            )
        )
    if feed.venue is not None:
        return feed.venue.name
    return scope_label(feed.scope)


def scope_label(scope: FeedScope) -> str:
    """Name a scope that needs no row."""
    return {
        FeedScope.CASELOAD: str(_("Tous mes participant·es")),
        FeedScope.PARTNER: str(_("Toutes nos séances")),
        FeedScope.VISITS: str(_("Toutes mes visites")),
    }[scope]


def _detail(feed: Feed) -> str:
    if feed.scope in {FeedScope.PARTNER, FeedScope.VENUE}:
        return str(_("une ligne par séance, personne n’y figure"))
    if feed.shows_names:
        return str(_("prénom et initiale, là où le territoire le permet"))
    return str(_("titres sans nom"))


def _state(feed: Feed) -> tuple[str, str, str]:
    """Return the state, its sentence, and the note below."""
    ended_at = feed.ended_at(clock.now())
    if ended_at is not None:
        note = _(
            "L’agenda reçoit un calendrier vide jusqu’au %(day)s, puis plus rien.",
            day=_day(feed, ended_at + feeds.EMPTIED),
        )
        text = _("Révoqué le %(day)s") if feed.revoked_at else _("Expiré le %(day)s")
        return "off", text % {"day": _day(feed, ended_at)}, str(note)
    valid = str(_("Valable jusqu’au %(day)s", day=_day(feed, feed.expires_at, year=True)))
    if feed.last_used_on is None:
        if clock.now() - feed.created_at > STALE_AFTER:
            return "stale", str(_("Jamais lu")), _advice()
        return "new", str(_("Pas encore lu")), valid
    days = (clock.today(feed.account.territory.timezone) - feed.last_used_on).days
    if days > STALE_AFTER.days:
        text = ngettext("Plus lu depuis %(num)s jour", "Plus lu depuis %(num)s jours", days)
        return "stale", str(text), _advice()
    if days < 1:
        return "good", str(_("Lu aujourd’hui")), valid
    if days == 1:
        return "good", str(_("Lu hier")), valid
    return "good", str(_("Lu il y a %(days)s jours", days=days)), valid


def _advice() -> str:
    return str(
        _(
            "Un agenda relit d’ordinaire dans la journée. Vérifiez que l’abonnement existe "
            "encore ; sinon, révoquez ce flux et créez-en un autre."
        )
    )


def _day(feed: Feed, moment: datetime, year: bool = False) -> str:
    local = moment.astimezone(ZoneInfo(feed.account.territory.timezone))
    return str(format_date(local, "d MMMM y" if year else "d MMMM", rebase=False))
