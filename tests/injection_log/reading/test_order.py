"""Codes and order follow from the seed and the site's key alone, and say nothing by themselves."""
from __future__ import annotations

import re
from itertools import pairwise

import pytest

from injection_log.reading.order import Draw, coded_cases

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
CASES = [f"K{number:03d}" for number in range(1, 21)]


def lines(key: bytes = KEY, *, package: int = 1, seed: int = 7, percent: int = 10) -> list[tuple[str, str, bool]]:
    drawn = coded_cases(key, Draw("RC-1", package, seed), CASES, percent, ["SMG-07", "baseline"])
    return [(one.code, one.case, one.is_repeat) for one in drawn]


def test_the_same_seed_and_key_give_the_same_codes_and_order() -> None:
    assert lines() == lines()


@pytest.mark.parametrize("other", [{"package": 2}, {"key": OTHER_KEY}])
def test_another_reader_or_key_gives_other_codes(other: dict[str, object]) -> None:
    codes = {code for code, _, _ in lines()}
    assert not codes & {code for code, _, _ in lines(**other)}  # type: ignore[arg-type]


def test_another_seed_gives_another_order_of_the_same_first_codes() -> None:
    firsts = [[one for one in lines(seed=seed) if not one[2]] for seed in (7, 8)]
    assert sorted(firsts[0]) == sorted(firsts[1])
    assert firsts[0] != firsts[1]


@pytest.mark.parametrize(("percent", "repeats"), [(0, 0), (1, 1), (10, 2), (11, 3), (100, 20)])
def test_as_many_cases_as_asked_for_come_twice_rounded_up_and_never_in_a_row(percent: int, repeats: int) -> None:
    drawn = lines(percent=percent)
    assert sum(is_repeat for _, _, is_repeat in drawn) == repeats
    assert len({code for code, _, _ in drawn}) == len(CASES) + repeats
    assert all(one[1] != after[1] for one, after in pairwise(drawn))


def test_a_code_is_eight_digits_that_hold_no_id_of_digits() -> None:
    drawn = coded_cases(KEY, Draw("RC-1", 1, 7), CASES, 0, [f"{number:04d}" for number in range(0, 10_000, 7)])
    assert all(re.fullmatch(r"C-\d{8}", one.code) for one in drawn)
    held = {one.code[2:][place : place + 4] for one in drawn for place in range(5)}
    assert not any(int(four) % 7 == 0 for four in held)
