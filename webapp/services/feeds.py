"""Calendar feeds: an address for one device, made, read by the device, revoked.

Whoever holds the address reads the feed, so its token is kept as a hash only, and what it shows is
decided anew at each reading, by the rights that its account has then.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from webapp import clock, ical
from webapp.extensions import read_only
from webapp.models import (
    Account,
    Enrolment,
    EnrolmentStatus,
    Feed,
    FeedReference,
    FeedScope,
    Group,
    Participant,
    Slot,
    Venue,
)
from webapp.permissions import NotAllowedError, can_follow_scope, scoped
from webapp.services import audits
from webapp.services.transactions import DbSession, transaction

LIFE = timedelta(days=400)
# Applications read an empty calendar meanwhile, and so forget what they had.
EMPTIED = timedelta(days=30)
MOST_FEEDS = 50
_PREFIX = "cf_"
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"  # no vowel, so no word; nothing read for another sign


class TooManyFeedsError(Exception):
    """The account has ``most`` living feeds already."""

    def __init__(self, most: int) -> None:
        self.most = most
        super().__init__(f"more than {most} feeds")


class UnknownFeedError(Exception):
    """No feed ever had this token."""


class EndedFeedError(Exception):
    """The feed is revoked or expired for so long that nothing is served any more."""


@dataclass(frozen=True, slots=True)
class Document:
    """What a calendar application gets; ``changed_at`` is when it last began to differ."""

    body: bytes
    digest: str
    changed_at: datetime


def make_feed(
    db_session: DbSession,
    account: Account,
    label: str,
    scope: FeedScope,
    participant: Participant | None = None,
    venue: Venue | None = None,
    shows_names: bool = False,
) -> tuple[Feed, str]:
    """Make a feed and return it with its token, which nobody can find again.

    Raise NotAllowedError, TooManyFeedsError.
    """
    _refuse_strangers(db_session, account, scope, participant, venue)
    token = _PREFIX + secrets.token_urlsafe(32)
    moment = clock.now()
    with transaction(db_session):
        living = select(func.count(Feed.id)).where(
            Feed.account_id == account.id, Feed.revoked_at.is_(None), Feed.expires_at > moment
        )
        if (db_session.scalar(living) or 0) >= MOST_FEEDS:
            raise TooManyFeedsError(MOST_FEEDS)
        feed = Feed(
            account_id=account.id,
            token_hash=_hash(token),
            label=label,
            scope=scope,
            participant_id=participant.id if participant else None,
            partner_id=account.partner_id if scope is FeedScope.PARTNER else None,
            venue_id=venue.id if venue else None,
            shows_names=shows_names,
            locale=account.locale,
            created_at=moment,
            expires_at=moment + LIFE,
        )
        db_session.add(feed)
        audits.record(db_session, account, "make_feed", feed, scope=scope.value)
    return feed, token


def revoke_feed(db_session: DbSession, account: Account, feed: Feed) -> None:
    """End a feed; a second time changes nothing."""
    if feed.revoked_at is not None:
        return
    with transaction(db_session):
        feed.revoked_at = clock.now()
        audits.record(db_session, account, "revoke_feed", feed)


def read_feed(db_session: DbSession, token: str, domain: str) -> Document:
    """Return what the feed of this token shows now, and note that it was read.

    ``domain`` is the right-hand side of the UIDs. Raise UnknownFeedError, EndedFeedError.
    """
    feed: Feed | None = db_session.scalar(select(Feed).where(Feed.token_hash == _hash(token)))
    if feed is None:
        raise UnknownFeedError
    moment = clock.now()
    ended_at = feed.ended_at(moment)
    if ended_at is not None and moment - ended_at >= EMPTIED:
        raise EndedFeedError
    lives = ended_at is None and can_follow_scope(feed.account, feed.scope)
    body = ical.render(feed, _entries(db_session, feed, domain, moment) if lives else [])
    digest = hashlib.sha256(body).hexdigest()
    return Document(body, digest, _note_reading(db_session, feed, digest, moment))


def find_feeds(db_session: DbSession, account: Account) -> list[Feed]:
    """Return the account's feeds that are still served, the living first, by label."""
    moment = clock.now()
    served = [
        feed
        for feed in db_session.scalars(scoped(account, Feed))
        if (feed.ended_at(moment) or moment) > moment - EMPTIED
    ]
    return sorted(served, key=lambda feed: (feed.ended_at(moment) is not None, feed.label, feed.id))


def find_followed(db_session: DbSession, account: Account) -> set[int]:
    """Return the keys of the participants whom the account's feeds are of and it still sees."""
    rows = scoped(account, Participant).join(Feed, Feed.participant_id == Participant.id)
    keys = rows.where(Feed.account_id == account.id).with_only_columns(Participant.id)
    return set(db_session.scalars(keys))


def find_called(
    db_session: DbSession, account: Account, reference: str
) -> list[tuple[Feed, Participant]]:
    """Return whom the account's feeds call by this reference, if the account still sees them."""
    rows = (
        scoped(account, Participant)
        .join(FeedReference, FeedReference.participant_id == Participant.id)
        .join(Feed, Feed.id == FeedReference.feed_id)
        .where(Feed.account_id == account.id, FeedReference.reference == reference)
        .order_by(Feed.label, Feed.id)
        .add_columns(Feed)
    )
    return [(feed, participant) for participant, feed in db_session.execute(rows)]


def _refuse_strangers(
    db_session: DbSession,
    account: Account,
    scope: FeedScope,
    participant: Participant | None,
    venue: Venue | None,
) -> None:
    wanted = {FeedScope.PARTICIPANT: participant, FeedScope.VENUE: venue}
    row = wanted.pop(scope, None)
    if not can_follow_scope(account, scope) or any(wanted.values()):
        raise NotAllowedError(account.id, row or account)
    if scope in {FeedScope.PARTICIPANT, FeedScope.VENUE}:
        model = Participant if scope is FeedScope.PARTICIPANT else Venue
        seen = scoped(account, model).where(model.id == (row.id if row else None))
        if db_session.scalar(seen) is None:
            raise NotAllowedError(account.id, row or account)


def _entries(db_session: DbSession, feed: Feed, domain: str, moment: datetime) -> list[ical.Entry]:
    if feed.scope in {FeedScope.PARTNER, FeedScope.VENUE}:
        style = ical.Style(domain, feed.locale, shows_names=False, references={})
        slots = db_session.scalars(_slots(feed, moment))
        found = [ical.slot_entry(slot, style, moment) for slot in slots]
    else:
        called = _call_participants(db_session, feed, moment)
        style = ical.Style(domain, feed.locale, feed.shows_names, called)
        entry = ical.visit_entry if feed.scope is FeedScope.VISITS else ical.enrolment_entry
        pairs = db_session.execute(
            _enrolments(feed, moment)
            .add_columns(Slot)
            .options(
                joinedload(Enrolment.group).joinedload(Group.venue),
                joinedload(Enrolment.group).joinedload(Group.measure),
                joinedload(Enrolment.participant).joinedload(Participant.territory),
            )
        )
        # Who came since the references were given is shown at the next reading.
        found = [
            entry(enrolment, slot, style, moment)
            for enrolment, slot in pairs
            if enrolment.participant_id in called
        ]
    return [line for line in found if line is not None]


def _slots(feed: Feed, moment: datetime) -> Select[Slot]:
    groups = scoped(feed.account, Group)
    if feed.scope is FeedScope.PARTNER:
        groups = groups.where(Group.partner_id == feed.partner_id)
    else:
        groups = groups.where(Group.venue_id == feed.venue_id)
    return (
        select(Slot)
        .where(
            Slot.group_id.in_(groups.with_only_columns(Group.id)),
            Slot.ends_at > moment - ical.BACK,
            Slot.starts_at < moment + ical.AHEAD,
        )
        .options(
            joinedload(Slot.group).joinedload(Group.venue),
            joinedload(Slot.group).joinedload(Group.measure),
        )
    )


def _enrolments(feed: Feed, moment: datetime) -> Select[Enrolment]:
    """Select the enrolments that the feed's account may see today, once for each slot."""
    rows = (
        scoped(feed.account, Enrolment)
        .join(Slot, Slot.group_id == Enrolment.group_id)
        .where(Slot.ends_at > moment - ical.BACK, Slot.starts_at < moment + ical.AHEAD)
    )
    if feed.scope is FeedScope.PARTICIPANT:
        # A proposal is for the worker to bring up, not for a telephone to announce.
        rows = rows.where(
            Enrolment.participant_id == feed.participant_id,
            Enrolment.status != EnrolmentStatus.PROPOSED,
        )
    return rows


def _call_participants(db_session: DbSession, feed: Feed, moment: datetime) -> dict[int, str]:
    """Return what the feed calls each of its participants; who is new gets a reference."""
    ids = set(
        db_session.scalars(
            _enrolments(feed, moment).with_only_columns(Enrolment.participant_id).distinct()
        )
    )
    known = select(FeedReference).where(FeedReference.feed_id == feed.id)
    called = {row.participant_id: row.reference for row in db_session.scalars(known)}
    if ids <= called.keys():
        return called
    feed_id = feed.id
    db_session.rollback()  # what was begun for reading cannot write
    with read_only(False), transaction(db_session):
        # One reader at a time: two would call the same participant by two references.
        db_session.scalar(select(Feed.id).where(Feed.id == feed_id).with_for_update())
        called = {row.participant_id: row.reference for row in db_session.scalars(known)}
        for participant_id in sorted(ids - called.keys()):
            called[participant_id] = _new_reference(set(called.values()))
            db_session.add(
                FeedReference(
                    feed_id=feed_id,
                    participant_id=participant_id,
                    reference=called[participant_id],
                )
            )
    return called


def _new_reference(taken: set[str]) -> str:
    while True:
        reference = "".join(secrets.choice(_LETTERS) for _position in range(4))
        if reference not in taken:
            return reference


def _note_reading(db_session: DbSession, feed: Feed, digest: str, moment: datetime) -> datetime:
    """Note the day, and the moment when the bytes changed; return that moment, in whole seconds.

    Its own short transaction, and none at all when there is nothing new to note.
    """
    today = clock.today(feed.account.territory.timezone)
    if feed.last_used_on == today and feed.body_hash == digest and feed.body_changed_at:
        return feed.body_changed_at
    feed_id = feed.id
    db_session.rollback()  # as above
    with read_only(False), transaction(db_session):
        row = db_session.scalars(select(Feed).where(Feed.id == feed_id).with_for_update()).one()
        row.last_used_on = today
        if row.body_hash != digest or row.body_changed_at is None:
            changed_at = moment.replace(microsecond=0)
            if row.body_changed_at is not None:
                # Two changes in one second are two dates all the same, or a 304 would hide one.
                changed_at = max(changed_at, row.body_changed_at + timedelta(seconds=1))
            row.body_hash, row.body_changed_at = digest, changed_at
        return row.body_changed_at


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
