"""The figures in docs/benchmarks.md are counted right: turns, pairs, medians, and a missed bound is called missed."""
from __future__ import annotations

import pytest

from tools.bench import report
from tools.bench.measuring import Figure, Ratio, at_most, interleaved, ratio


def test_the_ways_take_turns_and_the_order_turns_round():
    order = []
    interleaved({"ours": lambda: order.append("ours"), "theirs": lambda: order.append("theirs")}, 2, warm_up=False)
    assert order == ["ours", "theirs", "theirs", "ours"]


def test_a_way_that_times_itself_is_believed():
    assert interleaved({"ours": lambda: 0.25}, 3)["ours"] == [0.25, 0.25, 0.25]


def test_a_ratio_is_the_median_of_pairs_and_not_of_totals():
    times = {"ours": [1.0, 2.0, 30.0], "theirs": [2.0, 2.0, 10.0]}
    assert ratio(times, "ours", "theirs") == Ratio(median=1.0, low=0.5, high=3.0)


def test_a_ratio_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one repeat"):
        ratio({"ours": [], "theirs": []}, "ours", "theirs")


def test_a_missed_bound_is_called_missed_in_the_report(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(report, "REPORT", tmp_path / "benchmarks.md")
    found = Ratio(1.31, 1.2, 1.4)
    report.keep("pull", "Fetching", [at_most("study", found, 1.0, "getscu"), Figure("bytes", "1.000", "stored")])
    written = report.write(["pull", "search"]).read_text(encoding="utf-8")
    assert "| study | 1.31 x (1.20 to 1.40) | getscu | <= 1 x | **missed** |" in written
    assert "Not measured on this machine yet." in written
