"""Makes one whole practice participant: every visit's files, and truth.json beside them, from one seed.

Two participants made with the same arguments are the same to the last byte. It reads no clock and no global
random state, and it makes nothing that could be taken for a patient.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dicom_io.phantom import cine
from dicom_io.phantom.anatomy import (
    DEFAULT_INJECTION_DAY,
    SIDES,
    Gland,
    NeedlePath,
    PlannedVisit,
    baseline_gland,
    gland_at_visit,
    needle_path,
    planned_visits,
)
from dicom_io.phantom.dicom_file import (
    InstanceHead,
    StudyHead,
    made_up_uid,
    write_cine,
    write_colour_still,
    write_grey_still,
)
from dicom_io.phantom.picture import grey_picture
from dicom_io.phantom.screen import SKIN_ROW_PX, WIDTH_MM, Caption, put_region, surround, to_point
from dicom_io.phantom.speckle import TexturePool
from dicom_io.phantom.tissue import Section, View, echo_db
from dicom_io.phantom.truth import GlandTruth, LineTruth, NeedleTruth, ParticipantTruth, VisitTruth

Clips = Literal["all", "injection", "none"]
"""Which moving pictures are made: sweeps and injections, injections alone, or none."""
_SIDE_WORDS = {"right": "RT", "left": "LT"}


@dataclass(frozen=True)
class PracticePatient:
    """Who the files say the patient is: obviously artificial. Give another one for a wrong patient.

    The issuer is empty by default: neither the practice PACS nor Orthanc returns it in a search, as many do not.
    """

    patient_id: str = "0101010000-PRACTICE"
    patient_name: str = "PRACTICE^PHANTOM"
    issuer: str = ""
    participant: str = "SMG-07"


PRACTICE_PATIENT = PracticePatient()


def make_participant(
    folder: Path,
    seed: int,
    *,
    participant: str = "SMG-07",
    today: date = DEFAULT_INJECTION_DAY,
    visits: Sequence[PlannedVisit] | None = None,
) -> ParticipantTruth:
    """Write the participant's DICOM files and truth.json into the folder, and return the truth.

    Takes about three seconds a visit. `visits` defaults to the three visits around `today`, the injection's day.
    """
    patient = replace(PRACTICE_PATIENT, participant=participant)
    return make_patient(folder, seed, patient, planned_visits(today) if visits is None else visits)


def make_patient(
    folder: Path, seed: int, patient: PracticePatient, visits: Sequence[PlannedVisit], *, clips: Clips = "all"
) -> ParticipantTruth:
    """The same for any artificial patient, such as a wrong one. Stills alone take a fifth of the time."""
    random = np.random.default_rng(seed)
    studio = _Studio(folder, seed, patient, TexturePool(random), random, clips)
    folder.mkdir(parents=True, exist_ok=True)
    at_baseline = {side: baseline_gland(side, WIDTH_MM, random) for side in SIDES}
    truths = []
    for visit in visits:
        glands = [gland_at_visit(at_baseline[side], visit.name, random) for side in SIDES]
        truths.append(studio.make_visit(visit, glands))
    truth = ParticipantTruth(
        patient.participant, patient.patient_id, patient.issuer, patient.patient_name, tuple(truths)
    )
    (folder / "truth.json").write_text(truth.to_json(beside=folder), encoding="utf-8")
    return truth


@dataclass
class _Studio:
    """What stays the same while one participant is made."""

    folder: Path
    seed: int
    patient: PracticePatient
    pool: TexturePool
    random: np.random.Generator
    clips: Clips = "all"

    def make_visit(self, visit: PlannedVisit, glands: Sequence[Gland]) -> VisitTruth:
        study = self._study(visit)
        place = _VisitFolder(self, visit, study, [])
        place.path.mkdir(exist_ok=True)
        truths: dict[str, GlandTruth] = {gland.side: place.make_gland(gland) for gland in glands}
        return VisitTruth(
            visit=visit.name,
            study_instance_uid=study.study_instance_uid,
            study_date=study.study_date,
            accession=study.accession,
            glands=truths,
            files=tuple(place.files),
        )

    def uid(self, *words: object) -> str:
        who = (self.patient.participant, self.patient.patient_id)
        return made_up_uid("practice phantom", self.seed, *who, *words)

    def _study(self, visit: PlannedVisit) -> StudyHead:
        day = visit.day.strftime("%Y%m%d")
        return StudyHead(
            patient_id=self.patient.patient_id,
            issuer=self.patient.issuer,
            patient_name=self.patient.patient_name,
            study_instance_uid=self.uid(visit.name, day, "study"),
            series_instance_uid=self.uid(visit.name, day, "series"),
            study_date=day,
            accession=f"PR{int(self.uid(visit.name, day, 'accession')[5:]) % 10**8:08d}",
            description="Ultrasound submandibular glands (practice)",
        )


@dataclass
class _VisitFolder:
    """One visit while its files are written, in the order in which a scanner would send them."""

    studio: _Studio
    visit: PlannedVisit
    study: StudyHead
    files: list[Path]

    @property
    def path(self) -> Path:
        return self.studio.folder / self.visit.name

    def make_gland(self, gland: Gland) -> GlandTruth:
        across = cine.sweep(gland, self.studio.pool, self._caption(gland, "SWEEP"))
        images = {
            "transverse": self._still(gland, "transverse"),
            "longitudinal": self._still(gland, "longitudinal"),
        }
        if self.studio.clips == "all":
            images["sweep"] = self._cine(gland, "sweep", across)
        needle = None
        if self.studio.clips != "none" and self.visit.is_injecting:
            path = needle_path(gland, WIDTH_MM, self.studio.random)
            caption = self._caption(gland, "INJ")
            frames = cine.injection(cine.Injection(gland, path), self.studio.pool, caption)
            images["injection"] = self._cine(gland, "injection", frames)
            needle = _needle_truth(path, images["injection"])
        return GlandTruth(
            length_mm=gland.length_mm,
            width_mm=gland.width_mm,
            depth_mm=gland.depth_mm,
            volume_ml=gland.volume_ml,
            images=images,
            calipers=_calipers(gland, images),
            needle=needle,
        )

    def _still(self, gland: Gland, view: View) -> str:
        head, path = self._next(gland, view)
        texture = self.studio.pool.pick()
        if view == "transverse":
            outline = gland.transverse_section()
            words, write = "TRANS", write_colour_still
        else:
            outline = gland.longitudinal_section()
            words, write = "LONG", write_grey_still
        grey = grey_picture(echo_db(Section(view, gland.side), outline, texture), texture)
        write(path, head, put_region(surround(self._caption(gland, words)), grey))
        return head.sop_instance_uid

    def _cine(self, gland: Gland, view: str, frames: Iterator[NDArray[np.uint8]]) -> str:
        head, path = self._next(gland, view)
        write_cine(path, head, frames, cine.FRAME_TIME_MS)
        return head.sop_instance_uid

    def _next(self, gland: Gland, view: str) -> tuple[InstanceHead, Path]:
        number = len(self.files) + 1
        uid = self.studio.uid(self.visit.name, self.study.study_date, gland.side, view)
        path = self.path / f"{number:02d}-{gland.side}-{view}.dcm"
        self.files.append(path)
        return InstanceHead(self.study, uid, number, view.upper()), path

    def _caption(self, gland: Gland, words: str) -> Caption:
        return Caption(f"{_SIDE_WORDS[gland.side]} SMG {words}", self.visit.day.isoformat())


def _calipers(gland: Gland, images: dict[str, str]) -> dict[str, LineTruth]:
    longitudinal = gland.longitudinal_section()
    transverse = gland.transverse_section()
    if transverse is None:  # the middle section always cuts the gland
        raise ValueError("a gland without extent")
    ends = {
        "length": ("longitudinal", longitudinal.ends_of_long_axis()),
        "depth": ("longitudinal", longitudinal.ends_of_short_axis()),
        "width": ("transverse", transverse.ends_of_long_axis()),
    }
    return {
        axis: LineTruth(images[plane], 0, to_point(*start), to_point(*end))
        for axis, (plane, (start, end)) in ends.items()
    }


def _needle_truth(path: NeedlePath, sop_instance_uid: str) -> NeedleTruth:
    return NeedleTruth(
        sop_instance_uid=sop_instance_uid,
        frame=cine.TIP_IN_PLACE_FRAME,
        entry=to_point(path.entry_x_mm, 0.0),
        tip=to_point(path.tip_x_mm, path.tip_z_mm),
        skin_row_px=SKIN_ROW_PX,
        depth_mm=path.tip_z_mm,
        path_mm=path.path_mm,
        angle_deg=path.angle_deg,
    )
