"""Whether everybody without a group is listed, and whether the reasons given are true."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scheduler.check.all_groups import RULES, AllGroups, Bools, Ints
from scheduler.check.facts import Dates, Facts
from scheduler.check.plan import Plan, Violation, holds_tag, in_windows, quota_count, visit_minutes
from scheduler.forked import in_two
from scheduler.problem import Group, Participant, Quota
from scheduler.result import Result

COACH_RULES = frozenset({"H7", "H8", "H9", "H10"})
MANY = 500  # people worth a second process
# The hard rules that break, coaches aside, and those of H7 to H10 that stand in the way where no
# coach is left.
Broken = tuple[set[str], frozenset[str]]
# Of coaches' windows that the same slots hold: whether one is long enough, what keeps visits out of
# any, and whether nothing does of one.
CoachWindows = tuple[bool, frozenset[str], bool]


@dataclass(frozen=True, slots=True)
class Outs:
    """What keeps one person out of groups, told by their positions."""

    failing: Bools  # (RULES, groups); none for pinned pairs
    is_option: Bools  # (groups,): none fails
    broken: dict[int, Broken]  # for options that are wished

    def options(self, wished: Ints) -> list[int]:
        """Those of the groups that are options."""
        found: list[int] = wished[self.is_option[wished]].tolist()
        return found

    def failing_labels(self, g: int) -> set[str]:
        """Those of R2 to R6 that fail."""
        return {rule for rule, fails in zip(RULES, self.failing[:, g], strict=True) if fails}


class Blocks:
    """What keeps one unplaced participant out of one group, all else unchanged."""

    def __init__(self, facts: Facts, plan: Plan) -> None:
        self.facts = facts
        self.plan = plan
        self.groups = AllGroups(facts)
        self._pinned: dict[str, list[int]] = defaultdict(list)
        for participant, group in facts.pins:
            self._pinned[participant].append(self.groups.position[group])
        self.full_quotas: dict[str, list[Quota]] = {}
        for quota in facts.problem.quotas:
            if quota_count(plan, quota) >= quota.max:
                for id_ in quota.groups:
                    self.full_quotas.setdefault(id_, []).append(quota)
        self.apart: dict[str, set[str]] = {}
        for one, other in facts.problem.apart:
            self.apart.setdefault(one, set()).add(other)
            self.apart.setdefault(other, set()).add(one)
        self.together = {id_ for pair in facts.problem.together for id_ in pair}
        self._coach_rules: dict[tuple[str, frozenset[str], bool, Any], frozenset[str]] = {}
        self._windows: dict[tuple[str, frozenset[str]], dict[Dates, CoachWindows]] = {}
        self._loads = {
            coach.id: (
                len({a.participant for a in plan.of_coach.get(coach.id, ())}),
                visit_minutes(facts, plan.of_coach.get(coach.id, ())),
                in_windows(plan, coach),
            )
            for coach in facts.problem.coaches
        }

    def of(self, person: Participant) -> Outs:
        """What keeps the person out of the groups wished."""
        failing = self.groups.failing(person)
        failing[:, self._pinned.get(person.id, [])] = False
        outs = Outs(failing, np.logical_not(failing.any(axis=0)), {})
        for wish in person.wishes:
            for g in outs.options(self.groups.wished(wish.measure, wish.group)):
                if g not in outs.broken:
                    outs.broken[g] = self.hard(person, self.facts.problem.groups[g])
        return outs

    def hard(self, person: Participant, group: Group) -> Broken:
        """The rules H1 to H13, coaches aside, that break; and where no coach is left, those of
        H7 to H10 that stand in the way of one."""
        facts = self.facts
        members = self.plan.members.get(group.id, ())
        size = len(members) + 1
        apart = self.apart.get(person.id, ())
        most = person.max_minutes_per_week
        breaks = {
            "H1": size > group.capacity,
            "H2": size < group.min_size,
            "H3": person.max_groups < 1,
            "H6": most is not None and facts.timetables[group.id].most_in_a_week > most,
            "H11": bool(apart) and any(member.id in apart for member in members),
            "H12": person.id in self.together,
            "H13": any(
                holds_tag(person, quota.tag) for quota in self.full_quotas.get(group.id, ())
            ),
        }
        blocking = {label for label, breaks_it in breaks.items() if breaks_it}
        if group.coaching is None:
            return blocking, frozenset()
        pinned = (person.id, group.id) in facts.pins
        key = (group.id, person.coach_skills, pinned, person.availability)
        if key not in self._coach_rules:
            self._coach_rules[key] = self._no_coach(person, group)
        return blocking, self._coach_rules[key]

    def _no_coach(self, person: Participant, group: Group) -> frozenset[str]:
        """H7 where no coach's window fits at all, and those of H8 to H10 that fill the windows
        that fit. Empty where a coach is left."""
        key = (group.id, person.coach_skills)
        if key not in self._windows:
            alike: dict[Dates, CoachWindows] = defaultdict(lambda: (False, frozenset(), False))
            for dates, is_long_enough, full in self._windows_around(person, group):
                one_fits, any_full, is_left = alike[dates]
                alike[dates] = (one_fits or is_long_enough, any_full | full, is_left or not full)
            self._windows[key] = alike
        standing: set[str] = set()
        fits = False
        for dates, (one_fits, any_full, is_left) in self._windows[key].items():
            if not self.facts.attends(person, group, dates):
                continue
            if is_left:
                return frozenset()
            fits = fits or one_fits
            standing |= any_full
        return frozenset(standing if fits else standing | {"H7"})

    def _windows_around(
        self, person: Participant, group: Group
    ) -> Iterator[tuple[Dates, bool, frozenset[str]]]:
        """The windows that slots of the group hold, of coaches with the skills for both: their
        dates, whether each is long enough, and what keeps visits out."""
        facts = self.facts
        minutes = group.coaching.visit_minutes if group.coaching else 0
        for coach in facts.problem.coaches:
            if not facts.coach_fits(coach, person, group):
                continue
            people, total, by_window = self._loads[coach.id]
            for window in coach.availability:
                dates = facts.holding(window, group)
                if not dates:
                    continue
                length, inside = window.end - window.start, by_window.get(window, [])
                full = {
                    "H8": people + 1 > coach.caseload,
                    "H9": total + minutes > coach.minutes_per_week
                    or visit_minutes(facts, inside) + minutes > length,
                    "H10": any(facts.groups[a.group].venue != group.venue for a in inside),
                }
                labels = frozenset(label for label, is_full in full.items() if is_full)
                yield dates, minutes <= length, labels


def unplaced_statements(facts: Facts, plan: Plan, result: Result) -> Iterator[Violation]:
    """Everything false or missing in ``unplaced`` of a solution with a plan."""
    listed = Counter(str(row.get("participant")) for row in result.unplaced)
    without = {p.id: p for p in facts.problem.participants if p.id not in plan.groups_of}
    for id_, times in listed.items():
        if id_ not in without:
            yield Violation("unplaced", f"participant {id_}: listed, but placed or not known")
        elif times > 1:
            yield Violation("unplaced", f"participant {id_}: listed {times} times")
    for id_ in without:
        if id_ not in listed:
            yield Violation("unplaced", f"participant {id_}: has no group and is not listed")
    told = [wish for row in result.unplaced for wish in row.get("wishes", ())]
    were_asked_for = any("groups" in wish or "summary" in wish for wish in told)
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in result.unplaced if were_asked_for else ():
        rows[str(row.get("participant"))].append(row)
    blocks = Blocks(facts, plan)

    def wrong(people: Sequence[Participant]) -> list[Violation]:
        return [found for person in people for found in _wrong(blocks, person, rows[person.id])]

    people = list(without.values())
    yield from in_two(wrong, people) if len(people) > MANY else wrong(people)


def _wrong(
    blocks: Blocks, person: Participant, rows: Iterable[Mapping[str, Any]]
) -> Iterator[Violation]:
    """What is wrong about one person without a group."""
    outs = blocks.of(person)
    yield from _needless(blocks.facts, person, outs)
    for row in rows:
        for text in _false_reasons(blocks, outs, person, row):
            yield Violation("reason", f"participant {person.id}: {text}")


def _needless(facts: Facts, person: Participant, outs: Outs) -> Iterator[Violation]:
    """Where ``served`` comes first without slack, a place that nothing blocks is a fault."""
    policy = facts.problem.policy
    if policy.objective[:1] != ("served",) or policy.slack.get("served") or not person.weight:
        return
    for g, broken in outs.broken.items():
        if not any(broken):
            id_ = facts.problem.groups[g].id
            yield Violation("unplaced", f"participant {person.id}: nothing blocks group {id_}")


def _false_reasons(
    blocks: Blocks, outs: Outs, person: Participant, row: Mapping[str, Any]
) -> Iterator[str]:
    stated = {(wish.measure, wish.group, wish.rank) for wish in person.wishes}
    told = {(w.get("measure"), w.get("group"), w.get("rank")) for w in row.get("wishes", ())}
    for wish in sorted(told - stated, key=str):
        yield f"has no wish {wish}"
    targets = {wish[:2] for wish in stated}
    for target in targets - {wish[:2] for wish in told}:
        yield f"the wish for {target[0] or target[1]} is left out"
    for wish in row.get("wishes", ()):
        if (wish.get("measure"), wish.get("group")) not in targets:
            continue  # said above
        wished = blocks.groups.wished(wish.get("measure"), wish.get("group"))
        if "summary" in wish:
            yield from _false_summary(outs, wished, wish["summary"])
            continue
        groups = [blocks.facts.problem.groups[g] for g in wished.tolist()]
        lists = {str(told_group.get("group")): told_group for told_group in wish.get("groups", ())}
        if sorted(lists) != sorted(group.id for group in groups) or len(lists) != len(
            wish.get("groups", ())
        ):
            yield f"the groups of the wish for {wish.get('measure') or wish.get('group')} differ"
            continue
        for g, group in zip(wished.tolist(), groups, strict=True):
            reasons = lists[group.id].get("reasons", ())
            broken = outs.broken.get(g)
            if broken is not None:
                yield from _false_hard_rules(broken, group, reasons)
            else:
                failing = outs.failing_labels(g)
                yield from _false_option_rules(blocks.facts, failing, person, group, reasons)


def _false_option_rules(
    facts: Facts, failing: set[str], person: Participant, group: Group, reasons: Any
) -> Iterator[str]:
    told = _labels(reasons)
    if told != failing:
        yield f"group {group.id}: reasons {sorted(told)}, but {sorted(failing)} fail"
    yield from _false_numbers(facts, person, group, reasons)


def _false_hard_rules(broken: Broken, group: Group, reasons: Any) -> Iterator[str]:
    told = _labels(reasons)
    where = f"group {group.id}: reasons {sorted(told)}"
    blocking, coach_rules = broken
    if told - COACH_RULES != blocking:
        yield f"{where}, but {sorted(blocking)} would break"
    told_coach = told & COACH_RULES
    if not told_coach <= coach_rules or (coach_rules and not told_coach):
        yield f"{where}, but of the rules on coaches {sorted(coach_rules)} stand in the way"


def _false_numbers(facts: Facts, person: Participant, group: Group, reasons: Any) -> Iterator[str]:
    """What R2, R4 and R5 must name; the exchange format leaves open under which key."""
    missing = set(facts.missing_tags(person, group))
    tags = {str(tag) for reason in reasons if reason.get("rule") == "R2" for tag in _named(reason)}
    if tags != missing:
        yield f"group {group.id}: R2 names {sorted(tags)}, missing {sorted(missing)}"
    true = {
        "R4": {"minutes": facts.travel(person, group)},
        "R5": {"attendable": facts.attended(person, group), "needed": facts.needed(group)},
    }
    for reason in reasons:
        for key, number in true.get(str(reason.get("rule")), {}).items():
            if reason.get(key, number) != number or number not in reason.values():
                yield f"group {group.id}: {reason} does not name {key} {number}"


def _named(reason: Mapping[str, Any]) -> list[Any]:
    named = reason.get("tag", reason.get("tags", []))
    return named if isinstance(named, list) else [named]


def _labels(reasons: Any) -> set[str]:
    return {str(reason.get("rule")) for reason in reasons}


def _false_summary(outs: Outs, wished: Ints, summary: Mapping[str, int]) -> Iterator[str]:
    counts = outs.failing[:, wished].sum(axis=1).tolist()
    exact = +Counter(dict(zip(RULES, counts, strict=True)))
    coach_most: Counter[str] = Counter()
    coach_least = 0
    for g in outs.options(wished):
        blocking, coach_rules = outs.broken[g]
        exact.update(blocking)
        coach_most.update(coach_rules)
        coach_least += bool(coach_rules)
    told = {rule: count for rule, count in summary.items() if rule not in COACH_RULES and count}
    if told != dict(exact):
        yield f"summary {dict(summary)}, but counted {dict(exact)}"
    told_coach = {rule: count for rule, count in summary.items() if rule in COACH_RULES}
    if (
        any(count > coach_most[rule] for rule, count in told_coach.items())
        or sum(told_coach.values()) < coach_least
    ):
        yield f"summary {dict(summary)}, but coaches are wanting by {dict(coach_most)}"
