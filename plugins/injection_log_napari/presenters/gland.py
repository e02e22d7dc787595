"""The right panel of a gland step: sizes, marks, facts and volumes, live, with what is missing as buttons.

Holds the state of one gland at one visit; marks are placed by the picture presenter, facts are set here. How sizes are
worded is in `gland_size.py`, marks in `gland_marks.py`.
"""
from __future__ import annotations

from dataclasses import dataclass, replace

from annotate.marks import PlacedMark, Side
from annotate.readout import BY_HAND
from injection_log.record.checks import measured_with_another_scale
from injection_log.record.values import GlandRecord
from injection_log.words import volume_figures
from injection_log_napari.presenters.access import Access, gland_access, owed_now
from injection_log_napari.presenters.answers import Answers
from injection_log_napari.presenters.desk import Desk
from injection_log_napari.presenters.field_talk import FieldTalk, TalkElsewhere
from injection_log_napari.presenters.form import FieldMark, FieldRow, toggled
from injection_log_napari.presenters.gland_marks import GlandMarks, MarkRow, MarkSection
from injection_log_napari.presenters.gland_size import Beside, SizeRow, size_rows, volume_beside, volume_words
from injection_log_napari.presenters.sentence import Tell
from injection_log_napari.presenters.to_look_at import is_outside_range, outside_words
from injection_log_napari.presenters.wording import ASSIST_SIGN, HAND_SIGN, mark_name, plane_title, side_words

VOLUME_FIELDS = ("volume_loaded_ul", "volume_residual_ul", "volume_spilled_ul", "volume_reason")

TIP_IN_GLAND = "tip_in_gland"
NEEDLE = "needle_mark"
"""What a query about the needle's marks names."""


@dataclass(frozen=True)
class VolumeLines:
    """The balance: planned and injected as figures, whether the injected volume is in order, and why not, in words."""

    planned: str
    injected: str
    is_outside_soft: bool
    outside: str


@dataclass(frozen=True)
class GlandState:
    """All that the panel shows."""

    side: Side
    title: str
    access: Access
    sizes: tuple[SizeRow, ...]
    volume: str
    volume_beside: Beside
    scale_words: str
    stale_mark: str
    asks_needle: bool
    needle_missing: bool
    needles: tuple[MarkRow, ...]
    needle_mark: FieldMark | None
    sections: tuple[MarkSection, ...]
    before: tuple[FieldRow, ...]
    volumes: VolumeLines | None
    volume_rows: tuple[FieldRow, ...]
    after: tuple[FieldRow, ...]
    findings: tuple[str, ...]
    elsewhere: TalkElsewhere
    @property
    def is_open(self) -> bool:
        """Whether the person at work may change its facts now."""
        return self.access.is_open


class GlandPresenter:
    """One gland of the visit on the desk."""

    def __init__(self, desk: Desk, side: Side, tell: Tell, talk: FieldTalk) -> None:
        self._desk, self._side, self._tell, self._talk = desk, side, tell, talk
        self.answers = Answers(desk, side)

    @property
    def gland(self) -> GlandRecord:
        """The gland's record as it is now."""
        return self._desk.record.glands[self._side]

    @property
    def state(self) -> GlandState:
        """What the panel shows now."""
        gland, planned = self.gland, self._desk.planned
        owed = frozenset(one.field for one in owed_now(self._desk, self._side))
        rows = self._talk.marked(self.answers.rows(owed), self._side)
        first = next((n for n, row in enumerate(rows) if row.name in VOLUME_FIELDS), len(rows))
        asks_needle = planned.kind == "injecting" and gland.facts.get("injected") != "no"
        volume_rows = tuple(row for row in rows if row.name in VOLUME_FIELDS and self._shows(row))
        sizes = self._sizes(owed)
        shown = tuple(row.name for row in rows)
        marks = GlandMarks(gland, self._talk.found(self._side), self._place)
        measured = tuple(row.field for row in sizes)
        marked = (*shown, *measured, *((NEEDLE,) if asks_needle else ()))
        return GlandState(
            side=self._side,
            title=side_words(self._side),
            access=gland_access(self._desk, self._side),
            sizes=sizes,
            volume=volume_words(gland),
            volume_beside=volume_beside(gland),
            scale_words="\n".join(filter(None, (self._scale_words(), self._assist_words()))),
            stale_mark=self._stale(),
            asks_needle=asks_needle,
            needle_missing=NEEDLE in owed,
            needles=marks.needles,
            needle_mark=self._talk.mark(self._side, NEEDLE) if asks_needle else None,
            sections=marks.sections,
            before=tuple(row for row in rows[:first] if row.name not in VOLUME_FIELDS),
            volumes=self._volume_lines() if volume_rows else None,
            volume_rows=volume_rows,
            after=tuple(row for row in rows[first:] if row.name not in VOLUME_FIELDS),
            findings=self._talk.others(self._side, (*shown, *measured, *marks.fields)),
            elsewhere=self._talk.elsewhere(self._side, marked),
        )

    @property
    def asks_tip_in_gland(self) -> bool:
        """Whether it is asked here, and not said yet, if the needle's tip was in the gland."""
        facts, asked = self.gland.facts, any(field.name == TIP_IN_GLAND for field in self._desk.fields("gland"))
        open_now = gland_access(self._desk, self._side).is_open and facts.get("injected") != "no"
        return asked and open_now and not facts.get(TIP_IN_GLAND)

    def set_fact(self, field: str, text: str) -> bool:
        """Record what was typed; False, with the sentence in place, when it was refused."""
        why = self.answers.record(field, text)
        if why:
            self._tell.refuse(why)
        else:
            self._tell.changed()
        return not why

    def press(self, field: str, choice: str) -> bool:
        """Press one of a field's choices."""
        state = self.state
        row = next(r for r in (*state.before, *state.volume_rows, *state.after) if r.name == field)
        return self.set_fact(field, toggled(row, choice))

    def _shows(self, row: FieldRow) -> bool:
        """The reason is asked for only where the volume needs one, or has one."""
        return row.name != "volume_reason" or row.is_missing or bool(row.chosen) or self._outside_soft()

    def _outside_soft(self) -> bool:
        return is_outside_range(self.gland, self._desk.volume)

    def _volume_lines(self) -> VolumeLines:
        volumes, limits = self.gland.volumes, self._desk.volume
        injected = volume_figures(volumes.injected_ul) if volumes else ""
        outside = self._outside_soft()
        return VolumeLines(
            volume_figures(limits.planned_ul), injected, outside, outside_words(limits) if outside else ""
        )

    def _sizes(self, owed: frozenset[str]) -> tuple[SizeRow, ...]:
        rows = size_rows(self.gland, self._desk.planned.measured_axes, owed, self._talk.found(self._side))
        return tuple(replace(row, mark=self._talk.mark(self._side, row.field)) for row in rows)

    def _scale_words(self) -> str:
        """What the sign at the numbers means, and which of them were measured with a scale that has changed."""
        gland = self.gland
        if not any(mark.scale.is_by_hand for mark in gland.marks):
            return ""
        stale = measured_with_another_scale(self._desk.record, self._side)
        names = " and ".join(dict.fromkeys(mark_name(one.mark) for one in stale))
        changed = f" Measured with an earlier one: {names}." if stale else ""
        return f"{HAND_SIGN} {BY_HAND}.{changed}"

    def _assist_words(self) -> str:
        """What the sign of help from the picture means, "" where it stands at no number."""
        return f"{ASSIST_SIGN} proposed by the picture, confirmed by a person" if self.gland.assisted else ""

    def _stale(self) -> str:
        """A mark that was measured with a scale that has changed, "" where there is none."""
        stale = measured_with_another_scale(self._desk.record, self._side)
        return stale[0].mark_id if stale else ""

    def _place(self, placed: PlacedMark) -> str:
        image = self._desk.record.image(placed.on.sop_instance_uid)
        frame = f", frame {placed.on.frame + 1}" if image.frames > 1 else ""
        return plane_title(image.plane).lower() + frame
