"""The blinded reader's window, driven by mouse and keys on packages of the practice campaign, to the lock and home."""
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QTableWidget, QWidget

from injection_log.acts import campaign_returns, campaign_seen, campaigns
from injection_log.home import Home
from injection_log.people.errors import Denied
from injection_log.practice.reading_story import BLINDED, MANAGER
from injection_log.reading import reading_acts
from injection_log.reading.case import owed
from injection_log.reading.package_home import PackageHome, log_in_reader
from injection_log.reading.returned import of_values
from injection_log.site import log_in
from injection_log.verify import verify
from injection_log_napari.window import make_reading_window
from tools import reading_room
from tools.reading_room import CAMPAIGN, Packages, ReaderHands

if TYPE_CHECKING:
    from injection_log.reading.case import Case

READER, ADJUDICATOR = BLINDED[0], BLINDED[2]
SIZE = (1280, 720)


class Looked:
    """Every text, tip, name and hint of every widget of a window, hidden ones too, whenever `look` was called."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self.texts: set[str] = set()
        self.looks = 0

    def look(self) -> None:
        QApplication.processEvents()
        self.looks += 1
        for widget in (self._window, *self._window.findChildren(QWidget)):
            self.texts |= set(_texts_of(widget))


def _texts_of(widget: QWidget) -> Iterator[str]:
    yield from (
        widget.windowTitle(), widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(),
        widget.objectName(), widget.statusTip(), widget.whatsThis(), widget.windowFilePath(),
    )  # fmt: skip
    if isinstance(widget, QLabel | QLineEdit | QAbstractButton):
        yield str(widget.text())
    if isinstance(widget, QTableWidget):
        places = [(row, column) for row in range(widget.rowCount()) for column in range(widget.columnCount())]
        yield from (item.text() for place in places if (item := widget.item(*place)) is not None)


class Read:
    """A package whose first two cases a hand has read in the window, and the third by the same acts without one."""

    def __init__(self, packages: Packages, canvas: str) -> None:
        self.packages, self.said = packages, list[str]()
        self.layers: list[str] = []
        hands = ReaderHands(PackageHome.open(Home(packages.place(1))), SIZE, canvas)
        self.looked = Looked(hands.window)
        self.looked.look()
        hands.enter(READER.user, packages.codes[1])
        hands.choose_password(READER.password)
        self.looked.look()
        for _ in range(2):
            self._read_case(hands)
        self.canvas = hands.window.zone.canvas.name
        hands.window.close()
        self._read_rest()

    def _read_case(self, hands: ReaderHands) -> None:
        hands.open_next()
        self.looked.look()
        truth = self.packages.truth_of(1, hands.page.desk.case.code)
        for kind in ("caliper", "grade", "gland", "lock"):
            hands.read_until(truth, kind)
            self.said.append(hands.page.line.text)
            self.looked.look()
        model = getattr(hands.window.zone.canvas, "model", None)
        self.layers += [layer.name for layer in model.layers] if model is not None else []
        hands.page.keys.open()
        self.looked.look()
        hands.page.keys.hide()
        hands.window.zone.focus()
        hands.key(Qt.Key.Key_Return)
        self.looked.look()
        hands.key(Qt.Key.Key_Return)
        hands.wait(lambda: hands.window.case is None)
        self.looked.look()

    def _read_rest(self) -> None:
        package = PackageHome.open(Home(self.packages.place(1)))
        reader = log_in_reader(package, READER.user, READER.password)
        while (case := reading_acts.next_case(reader)) is not None:
            for side in case.glands:
                case = reading_acts.judge_quality(reader, case, side, "unreadable", "shadow")
            reading_acts.lock_case(reader, case)
        package.ledger.close()

    @property
    def cases(self) -> list[Case]:
        """All cases as they stand in the package's log, in the order of reading."""
        package = PackageHome.open(Home(self.packages.place(1)))
        values = {key: package.ledger.values(key) for key in ("ledger:",)}
        values |= {key: facts for kind in ("case:", "read:", "image:") for key, facts in
                   package.ledger.values_of(kind).items()}
        read = of_values(values)
        package.ledger.close()
        return [read.cases[code] for code in read.package.cases]


@pytest.fixture(scope="module", params=["napari", "plain"])
def read_once(request: pytest.FixtureRequest, app: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Read]:
    del app
    folder = tmp_path_factory.mktemp(f"read-{request.param}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INJECTION_LOG_KEYS", str(folder / "keys"))
        yield Read(reading_room.write_packages(folder), request.param)


@pytest.fixture
def read(read_once: Read, monkeypatch: pytest.MonkeyPatch) -> Read:
    monkeypatch.setenv("INJECTION_LOG_KEYS", str(read_once.packages.folder / "keys"))
    return read_once


def test_two_cases_are_read_by_hand_to_the_lock_on_either_canvas(read: Read) -> None:
    assert [case.state for case in read.cases] == ["locked"] * 3
    by_hand = [len(gland.marks) for case in read.cases for gland in case.glands.values()]
    assert by_hand == [3, 3, 3, 3, 0, 0]
    assert read.canvas in ("napari", "plain")


def test_what_was_measured_by_hand_is_what_the_phantom_is(read: Read) -> None:
    for case in read.cases[:2]:
        truth = read.packages.truth_of(1, case.code)
        for side, gland in case.glands.items():
            assert gland.size.length_um / 1000 == pytest.approx(truth[side].length_mm, abs=0.3)
            assert gland.grades == {"grey_scale": 1}


def test_the_sentence_leads_from_measure_to_grade_to_the_other_gland_to_the_lock(read: Read) -> None:
    assert read.said[0] == "Length: click one side, then the other; or drag across."
    assert read.said[1].startswith("Right gland: give the Grey-scale grade")
    assert read.said[2] == "Right gland: all is there. Press Enter to go on to the left gland."
    assert read.said[3] == "Nothing is owed. Press Enter to lock this case; there is no way back to it."


def test_no_widget_layer_or_log_says_who_when_or_which_visit(read: Read) -> None:
    packages = read.packages
    manager = log_in(packages.site, MANAGER.user, MANAGER.password)
    home = Home(packages.place(1))
    package = PackageHome.open(home)
    secrets = campaign_seen._secrets(
        manager, campaigns.find_campaign(manager, CAMPAIGN), package.package, campaign_seen._days_of(home)
    )
    package.ledger.close()
    kept = [home.log_file.read_text(encoding="utf-8")] if home.log_file.exists() else []
    seen = "\n".join([*read.looked.texts, *read.layers, *kept]).lower()
    needles = {text.lower() for texts in secrets.values() for text in texts}
    assert {"smg-20", "month_4", "practice injector"} <= needles
    assert read.looked.looks > 15
    assert {needle for needle in needles if needle in seen} == set()
    assert "picture 1" in seen


def test_the_package_verifies_and_the_site_takes_it_home(read: Read) -> None:
    report = verify(Home(read.packages.place(1)))
    assert report.ok, report.first_wrong
    manager = log_in(read.packages.site, MANAGER.user, MANAGER.password)
    home = campaigns.find_campaign(manager, CAMPAIGN).home
    if 1 not in home:
        campaign_returns.return_package(manager, CAMPAIGN, read.packages.place(1))
    assert 1 in campaigns.find_campaign(manager, CAMPAIGN).home
    assert verify(read.packages.site.home).ok


def test_each_look_in_the_window_is_an_event(read: Read) -> None:
    package = PackageHome.open(Home(read.packages.place(1)))
    kinds = [event.kind for event in package.ledger.events()]
    package.ledger.close()
    assert kinds.count("CaseOpened") == 3
    assert kinds.count("CaseLocked") == 3
    assert kinds.count("CaliperPlaced") == 12


# ---- one case, begun -----------------------------------------------------------------------------------------
@pytest.fixture
def hands(app: object, tmp_path: Path) -> Iterator[ReaderHands]:
    del app
    made = ReaderHands(reading_room.write_packages(tmp_path).begun(1), SIZE)
    made.enter(READER.user, READER.password)
    made.open_next()
    yield made
    made.window.close()


def _drawn_length(hands: ReaderHands) -> None:
    from dicom_io.calibration import Point

    hands.page.room.take_caliper("length")
    hands.click(Point(300, 250))
    hands.click(Point(300, 500))


def test_a_window_closed_in_a_case_opens_it_again_with_all_its_marks(hands: ReaderHands) -> None:
    _drawn_length(hands)
    package, code = hands.window.package, hands.page.desk.case.code
    marks = hands.page.desk.case.glands["right"].marks
    hands.window.close()
    again = ReaderHands(package, SIZE)
    again.enter(READER.user, READER.password)
    assert "Go on with case 1" in again.window.list.go.text()
    again.open_next()
    assert again.page.desk.case.code == code
    assert again.page.desk.case.glands["right"].marks == marks
    again.window.close()


def test_the_lock_covers_the_case_and_the_password_brings_it_back(hands: ReaderHands) -> None:
    _drawn_length(hands)
    page = hands.page
    hands.window.lock("idle")
    assert hands.window.stack.currentWidget() is hands.window.log_in
    hands.enter(READER.user, READER.password)
    assert hands.window.stack.currentWidget() is page
    assert len(page.desk.case.glands["right"].marks) == 1
    assert "ScreenLocked" in [event.kind for event in hands.window.package.ledger.events()]


def test_what_is_owed_is_listed_before_a_lock_and_nothing_is_locked(hands: ReaderHands) -> None:
    hands.press(hands.page.panel.lock)
    title = hands.page.room.asking.asked.question.title
    assert all(sentence in title for sentence in owed(hands.page.desk.package, hands.page.desk.case))
    assert not hands.page.panel.question.keep.isVisible()
    hands.key(Qt.Key.Key_Escape)
    assert hands.page.desk.case.state == "open"


def test_a_digit_is_a_grade_only_where_a_grade_has_the_focus(hands: ReaderHands) -> None:
    hands.window.zone.focus()
    hands.key(Qt.Key.Key_2)
    assert hands.page.desk.case.glands["right"].grades == {}
    hands.page.panel.grades["grey_scale"].focus_it()
    hands.key(Qt.Key.Key_2)
    assert hands.page.desk.case.glands["right"].grades == {"grey_scale": 2}
    assert hands.page.panel.grades["grey_scale"].numbers[2].isChecked()


def test_pictures_that_are_not_adequate_owe_a_reason_from_the_list(hands: ReaderHands) -> None:
    quality = hands.page.panel.quality
    hands.press(quality.levels["limited"])
    assert hands.page.desk.case.glands["right"].quality == ""
    assert quality.reasons["shadow"].isVisible()
    hands.press(quality.reasons["shadow"])
    gland = hands.page.desk.case.glands["right"]
    assert (gland.quality, gland.why) == ("limited", "shadow")
    assert not quality.reasons["shadow"].isVisible()


def test_the_list_opens_nothing_but_the_case_whose_turn_it_is(hands: ReaderHands) -> None:
    hands.window.leave_case()
    table = hands.window.list.table
    table.cellDoubleClicked.emit(2, 0)
    table.cellActivated.emit(2, 0)
    hands.spin()
    assert hands.window.case is None
    with pytest.raises(Denied):
        reading_acts.give_grade(
            hands.window.session, reading_acts.known_case(hands.window.session, hands.window.package.package.cases[2]),
            "right", "grey_scale", 1,
        )


def test_all_locked_says_what_to_do_with_the_package(hands: ReaderHands) -> None:
    session = hands.window.session
    while (case := reading_acts.next_case(session)) is not None:
        for side in case.glands:
            case = reading_acts.judge_quality(session, case, side, "unreadable", "gain")
        reading_acts.lock_case(session, case)
    hands.window.leave_case()
    assert "3 of 3 locked" in hands.window.list._progress.text()
    assert "send the whole folder of this package back" in hands.window.list.line.text
    assert not hands.window.list.go.isVisible()


# ---- the adjudicator -----------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def differing(app: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Packages]:
    del app
    folder = tmp_path_factory.mktemp("differing")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INJECTION_LOG_KEYS", str(folder / "keys"))
        yield reading_room.with_adjudication(reading_room.write_packages(folder))


def test_an_adjudicator_sees_both_readings_side_by_side_chooses_and_locks(
    differing: Packages, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INJECTION_LOG_KEYS", str(differing.folder / "keys"))
    hands = ReaderHands(differing.begun(3), SIZE)
    looked = Looked(hands.window)
    hands.enter(ADJUDICATOR.user, ADJUDICATOR.password)
    hands.open_next()
    page = hands.window.case
    pairs = page._drawn["right"]
    assert [pair.title for pair in pairs] == ["Picture 1: longitudinal", "Picture 2: transverse"]
    assert all(pair.pictures["A"].shape[1] == pair.pictures["B"].shape[1] for pair in pairs)
    assert any((pair.pictures["A"][:400] != pair.pictures["B"][:400]).any() for pair in pairs)
    looked.look()
    for key in (Qt.Key.Key_A, Qt.Key.Key_Return, Qt.Key.Key_B):
        hands.key(key)
    assert [gland.decision for gland in page.desk.case.glands.values()] == ["A", "B"]
    hands.lock_case()
    looked.look()
    names = {one.printed_name for one in BLINDED[:2]} | {one.user for one in BLINDED[:2]}
    assert not any(name in text for name in names for text in looked.texts)
    assert "1 of 2 locked" in hands.window.list._progress.text()
    hands.window.close()
    assert verify(Home(differing.place(3))).ok


def test_a_site_home_opens_no_reading_room(tmp_path: Path) -> None:
    from injection_log.errors import Refused

    packages = reading_room.write_packages(tmp_path)
    with pytest.raises(Refused, match="no reading package"):
        make_reading_window(PackageHome.open(packages.site.home))
