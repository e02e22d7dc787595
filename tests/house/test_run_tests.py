"""The two processes of `make test`: what one leaves out the other runs, and a failure in either is a failure."""

from __future__ import annotations

import sys

import pytest

from tools import run_tests


def test_what_the_first_process_leaves_out_is_what_the_second_runs() -> None:
    first, second = run_tests.commands(["-m", "not slow"])
    left_out = [word.removeprefix("--ignore=") for word in first if word.startswith("--ignore=")]
    assert left_out
    assert second == [*(word for word in first if not word.startswith("--ignore=")), *left_out]


@pytest.mark.parametrize(("first", "second", "answer"), [(0, 0, 0), (1, 0, 1), (0, 1, 1), (2, 5, 1)])
def test_a_failure_in_either_process_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, first: int, second: int, answer: int
) -> None:
    ending = tuple([sys.executable, "-c", f"raise SystemExit({code})"] for code in (first, second))
    monkeypatch.setattr(run_tests, "commands", lambda _: ending)
    assert run_tests.main() == answer
