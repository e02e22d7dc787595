"""Reads the course of one visit for whoever may see its history; it writes nothing and looks at no picture."""
from __future__ import annotations

from typing import TYPE_CHECKING

from injection_log.acts.history import events_about
from injection_log.acts.writing import require
from injection_log.record.reading import gland_subject, visit_subject
from injection_log.record.timeline import Moment, timeline
from injection_log.record.values import SIDES

if TYPE_CHECKING:
    from injection_log.record.values import VisitRecord
    from injection_log.site import Session


def timeline_of(session: Session, record: VisitRecord) -> tuple[Moment, ...]:
    """Give the moments of a visit in order. Raises Refused where the role may not see its history."""
    require(session, "show_history")
    place = (record.participant, record.visit)
    subjects = (visit_subject(*place), *(gland_subject(*place, side) for side in SIDES))
    return timeline(record, events_about(session, subjects))
