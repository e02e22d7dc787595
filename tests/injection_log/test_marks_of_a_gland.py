"""Contours, deposits and structures through the acts: what the log keeps, what follows, what is found at once."""
from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from kept_once import import_kept, keep_once
from phantom_sweep import Sweep, round_about

from annotate.marks import Contour, Deposit, Microlitres, Needle, Structure, VolumeUnknown, Zone
from dicom_io.calibration import Point
from dicom_io.phantom import ParticipantTruth
from dicom_io.phantom.screen import to_point
from dicom_io.phantom.truth import GlandTruth
from injection_log.acts import facts, marks, visits
from injection_log.acts.studies import FolderFindings
from injection_log.errors import Refused
from injection_log.ledger.event import Change, EventDraft, Json
from injection_log.protocol.reading import practice_protocol_text, read_protocol
from injection_log.record.checks import NOTHING_AROUND, findings
from injection_log.record.reading import gland_subject
from injection_log.record.rendering import render
from injection_log.record.values import VisitRecord, VolumeBalance
from injection_log.site import Session
from injection_log.verify import verify

RIGHT = gland_subject("SMG-07", "baseline", "right")
ZONE = Zone("middle", "deep")
Kept = tuple[FolderFindings, Path]


@pytest.fixture(scope="module")
def kept(phantom_visit: ParticipantTruth, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """The right gland's longitudinal still, its sweep and its injection clip, kept."""
    folder = tmp_path_factory.mktemp("pictures")
    wanted = [path for path in phantom_visit.visits[0].files if "right" in path.name and "transverse" not in path.name]
    return keep_once(wanted, folder / "images"), folder / "images"


@pytest.fixture
def truth(phantom_visit: ParticipantTruth) -> GlandTruth:
    return phantom_visit.visits[0].glands["right"]


@pytest.fixture
def visit(injector: Session, kept: Kept) -> VisitRecord:
    """A measuring visit with these pictures."""
    record = visits.confirm_identifiers(injector, visits.open_visit(injector, "SMG-07", "baseline"))
    return import_kept(injector, record, *kept)


def trace(session: Session, record: VisitRecord, truth: GlandTruth, contours: dict[int, Contour]) -> VisitRecord:
    for frame, contour in contours.items():
        record = marks.place(session, record, "right", (truth.images["sweep"], frame), contour)
    return record


def found(record: VisitRecord, check: str) -> list[str]:
    protocol = read_protocol(practice_protocol_text())
    return [one.sentence for one in findings(record, protocol, NOTHING_AROUND) if one.check == check]


def test_each_mark_is_one_event_of_its_own_kind_and_the_log_verifies(
    injector: Session, visit: VisitRecord, truth: GlandTruth
) -> None:
    where = (truth.images["longitudinal"], 0)
    for mark in (
        round_about((19, 16), 15, 8), Deposit(to_point(19, 16), Microlitres(500), ZONE),
        Structure("facial_artery", to_point(25, 12)),
    ):
        visit = marks.place(injector, visit, "right", where, mark)
    kinds = [event.kind for event in injector.site.ledger.events() if event.subject == RIGHT]
    assert kinds == ["ContourTraced", "DepositMarked", "StructureTagged"]
    assert [type(one.mark).__name__ for one in visit.glands["right"].marks] == ["Contour", "Deposit", "Structure"]
    assert verify(injector.site.home).first_wrong is None


def test_a_deposit_and_a_structure_have_no_measured_value(
    injector: Session, visit: VisitRecord, truth: GlandTruth
) -> None:
    deposit = Deposit(to_point(19, 16), VolumeUnknown(), ZONE)
    record = marks.place(injector, visit, "right", (truth.images["longitudinal"], 0), deposit)
    assert record.glands["right"].measured == {}
    assert not [name for name in injector.site.ledger.values(RIGHT.key) if name.startswith("measured.")]


@pytest.mark.parametrize(
    ("mark", "why"),
    [
        (Contour((Point(300, 300), Point(310, 310))), "at least three points"),
        (Contour((Point(300, 300), Point(350, 350), Point(350, 300), Point(300, 350))), "crosses or touches itself"),
        (Contour((Point(300, 300), Point(350, 350), Point(2, 300))), "outside every"),
        (Deposit(Point(2, 300), VolumeUnknown(), ZONE), "outside every"),
        (Deposit(Point(300, 300), Microlitres(0), ZONE), "more than nothing"),
        (Structure("duct", Point(2, 300)), "outside every"),
    ],
)
def test_a_mark_that_cannot_be_is_refused_and_nothing_is_kept(
    injector: Session, visit: VisitRecord, truth: GlandTruth, mark: Contour | Deposit | Structure, why: str
) -> None:
    head = injector.site.ledger.head()
    with pytest.raises(Refused, match=why):
        marks.place(injector, visit, "right", (truth.images["longitudinal"], 0), mark)
    assert injector.site.ledger.head() == head


def test_a_second_contour_of_a_gland_on_one_frame_is_refused(
    injector: Session, visit: VisitRecord, truth: GlandTruth
) -> None:
    where, contour = (truth.images["longitudinal"], 0), round_about((19, 16), 15, 8)
    record = marks.place(injector, visit, "right", where, contour)
    with pytest.raises(Refused, match="has a contour of this gland already"):
        marks.place(injector, record, "right", where, contour)
    assert len(marks.place(injector, record, "left", where, contour).glands["left"].marks) == 1


@pytest.fixture
def clip(injector: Session, visit: VisitRecord, truth: GlandTruth) -> VisitRecord:
    """The needle of the injection clip marked on the frame where it rests."""
    needle = truth.needle
    assert needle is not None
    mark = Needle(needle.entry, needle.tip, "seen", needle.skin_row_px)
    return marks.place(injector, visit, "right", (needle.sop_instance_uid, needle.frame), mark)


def around_the_tip(truth: GlandTruth, down_mm: float) -> tuple[marks.Where, Contour]:
    """A box of 10 by 6 mm on the clip, its middle this far below the tip."""
    needle = truth.needle
    assert needle is not None
    down, across = to_point(0, 1).row - to_point(0, 0).row, to_point(1, 0).column - to_point(0, 0).column
    row, column = needle.tip.row + down_mm * down, needle.tip.column
    corners = ((-3, -5), (-3, 5), (3, 5), (3, -5))
    box = Contour(tuple(Point(row + z * down, column + x * across) for z, x in corners))
    return (needle.sop_instance_uid, needle.frame), box


@pytest.mark.parametrize("case", [(0.0, 3_000, 0), (2.0, 1_000, 0), (5.0, -2_000, 1)])
def test_the_tip_is_compared_with_the_contour_as_soon_as_that_is_traced(
    injector: Session, clip: VisitRecord, truth: GlandTruth, case: tuple[float, int, int]
) -> None:
    down_mm, um, sentences = case
    where, contour = around_the_tip(truth, down_mm)
    record = marks.place(injector, clip, "right", where, contour)
    (distance,) = record.glands["right"].capsule.values()
    assert distance.distance_um == pytest.approx(um, abs=2)
    assert len(found(record, "tip_outside")) == sentences
    assert verify(injector.site.home).first_wrong is None


def test_the_distance_goes_with_the_contour_and_comes_back_with_another(
    injector: Session, clip: VisitRecord, truth: GlandTruth
) -> None:
    where, contour = around_the_tip(truth, 0)
    record = marks.place(injector, clip, "right", where, contour)
    contour_id = record.glands["right"].marks[-1].mark_id
    moved = marks.move(injector, record, "right", contour_id, around_the_tip(truth, 5)[1])
    assert next(iter(moved.glands["right"].capsule.values())).distance_um == pytest.approx(-2_000, abs=2)
    assert marks.remove(injector, moved, "right", contour_id).glands["right"].capsule == {}
    assert verify(injector.site.home).first_wrong is None


def test_a_traced_sweep_has_the_volume_of_the_phantom(
    injector: Session, visit: VisitRecord, truth: GlandTruth
) -> None:
    sweep = Sweep(truth)
    record = trace(injector, visit, truth, sweep.contours())
    assert record.glands["right"].gland_volumes == {}
    record = facts.set_fact(injector, record, "right", "sweep_spacing_um", f"{sweep.spacing_mm:.3f}")
    volume = record.glands["right"].gland_volumes["contour_stack"]
    assert volume.volume_ul / 1000 == pytest.approx(truth.volume_ml, rel=0.015)
    assert ("spacing assumed" in volume.basis, volume.warnings) == (True, ())
    assert verify(injector.site.home).first_wrong is None


def test_a_sweep_that_ends_inside_the_gland_is_warned_about_and_can_go_on(
    injector: Session, visit: VisitRecord, truth: GlandTruth
) -> None:
    half = dict(list(Sweep(truth).contours().items())[:5])
    record = facts.set_fact(injector, visit, "right", "sweep_spacing_um", "3")
    record = trace(injector, record, truth, half)
    (sentence,) = found(record, "volume_doubt")
    assert sentence.startswith("Right gland: The sweep looks cut off: the last contour")


def test_a_spacing_that_is_cleared_takes_the_volume_with_it(
    injector: Session, visit: VisitRecord, truth: GlandTruth
) -> None:
    record = facts.set_fact(injector, visit, "right", "sweep_spacing_um", "3")
    record = trace(injector, record, truth, Sweep(truth, every=9).contours())
    assert "contour_stack" in record.glands["right"].gland_volumes
    record = facts.set_fact(injector, record, "right", "sweep_spacing_known", "tracked")
    assert "spacing tracked" in record.glands["right"].gland_volumes["contour_stack"].basis
    assert facts.set_fact(injector, record, "right", "sweep_spacing_um", "").glands["right"].gland_volumes == {}
    assert verify(injector.site.home).first_wrong is None


@pytest.mark.parametrize("wrong", ["0.04", "20.1", "two", "-2", "1,2345", "2 mm"])
def test_a_spacing_that_is_none_is_refused(injector: Session, visit: VisitRecord, wrong: str) -> None:
    with pytest.raises(Refused):
        facts.set_fact(injector, visit, "right", "sweep_spacing_um", wrong)


def measured(session: Session, record: VisitRecord, truth: GlandTruth) -> VisitRecord:
    """A needle with a contour around its tip, and a swept gland with its spacing."""
    record = marks.place(session, record, "right", *around_the_tip(truth, 0))
    record = trace(session, record, truth, Sweep(truth, every=9).contours())
    return facts.set_fact(session, record, "right", "sweep_spacing_um", "7.1")


FORGED = {
    "capsule": ("distance_um", "does not follow from the two marks"),
    "volume": ("volume_ul", "The stored gland volume by contour_stack is 1 µl"),
    "measured": ("area_um2", "stored area_um2 is 1"),
}


@pytest.mark.parametrize("family", FORGED)
def test_a_value_that_was_changed_is_named_by_verify(
    injector: Session, clip: VisitRecord, truth: GlandTruth, family: str
) -> None:
    measured(injector, clip, truth)
    part, why = FORGED[family]
    ledger = injector.site.ledger
    stored = {name: value for name, value in ledger.values(RIGHT.key).items() if name.startswith(f"{family}.")}
    name, value = next((name, value) for name, value in stored.items() if isinstance(value, dict) and part in value)
    forged: Json = {**value, part: 1}
    ledger.append(injector.actor, [EventDraft("MarkMoved", RIGHT, (Change(name, value, forged),))], protocol="p")
    wrong = verify(injector.site.home).first_wrong
    assert wrong is not None
    assert why in wrong.why


@pytest.mark.parametrize(
    "forged",
    [
        ("volume.other", {"method": {"name": "other", "version": "1"}, "volume_ul": 1, "basis": "", "warnings": []},
         "does not have: other version 1"),
        ("volume.contour_stack", {"volume_ul": 1}, "cannot be computed again"),
        ("capsule.gone", {"method": {"name": "capsule_distance", "version": "1"}, "contour": "x", "distance_um": 1},
         "does not follow from the two marks"),
        ("fact.sweep_spacing_um", 9_000, "The stored gland volume by contour_stack is"),
    ],
)
def test_what_never_followed_from_a_mark_is_named_by_verify(
    injector: Session, clip: VisitRecord, truth: GlandTruth, forged: tuple[str, Json, str]
) -> None:
    field, new, why = forged
    measured(injector, clip, truth)
    ledger = injector.site.ledger
    change = Change(field, ledger.values(RIGHT.key).get(field), new)
    ledger.append(injector.actor, [EventDraft("MarkMoved", RIGHT, (change,))], protocol="p")
    wrong = verify(injector.site.home).first_wrong
    assert wrong is not None
    assert why in wrong.why


def test_what_is_signed_says_contours_distances_deposits_and_volumes(
    injector: Session, clip: VisitRecord, truth: GlandTruth
) -> None:
    record = measured(injector, clip, truth)
    deposit = Deposit(to_point(19, 16), Microlitres(550), ZONE)
    for mark in (deposit, Structure("duct", to_point(9, 9))):
        record = marks.place(injector, record, "right", (truth.images["longitudinal"], 0), mark)
    text = render(record, "right", injector.site.protocol).text
    for line in (
        "; tip 3.0 mm inside the contour, in the image plane\n", "\n  Gland volume, contour stack: ",
        " contours, 7.1 mm apart, spacing assumed (version 1)", "\nDeposits\n  Deposit 1: 0.55 ml, middle, deep\n",
        "\n  Contour: outline of 90 points, SHA-256 ", "\n  Duct: (", "\n  Distance of the traced frames: 7.1 mm\n",
    ):
        assert line in text


def test_a_gland_without_such_marks_is_rendered_without_a_word_of_them(
    injector: Session, clip: VisitRecord
) -> None:
    text = render(clip, "right", injector.site.protocol).text.lower()
    assert not [word for word in ("contour", "deposit", "duct", "stack", "repeat", "traced") if word in text]


def deposited(record: VisitRecord, *volumes_ul: int | None) -> VisitRecord:
    """The same visit as one in which this gland had 1 ml injected, in deposits of these volumes."""
    gland = record.glands["right"]
    volumes = [Microlitres(ul) if ul else VolumeUnknown() for ul in volumes_ul]
    marks_of = [
        replace(gland.marks[0], mark_id=f"d{number}", mark=Deposit(Point(9, 9), volume, ZONE))
        for number, volume in enumerate(volumes)
    ]
    changed = replace(
        gland, marks=tuple(marks_of), volumes=VolumeBalance(1000, 1050, 50, 0),
        facts={"injected": "yes", "deposit_volumes_ul": [400, 600], "deposits": 2},
    )
    return replace(record, glands={**record.glands, "right": changed})


@pytest.mark.parametrize(
    ("volumes_ul", "sums", "counts"),
    [
        ((500, 500), 0, 0), ((500, 550), 0, 0), ((500, 551), 1, 0), ((400, 400), 1, 0), ((1000,), 0, 1),
        ((500, None), 0, 0), ((1051, None), 1, 0), ((None, None), 0, 0), ((300, 300, 400), 0, 1),
    ],
)
def test_marked_volumes_take_the_place_of_typed_ones_and_an_unknown_one_says_only_too_much(
    clip: VisitRecord, volumes_ul: tuple[int | None, ...], sums: int, counts: int
) -> None:
    record = deposited(clip, *volumes_ul)
    assert (len(found(record, "deposit_sum")), len(found(record, "deposit_count"))) == (sums, counts)
