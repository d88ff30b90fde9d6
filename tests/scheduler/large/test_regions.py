"""Regions: two worked at at the same time, and coaches' visits with people who may come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

import numpy as np
import pytest

from scheduler.check import evaluate
from scheduler.large.claim import Claim
from scheduler.large.coached_regions import CoachedRegions, coach_sets
from scheduler.large.flow import placed_anew
from scheduler.large.market import Choice, Market
from scheduler.large.prices import Prices
from scheduler.large.region import Aim, Region
from scheduler.large.rounding import AGREED, USED, relaxed, rounded
from scheduler.large.smooth import Cooling
from scheduler.matrix import Floats
from scheduler.problem import Hold, Problem, Quota, Slot, Venue, Window
from scheduler.ragged import Bools
from scheduler.result import Assignment
from tests.scheduler.large.markets import (
    SEEDS,
    aim_of,
    begun_of,
    chance,
    coach,
    faults,
    gathered,
    group,
    market_of,
    wishing,
)


def whole(region: Region, margin: float = USED, start: Floats | None = None) -> Floats | None:
    found = relaxed(region, lambda: None, lambda: False)
    left, go_on = (lambda: 5.0), (lambda: False)
    return found and rounded(region, *found, (margin,), left, go_on, start=start)


def coached_regions(market: Market, seed: int = 0) -> CoachedRegions:
    """The regions at good prices."""
    aim, prices = aim_of(market), Prices(market)
    at = prices.lowered(
        prices.start(), aim, Cooling((300.0, 60.0, 12.0, 4.0, 1.0), 40), lambda: False
    )
    return CoachedRegions(market, aim, prices.gains(at, aim), 60.0, chance(seed))


def visited(market: Market, choice: Choice, passes: int = 4) -> Choice:
    """All visits some times, and everybody placed anew."""
    coached = coached_regions(market)
    for coaches in islice(coach_sets(market, chance(0)), passes):
        region = coached.region(choice, coaches, Claim.of_nothing(market))
        values = region and whole(region, 1e9)
        if region is not None and values is not None:
            before = counted(region, choice)
            others = visits_of(market, choice, ~coaches)
            choice = coached.chosen(region, values, choice)
            assert counted(region, choice) >= before - 1e-6
            found = float(region.program.objective @ values)
            assert counted(region, choice) == pytest.approx(found)
            assert visits_of(market, choice, ~coaches) == others
    found = placed_anew(market, aim_of(market), choice)
    assert found is not None
    return found


def counted(region: Region, choice: Choice) -> float:
    """What the choice counts for in the region's program."""
    return float(region.program.objective @ region.values(choice))


def worth_of(market: Market, choice: Choice, aim: Aim) -> float:
    """What the whole choice counts for."""
    placed = np.unique(market.options.participant[choice.taken])
    return float(aim.place[placed].sum() + aim.worth[choice.taken].sum())


def broken_rows(region: Region, values: Floats) -> int:
    """How many rows and ranges of the region's program the values break."""
    program = region.program
    sums = np.bincount(
        program.row, program.coefficient * values[program.column], minlength=program.num_rows
    )
    rows = (sums < program.low - 1e-6) | (sums > program.high + 1e-6)
    ranges = (values < program.lower) | (values > program.upper)
    return int(rows.sum() + ranges.sum())


def region_of_all(market: Market, choice: Choice, *, keeps_venues: bool = False) -> Region:
    """Every group emptied, every option considered."""
    groups, options = np.ones(len(market.capacity), bool), np.ones(len(market.options), bool)
    return Region(market, choice, groups, options, aim_of(market), keeps_venues=keeps_venues)


def no_worse(problem: Problem, region: Region, values: Floats) -> Choice:
    """The choice with these values, which obeys every rule and counts for no less than before."""
    found, market = region.chosen(values), region.market
    assert faults(problem, market.plan_of(found)) == []
    assert worth_of(market, found, region.aim) >= worth_of(market, region.choice, region.aim)
    return found


def fitting_of(seed: int, *, keeps_venues: bool = False) -> tuple[Problem, Region] | None:
    """A problem by chance and the region of all at its plan by list; None where it has none, or one
    whose coaches are fuller than a region may leave them."""
    begun = begun_of(seed)
    if begun is None or is_overfull(*begun[1:]):
        return None
    problem, market, choice = begun
    return problem, region_of_all(market, choice, keeps_venues=keeps_venues)


def is_overfull(market: Market, choice: Choice) -> bool:
    """Whether somebody in two groups of one coach counts for one more than there may be."""
    coach = market.unit_coach[choice.unit[choice.taken & (choice.unit >= 0)]]
    return bool((np.bincount(coach, minlength=len(market.caseload)) > market.caseload).any())


def places_of(market: Market, choice: Choice) -> list[tuple[int, int]]:
    """The class and the unit of each visit, and -1 with each group that is open for several."""
    visited = np.flatnonzero(choice.taken & (choice.unit >= 0))
    classes = market.option_class[visited].tolist()
    visits = sorted(zip(classes, choice.unit[visited].tolist(), strict=True))
    groups = np.unique(market.options.group[choice.taken])
    return visits + [(-1, g) for g in groups[market.min_size[groups] > 1].tolist()]


def visits_of(market: Market, choice: Choice, coaches: Bools) -> list[tuple[int, int]]:
    """The options that these coaches visit, with their units."""
    visited = np.flatnonzero(choice.taken & (choice.unit >= 0))
    theirs = visited[coaches[market.unit_coach[choice.unit[visited]]]]
    return list(zip(theirs.tolist(), choice.unit[theirs].tolist(), strict=True))


@pytest.mark.parametrize("seed", SEEDS)
def test_regions_worked_at_at_the_same_time_leave_a_plan_that_obeys_every_rule(seed: int) -> None:
    begun = begun_of(seed)
    if begun is None:
        return
    problem, market, choice = begun
    aim = aim_of(market)
    rng = np.random.default_rng(seed)
    everything = np.ones(len(market.options), dtype=bool)
    first = Region(market, choice, rng.random(len(market.capacity)) < 0.5, everything, aim)
    there = rng.random(len(market.capacity)) < 0.7
    second = Region(market, choice, there, everything, aim, held=first.claim)
    values = whole(first), whole(second)
    for region, mine in zip((second, first), reversed(values), strict=True):
        if mine is not None:
            choice = region.chosen(mine, choice)
    assert faults(problem, market.plan_of(choice)) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_visits_anew_obey_every_rule(seed: int) -> None:
    begun = begun_of(seed)
    if begun is None:
        return
    problem, market, choice = begun
    choice = visited(market, choice)
    assert faults(problem, market.plan_of(choice)) == []


@pytest.mark.parametrize("seed", SEEDS)
def test_visits_of_two_sets_of_coaches_at_the_same_time_obey_every_rule(seed: int) -> None:
    begun = begun_of(seed)
    if begun is None:
        return
    problem, market, choice = begun
    if not problem.pins:
        choice = market.empty()
    coached = coached_regions(market)
    rng = chance(seed)
    first = np.array([rng.random() < 0.5 for _ in problem.coaches], dtype=bool)
    held, regions = Claim.of_nothing(market), []
    for coaches in (first, ~first):
        region = coached.region(choice, coaches, held)
        if region is not None:
            regions.append((coaches, region, whole(region, 1e9)))
            held = held | region.claim
    for coaches, region, values in reversed(regions):
        if values is not None:
            others = visits_of(market, choice, ~coaches)
            choice = coached.chosen(region, values, choice)
            assert visits_of(market, choice, ~coaches) == others
    found = placed_anew(market, aim_of(market), choice)
    assert found is None or faults(problem, market.plan_of(found)) == []
    own = choice.taken & (choice.unit >= 0)
    assert market.left_by(Choice(own, choice.unit)).caseload.min(initial=0) >= 0


@pytest.mark.parametrize("seed", range(5))
def test_two_sets_of_coaches_plan_the_visits_of_one_half_each_and_keep_the_others(
    seed: int,
) -> None:
    groups = [group(id_, is_coached=True) for id_ in ("g", "h")]
    people = [wishing("p", "g"), wishing("q", "h")]
    market = market_of(gathered(groups, people, [coach("c", 1), coach("d", 1)]))
    coached = coached_regions(market, seed)
    choice, held, done = market.empty(), Claim.of_nothing(market), []
    for coaches in (np.array([True, False]), np.array([False, True])):
        region = coached.region(choice, coaches, held)
        assert region is not None
        held = held | region.claim
        done.append((region, whole(region)))
    for region, values in done:
        assert values is not None
        choice = coached.chosen(region, values, choice)
    assert int((choice.unit >= 0).sum()) == 2


@pytest.mark.parametrize("seed", SEEDS)
def test_a_region_that_keeps_venues_moves_no_coach(seed: int) -> None:
    begun = begun_of(seed)
    if begun is None:
        return
    problem, market, choice = begun
    region = region_of_all(market, choice, keeps_venues=True)
    values = whole(region, 1e9)
    assert values is not None
    found = no_worse(problem, region, values)
    before, after = market.venues_of(choice), market.venues_of(found)
    assert ((before == after) | (before < 0) | (after < 0)).all()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_region_that_keeps_visits_and_groups_open_moves_only_people(seed: int) -> None:
    begun = begun_of(seed)
    if begun is None:
        return
    problem, market, choice = begun
    region = region_of_all(market, choice)
    region.keep_visits()
    region.keep_open()
    values = whole(region, 1e9)
    if values is None:
        assert is_overfull(market, choice)
        return
    found = no_worse(problem, region, values)
    assert places_of(market, choice) == places_of(market, found)


def test_who_is_under_a_quota_makes_room_in_a_region_that_keeps_visits() -> None:
    """p wants a and has b; q could have b, but a is full of those whom the quota counts."""
    people = [wishing("p", "a", "b"), wishing("q", "b"), wishing("r", "a", "c")]
    people = [replace(person, holds=(Hold("tag"),)) for person in people]
    groups = [group("a", 2), group("b"), group("c"), group("d")]
    problem = gathered(groups, [*people, wishing("s", "d", "a")], [])
    problem = replace(problem, quotas=(Quota(("a",), "tag", 1),))
    market = market_of(problem)
    begun = Assignment("p", "b", 2), Assignment("r", "a", 1), Assignment("s", "d", 1)
    choice = market.choice_of(begun)
    region = region_of_all(market, choice)
    region.keep_visits()
    values = whole(region, 1e9)
    assert values is not None
    assert evaluate(problem, market.plan_of(region.chosen(values)))["served"] == 4
    anew = placed_anew(market, aim_of(market), choice)
    assert anew is not None
    assert evaluate(problem, market.plan_of(anew))["served"] == 3


def test_a_region_that_keeps_groups_open_or_closed_opens_none() -> None:
    people = wishing("p", "a", "b"), wishing("q", "a")
    market = market_of(gathered([group("a", 2, 2), group("b")], people))
    begun = market.choice_of((Assignment("p", "b", 2),))
    region = region_of_all(market, begun)
    for served in (2, 1):
        values = whole(region, 1e9)
        assert values is not None
        assert region.chosen(values).taken.sum() == served
        region.keep_open()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plan_as_values_obeys_the_rows_and_comes_back_as_it_was(seed: int) -> None:
    fitting = fitting_of(seed, keeps_venues=True)
    if fitting is None:
        return
    _, region = fitting
    market, choice = region.market, region.choice
    region.keep_visits()
    region.keep_open()
    values = region.values(choice)
    assert broken_rows(region, values) == 0
    assert counted(region, choice) == pytest.approx(worth_of(market, choice, region.aim))
    back = region.chosen(values)
    assert (back.taken == choice.taken).all()
    assert places_of(market, back) == places_of(market, choice)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_the_relaxation_and_a_plan_agree_on_stays_and_nothing_is_lost(seed: int) -> None:
    fitting = fitting_of(seed)
    if fitting is None:
        return
    problem, region = fitting
    relaxation = relaxed(region, lambda: None, lambda: False)
    start = region.values(region.choice)
    values = whole(region, AGREED, start)
    assert relaxation is not None
    assert values is not None
    ends = np.array([region.program.lower, region.program.upper])
    agreed = (np.abs(relaxation[0] - start) < 1e-9) & (start == ends).any(axis=0) & ~region.follows
    assert (values[agreed] == start[agreed]).all()
    no_worse(problem, region, values)


@pytest.mark.parametrize("seed", SEEDS)
def test_from_a_plan_no_time_still_leaves_the_plan(seed: int) -> None:
    fitting = fitting_of(seed)
    if fitting is None:
        return
    _, region = fitting
    start = region.values(region.choice)
    values = region.program.whole(0.0, lambda: False, start=start)
    assert values is not None
    assert broken_rows(region, values) == 0
    assert region.program.objective @ values >= region.program.objective @ start - 1e-6


def test_the_minutes_of_a_group_that_stays_count_in_the_week() -> None:
    days = (Slot(datetime(2027, 1, d, 9), datetime(2027, 1, d, 11)) for d in (4, 5, 6))
    groups = [replace(group(g), slots=(day,)) for g, day in zip("abc", days, strict=True)]
    person = replace(wishing("p", "a", "b", "c"), max_groups=3, max_minutes_per_week=300)
    problem = gathered(groups, [person])
    market = market_of(problem)
    begun = market.choice_of((Assignment("p", "a", 1),))
    options = np.ones(len(market.options), bool)
    region = Region(market, begun, np.array([False, True, True]), options, aim_of(market))
    values = whole(region, 1e9)
    assert values is not None
    found = no_worse(problem, region, values)
    assert found.taken.sum() == 2


def test_a_plan_that_the_relaxation_leaves_is_looked_at_again() -> None:
    """At the margin where all stays that the two agree on, what they differ in is free."""
    people = [wishing("p", "a", "b"), wishing("q", "a", "c")]
    problem = gathered([group("a", 2, 2), group("b"), group("c")], people)
    market = market_of(problem)
    choice = market.choice_of((Assignment("p", "b", 2), Assignment("q", "c", 2)))
    region = region_of_all(market, choice)
    values = whole(region, AGREED, region.values(choice))
    assert values is not None
    assert evaluate(problem, market.plan_of(region.chosen(values)))["wishes"] == 200


def test_coaches_settle_where_they_are_most_of_all() -> None:
    there = replace(group("b", is_coached=True), venue="w")
    people = [wishing("p", "a"), wishing("q", "b")]
    problem = gathered([group("a", is_coached=True), there], people, [coach("c", hours=1)])
    problem = replace(problem, venues=(*problem.venues, Venue("w", None)))
    market = market_of(problem)
    everywhere, everything = np.ones(2, dtype=bool), np.ones(2, dtype=bool)
    for preferred in (0, 1):
        first, second = (
            Region(market, market.empty(), everywhere, everything, Aim(place, np.zeros(2)))
            for place in (np.eye(2)[preferred], np.eye(2)[1 - preferred])
        )
        values = whole(first)
        assert values is not None
        second.settle_venues(values)
        found = relaxed(second, lambda: None, lambda: False)
        assert found is not None
        assert float(second.program.objective @ found[0]) == pytest.approx(0.0)


def test_without_coaches_there_are_no_sets_of_them() -> None:
    market = market_of(gathered([group("g")], [wishing("p", "g")]))
    assert list(coach_sets(market, chance(0))) == []


def test_somebody_comes_to_a_visit_and_leaves_their_place_to_another() -> None:
    groups = group("a", is_coached=True), group("b")
    people = wishing("p", "b", "a"), wishing("q", "b")
    problem = gathered(groups, people, [coach("c", caseload=1)])
    market = market_of(problem)
    begun = market.choice_of((Assignment("p", "b", 1),))
    without = placed_anew(market, aim_of(market), begun)
    assert without is not None
    assert evaluate(problem, market.plan_of(without))["served"] == 1
    assert evaluate(problem, market.plan_of(visited(market, begun)))["served"] == 2


def test_nobody_leaves_a_place_for_a_visit_that_another_needs_more() -> None:
    """p would like a better, but has b for the asking; q has nothing else."""
    groups = group("a", is_coached=True), group("b", 9)
    problem = gathered(groups, [wishing("p", "a", "b"), wishing("q", "c", "a")], [coach("c")])
    problem = replace(problem, groups=(*problem.groups, group("c", 0)))
    market = market_of(problem)
    choice, coached = market.choice_of((Assignment("p", "b", 2),)), coached_regions(market)
    everyone = np.ones(1, dtype=bool)
    for _ in range(4):
        region = coached.region(choice, everyone, Claim.of_nothing(market))
        if region is not None and (values := whole(region, 1e9)) is not None:
            choice = coached.chosen(region, values, choice)
    assert groups_of(market.plan_of(choice)) == {("p", "b"), ("q", "a")}


def side_by_side(
    problem: Problem, plan: tuple[Assignment, ...], first: Sequence[str], second: Sequence[str]
) -> tuple[Assignment, ...]:
    """The plan after two regions, by the ids of their groups, were worked at together."""
    market = market_of(problem)
    choice, aim = market.choice_of(plan), aim_of(market)
    everything = np.ones(len(market.options), dtype=bool)

    def chosen(ids: Sequence[str]) -> Bools:
        return np.array([g.id in ids for g in market.problem.groups], dtype=bool)

    one = Region(market, choice, chosen(first), everything, aim)
    other = Region(market, choice, chosen(second), everything, aim, held=one.claim)
    for region in (one, other):
        values = whole(region)
        assert values is not None
        choice = region.chosen(values, choice)
    found = market.plan_of(choice)
    assert faults(problem, found) == []
    return found


def groups_of(plan: tuple[Assignment, ...]) -> set[tuple[str, str]]:
    return {(line.participant, line.group) for line in plan}


def test_a_place_is_given_by_one_of_two_regions() -> None:
    """q could come only once the second region has emptied q's own group."""
    problem = gathered([group("g"), group("h")], [wishing("p", "g"), wishing("q", "g", "h")])
    plan = side_by_side(problem, (Assignment("q", "h", 2),), ["g"], ["g", "h"])
    assert groups_of(plan) == {("p", "g"), ("q", "h")}


def test_who_is_held_keeps_a_place_that_counts_in_their_group() -> None:
    """p could move in the first region, so p's place in h is none of the second's."""
    people = wishing("p", "h", "g"), wishing("r", "h"), wishing("s", "h"), wishing("t", "h")
    plan = (Assignment("p", "h", 1), Assignment("r", "h", 1))
    p = replace(people[0], max_groups=2)  # p keeps h and may have g as well
    other_day = Slot(datetime(2027, 1, 5, 8), datetime(2027, 1, 5, 12))
    for capacity, least in ((3, 0), (2, 2)):
        groups = replace(group("g"), slots=(other_day,)), group("h", capacity, least)
        found = side_by_side(gathered(groups, [p, *people[1:]]), plan, ["g"], ["h"])
        in_h = {person for person, id_ in groups_of(found) if id_ == "h"}
        assert "p" in in_h
        assert len(in_h) == capacity


def test_a_coach_is_of_one_of_two_regions() -> None:
    """Each region alone could fill the last place of the caseload."""
    groups = [group(id_, 2, is_coached=True) for id_ in ("g", "h")]
    people = [wishing("p", "g"), wishing("q", "h"), wishing("r", "h")]
    problem = gathered(groups, people, [coach("c", caseload=2)])
    visit = Window(0, 480, 540)
    plan = (Assignment("q", "h", 1, "c", visit),)
    assert groups_of(side_by_side(problem, plan, ["g"], ["h"])) == {("p", "g"), ("q", "h")}


def test_a_quota_is_of_one_of_two_regions() -> None:
    groups = [group("g"), group("h")]
    people = [
        replace(wishing(id_, wish), holds=(Hold("tag"),))
        for id_, wish in (("p", "g"), ("q", "h"), ("r", "h"))
    ]
    problem = replace(gathered(groups, people), quotas=(Quota(("g", "h"), "tag", 1),))
    assert len(side_by_side(problem, (), ["g"], ["h"])) == 1


def test_where_a_stop_was_asked_for_nothing_is_rounded() -> None:
    market = market_of(gathered([group("g")], [wishing("p", "g")]))
    everything = np.ones(len(market.options), dtype=bool)
    groups = np.ones(len(market.capacity), dtype=bool)
    region = Region(market, market.empty(), groups, everything, aim_of(market))
    found = relaxed(region, lambda: None, lambda: False)
    assert found is not None
    assert rounded(region, *found, (60.0,), lambda: 5.0, lambda: False) is not None
    assert rounded(region, *found, (60.0,), lambda: 5.0, lambda: True) is None
