"""Reading packages are written: coded copies made anew for one reader, in the drawn order, into a home of its own.

Only frames that a person looked through before are copied (`acts.sharing`). The site's log keeps which log went out,
how far it had come, and what its codes stand for. One that was interrupted is none: it is written again elsewhere.
"""
from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotate.volume_method import TypedSpacing, spacing_of
from injection_log.acts.campaigns import find_campaign
from injection_log.acts.copy_writing import ReadingOrder, write_copies
from injection_log.acts.kept_areas import site_key
from injection_log.acts.sharing import Choice, Look, is_looked_at, look_at, plan_copies
from injection_log.acts.studies import image_facts
from injection_log.acts.visits import find_visit
from injection_log.acts.writing import append, draft_of, require
from injection_log.errors import InjectionLogError, Refused
from injection_log.home import Home
from injection_log.reading.campaign import (
    PACKAGE_OUT,
    Campaign,
    CampaignCase,
    CampaignReader,
    PackageOut,
    campaign_subject,
)
from injection_log.reading.making import CaseToAdd, MadePackage, Owner, fill_package, make_package
from injection_log.reading.order import CodedCase, Draw, coded_cases
from injection_log.reading.package import Package
from injection_log.record.derived import SPACING_FIELDS
from injection_log.record.scales import TRAVELLED, Travelled

if TYPE_CHECKING:
    from annotate.marks import Side
    from dicom_io.gate import Gate
    from dicom_io.image_folder import Kept
    from injection_log.ledger.event import Json
    from injection_log.record.values import VisitRecord
    from injection_log.site import Session

Progress = Callable[[int, int], None]
Shown = Callable[[CodedCase, Mapping[str, str]], Mapping[str, Any]]
"""What an adjudicator is shown of a case; gets the case and, by the digest of its pixels, the UID of each copy."""


@dataclass(frozen=True)
class _Copied:
    """The copies of one case: facts, side and original by the copy's UID; by side, the spacing of a sweep."""

    facts: Mapping[str, Mapping[str, Json]]
    sides: Mapping[str, Side]
    originals: Mapping[str, str]
    spacing: Mapping[Side, Mapping[str, Json]]


def write_package(
    session: Session, campaign: str, number: int, folder: Path, progress: Progress | None = None
) -> MadePackage:
    """Write the package of one reader into a new or empty folder; `progress` gets (cases done, cases in all).

    Gives the one-time code that opens it first; tell it to the reader, not together with the package. Raises Refused:
    written before, a case whose frames nobody looked through, a folder that is not empty.
    """
    require(session, "write_package")
    found = find_campaign(session, campaign)
    reader = _reader(found, number, "read")
    design = found.design
    order = coded_cases(
        site_key(session, "reading"), draw_of(found, number), list(found.cases), design["repeats_percent"],
        sorted({text for case in found.cases.values() for text in (case.participant, case.visit)}),
    )
    return written(session, (found, reader), order, folder, (progress or (lambda done, of: None), lambda *_: {}))


def written(
    session: Session, whose: tuple[Campaign, CampaignReader], order: Sequence[CodedCase], folder: Path,
    how: tuple[Progress, Shown],
) -> MadePackage:
    """Write a package of these cases for whom it is, and the event that says so. Raises Refused."""
    require(session, "write_package")
    campaign, reader = whose
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused("out_not_empty", f"{folder} is not an empty folder; choose a new one for the package.")
    home, package = Home(folder.expanduser().absolute()), _package(session, campaign, reader, order)
    owner = Owner(reader.user, reader.printed_name, "reader" if reader.task == "read" else "adjudicator")
    try:
        ledger = make_package(home, session.site.protocol.id, owner, package, session.site.clock)
        try:
            made, originals = _filled(session, campaign, (home, ledger, package), order, how)
        finally:
            ledger.close()
    except OSError as error:
        raise InjectionLogError(
            f"The package could not be written to {folder} ({error.strerror}); choose another folder."
        ) from error
    codes = {one.code: (one.case, one.is_repeat) for one in order}
    out = PackageOut(reader.package, made.origin, made.events, package.sha256, codes, originals)
    name = f"{PACKAGE_OUT}{reader.package}"
    draft = draft_of(session, "PackageWritten", campaign_subject(campaign.id), {name: out.to_json()})
    append(session, [draft], checkpoint=True)
    return made


def draw_of(campaign: Campaign, number: int) -> Draw:
    """For whom a package of this campaign is coded and ordered."""
    return Draw(campaign.id, number, campaign.design["order_seed"])


def _reader(campaign: Campaign, number: int, task: str) -> CampaignReader:
    reader = campaign.reader(number)
    if reader is None or reader.task != task:
        what = "a reader" if task == "read" else "the adjudicator"
        raise Refused("no_such_package", f"Package {number} of this campaign is not that of {what}.")
    if number in campaign.out:
        raise Refused("package_out", f"Package {number} was written already; there is one for each reader.")
    return reader


def _package(
    session: Session, campaign: Campaign, reader: CampaignReader, order: Sequence[CodedCase]
) -> Package:
    design = campaign.design
    return Package(
        campaign.id, reader.user, reader.task, tuple(design["planes"]), design["calipers"], tuple(design["grades"]),
        tuple(one.code for one in order), session.site.protocol.reading_error,
    )


def _filled(
    session: Session, campaign: Campaign, where: tuple[Home, Any, Package], order: Sequence[CodedCase],
    how: tuple[Progress, Shown],
) -> tuple[MadePackage, Mapping[str, str]]:
    """Fill the package; gives, by the UID of a copy, that of its original, which the site alone keeps."""
    from dicom_io.gate import Gate

    home, ledger, package = where
    progress, shown = how
    pictures: dict[str, Mapping[str, Json]] = {}
    originals: dict[str, str] = {}
    cases = []
    with Gate() as gate:
        for done, one in enumerate(order):
            progress(done, len(order))
            copied = _copied(session, campaign.cases[one.case], one.code, (home, gate))
            pictures |= copied.facts
            originals |= copied.originals
            copy_of = {str(facts["pixel_data_sha256"]): uid for uid, facts in copied.facts.items()}
            spacing = copied.spacing if package.task == "read" else {}
            cases.append(CaseToAdd(one.code, copied.sides, shown(one, copy_of), spacing))
    progress(len(order), len(order))
    return fill_package(home, ledger, package, pictures, cases), dict(sorted(originals.items()))


def _look(session: Session, case: CampaignCase) -> Look:
    record = find_visit(session, case.participant, case.visit)
    choices = [Choice(uid, ((0, record.image(uid).frames - 1),)) for uid in case.pictures]
    return look_at(plan_copies(session, record, choices))


def _copied(session: Session, case: CampaignCase, code: str, into: tuple[Home, Gate]) -> _Copied:
    """Copies under one code, made in a folder that goes again, and kept under their digests in the package."""
    from dicom_io.image_folder import ImageFolder

    look, (home, gate) = _look(session, case), into
    if not is_looked_at(session, look):
        numbers = " ".join(f"--image {look.plan.record.images.index(one.image) + 1}" for one in look.plan.images)
        raise Refused(
            "not_looked_at",
            f"Nobody has looked through the pictures of {case.participant}, {case.visit} as they would leave: see"
            f" 'injection-log coded-copy sheet {case.participant} {case.visit} {numbers}', then confirm them.",
        )
    staging = Path(tempfile.mkdtemp(prefix=".copies-", dir=session.site.home.root))
    try:
        copies = write_copies(session, look, ReadingOrder(code, is_padded=True), staging)
        images = ImageFolder(home.images)
        kept = [images.keep(copy.path, gate) for copy in copies]
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    originals = [one.image.sop_instance_uid for one in look.plan.images]
    uids = [copy.sop_instance_uid for copy in copies]
    return _Copied(
        {uid: image_facts(session, one) | _travelled(one) for uid, one in zip(uids, kept, strict=True)},
        {uid: case.pictures[original] for uid, original in zip(uids, originals, strict=True)},
        dict(zip(uids, originals, strict=True)), _spacing(look.plan.record, case),
    )


def _travelled(kept: Kept) -> dict[str, Json]:
    """The scale that a person of the site set on the original, as the copy carries it; who and when stays here."""
    from dicom_io.travelling_scale import hand_scale_in, travelled_scale

    scale, lines = travelled_scale(kept.path, kept.admission.image), hand_scale_in(kept.path)
    return {TRAVELLED: Travelled(lines, scale.region).to_json()} if scale and lines else {}


def _spacing(record: VisitRecord, case: CampaignCase) -> Mapping[Side, Mapping[str, Json]]:
    """What the site typed of a sweep that is read: without it contours have no volume, and no picture tells it."""
    swept = {side for uid, side in case.pictures.items() if record.image(uid).plane == "sweep"}
    known = {side: {name: record.glands[side].facts.get(name) for name in SPACING_FIELDS} for side in sorted(swept)}
    return {side: facts for side, facts in known.items() if isinstance(spacing_of(facts), TypedSpacing)}
