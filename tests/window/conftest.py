"""For the window's tests: a small desk in memory."""
from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from annotate.geometry import measured_to_json, measures
from annotate.marks import ImageUse, PlacedMark
from annotate.scale_check import checked
from annotate.stored_marks import on_grid, placed_to_json
from dicom_io.calibration import NoCalibration, Region, RegionCalibration
from dicom_io.hand_scale import HandScale
from dicom_io.image import Digests, FrameTimes, UltrasoundImage
from dicom_io.line_scale import scale_beside
from injection_log.acts import marks
from injection_log.acts.undoing import Turned
from injection_log.errors import Refused
from injection_log.ledger.event import Subject
from injection_log.protocol.reading import practice_protocol_text, read_protocol
from injection_log.protocol.typed import TypedIn, value_of
from injection_log.record.assisted import ASSISTED, Proposed, assisted_by, assisted_values
from injection_log.record.checks import NOTHING_AROUND, findings, missing
from injection_log.record.derived import capsule_values, volume_values
from injection_log.record.reading import gland_subject, read_visit, visit_subject
from injection_log.record.rendering import render
from injection_log.record.scales import Doing, ScaleCheck, SetByHand
from injection_log.record.undone import InForm, OnPicture
from injection_log.record.values import VisitRecord
from injection_log_napari.presenters.left_at import LeftAt


class NoChanges:
    """Nothing is signed in memory: what a signed record needs is tested on a real log."""

    def key_standing(self, side, name):
        return ""


class NoTalk:
    """Nobody asks and nothing is found."""

    def queries(self):
        return ()

    def findings(self):
        return ()

    def may_close(self, query):
        return False

    def may_be_verified(self, side, field):
        return False

    def verified(self, side, field):
        return ""


class Checked(NoTalk):
    """Nobody asks, and the checks find what they find in the record alone."""

    def __init__(self, desk):
        self._desk = desk

    def findings(self):
        return findings(self._desk.record, self._desk.protocol, NOTHING_AROUND)


class FakeDesk:
    """A visit kept in memory: the practice protocol, the record's own arithmetic, no ledger and no files.

    Every act is written down in `acts`; `refusing` is a sentence with which the next act is refused.
    """

    def __init__(self, visit: str = "injection") -> None:
        self.protocol = read_protocol(practice_protocol_text())
        self._visit, self._values = visit, {}
        self.acts: list[tuple] = []
        self._before: list[tuple] = []
        self._after: list[tuple] = []
        self.left_at: LeftAt | None = None
        self.refusing = ""
        self.hand_scale_allowed, self.found_ticks = True, {}
        self.saved_at: datetime | None = None
        self.user, self.printed_name, self.practice = "injector", "Practice Injector", True
        self.role, self.changes, self.talk = "injector", NoChanges(), NoTalk()
        self.headers = {uid: _header(uid, plane, frames) for uid, plane, frames in PICTURES}
        self._set(visit_subject("SMG-07", visit).key, opened_on="2026-11-22")

    # ---- reading ----
    @property
    def record(self) -> VisitRecord:
        record = read_visit(lambda key: self._values.get(key, {}), self.protocol, "SMG-07", self._visit)
        assert record is not None
        return record

    @property
    def planned(self):
        return self.protocol.visits[self._visit]

    @property
    def volume(self):
        return self.protocol.volume

    def fields(self, level):
        return self.protocol.fields_for(self._visit, level)

    def missing(self, side=None):
        return missing(self.record, self.protocol, side)

    def header(self, uid):
        return self.headers.get(uid)

    def now(self) -> datetime:
        return datetime(2026, 11, 22, 14, 2, 11, tzinfo=UTC)

    def _by_hand(self, uid):
        stands = self.record.image(uid).hand_scale
        return stands.scale if stands else None

    def scale_for(self, uid, mark):
        return marks.scale_for(self.headers[uid], mark, self._by_hand(uid))

    def scale_beside(self, uid, a, b):
        return scale_beside(self.headers[uid], a, b, self._by_hand(uid))

    def ticks(self, uid):
        return self.found_ticks.get(uid)

    @property
    def reading_error(self):
        return self.protocol.reading_error

    def skin_row(self, uid, tip):
        return marks.default_skin_row(self.headers[uid], tip)

    def render(self, side):
        return render(self.record, side, self.protocol)

    # ---- acts ----
    def _act(self, *what) -> None:
        if self.refusing:
            sentence, self.refusing = self.refusing, ""
            raise Refused("refused", sentence)
        if what[0] not in ("undo", "redo"):
            self._before.append((deepcopy(self._values), what))
            self._after.clear()
        self.acts.append(what)
        self.saved_at = self.now()

    def _set(self, key: str, **values) -> None:
        self._values.setdefault(key, {}).update(values)

    def _gland(self, side) -> str:
        return gland_subject("SMG-07", self._visit, side).key

    def add_images(self, uids=()) -> None:
        for uid, plane, frames in PICTURES:
            if uids and uid not in uids:
                continue
            key = Subject("image", id=uid).key
            self._set(key, study="1.2", sha256="a" * 64, data_set_sha256="b" * 64, pixel_data_sha256="c" * 64)
            self._set(key, plane=plane, frames=frames, rows=300, columns=400)
            self._set(key, calibration_state="region", calibration_why="scanner region 1")
            self._set(visit_subject("SMG-07", self._visit).key, **{f"image.{uid}": "a" * 64})

    def set_fact(self, side, field, text) -> None:
        level = "visit" if side is None else "gland"
        wanted = next(one for one in self.fields(level) if one.name == field)
        value = value_of(wanted, text, TypedIn(self.protocol, date(2026, 11, 22), 60))
        self._act("set_fact", side, field, text)
        key = self._gland(side) if side else visit_subject("SMG-07", self._visit).key
        self._set(key, **{f"fact.{field}": value})
        if side:
            self._derive(side)

    def _put(self, side, mark_id, where, mark) -> None:
        scale = self.scale_for(where[0], mark)
        digests = Digests("a" * 64, "b" * 64, "c" * 64)
        placed = PlacedMark(mark_id, side, ImageUse(where[0], where[1], digests), on_grid(mark), scale)
        stored = {f"mark.{mark_id}": placed_to_json(placed)}
        if measures(placed.mark):
            stored[f"measured.{mark_id}"] = measured_to_json(placed)
        self._set(self._gland(side), **stored)
        self._derive(side)

    def _derive(self, side) -> None:
        """What follows from several marks, as the record's floor writes it."""
        gland, values = self.record.glands[side], self._values[self._gland(side)]
        new = capsule_values(gland.marks, gland.capsule)
        new |= volume_values(gland.marks, gland.facts, gland.gland_volumes)
        for name, value in new.items():
            values.pop(name, None) if value is None else values.update({name: value})

    def place(self, side, where, mark) -> None:
        drawn = mark.mark if isinstance(mark, Proposed) else mark
        self.scale_for(where[0], drawn)
        self._act("place", side, where, mark)
        mark_id = f"m{len(self.acts):03d}"
        self._put(side, mark_id, where, drawn)
        if isinstance(mark, Proposed):
            self._set(self._gland(side), **{ASSISTED + mark_id: assisted_by(mark).to_json()})

    def move(self, side, mark_id, mark) -> None:
        self._act("move", side, mark_id, mark)
        old = next(one for one in self.record.glands[side].marks if one.mark_id == mark_id)
        self._put(side, mark_id, (old.on.sop_instance_uid, old.on.frame), mark)
        gland = self.record.glands[side]
        moved = {one.mark_id: one for one in gland.marks if one.mark_id == mark_id}
        self._set(self._gland(side), **assisted_values(gland.assisted, moved))

    def remove(self, side, mark_id) -> None:
        self._act("remove", side, mark_id)
        for name in (f"mark.{mark_id}", f"measured.{mark_id}", ASSISTED + mark_id):
            self._values[self._gland(side)].pop(name, None)
        self._derive(side)

    def undo(self) -> Turned:
        return self._turn("undo", self._before, self._after)

    def redo(self) -> Turned:
        return self._turn("redo", self._after, self._before)

    def _turn(self, word, taken, given) -> Turned:
        if not taken:
            raise Refused(f"nothing_to_{word}", f"There is nothing to {word}.")
        self._act(word)
        values, what = taken.pop()
        marks_before = self.record.glands["right"].marks + self.record.glands["left"].marks
        given.append((self._values, what))
        self._values = values
        if what[0] == "set_fact":
            return Turned(what[2], InForm(what[1], what[2]), self.record)
        every = marks_before + self.record.glands["right"].marks + self.record.glands["left"].marks
        on = what[2] if what[0] == "place" else next(
            (one.on.sop_instance_uid, one.on.frame) for one in every if one.mark_id == what[2]
        )
        return Turned("mark", OnPicture(what[1], *on), self.record)

    def set_scale(self, where, lines, reason) -> None:
        self._act("set_scale", where, lines, reason)
        by_hand = SetByHand(HandScale(tuple(lines)), None, self._doing(where[1]))
        self._set(Subject("image", id=where[0]).key, hand_scale=by_hand.to_json())

    def clear_scale(self, uid, reason) -> None:
        self._act("clear_scale", uid, reason)
        del self._values[Subject("image", id=uid).key]["hand_scale"]

    def check_scale(self, where, check) -> None:
        done = ScaleCheck("c1", checked(check, self.scale_beside(where[0], check.start, check.end)), self._doing(0))
        self._act("check_scale", where, check)
        self._set(Subject("image", id=where[0]).key, **{"scale_check.c1": done.to_json()})

    def withdraw_check(self, uid, check_id, reason) -> None:
        self._act("withdraw_check", uid, check_id, reason)
        del self._values[Subject("image", id=uid).key][f"scale_check.{check_id}"]

    def measure_again(self, uid) -> None:
        self._act("measure_again", uid)
        for side, gland in self.record.glands.items():
            for mark in gland.marks:
                if mark.on.sop_instance_uid == uid:
                    self._put(side, mark.mark_id, (uid, mark.on.frame), mark.mark)

    def _doing(self, frame) -> Doing:
        return Doing(self.user, self.printed_name, frame, "2026-11-22T14:02:11.000+00:00", 60)

    def without_scale(self, uid) -> None:
        """From now on this picture's header has no scale."""
        why = "the header has no scale"
        self.headers[uid] = replace(self.headers[uid], regions=(), calibration=NoCalibration(why))
        self._set(Subject("image", id=uid).key, calibration_state="none", calibration_why=why)

    def confirm_identifiers(self) -> None:
        self._act("confirm_identifiers")
        self._set(visit_subject("SMG-07", self._visit).key, identifiers_confirmed=True)

    def go_on_without(self, reason) -> None:
        self._act("go_on_without", reason)
        self._set(visit_subject("SMG-07", self._visit).key, images_pending=reason)

    def sign(self, side, proof) -> None:
        if proof.password != "right password":
            raise Refused("wrong_password", "The user id or the password is wrong; type both again.")
        self._act("sign", side, proof.user, proof.shown_sha256)
        self._set(self._gland(side), state="signed")


# (identity, plane, frames); two sides that the headers do not tell apart, as on many scanners
PICTURES = (
    ("1.2.1", "longitudinal", 1), ("1.2.2", "longitudinal", 1), ("1.2.3", "transverse", 1),
    ("1.2.4", "transverse", 1), ("1.2.5", "injection", 60), ("1.2.6", "injection", 60),
)  # fmt: skip


def _header(uid: str, plane: str, frames: int) -> UltrasoundImage:
    per_px = (Decimal("0.10"), Decimal("0.08"))
    region = Region(1, "2d", (10, 20, 280, 390), per_px, usable=True, why="2D region in cm")
    times = FrameTimes("FrameTime", tuple(33.0 * frame for frame in range(frames)))
    return UltrasoundImage(
        uid, "1.2.840.10008.5.1.4.1.1.6.1", "1.2", "1.2.0", frames, 300, 400, "MONOCHROME2", "1.2.840.10008.1.2.1",
        "no", times, (region,), RegionCalibration("scanner region 1"), "20261122", "091000", "", "", 1, 1, plane, "",
    )  # fmt: skip


@pytest.fixture
def desk() -> FakeDesk:
    """An injection visit that was just opened."""
    return FakeDesk()


@pytest.fixture
def checked_desk(desk_with_images: FakeDesk) -> FakeDesk:
    """An injection visit with its pictures, whose record is checked."""
    desk_with_images.talk = Checked(desk_with_images)
    return desk_with_images


@pytest.fixture
def measuring_desk() -> FakeDesk:
    """A measuring visit that was just opened."""
    return FakeDesk("baseline")


@pytest.fixture
def desk_with_images(desk: FakeDesk) -> FakeDesk:
    """An injection visit with its six pictures."""
    desk.add_images()
    return desk
