"""A coded copy: what was in the region is there to the last value, what lay outside is 0, and peers read it."""
from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from peers import Orthanc

from dicom_io.calibration import Point
from dicom_io.deidentify.copying import CodedCopy, estimate, write_coded_copy
from dicom_io.deidentify.errors import CopyRefused, NoKeptArea
from dicom_io.deidentify.kept_area import KeptArea, kept_area_of
from dicom_io.deidentify.masking import masked_frames
from dicom_io.deidentify.request import (
    CopyRequest,
    Dates,
    DatesRemoved,
    DatesShifted,
    ForReading,
    ForSharing,
    Selection,
    Trial,
    frames_of,
)
from dicom_io.deidentify.uids import UidMap
from dicom_io.errors import MeasurementRefused, NotReadable
from dicom_io.frames import open_frames
from dicom_io.gate import Gate
from dicom_io.hand_scale import HandScale, RulerLine
from dicom_io.image import UltrasoundImage
from dicom_io.line_scale import scale_beside
from dicom_io.phantom import ParticipantTruth
from dicom_io.reading import read_image
from dicom_io.travelling_scale import hand_scale_in, travelled_scale
from tools.dcmtk import dcmtk

TRIAL = Trial("Practice sponsor", "PRACTICE-SMG", "Practice", "test")
UIDS = UidMap(b"a key of the test, 32 bytes long", "test")
CORPUS = tuple(f"h{number:02d}" for number in range(1, 21))
AREA = KeptArea(((20, 20, 379, 559),))
_MOST_FRAMES = 12


def request_for(selection: Selection, *, reading: bool = False, dates: Dates | None = None) -> CopyRequest:
    who = ForReading("R-001") if reading else ForSharing("SMG-07", "baseline")
    return CopyRequest(selection, who, TRIAL, UIDS, dates or DatesRemoved(), 3)


def selection_of(path: Path, frames: tuple[int, ...] = ()) -> Selection:
    """Frames (the first twelve) of a file with the scanner's area, or a drawn one where it has none."""
    image = read_image(path)
    try:
        area = kept_area_of(path)
    except NoKeptArea:
        area = KeptArea(((10, 20, image.rows - 31, image.columns - 41),))
    return Selection(path, frames or tuple(range(min(image.frames, _MOST_FRAMES))), area)


def copied(path: Path, folder: Path, frames: tuple[int, ...] = ()) -> tuple[Selection, CodedCopy]:
    folder.mkdir(exist_ok=True)
    selection = selection_of(path, frames)
    return selection, write_coded_copy(request_for(selection), folder)


def real_file(shared_data: Path, name: str) -> Path:
    return next((shared_data / "us").glob(f"{name}_*"))


def assert_same_inside_and_nothing_outside(selection: Selection, copy: Path) -> None:
    mask = selection.area.mask(*open_frames(selection.path).shape[1:3])
    with open_frames(selection.path) as before, open_frames(copy) as after:
        assert len(after) == len(selection.frames)
        for place, number in enumerate(selection.frames):
            was, now = before.frame(number), after.frame(place)
            if now.ndim < was.ndim:  # greys that were coded as colours
                assert np.array_equal(was[mask], np.repeat(now[mask][:, None], 3, axis=1))
            else:
                assert np.array_equal(was[mask], now[mask])
            assert not now[~mask].any()


def kept_facts(image: UltrasoundImage) -> tuple[object, ...]:
    """What a reader needs of a header: regions with their scale, the judgement, orientation of the plane."""
    return image.regions, image.calibration, image.rows, image.columns, image.pixel_aspect, image.plane


@pytest.mark.parametrize("name", CORPUS)
def test_a_copy_of_a_real_file_keeps_every_kept_pixel_and_all_that_measures(
    name: str, shared_data: Path, tmp_path: Path
) -> None:
    path = real_file(shared_data, name)
    try:
        selection, copy = copied(path, tmp_path)
    except NotReadable as refused:
        pytest.skip(f"the original itself is refused: {refused.code}")
    assert_same_inside_and_nothing_outside(selection, copy.path)
    assert kept_facts(read_image(copy.path)) == kept_facts(read_image(path))


def test_a_copy_of_each_phantom_picture_keeps_every_kept_pixel(phantom_visit: ParticipantTruth, tmp_path: Path) -> None:
    for number, path in enumerate(phantom_visit.visits[0].files[:4]):
        selection, copy = copied(path, tmp_path / str(number), (0, 5, 6) if number > 1 else ())
        assert_same_inside_and_nothing_outside(selection, copy.path)
        before, after = read_image(path), read_image(copy.path)
        assert (after.regions, after.calibration) == (before.regions, before.calibration)
        assert after.plane == ("" if before.plane == "injection" else before.plane)


@pytest.mark.parametrize("name", ["h05", "h09", "h10", "h11", "h15", "h16", "h19"])
def test_dcmtk_decodes_a_copy_to_the_same_pixels(name: str, shared_data: Path, tmp_path: Path) -> None:
    _, copy = copied(real_file(shared_data, name), tmp_path)
    plain = tmp_path / "plain.dcm"
    subprocess.run([dcmtk("dcmdjpls"), copy.path, plain], check=True, timeout=60)
    with open_frames(copy.path) as ours, open_frames(plain) as theirs:
        assert np.array_equal(np.asarray(ours), np.asarray(theirs))


@pytest.mark.parametrize("name", CORPUS)
def test_dciodvfy_finds_no_error_that_the_original_has_not(name: str, shared_data: Path, tmp_path: Path) -> None:
    path = real_file(shared_data, name)
    try:
        _, copy = copied(path, tmp_path)
    except NotReadable as refused:
        pytest.skip(f"the original itself is refused: {refused.code}")
    assert dciodvfy_errors(copy.path) - dciodvfy_errors(path) == set()


def test_dciodvfy_finds_no_error_in_copies_of_the_phantom(phantom_visit: ParticipantTruth, tmp_path: Path) -> None:
    for number, path in enumerate(phantom_visit.visits[0].files[:4]):
        _, copy = copied(path, tmp_path / str(number))
        assert dciodvfy_errors(copy.path) == set()


def dciodvfy_errors(path: Path) -> set[str]:
    said = subprocess.run(["dciodvfy", path], check=False, capture_output=True, text=True, timeout=60)
    return {line for line in said.stderr.splitlines() if line.startswith("Error")}


def test_orthanc_takes_copies_and_keeps_them_as_they_are(
    orthanc: Orthanc, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    for number, path in enumerate(phantom_visit.visits[0].files[1:3]):
        _, copy = copied(path, tmp_path / str(number), (0,) if number == 0 else (3, 4))
        answer = orthanc.rest("POST", "/instances", copy.path.read_bytes())
        assert answer["Status"] in ("Success", "AlreadyStored")
        tags = orthanc.rest("GET", f"/instances/{answer['ID']}/simplified-tags")
        assert tags["ClinicalTrialSubjectID"] == tags["PatientID"] == "SMG-07"
        assert orthanc.rest("GET", f"/instances/{answer['ID']}/preview")  # it decodes them, too


def test_our_own_gate_admits_a_copy(phantom_visit: ParticipantTruth, tmp_path: Path) -> None:
    _, copy = copied(phantom_visit.visits[0].files[2], tmp_path, (0, 1))
    with Gate() as gate:
        admission = gate.admit(copy.path)
    assert admission.digests.file == copy.sha256
    assert admission.image.sop_instance_uid == copy.sop_instance_uid


def test_a_copy_has_a_zeroed_preamble_only_needed_file_meta_and_nothing_behind_its_pixels(
    phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    _, copy = copied(phantom_visit.visits[0].files[0], tmp_path)
    data = copy.path.read_bytes()
    assert data[:132] == bytes(128) + b"DICM"
    assert data.endswith(b"\xfe\xff\xdd\xe0\0\0\0\0")
    meta = pydicom.dcmread(copy.path).file_meta
    assert {element.keyword for element in meta} == {
        "FileMetaInformationGroupLength", "FileMetaInformationVersion", "MediaStorageSOPClassUID",
        "MediaStorageSOPInstanceUID", "TransferSyntaxUID", "ImplementationClassUID", "ImplementationVersionName",
    }  # fmt: skip


def test_a_copy_says_how_it_was_made_and_names_codes_only(phantom_visit: ParticipantTruth, tmp_path: Path) -> None:
    selection = selection_of(phantom_visit.visits[0].files[0])
    made = pydicom.dcmread(write_coded_copy(request_for(selection, dates=DatesShifted(-40)), tmp_path).path)
    assert (made.PatientIdentityRemoved, made.BurnedInAnnotation) == ("YES", "NO")
    assert [item.CodeValue for item in made.DeidentificationMethodCodeSequence] == ["113100", "113101", "113107"]
    assert made.LongitudinalTemporalInformationModified == "MODIFIED"
    assert (made.ClinicalTrialSubjectID, made.ClinicalTrialTimePointID) == ("SMG-07", "baseline")
    assert (made.PatientID, str(made.PatientName), made.StudyDate) == ("SMG-07", "SMG-07", "20251225")
    assert made.ImageType == ["DERIVED", "PRIMARY"]


def test_a_copy_for_a_reader_has_no_participant_visit_site_side_or_date(
    phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    copy = write_coded_copy(request_for(selection_of(phantom_visit.visits[0].files[0]), reading=True), tmp_path)
    made = pydicom.dcmread(copy.path)
    assert made.ClinicalTrialSubjectReadingID == made.PatientID == "R-001"
    absent = ("ClinicalTrialSubjectID", "ClinicalTrialTimePointID", "ImageLaterality", "ContentDate", "ContentTime")
    assert not [keyword for keyword in absent if keyword in made]
    empty = ("StudyDate", "StudyTime", "ClinicalTrialSiteID", "Laterality", "PatientBirthDate", "Manufacturer")
    assert not [keyword for keyword in empty if made[keyword].value]
    assert made.LongitudinalTemporalInformationModified == "REMOVED"
    assert copy.path.name.startswith("R-001_")


def test_dates_cannot_go_to_a_blinded_reader_even_shifted(phantom_visit: ParticipantTruth) -> None:
    selection = selection_of(phantom_visit.visits[0].files[0])
    with pytest.raises(CopyRefused, match="no dates"):
        request_for(selection, reading=True, dates=DatesShifted(-40))


def test_times_of_chosen_frames_travel_frame_by_frame(write_ultrasound: Callable[..., Path], tmp_path: Path,
                                                      region: Callable[..., object]) -> None:
    steps = ["0", "40", "41.5", "39.25", "50", "33"]
    path = write_ultrasound(
        np.full((6, 120, 160), 9, np.uint8), [region((10, 10, 109, 99))],
        attributes={"FrameTimeVector": steps, "FrameIncrementPointer": 0x00181065},
    )  # fmt: skip
    _, copy = copied(path, tmp_path / "out", (1, 2, 4))
    original, made = read_image(path).frame_times, read_image(copy.path).frame_times
    assert made.source == "FrameTimeVector"
    assert made.starts_ms == tuple(original.starts_ms[n] - original.starts_ms[1] for n in (1, 2, 4))


def test_a_frame_time_stays_one_where_frames_follow_each_other_and_a_guess_is_never_written(
    write_ultrasound: Callable[..., Path], tmp_path: Path, region: Callable[..., object]
) -> None:
    boxed, pixels = [region((10, 10, 109, 99))], np.zeros((6, 120, 160), np.uint8)
    timed = write_ultrasound(pixels, boxed, attributes={"FrameTime": "33.37"}, name="timed.dcm")
    guessed = write_ultrasound(pixels, boxed, name="guessed.dcm")
    whole = pydicom.dcmread(copied(timed, tmp_path / "1", (2, 3, 4))[1].path)
    assert (whole.FrameTime, "FrameTimeVector" in whole) == (33.37, False)
    gaps = read_image(copied(timed, tmp_path / "2", (0, 3))[1].path).frame_times
    assert (gaps.source, gaps.starts_ms) == ("FrameTimeVector", (0.0, 100.11))
    assert read_image(copied(guessed, tmp_path / "3", (0, 3))[1].path).frame_times.source == "assumed"


@pytest.mark.parametrize("lines", [1, 2])
def test_a_scale_set_by_hand_travels_and_stays_one_set_by_hand(
    lines: int, write_ultrasound: Callable[..., Path], tmp_path: Path
) -> None:
    path = write_ultrasound(np.full((1, 400, 600), 9, np.uint8))
    drawn = (RulerLine(Point(30.125, 40), Point(330.5, 41.25), 40_000), RulerLine(Point(9, 20), Point(9, 520), 50_000))
    by_hand = HandScale(drawn[:lines])
    selection = Selection(path, (0,), AREA, by_hand)
    copy = write_coded_copy(request_for(selection), tmp_path).path
    assert hand_scale_in(copy) == by_hand
    image = read_image(copy)
    assert image.calibration.state == "none"
    scale = scale_beside(image, Point(50, 50), Point(150, 90), travelled_scale(copy, image))
    assert scale.kind == "manual"
    assert scale.source.startswith("SCALE SET BY HAND on the original")
    assert (scale.mm_per_px_row, scale.mm_per_px_column) == (
        by_hand.scale("").mm_per_px_row, by_hand.scale("").mm_per_px_column,
    )  # fmt: skip
    assert pydicom.dcmread(copy).PixelSpacingCalibrationType == "FIDUCIAL"
    assert hand_scale_in(path) is None


def test_a_scale_set_by_hand_goes_before_one_that_was_refused(
    write_ultrasound: Callable[..., Path], tmp_path: Path, region: Callable[..., object]
) -> None:
    path = write_ultrasound(
        np.full((1, 400, 600), 9, np.uint8), [region((10, 10, 509, 299))], attributes={"PixelSpacing": ["0.2", "0.2"]}
    )
    assert read_image(path).calibration.state == "refused"
    by_hand = HandScale((RulerLine(Point(30, 40), Point(330, 40), 40_000),))
    selection = Selection(path, (0,), KeptArea(((20, 20, 279, 459),)), by_hand)
    image = read_image(write_coded_copy(request_for(selection), tmp_path).path)
    assert image.calibration.state == "none"
    assert scale_beside(image, Point(50, 50), Point(150, 90), by_hand.scale("by hand")).kind == "manual"


def test_a_scale_of_one_of_two_regions_is_no_spacing_of_the_whole_copy(
    write_ultrasound: Callable[..., Path], tmp_path: Path, region: Callable[..., object]
) -> None:
    unscaled = [region(box, PhysicalUnitsXDirection=0) for box in ((0, 0, 299, 399), (300, 0, 599, 399))]
    path = write_ultrasound(np.full((1, 400, 600), 9, np.uint8), unscaled)
    by_hand = HandScale((RulerLine(Point(30, 340), Point(330, 340), 20_000),))
    copy = write_coded_copy(request_for(Selection(path, (0,), AREA, by_hand)), tmp_path).path
    assert "PixelSpacing" not in pydicom.dcmread(copy)
    image = read_image(copy)
    scale = travelled_scale(copy, image)
    assert scale is not None
    assert (scale.region, scale_beside(image, Point(50, 350), Point(150, 390), scale)) == (1, scale)
    with pytest.raises(MeasurementRefused):
        scale_beside(image, Point(50, 50), Point(150, 90), scale)


@pytest.mark.parametrize("dropped", ["DerivationDescription", "PixelSpacingCalibrationType"])
def test_a_spacing_set_by_hand_is_never_the_scanner_s_whichever_sign_of_it_was_lost(
    dropped: str, write_ultrasound: Callable[..., Path], tmp_path: Path
) -> None:
    by_hand = HandScale((RulerLine(Point(30, 40), Point(330, 40), 40_000),))
    selection = Selection(write_ultrasound(np.full((1, 400, 600), 9, np.uint8)), (0,), AREA, by_hand)
    copy = write_coded_copy(request_for(selection), tmp_path).path
    sent_on = pydicom.dcmread(copy)
    delattr(sent_on, dropped)
    sent_on.save_as(copy)
    assert "PixelSpacing" in sent_on
    assert read_image(copy).calibration.state == "none"


def test_a_scanner_s_own_scale_goes_before_lines_that_somebody_wrote_into_the_file(
    write_ultrasound: Callable[..., Path], region: Callable[..., object]
) -> None:
    lines = '{"aspect":[1,1],"lines":[{"end":{"column_mpx":40000,"row_mpx":330000},"length_um":40000,"start":{"column_mpx":40000,"row_mpx":30000}}]}'  # noqa: E501 - as it stands in a file
    path = write_ultrasound(
        np.full((1, 400, 600), 9, np.uint8), [region((0, 0, 599, 399))],
        attributes={"DerivationDescription": f"Scale set by hand: {lines}", "PixelSpacingCalibrationType": "FIDUCIAL"},
    )
    assert hand_scale_in(path) is not None
    assert travelled_scale(path, read_image(path)) is None


def test_lines_that_no_ultrasound_picture_can_have_give_no_scale_in_a_copy(
    write_ultrasound: Callable[..., Path], tmp_path: Path
) -> None:
    by_hand = HandScale((RulerLine(Point(30, 40), Point(60, 40), 300_000),))
    selection = Selection(write_ultrasound(np.full((1, 400, 600), 9, np.uint8)), (0,), AREA, by_hand)
    copy = write_coded_copy(request_for(selection), tmp_path).path
    assert hand_scale_in(copy) == by_hand
    assert travelled_scale(copy, read_image(copy)) is None


def test_the_size_said_beforehand_is_the_size_within_two_percent(
    phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    for number, frames in ((0, (0,)), (2, tuple(range(20)))):
        selection, copy = copied(phantom_visit.visits[0].files[number], tmp_path / str(number), frames)
        said = estimate(selection)
        assert abs(said.bytes - copy.bytes) <= 0.02 * copy.bytes
        assert said.exact == (len(frames) <= 8)


def test_pictures_of_one_study_stay_together_and_two_purposes_cannot_be_matched() -> None:
    old = ("1.2.3.4.5", "1.2.3.4.6")
    assert UIDS.uid("study", old[0]) == UIDS.uid("study", old[0]) != UIDS.uid("study", old[1])
    other_key, other_realm = UidMap(b"another key", "test"), UidMap(UIDS.key, "reading R-001")
    assert len({uids.uid("study", old[0]) for uids in (UIDS, other_key, other_realm)}) == 3
    assert all(len(UIDS.uid(level, old[0])) <= 64 for level in ("study", "series", "image"))
    assert "a key of the test" not in repr(UIDS)


def test_copies_that_show_different_frames_or_areas_are_different_objects(
    phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    path = phantom_visit.visits[0].files[2]
    one = copied(path, tmp_path, (0, 1))[1]
    other = copied(path, tmp_path, (0, 2))[1]
    smaller = Selection(path, (0, 1), KeptArea(((100, 100, 300, 300),)))
    assert len({one.sop_instance_uid, other.sop_instance_uid, write_coded_copy(request_for(smaller), tmp_path)
                .sop_instance_uid}) == 3
    assert len(list(tmp_path.iterdir())) == 3


def test_a_file_of_other_content_is_never_replaced(phantom_visit: ParticipantTruth, tmp_path: Path) -> None:
    path = phantom_visit.visits[0].files[0]
    first = copied(path, tmp_path)[1]
    assert copied(path, tmp_path)[1] == first  # the same copy again is no second file
    first.path.write_bytes(b"somebody else's")
    with pytest.raises(CopyRefused, match="other content"):
        copied(path, tmp_path)
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"somebody else's"]


@pytest.mark.parametrize("code", ["", "SMG 07", "../SMG-07", "SMG/07", "Å-1", "x" * 33, "-07", "SMG-07\n"])
def test_a_code_that_is_no_safe_name_is_refused(code: str) -> None:
    with pytest.raises(CopyRefused):
        ForSharing(code, "baseline")


def test_frames_that_do_not_exist_are_refused() -> None:
    assert frames_of([(3, 4), (0, 1), (1, 1)], 5) == (0, 1, 3, 4)
    for wrong in ([(0, 5)], [(-1, 0)], [(2, 1)], []):
        with pytest.raises(CopyRefused):
            frames_of(wrong, 5)


def test_an_area_outside_of_the_picture_is_refused(phantom_visit: ParticipantTruth) -> None:
    selection = Selection(phantom_visit.visits[0].files[0], (0,), KeptArea(((0, 0, 600, 10),)))
    with pytest.raises(CopyRefused, match="outside"), masked_frames(selection):
        pass


@pytest.mark.parametrize("changes", [{"RegionDataType": 0xE}, {"PhysicalUnitsXDirection": 0}])
def test_bars_and_regions_without_lengths_do_not_stay(
    changes: dict[str, int], write_ultrasound: Callable[..., Path], region: Callable[..., object]
) -> None:
    beside = region((200, 10, 219, 199), **changes)
    both = write_ultrasound(None, [region((10, 10, 109, 199)), beside], name="both.dcm")
    assert kept_area_of(both) == KeptArea(((10, 10, 199, 109),))
    with pytest.raises(NoKeptArea, match="second person"):
        kept_area_of(write_ultrasound(None, [beside], name="alone.dcm"))


def test_m_mode_spectral_and_waves_do_not_stay(
    write_ultrasound: Callable[..., Path], region: Callable[..., object]
) -> None:
    others = [region((10, 200 + 30 * kind, 300, 220 + 30 * kind), kind) for kind in (2, 3, 4, 5)]
    path = write_ultrasound(None, [region((10, 10, 109, 199)), *others])
    assert kept_area_of(path) == KeptArea(((10, 10, 199, 109),))
