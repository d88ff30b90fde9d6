"""Who is served, part by part: rates, profiles, flags, and no few people to be found."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.check import Facts
from scheduler.greedy import greedy
from scheduler.problem import Wish
from scheduler.questions.divisions import UnknownDivisionError, divisions
from scheduler.questions.fairness import fairness
from tests.scheduler.questions.crowd import crowd, placed
from tests.scheduler.small_problems import make_problem
from tests.scheduler.tiny_plan import ASSIGNMENTS, PROBLEM, changed

SEEDS = st.integers(0, 10_000)


def parts_of(found, number=0):
    return {" + ".join(part.labels): part for part in found.divisions[number].parts}


def test_each_part_has_its_numbers_and_the_lowest_comes_first():
    problem = crowd(40, 20, (20, 10))
    found = fairness(problem, placed(range(5, 25), range(25, 35)), "tag:tag")
    assert found.bands == ("rank 1", "rank 2", "unwished", "no group")
    assert found.whole.profile == (20, 10, 0, 10)
    assert (found.whole.served, found.whole.rate, found.whole.worst) == (30, 0.75, "rank 2")
    assert found.worst_rank == 2
    parts = parts_of(found)
    assert parts["with tag"].profile == (15, 0, 0, 5)
    assert parts["with tag"].worst == "rank 1"
    assert parts["without tag"].profile == (5, 10, 0, 5)
    assert parts["without tag"].mean_utility == (5 * 100 + 10 * 70) / 20
    low, high = parts["with tag"].interval
    assert low < 0.75 < high
    found = fairness(problem, placed(range(10, 40)), "tag:tag")
    assert list(parts_of(found)) == ["with tag", "without tag"]


def test_somebody_with_two_groups_counts_once_at_the_best_rank():
    found = fairness(PROBLEM, ASSIGNMENTS, "wishes", least=1)
    assert found.whole.profile == (2, 0, 1)
    assert found.whole.mean_utility == (100 + 70 + 100) / 3


def test_a_part_below_the_whole_is_flagged_only_beyond_chance():
    problem = crowd(40, 20, (20, 0))
    even = fairness(problem, placed(range(10, 30)), "tag:tag")
    assert not any(part.is_low for part in even.divisions[0].parts)
    uneven = parts_of(fairness(problem, placed(range(15, 35)), "tag:tag"))
    assert uneven["with tag"].is_low
    assert uneven["with tag"].chance < 0.01
    assert not uneven["without tag"].is_low


def test_the_more_parts_are_looked_at_the_more_it_takes():
    problem = crowd(40, 10, (20, 0))
    plan = placed(range(8, 28))  # 2 of 10, the others 18 of 30: a chance of 3.2 %
    alone = parts_of(fairness(problem, plan, "tag:tag", least=2))["with tag"]
    assert 0.025 < alone.chance < 0.05
    assert not alone.is_low  # two parts are looked at
    assert parts_of(fairness(problem, placed(range(9, 29)), "tag:tag"))["with tag"].is_low
    labels = {f"p{i:03}": str(i // 10) for i in range(40)}
    found = parts_of(fairness(problem, placed(range(10, 30)), labels))
    assert [label for label, part in found.items() if part.is_low] == ["0", "3"]


def test_small_parts_are_told_together():
    problem = crowd(40, 0, (20, 0))
    labels = {f"p{i:03}": "a" if i < 2 else "b" if i < 8 else "c" for i in range(40)}
    parts = parts_of(fairness(problem, placed(range(20)), labels))
    assert {label: part.number for label, part in parts.items()} == {"a + b": 8, "c": 32}


def test_few_served_are_masked_with_all_that_gives_them_away_but_flagged():
    problem = crowd(60, 30, (23, 0))
    found = fairness(problem, placed(range(27, 50)), "tag:tag")
    for part in found.divisions[0].parts:
        assert (part.number, part.served, part.rate, part.interval) == (30, None, None, None)
        assert (part.chance, part.mean_utility, part.worst) == (None, None, None)
    assert [part.labels for part in found.divisions[0].parts if part.is_low] == [("with tag",)]


def test_few_without_a_group_in_the_whole_are_not_told_at_all():
    problem = crowd(60, 12, (56, 0))
    found = fairness(problem, placed(range(4, 60)), "tag:tag")  # chance: one in 985
    assert found.bands[-1] == "rank 1 to no group"
    assert found.whole.served is None
    assert not any(part.is_low for part in found.divisions[0].parts)


def test_a_mean_that_would_tell_few_people_apart_is_not_told():
    problem = crowd(40, 20, (20, 10))
    found = fairness(problem, placed(range(10, 30), range(30, 33)), "tag:tag")
    assert found.bands == ("rank 1 to rank 2", "unwished", "no group")
    assert found.whole.served == 23
    assert found.whole.mean_utility is None
    assert parts_of(found)["with tag"].mean_utility == 50
    assert parts_of(found)["without tag"].mean_utility is None


def test_a_pinned_group_that_nobody_wished_is_told_apart():
    problem = crowd(20, 0, (20, 20))
    people = tuple(replace(p, wishes=(Wish(1, group="g0"),)) for p in problem.participants)
    problem = replace(problem, participants=people)
    found = fairness(problem, placed(range(8), range(8, 14)), "wishes")
    assert dict(zip(found.bands, found.whole.profile, strict=True)) == {
        "rank 1": 8,
        "unwished": 6,
        "no group": 6,
    }
    assert found.whole.worst == "rank 1"


def test_a_problem_without_people_has_nothing_to_tell():
    found = fairness(replace(PROBLEM, participants=()), [], "tags")
    assert (found.whole.number, found.whole.rate, found.divisions) == (0, None, ())


def test_fewer_people_than_are_told_are_not_told():
    found = fairness(PROBLEM, ASSIGNMENTS, "wishes")
    assert (found.whole.number, found.whole.served, found.worst_rank) == (None, None, None)
    assert found.whole.profile == (None,)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("tag:t", {"tag:t": {"with t": ["p0"], "without t": ["p1", "p2"]}}),
        ("needs", {"need:n": {"with n": ["p1"], "without n": ["p0", "p2"]}}),
        ("coach-skill:s", {"coach-skill:s": {"with s": ["p2"], "without s": ["p0", "p1"]}}),
        ("coach-skills", {"coach-skill:s": {"with s": ["p2"], "without s": ["p0", "p1"]}}),
        (
            "max-travel",
            {
                "max-travel": {
                    "no limit": ["p0"],
                    "up to 30 minutes": ["p1"],
                    "over 60 minutes": ["p2"],
                }
            },
        ),
        ("wishes", {"wishes": {"2": ["p0"], "1": ["p1"], "0": ["p2"]}}),
        (
            {"p0": "north", "p1": "south", "p9": "west"},
            {"label": {"north": ["p0"], "south": ["p1"], "without a label": ["p2"]}},
        ),
    ],
)
def test_people_are_divided(by, expected):
    problem = changed("participants", "p0", holds=crowd(1, 1, (0, 0)).participants[0].holds)
    problem = changed(
        "participants", "p0", problem, holds=(replace(problem.participants[0].holds[0], tag="t"),)
    )
    problem = changed("participants", "p1", problem, needs=frozenset("n"), max_travel_minutes=30)
    problem = changed(
        "participants", "p2", problem, coach_skills=frozenset("s"), max_travel_minutes=61
    )
    assert divisions(problem, by) == expected


@pytest.mark.parametrize("by", ["", "tag", "tag:", "tag:x", "s", "colour", "colours", "tag:\x00"])
def test_what_nobody_has_divides_nobody(by):
    with pytest.raises(UnknownDivisionError):
        divisions(crowd(3, 1, (1, 1)), by)


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, by=st.sampled_from(["tags", "needs", "max-travel", "wishes"]))
def test_what_is_told_is_what_a_count_by_hand_gives(seed: int, by: str):
    problem = make_problem(seed)
    plan = greedy(problem) or ()
    facts = Facts(problem)
    found = fairness(problem, plan, by, least=1)
    for division, labelled in zip(found.divisions, divisions(problem, by).values(), strict=True):
        for part in division.parts:
            members = set(labelled[part.labels[0]])
            mine = [line for line in plan if line.participant in members]
            best: dict[str, int] = {}
            for line in mine:
                if line.rank is not None:
                    best[line.participant] = min(best.get(line.participant, 999), line.rank)
            ranks = Counter(best.values())
            assert part.number == len(members)
            assert part.served == len({line.participant for line in mine})
            assert part.profile[: found.worst_rank or 0] == tuple(
                ranks[rank + 1] for rank in range(found.worst_rank or 0)
            )
            utilities = [
                facts.utility(facts.participants[line.participant], facts.groups[line.group])
                for line in mine
            ]
            assert part.mean_utility == pytest.approx(sum(utilities) / len(members))


@settings(max_examples=100, deadline=None)
@given(seed=SEEDS, by=st.sampled_from(["tags", "needs", "max-travel", "wishes"]))
def test_no_count_of_few_people_is_told(seed: int, by: str):
    problem = make_problem(seed)
    found = fairness(problem, greedy(problem) or (), by, least=3)
    parts = [found.whole, *(part for division in found.divisions for part in division.parts)]
    for part in parts:
        told = [part.number, part.served, *part.profile]
        if part.served is not None:
            told.append(part.number - part.served)
        assert not [count for count in told if count is not None and 0 < count < 3]
