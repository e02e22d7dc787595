"""Volumes in figures and in words."""
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from injection_log.words import volume_figures, volume_in_words, whole_in_words


@pytest.mark.parametrize(
    ("ul", "figures", "words"),
    [
        (0, "0.00 ml", "zero point zero zero millilitres"),
        (50, "0.05 ml", "zero point zero five millilitres"),
        (500, "0.50 ml", "zero point five zero millilitres"),
        (1150, "1.15 ml", "one point one five millilitres"),
        (125, "0.125 ml", "zero point one two five millilitres"),
        (10_000, "10.00 ml", "ten point zero zero millilitres"),
        (-50, "-0.05 ml", "minus zero point zero five millilitres"),
    ],
)
def test_a_volume_in_figures_and_in_words(ul: int, figures: str, words: str) -> None:
    assert (volume_figures(ul), volume_in_words(ul)) == (figures, words)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "zero"), (13, "thirteen"), (20, "twenty"), (21, "twenty-one"), (100, "one hundred"),
        (342, "three hundred and forty-two"), (1000, "one thousand"),
        (12_345, "twelve thousand three hundred and forty-five"),
    ],
)
def test_a_whole_number_in_words(number: int, words: str) -> None:
    assert whole_in_words(number) == words


@given(st.integers(0, 99_999), st.integers(0, 99_999))
def test_different_volumes_never_sound_alike(one: int, other: int) -> None:
    assert (volume_in_words(one) == volume_in_words(other)) is (one == other)


@given(st.integers(0, 99_999))
def test_figures_give_back_the_microlitres(ul: int) -> None:
    assert round(float(volume_figures(ul).removesuffix(" ml")) * 1000) == ul


def test_a_number_too_large_for_words_is_refused() -> None:
    with pytest.raises(ValueError, match="below a million"):
        whole_in_words(1_000_000)
