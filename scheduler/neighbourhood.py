"""Improve a plan of a large problem: free a few groups, keep the rest, solve, and again.

The rows are restricted to the freed variables, the others standing still at their values, so every
solution of a neighbourhood is one of the whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from random import Random

import numpy as np

from scheduler.engine import Engine
from scheduler.matrix import Ints, Matrix
from scheduler.model import INFINITY, Model, Rows, Term
from scheduler.params import Params
from scheduler.waiting import Stop

OPTIONS_FREED = 2500
SECONDS_EACH = 10.0


class Neighbourhoods:
    """Groups that compete for the same people, with all variables that belong to them."""

    def __init__(self, model: Model, params: Params) -> None:
        self._model, self._params = model, params
        self._rng = Random(params.seed)  # noqa: S311  a search, no secret
        self._matrix = Matrix.of(model)
        order = np.argsort(self._matrix.column, kind="stable")
        self._row_by_column = self._matrix.row[order]
        counts = np.bincount(self._matrix.column, minlength=len(model.upper))
        self._column_start = np.concatenate([[0], np.cumsum(counts)])
        self._owned: list[list[int]] = [[] for _ in model.problem.groups]
        for o in range(len(model.options)):
            self._owned[model.options.group[o]].append(o)
        for (o, _), variable in model.mode.items():
            self._owned[model.options.group[o]].append(variable)
        for o, variable in model.rest.items():
            self._owned[model.options.group[o]].append(variable)
        at: dict[int, list[int]] = defaultdict(list)  # unit -> variables
        for (u, _), variable in model.present.items():
            at[u].append(variable)
        self._places: dict[int, set[int]] = defaultdict(set)  # group -> variables of its units
        for visited in model.classes:
            self._owned[visited.group] += visited.visits.values()
            self._places[visited.group].update(v for u in visited.visits for v in at[u])
        for g, variable in model.opened.items():
            self._owned[g].append(variable)
        self._shared: dict[int, list[int]] = defaultdict(list)  # participant -> variables
        for p, variable in model.served.items():
            self._shared[p].append(variable)
        for (p, _), variable in model.followed.items():
            self._shared[p].append(variable)

    def once_around(self) -> Iterator[Ints]:
        """Variables to free, one set after the other, until every group was in one."""
        groups = [g for g, options in enumerate(self._model.of_group) if options]
        self._rng.shuffle(groups)
        covered: set[int] = set()
        for g in groups:
            if g not in covered:
                chosen = self._around(g)
                covered |= chosen
                yield self._variables(chosen)

    def _around(self, seed: int) -> set[int]:
        """The seed and groups that its people could go to instead, reached at random."""
        model, chosen = self._model, {seed}
        freed, edge = len(model.of_group[seed]), [seed]
        while edge and freed < OPTIONS_FREED:
            g = edge.pop(self._rng.randrange(len(edge)))
            options = model.of_group[g]
            for o in self._rng.sample(options, min(len(options), 8)):
                for other in model.of_participant[model.options.participant[o]]:
                    h = model.options.group[other]
                    if h not in chosen and freed < OPTIONS_FREED:
                        chosen.add(h)
                        edge.append(h)
                        freed += len(model.of_group[h])
        return chosen

    def _variables(self, groups: set[int]) -> Ints:
        model = self._model
        freed = {v for g in groups for v in self._owned[g]}
        for g in groups:
            for o in model.of_group[g]:
                freed.update(self._shared.get(model.options.participant[o], ()))
        freed.update(v for g in groups for v in self._places[g])
        return np.array(sorted(freed), dtype=np.int64)

    def improve(
        self,
        freed: Ints,
        values: Ints,
        objective: Ints,
        floors: Sequence[tuple[Ints, int]],
        seconds: float | None = None,
        should_stop: Stop | None = None,
    ) -> Ints | None:
        """Values better for ``objective``, each floor kept, or None.

        Objective and floors are coefficients, one a variable.
        """
        position = np.full(len(values), -1, dtype=np.int64)
        position[freed] = np.arange(len(freed))
        small = Rows(upper=self._matrix.upper[freed].tolist())
        starts, row_of = self._column_start, self._row_by_column
        for r in np.unique(np.concatenate([row_of[starts[v] : starts[v + 1]] for v in freed])):
            span = slice(self._matrix.start[r], self._matrix.start[r + 1])
            columns, coefficients = self._matrix.column[span], self._matrix.coefficient[span]
            places = position[columns]
            is_free = places >= 0
            used = int(coefficients[~is_free] @ values[columns[~is_free]])
            low, high = int(self._matrix.low[r]), int(self._matrix.high[r])
            small.add(
                "",
                zip(places[is_free].tolist(), coefficients[is_free].tolist(), strict=True),
                low=low if low <= -INFINITY else low - used,
                high=high if high >= INFINITY else high - used,
            )
        start = values[freed]
        for coefficients, floor in floors:
            spare = int(coefficients @ values) - floor
            small.add("", _terms(coefficients[freed]), low=int(coefficients[freed] @ start) - spare)
        wanted = _terms(objective[freed])
        limit = SECONDS_EACH if seconds is None else min(SECONDS_EACH, seconds)
        outcome = Engine(small, self._params).maximise(
            wanted, start=start.tolist(), seconds=limit, should_stop=should_stop
        )
        if outcome.values is None:
            return None
        found = np.array(outcome.values, dtype=np.int64)
        if objective[freed] @ (found - start) <= 0:
            return None
        better = values.copy()
        better[freed] = found
        return better


def _terms(coefficients: Ints) -> list[Term]:
    used = np.flatnonzero(coefficients)
    return list(zip(used.tolist(), coefficients[used].tolist(), strict=True))
