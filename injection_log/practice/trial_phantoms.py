"""The pictures of a simulated trial, drawn ahead by other processes while the story goes on.

Each participant comes from the seed and the own number alone, so that the order of the work changes nothing. Clips
are made of the injection only. Folders are removed when a participant's last visit is over.
"""
from __future__ import annotations

import os
import shutil
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from injection_log.practice.trial_calendar import Appointment, participant_ids, visit_days

if TYPE_CHECKING:
    from datetime import date

    from dicom_io.phantom import ParticipantTruth, VisitTruth

_SEEDS_APART = 1000


class TrialPhantoms:
    """The phantoms of a trial, by participant; a context, at whose end nothing runs on."""

    def __init__(self, folder: Path, seed: int, appointments: tuple[Appointment, ...]) -> None:
        self._folder, self._seed, self._appointments = folder, seed, appointments
        self._made: dict[str, Future[ParticipantTruth]] = {}
        self._open = ExitStack()

    def __enter__(self) -> Self:
        names = participant_ids(len({one.participant for one in self._appointments}))
        workers = min(os.cpu_count() or 1, len(names))
        pool = self._open.enter_context(ProcessPoolExecutor(workers, mp_context=get_context("spawn")))
        self._open.callback(pool.shutdown, wait=True, cancel_futures=True)
        for number, participant in enumerate(names, start=1):
            days = visit_days(self._appointments, participant)
            seed = self._seed * _SEEDS_APART + number
            self._made[participant] = pool.submit(draw_participant, self._folder / participant, seed, participant, days)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def visit(self, appointment: Appointment) -> VisitTruth:
        """The truth and the files of one visit; waits until they are drawn."""
        truth = self._made[appointment.participant].result()
        return next(one for one in truth.visits if one.visit == appointment.visit)

    def leave(self, appointment: Appointment) -> None:
        """Remove the files of a visit that is over."""
        shutil.rmtree(self.visit(appointment).files[0].parent, ignore_errors=True)


def draw_participant(
    folder: Path, seed: int, participant: str, days: tuple[tuple[str, date], ...]
) -> ParticipantTruth:
    """Draw all visits of one participant; runs in a process of its own."""
    from dicom_io.phantom.anatomy import PlannedVisit
    from dicom_io.phantom.participant import PracticePatient, make_patient

    patient = PracticePatient(f"{seed:010d}-PRACTICE", f"PRACTICE^{participant}", participant=participant)
    planned = [PlannedVisit(name, day, is_injecting=name == "injection") for name, day in days]
    return make_patient(folder, seed, patient, planned, clips="injection")
