"""Pictures and marks that come after the signature: signed for by themselves, what was signed stays as it is."""
from __future__ import annotations

from pathlib import Path

import pytest
from kept_once import import_kept, keep_once
from signed_visits import filled_visit, review_proof, reviewed, signed_visit

from annotate.marks import Caliper, Contour, Needle
from dicom_io.calibration import Point
from dicom_io.phantom import ParticipantTruth
from injection_log.acts import additions, amending, facts, marks, reviewing, signing, studies
from injection_log.acts.studies import FolderFindings
from injection_log.errors import Refused
from injection_log.practice.story import sign
from injection_log.record.values import VisitRecord
from injection_log.site import Session, Site, log_in
from injection_log.verify import verify

REASON = "the PACS is back and the pictures came"
LINE = Caliper("length", Point(300, 200), Point(300, 400))


@pytest.fixture(scope="module")
def still(phantom_visit: ParticipantTruth, tmp_path_factory: pytest.TempPathFactory) -> tuple[FolderFindings, Path]:
    """One still of the phantom, kept."""
    folder = tmp_path_factory.mktemp("still")
    path = min(phantom_visit.visits[0].files, key=lambda path: path.stat().st_size)
    return keep_once([path], folder / "images"), folder / "images"


@pytest.fixture
def pending(injector: Session) -> VisitRecord:
    """Both glands signed with images pending."""
    return signed_visit(injector)


@pytest.fixture
def came(injector: Session, pending: VisitRecord, still: tuple[FolderFindings, Path]) -> VisitRecord:
    """An addition to the right gland is open and the picture has come."""
    return import_kept(injector, additions.open_addition(injector, pending, "right", REASON), *still)


def sign_it(session: Session, record: VisitRecord, user: str = "injector") -> VisitRecord:
    """Sign the open addition to the right gland."""
    proof = signing.Proof(user, f"practice-{user}", additions.render(session, record, "right").sha256)
    return additions.sign_addition(session, record, "right", proof)


def test_pictures_and_marks_are_added_under_a_signature_of_their_own(injector: Session, came: VisitRecord) -> None:
    uid = came.images[0].sop_instance_uid
    record = sign_it(injector, marks.place(injector, came, "right", (uid, 0), LINE))
    gland = record.glands["right"]
    (added,) = gland.additions
    assert (gland.state, gland.version, gland.addition_open, gland.later_images) == ("signed", 1, None, ())
    assert (added.reason, added.images, added.mark_ids) == (REASON, (uid,), (gland.marks[0].mark_id,))
    assert added.signature.printed_name == "Practice Injector"
    assert gland.signature == came.glands["right"].signature
    assert verify(injector.site.home).first_wrong is None


def test_what_is_signed_names_the_record_it_is_added_to_and_every_mark(injector: Session, came: VisitRecord) -> None:
    record = marks.place(injector, came, "right", (came.images[0].sop_instance_uid, 0), LINE)
    text, signature = additions.render(injector, record, "right").text, record.glands["right"].signature
    assert signature is not None
    for part in (signature.record_sha256, REASON, came.images[0].sop_instance_uid, "Length: (300.0, 200.0)"):
        assert part in text


def test_pictures_that_came_after_the_signature_are_named_until_somebody_signs_for_them(
    injector: Session, came: VisitRecord
) -> None:
    uid = came.images[0].sop_instance_uid
    record = sign_it(injector, came)
    assert (came.glands["right"].later_images, record.glands["right"].later_images) == ((uid,), ())
    assert record.glands["left"].later_images == (uid,)


def test_an_addition_takes_no_fact_and_leaves_signed_marks_alone(injector: Session, came: VisitRecord) -> None:
    uid = came.images[0].sop_instance_uid
    record = sign_it(injector, marks.place(injector, came, "right", (uid, 0), LINE))
    record = additions.open_addition(injector, record, "right", "one more picture came")
    with pytest.raises(Refused, match="only by an amendment"):
        facts.set_fact(injector, record, "right", "volume_residual_ul", "0.10")
    with pytest.raises(Refused, match="This mark was signed"):
        marks.remove(injector, record, "right", record.glands["right"].marks[0].mark_id)


def test_without_an_open_addition_a_signed_gland_takes_no_mark(
    injector: Session, pending: VisitRecord, still: tuple[FolderFindings, Path]
) -> None:
    record = import_kept(injector, pending, *still)
    with pytest.raises(Refused, match="only by an amendment"):
        marks.place(injector, record, "right", (record.images[0].sop_instance_uid, 0), LINE)


def test_an_addition_of_nothing_is_closed_and_not_signed(injector: Session, pending: VisitRecord) -> None:
    record = additions.open_addition(injector, pending, "right", REASON)
    with pytest.raises(Refused, match="Nothing was added yet"):
        sign_it(injector, record)
    assert additions.close_addition(injector, record, "right").glands["right"].addition_open is None


def test_an_addition_puts_a_review_aside_that_did_not_cover_it(
    site: Site, injector: Session, pending: VisitRecord, still: tuple[FolderFindings, Path]
) -> None:
    investigator = log_in(site, "investigator", "practice-investigator")
    record = additions.open_addition(injector, reviewed(investigator, pending, "right"), "right", REASON)
    with pytest.raises(Refused, match="reviewed by Practice Investigator"):
        reviewing.review_gland(investigator, record, "right", review_proof(record, "right"))
    record = sign_it(injector, import_kept(injector, record, *still))
    assert (record.glands["right"].state, record.glands["right"].review) == ("signed", None)
    assert REASON in reviewing.render(record, "right").text
    assert reviewed(investigator, record, "right").glands["right"].state == "reviewed"
    assert verify(site.home).first_wrong is None


def test_an_amendment_after_an_addition_says_that_it_is_part_of_the_new_version(
    injector: Session, came: VisitRecord
) -> None:
    uid = came.images[0].sop_instance_uid
    record = sign_it(injector, marks.place(injector, came, "right", (uid, 0), LINE))
    record = amending.open_amendment(injector, record, "right", "the remark was left out")
    record = facts.set_fact(injector, record, "right", "gland_remark", "quiet")
    assert "Addition 1: to version 1, is part of this version" in signing.render(injector, record, "right").text


def test_a_draft_takes_no_addition(injector: Session) -> None:
    record = filled_visit(injector, "SMG-08")
    with pytest.raises(Refused, match="place the marks in the record itself"):
        additions.open_addition(injector, record, "right", REASON)
    assert sign(injector, record, "right").glands["right"].additions == ()


def test_why_images_are_pending_is_not_changed_under_a_signature(injector: Session) -> None:
    record = sign(injector, filled_visit(injector), "right")
    with pytest.raises(Refused, match="amend every signed gland first"):
        studies.go_on_without_images(injector, record, "stored_elsewhere")
    assert verify(injector.site.home).first_wrong is None


def test_a_contour_that_is_added_gives_a_signed_needle_its_distance(
    injector: Session, pending: VisitRecord, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    truth = phantom_visit.visits[0].glands["right"].needle
    assert truth is not None
    where, needle = (truth.sop_instance_uid, truth.frame), Needle(truth.entry, truth.tip, "seen", truth.skin_row_px)
    clip = [path for path in phantom_visit.visits[0].files if path.name.endswith("right-injection.dcm")]
    record = additions.open_addition(injector, pending, "right", REASON)
    record = import_kept(injector, record, keep_once(clip, tmp_path / "clip"), tmp_path / "clip")
    record = sign_it(injector, marks.place(injector, record, "right", where, needle))
    record = additions.open_addition(injector, record, "right", "the capsule was traced later")
    row, column = truth.tip.row, truth.tip.column
    corners = ((-40, -60), (-40, 60), (40, 60), (40, -60))
    contour = Contour(tuple(Point(row + down, column + across) for down, across in corners))
    record = marks.place(injector, record, "right", where, contour)
    assert "inside the contour, in the image plane" in additions.render(injector, record, "right").text
    assert len(sign_it(injector, record).glands["right"].capsule) == 1
    assert verify(injector.site.home).first_wrong is None
