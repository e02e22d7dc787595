"""A log written before lengths had errors still verifies, is read, goes on, and prints what was signed then."""
from __future__ import annotations

from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest

from annotate.geometry import measured_to_json
from annotate.marks import AXES, Caliper, ImageUse, PlacedMark
from annotate.stored_marks import placed_to_json
from annotate.volume import GlandSize, gland_size, size_to_json
from dicom_io.calibration import Point, Scale
from dicom_io.image import Digests
from injection_log.acts import marks, visits
from injection_log.ledger.event import Change, EventDraft, Subject
from injection_log.record.rendering import sections_of
from injection_log.record.values import VisitRecord
from injection_log.site import Session
from injection_log.verify import verify

RIGHT = Subject("gland", "SMG-07", "baseline", "right")
SCALE = Scale("region", 0, Decimal("0.1"), Decimal("0.08"), "scanner region 1")
FILE = sha256(b"a picture of then").hexdigest()
SINCE = ("error_um", "errors_um", "volume_error_ul", "reading")


def as_then(stored: dict[str, Any]) -> dict[str, Any]:
    """A measurement in the form of version 1."""
    method = {**stored["method"], "version": "1"}
    return {name: value for name, value in stored.items() if name not in SINCE} | {"method": method}


def old_events() -> list[EventDraft]:
    """Three calipers, each an event with its mark, its length and the size so far."""
    known = {"calibration_state": "region", "sha256": FILE, "data_set_sha256": "b" * 64, "pixel_data_sha256": "c" * 64}
    image = Subject("image", id="1.2.826.0.1.3680043.9.1")
    drafts = [EventDraft("ImageKept", image, tuple(Change(name, None, value) for name, value in known.items()))]
    placed, size = [], None
    for index, axis in enumerate(AXES):
        on = ImageUse("1.2.826.0.1.3680043.9.1", 0, Digests(FILE, "b" * 64, "c" * 64))
        mark = PlacedMark(f"m{index}", "right", on, Caliper(axis, Point(10, 10), Point(10, 300 - index)), SCALE)
        placed.append(mark)
        changes = [
            Change(f"mark.m{index}", None, placed_to_json(mark)),
            Change(f"measured.m{index}", None, as_then(measured_to_json(mark))),
        ]
        found = gland_size(placed)
        if isinstance(found, GlandSize):
            size = as_then(size_to_json(found))
            changes.append(Change("size", None, size))
        drafts.append(EventDraft("CaliperPlaced", RIGHT, tuple(changes)))
    return drafts


@pytest.fixture
def old(injector: Session) -> VisitRecord:
    """A visit whose marks were written by the program of then."""
    record = visits.open_visit(injector, "SMG-07", "baseline")
    picture = injector.site.image_path(FILE)
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_bytes(b"a picture of then")
    injector.site.ledger.append(injector.actor, old_events(), protocol=injector.site.protocol.sha256)
    return visits.find_visit(injector, record.participant, record.visit)


def test_it_verifies_and_is_read_with_the_errors_that_follow(injector: Session, old: VisitRecord) -> None:
    assert verify(injector.site.home).ok
    size = old.glands["right"].size
    assert isinstance(size, GlandSize)
    assert size.volume_error_ul > 0
    assert old.glands["right"].measured["m0"]["method"] == {"name": "caliper", "version": "1"}


def test_it_goes_on_in_the_form_of_today(injector: Session, old: VisitRecord) -> None:
    marks.remove(injector, old, "right", "m2")
    assert verify(injector.site.home).ok


@pytest.mark.parametrize("field", ["length_um", "width_um", "volume_ul"])
def test_a_value_of_then_that_was_changed_is_named(injector: Session, old: VisitRecord, field: str) -> None:
    ledger = injector.site.ledger
    stored = ledger.values(RIGHT.key)["size"]
    assert isinstance(stored, dict)
    forged = Change("size", stored, {**stored, field: 1})
    ledger.append(injector.actor, [EventDraft("CaliperPlaced", RIGHT, (forged,))], protocol="p")
    wrong = verify(injector.site.home).first_wrong
    assert wrong is not None
    assert f"stored {field} is 1" in wrong.why
    del old


def test_a_text_signed_in_the_first_form_is_still_read_in_its_sections() -> None:
    text = "gland record, form 1\n\nRecord\n  Gland: RIGHT\n  Visit: Baseline: day 1\n\nSize\n  Length: 33.2 mm\n"
    sections = sections_of(text)
    assert [(one.title, one.rows) for one in sections] == [
        ("Record", (("Gland", "RIGHT"), ("Visit", "Baseline: day 1"))), ("Size", (("Length", "33.2 mm"),)),
    ]  # fmt: skip
