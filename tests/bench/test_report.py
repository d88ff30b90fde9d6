"""The report, and what a whole run writes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from scheduler import jsonio
from scheduler.problem import Pair, Problem
from scheduler.result import TierValue
from tests.bench.__main__ import main
from tests.bench.children import OUT_OF_TIME, Run
from tests.bench.harder import HARDER
from tests.bench.instances import FALLBACK, UnknownInstanceError, find, published
from tests.bench.measuring import Trial, try_method
from tests.bench.report import merged
from tests.bench.sections import Asked, comparison
from tests.scheduler.tiny_plan import PROBLEM, changed

ORDER = ("One", "Two", "Three")
RUN = Run(0, 1.234, 2.0, 50_000_000, "")


def saved(folder: Path, **problems: Problem) -> Path:
    for name, problem in problems.items():
        (folder / f"{name}.json").write_bytes(jsonio.dump_problem(problem))
    return folder


def trial(*served: object, broken=None) -> Trial:
    return Trial(RUN, None, broken or {}, (TierValue("served", *served),))


def test_a_section_takes_the_place_of_the_old_one_and_leaves_the_others():
    report = ""
    for title, text in (("Three", "c"), ("One", "a\n\n### part\n\nb"), ("Three", "d\n\ne")):
        report = merged(report, title, text, ORDER)
    assert report.endswith("## One\n\na\n\n### part\n\nb\n\n## Three\n\nd\n\ne\n")
    assert merged(report, "Three", "d\n\ne", ORDER) == report


def test_a_cell_says_the_value_and_the_bound_or_that_it_is_proven():
    cells = [
        comparison._cell(TierValue(*tier))
        for tier in (
            ("served", 99, 100, False),
            ("served", 99, 99, True),
            ("served", 99, None, False),
            ("travel", 120, 100, False),
            ("wishes", (3, 1), (4, 0), False),
        )
    ]
    assert cells == ["99 ≤ 100, 1.00 %", "99 ✓", "99", "120 ≥ 100, 20.00 %", "3 1 ≤ 4 0"]


def test_the_bound_of_an_invalid_plan_is_not_believed():
    unknown = published(Path("nowhere"), "tiny")
    trials = {
        "a": trial(90, 100, False),
        "b": trial(90, 80, False, broken={"tier": 1}),
        "c": None,
    }
    assert comparison._best_bound(trials, unknown) == 100


def test_trouble_and_broken_rules_are_told_in_words():
    assert Trial(RUN, OUT_OF_TIME, {}, ()).verdict == "out of time"
    assert trial(9, None, False, broken={"H1": 2, "H8": 1}).verdict == "invalid: H1 × 2, H8 × 1"
    assert trial(9, 9, True).verdict == "optimal"
    assert trial(9, 10, False).verdict == "valid"


def test_instances_are_found_by_name_and_unknown_ones_refused(tmp_path):
    saved(tmp_path, tiny=PROBLEM, other=PROBLEM)
    (tmp_path / "optima.json").write_text("[]")
    assert sorted(find(tmp_path)) == ["other", "tiny"]
    assert list(find(tmp_path, ["tiny"])) == ["tiny"]
    assert find(tmp_path / "nowhere") == find(FALLBACK)
    with pytest.raises(UnknownInstanceError, match="not lost"):
        find(tmp_path, ["tiny", "lost"])
    assert main(["--folder", str(tmp_path), "--instances", "lost"]) == 2


def test_a_missing_folder_is_said(tmp_path, capsys):
    assert main(["--folder", str(tmp_path / "nowhere"), "--instances", "lost"]) == 2
    assert "nowhere is not there" in capsys.readouterr().err


def test_published_figures_and_bounds_are_read(tmp_path):
    tier = {"name": "served", "value": 7, "bound": 8, "proven": False}
    row = {"instance": "tiny", "tiers": [tier], "seconds": 1.5, "greedy": {"served": 5}}
    (tmp_path / "optima.json").write_text(json.dumps([row]))
    known = published(tmp_path, "tiny")
    assert known.bound == 8
    assert [(label, tiers[0].value, seconds) for label, tiers, seconds in known.plans] == [
        ("first come, first served", 5, None),
        ("HiGHS alone", 7, 1.5),
    ]


def test_a_method_is_run_in_a_process_and_its_plan_judged(tmp_path):
    path = saved(tmp_path, tiny=PROBLEM) / "tiny.json"
    found = try_method("first-come", path, 20.0, 1 << 40)
    assert found.verdict == "valid"
    assert found.run.wall > 0
    assert {tier.name: tier.value for tier in found.tiers}["served"] == 5


def test_a_method_that_cannot_place_the_pins_says_so(tmp_path):
    crowded = changed("groups", "g1", capacity=1, problem=PROBLEM)
    crowded = replace(crowded, pins=(Pair("p0", "g1"), Pair("p1", "g1")))
    path = saved(tmp_path, tiny=crowded) / "tiny.json"
    found = try_method("first-come", path, 20.0, 1 << 40)
    assert found.verdict == "failed: the pinned pairs could not be placed as a list"


@pytest.mark.slow
def test_a_comparison_tells_time_memory_and_worth_of_every_method(tmp_path):
    folder = saved(tmp_path, tiny=PROBLEM)
    found = comparison.measure(Asked(folder, methods=("first-come", "highs", "ours")))
    lines = [line.split(" | ") for line in found.markdown.splitlines() if " | " in line]
    by_method = {line[0].removeprefix("| "): line[1:] for line in lines}
    for label, verdict in (
        ("first come, first served", "valid"),
        ("HiGHS, monolithic", "optimal"),
        ("ours", "optimal"),
    ):
        plan, wall, _cpu, megabytes, short, served, *_ = by_method[label]
        assert plan == verdict
        assert float(wall) > 0
        assert float(megabytes) > 5
        assert short == "0.00 %"
        assert served.removesuffix(" ✓") == "5"


@pytest.mark.slow
def test_a_method_that_fails_or_has_no_time_leaves_the_others_their_lines(tmp_path):
    folder = saved(tmp_path, tiny=PROBLEM)
    (folder / "broken.json").write_text("{}")
    asked = Asked(folder, methods=("first-come", "highs"), time_limit=0.0)
    text = comparison.measure(asked).markdown
    assert "| HiGHS, monolithic | out of time |" in text
    assert "| first come, first served | valid |" in text
    assert "failed: " in text


@pytest.mark.slow
def test_a_whole_run_writes_the_report_and_its_figures(tmp_path):
    pytest.importorskip("matplotlib", reason="make bench installs it")
    pytest.importorskip("matching", reason="make bench installs it")
    folder = saved(tmp_path, tiny=PROBLEM)
    output = tmp_path / "out"
    assert main(["--folder", str(folder), "--output", str(output), "--sizes", "2"]) == 0
    report = (output / "BENCH.md").read_text()
    assert report.index("## Instance by method") < report.index("## Growth")
    assert report.count("| optimal |") == 3 + len(HARDER)
    for figure in ("bench-comparison.svg", "bench-growth.svg"):
        assert f"]({figure})" in report
        assert "<svg" in (output / figure).read_text()


def test_the_same_figure_is_the_same_bytes(tmp_path):
    pytest.importorskip("matplotlib", reason="make bench installs it")
    from tests.bench.drawing import draw

    trials = {"tiny": {"ours": trial(9, 10, False)}}
    for name in ("one.svg", "two.svg"):
        draw(tmp_path / name, lambda figure: comparison._draw(figure, trials, {"tiny": 10}))
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
