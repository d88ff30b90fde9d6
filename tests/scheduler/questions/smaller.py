"""Problems from which a participant or a group is gone."""

from __future__ import annotations

from dataclasses import replace

from scheduler.problem import Problem


def without_participant(problem: Problem, gone: str) -> Problem:
    return replace(
        problem,
        participants=tuple(p for p in problem.participants if p.id != gone),
        pins=tuple(pin for pin in problem.pins if pin.participant != gone),
        bans=tuple(ban for ban in problem.bans if ban.participant != gone),
        previous=tuple(pair for pair in problem.previous if pair.participant != gone),
        apart=tuple(pair for pair in problem.apart if gone not in pair),
        together=tuple(pair for pair in problem.together if gone not in pair),
    )


def without_group(problem: Problem, gone: str) -> Problem:
    people = tuple(
        replace(p, wishes=tuple(w for w in p.wishes if w.group != gone))
        for p in problem.participants
    )
    quotas = [
        replace(quota, groups=tuple(g for g in quota.groups if g != gone))
        for quota in problem.quotas
    ]
    return replace(
        problem,
        groups=tuple(g for g in problem.groups if g.id != gone),
        participants=people,
        pins=tuple(pin for pin in problem.pins if pin.group != gone),
        bans=tuple(ban for ban in problem.bans if ban.group != gone),
        previous=tuple(pair for pair in problem.previous if pair.group != gone),
        quotas=tuple(quotas),
    )
