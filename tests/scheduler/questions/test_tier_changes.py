"""What is said of the change of a best value: exact, between bounds, or nothing."""

from __future__ import annotations

from scheduler.questions.tier_changes import TierChange, in_words, tier_changes, tier_text
from scheduler.result import TierValue


def proven(name, value, bound=None) -> TierValue:
    return TierValue(name, value, value if bound is None else bound, proven=True)


def open_(name, value, bound) -> TierValue:
    return TierValue(name, value, bound, proven=False)


def test_between_two_proofs_the_change_is_exact_whatever_slack_left_in_the_plans():
    (change,) = tier_changes([proven("wishes", 95, 100)], [proven("wishes", 88, 90)])
    assert change == TierChange("wishes", 100, 90, -10, -10, is_exact=True)
    assert in_words(change) == "wishes 100 -> 90 (-10)"
    assert tier_text(proven("served", 3)) == "served 3, proven"


def test_without_a_proof_the_change_stands_between_the_bounds():
    (change,) = tier_changes([open_("wishes", 100, 110)], [open_("wishes", 90, 95)])
    assert change == TierChange("wishes", 100, 90, -20, -5, is_exact=False)
    assert in_words(change) == "wishes 100 -> 90 (not proven: between -20 and -5)"
    (change,) = tier_changes([proven("travel", 50)], [open_("travel", 60, 55)])
    assert (change.least, change.most) == (5, 10)
    assert tier_text(open_("served", 3, None)) == "served 3, bound ?"


def test_after_a_tier_that_is_not_exact_nothing_is_said_of_the_best_values():
    before = [open_("served", 10, 11), open_("wishes", 100, 120)]
    after = [proven("served", 9), proven("wishes", 90)]
    served, wishes = tier_changes(before, after)
    assert (served.least, served.most, served.is_exact) == (-2, -1, False)
    assert wishes == TierChange("wishes", 100, 90, None, None, is_exact=False)
    assert in_words(wishes) == "wishes 100 -> 90 (not proven)"


def test_without_a_bound_nothing_is_known():
    (change,) = tier_changes([proven("served", 10)], [open_("served", 9, None)])
    assert (change.least, change.most) == (None, None)


def test_a_profile_is_told_by_its_two_values():
    (change,) = tier_changes([proven("wishes", (3, 1))], [proven("wishes", (2, 2))])
    assert change == TierChange("wishes", (3, 1), (2, 2), None, None, is_exact=True)
    assert in_words(change) == "wishes [3, 1] -> [2, 2]"
