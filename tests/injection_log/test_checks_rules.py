"""Every check: what it finds, and that it finds nothing on its bound. A record is put together for each case."""
from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from annotate.marks import (
    Caliper,
    Deposit,
    ImageUse,
    Mark,
    Microlitres,
    Needle,
    PlacedMark,
    Side,
    TipVisibility,
    VolumeUnknown,
    Zone,
)
from annotate.volume import GlandSize
from dicom_io.calibration import Point, Scale
from dicom_io.image import Digests
from injection_log.ledger.event import Subject
from injection_log.protocol.check_limits import CheckLimits
from injection_log.protocol.protocol import Protocol
from injection_log.protocol.reading import practice_protocol_text, read_protocol
from injection_log.record.checks import NOTHING_AROUND, Around, Finding, findings
from injection_log.record.reading import gland_subject, visit_subject, volume_balance
from injection_log.record.values import SIDES, GlandRecord, VisitImage, VisitRecord

LIMITS = CheckLimits(
    late_entry_hours=24, balance_tolerance_ul=30, side_ratio_percent=140, injection_minutes=(2, 9),
    gland_volume_ul=(3_000, 12_000),
)
PROTOCOL: Protocol = replace(read_protocol(practice_protocol_text()), checks=LIMITS)
GOOD: dict[str, Any] = {
    "injected": "yes", "volume_loaded_ul": 1050, "volume_residual_ul": 50, "volume_spilled_ul": 0,
    "injection_start": "2026-11-22T10:00:00+01:00", "injection_end": "2026-11-22T10:05:00+01:00",
}


def size(volume_ul: int) -> GlandSize:
    """A measured size with this volume; the axes do not matter to a check."""
    return GlandSize(30_000, 20_000, 20_000, volume_ul, {})


def gland(side: Side, volume_ul: int = 7_000, **facts: Any) -> GlandRecord:
    """One gland with the facts of a good injection and what a case changes in them."""
    all_facts = {name: value for name, value in {**GOOD, **facts}.items() if value is not None}
    return GlandRecord(
        side, "draft", 1, all_facts, (), {}, size(volume_ul), volume_balance(all_facts, PROTOCOL), None
    )


def visit(right: GlandRecord | None = None, left: GlandRecord | None = None, **changed: Any) -> VisitRecord:
    """An injection visit of these glands."""
    record = VisitRecord(
        "SMG-07", "injection", "Injection visit", "injecting", date(2026, 11, 22), {}, True, "",
        {"right": right or gland("right"), "left": left or gland("left")}, (),
    )
    return replace(record, **changed)


def found(record: VisitRecord, check: str, around: Around = NOTHING_AROUND) -> list[Finding]:
    """What one check finds."""
    return [one for one in findings(record, PROTOCOL, around) if one.check == check]


CASES = [
    # planned 900 to 1100, hard 0 to 2000, a syringe of 2500
    ("volume_hard_limit", {"volume_loaded_ul": 2050}, []),
    ("volume_hard_limit", {"volume_loaded_ul": 2051}, ["volume_loaded_ul"]),
    ("volume_hard_limit", {"volume_loaded_ul": 2510, "volume_residual_ul": 1510}, ["volume_loaded_ul"]),
    ("volume_soft_limit", {"volume_loaded_ul": 1150}, []),
    ("volume_soft_limit", {"volume_loaded_ul": 1160}, ["volume_reason"]),
    ("volume_soft_limit", {"volume_loaded_ul": 1160, "volume_reason": "backflow"}, []),
    ("volume_soft_limit", {"volume_loaded_ul": 950}, []),
    ("volume_soft_limit", {"volume_loaded_ul": 940}, ["volume_reason"]),
    ("deposit_sum", {"deposit_volumes_ul": [500, 530]}, []),
    ("deposit_sum", {"deposit_volumes_ul": [500, 470]}, []),
    ("deposit_sum", {"deposit_volumes_ul": [500, 540]}, ["deposit_volumes_ul"]),
    ("deposit_sum", {"deposit_volumes_ul": [960]}, ["deposit_volumes_ul"]),
    ("deposit_sum", {}, []),
    ("deposit_sum", {"deposit_volumes_ul": [500], "volume_spilled_ul": None}, []),
    ("deposit_sum", {"deposit_volumes_ul": [500], "injected": "no"}, []),
    ("deposit_count", {"deposit_volumes_ul": [500, 500], "deposits": 2}, []),
    ("deposit_count", {"deposit_volumes_ul": [500, 500], "deposits": 3}, ["deposits"]),
    ("deposit_count", {"deposit_volumes_ul": [500, 500]}, []),
    ("deposit_count", {"deposits": 2}, []),
    ("volume_balance", {"volume_read_ul": 1030}, []),
    ("volume_balance", {"volume_read_ul": 1040}, ["volume_read_ul"]),
    ("volume_balance", {"volume_read_ul": 970}, []),
    ("volume_balance", {"volume_read_ul": 960}, ["volume_read_ul"]),
    ("volume_balance", {}, []),
    ("duration", {"injection_end": "2026-11-22T10:02:00+01:00"}, []),
    ("duration", {"injection_end": "2026-11-22T10:01:00+01:00"}, ["injection_end"]),
    ("duration", {"injection_end": "2026-11-22T10:09:00+01:00"}, []),
    ("duration", {"injection_end": "2026-11-22T10:10:00+01:00"}, ["injection_end"]),
    ("duration", {"injection_end": None}, []),
    ("times_crossed", {"injection_end": "2026-11-22T10:00:00+01:00"}, []),
    ("times_crossed", {"injection_end": "2026-11-22T09:59:00+01:00"}, ["injection_end"]),
    ("times_crossed", {"injection_end": "2026-11-22T09:30:00+00:00"}, []),
    ("late_entry", {"entered_late": "yes"}, ["late_reason"]),
    ("late_entry", {"entered_late": "yes", "late_reason": "forgotten"}, []),
    ("missing", {"needle": "25G-40mm", "syringe_code": "SYR-1", "tip_in_gland": "yes", "complications": ["none"]},
     ["needle_mark"]),
]


@pytest.mark.parametrize(("check", "changed", "fields"), CASES)
@pytest.mark.parametrize("side", SIDES)
def test_a_check_of_a_gland_finds_beyond_its_bound_and_not_on_it(
    check: str, changed: dict[str, Any], fields: list[str], side: Side
) -> None:
    record = visit(**{side: gland(side, **changed)})
    here = [one for one in found(record, check) if one.subject == gland_subject("SMG-07", "injection", side)]
    assert [one.field for one in here] == fields
    assert all(one.sentence.startswith(f"{side.capitalize()} gland: ") for one in here)


@pytest.mark.parametrize(
    ("right_ul", "left_ul", "fires"),
    [(7_000, 7_000, False), (7_000, 5_000, False), (7_001, 5_000, True), (5_000, 7_000, False), (5_000, 7_001, True)],
)
def test_glands_are_compared_by_their_volumes_in_percent(right_ul: int, left_ul: int, fires: bool) -> None:
    record = visit(gland("right", right_ul), gland("left", left_ul))
    assert [one.field for one in found(record, "side_ratio")] == (["size"] if fires else [])


@pytest.mark.parametrize(("ul", "fires"), [(2_999, True), (3_000, False), (12_000, False), (12_001, True)])
def test_a_gland_volume_is_implausible_only_beyond_what_the_protocol_says(ul: int, fires: bool) -> None:
    record = visit(left=gland("left", ul))
    assert [one.subject.gland for one in found(record, "gland_volume")] == (["left"] if fires else [])
    silent = replace(PROTOCOL, checks=replace(LIMITS, gland_volume_ul=None))
    assert not [one for one in findings(record, silent, NOTHING_AROUND) if one.check == "gland_volume"]


HERE, OTHER_VISIT = visit_subject("SMG-07", "injection"), visit_subject("SMG-07", "month_4")
SOMEBODY = visit_subject("SMG-08", "injection")


@pytest.mark.parametrize(
    ("used_at", "words"),
    [([HERE], []), ([], []), ([HERE, SOMEBODY], ["SMG-08"]), ([HERE, OTHER_VISIT], ["this participant"]),
     ([HERE, SOMEBODY, OTHER_VISIT], ["SMG-08", "this participant"])],
)
def test_a_kit_is_found_at_every_other_visit_that_has_it(used_at: list[Subject], words: list[str]) -> None:
    record = visit(facts={"kit_code": "KIT-0417"})
    around = Around(kits={"KIT-0417": tuple(used_at), "KIT-0418": (SOMEBODY,)})
    sentences = [one.sentence for one in found(record, "kit_reuse", around)]
    assert len(sentences) == len(words)
    assert all(word in sentence for word, sentence in zip(words, sentences, strict=True))


@pytest.mark.parametrize(
    ("other", "fires"),
    [(("SMG-07", "injection", "right"), False), (("SMG-07", "injection", "left"), True),
     (("SMG-08", "injection", "right"), True), (("SMG-07", "month_4", "right"), True)],
)
def test_a_syringe_is_found_at_every_other_gland_that_has_it(other: tuple[str, str, Side], fires: bool) -> None:
    record = visit(gland("right", syringe_code="SYR-2031"))
    around = Around(syringes={"SYR-2031": (gland_subject("SMG-07", "injection", "right"), gland_subject(*other))})
    assert len(found(record, "syringe_reuse", around)) == fires


def image(laterality: str = "", is_of_day: bool | None = None) -> VisitImage:
    """A picture of the visit."""
    return VisitImage(
        "1.2.3", "1.2", "a" * 64, "b" * 64, "c" * 64, "transverse", 1, 480, 640, "region", "",
        laterality=laterality, is_of_day=is_of_day,
    )


def marked(side: Side) -> GlandRecord:
    """A gland with a caliper on that picture."""
    scale = Scale("region", 1, Decimal("0.1"), Decimal("0.2"), "region 1")
    on = ImageUse("1.2.3", 0, Digests("a" * 64, "b" * 64, "c" * 64))
    mark = PlacedMark("m1", side, on, Caliper("width", Point(1, 1), Point(1, 99)), scale)
    return replace(gland(side), marks=(mark,))


@pytest.mark.parametrize(
    ("laterality", "side", "fires"),
    [("R", "right", False), ("L", "right", True), ("R", "left", True), ("L", "left", False), ("", "left", False)],
)
def test_a_header_that_names_the_other_side_is_found(laterality: str, side: Side, fires: bool) -> None:
    record = visit(**{side: marked(side)}, images=(image(laterality),))
    assert [one.field for one in found(record, "side_mismatch")] == (["image.1.2.3"] if fires else [])


@pytest.mark.parametrize(("is_of_day", "fires"), [(True, False), (None, False), (False, True)])
def test_a_picture_of_another_day_is_found_and_one_without_a_date_is_not(is_of_day: bool | None, fires: bool) -> None:
    record = visit(images=(image(is_of_day=is_of_day),))
    assert [one.subject for one in found(record, "image_day")] == ([HERE] if fires else [])


@pytest.mark.parametrize(
    ("pending", "images", "fires"), [("", (), False), ("pacs_down", (), True), ("pacs_down", (image(),), False)]
)
def test_pending_images_are_found_until_they_come(pending: str, images: tuple[VisitImage, ...], fires: bool) -> None:
    assert len(found(visit(images_pending=pending, images=images), "images_pending")) == fires


def test_a_picture_under_whose_identity_another_came_is_in_doubt() -> None:
    record = visit(marked("right"), images=(replace(image(), conflicts=("d" * 64,)),))
    assert [one.field for one in found(record, "picture_doubt")] == ["image.1.2.3"]
    assert not found(visit(marked("right"), images=(image(),)), "picture_doubt")


def test_the_end_of_a_procedure_before_its_start_is_found_at_the_visit() -> None:
    times = {"procedure_start": "2026-11-22T10:00:00+01:00", "procedure_end": "2026-11-22T09:59:00+01:00"}
    assert [one.field for one in found(visit(facts=times), "times_crossed")] == ["procedure_end"]


def with_marks(side: Side, *drawn: Mark, **facts: Any) -> VisitRecord:
    """A visit where one gland has these marks on its picture."""
    scale = Scale("region", 1, Decimal("0.1"), Decimal("0.2"), "region 1")
    on = ImageUse("1.2.3", 0, Digests("a" * 64, "b" * 64, "c" * 64))
    marks = tuple(PlacedMark(f"m{number}", side, on, mark, scale) for number, mark in enumerate(drawn, start=1))
    return visit(**{side: replace(gland(side, **facts), marks=marks)})


def deposit(ul: int | None) -> Deposit:
    """A deposit of this volume, None where it was not seen."""
    return Deposit(Point(1, 1), VolumeUnknown() if ul is None else Microlitres(ul), Zone("middle", "deep"))


def needle(seen: TipVisibility) -> Needle:
    """A needle in plane whose tip was seen like this."""
    return Needle(Point(1, 1), Point(9, 9), seen, 1.0)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(
    ("volumes", "loaded_ul", "said"),
    [
        ([2500], None, []), ([2501], None, [("mark.m1", "more than the syringe holds (2.50 ml)")]),
        ([1050, None], 1050, []), ([400, 1051], 1050, [("mark.m2", "more than was loaded (1.05 ml)")]),
        ([5000], 1050, [("mark.m1", "5.00 ml is more than the syringe holds (2.50 ml)")]), ([None], 0, []),
    ],
)  # fmt: skip
def test_a_deposit_is_found_that_the_syringe_cannot_have_held(
    volumes: list[int | None], loaded_ul: int | None, said: list[tuple[str, str]], side: Side
) -> None:
    record = with_marks(side, *map(deposit, volumes), volume_loaded_ul=loaded_ul)
    here = found(record, "deposit_volume")
    places = [(one.subject.gland, one.field, one.severity) for one in here]
    assert places == [(side, field, "soft") for field, _ in said]
    assert all(words in one.sentence for one, (_, words) in zip(here, said, strict=True))


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(
    ("seen", "facts", "fires"),
    [
        (["not_seen"], {"tip_in_gland": "yes"}, True), (["seen"], {"tip_in_gland": "yes"}, False),
        (["inferred_shaft"], {"tip_in_gland": "yes"}, False), (["not_seen"], {"tip_in_gland": "uncertain"}, False),
        (["not_seen"], {}, False), ([], {"tip_in_gland": "yes"}, False),
        (["not_seen", "seen"], {"tip_in_gland": "yes"}, False), (["not_seen"] * 2, {"tip_in_gland": "yes"}, True),
        (["not_seen"], {"tip_in_gland": "yes", "injected": "no"}, False),
    ],
)  # fmt: skip
def test_a_tip_that_is_said_to_be_in_the_gland_but_was_not_seen_is_found(
    seen: list[TipVisibility], facts: dict[str, Any], fires: bool, side: Side
) -> None:
    here = found(with_marks(side, *map(needle, seen), **facts), "tip_unseen")
    assert [(one.subject.gland, one.field, one.severity) for one in here] == (
        [(side, "tip_in_gland", "soft")] if fires else []
    )
