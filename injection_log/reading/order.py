"""Codes of cases, hidden repeats and the order of reading: pure, from the stored seed and a key of the site.

The same seed and key give the same codes and order, so an inspector makes them again; who knows the seed alone, as
every reader of the protocol does, learns nothing. No source of chance, no clock.
"""
from __future__ import annotations

import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise

_DIGITS = 8
_TELLING_LETTERS = 4
"""So many letters and digits do not stand in a code by chance."""


@dataclass(frozen=True)
class Draw:
    """For whom cases are coded and ordered: the campaign, the number of the package, the seed of the protocol."""

    campaign: str
    package: int
    seed: int


@dataclass(frozen=True)
class CodedCase:
    """One line of a package: the code a reader sees, the site's name of the case, whether it is the hidden repeat."""

    code: str
    case: str
    is_repeat: bool


def coded_cases(
    key: bytes, draw: Draw, cases: Sequence[str], repeats_percent: int, telling: Collection[str]
) -> tuple[CodedCase, ...]:
    """All lines of one package in the order of reading.

    `key` is the site's, 32 bytes. `telling` are texts (participants, visits, in letters and digits) that no code may
    hold. As many cases as the percentage asks for, rounded up, come twice; never one directly after the other.
    """
    lines: list[CodedCase] = []
    for case in cases:
        lines.append(CodedCase(_code(key, (draw, case, "first"), _taken(lines, telling)), case, False))
    repeated = sorted(lines, key=lambda one: _rank(draw, "repeat", one.code))[: -(-len(cases) * repeats_percent // 100)]
    for one in repeated:
        lines.append(CodedCase(_code(key, (draw, one.case, "again"), _taken(lines, telling)), one.case, True))
    for attempt in range(1_000):
        ordered = sorted(lines, key=lambda one: _rank(draw, f"order {attempt}", one.code))
        apart = all(one.case != after.case for one, after in pairwise(ordered))
        if apart or len(cases) < 3:
            return tuple(ordered)
    return tuple(ordered)


def ordered_as_a_and_b(draw: Draw, code: str) -> bool:
    """Whether the reading of the first package is shown as A to the adjudicator (else as B), by a hash of the code."""
    return _rank(draw, "A or B", code)[0] < 128


def _code(key: bytes, what: tuple[Draw, str, str], taken: Collection[str]) -> str:
    draw, case, which = what
    for attempt in range(10_000):
        words = ("injection-log reading 1", draw.campaign, str(draw.package), case, which, str(attempt))
        digest = hmac.digest(key, "\x00".join(words).encode("utf-8"), "sha256")
        digits = f"{int.from_bytes(digest[:8], 'big') % 10**_DIGITS:0{_DIGITS}d}"
        if not any(one in f"c{digits}" for one in taken):
            return f"C-{digits}"
    raise ValueError("no code is left that says nothing")


def _taken(lines: Sequence[CodedCase], telling: Collection[str]) -> set[str]:
    plain = {"".join(filter(str.isalnum, text)).casefold() for text in (*telling, *(one.code for one in lines))}
    return {text for text in plain if len(text) >= _TELLING_LETTERS}


def _rank(draw: Draw, what: str, code: str) -> bytes:
    return sha256("\x00".join((str(draw.seed), draw.campaign, str(draw.package), what, code)).encode("utf-8")).digest()
