"""One problem made harder in one respect, to see where a method falls off a cliff."""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from scheduler import jsonio
from scheduler.commands.files import read_problem
from scheduler.problem import Participant, Problem, Quota
from tests.bench.cut import consistent


def needing_more(problem: Problem) -> Problem:
    """A group without a coach takes place only when it is three quarters full."""
    return replace(
        problem,
        groups=tuple(
            group
            if group.coaching
            else replace(group, min_size=max(group.min_size, math.ceil(0.75 * group.capacity)))
            for group in problem.groups
        ),
    )


def few_coaches(problem: Problem) -> Problem:
    """Every other coach is gone, and so are pins to groups with a coach."""
    coached = {group.id for group in problem.groups if group.coaching}
    pins = tuple(pin for pin in problem.pins if pin.group not in coached)
    return consistent(replace(problem, coaches=problem.coaches[::2], pins=pins))


def two_groups(problem: Problem) -> Problem:
    """Everybody may have two groups."""
    people = tuple(replace(person, max_groups=2) for person in problem.participants)
    return replace(problem, participants=people)


def many_quotas(problem: Problem) -> Problem:
    """The groups of each venue take in every fifth place at most people of the commonest tag."""
    held = Counter(hold.tag for person in problem.participants for hold in person.holds)
    tag = max(sorted(held), key=lambda tag: held[tag], default=None)
    pinned = {pin.group for pin in problem.pins}
    at: dict[str, list[str]] = defaultdict(list)
    places: dict[str, int] = defaultdict(int)
    for group in problem.groups:
        if group.venue is not None and group.id not in pinned:
            at[group.venue].append(group.id)
            places[group.venue] += group.capacity
    added = tuple(
        Quota(groups=tuple(groups), tag=tag, max=max(1, places[venue] // 5))
        for venue, groups in sorted(at.items())
    )
    return replace(problem, quotas=problem.quotas + added)


def many_pairs(problem: Problem) -> Problem:
    """A tenth of the people, two by two of the same first wish, come together."""
    taken = {id_ for pair in (*problem.together, *problem.apart) for id_ in pair}
    taken |= {pin.participant for pin in problem.pins}
    waiting: dict[object, Participant] = {}
    pairs = []
    for person in problem.participants:
        if (
            person.id in taken
            or not person.wishes
            or 2 * len(pairs) >= len(problem.participants) / 10
        ):
            continue
        first = min(person.wishes, key=lambda wish: wish.rank)
        kind = (first.measure, first.group, person.max_groups)
        other = waiting.pop(kind, None)
        if other is None:
            waiting[kind] = person
        else:
            pairs.append((other.id, person.id))
    return replace(problem, together=problem.together + tuple(pairs))


def profiles(problem: Problem) -> Problem:
    """As many first wishes as can be, then second ones, and so on."""
    return replace(problem, policy=replace(problem.policy, wishes="rank-maximal"))


def slack(problem: Problem) -> Problem:
    """Two in a hundred of the places may be given up for wishes."""
    return replace(problem, policy=replace(problem.policy, slack={"served": 0.02}))


HARDER: dict[str, Callable[[Problem], Problem]] = {
    "as it is": lambda problem: problem,
    "groups that need more people": needing_more,
    "half the coaches": few_coaches,
    "two groups each": two_groups,
    "many quotas": many_quotas,
    "many pairs": many_pairs,
    "profiles of ranks": profiles,
    "slack": slack,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.harder")
    parser.add_argument("problem")
    parser.add_argument("how", choices=HARDER)
    parser.add_argument("-o", "--output", type=Path, required=True)
    args = parser.parse_args()
    problem, _ = read_problem(args.problem)
    args.output.write_bytes(jsonio.dump_problem(HARDER[args.how](problem)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
