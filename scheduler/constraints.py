"""The hard rules: one function a label, each adding its rows to the model.

``RULES`` is in an order in which every function finds the variables it needs. Leaving a function
out gives the problem without that rule, which is how a conflict is made minimal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import combinations

import numpy as np

from scheduler.clashes import clashes
from scheduler.model import Model, Term
from scheduler.options import Options
from scheduler.problem import Problem
from scheduler.weeks import minutes_by_week


def h1_capacity(model: Model) -> None:
    """H1: at most ``capacity`` participants a group."""
    for g, options in enumerate(model.of_group):
        capacity = model.problem.groups[g].capacity
        if len(options) > capacity:
            model.add("H1", ((o, 1) for o in options), high=capacity)


def h2_min_size(model: Model) -> None:
    """H2: nobody, or at least ``min_size``: a variable says whether the group opens."""
    for g, options in enumerate(model.of_group):
        group = model.problem.groups[g]
        if group.min_size <= 1 or not options:
            continue
        opened = model.opened[g] = model.variable()
        model.add("H2", [*((o, 1) for o in options), (opened, -group.min_size)], low=0)
        for o in options:
            model.add("H2", [(o, 1), (opened, -1)], high=0)
        if len(options) > group.capacity and model.is_complete:
            # Implied by H1; it keeps the relaxation from opening a fraction of the group.
            terms = [*((o, 1) for o in options), (opened, -group.capacity)]
            model.add("H1", terms, high=0)


def h3_max_groups(model: Model) -> None:
    """H3: at most ``max_groups`` groups a participant."""
    for participant, options in zip(model.problem.participants, model.of_participant, strict=True):
        if len(options) > participant.max_groups:
            model.add("H3", ((o, 1) for o in options), high=participant.max_groups)


def h4_one_per_measure(model: Model) -> None:
    """H4: at most one group of a measure a participant."""
    for participant, options in zip(model.problem.participants, model.of_participant, strict=True):
        if participant.max_groups == 1 and model.is_complete:
            continue
        measures: dict[str, list[int]] = defaultdict(list)
        for o in options:
            measures[model.group_of(o).measure].append(o)
        for same in measures.values():
            if len(same) > 1:
                model.exclude("H4", same)


def h5_clash(model: Model) -> None:
    """H5: no two groups that clash, travel between them included; in cliques."""
    exclude = clashes(model.problem)
    if model.is_complete:
        # H4 excludes pairs too, and the larger a clique the tighter.
        _, measures = np.unique([g.measure for g in model.problem.groups], return_inverse=True)
        exclude |= measures[:, None] == measures
    for participant, options in zip(model.problem.participants, model.of_participant, strict=True):
        if participant.max_groups == 1 and model.is_complete:
            continue
        groups = [model.options.group[o] for o in options]
        pairs = np.argwhere(np.triu(exclude[np.ix_(groups, groups)], 1)).tolist()
        for clique in _cliques([(options[a], options[b]) for a, b in pairs]):
            model.exclude("H5", clique)


def _cliques(edges: Collection[tuple[int, int]]) -> list[list[int]]:
    """Cliques that cover every edge (a < b), grown greedily."""
    neighbours: dict[int, set[int]] = defaultdict(set)
    for a, b in edges:
        neighbours[a].add(b)
        neighbours[b].add(a)
    covered: set[tuple[int, int]] = set()
    found = []
    for a, b in sorted(edges):
        if (a, b) in covered:
            continue
        clique, candidates = [a, b], neighbours[a] & neighbours[b]
        while candidates:
            c = min(candidates)
            clique.append(c)
            candidates &= neighbours[c]
        clique.sort()
        covered.update(combinations(clique, 2))
        found.append(clique)
    return found


def h6_minutes_per_week(model: Model) -> None:
    """H6: the minutes of all slots of the groups, in each ISO week."""
    weekly = [minutes_by_week(group) for group in model.problem.groups]
    for participant, options in zip(model.problem.participants, model.of_participant, strict=True):
        limit = participant.max_minutes_per_week
        if limit is None:
            continue
        weeks: dict[tuple[int, int], list[Term]] = defaultdict(list)
        for o in options:
            spent_by_week = weekly[model.options.group[o]]
            if max(spent_by_week.values(), default=0) > limit:
                # The sums below say so too, but only of whole numbers.
                model.add("H6", [(o, 1)], high=0)
            for week, spent in spent_by_week.items():
                weeks[week].append((o, spent))
        for terms in {tuple(terms) for terms in weeks.values()}:
            if sum(spent for _, spent in terms) > limit:
                model.add("H6", terms, high=limit)


def h7_coach_and_visit(model: Model) -> None:
    """H7: one coach and one visit for each person in a coached group."""
    modes: dict[int, list[int]] = defaultdict(list)
    for (o, _), variable in model.mode.items():
        modes[o].append(variable)
    for o, variable in model.rest.items():
        modes[o].append(variable)
    for o, variables in modes.items():
        if variables != [o]:
            model.add("H7", [(o, 1), *((v, -1) for v in variables)], low=0, high=0)
    for o in range(len(model.options)):
        if model.group_of(o).coaching is not None and o not in modes:
            model.add("H7", [(o, 1)], high=0)
    for visited in model.classes:
        terms = [*((m, 1) for m in visited.members), *((v, -1) for v in visited.visits.values())]
        model.add("H7", terms, low=0, high=0)


def h8_caseload(model: Model) -> None:
    """H8: a coach has at most ``caseload`` people; somebody in two groups counts once."""
    people: dict[tuple[int, int], dict[int, int]] = defaultdict(dict)
    for (o, c), variable in model.mode.items():
        people[model.options.participant[o], c][o] = variable
    terms: dict[int, list[Term]] = defaultdict(list)
    for (p, c), modes in people.items():
        terms[c].append((_followed(model, p, c, modes), 1))
    for visited in model.classes:
        if not visited.is_named:
            for u, variable in visited.visits.items():
                terms[model.visits.units[u].coach].append((variable, 1))
    for c, counted in terms.items():
        model.add("H8", counted, high=model.problem.coaches[c].caseload)


def _followed(model: Model, p: int, c: int, modes: Mapping[int, int]) -> int:
    """The variable that says whether the coach follows the person in any of the options.

    It is 1 just where one of the modes is; rows over several modes that exclude each other keep
    the relaxation from following half a person in each of two groups at the cost of one half.
    """
    if len(modes) == 1:
        return next(iter(modes.values()))
    followed = model.followed[p, c] = model.variable()
    model.add("", [(followed, 1), *((mode, -1) for mode in modes.values())], high=0)
    edges = {
        pair
        for options in model.exclusive[p]
        for pair in combinations([o for o in options if o in modes], 2)
    }
    cliques = _cliques(edges)
    alone = modes.keys() - {o for clique in cliques for o in clique}
    for options in [*cliques, *([o] for o in sorted(alone))]:
        model.add("", [*((modes[o], 1) for o in options), (followed, -1)], high=0)
    return followed


def h9_minutes(model: Model) -> None:
    """H9: a coach's visits fit the coach's week and each window."""
    weeks: dict[int, list[Term]] = defaultdict(list)
    windows: dict[int, list[Term]] = defaultdict(list)
    for visited in model.classes:
        coaching = model.problem.groups[visited.group].coaching
        assert coaching is not None
        for u, variable in visited.visits.items():
            weeks[model.visits.units[u].coach].append((variable, coaching.visit_minutes))
            windows[u].append((variable, coaching.visit_minutes))
    for c, terms in weeks.items():
        most = model.problem.coaches[c].minutes_per_week
        model.add("H9", terms, high=most)
        if model.is_tight:
            for rounded, high in rounded_down(terms, most):
                model.add("H9", rounded, high=high)
    for u, terms in windows.items():
        window = model.visits.units[u].window
        model.add("H9", terms, high=window.end - window.start)


def rounded_down(terms: Sequence[Term], most: int) -> Iterator[tuple[tuple[Term, ...], int]]:
    """Rows that whole numbers obey too, where sum(c x) <= most (V. Chvatal, 1973).

    sum(floor(c / d) x) <= floor(most / d), for each coefficient d for which that says more.
    """
    for d in sorted({coefficient for _, coefficient in terms if coefficient > 0}):
        large = [(v, c) for v, c in terms if c >= d]
        if most % d or any(c % d for _, c in large):
            yield tuple((v, c // d) for v, c in large), most // d


def h10_one_venue(model: Model) -> None:
    """H10: one venue a window; a variable says whether the coach is there."""
    at: dict[int, dict[str, dict[int, list[int]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for visited in model.classes:
        venue = model.problem.groups[visited.group].venue
        assert venue is not None
        for u, variable in visited.visits.items():
            at[u][venue][visited.group].append(variable)
    for u, venues in at.items():
        if len(venues) < 2:
            continue
        for venue, groups in venues.items():
            there = model.present[u, venue] = model.variable()
            if model.is_complete:
                _only_there(model, u, there, groups)
            for variable in (v for variables in groups.values() for v in variables):
                model.add("H10", [(variable, 1), (there, -model.upper[variable])], high=0)
        model.add("H10", ((model.present[u, v], 1) for v in venues), high=1)


def _only_there(model: Model, u: int, there: int, groups: Mapping[int, list[int]]) -> None:
    """Tighter than H10 alone, as H9 and H1 hold: minutes, and visits a group."""
    window = model.visits.units[u].window
    minutes: list[Term] = []
    for g, variables in groups.items():
        group = model.problem.groups[g]
        assert group.coaching is not None
        length = group.coaching.visit_minutes
        minutes += [(v, length) for v in variables]
        most = group.capacity
        if length:
            most = min(most, (window.end - window.start) // length)
        if model.is_tight and most < sum(model.upper[v] for v in variables):
            model.add("H10", [*((v, 1) for v in variables), (there, -most)], high=0)
    model.add("H10", [*minutes, (there, window.start - window.end)], high=0)


def h11_apart(model: Model) -> None:
    """H11: two people kept apart share no group."""
    for a, b in model.problem.apart:
        for o, other in _same_group(model, a, b):
            if o is not None and other is not None:
                model.add("H11", [(o, 1), (other, 1)], high=1)


def h12_together(model: Model) -> None:
    """H12: two people kept together have the same groups."""
    for a, b in model.problem.together:
        for o, other in _same_group(model, a, b):
            terms = [(v, sign) for v, sign in ((o, 1), (other, -1)) if v is not None]
            model.add("H12", terms, low=0, high=0)


def _same_group(model: Model, a: str, b: str) -> list[tuple[int | None, int | None]]:
    """The options of two people, side by side where they are of one group."""
    mine, theirs = (
        {model.options.group[o]: o for o in model.of_participant[model.participant_index[i]]}
        for i in (a, b)
    )
    return [(mine.get(g), theirs.get(g)) for g in sorted(mine.keys() | theirs.keys())]


def h13_quota(model: Model) -> None:
    """H13: at most ``max`` assignments over a quota's groups of people who hold its tag."""
    # In one order: reasons count quotas as the file does, but the file's order chooses no plan.
    for quota in sorted(model.problem.quotas, key=repr):
        groups = {model.group_index[g] for g in quota.groups}
        terms = [
            (o, 1)
            for g in sorted(groups)
            for o in model.of_group[g]
            if _counts(model, o, quota.tag)
        ]
        if len(terms) > quota.max:
            model.add("H13", terms, high=quota.max)


def _counts(model: Model, o: int, tag: str | None) -> bool:
    participant = model.problem.participants[model.options.participant[o]]
    return tag is None or any(hold.tag == tag for hold in participant.holds)


def h14_pins(model: Model) -> None:
    """H14: pinned pairs are assigned; the pinned coach is the only one their units leave."""
    for pin in model.problem.pins:
        model.add("H14", [(model.option[pin.participant, pin.group], 1)], low=1)


RULES: Mapping[str, Callable[[Model], None]] = {
    "H1": h1_capacity,
    "H2": h2_min_size,
    "H3": h3_max_groups,
    "H4": h4_one_per_measure,
    "H5": h5_clash,
    "H6": h6_minutes_per_week,
    "H7": h7_coach_and_visit,
    "H8": h8_caseload,
    "H9": h9_minutes,
    "H10": h10_one_venue,
    "H11": h11_apart,
    "H12": h12_together,
    "H13": h13_quota,
    "H14": h14_pins,
}


def build(
    problem: Problem,
    options: Options,
    rules: Collection[str] = tuple(RULES),
    *,
    is_tight: bool = True,
) -> Model:
    """The rows of the named rules over the options."""
    is_complete = len(set(rules)) == len(RULES)
    model = Model(problem, options, is_complete=is_complete, is_tight=is_tight)
    for label, add in RULES.items():
        if label in rules:
            add(model)
    return model
