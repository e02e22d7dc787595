"""Nothing leaves that nobody looked at, drawn areas need two people, and the log can be checked for both."""
from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pydicom
import pytest
from planted_tokens import Planted, Planter, all_bytes_under, found_in

from dicom_io.calibration import Point
from dicom_io.hand_scale import RulerLine
from dicom_io.phantom import ParticipantTruth
from dicom_io.travelling_scale import hand_scale_in
from injection_log.acts import copy_writing, kept_areas, scales, sharing, studies, visits
from injection_log.acts.copy_writing import ReadingOrder, SharingOrder
from injection_log.acts.kept_areas import OwedArea, StandingArea
from injection_log.acts.sharing import Choice, Look
from injection_log.errors import InjectionLogError, Refused
from injection_log.ledger.canonical import canonical_bytes
from injection_log.ledger.event import Change, EventDraft, Json, Subject
from injection_log.people.accounts import NewAccount, add_account
from injection_log.record.copies import AREA, AREA_CONFIRMED
from injection_log.record.values import VisitImage, VisitRecord
from injection_log.site import Session, Site, log_in
from injection_log.verify import verify

BOX = ((20, 30, 99, 139),)


@pytest.fixture
def operator(site: Site) -> Session:
    """A second person who may see the pictures."""
    return log_in(site, "operator", "practice-operator")


@pytest.fixture
def visit(injector: Session, phantom_visit: ParticipantTruth) -> VisitRecord:
    """The injection visit with the phantom's eight pictures."""
    opened = visits.open_visit(injector, "SMG-07", "injection")
    found = studies.examine_folder(injector, phantom_visit.visits[0].files[0].parent)
    return studies.import_findings(injector, opened, found)


def import_planted(
    session: Session, folder: Path, seed: int = 0, *, regions: bool = True
) -> tuple[VisitRecord, Planted]:
    """A visit with one file full of tokens, with the region of its header or without."""
    planted = Planter(seed, regions=regions).plant(folder)
    record = visits.open_visit(session, "SMG-07", "baseline")
    return studies.import_findings(session, record, studies.examine_folder(session, folder)), planted


def still(record: VisitRecord, plane: str = "transverse") -> VisitImage:
    return next(image for image in record.images if image.plane == plane)


def look(session: Session, record: VisitRecord, image: VisitImage, frames: tuple[int, int] = (0, 0)) -> Look:
    return sharing.look_at(sharing.plan_copies(session, record, [Choice(image.sop_instance_uid, (frames,))]))


def test_a_copy_leaves_after_a_person_looked_and_the_log_says_who_what_and_which_bytes(
    injector: Session, visit: VisitRecord, tmp_path: Path
) -> None:
    seen = look(injector, visit, still(visit))
    sharing.confirm_look(injector, seen, seen.sha256)
    (copy,) = copy_writing.write_copies(injector, seen, SharingOrder(), tmp_path / "out")
    kinds = [event.kind for event in injector.site.ledger.events()][-4:]
    assert kinds == ["CopyLookConfirmed", "LayoutLookedAt", "CodedCopiesWritten", "CheckpointMade"]
    written = list(injector.site.ledger.events_of("visit:"))[-1].changes[0].new
    assert written["files"] == {copy.path.name: copy.sha256}
    assert written["look"] == seen.sha256
    assert verify(injector.site.home).ok


def test_nothing_leaves_that_nobody_confirmed(injector: Session, visit: VisitRecord, tmp_path: Path) -> None:
    seen = look(injector, visit, still(visit))
    with pytest.raises(Refused, match="look through the contact sheet"):
        copy_writing.write_copies(injector, seen, SharingOrder(), tmp_path / "out")
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


def test_a_confirmation_is_of_these_frames_and_no_others(injector: Session, visit: VisitRecord) -> None:
    image = still(visit, "sweep")
    first, other = look(injector, visit, image, (0, 2)), look(injector, visit, image, (0, 3))
    with pytest.raises(Refused, match="not the frames that were looked at"):
        sharing.confirm_look(injector, other, first.sha256)
    sharing.confirm_look(injector, first, first.sha256)
    assert sharing.is_looked_at(injector, first)
    assert not sharing.is_looked_at(injector, other)


def test_frames_that_were_looked_at_for_sharing_need_no_second_look_for_a_reader(
    injector: Session, visit: VisitRecord, tmp_path: Path
) -> None:
    seen = look(injector, visit, still(visit))
    sharing.confirm_look(injector, seen, seen.sha256)
    (shared,) = copy_writing.write_copies(injector, seen, SharingOrder(shift_dates=True), tmp_path / "sharing")
    (blind,) = copy_writing.write_copies(injector, seen, ReadingOrder("R-0031"), tmp_path / "reading")
    made = [pydicom.dcmread(one.path) for one in (shared, blind)]
    assert [str(one.PatientID) for one in made] == ["SMG-07", "R-0031"]
    assert made[0].StudyInstanceUID != made[1].StudyInstanceUID
    assert not made[1].StudyDate
    assert made[0].StudyDate < "20260103"


def test_a_reader_never_gets_an_injection_clip(injector: Session, visit: VisitRecord, tmp_path: Path) -> None:
    for plane in ("injection", "sweep"):
        seen = look(injector, visit, still(visit, plane))
        sharing.confirm_look(injector, seen, seen.sha256)
        with pytest.raises(Refused, match="blinded readers"):
            copy_writing.write_copies(injector, seen, ReadingOrder("R-1"), tmp_path)


@pytest.mark.parametrize("code", ["SMG-07", "smg07", "R-SMG_07-a", "baseline"])
def test_a_reading_code_that_names_participant_or_visit_is_refused(
    code: str, injector: Session, tmp_path: Path
) -> None:
    record, _ = import_planted(injector, tmp_path / "in")
    seen = look(injector, record, record.images[0])
    sharing.confirm_look(injector, seen, seen.sha256)
    before = injector.site.ledger.head()
    with pytest.raises(Refused, match="names the participant or the visit"):
        copy_writing.write_copies(injector, seen, ReadingOrder(code), tmp_path / "out")
    assert (injector.site.ledger.head(), (tmp_path / "out").exists()) == (before, False)


def test_a_reader_learns_nothing_from_numbers_or_file_times_of_copies(
    injector: Session, visit: VisitRecord, tmp_path: Path
) -> None:
    stills = [image for image in visit.images if image.frames == 1 and image.plane != "injection"]
    choices = [Choice(image.sop_instance_uid, ((0, 0),)) for image in stills]
    seen = sharing.look_at(sharing.plan_copies(injector, visit, choices))
    sharing.confirm_look(injector, seen, seen.sha256)
    orders = set()
    for code in ("R-1", "R-2", "R-3", "R-4", "R-5", "R-6"):
        copies = copy_writing.write_copies(injector, seen, ReadingOrder(code), tmp_path)
        numbers = tuple(int(pydicom.dcmread(copy.path, stop_before_pixels=True).InstanceNumber) for copy in copies)
        assert sorted(numbers) == list(range(1, len(stills) + 1))
        orders.add(numbers)
    assert len(orders) > 1
    assert len({path.stat().st_mtime for path in tmp_path.glob("R-*.dcm")}) == 1


def test_an_area_that_was_taken_back_after_the_look_lets_nothing_leave(
    injector: Session, operator: Session, visit: VisitRecord, tmp_path: Path
) -> None:
    image, area = still(visit), ((100, 100, 500, 600),)
    kept_areas.draw_kept_area(injector, image, area, instead_of_the_region=True)
    kept_areas.confirm_kept_area(operator, image, area)
    seen = look(injector, visit, image)
    sharing.confirm_look(injector, seen, seen.sha256)
    kept_areas.draw_kept_area(operator, image, ((100, 100, 400, 600),))
    with pytest.raises(Refused, match="changed meanwhile"):
        copy_writing.write_copies(injector, seen, SharingOrder(), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_area_that_one_person_drew_waits_for_a_second(
    injector: Session, operator: Session, tmp_path: Path
) -> None:
    record, _ = import_planted(injector, tmp_path / "in", regions=False)
    image = record.images[0]
    with pytest.raises(Refused, match="second person"):
        look(injector, record, image)
    owed = kept_areas.draw_kept_area(injector, image, BOX)
    assert isinstance(owed, OwedArea)
    with pytest.raises(Refused, match="a second person does"):
        kept_areas.confirm_kept_area(injector, image, BOX)
    with pytest.raises(Refused, match="waits for a second person"):
        look(injector, record, image)
    assert isinstance(kept_areas.confirm_kept_area(operator, image, BOX), StandingArea)
    assert look(injector, record, image).images[0].area_from == "drawn"
    assert verify(injector.site.home).ok


def test_a_drawn_area_is_remembered_for_the_scanners_layout_and_drawing_again_takes_two_again(
    injector: Session, operator: Session, visit: VisitRecord
) -> None:
    first, second = still(visit, "transverse"), still(visit, "longitudinal")
    smaller = ((100, 100, 500, 600),)
    kept_areas.draw_kept_area(injector, first, smaller, instead_of_the_region=True)
    kept_areas.confirm_kept_area(operator, first, smaller)
    standing = kept_areas.area_for(injector, second)
    assert isinstance(standing, StandingArea)
    assert standing.area.boxes == smaller
    assert isinstance(kept_areas.draw_kept_area(operator, second, BOX), OwedArea)
    taken = kept_areas.take_back_kept_area(injector, first)
    assert isinstance(taken, StandingArea)
    assert taken.area_from == "scanner"


def test_another_area_than_the_shown_one_is_not_confirmed(
    injector: Session, operator: Session, visit: VisitRecord
) -> None:
    image = still(visit)
    kept_areas.draw_kept_area(injector, image, ((100, 100, 500, 600),), instead_of_the_region=True)
    with pytest.raises(Refused, match="Another area"):
        kept_areas.confirm_kept_area(operator, image, BOX)
    with pytest.raises(Refused, match="outside"):
        kept_areas.draw_kept_area(injector, image, ((0, 0, 600, 799),))


@pytest.mark.parametrize(("role", "may"), [
    ("data_manager", {"plan", "write"}), ("monitor", set()), ("principal_investigator", {"plan", "sheet", "write"}),
])  # fmt: skip
def test_who_may_do_what_with_copies(role: str, may: set[str], injector: Session, visit: VisitRecord) -> None:
    session = _somebody(injector.site, role)
    seen = look(injector, visit, still(visit))
    sharing.confirm_look(injector, seen, seen.sha256)
    out = injector.site.home.root.parent / "out"
    acts: dict[str, Callable[[], object]] = {
        "plan": lambda: look(session, visit, still(visit)),
        "sheet": lambda: list(sharing.contact_sheet(session, seen)),
        "write": lambda: copy_writing.write_copies(session, seen, SharingOrder(), out),
    }
    for name, act in acts.items():
        if name in may:
            act()
        else:
            with pytest.raises(Refused, match="may not"):
                act()


def _somebody(site: Site, role: str) -> Session:
    admin = log_in(site, "admin", "practice-admin")
    if role != "monitor":
        cost = _cheap()
        add_account(
            site.ledger, admin.actor, NewAccount(role.replace("_", "-"), role, role, "practice-password", cost),
            clock=site.clock, protocol=site.protocol.sha256,
        )  # fmt: skip
        return log_in(site, role.replace("_", "-"), "practice-password")
    return log_in(site, "monitor", "practice-monitor")


def _cheap() -> object:
    from injection_log.people.passwords import PasswordCost

    return PasswordCost(passes=1, memory_kib=8, lanes=1)


def test_a_scale_that_somebody_set_goes_with_the_copy_and_their_name_does_not(
    injector: Session, operator: Session, tmp_path: Path
) -> None:
    record, _ = import_planted(injector, tmp_path / "in", regions=False)
    image = record.images[0]
    lines = [RulerLine(Point(10, 30), Point(110.5, 30.25), 20_000)]
    record = scales.set_by_hand(injector, record, (image.sop_instance_uid, 0), lines)
    kept_areas.draw_kept_area(injector, image, BOX)
    kept_areas.confirm_kept_area(operator, image, BOX)
    seen = look(injector, record, image)
    sharing.confirm_look(injector, seen, seen.sha256)
    (copy,) = copy_writing.write_copies(injector, seen, ReadingOrder("R-7"), tmp_path / "out")
    travelled = hand_scale_in(copy.path)
    assert travelled is not None
    assert travelled.lines == tuple(lines)
    assert b"Practice Injector" not in copy.path.read_bytes()


def test_the_contact_sheet_shows_every_different_frame_once(injector: Session, visit: VisitRecord) -> None:
    seen = look(injector, visit, still(visit, "injection"), (0, 12))
    pages = [cv2.imdecode(np.frombuffer(page, np.uint8), cv2.IMREAD_COLOR) for page in
             sharing.contact_sheet(injector, seen)]
    assert seen.tiles == len({frame.look.sha256 for frames in seen.distinct for frame in frames})
    assert sum(len(frame.same) + 1 for frames in seen.distinct for frame in frames) == 13
    assert len(pages) == -(-seen.tiles // 6)
    assert {page.shape for page in pages} == {(1252, 2592, 3)}


def test_a_picture_that_changed_after_it_was_looked_at_does_not_leave(
    injector: Session, visit: VisitRecord, tmp_path: Path
) -> None:
    image = still(visit)
    seen = look(injector, visit, image)
    sharing.confirm_look(injector, seen, seen.sha256)
    path = injector.site.image_path(image.sha256)
    data = bytearray(path.read_bytes())
    data[-500_000] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(Refused, match="changed after it was looked at"):
        copy_writing.write_copies(injector, seen, SharingOrder(), tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_folder_that_cannot_be_written_leaves_no_event(
    injector: Session, visit: VisitRecord, tmp_path: Path
) -> None:
    seen = look(injector, visit, still(visit))
    sharing.confirm_look(injector, seen, seen.sha256)
    before = injector.site.ledger.head()
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(InjectionLogError, match="another folder"):
        copy_writing.write_copies(injector, seen, SharingOrder(), tmp_path / "file")
    assert injector.site.ledger.head() == before


def test_no_planted_token_is_in_events_copies_sheets_names_or_log_lines(
    injector: Session, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    record, planted = import_planted(injector, tmp_path / "in", seed=3)
    caplog.clear()
    capfd.readouterr()
    seen = look(injector, record, record.images[0], (0, record.images[0].frames - 1))
    pages = list(sharing.contact_sheet(injector, seen))
    sharing.confirm_look(injector, seen, seen.sha256)
    copy_writing.write_copies(injector, seen, SharingOrder(shift_dates=True), tmp_path / "out")
    home = injector.site.home
    where = all_bytes_under([home.root, tmp_path / "out"], leave_out=[home.images])
    # A picture's own identifiers stand in the log, which stays at the site; nothing else of a header does.
    own = {uid.removeprefix("1.2.") for uid in (record.images[0].sop_instance_uid, record.images[0].study_instance_uid)}
    own |= {str(injector.site.ledger.values(f"image:{record.images[0].sop_instance_uid}")["series"])[4:]}
    tokens = [token for token in planted.tokens if token not in own]
    assert found_in(b"".join(where.values()), tokens) == []
    assert found_in((caplog.text + "".join(capfd.readouterr())).encode() + b"".join(pages), planted.tokens) == []
    assert found_in(b"".join(all_bytes_under([tmp_path / "out"]).values()), planted.tokens) == []


def _forged(session: Session, kind: str, subject: Subject, field: str, new: Json) -> tuple[bool, str]:
    """What verification says after an event that no act would write."""
    old = session.site.ledger.values(subject.key).get(field)
    draft = EventDraft(kind, subject, (Change(field, old, new),))
    session.site.ledger.append(session.actor, [draft], protocol=session.site.protocol.sha256)
    report = verify(session.site.home)
    return report.ok, report.first_wrong.why if report.first_wrong else ""


def test_verify_finds_copies_that_nobody_had_looked_at(injector: Session, visit: VisitRecord) -> None:
    new: Json = {"for": "sharing", "code": "SMG-07", "look": "0" * 64, "files": {"a.dcm": "1" * 64}}
    subject = sharing.visit_of(visit)
    ok, why = _forged(injector, "CodedCopiesWritten", subject, "coded_copy.abc", new)
    assert not ok
    assert "nobody had looked at" in why


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"files": {"R-1_aa.dcm": "1" * 64}}, "another digest"),
        ({"for": "reading", "time_point": "injection"}, "blinded reader"),
        ({"for": "reading", "dates": "shifted"}, "blinded reader"),
        ({"for": "sharing", "code": "SMG-99"}, "another participant"),
        ({"for": "else"}, "another participant"),
        ({"code": "R-9"}, "not of their code"),
    ],
)
def test_verify_finds_an_event_of_copies_that_were_never_written_so(
    change: dict[str, Json], words: str, injector: Session, visit: VisitRecord, tmp_path: Path
) -> None:
    seen = look(injector, visit, still(visit))
    sharing.confirm_look(injector, seen, seen.sha256)
    copy_writing.write_copies(injector, seen, ReadingOrder("R-1"), tmp_path)
    (field, written) = next(
        (name, value) for name, value in injector.site.ledger.values(sharing.visit_of(visit).key).items()
        if name.startswith("coded_copy.")
    )  # fmt: skip
    assert isinstance(written, dict)
    ok, why = _forged(injector, "CodedCopiesWritten", sharing.visit_of(visit), field, {**written, **change})
    assert not ok
    assert words in why


def test_verify_finds_a_look_whose_frames_are_not_those_of_its_digest(injector: Session, visit: VisitRecord) -> None:
    seen = look(injector, visit, still(visit))
    image = replace(seen.images[0], ranges=((0, 0), (5, 9)))
    new: Json = {"sha256": seen.sha256, "by": "injector", "images": {image.sop_instance_uid: image.to_json()}}
    field = f"copy_look.{seen.sha256[:32]}"
    ok, why = _forged(injector, "CopyLookConfirmed", sharing.visit_of(visit), field, new)
    assert not ok
    assert "other frames" in why


def test_verify_finds_an_area_confirmed_by_who_drew_it(injector: Session, visit: VisitRecord) -> None:
    image = still(visit)
    kept_areas.draw_kept_area(injector, image, BOX, instead_of_the_region=True)
    layout = kept_areas.layout_of(injector, image)
    new: Json = {"boxes": [list(BOX[0])], "by": "injector"}
    ok, why = _forged(injector, "KeptAreaConfirmed", layout, AREA_CONFIRMED, new)
    assert not ok
    assert "by the person who drew it" in why


def test_verify_finds_an_act_in_another_persons_name(injector: Session, visit: VisitRecord) -> None:
    new: Json = {"boxes": [list(BOX[0])], "by": "operator"}
    ok, why = _forged(injector, "KeptAreaDrawn", kept_areas.layout_of(injector, still(visit)), AREA, new)
    assert not ok
    assert "another person" in why


def test_verify_finds_a_look_with_an_area_that_two_people_had_not_agreed_on(
    injector: Session, visit: VisitRecord
) -> None:
    seen = look(injector, visit, still(visit))
    image = replace(seen.images[0], area_from="drawn")
    images: Json = {image.sop_instance_uid: image.to_json()}
    digest = hashlib.sha256(canonical_bytes(images)).hexdigest()
    new: Json = {"sha256": digest, "by": "injector", "images": images}
    field = f"copy_look.{digest[:32]}"
    ok, why = _forged(injector, "CopyLookConfirmed", sharing.visit_of(visit), field, new)
    assert not ok
    assert "not agreed" in why


def test_what_the_log_keeps_of_a_layout_is_a_digest(injector: Session, visit: VisitRecord) -> None:
    subject = kept_areas.layout_of(injector, still(visit))
    assert len(subject.id) == 64
    kept_areas.draw_kept_area(injector, still(visit), BOX, instead_of_the_region=True)
    stored = json.dumps(injector.site.ledger.values(subject.key))
    assert "phantom" not in stored.lower()


@pytest.mark.parametrize(("there", "more", "words"), [
    (ReadingOrder("R-1"), SharingOrder(), "holds copies for a blinded reader"),
    (SharingOrder(), ReadingOrder("R-1"), "holds copies for sharing"),
])  # fmt: skip
def test_copies_for_sharing_and_for_a_blinded_reader_are_never_in_one_folder(
    there: copy_writing.CopyOrder, more: copy_writing.CopyOrder, words: str, injector: Session, tmp_path: Path
) -> None:
    record, _ = import_planted(injector, tmp_path / "in")
    seen = look(injector, record, record.images[0])
    sharing.confirm_look(injector, seen, seen.sha256)
    copies = copy_writing.write_copies(injector, seen, there, tmp_path / "out")
    before = injector.site.ledger.head()
    with pytest.raises(Refused, match=words):
        copy_writing.write_copies(injector, seen, more, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == [copy.path.name for copy in copies]
    assert injector.site.ledger.head() == before


def test_a_file_with_a_copys_name_that_says_nothing_keeps_copies_out(injector: Session, tmp_path: Path) -> None:
    record, _ = import_planted(injector, tmp_path / "in")
    seen = look(injector, record, record.images[0])
    sharing.confirm_look(injector, seen, seen.sha256)
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("anything else may lie there")
    copy_writing.write_copies(injector, seen, ReadingOrder("R-1"), out)
    (out / "SMG-99_0123456789abcdef.dcm").write_bytes(b"not DICOM")
    with pytest.raises(Refused, match="does not say whom it is for"):
        copy_writing.write_copies(injector, seen, ReadingOrder("R-2"), out)


def test_a_scanners_own_region_is_put_out_of_use_only_when_asked_for(injector: Session, visit: VisitRecord) -> None:
    with pytest.raises(Refused, match="out of use"):
        kept_areas.draw_kept_area(injector, still(visit), BOX)
    assert isinstance(kept_areas.area_for(injector, still(visit)), StandingArea)
    drawn = kept_areas.draw_kept_area(injector, still(visit), BOX, instead_of_the_region=True)
    assert isinstance(drawn, OwedArea)


def test_drawing_over_another_persons_waiting_area_says_whose_it_was(
    injector: Session, operator: Session, tmp_path: Path
) -> None:
    record, _ = import_planted(injector, tmp_path / "in", regions=False)
    asked = [(injector, BOX), (injector, BOX), (operator, ((20, 30, 90, 130),))]
    drawn = [kept_areas.draw_kept_area(session, record.images[0], boxes) for session, boxes in asked]
    assert [one.replaces for one in drawn if isinstance(one, OwedArea)] == ["", "", "injector"]
