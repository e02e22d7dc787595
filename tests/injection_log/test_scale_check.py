"""Cross-checks: a line on the burned-in ruler, the printed length, and how far the calibration is from it."""
from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from kept_once import import_kept, keep_once

from annotate.marks import Caliper
from annotate.scale_check import CalibrationCheck, checked
from dicom_io.calibration import Point
from dicom_io.line_scale import scale_beside
from dicom_io.phantom import ParticipantTruth
from dicom_io.reading import read_image
from injection_log.acts import exports, marks, scales, signing, visits
from injection_log.acts.studies import FolderFindings
from injection_log.errors import Refused
from injection_log.ledger.event import Change, EventDraft, Subject
from injection_log.record.table import gland_table
from injection_log.record.values import VisitRecord
from injection_log.site import Session, log_in
from injection_log.verify import verify

# 0 to 30 mm of the phantom's ruler, which stands beside the 2D region; printed below are centimetres.
RULER = CalibrationCheck(Point(44, 727), Point(502, 727), 30_000, "ruler")


@pytest.fixture(scope="module")
def still(phantom_visit: ParticipantTruth, tmp_path_factory: pytest.TempPathFactory) -> tuple[FolderFindings, Path]:
    """One still of the phantom."""
    images = tmp_path_factory.mktemp("still") / "images"
    return keep_once([min(phantom_visit.visits[0].files, key=lambda path: path.stat().st_size)], images), images


@pytest.fixture
def record(injector: Session, still: tuple[FolderFindings, Path]) -> VisitRecord:
    """An injection visit with that still and a caliper on it."""
    opened = visits.confirm_identifiers(injector, visits.open_visit(injector, "SMG-07", "injection"))
    found = import_kept(injector, opened, *still)
    caliper = Caliper("length", Point(300, 200), Point(300, 400))
    return marks.place(injector, found, "right", (found.images[0].sop_instance_uid, 0), caliper)


@pytest.fixture
def uid(record: VisitRecord) -> str:
    """The marked picture."""
    return record.images[0].sop_instance_uid


def test_a_ruler_beside_the_region_is_checked_and_kept_with_the_image(injector, record, uid) -> None:
    kept = scales.check_against(injector, record, (uid, 0), RULER)
    (check,) = kept.image(uid).scale_checks
    assert check.checked.calibrated_um == pytest.approx(458 * 65.5, abs=1)
    assert (check.checked.is_beyond, check.checked.warning) == (False, "")
    assert signing.cautions(injector, kept, "right") == ()
    *_, last = injector.site.ledger.events()
    assert (last.kind, last.subject.key) == ("ScaleChecked", f"image:{uid}")
    assert verify(injector.site.home).ok


def test_a_difference_beyond_reading_warns_everywhere_and_blocks_nothing(injector, record, uid) -> None:
    before = signing.missing(injector, record, "right")
    kept = scales.check_against(injector, record, (uid, 0), replace(RULER, printed_um=33_000))
    (caution,) = signing.cautions(injector, kept, "right")
    assert "(-9.1 %)" in caution.sentence
    assert signing.missing(injector, kept, "right") == before
    assert signing.cautions(injector, kept, "left") == ()
    rows = dict(next(s.rows for s in signing.render(injector, kept, "right").sections if s.title == "Scale"))
    assert "DIFFERS" in rows["Cross-check"]
    assert caution.sentence in exports.sheet_content(injector, kept, "right").notices
    right, left = gland_table([kept], injector.site.protocol, "test").rows
    assert (str(right["scale_check_worst_percent"]), left["scale_checks"]) == ("-9.09", None)


@pytest.mark.parametrize(("printed_um", "beyond"), [(30_000, False), (30_550, False), (30_700, True), (29_300, True)])
def test_two_percent_and_the_reading_error_are_let_pass(phantom_visit, printed_um, beyond) -> None:
    image = read_image(phantom_visit.visits[0].files[0])
    scale = scale_beside(image, RULER.start, RULER.end)
    assert checked(replace(RULER, printed_um=printed_um), scale).is_beyond is beyond
    short = CalibrationCheck(Point(44, 727), Point(48, 727), 272, "vendor_caliper")  # 4 % off, within half a pixel
    assert not checked(short, scale).is_beyond


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"printed_um": 0}, "size_out_of_range"), ({"printed_um": 300_001}, "size_out_of_range"),
        ({"end": Point(44, 727)}, "same_point"), ({"end": Point(700, 727)}, "outside_image"),
        ({"end": Point(float("nan"), 727)}, "malformed_mark"),
    ],
)  # fmt: skip
def test_a_check_that_says_nothing_is_refused(injector, record, uid, changes, code) -> None:
    with pytest.raises(Refused) as refused:
        scales.check_against(injector, record, (uid, 0), replace(RULER, **changes))
    assert refused.value.code == code


def test_a_check_laid_wrongly_is_withdrawn_with_a_reason(injector, record, uid) -> None:
    kept = scales.check_against(injector, record, (uid, 0), replace(RULER, printed_um=33_000))
    (check,) = kept.image(uid).scale_checks
    with pytest.raises(Refused, match="Say why"):
        scales.withdraw_check(injector, kept, uid, check.check_id, "")
    gone = scales.withdraw_check(injector, kept, uid, check.check_id, "read the wrong digit")
    assert gone.image(uid).scale_checks == ()
    with pytest.raises(Refused, match="no longer there"):
        scales.withdraw_check(injector, gone, uid, check.check_id, "twice")


def test_two_people_may_check_one_picture_and_both_are_kept(site, injector, record, uid) -> None:
    operator = log_in(site, "operator", "practice-operator")
    scales.check_against(operator, record, (uid, 0), RULER)
    both = scales.check_against(injector, record, (uid, 0), RULER)
    assert {one.by.user for one in both.image(uid).scale_checks} == {"operator", "injector"}
    rows = next(s.rows for s in signing.render(injector, both, "right").sections if s.title == "Scale")
    assert [label for label, _ in rows] == ["Cross-check", "Cross-check 2"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"calibrated_um": 30_000}, "does not follow"), ({"against": ["ruler"]}, "cannot be read again")],
)
def test_verify_names_a_check_that_does_not_follow_from_its_line(injector, record, uid, changes, sentence) -> None:
    kept = scales.check_against(injector, record, (uid, 0), RULER)
    check, site = kept.image(uid).scale_checks[0], injector.site
    stored = check.to_json()
    forged = {**stored, "checked": {**stored["checked"], **changes}}
    change = Change(f"scale_check.{check.check_id}", stored, forged)
    draft = EventDraft("ScaleChecked", Subject("image", id=uid), (change,))
    site.ledger.append(injector.actor, [draft], protocol=site.protocol.sha256)
    wrong = verify(site.home).first_wrong
    assert wrong is not None
    assert (wrong.what, wrong.sequence) == ("measurement", site.ledger.head()[0])
    assert sentence in wrong.why
