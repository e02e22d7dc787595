"""The investigator's review, and locks of a record, a participant and the study."""
from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from signed_visits import review_proof, reviewed, signed_visit

from dicom_io.phantom import ParticipantTruth
from injection_log.acts import (
    additions,
    amending,
    exports,
    facts,
    locking,
    outputs,
    reviewing,
    signing,
    studies,
    transcription,
    visits,
    withdrawing,
)
from injection_log.acts.locking import GlandScope, ParticipantScope, Scope, StudyScope
from injection_log.errors import Refused
from injection_log.record.values import VisitRecord
from injection_log.site import Session, Site, log_in
from injection_log.verify import verify

RIGHT = GlandScope("SMG-07", "injection", "right")
SCOPES: tuple[Scope, ...] = (ParticipantScope("SMG-07"), StudyScope())


@pytest.fixture
def signed(injector: Session) -> VisitRecord:
    """Both glands signed."""
    return signed_visit(injector)


@pytest.fixture
def investigator(site: Site) -> Session:
    """The practice investigator at work."""
    return log_in(site, "investigator", "practice-investigator")


@pytest.fixture
def seen(investigator: Session, signed: VisitRecord) -> VisitRecord:
    """Both glands signed and reviewed."""
    return reviewed(investigator, signed)


def test_a_review_is_signed_and_covers_the_signed_text_and_its_signature(
    site: Site, signed: VisitRecord, seen: VisitRecord
) -> None:
    gland, signature = seen.glands["right"], signed.glands["right"].signature
    assert signature is not None
    assert gland.review is not None
    assert (gland.state, gland.review.printed_name, gland.review.meaning) == (
        "reviewed", "Practice Investigator", reviewing.MEANING
    )
    assert signature.record_sha256 in gland.review.rendering
    assert [event.kind for event in site.ledger.events()][-4:] == ["GlandReviewed", "CheckpointMade"] * 2
    assert verify(site.home).first_wrong is None


def test_only_what_is_signed_is_reviewed_and_only_once(
    injector: Session, investigator: Session, seen: VisitRecord
) -> None:
    with pytest.raises(Refused, match="was reviewed by Practice Investigator"):
        reviewing.review_gland(investigator, seen, "right", review_proof(seen, "right"))
    with pytest.raises(Refused, match="not signed"):
        reviewing.render(visits.open_visit(injector, "SMG-08", "injection"), "right")


def test_whoever_signed_does_not_review(injector: Session, signed: VisitRecord) -> None:
    proof = signing.Proof("injector", "practice-injector", reviewing.render(signed, "right").sha256)
    with pytest.raises(Refused, match=r"^An injector may not review gland.*; a principal investigator may\.$"):
        reviewing.review_gland(injector, signed, "right", proof)


def test_a_locked_record_takes_no_change_and_its_neighbour_does(
    injector: Session, investigator: Session, seen: VisitRecord
) -> None:
    locking.lock(investigator, RIGHT)
    record = visits.find_visit(injector, "SMG-07", "injection")
    assert (record.glands["right"].state, record.glands["left"].state) == ("locked", "reviewed")
    with pytest.raises(Refused, match="locked \\(by Practice Investigator\\)"):
        amending.open_amendment(injector, record, "right", "a wrong value")
    assert amending.open_amendment(injector, record, "left", "a wrong value").glands["left"].version == 2
    assert verify(injector.site.home).first_wrong is None
    del seen


@pytest.mark.proves("F-10")
def test_unlocking_gives_the_state_back_and_owes_a_reason(investigator: Session, seen: VisitRecord) -> None:
    locking.lock(investigator, RIGHT)
    with pytest.raises(Refused, match="reason to unlock"):
        locking.unlock(investigator, RIGHT, "")
    locking.unlock(investigator, RIGHT, "a query is open")
    *_, unlocked, _ = investigator.site.ledger.events()
    assert (unlocked.kind, unlocked.reason) == ("GlandUnlocked", "a query is open")
    assert visits.find_visit(investigator, "SMG-07", "injection") == seen


@pytest.mark.proves("F-10")
@pytest.mark.parametrize("scope", SCOPES)
def test_under_a_wide_lock_everything_refuses(
    injector: Session, investigator: Session, seen: VisitRecord, scope: Scope
) -> None:
    locking.lock(investigator, scope)
    head, _ = injector.site.ledger.head()
    acts = (
        lambda: facts.set_fact(injector, seen, "right", "gland_remark", "late"),
        lambda: amending.open_amendment(injector, seen, "right", "a wrong value"),
        lambda: additions.open_addition(injector, seen, "right", "pictures came"),
        lambda: studies.go_on_without_images(injector, seen, "pacs_down"),
        lambda: withdrawing.withdraw_visit(injector, seen, "the wrong person"),
        lambda: withdrawing.mark_not_done(injector, "SMG-07", "month_4", "did not come"),
        lambda: transcription.flag_transcription(injector, seen, seen.day, "Somebody"),
        lambda: visits.open_visit(injector, "SMG-07", "baseline"),
        lambda: visits.confirm_identifiers(injector, seen),
        lambda: reviewing.review_gland(investigator, seen, "right", review_proof(seen, "right")),
    )
    for act in acts:
        with pytest.raises(Refused, match="locked"):
            act()
    # a signature that was tried leaves an event, which changes nothing
    assert not [event.kind for event in injector.site.ledger.events(head) if event.changes]


def test_under_a_wide_lock_no_picture_comes_in_and_none_is_left_lying(
    injector: Session, investigator: Session, seen: VisitRecord, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    still = min(phantom_visit.visits[0].files, key=lambda path: path.stat().st_size)
    shutil.copy(still, tmp_path / "still.dcm")
    locking.lock(investigator, ParticipantScope("SMG-07"))
    findings = studies.examine_folder(injector, tmp_path)
    with pytest.raises(Refused, match="locked"):
        studies.import_findings(injector, seen, findings)
    with pytest.raises(Refused, match="locked"):
        studies.keep(injector, seen, findings.kept)
    assert not [path for path in injector.site.home.images.rglob("*") if path.is_file()]


@pytest.mark.parametrize("scope", [RIGHT, *SCOPES])
def test_exports_stay_possible_under_a_lock(
    site: Site, investigator: Session, seen: VisitRecord, scope: Scope, tmp_path: Path
) -> None:
    locking.lock(investigator, scope)
    monitor = log_in(site, "monitor", "practice-monitor")
    record = visits.find_visit(monitor, "SMG-07", "injection")
    assert exports.export_sheet(monitor, record, "right")
    assert outputs.export_kind(monitor, "table", tmp_path / "table")
    del seen


@pytest.mark.parametrize("scope", SCOPES)
def test_what_is_not_finished_is_not_locked_and_is_named(
    injector: Session, investigator: Session, seen: VisitRecord, scope: Scope
) -> None:
    visits.open_visit(injector, "SMG-07", "month_4")
    with pytest.raises(Refused, match="SMG-07, Four months, right gland: still draft"):
        locking.lock(investigator, scope)
    withdrawing.mark_not_done(injector, "SMG-07", "month_4", "the participant moved away")
    locking.lock(investigator, scope)
    assert locking.lock_of(investigator, scope) is not None
    del seen


def test_a_signed_record_is_locked_only_after_its_review(investigator: Session, signed: VisitRecord) -> None:
    with pytest.raises(Refused, match="only a reviewed record is locked"):
        locking.lock(investigator, RIGHT)
    del signed


def test_a_wide_lock_over_a_locked_record_leaves_the_inner_one(
    investigator: Session, injector: Session, seen: VisitRecord
) -> None:
    for scope in (RIGHT, *SCOPES):
        locking.lock(investigator, scope)
        with pytest.raises(Refused, match="locked already, by Practice Investigator"):
            locking.lock(investigator, scope)
    for scope in SCOPES:
        locking.unlock(investigator, scope, "a correction is needed")
    record = visits.find_visit(injector, "SMG-07", "injection")
    assert (record.glands["right"].state, record.glands["left"].state) == ("locked", "reviewed")
    del seen


def test_nobody_else_locks_or_unlocks(injector: Session, investigator: Session, seen: VisitRecord) -> None:
    with pytest.raises(Refused, match="may not lock record"):
        locking.lock(injector, RIGHT)
    locking.lock(investigator, RIGHT)
    with pytest.raises(Refused, match="may not unlock record"):
        locking.unlock(injector, RIGHT, "a correction is needed")
    del seen
