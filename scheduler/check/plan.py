"""What every plan obeys: one function a hard rule, H1 to H14, and the options R1 to R6."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from scheduler.check.facts import Facts
from scheduler.problem import Coach, Group, Participant, Quota, Window
from scheduler.result import Assignment


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing wrong with a plan: the label of the rule and the ids it is about."""

    label: str
    text: str


class Plan:
    """Assignments, of known ids and each pair once, indexed."""

    def __init__(self, facts: Facts, assignments: Iterable[Assignment]) -> None:
        self.assignments = list(assignments)
        self.pairs = {(a.participant, a.group): a for a in self.assignments}
        self.groups_of: dict[str, list[Group]] = defaultdict(list)
        self.members: dict[str, list[Participant]] = defaultdict(list)
        self.of_coach: dict[str, list[Assignment]] = defaultdict(list)
        for assignment in self.assignments:
            group = facts.groups[assignment.group]
            self.groups_of[assignment.participant].append(group)
            self.members[assignment.group].append(facts.participants[assignment.participant])
            if assignment.coach in facts.coaches and group.coaching is not None:
                self.of_coach[assignment.coach].append(assignment)


def known(facts: Facts, assignments: Iterable[Assignment]) -> tuple[Plan, list[Violation]]:
    """The plan of those assignments that name known ids, and what is wrong with the others."""
    violations = []
    pairs: dict[tuple[str, str], Assignment] = {}
    for assignment in assignments:
        pair = (assignment.participant, assignment.group)
        text = f"participant {pair[0]}, group {pair[1]}"
        if pair[0] not in facts.participants or pair[1] not in facts.groups:
            violations.append(Violation("plan", f"{text}: the problem has no such pair"))
        elif pair in pairs:
            violations.append(Violation("plan", f"{text}: assigned twice"))
        else:
            pairs[pair] = assignment
    return Plan(facts, pairs.values()), violations


def options(facts: Facts, plan: Plan) -> Iterator[Violation]:
    """R1 to R6: every assigned pair is an option; and its rank is the one its wishes give it."""
    for assignment in plan.assignments:
        person = facts.participants[assignment.participant]
        group = facts.groups[assignment.group]
        who = f"participant {person.id}, group {group.id}"
        if (person.id, group.id) not in facts.pins:
            for label in facts.failing(person, group):
                yield Violation(label, f"{who}: fails {label} and is not pinned")
        rank = facts.rank(person, group)
        if rank != assignment.rank:
            yield Violation("rank", f"{who}: rank {assignment.rank}, but its wishes say {rank}")


def h1(facts: Facts, plan: Plan) -> Iterator[Violation]:
    """At most ``capacity`` participants."""
    for group in facts.problem.groups:
        size = len(plan.members.get(group.id, ()))
        if size > group.capacity:
            yield Violation(
                "H1", f"group {group.id}: {size} participants, room for {group.capacity}"
            )


def h2(facts: Facts, plan: Plan) -> Iterator[Violation]:
    """Nobody, or at least ``min_size``."""
    for group in facts.problem.groups:
        size = len(plan.members.get(group.id, ()))
        if 0 < size < group.min_size:
            yield Violation(
                "H2", f"group {group.id}: {size} participants, opens with {group.min_size}"
            )


def h3(facts: Facts, plan: Plan) -> Iterator[Violation]:
    """At most ``max_groups`` groups."""
    for id_, groups in plan.groups_of.items():
        most = facts.participants[id_].max_groups
        if len(groups) > most:
            yield Violation("H3", f"participant {id_}: {len(groups)} groups, at most {most}")


def h4(_facts: Facts, plan: Plan) -> Iterator[Violation]:
    """At most one group of a measure."""
    for id_, groups in plan.groups_of.items():
        for one, other in combinations(groups, 2):
            if one.measure == other.measure:
                yield Violation(
                    "H4", f"participant {id_}: groups {one.id} and {other.id} of one measure"
                )


def h5(facts: Facts, plan: Plan) -> Iterator[Violation]:
    """No two groups that clash."""
    for id_, groups in plan.groups_of.items():
        for one, other in combinations(groups, 2):
            if facts.clash(one, other):
                yield Violation("H5", f"participant {id_}: groups {one.id} and {other.id} clash")


def h6(facts: Facts, plan: Plan) -> Iterator[Violation]:
    """At most ``max_minutes_per_week`` in each ISO week."""
    for id_, groups in plan.groups_of.items():
        most = facts.participants[id_].max_minutes_per_week
        if most is None:
            continue
        for (year, week), minutes in sorted(facts.week_minutes(groups).items()):
            if minutes > most:
                yield Violation(
                    "H6",
                    f"participant {id_}: {minutes} minutes in {year}-W{week:02}, at most {most}",
                )


def window_of(coach: Coach, visit: Window) -> Window | None:
    """The coach's window that holds the visit: one at most, since they do not overlap.

    A visit of no minutes where two touch is in the earlier one.
    """
    around = [
        window
        for window in coach.availability
        if window.day == visit.day and window.start <= visit.start and visit.end <= window.end
    ]
    return min(around, key=lambda window: window.start, default=None)


def h7(facts: Facts, plan: Plan) -> Iterator[Violation]:
    """A coached pair has a coach who fits and a visit in a window that fits; others none."""
    for assignment in plan.assignments:
        person = facts.participants[assignment.participant]
        group = facts.groups[assignment.group]
        wrong = _h7_wrong(facts, assignment, person, group)
        if wrong:
            yield Violation("H7", f"participant {person.id}, group {group.id}: {wrong}")


def _h7_wrong(
    facts: Facts, assignment: Assignment, person: Participant, group: Group
) -> str | None:
    visit = assignment.visit
    if group.coaching is None:
        named = assignment.coach is not None or visit is not None
        return "not coached, but has a coach or a visit" if named else None
    if assignment.coach is None:
        return "coached, but has no coach"
    coach = facts.coaches.get(assignment.coach)
    if coach is None:
        return f"the problem has no coach {assignment.coach}"
    if not facts.coach_fits(coach, person, group):
        return f"coach {coach.id} lacks a skill or does not go to venue {group.venue}"
    if visit is None:
        return "coached, but has no visit"
    if visit.end - visit.start != group.coaching.visit_minutes:
        return f"the visit does not last {group.coaching.visit_minutes} minutes"
    window = window_of(coach, visit)
    if window is None:
        return f"the visit is in no window of coach {coach.id}"
    if not facts.window_fits(window, person, group):
        return f"the window of the visit of coach {coach.id} does not fit the slots attended"
    return None


def h8(facts: Facts, plan: Plan) -> Iterator[Violation]:
    """At most ``caseload`` people a coach."""
    for id_, assignments in plan.of_coach.items():
        people = {assignment.participant for assignment in assignments}
        most = facts.coaches[id_].caseload
        if len(people) > most:
            yield Violation("H8", f"coach {id_}: {len(people)} participants, at most {most}")


def in_windows(plan: Plan, coach: Coach) -> dict[Window, list[Assignment]]:
    """The coach's assignments by the window their visit is in."""
    found: dict[Window, list[Assignment]] = defaultdict(list)
    for assignment in plan.of_coach.get(coach.id, ()):
        window = window_of(coach, assignment.visit) if assignment.visit else None
        if window is not None:
            found[window].append(assignment)
    return found


def visit_minutes(facts: Facts, assignments: Iterable[Assignment]) -> int:
    """Minutes of the visits that the groups of these assignments ask for."""
    coachings = [facts.groups[assignment.group].coaching for assignment in assignments]
    return sum(coaching.visit_minutes for coaching in coachings if coaching is not None)


def h9(facts: Facts, plan: Plan) -> Iterator[Violation]:
    """Visits within ``minutes_per_week``, and in each window within its length, one at a time."""
    for id_, assignments in plan.of_coach.items():
        coach = facts.coaches[id_]
        total = visit_minutes(facts, assignments)
        if total > coach.minutes_per_week:
            yield Violation(
                "H9", f"coach {id_}: {total} minutes of visits, at most {coach.minutes_per_week}"
            )
        for window, inside in in_windows(plan, coach).items():
            minutes = visit_minutes(facts, inside)
            if minutes > window.end - window.start:
                yield Violation(
                    "H9", f"coach {id_}: {minutes} minutes of visits in {_shown(window)}"
                )
        visits = sorted(
            ((a.visit.day, a.visit.start, a.visit.end), a.participant, a.group)
            for a in assignments
            if a.visit is not None and a.visit.start < a.visit.end
        )
        latest = None
        for one in visits:
            if latest and one[0][0] == latest[0][0] and one[0][1] < latest[0][2]:
                yield Violation(
                    "H9",
                    f"coach {id_}: the visits of participants {latest[1]} (group {latest[2]}) "
                    f"and {one[1]} (group {one[2]}) overlap",
                )
            if not latest or one[0][0] != latest[0][0] or one[0][2] > latest[0][2]:
                latest = one


def h10(facts: Facts, plan: Plan) -> Iterator[Violation]:
    """One venue a window."""
    for coach in facts.problem.coaches:
        for window, inside in in_windows(plan, coach).items():
            venues = sorted({str(facts.groups[a.group].venue) for a in inside})
            if len(venues) > 1:
                yield Violation(
                    "H10", f"coach {coach.id}: venues {', '.join(venues)} in {_shown(window)}"
                )


def h11(facts: Facts, plan: Plan) -> Iterator[Violation]:
    """Two kept apart share no group."""
    for one, other in facts.problem.apart:
        shared = _group_ids(plan, one) & _group_ids(plan, other)
        if shared:
            yield Violation(
                "H11", f"participants {one} and {other}, apart, share {', '.join(sorted(shared))}"
            )


def h12(facts: Facts, plan: Plan) -> Iterator[Violation]:
    """Two kept together have the same groups."""
    for one, other in facts.problem.together:
        differing = _group_ids(plan, one) ^ _group_ids(plan, other)
        if differing:
            yield Violation(
                "H12",
                f"participants {one} and {other}, together, differ in "
                + ", ".join(sorted(differing)),
            )


def holds_tag(person: Participant, tag: str | None) -> bool:
    """Whether the person holds the tag, at any date; everybody holds None."""
    return tag is None or any(hold.tag == tag for hold in person.holds)


def quota_count(plan: Plan, quota: Quota) -> int:
    """How many assignments the quota counts."""
    people = [p for group in set(quota.groups) for p in plan.members.get(group, ())]
    return sum(holds_tag(person, quota.tag) for person in people)


def h13(facts: Facts, plan: Plan) -> Iterator[Violation]:
    """At most ``max`` assignments a quota."""
    for i, quota in enumerate(facts.problem.quotas):
        count = quota_count(plan, quota)
        if count > quota.max:
            yield Violation(
                "H13",
                f"quota {i} (groups {', '.join(quota.groups)}, tag {quota.tag}): "
                f"{count} assignments, at most {quota.max}",
            )


def h14(facts: Facts, plan: Plan) -> Iterator[Violation]:
    """Pinned pairs are assigned, with their coach."""
    for (participant, group), pin in facts.pins.items():
        assignment = plan.pairs.get((participant, group))
        if assignment is None:
            yield Violation(
                "H14", f"participant {participant}, group {group}: pinned, not assigned"
            )
        elif pin.coach is not None and assignment.coach != pin.coach:
            yield Violation(
                "H14",
                f"participant {participant}, group {group}: pinned with coach {pin.coach}, "
                f"has {assignment.coach}",
            )


HARD_RULES: tuple[Callable[[Facts, Plan], Iterator[Violation]], ...] = (
    h1, h2, h3, h4, h5, h6, h7, h8, h9, h10, h11, h12, h13, h14,
)  # fmt: skip


def broken(facts: Facts, plan: Plan) -> list[Violation]:
    """Everything wrong with the plan, options first, then H1 to H14."""
    return [violation for rule in (options, *HARD_RULES) for violation in rule(facts, plan)]


def _group_ids(plan: Plan, participant: str) -> set[str]:
    return {group.id for group in plan.groups_of.get(participant, ())}


def _shown(window: Window) -> str:
    day = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[window.day]
    start, end = (f"{m // 60:02}:{m % 60:02}" for m in (window.start, window.end))
    return f"{day} {start}-{end}"
