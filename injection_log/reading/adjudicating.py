"""What an adjudicator does: sees two readings of a case as A and B, without names, and chooses one for each gland.

Which reader A is, no package says. The list, the next case and the lock are the reader's (`reading_acts`).
"""
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from annotate.marks import Side
from injection_log.errors import Refused
from injection_log.reading.case import DECISION, Case, Which, read_subject
from injection_log.reading.reading_acts import known_case, require, write_open

if TYPE_CHECKING:
    from injection_log.reading.package_home import ReaderSession


def side_by_side(session: ReaderSession, case: Case, side: Side) -> Mapping[Which, Mapping[str, Any]]:
    """Both readings of one gland of an open case: volume (microlitres), grades, quality, and marks on the copies."""
    stands = known_case(session, case.code)
    require(session, "decide_gland", stands.state)
    return {which: reading[side] for which, reading in stands.shown.items()}


def decide(session: ReaderSession, case: Case, side: Side, which: Which) -> Case:
    """Choose reading A or B of one gland. Raises Refused."""
    stands = known_case(session, case.code)
    require(session, "decide_gland", stands.state)
    if which not in stands.shown or side not in stands.glands:
        raise Refused("no_such_reading", "Choose reading A or reading B of a gland of this case.")
    return write_open(session, stands, ("GlandDecided", read_subject(case.code, side)), {DECISION: which})
