"""The hard rules: one function a label, each adding its rows to the model.

``RULES`` is in an order in which every function finds the variables it needs. Leaving a function
out gives the problem without that rule, which is how a conflict is made minimal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping

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
                model.add("H4", ((o, 1) for o in same), high=1)


def h5_clash(model: Model) -> None:
    """H5: no two groups that clash, travel between them included; in cliques."""
    clashing = clashes(model.problem)
    for participant, options in zip(model.problem.participants, model.of_participant, strict=True):
        if participant.max_groups == 1 and model.is_complete:
            continue
        groups = model.options.group
        edges = {
            (a, b)
            for i, a in enumerate(options)
            for b in options[i + 1 :]
            if clashing[groups[a], groups[b]]
        }
        for clique in _cliques(options, edges):
            model.add("H5", ((o, 1) for o in clique), high=1)


def _cliques(nodes: list[int], edges: set[tuple[int, int]]) -> list[list[int]]:
    """Cliques that cover every edge (a < b), grown greedily."""
    left, found = set(edges), []
    for a, b in sorted(edges):
        if (a, b) not in left:
            continue
        clique = [a, b]
        for c in nodes:
            if c not in clique and all((min(c, d), max(c, d)) in edges for d in clique):
                clique.append(c)
        left -= {(c, d) for c in clique for d in clique}
        found.append(sorted(clique))
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
    people: dict[tuple[int, int], list[int]] = defaultdict(list)
    for (o, c), variable in model.mode.items():
        people[model.options.participant[o], c].append(variable)
    terms: dict[int, list[Term]] = defaultdict(list)
    for (p, c), variables in people.items():
        followed = variables[0]
        if len(variables) > 1:
            followed = model.followed[p, c] = model.variable()
            for variable in variables:
                model.add("", [(variable, 1), (followed, -1)], high=0)
        terms[c].append((followed, 1))
    for visited in model.classes:
        if not visited.is_named:
            for u, variable in visited.visits.items():
                terms[model.visits.units[u].coach].append((variable, 1))
    for c, counted in terms.items():
        model.add("H8", counted, high=model.problem.coaches[c].caseload)


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
        model.add("H9", terms, high=model.problem.coaches[c].minutes_per_week)
    for u, terms in windows.items():
        window = model.visits.units[u].window
        model.add("H9", terms, high=window.end - window.start)


def h10_one_venue(model: Model) -> None:
    """H10: one venue a window; a variable says whether the coach is there."""
    at: dict[int, dict[str, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    for visited in model.classes:
        group = model.problem.groups[visited.group]
        assert group.coaching is not None
        assert group.venue is not None
        for u, variable in visited.visits.items():
            at[u][group.venue].append((variable, group.coaching.visit_minutes))
    for u, venues in at.items():
        if len(venues) < 2:
            continue
        window = model.visits.units[u].window
        for venue, terms in venues.items():
            there = model.present[u, venue] = model.variable()
            if model.is_complete:
                # Tighter, as H9 holds.
                model.add("H10", [*terms, (there, window.start - window.end)], high=0)
            for variable, _ in terms:
                model.add("H10", [(variable, 1), (there, -model.upper[variable])], high=0)
        model.add("H10", ((model.present[u, v], 1) for v in venues), high=1)


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
    for quota in model.problem.quotas:
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


def build(problem: Problem, options: Options, rules: Collection[str] = tuple(RULES)) -> Model:
    """The rows of the named rules over the options."""
    model = Model(problem, options, is_complete=len(set(rules)) == len(RULES))
    for label, add in RULES.items():
        if label in rules:
            add(model)
    return model
