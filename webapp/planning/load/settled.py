"""What was decided before: pins, bans, pairings, quotas, the previous plan."""

from __future__ import annotations

from scheduler.problem import Group, Participant
from scheduler.travel import minutes
from webapp import clock
from webapp.models import (
    Ban,
    Pairing,
    PairingKind,
    Pin,
    Plan,
    PlanState,
    Proposal,
    Quota,
    TagKind,
)
from webapp.models.quota import quota_group
from webapp.planning.load.loading import Loading


def add_decisions(load: Loading) -> None:
    """What people decided before any plan: pins, bans, pairings, quotas."""
    problem = load.problem
    load.insert(Pin, (load.pair(p) | {"coach_id": load.coach_id(p)} for p in problem.pins))
    load.insert(Ban, (load.pair(ban) for ban in dict.fromkeys(problem.bans)))
    pairings = dict.fromkeys(
        (kind, *sorted(load.participant_ids[id_] for id_ in pair))
        for kind, pairs in (
            (PairingKind.APART, problem.apart),
            (PairingKind.TOGETHER, problem.together),
        )
        for pair in pairs
    )
    load.insert(
        Pairing,
        ({"kind": kind, "first_id": one, "second_id": two} for kind, one, two in pairings),
    )
    quota_ids = load.insert(
        Quota,
        (
            {
                "period_id": load.period.id,
                "tag_id": None if quota.tag is None else load.tag_ids[TagKind.HOLD, quota.tag],
                "max": quota.max,
            }
            for quota in problem.quotas
        ),
    )
    load.link(
        quota_group,
        "quota_id",
        (
            (quota_id, load.group_ids[group])
            for quota_id, quota in zip(quota_ids, problem.quotas, strict=True)
            for group in quota.groups
        ),
    )


def add_previous_plan(load: Loading, coordinator_id: int) -> None:
    """Add the previous plan, where there is one, as the published plan number 1."""
    if not load.problem.previous:
        return
    moment = clock.now()
    plan = Plan(
        period=load.period,
        territory=load.territory,
        number=1,
        state=PlanState.PUBLISHED,
        requested_by_id=coordinator_id,
        time_limit_seconds=0,
        finished_at=moment,
        published_at=moment,
    )
    load.db_session.add(plan)
    load.db_session.flush()
    people = {person.id: person for person in load.problem.participants}
    groups = {group.id: group for group in load.problem.groups}
    places = {venue.id: venue.place for venue in load.problem.venues}

    def travel_minutes(person: Participant, group: Group) -> int:
        place = None if group.venue is None else places[group.venue]
        return int(minutes([person.home], [place], load.problem.policy.travel)[0, 0])

    load.insert(
        Proposal,
        (
            load.pair(pair)
            | {
                "plan_id": plan.id,
                "coach_id": load.coach_id(pair),
                "rank": _rank(people[pair.participant], groups[pair.group]),
                "travel_minutes": travel_minutes(people[pair.participant], groups[pair.group]),
            }
            for pair in load.problem.previous
        ),
    )


def _rank(person: Participant, group: Group) -> int | None:
    ranks = [
        wish.rank
        for wish in person.wishes
        if wish.group == group.id or wish.measure == group.measure
    ]
    return min(ranks, default=None)
