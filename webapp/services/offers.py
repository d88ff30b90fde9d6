"""The directory of what is offered in a period, and what is near to a place that was missed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from webapp.models import (
    Account,
    Enrolment,
    Group,
    GroupState,
    Measure,
    MeasureKind,
    Period,
    Slot,
    Tag,
)
from webapp.models.participant import fold
from webapp.permissions import scoped
from webapp.planning.fits import Fit, find_fits
from webapp.services.referrals import find_referral
from webapp.services.transactions import DbSession

MAX_NEAR = 5


@dataclass(frozen=True, slots=True)
class OfferFilter:
    """What to look for; ``weekday`` 0 is Monday, ``needs`` are keys of tags, all of them met."""

    text: str = ""
    kind: MeasureKind | None = None
    weekday: int | None = None
    needs: frozenset[int] = frozenset()
    has_places: bool = False


@dataclass(frozen=True, slots=True)
class GroupPage:
    groups: list[Group]
    num_found: int
    page: int
    num_pages: int


@dataclass(frozen=True, slots=True)
class NearGroup:
    group: Group
    fit: Fit


def published(account: Account, period: Period) -> Select[Group]:
    """Select the groups of a period that are open to the account's participants."""
    return scoped(account, Group).where(
        Group.period_id == period.id, Group.state == GroupState.PUBLISHED
    )


def find_groups(
    db_session: DbSession,
    account: Account,
    period: Period,
    wanted: OfferFilter,
    *,
    page: int = 1,
    per_page: int = 25,
) -> GroupPage:
    """Find published groups, by measure and name; each word of the text must be found."""
    rows = published(account, period)
    if wanted.has_places:
        rows = rows.where(Group.taken < Group.capacity)
    if wanted.kind is not None:
        rows = rows.where(Group.measure.has(Measure.kind == wanted.kind))
    for tag_id in sorted(wanted.needs):
        rows = rows.where(Group.offers.any(Tag.id == tag_id))
    if wanted.weekday is not None:
        rows = rows.where(Group.id.in_(_meeting_on(db_session, period, wanted.weekday)))
    found = db_session.scalars(
        rows.options(joinedload(Group.measure), joinedload(Group.partner), joinedload(Group.venue))
    ).all()
    words = fold(wanted.text).split()
    groups = sorted(
        (group for group in found if _says(group, words)),
        key=lambda group: (fold(group.measure.name), fold(group.name), group.id),
    )
    num_pages = max(1, -(-len(groups) // per_page))
    page = min(max(page, 1), num_pages)
    shown = groups[(page - 1) * per_page : page * per_page]
    return GroupPage(load_parts(db_session, shown), len(groups), page, num_pages)


def load_parts(db_session: DbSession, groups: Iterable[Group]) -> list[Group]:
    """Return the groups, their slots and tags read in one query each."""
    groups = list(groups)
    db_session.scalars(
        select(Group)
        .where(Group.id.in_([group.id for group in groups]))
        .options(
            selectinload(Group.slots),
            selectinload(Group.offers),
            selectinload(Group.requirements),
        )
    ).all()
    return groups


def near_groups(db_session: DbSession, account: Account, enrolment: Enrolment) -> list[NearGroup]:
    """Return groups with places left that suit the participant instead of a full one.

    Groups of the same measure come first, then those wished for, then by travel.
    """
    period = enrolment.group.period
    referral = find_referral(db_session, enrolment.participant, period)
    if referral is None:
        return []
    known = select(Enrolment.group_id).where(Enrolment.participant_id == enrolment.participant_id)
    wished = [wish.measure_id for wish in referral.wishes if wish.measure_id]
    chosen = [wish.group_id for wish in referral.wishes if wish.group_id]
    groups = load_parts(
        db_session,
        db_session.scalars(
            published(account, period).where(
                Group.taken < Group.capacity,
                Group.id.not_in(known),
                (Group.measure_id.in_([*wished, enrolment.group.measure_id]))
                | Group.id.in_(chosen),
            )
        ),
    )
    fits = find_fits(period, [referral], groups)
    near = [NearGroup(group, fits[referral.participant_id, group.id]) for group in groups]
    near = [each for each in near if each.fit.is_possible]
    near.sort(
        key=lambda each: (
            each.group.measure_id != enrolment.group.measure_id,
            each.fit.rank or 99,
            each.fit.travel_minutes or 0,
            each.group.id,
        )
    )
    return near[:MAX_NEAR]


def _says(group: Group, words: list[str]) -> bool:
    texts = [group.name, group.measure.name, group.measure.name_en, group.partner.name]
    if group.venue is not None:
        texts += [group.venue.name, group.venue.address]
    said = fold(" ".join(texts))
    return all(word in said for word in words)


def _meeting_on(db_session: DbSession, period: Period, weekday: int) -> set[int]:
    slots = db_session.execute(
        select(Slot.group_id, Slot.local_start)
        .join(Slot.group)
        .where(Group.period_id == period.id, Slot.cancelled_because.is_(None))
    )
    return {group_id for group_id, start in slots if start.weekday() == weekday}
