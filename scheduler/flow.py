"""A bound in a second: the flow that is left of a problem without all but H1 and H3.

From a source through participants and options to groups and a sink. The first unit of a
participant earns what being served earns, each option what it earns itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from ortools.graph.python import min_cost_flow

from scheduler.matrix import dense
from scheduler.model import Model, Term


def flow_bound(model: Model, terms: Sequence[Term]) -> int | None:
    """An upper bound on the sum of ``terms`` over all plans; None if no flow was found."""
    worth = dense(terms, len(model.upper))
    for (o, _), variable in model.mode.items():
        if variable != o:
            worth[o] += max(0, worth[variable])
    people, groups = model.problem.participants, model.problem.groups
    visited = model.rest.keys() | {o for o, _ in model.mode}
    usable = np.array(
        [
            o
            for o in range(len(model.options))
            if model.group_of(o).coaching is None or o in visited
        ],
        dtype=np.int64,
    )
    first_group = 1 + len(people)
    source, sink = 0, first_group + len(groups)
    persons = np.arange(len(people))
    most = np.array([person.max_groups for person in people], dtype=np.int64)
    served = np.array(
        [worth[model.served[p]] if p in model.served else 0 for p in range(len(people))]
    )
    room = int(most.sum())
    of_person = np.array(model.options.participant, dtype=np.int64)[usable]
    of_group = np.array(model.options.group, dtype=np.int64)[usable]
    capacity = np.array([group.capacity for group in groups], dtype=np.int64)
    flow = min_cost_flow.SimpleMinCostFlow()
    for tails, heads, capacities, costs in (
        (np.full_like(persons, source), 1 + persons, np.minimum(most, 1), -served),
        (np.full_like(persons, source), 1 + persons, np.maximum(most - 1, 0), 0 * persons),
        (1 + of_person, first_group + of_group, np.ones_like(usable), -worth[usable]),
        (first_group + np.arange(len(groups)), np.full(len(groups), sink), capacity, 0 * capacity),
        (np.array([source]), np.array([sink]), np.array([room]), np.array([0])),
    ):
        flow.add_arcs_with_capacity_and_unit_cost(tails, heads, capacities, costs)
    flow.set_nodes_supplies(np.array([source, sink]), np.array([room, -room]))
    if flow.solve() != flow.OPTIMAL:
        return None
    return -int(flow.optimal_cost())
