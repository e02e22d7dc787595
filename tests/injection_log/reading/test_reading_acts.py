"""A reader at work: cases in order, each look an event, what is owed, the lock without a way back, resuming."""
from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from annotate.marks import Caliper
from dicom_io.calibration import Point
from injection_log.acts import campaign_packages, campaign_returns, campaigns
from injection_log.errors import HomeMissing, Refused
from injection_log.home import Home
from injection_log.people.renewing import NewPassword
from injection_log.practice.reading_story import BLINDED, Hand, read_gland, reading_site, whose
from injection_log.reading import reading_acts
from injection_log.reading.case import Case
from injection_log.reading.package_home import (
    PackageHome,
    ReaderSession,
    begin_with_code,
    log_in_reader,
    log_out_reader,
)
from injection_log.site import Session, Site, log_in
from injection_log.verify import verify

if TYPE_CHECKING:
    from injection_log.practice.reading_story import Truths
    from injection_log.reading.making import MadePackage

READER = BLINDED[0]
EXACT = Hand(0, 0)


class Desk:
    """A package that was written and not begun, and the site that it is of."""

    def __init__(self, site: Site, truths: Truths, place: Path, made: MadePackage) -> None:
        self.site, self.truths, self.place, self.made = site, truths, place, made

    def manager(self) -> Session:
        return log_in(self.site, "manager", "practice-manager")

    def truth_of(self, code: str) -> object:
        return self.truths[whose(self.manager(), "RC-1", 1)[code]]

    def read(self, reader: ReaderSession, case: Case) -> Case:
        truth = self.truth_of(case.code)
        for side in case.glands:
            case = read_gland(reader, case, side, (truth.glands[side], EXACT, random.Random(1)))
        return case


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Path]]:
    folder = tmp_path_factory.mktemp("desk")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INJECTION_LOG_KEYS", str(folder / "keys"))
        site, truths = reading_site(Home(folder / "home"), folder, 1, lambda said: None)
        manager = log_in(site, "manager", "practice-manager")
        campaigns.open_campaign(manager, [one.user for one in BLINDED[:2]], BLINDED[2].user)
        made = campaign_packages.write_package(manager, "RC-1", 1, folder / "package")
        desk = Desk(site, truths, folder / "package", made)
        yield desk, folder / "keys"
        site.ledger.close()


@pytest.fixture
def desk(written: tuple[Desk, Path], monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("INJECTION_LOG_KEYS", str(written[1]))
    return written[0]


@pytest.fixture
def reader(desk: Desk) -> Iterator[ReaderSession]:
    """The reader at work; the first to ask uses the one-time code."""
    package = PackageHome.open(Home(desk.place))
    if "reset" in package.ledger.values(f"user:{READER.user}"):
        begin_with_code(package, NewPassword(READER.user, desk.made.one_time_code, READER.password))
    yield log_in_reader(package, READER.user, READER.password)
    package.ledger.close()


def test_a_look_is_an_event_and_the_next_case_is_the_one_that_was_interrupted(reader: ReaderSession) -> None:
    case = reading_acts.next_case(reader)
    assert case is not None
    log_out_reader(reader)
    again = reading_acts.next_case(log_in_reader(reader.site, READER.user, READER.password))
    assert again is not None
    assert (again.code, again.looks) == (case.code, case.looks + 1)
    last = [event.kind for event in reader.site.ledger.events() if event.subject.kind == "case"][-2:]
    assert last == ["CaseOpened", "CaseOpened"]


def test_cases_are_read_in_order(reader: ReaderSession) -> None:
    waiting = [line.code for line in reading_acts.list_cases(reader) if line.state == "waiting"]
    with pytest.raises(Refused, match="turn of"):
        reading_acts.open_case(reader, waiting[-1])


def test_a_case_that_owes_something_is_not_locked_and_says_what(reader: ReaderSession) -> None:
    case = reading_acts.next_case(reader)
    assert case is not None
    with pytest.raises(Refused, match="right gland: say how good the pictures are"):
        reading_acts.lock_case(reader, case)
    reading_acts.judge_quality(reader, case, "right", "adequate")
    with pytest.raises(Refused, match="right gland: measure the length"):
        reading_acts.lock_case(reader, case)


def test_pictures_that_cannot_be_read_owe_nothing_more_and_a_reason_is_a_choice(reader: ReaderSession) -> None:
    case = reading_acts.next_case(reader)
    assert case is not None
    for why in ("", "because it is DMSO"):
        with pytest.raises(Refused, match="Say why"):
            reading_acts.judge_quality(reader, case, "left", "unreadable", why)
    judged = reading_acts.judge_quality(reader, case, "left", "unreadable", "shadow")
    assert (judged.glands["left"].quality, judged.glands["left"].volume_ul) == ("unreadable", None)


def test_a_mark_lies_on_a_picture_of_its_own_gland_only(reader: ReaderSession) -> None:
    case = reading_acts.next_case(reader)
    assert case is not None
    other = next(uid for uid, side in case.side_of.items() if side == "left")
    with pytest.raises(Refused, match="does not show the right gland"):
        reading_acts.place_mark(reader, case, "right", (other, 0), Caliper("length", Point(200, 300), Point(200, 400)))


@pytest.mark.parametrize("grade", [-1, 4, True, 1.0])
def test_a_grade_is_one_of_four_whole_numbers(grade: int, reader: ReaderSession) -> None:
    case = reading_acts.next_case(reader)
    assert case is not None
    with pytest.raises(Refused, match="0, 1, 2 or 3"):
        reading_acts.give_grade(reader, case, "right", "grey_scale", grade)


def test_a_package_with_open_cases_does_not_come_home(desk: Desk) -> None:
    with pytest.raises(Refused, match="not locked yet"):
        campaign_returns.return_package(desk.manager(), "RC-1", desk.place)


def test_after_the_lock_nothing_of_a_case_is_changed_or_shown_again(desk: Desk, reader: ReaderSession) -> None:
    case = reading_acts.next_case(reader)
    assert case is not None
    open_one = desk.read(reader, case)
    locked = reading_acts.lock_case(reader, open_one)
    before = reader.site.ledger.head()[0]
    uid = next(uid for uid, side in case.side_of.items() if side == "right")
    for act in (
        lambda: reading_acts.open_case(reader, case.code),
        lambda: reading_acts.give_grade(reader, open_one, "right", "grey_scale", 3),
        lambda: reading_acts.judge_quality(reader, open_one, "right", "limited", "gain"),
        lambda: reading_acts.remove_mark(reader, open_one, "right", locked.glands["right"].marks[0].mark_id),
        lambda: reading_acts.place_mark(
            reader, open_one, "right", (uid, 0), Caliper("length", Point(200, 300), Point(200, 400))
        ),
        lambda: reading_acts.lock_case(reader, open_one),
    ):
        with pytest.raises(Refused, match="locked"):
            act()
    kinds = {event.kind for event in reader.site.ledger.events(after=before)}
    assert kinds == {"AccessDenied"}
    assert verify(Home(desk.place)).ok


def test_a_site_is_no_package_and_a_package_is_no_site(desk: Desk, reader: ReaderSession) -> None:
    del reader
    with pytest.raises(Refused, match="is a reading package, not a site"):
        Site.open(Home(desk.place))
    with pytest.raises(Refused, match="no reading package"):
        PackageHome.open(desk.site.home)
    with pytest.raises(HomeMissing):
        PackageHome.open(Home(desk.place.parent / "nowhere"))


def test_a_reader_logs_in_to_the_own_package_and_to_no_site(desk: Desk, reader: ReaderSession) -> None:
    del reader
    with pytest.raises(Refused, match="open your reading package"):
        log_in(desk.site, READER.user, READER.password)
    package = PackageHome.open(Home(desk.place))
    with pytest.raises(Exception, match="user id or the password"):
        log_in_reader(package, BLINDED[1].user, BLINDED[1].password)
    package.ledger.close()
