"""Numbers in words, read back to a person before a signature and printed beside the figures.

A volume is read digit by digit after the point, as it is spoken at the bedside ("zero point five zero"), so
that every figure has its word. Deliberately English only, and deliberately not shortened: 0.50 and 0.05 must
not sound alike. Danish comes with the translated window.
"""
from __future__ import annotations

_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_UNDER_TWENTY = (
    *_DIGITS, "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
    "eighteen", "nineteen",
)
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_UL_PER_ML = 1000
_LARGEST = 1_000_000


def volume_figures(ul: int) -> str:
    """Microlitres as millilitres: `0.50 ml`; with three decimals where the third is not zero: `0.125 ml`."""
    whole, decimals = _parts(ul)
    return f"{'-' if ul < 0 else ''}{whole}.{decimals} ml"


def volume_range(lowest_ul: int, highest_ul: int) -> str:
    """Two volumes in microlitres as a range with one unit: `0.90 to 1.10 ml`."""
    return f"{volume_figures(lowest_ul).removesuffix(' ml')} to {volume_figures(highest_ul)}"


def volume_in_words(ul: int) -> str:
    """The same figures spoken digit by digit after the point: 500 is `zero point five zero millilitres`."""
    whole, decimals = _parts(ul)
    spoken = " ".join(_DIGITS[int(digit)] for digit in decimals)
    return f"{'minus ' if ul < 0 else ''}{whole_in_words(whole)} point {spoken} millilitres"


def whole_in_words(number: int) -> str:
    """A whole number below a million in words; ValueError beyond that."""
    if not 0 <= number < _LARGEST:
        raise ValueError("only whole numbers from zero to below a million are said in words")
    thousands, rest = divmod(number, 1000)
    if not thousands:
        return _below_thousand(rest)
    head = f"{_below_thousand(thousands)} thousand"
    return f"{head} {_below_thousand(rest)}" if rest else head


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    if not hundreds:
        return _below_hundred(rest)
    head = f"{_DIGITS[hundreds]} hundred"
    return f"{head} and {_below_hundred(rest)}" if rest else head


def _below_hundred(number: int) -> str:
    if number < len(_UNDER_TWENTY):
        return _UNDER_TWENTY[number]
    tens, ones = divmod(number, 10)
    return f"{_TENS[tens]}-{_DIGITS[ones]}" if ones else _TENS[tens]


def _parts(ul: int) -> tuple[int, str]:
    """Whole millilitres, and two decimals or, where microlitres would be lost, three."""
    whole, thousandths = divmod(abs(ul), _UL_PER_ML)
    decimals = f"{thousandths:03d}"
    return whole, decimals[:2] if decimals.endswith("0") else decimals
