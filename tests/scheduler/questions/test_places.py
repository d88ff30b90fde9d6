"""Best places for one person: all there are, the best of each, and nothing that is not true."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.check import Facts, evaluate
from scheduler.problem import Coaching, Pair, Problem, Window, Wish
from scheduler.questions.places import Closed, Place, best_places
from scheduler.questions.published import Published, UnknownParticipantError
from scheduler.result import Assignment
from tests.scheduler.questions import one_step
from tests.scheduler.small_problems import make_problem
from tests.scheduler.tiny_plan import ASSIGNMENTS, MORNING, PROBLEM, changed, slot

KINDS = ("additions", "moves", "exchanges")


def kinds_found(seed: int) -> Counter[str]:
    """What everybody is told of one small plan, compared with all plans within one step of it."""
    problem = make_problem(seed)
    plan = one_step.some_plan(problem, Random(seed))  # noqa: S311  chance for tests, no secret
    found: Counter[str] = Counter()
    if plan is None:
        return found
    published, facts = Published(problem, plan), Facts(problem)
    for person in problem.participants:
        answer = best_places(published, person.id)
        told = {place.group: place for place in answer.places}
        closed = {group.group for group in answer.closed}
        own = {line.group for line in plan if line.participant == person.id}
        wished = {g.id for g in problem.groups if facts.rank(person, g) is not None}
        assert sorted([*told, *closed]) == sorted(wished - own)
        order = [published.gains.worth(place.gains) for place in answer.places]
        assert order == sorted(order, reverse=True)
        found.update(kind_of(published, person.id, g, told.get(g)) for g in wished - own)
    return found


def kind_of(published: Published, person: str, group: str, place: Place | None) -> str:
    """How brute force brings the person into the group; the place told must be as good."""
    problem, plan = published.problem, published.plan
    friends = one_step.friends(problem, person)
    for kind in KINDS if len(friends) == 1 else KINDS[:2]:
        ways = getattr(one_step, kind)(problem, plan, person, group)
        best = max((one_step.worth(problem, way) for way in ways), default=None)
        if best is None:
            continue
        assert place is not None, f"{person} could be in {group} by {kind}"
        after = published.after(place.moves)
        assert one_step.is_valid(problem, after)
        assert one_step.worth(problem, after) == best
        assert place.gains == gained(problem, plan, after)
        stays = {(line.participant, line.group, line.coach) for line in plan}
        now = {(line.participant, line.group, line.coach) for line in after}
        others = {id_ for id_, _, _ in stays ^ now} - set(friends)
        assert others <= set(place.touched)
        assert len(others) <= (kind == "exchanges")
        return kind
    assert place is None, f"{person} cannot be in {group}"
    return "closed"


def gained(problem: Problem, before, after):
    old = evaluate(problem, before)
    return {
        tier: tuple(a - b for a, b in zip(new, old[tier], strict=True))
        if isinstance(new, tuple)
        else new - old[tier]
        for tier, new in evaluate(problem, after).items()
    }


def test_places_of_small_plans_are_those_of_brute_force():
    found: Counter[str] = Counter()
    for seed in range(40):
        found += kinds_found(seed)
    assert min(found[kind] for kind in (*KINDS, "closed")) >= 5


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(st.integers(40, 100_000))
def test_places_of_any_small_plan_are_those_of_brute_force(seed):
    kinds_found(seed)


WISHING = changed("participants", "p2", wishes=(Wish(2, measure="garden"), Wish(1, group="g0")))


def test_a_free_place_touches_nobody_and_says_what_it_gives():
    (place,) = best_places(Published(WISHING, ASSIGNMENTS), "p2").places
    assert (place.group, place.rank, place.utility, place.minutes) == ("g1", 2, 70, 0)
    assert place.gains == {"served": 1, "wishes": 70, "kept": 0, "travel": 0}
    assert place.touched == ()
    assert [(move.before, move.after) for move in place.moves] == [
        (None, Assignment("p2", "g1", 2))
    ]


def test_a_full_group_is_named_as_what_keeps_somebody_out():
    (closed,) = best_places(Published(WISHING, ASSIGNMENTS), "p2").closed
    assert closed == Closed("g0", ({"rule": "H1", "capacity": 2}, {"rule": "H8"}, {"rule": "H9"}))


def test_an_exchange_names_who_moves_where_and_what_it_changes_for_them():
    problem = changed("participants", "p2", wishes=(Wish(1, measure="theatre"),))
    problem = changed(
        "participants", "p1", problem, wishes=(Wish(1, group="g0"), Wish(2, group="g1"))
    )
    (place,) = best_places(Published(problem, ASSIGNMENTS), "p2").places
    assert place.group == "g0"
    assert place.touched == ("p1",)
    assert place.gains == {"served": 1, "wishes": 70, "kept": 0, "travel": 0}
    own, other = place.moves
    assert own.after == Assignment("p2", "g0", 1, "c0", Window(0, 540, 600))
    assert (other.before, other.after) == (ASSIGNMENTS[2], Assignment("p1", "g1", 2))


def test_a_pinned_pair_never_moves():
    problem = changed("participants", "p2", wishes=(Wish(1, measure="theatre"),))
    problem = changed(
        "participants", "p1", problem, wishes=(Wish(1, group="g0"), Wish(2, group="g1"))
    )
    problem = replace(problem, pins=(Pair("p1", "g0"),))
    assert best_places(Published(problem, ASSIGNMENTS), "p2").places == ()


def test_a_visit_that_finds_no_gap_closes_the_others_up_and_says_so():
    problem = changed("participants", "p2", wishes=(Wish(1, measure="theatre"),))
    problem = changed("groups", "g0", problem, capacity=3, coaching=Coaching(80))
    problem = changed("coaches", "c0", problem, caseload=3, minutes_per_week=240)
    plan = (
        Assignment("p0", "g0", 1, "c0", Window(0, 490, 570)),
        Assignment("p1", "g0", 1, "c0", Window(0, 600, 680)),
    )
    published = Published(problem, plan)
    (place,) = best_places(published, "p2").places
    assert place.touched == ("p0", "p1")
    assert one_step.is_valid(problem, published.after(place.moves))
    assert place.moves[0].after == Assignment("p2", "g0", 1, "c0", Window(0, 640, 720))


def test_somebody_the_problem_does_not_have_is_refused():
    with pytest.raises(UnknownParticipantError, match="p9"):
        best_places(Published(PROBLEM, ASSIGNMENTS), "p9")


def test_only_the_number_asked_for_is_told():
    published = Published(WISHING, ())
    assert [place.group for place in best_places(published, "p2").places] == ["g0", "g1"]
    assert [place.group for place in best_places(published, "p2", 1).places] == ["g0"]


def test_somebody_kept_apart_is_named():
    problem = changed("participants", "p2", wishes=(Wish(2, measure="garden"),))
    problem = replace(problem, apart=(("p2", "p0"),))
    (closed,) = best_places(Published(problem, ASSIGNMENTS), "p2").closed
    assert closed == Closed("g1", ({"rule": "H11", "participant": "p0"},))


def test_a_window_full_of_visits_keeps_somebody_out():
    problem = changed("participants", "p2", wishes=(Wish(1, group="g0"),))
    problem = changed("groups", "g0", problem, capacity=3)
    two_hours = (Window(0, 480, 600),)
    problem = changed(
        "coaches", "c0", problem, caseload=3, minutes_per_week=999, availability=two_hours
    )
    (closed,) = best_places(Published(problem, ASSIGNMENTS), "p2").closed
    assert closed == Closed("g0", ({"rule": "H9"},))


def test_a_coach_comes_when_somebody_else_is_visited_on_another_day():
    problem = changed("participants", "p2", wishes=(Wish(1, group="g1"),))
    problem = changed("groups", "g0", problem, slots=(slot(11, 8, 12), slot(12, 8, 12)))
    problem = changed("groups", "g1", problem, slots=(slot(11, 8, 12),), coaching=Coaching(60))
    problem = changed("coaches", "c0", problem, availability=(MORNING, Window(1, 480, 720)))
    published = Published(problem, ASSIGNMENTS[2:])
    (place,) = best_places(published, "p2").places
    own, other = place.moves
    assert own.after == Assignment("p2", "g1", 1, "c0", Window(0, 480, 540))
    assert other.after == Assignment("p1", "g0", 1, "c0", Window(1, 480, 540))
    assert one_step.is_valid(problem, published.after(place.moves))
