"""Who looked: one event for each log-in and record, never in the way of reading, and never silently left out."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from injection_log.acts import facts, outputs, seeing, visits
from injection_log.acts.history import read_history
from injection_log.errors import Refused
from injection_log.ledger.errors import DiskFull, LedgerDamaged, LedgerError
from injection_log.record.values import VisitRecord
from injection_log.site import Session, Site, log_in
from injection_log.verify import verify


@pytest.fixture
def begun(injector: Session) -> VisitRecord:
    return visits.open_visit(injector, "SMG-07", "injection")


@pytest.fixture
def monitor(site: Site) -> Session:
    return log_in(site, "monitor", "practice-monitor")


def seen(site: Site) -> list[tuple[str, str]]:
    return [(event.kind, event.actor.user) for event in site.ledger.events() if event.kind.endswith("Seen")]


@contextmanager
def refusing(site: Site, error: LedgerError) -> Iterator[None]:
    """The log takes nothing, as on a full disk."""

    def refuse(*_: Any, **__: Any) -> None:
        raise error

    site.ledger.append = refuse  # type: ignore[method-assign, assignment]
    yield
    del site.ledger.append  # the method of the class again


def test_looking_at_a_record_is_one_event_a_log_in(site: Site, monitor: Session, begun: VisitRecord) -> None:
    for _ in range(3):
        visits.find_visit(monitor, "SMG-07", "injection")
        visits.open_visit(monitor, "SMG-07", "injection")
    assert seen(site) == [("RecordSeen", "monitor")]
    visits.find_visit(log_in(site, "monitor", "practice-monitor"), "SMG-07", "injection")
    assert seen(site) == [("RecordSeen", "monitor")] * 2


def test_whoever_begins_a_visit_is_not_written_down_twice(site: Site, injector: Session, begun: VisitRecord) -> None:
    visits.open_visit(injector, "SMG-07", "injection")
    assert seen(site) == []


def test_somebody_who_looks_is_never_in_the_way_of_somebody_who_writes(
    monitor: Session, injector: Session, begun: VisitRecord
) -> None:
    visits.find_visit(monitor, "SMG-07", "injection")
    seeing.note_seen(monitor, begun, "pictures")
    record = facts.set_fact(injector, begun, None, "kit_intact", "yes")
    assert record.facts["kit_intact"] == "yes"


def test_who_saw_names_everybody_with_role_and_time(monitor: Session, begun: VisitRecord) -> None:
    visits.find_visit(monitor, "SMG-07", "injection")
    seeing.note_seen(monitor, begun, "pictures")
    read_history(monitor, "SMG-07", "injection")
    found = seeing.who_saw(monitor, "SMG-07", "injection")
    assert [(one.printed_name, one.role, one.what) for one in found] == [
        ("Practice Injector", "injecting physician", "Visit begun"),
        ("Practice Monitor", "monitor", "Record looked at"),
        ("Practice Monitor", "monitor", "Pictures looked at"),
        ("Practice Monitor", "monitor", "History looked at"),
    ]
    assert all(one.when.endswith("(UTC+01:00)") for one in found)


def test_who_saw_leaves_out_a_visit_whose_name_begins_the_same(monitor: Session, begun: VisitRecord) -> None:
    assert len(seeing.who_saw(monitor, "SMG-07", "injection")) == 1
    assert seeing.who_saw(monitor, "SMG-07", "inject") == ()


def test_an_administrator_is_not_told_who_saw_a_record(site: Site, begun: VisitRecord) -> None:
    with pytest.raises(Refused, match="may not show history"):
        seeing.who_saw(log_in(site, "admin", "practice-admin"), "SMG-07", "injection")


def test_a_full_disk_blocks_no_reading_is_said_and_is_written_later_with_its_own_time(
    site: Site, monitor: Session, begun: VisitRecord
) -> None:
    with refusing(site, DiskFull("The disk is full.")):
        assert visits.find_visit(monitor, "SMG-07", "injection") == begun
        assert "could not be written" in seeing.unwritten_words(monitor)
    visits.list_visits(monitor)
    event = next(event for event in site.ledger.events() if event.kind == "RecordSeen")
    assert event.claimed_at
    assert event.claimed_at < event.recorded_at
    assert seeing.unwritten_words(monitor) == ""
    assert verify(site.home).ok


def test_a_damaged_log_is_not_read_on(site: Site, monitor: Session, begun: VisitRecord) -> None:
    with refusing(site, LedgerDamaged("The log is damaged.")), pytest.raises(LedgerDamaged):
        visits.find_visit(monitor, "SMG-07", "injection")


def test_nothing_leaves_while_its_event_cannot_be_written(
    site: Site, monitor: Session, begun: VisitRecord, tmp_path: Path
) -> None:
    with refusing(site, DiskFull("The disk is full.")), pytest.raises(DiskFull):
        outputs.export_kind(monitor, "table", tmp_path / "table")
    assert not (tmp_path / "table").exists()
