"""Marks laid on the practice phantom's truth measure what the phantom was made of, through the real files."""
from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from annotate.geometry import NeedleInPlane, measure_needle
from annotate.marks import Caliper, ImageUse, Mark, Needle, PlacedMark, Side
from annotate.volume import GlandSize, gland_size
from dicom_io.calibration import Point
from dicom_io.image import UltrasoundImage
from dicom_io.line_scale import scale_between
from dicom_io.phantom import ParticipantTruth, PlannedVisit, make_participant
from dicom_io.reading import digest_file, read_image

Images = dict[str, tuple[UltrasoundImage, ImageUse]]


@pytest.fixture(scope="module")
def phantom(tmp_path_factory: pytest.TempPathFactory) -> tuple[ParticipantTruth, Images]:
    """One injection visit, its files as the program reads them."""
    visits = [PlannedVisit("injection", date(2026, 11, 22), is_injecting=True)]
    truth = make_participant(tmp_path_factory.mktemp("phantom"), 11, visits=visits)
    images = {}
    for path in truth.visits[0].files:
        image = read_image(Path(path))
        images[image.sop_instance_uid] = (image, ImageUse(image.sop_instance_uid, 0, digest_file(Path(path))))
    return truth, images


def placed(images: Images, uid: str, ends: tuple[Point, Point], mark: Mark) -> PlacedMark:
    image, on = images[uid]
    return PlacedMark("m1", "right", on, mark, scale_between(image, *ends))


@pytest.mark.parametrize("side", ["right", "left"])
def test_calipers_on_the_phantom_give_its_ellipsoid_within_a_thousandth(phantom, side: Side) -> None:
    truth, images = phantom
    gland = truth.visits[0].glands[side]
    size = gland_size([
        placed(images, line.sop_instance_uid, (line.start, line.end), Caliper(axis, line.start, line.end))
        for axis, line in gland.calipers.items()
    ])
    assert isinstance(size, GlandSize)
    assert size.volume_ul / 1000 == pytest.approx(gland.volume_ml, rel=0.001)


@pytest.mark.parametrize("side", ["right", "left"])
def test_the_needle_on_the_phantom_measures_within_its_limits(phantom, side: Side) -> None:
    truth, images = phantom
    needle = truth.visits[0].glands[side].needle
    mark = Needle(needle.entry, needle.tip, "seen", needle.skin_row_px)
    measured = measure_needle(placed(images, needle.sop_instance_uid, (needle.entry, needle.tip), mark))
    assert isinstance(measured, NeedleInPlane)
    assert measured.depth_um / 1000 == pytest.approx(needle.depth_mm, abs=0.2)
    assert measured.path_um / 1000 == pytest.approx(needle.path_mm, abs=0.2)
    assert measured.angle_mdeg / 1000 == pytest.approx(needle.angle_deg, abs=0.5)
    assert measured.path_is_whole
