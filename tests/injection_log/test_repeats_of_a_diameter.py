"""Repeats that a protocol asks for: owed one by one, shown in what is signed, found where they lie far apart."""
from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from annotate.marks import AXES, Axis, Caliper, ImageUse, PlacedMark
from annotate.volume import gland_size
from dicom_io.calibration import Point, Scale
from dicom_io.image import Digests
from injection_log.protocol.protocol import Protocol
from injection_log.protocol.reading import practice_protocol_text, read_protocol
from injection_log.record.checks import NOTHING_AROUND, findings, missing
from injection_log.record.rendering import render
from injection_log.record.table import gland_table
from injection_log.record.values import SIDES, GlandRecord, VisitImage, VisitRecord

TWICE = read_protocol(practice_protocol_text().replace("# repeats = 2", "repeats = 2"))
ONCE = read_protocol(practice_protocol_text())
SCALE = Scale("region", 0, Decimal("0.1"), Decimal("0.08"), "scanner region 1")
IMAGE = VisitImage("1.2.3", "1.2", "a" * 64, "b" * 64, "c" * 64, "transverse", 1, 480, 640, "region", "")


def visit(**lengths_px: list[int]) -> VisitRecord:
    """A measuring visit whose right gland has calipers of these lengths across, 0.08 mm a pixel."""
    on = ImageUse("1.2.3", 0, Digests("a" * 64, "b" * 64, "c" * 64))
    axes: list[tuple[Axis, int]] = [(axis, length) for axis in AXES for length in lengths_px.get(axis, [])]
    marks = tuple(
        PlacedMark(f"m{number}", "right", on, Caliper(axis, Point(9, 10), Point(9, 10 + length)), SCALE)
        for number, (axis, length) in enumerate(axes)
    )
    bare = GlandRecord("right", "draft", 1, {}, (), {}, gland_size(()), None, None)
    right = replace(bare, marks=marks, size=gland_size(marks))
    glands = {side: replace(bare, side=side) for side in SIDES} | {"right": right}
    day, facts = date(2026, 11, 22), {"ultrasound_operator": "a"}
    return VisitRecord("SMG-07", "baseline", "Baseline", "measuring", day, facts, True, "", glands, (IMAGE,))


def owed(record: VisitRecord, protocol: Protocol) -> list[str]:
    return [one.sentence.removeprefix("Right gland: ") for one in missing(record, protocol, "right")]


def test_each_repeat_is_owed_until_it_is_placed() -> None:
    record = visit(length=[400], width=[300, 302])
    assert owed(record, TWICE) == ["place the length again, 2 of 2.", "place the depth."]
    assert owed(record, ONCE) == ["place the depth."]
    assert owed(visit(length=[400, 402], width=[300, 302], depth=[200, 203]), TWICE) == []


def test_what_is_owed_leads_to_the_caliper_of_that_axis() -> None:
    assert [one.field for one in missing(visit(length=[400], width=[300]), TWICE, "right")] == [
        "caliper.length", "caliper.depth", "caliper.width",
    ]  # fmt: skip


def test_what_is_signed_says_mean_difference_and_variation_where_repeats_are_asked_for() -> None:
    record = visit(length=[400, 410], width=[300])
    text = render(record, "right", TWICE).text
    assert ", mean of 2\n  Length, repeats: 0.8 mm apart, CV 1.7 %\n" in text
    assert "Width, repeats" not in text


def test_a_protocol_that_asks_for_none_keeps_the_text_it_always_had() -> None:
    text = render(visit(length=[400, 410]), "right", ONCE).text
    assert ", mean of 2\n" in text
    assert "repeats" not in text


@pytest.mark.parametrize(("other_px", "sentences"), [(400, 0), (494, 0), (496, 1)])
def test_repeats_over_fifteen_percent_apart_are_found_and_block_nothing(other_px: int, sentences: int) -> None:
    record = visit(length=[400, other_px], width=[300, 300], depth=[200, 200])
    found = [one for one in findings(record, TWICE, NOTHING_AROUND) if one.check == "repeat_spread"]
    assert [(one.severity, one.field) for one in found] == [("soft", "caliper.length")] * sentences
    assert owed(record, TWICE) == []


def test_the_table_has_difference_and_variation_of_each_axis_with_repeats() -> None:
    table = gland_table([visit(length=[400, 410], width=[300])], TWICE, "site")
    right = table.rows[0]
    assert (right["length_difference_mm"], right["length_cv_percent"]) == (Decimal("0.800"), Decimal("1.7"))
    assert "width_cv_percent" not in right
    assert {"length_cv_percent", "width_cv_percent"} <= {column.name for column in table.columns}
