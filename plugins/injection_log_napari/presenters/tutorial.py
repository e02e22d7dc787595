"""The five-minute tutorial on the practice participant: which lesson one is at, read off the practice record itself.

Shown on practice logs only. A lesson ends when the record holds what it teaches, so it can be left, resumed and done
in any order; nothing is kept of it. Pure; it does nothing for the person.
"""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from annotate.marks import Needle, OutOfPlaneNeedle, Side
from annotate.volume import GlandSize
from injection_log_napari.presenters.access import owed_now
from injection_log_napari.presenters.desk import Desk
from injection_log_napari.presenters.next_act import Step
from injection_log_napari.presenters.room_state import is_signed

Done = Callable[[Desk], bool]


@dataclass(frozen=True)
class Lesson:
    """One thing to learn: where it is done, what to do, and when it is learned."""

    step: Step
    title: str
    words: str
    is_done: Done


@dataclass(frozen=True)
class TutorialState:
    """What the strip shows: `number` of `of` lessons, its title and words; `step` leads there."""

    number: int
    of: int
    title: str
    words: str
    step: Step


def _nothing_owed(step: Step) -> Done:
    return lambda desk: not any(one.step == step for one in owed_now(desk))


def _is_measured(side: Side) -> Done:
    return lambda desk: isinstance(desk.record.glands[side].size, GlandSize)


def _has_needle(side: Side) -> Done:
    return lambda desk: any(isinstance(one.mark, Needle | OutOfPlaneNeedle) for one in desk.record.glands[side].marks)


LESSONS: tuple[Lesson, ...] = (
    Lesson(
        "participant", "Who it is",
        "Before anything is written: compare two identifiers of the person in the room with the trial's list, then "
        "press the button. Here there is nobody; press it.",
        lambda desk: desk.record.identifiers_confirmed,
    ),
    Lesson(
        "participant", "Facts of the visit",
        "Dashed fields are owed. Kit code KIT-0417; 'me' and 'now' type your name and the time for you. Enter goes to "
        "the next field that is owed.",
        _nothing_owed("participant"),
    ),
    Lesson(
        "images", "Pictures from the PACS",
        "Choose today's study. Name and id are shown once, to be compared; after that the program knows only SMG-07. "
        "Link it and retrieve it; you can go on while pictures arrive.",
        _nothing_owed("images"),
    ),
    Lesson(
        "right", "Size of a gland",
        "Open the longitudinal picture that says RT. Press L, click both ends of the gland; press D, click its top and "
        "bottom. On the transverse picture press W. Ctrl+Z takes back, E edits, arrows move by one pixel.",
        _is_measured("right"),
    ),
    Lesson(
        "right", "The needle",
        "Open the injection clip that says RT and step with the arrow keys to a frame in which the needle is seen. "
        "Press N, click where it enters and where its tip is, and say how you saw the tip.",
        _has_needle("right"),
    ),
    Lesson(
        "right", "What went into the gland",
        "Syringe SYR-2031: loaded, residual, spilled, in ml; 1,20 and 1.20 are the same. What was injected is reckoned "
        "and read back. An unusual volume asks for a reason in its place.",
        _nothing_owed("right"),
    ),
    Lesson(
        "left", "The other gland",
        "The same with SYR-2032. The banner, its colour and the handles of the marks say the side: right round "
        "and blue, left square and orange. Open a picture that carries marks of the right gland: the window says so.",
        _nothing_owed("left"),
    ),
    Lesson(
        "review", "Read and sign",
        "Read both records as they will be signed. User id injector, password practice-injector; for the second gland "
        "the password again.",
        is_signed,
    ),
)  # fmt: skip
_LEARNED = Lesson(
    "review", "All of it",
    "Signed. Press Amend... and change a value: it asks for a reason, keeps both versions and wants a new signature. "
    "History... tells every act. As monitor (practice-monitor) you can ask about a value.",
    lambda _desk: False,
)  # fmt: skip


def tutorial_at(desk: Desk, lessons: Sequence[Lesson] = LESSONS) -> TutorialState:
    """The first lesson that is not learned yet; after the last one, what else there is to try."""
    of = len(lessons)
    for number, lesson in enumerate(lessons, start=1):
        if not lesson.is_done(desk):
            return TutorialState(number, of, lesson.title, lesson.words, lesson.step)
    return TutorialState(of, of, _LEARNED.title, _LEARNED.words, _LEARNED.step)
