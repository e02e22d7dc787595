"""Today's participants from the hospital's worklist: who is expected, for which visit, and which record that opens.

Where no worklist answers there is no list, and a worklist that fails is one line. A name is given out only while the
entry of somebody who is not linked yet is chosen; nothing is recorded by looking.
"""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dicom_io.errors import DicomIoError
from injection_log.errors import Refused
from injection_log_napari.presenters.desk import REFUSALS
from injection_log_napari.presenters.images_state import IdentityCard
from injection_log_napari.presenters.sentence import Sentence
from injection_log_napari.presenters.study_list import card_of
from injection_log_napari.presenters.wording import dicom_time

if TYPE_CHECKING:
    from injection_log.acts.today import Expected, Today
    from injection_log.record.values import VisitRecord

UNLINKED = "not linked yet"
NO_VISIT = "no visit of the protocol"


@dataclass(frozen=True)
class TodayRow:
    """One expected examination; no name, no number."""

    time: str
    who: str
    visits: str
    procedure: str
    station: str


@dataclass(frozen=True)
class VisitChoice:
    """A visit that can be opened for the chosen entry."""

    name: str
    title: str


@dataclass(frozen=True)
class TodayState:
    """The list; `card` while somebody is chosen who is not linked yet.

    `line` is about the worklist itself, `sentence` about who is chosen (None: nobody is).
    """

    rows: tuple[TodayRow, ...] = ()
    chosen: int = -1
    choices: tuple[VisitChoice, ...] = ()
    card: IdentityCard | None = None
    typed: str = ""
    line: str = ""
    sentence: Sentence | None = None

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to show at all."""
        return bool(self.rows or self.line)

    @property
    def asks_participant(self) -> bool:
        """Somebody is not linked yet: which participant it is has to be typed."""
        return self.card is not None


@dataclass(frozen=True)
class TodayDesk:
    """What this list needs: titles of the visits, what a participant id is, who has a patient, and opening a visit."""

    titles: Mapping[str, str]
    accepts: Callable[[str], bool]
    is_linked: Callable[[str], bool]
    open_visit: Callable[[str, str], VisitRecord]


class TodayPresenter:
    """Who is expected today. `is_configured`: a worklist is named in the settings, so its failure is worth a line."""

    def __init__(self, desk: TodayDesk, *, is_configured: bool) -> None:
        self._desk, self._is_configured = desk, is_configured
        self._expected: tuple[Expected, ...] = ()
        self._remarks: tuple[str, ...] = ()
        self._failed, self._refused = "", ""
        self._chosen = -1
        self._typed = ""

    @property
    def state(self) -> TodayState:
        """What is shown now."""
        one = self._one
        unlinked = one is not None and not one.is_linked
        return TodayState(
            rows=tuple(self._row(expected) for expected in self._expected),
            chosen=self._chosen,
            choices=self._choices(one) if one is not None else (),
            card=card_of(one.identity, "on the worklist") if one is not None and unlinked else None,
            typed=self._typed,
            line=self._failed or ("  ".join(self._remarks) if self._expected else ""),
            sentence=self._sentence(one) if one is not None else None,
        )

    def take(self, today: Today) -> None:
        """The worklist was read; who was chosen stays chosen."""
        before = self._one
        self._expected, self._remarks, self._failed = today.expected, today.remarks, ""
        self._chosen = next((n for n, one in enumerate(self._expected) if one == before), -1)

    def failed(self, error: BaseException) -> None:
        """The worklist could not be read: one line where one is configured, nothing where none is."""
        self._expected, self._remarks, self._failed, self._chosen = (), (), "", -1
        # Somebody whose role has no part in it is told nothing of it.
        if self._is_configured and not isinstance(error, Refused):
            why = error.why if isinstance(error, DicomIoError) else "it could not be read; try again later."
            self._failed = f"The worklist is not shown: {why}"

    def choose(self, place: int) -> None:
        """Choose an entry; what was typed for another one goes."""
        if place != self._chosen:
            self._chosen, self._typed, self._refused = place if 0 <= place < len(self._expected) else -1, "", ""

    def put_aside(self) -> None:
        """Nobody is chosen any more: no name is shown."""
        self.choose(-1)

    def type_participant(self, text: str) -> None:
        """Which participant the chosen person is."""
        self._typed, self._refused = text.strip().upper(), ""

    def open(self, visit: str = "") -> VisitRecord | None:
        """Open (or begin) a visit of the chosen entry: the named one, else the only one. None in words."""
        one = self._one
        if one is None:
            return None
        choices = [choice.name for choice in self._choices(one)]
        participant = one.participant or self._typed
        self._refused = self._why_not(one, participant, visit, choices)
        if self._refused:
            return None
        try:
            record = self._desk.open_visit(participant, visit or choices[0])
        except REFUSALS as refused:
            self._refused = str(refused)
            return None
        self.put_aside()
        return record

    def _why_not(self, one: Expected, participant: str, visit: str, choices: Sequence[str]) -> str:
        if not participant or not self._desk.accepts(participant):
            return "Type which participant this is, as on the trial's list; the name is kept nowhere."
        if not one.is_linked and self._desk.is_linked(participant):
            return f"{participant} is linked to another patient than this one; compare with the trial's list."
        if visit not in choices and len(choices) != 1:
            return "Choose the visit: the worklist does not say which of these it is."
        return ""

    def _sentence(self, one: Expected) -> Sentence:
        if self._refused:
            return Sentence(self._refused, "refused")
        choices = self._choices(one)
        if not one.is_linked and not self._typed:
            what = "Compare with the trial's identification list and type which participant this is."
            return Sentence(f"{what} The name is shown only now.", "next")
        who = one.participant or self._typed
        if len(choices) > 1:
            return Sentence(f"Choose which visit of {who} to open.", "next")
        return Sentence(f"Press Enter to open {who}, {choices[0].title}.", "next")

    @property
    def _one(self) -> Expected | None:
        return self._expected[self._chosen] if 0 <= self._chosen < len(self._expected) else None

    def _choices(self, one: Expected) -> tuple[VisitChoice, ...]:
        """The visits that the entry can mean; every one where the protocol maps it to none."""
        names = one.visits or tuple(self._desk.titles)
        return tuple(VisitChoice(name, self._desk.titles[name]) for name in names)

    def _row(self, one: Expected) -> TodayRow:
        visits = " or ".join(self._desk.titles[name] for name in one.visits) or NO_VISIT
        time, who = dicom_time(one.time) or "--:--", one.participant or UNLINKED
        return TodayRow(time, who, visits, one.procedure, one.station)
