"""What the room shows around the picture: banner and steps, drawn from the record that is being written. Pure."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from annotate.marks import Side
from injection_log.record.checks import Missing
from injection_log_napari.presenters.access import gland_access, owed_now
from injection_log_napari.presenters.desk import Desk
from injection_log_napari.presenters.next_act import STEP_TITLES, STEPS, Step
from injection_log_napari.presenters.wording import day_words, side_words

WishKind = Literal[
    "field", "picture", "choose", "sign", "leave", "play", "play_mode", "fit", "actual", "keys", "lock", "images",
    "confirm", "next", "ruler", "answer", "history", "question", "card", "reveal"
]


@dataclass(frozen=True)
class Wish:
    """Something only a widget can do."""

    kind: WishKind
    target: str = ""


@dataclass(frozen=True)
class Banner:
    """Side first, in words; then whose record, which visit, when; saved only when it is."""

    side: Side | None
    side_words: str
    who: str
    saved: str
    user: str
    practice: bool
    standing: str = ""
    is_settled: bool = False


@dataclass(frozen=True)
class StepState:
    """One step of the left column."""

    step: Step
    title: str
    sign: str
    detail: str
    is_current: bool
    is_done: bool


def banner_of(desk: Desk, side: Side | None) -> Banner:
    """The banner; `side` is None outside of a gland's step."""
    record, saved = desk.record, desk.saved_at
    return Banner(
        side=side,
        side_words=side_words(side) if side else "BOTH GLANDS",
        who=f"{record.participant}  ·  {record.visit_title}  ·  {day_words(record.day)}",
        saved=f"saved {saved:%H:%M:%S}" if saved else "",
        user=desk.printed_name,
        practice=desk.practice,
        standing=_standing(desk, side),
        is_settled=all(not gland.is_open for one, gland in record.glands.items() if side in (one, None)),
    )


def _standing(desk: Desk, side: Side | None) -> str:
    """How far the gland's record is, or both of them; that the visit does not count comes first."""
    record = desk.record
    if record.withdrawn is not None:
        return "withdrawn"
    if record.not_done is not None:
        return "not done"
    by_side = {one: gland_access(desk, one).standing for one in record.glands}
    if side is not None:
        return by_side[side]
    if by_side["right"] == by_side["left"]:
        return by_side["right"]
    # As at the thumbnails: R and L; the words in full are in each gland's own card.
    return "  ".join(f"{one[0].upper()} {words.replace(',', '')}" for one, words in by_side.items())


def is_signed(desk: Desk) -> bool:
    """Both glands are signed."""
    return all(not gland.is_open for gland in desk.record.glands.values())


def steps_of(desk: Desk, current: Step, standing: Sequence[Missing] = ()) -> tuple[StepState, ...]:
    """The steps with their signs: ✓ nothing missing, ○ something is, or a refused text is `standing` there."""
    owing: set[Step] = {one.step for one in (*standing, *owed_now(desk))}
    return tuple(_step_state(desk, step, current, owing) for step in STEPS)


def _step_state(desk: Desk, step: Step, current: Step, owing: set[Step]) -> StepState:
    done = step not in owing if step != "review" else is_signed(desk)
    sign = "▸" if step == current else "✓" if done else "○"
    return StepState(step, STEP_TITLES[step], sign, _detail(desk, step), step == current, done)


def _detail(desk: Desk, step: Step) -> str:
    record = desk.record
    if step == "images":
        count = len(record.images)
        return str(count) if count else "pending" if record.images_pending else ""
    if step in ("right", "left"):
        gland = record.glands["right" if step == "right" else "left"]
        return f"draft v{gland.version}" if gland.amendment else "" if gland.is_open else gland.state
    return ""
