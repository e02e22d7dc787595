"""Takes pictures of a gland whose marks are placed by mouse and keys in the real window: outline, needle, deposits,
structure; what the picture proposes; each question on the way, and the review.

Everything is practice, on a site of its own; the phantom's truth stands in place of eyes. It asserts nothing.
"""

from __future__ import annotations

import math
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from dicom_io.calibration import Point
from dicom_io.phantom import make_participant
from injection_log.acts import studies, visits
from injection_log.home import Home
from injection_log.practice.story import GLANDS, VISIT_FACTS, place_marks, set_facts
from injection_log.practice.world import INJECTOR, SEED, practice_site
from injection_log.record.values import SIDES
from injection_log.site import Site, log_in
from injection_log_napari.said import speak
from injection_log_napari.views.style import dress
from injection_log_napari.window import application
from tools.record_states import LEFT, Photographer

if TYPE_CHECKING:
    from dicom_io.phantom import VisitTruth
    from injection_log_napari.views.room_page import RoomPage

SIZE = (1366, 768)
MIDDLE_BELOW_TIP_PX, HALF_LENGTH_PX, HALF_DEPTH_PX, TILT_DEG, POINTS = 15.0, 238.0, 132.0, 7.0, 14
"""The gland of the injection clip as the outline follows it, in pixels from the tip of its needle."""
DEPOSITS = ((8.0, 4.0, "4", "0,60"), (-18.0, 34.0, "3", "0.40"))
"""Rows and columns from the tip, the key of the zone, and the volume as it is typed."""
STRUCTURE = (131.0, 222.0, "2")
"""The dark vessel below the gland, from the tip, and the key of its name."""

ROUGHLY = 9.0
"""Pixels by which a hand misses the needle."""
PATIENCE_S = 3.0
"""How long the picture's proposal is waited for."""


def play(site: Site, photo: Photographer, *, otherwise: bool = False) -> None:
    """The right gland marked on its injection clip, then both glands at review.

    `otherwise`: the marked gland in Danish and in light colours too.
    """
    with tempfile.TemporaryDirectory() as made:
        truth = visit_with_pictures(site, Path(made))
        try:
            photo.log_in(INJECTOR)
            room = photo.open_visit()
            mark_right(photo, room, truth)
            if otherwise:
                show_otherwise(photo)
            photo.click(room.column.steps["review"])
            photo.spin(1)
            photo.take("marked-review")
        finally:
            photo.close()


def visit_with_pictures(site: Site, folder: Path) -> VisitTruth:
    """An injection visit with its pictures, facts and calipers; its truth."""
    session = log_in(site, INJECTOR.user, INJECTOR.password)
    record = visits.confirm_identifiers(session, visits.open_visit(session, "SMG-07", "injection"))
    made = make_participant(folder, SEED, participant=record.participant, today=record.day)
    truth = made.visit("injection")
    record = studies.import_findings(session, record, studies.examine_folder(session, truth.files[0].parent))
    record = set_facts(session, record, None, VISIT_FACTS)
    for side in SIDES:
        record = set_facts(session, record, side, GLANDS[side].facts())
        gland = truth.glands[side]
        # the needle of the right gland is placed by hand
        record = place_marks(session, record, side, replace(gland, needle=None) if side == "right" else gland)
    return truth


def mark_right(photo: Photographer, room: RoomPage, truth: VisitTruth) -> None:
    """Outline, needle, deposits and a structure of the right gland, as hands place them."""
    needle = truth.glands["right"].needle
    assert needle is not None
    hand = _Hand(photo, room)
    photo.click(room.column.steps["right"])
    propose_outline(photo, hand, truth)
    hand.show(needle.sop_instance_uid, needle.frame)
    tip = needle.tip
    hand.key("C")
    hand.key("C")  # straight sides: the points are those of the true capsule
    hand.click(*outline(tip))
    hand.key(Qt.Key.Key_Return)
    hand.key("N")
    hand.click(Point(needle.entry.row + ROUGHLY, needle.entry.column), Point(tip.row - ROUGHLY, tip.column - ROUGHLY))
    photo.spin(PATIENCE_S)
    photo.take("needle-proposed")
    hand.key(Qt.Key.Key_Escape)
    hand.key("N")
    hand.click(needle.entry, tip)
    photo.spin(PATIENCE_S)
    photo.take("tip-asked")
    hand.key("1")
    for place, (rows, columns, zone, volume) in enumerate(DEPOSITS):
        hand.key("B")
        hand.click(Point(tip.row + rows, tip.column + columns))
        if not place:
            photo.take("zone-asked")
        hand.key(zone)
        if not place:
            photo.take("volume-asked")
        photo.type(room.panels["right"].ask.typed, volume)
        if not place:
            photo.take("one-deposit")
    hand.key("T")
    hand.click(Point(tip.row + STRUCTURE[0], tip.column + STRUCTURE[1]))
    photo.take("structure-asked")
    hand.key(STRUCTURE[2])
    room.panels["right"].reveal_marks()
    photo.take("marked-gland")


def propose_outline(photo: Photographer, hand: _Hand, truth: VisitTruth) -> None:
    """The outline that one click inside the gland proposes, and is then left."""
    line = truth.glands["right"].calipers["length"]
    hand.show(line.sop_instance_uid, 0)
    hand.key("V")
    hand.click(Point((line.start.row + line.end.row) / 2, (line.start.column + line.end.column) / 2))
    photo.spin(PATIENCE_S)
    photo.take("outline-proposed")
    hand.key(Qt.Key.Key_Escape)


def show_otherwise(photo: Photographer) -> None:
    """The same gland in Danish, and in light colours."""
    app = application()
    speak("da")
    photo.spin(0.5)
    photo.take("in-danish")
    speak("en")
    dress(app, "light")
    photo.spin(0.5)
    photo.take("in-light")
    dress(app, "dark")


def outline(tip: Point) -> tuple[Point, ...]:
    """Points along the capsule, in order."""
    tilt, points = math.radians(TILT_DEG), []
    for place in range(POINTS):
        turn = 2 * math.pi * place / POINTS
        along, down = HALF_LENGTH_PX * math.cos(turn), HALF_DEPTH_PX * math.sin(turn)
        row = along * math.sin(tilt) + down * math.cos(tilt)
        column = along * math.cos(tilt) - down * math.sin(tilt)
        points.append(Point(tip.row + MIDDLE_BELOW_TIP_PX + row, tip.column + column))
    return tuple(points)


class _Hand:
    """Mouse and keys over the picture."""

    def __init__(self, photo: Photographer, room: RoomPage) -> None:
        self._photo, self._room = photo, room

    @property
    def _canvas(self):  # type: ignore[no-untyped-def]  # noqa: ANN202
        assert self._photo.window is not None
        return self._photo.window.zone.canvas

    def show(self, uid: str, frame: int) -> None:
        """Show a frame, and wait until it is there."""
        self._photo.click(self._room.column.thumbs[uid])
        self._photo.spin(2)
        self._room.room.picture.go(frame)
        self._photo.spin(1.5)

    def key(self, key: str | Qt.Key) -> None:
        """Press a key on the picture."""
        QTest.keyClick(self._canvas.surface, key)  # type: ignore[arg-type]  # it takes a letter too
        self._photo.spin(0.1)

    def click(self, *points: Point) -> None:
        """Click points of the picture."""
        for point in points:
            x, y = self._canvas.image_to_widget(point)
            QTest.mouseClick(self._canvas.surface, LEFT, pos=QPoint(math.floor(x + 0.5), math.floor(y + 0.5)))
            self._photo.spin(0.05)


def main(out: Path) -> int:
    """Fill `out`."""
    out.mkdir(parents=True, exist_ok=True)
    application()
    with tempfile.TemporaryDirectory() as folder:
        site = practice_site(Home(Path(folder) / "home"))
        play(site, Photographer(site, SIZE, out), otherwise=True)
    sys.stdout.write("".join(f"{path}\n" for path in sorted(out.glob("*.png"))))
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
