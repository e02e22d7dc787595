"""A scale set by hand: who, when and why; flagged on every number; changed, cleared, measured again; verified."""
from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from kept_once import import_kept, keep_without_and_with_scale

from annotate.geometry import measured_to_json
from annotate.marks import AXES, Caliper
from annotate.readout import BY_HAND
from annotate.scale_check import CalibrationCheck
from annotate.stored_marks import placed_from_json
from dicom_io.calibration import Point, RefusedCalibration
from dicom_io.hand_scale import HandScale, RulerLine
from dicom_io.phantom import ParticipantTruth
from injection_log.acts import amending, exports, marks, scales, signing, visits
from injection_log.acts.studies import FolderFindings
from injection_log.errors import Refused
from injection_log.ledger.errors import ChangedMeanwhile
from injection_log.ledger.event import Change, EventDraft, Subject
from injection_log.practice.story import VISIT_FACTS, set_facts, sign
from injection_log.protocol.reading import practice_protocol_text, read_protocol
from injection_log.record.table import gland_table
from injection_log.record.values import VisitRecord
from injection_log.site import Session, Site, log_in
from injection_log.verify import verify

# The phantom's pixels: 0.0655 mm down, 0.0712 mm across; its ruler is marked every 5 mm.
DOWN = RulerLine(Point(44, 727), Point(502.02, 727), 30_000)
ACROSS = RulerLine(Point(300, 100), Point(300, 521.35), 30_000)
LINE = Caliper("length", Point(300, 200), Point(300, 400))


@pytest.fixture(scope="module")
def uncalibrated(
    phantom_visit: ParticipantTruth, tmp_path_factory: pytest.TempPathFactory
) -> tuple[FolderFindings, Path]:
    """One phantom still twice: once without its regions, and once as it is under another identity."""
    return keep_without_and_with_scale(phantom_visit.visits[0].files, tmp_path_factory.mktemp("uncalibrated"))


@pytest.fixture
def record(injector: Session, uncalibrated: tuple[FolderFindings, Path]) -> VisitRecord:
    """A baseline visit with both pictures."""
    opened = visits.confirm_identifiers(injector, visits.open_visit(injector, "SMG-07", "baseline"))
    return import_kept(injector, opened, *uncalibrated)


@pytest.fixture
def uid(record: VisitRecord) -> str:
    """The picture without a scale."""
    return next(one.sop_instance_uid for one in record.images if one.calibration_state == "none")


@pytest.fixture
def measured(injector: Session, record: VisitRecord, uid: str) -> VisitRecord:
    """The scale set by two rulers, and the three calipers of the right gland measured with it."""
    record = scales.set_by_hand(injector, record, (uid, 0), [DOWN, ACROSS])
    for axis in AXES:
        record = marks.place(injector, record, "right", (uid, 0), replace(LINE, axis=axis))
    return record


def test_without_a_scale_nothing_is_measured_and_with_one_it_is(injector, record, uid) -> None:
    with pytest.raises(Refused, match="pixels stay pixels"):
        marks.place(injector, record, "right", (uid, 0), LINE)
    record = scales.set_by_hand(injector, record, (uid, 0), [DOWN, ACROSS])
    placed = marks.place(injector, record, "right", (uid, 0), LINE).glands["right"].marks[0]
    length_mm = placed.scale.length_mm(LINE.start, LINE.end)
    assert (placed.scale.kind, length_mm) == ("manual", pytest.approx(200 * 0.0712, rel=1e-5))


def test_setting_a_scale_is_an_event_on_the_image_with_who_and_when(injector, record, uid) -> None:
    scales.set_by_hand(injector, record, (uid, 0), [DOWN])
    *_, last = injector.site.ledger.events()
    assert (last.kind, last.subject.key, last.actor.user) == ("ScaleSetByHand", f"image:{uid}", "injector")
    stored = last.changes[0].new
    assert (stored["by"]["user"], stored["hand"]["lines"][0]["length_um"]) == ("injector", 30_000)


def test_every_number_says_that_its_scale_was_set_by_hand(injector, measured) -> None:
    measured = set_facts(injector, measured, None, VISIT_FACTS)
    rendering = signing.render(injector, measured, "right")
    size = dict(next(section.rows for section in rendering.sections if section.title == "Size"))
    assert all(BY_HAND in size[name] for name in ("Length", "Width", "Depth", "Gland volume"))
    scale = dict(next(section.rows for section in rendering.sections if section.title == "Scale"))
    assert "30 mm down" in scale[BY_HAND]
    assert "by Practice Injector, 2026-11-22" in scale[BY_HAND]
    content = exports.sheet_content(injector, measured, "right")
    assert BY_HAND in content.notices[0]
    row, other = gland_table([measured], injector.site.protocol, "test").rows
    assert (row["scale_kind"], row["scale_set_by"] is None, other["scale_set_by"]) == ("manual", False, None)
    assert "= 30.000 mm and" in str(row["scale_rulers"])


def test_the_error_of_a_scale_drawn_along_a_very_long_ruler_is_not_shown_as_nothing(injector, measured, uid) -> None:
    image = measured.image(uid)
    long = replace(image.hand_scale, hand=HandScale((RulerLine(Point(0, 0), Point(2000, 0), 120_000),)))
    others = tuple(one for one in measured.images if one is not image)
    record = replace(measured, images=(replace(image, hand_scale=long), *others))
    assert "within 0.1 %" in signing.render(injector, record, "right").text


def test_two_scales_on_one_frame_have_no_scale_bar_in_common_and_no_setter_of_the_old_one(
    injector, measured, uid, monkeypatch
) -> None:
    changed = scales.set_by_hand(injector, measured, (uid, 0), [DOWN], "one ruler is enough")
    row, _ = gland_table([changed], injector.site.protocol, "test").rows
    assert (row["scale_kind"], row["scale_set_by"], row["scale_rulers"]) == ("manual", None, None)
    changed = marks.place(injector, changed, "right", (uid, 0), LINE)
    bars = []
    monkeypatch.setattr(
        "annotate.picture.draw_marked_picture", lambda frame, *_, scale_bar, **__: bars.append(scale_bar) or frame
    )
    for record in (measured, changed):
        exports.marked_pictures(injector, record, "right")
    assert bars == [measured.image(uid).hand_scale.scale, None]


def test_under_a_scale_set_by_hand_depth_is_counted_from_the_top_of_the_2d_region(injector, record) -> None:
    trusted = next(one for one in record.images if one.calibration_state == "region")
    header = injector.site.image_header(trusted.sha256)
    tip, why = Point(300, 300), RefusedCalibration("not trusted")
    top = header.regions[0].box[0]
    unscaled = tuple(replace(one, usable=False) for one in header.regions)
    outside = replace(unscaled[0], index=9, box=(0, 0, header.rows + 9, 10))
    assert top > 0
    assert marks.default_skin_row(replace(header, regions=unscaled, calibration=why), tip) == top
    assert marks.default_skin_row(replace(header, regions=(*unscaled, outside), calibration=why), tip) == 0


def test_what_was_measured_by_hand_can_be_signed_and_the_log_verifies(injector, measured, uid) -> None:
    signed = sign(injector, set_facts(injector, measured, None, VISIT_FACTS), "right")
    assert BY_HAND in signed.glands["right"].signature.rendering
    assert verify(injector.site.home).ok
    with pytest.raises(Refused, match="signed with marks"):
        scales.clear(injector, signed, uid, "wrong ruler")


def test_a_changed_scale_names_its_marks_and_blocks_signing_until_they_are_measured_again(
    injector, measured, uid
) -> None:
    measured = set_facts(injector, measured, None, VISIT_FACTS)
    assert signing.missing(injector, measured, "right") == ()
    longer = replace(DOWN, length_um=33_000), replace(ACROSS, length_um=33_000)
    changed = scales.set_by_hand(injector, measured, (uid, 0), longer, "the ruler's end was misread")
    owed = signing.missing(injector, changed, "right")
    assert len(owed) == 3
    assert all("measure it again" in one.sentence for one in owed)
    events = len(list(injector.site.ledger.events()))
    again = scales.measure_again(injector, changed, uid)
    assert len(list(injector.site.ledger.events())) == events + 1
    assert signing.missing(injector, again, "right") == ()
    assert again.glands["right"].size.length_um == pytest.approx(1.1 * measured.glands["right"].size.length_um, abs=2)
    assert verify(injector.site.home).ok


def test_marks_of_both_glands_are_measured_again_in_one_transaction(injector, measured, uid) -> None:
    both = marks.place(injector, measured, "left", (uid, 0), LINE)
    both = scales.set_by_hand(injector, both, (uid, 0), [DOWN], "one ruler is enough")
    again = scales.measure_again(injector, both, uid)
    kinds = [event.kind for event in injector.site.ledger.events()]
    assert kinds[-2:] == ["MarksMeasuredAgain"] * 2
    assert {one.scale for gland in again.glands.values() for one in gland.marks} == {again.image(uid).hand_scale.scale}


def test_a_cleared_scale_leaves_marks_that_cannot_be_signed_or_measured_again(injector, measured, uid) -> None:
    cleared = scales.clear(injector, measured, uid, "wrong picture")
    assert cleared.image(uid).hand_scale is None
    assert any("measure it again" in one.sentence for one in signing.missing(injector, cleared, "right"))
    with pytest.raises(Refused, match="pixels stay pixels"):
        scales.measure_again(injector, cleared, uid)
    assert verify(injector.site.home).ok


@pytest.mark.parametrize("reason", ["", "  ", "x" * 401, "smells of DMSO"])
def test_a_scale_is_replaced_only_with_a_reason_that_may_be_kept(injector, measured, uid, reason) -> None:
    head = injector.site.ledger.head()
    with pytest.raises(Refused):
        scales.set_by_hand(injector, measured, (uid, 0), [DOWN], reason)
    with pytest.raises(Refused):
        scales.clear(injector, measured, uid, reason)
    assert injector.site.ledger.head() == head


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "rulers_disagree"), ([DOWN, DOWN], "rulers_disagree"), ([DOWN, ACROSS, ACROSS], "rulers_disagree"),
        ([replace(DOWN, end=Point(60, 727))], "ruler_too_short"), ([replace(DOWN, length_um=0)], "malformed_number"),
        ([replace(DOWN, length_um=3_000)], "scale_not_trusted"),
        ([DOWN, replace(ACROSS, length_um=3_000)], "rulers_disagree"),
        ([replace(DOWN, end=Point(float("nan"), 727))], "outside_image"),
        ([replace(DOWN, end=Point(900, 727))], "outside_image"),
    ],
)  # fmt: skip
def test_lines_that_give_no_scale_are_refused_in_words(injector, record, uid, lines, code) -> None:
    with pytest.raises(Refused) as refused:
        scales.set_by_hand(injector, record, (uid, 0), lines)
    assert (refused.value.code, refused.value.why.endswith(".")) == (code, True)


def test_a_picture_with_a_trusted_scale_is_never_scaled_by_hand(injector, record) -> None:
    trusted = next(one for one in record.images if one.calibration_state == "region")
    with pytest.raises(Refused, match="scale of its own"):
        scales.set_by_hand(injector, record, (trusted.sop_instance_uid, 0), [DOWN])


def test_the_protocol_may_forbid_it(injector, record, uid) -> None:
    text = practice_protocol_text().replace('hand_scale = "allowed"', 'hand_scale = "forbidden"')
    injector.site.protocol = read_protocol(text)
    with pytest.raises(Refused, match="does not allow"):
        scales.set_by_hand(injector, record, (uid, 0), [DOWN])


def test_a_scale_that_somebody_else_set_meanwhile_is_not_overwritten_unseen(site, injector, record, uid) -> None:
    operator = log_in(site, "operator", "practice-operator")
    scales.set_by_hand(operator, record, (uid, 0), [DOWN])
    with pytest.raises(ChangedMeanwhile):
        scales.set_by_hand(injector, record, (uid, 0), [ACROSS])


def test_nothing_is_measured_with_a_scale_that_somebody_else_set_unseen(site, injector, record, uid) -> None:
    shown = scales.set_by_hand(injector, record, (uid, 0), [DOWN, ACROSS])
    operator = log_in(site, "operator", "practice-operator")
    scales.set_by_hand(operator, shown, (uid, 0), [DOWN], "the other ruler is of another picture")
    with pytest.raises(ChangedMeanwhile):
        marks.place(injector, shown, "right", (uid, 0), LINE)


@pytest.mark.parametrize("user", ["monitor", "admin"])
def test_who_looks_on_sets_no_scale(site: Site, record, uid, user) -> None:
    with pytest.raises(Refused, match="may not"):
        scales.set_by_hand(log_in(site, user, f"practice-{user}"), record, (uid, 0), [DOWN])


def test_verify_names_a_mark_measured_with_a_scale_that_did_not_stand(injector, measured, uid) -> None:
    site, subject = injector.site, Subject("gland", "SMG-07", "baseline", "right")
    scales.clear(injector, measured, uid, "wrong picture")
    values = site.ledger.values(subject.key)
    name = next(name for name in values if name.startswith("mark."))
    mark_id = name.removeprefix("mark.")
    copy = {**values[name], "mark_id": f"{mark_id}x"}
    new = {f"mark.{mark_id}x": copy, f"measured.{mark_id}x": values[f"measured.{mark_id}"]}
    changes = tuple(Change(field, None, value) for field, value in new.items())
    site.ledger.append(injector.actor, [EventDraft("CaliperPlaced", subject, changes)], protocol=site.protocol.sha256)
    wrong = verify(site.home).first_wrong
    assert wrong is not None
    assert "not the one set by hand" in wrong.why


@pytest.mark.parametrize(
    ("forged", "sentence"),
    [("measured", "stored length_um"), ("size", "stored length_um"), ("mark_only", "does not name its method"),
     ("measured_only", "cannot be measured again"), ("scanner's", "that its picture does not have"),
     ("picture", "does not have"), ("side", "another name or gland")],
)  # fmt: skip
def test_verify_names_a_number_forged_beside_its_mark(injector, measured, forged, sentence) -> None:
    site, subject = injector.site, Subject("gland", "SMG-07", "baseline", "right")
    values = site.ledger.values(subject.key)
    name = next(name for name in values if name.startswith("mark."))
    mark, result = values[name], name.replace("mark.", "measured.")
    scanners = {**mark["scale"], "kind": "region", "source": "scanner region 1"}
    scanners.pop("relative_error")
    size = {**values["size"], "length_um": 1}
    new = {
        "measured": {result: {**values[result], "length_um": 1}}, "size": {"size": size}, "mark_only": {result: None},
        "measured_only": {name: None}, "scanner's": {name: {**mark, "scale": scanners}},
        "picture": {name: {**mark, "on": {**mark["on"], "sop_instance_uid": "1.2.3"}}},
        "side": {name: {**mark, "side": "left"}},
    }[forged]  # fmt: skip
    if forged == "scanner's":  # measured as a scanner's would be, without the scale's own error
        new[result] = measured_to_json(placed_from_json(new[name]))
    changes = tuple(Change(field, values[field], value) for field, value in new.items())
    site.ledger.append(injector.actor, [EventDraft("MarkMoved", subject, changes)], protocol=site.protocol.sha256)
    wrong = verify(site.home).first_wrong
    assert wrong is not None
    assert (wrong.what, wrong.sequence) == ("measurement", site.ledger.head()[0])
    assert sentence in wrong.why


@pytest.mark.parametrize("part", ["user", "lines", "trusted", "offset", "frame"])
def test_verify_names_a_scale_that_was_not_set_as_it_says(injector, record, uid, part) -> None:
    set_record = scales.set_by_hand(injector, record, (uid, 0), [DOWN])
    stored = set_record.image(uid).hand_scale.to_json()
    target = uid
    if part == "user":
        stored["by"] = {**stored["by"], "user": "somebody"}
    if part == "offset":
        stored["by"] = {**stored["by"], "offset_minutes": 10**12}
    if part == "frame":
        stored["by"] = {**stored["by"], "frame": -1}
    if part == "lines":
        stored["hand"] = {**stored["hand"], "lines": []}
    if part == "trusted":
        target = next(one.sop_instance_uid for one in record.images if one.calibration_state == "region")
    image, site = Subject("image", id=target), injector.site
    change = Change("hand_scale", site.ledger.values(image.key).get("hand_scale"), stored)
    site.ledger.append(injector.actor, [EventDraft("ScaleSetByHand", image, (change,))], protocol=site.protocol.sha256)
    wrong = verify(site.home).first_wrong
    assert wrong is not None
    assert (wrong.what, wrong.sequence) == ("measurement", site.ledger.head()[0])


def test_a_cross_check_that_was_signed_is_not_withdrawn_without_an_amendment(injector, record) -> None:
    uid = next(one.sop_instance_uid for one in record.images if one.calibration_state == "region")
    record = scales.check_against(injector, record, (uid, 0), CalibrationCheck(DOWN.start, DOWN.end, 30_000, "ruler"))
    for axis in AXES:
        record = marks.place(injector, record, "right", (uid, 0), replace(LINE, axis=axis))
    signed = sign(injector, set_facts(injector, record, None, VISIT_FACTS), "right")
    (check,) = signed.image(uid).scale_checks
    with pytest.raises(Refused, match="signed with this cross-check"):
        scales.withdraw_check(injector, signed, uid, check.check_id, "read the wrong digit")
    opened = amending.open_amendment(injector, signed, "right", "read the wrong digit")
    gone = scales.withdraw_check(injector, opened, uid, check.check_id, "read the wrong digit")
    assert gone.image(uid).scale_checks == ()
