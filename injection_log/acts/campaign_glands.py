"""Both glands of each participant side by side at the first and the last visit that were read, as one reader saw them.

Only after the unmasking: whoever comes here has the rows already. Marks come from the kept log of the package; pictures
are the originals, masked again to the area that had left the site, because the copies themselves lie with the reader.
So nothing is in them that the reader did not see. What cannot be drawn says why in its place.
"""
from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotate.geometry import measure_contour
from annotate.marks import Contour, PlacedMark, Side
from injection_log.acts.campaign_returns import returned_package
from injection_log.acts.kept_areas import OwedArea, area_for
from injection_log.acts.visits import find_visit
from injection_log.errors import InjectionLogError
from injection_log.reading.report_content import GlandSheet
from injection_log.record.values import SIDES

if TYPE_CHECKING:
    from annotate.side_by_side import GlandPicture, GlandsAtVisit, NoGlandPicture
    from injection_log.reading.campaign import Campaign, CampaignCase, CampaignReader
    from injection_log.reading.case import Case, GlandReading
    from injection_log.site import Session

Say = Callable[[str], str]


@dataclass(frozen=True)
class _Read:
    """One case as a reader locked it, and whose it is."""

    of: CampaignCase
    case: Case
    reader: CampaignReader


def gland_sheets(session: Session, campaign: Campaign, say: Say) -> tuple[GlandSheet, ...]:
    """The sheets of every participant, one for each view that was marked, by the first reader's first reads."""
    from annotate.picture import encode_jpeg, encode_png  # OpenCV is loaded only when a picture is drawn
    from annotate.side_by_side import draw_side_by_side

    sheets = []
    for participant, reads in _by_participant(session, campaign).items():
        for view in campaign.design["planes"]:
            if not any(_marked(read, side, view) for read in reads for side in SIDES):
                continue
            number = reads[0].reader.package
            title = say(f"{participant}: both glands, {view} pictures, as Reader {number} marked them, on one scale")
            rows = [_row(session, campaign, (read, view), say) for read in reads]
            pixels = draw_side_by_side(title, rows, say)
            name = f"glands_{participant}_{view}_reader_{number}"
            sheets.append(GlandSheet(name, title, encode_png(pixels), encode_jpeg(pixels)))
    return tuple(sheets)


def _by_participant(session: Session, campaign: Campaign) -> dict[str, list[_Read]]:
    """By participant, the first and the last visit that the first reader read, in the protocol's order."""
    reader, visits = campaign.reading[0], list(session.site.protocol.visits)
    package = returned_package(session, campaign, reader.package)
    found: dict[str, list[_Read]] = {}
    for code, (name, is_repeat) in campaign.out[reader.package].codes.items():
        if not is_repeat:
            case = campaign.cases[name]
            found.setdefault(case.participant, []).append(_Read(case, package.cases[code], reader))
    for reads in found.values():
        reads.sort(key=lambda read: visits.index(read.of.visit) if read.of.visit in visits else len(visits))
    return {who: [reads[0], *reads[1:][-1:]] for who, reads in sorted(found.items())}


def _row(session: Session, campaign: Campaign, what: tuple[_Read, str], say: Say) -> GlandsAtVisit:
    from annotate.side_by_side import GlandsAtVisit

    read, view = what
    planned = session.site.protocol.visits.get(read.of.visit)
    return GlandsAtVisit(
        say(planned.title if planned else read.of.visit),
        {side: _picture(session, campaign, (read, side, view), say) for side in SIDES},
    )


def _picture(
    session: Session, campaign: Campaign, what: tuple[_Read, Side, str], say: Say
) -> GlandPicture | NoGlandPicture:
    """The frame of one gland that carries most, masked as it had left; else why there is none."""
    from annotate.side_by_side import GlandPicture, NoGlandPicture
    from dicom_io.deidentify.masking import masked_frames
    from dicom_io.deidentify.request import Selection
    from dicom_io.errors import DicomIoError

    read, side, view = what
    marks = _marked(read, side, view)
    if not marks:
        return NoGlandPicture(f"No mark on a {view} picture of this gland.")
    on = marks[0].on
    original = campaign.out[read.reader.package].pictures.get(on.sop_instance_uid)
    if original is None:
        return NoGlandPicture("The package of an earlier version does not say which picture this was.")
    try:
        image = find_visit(session, read.of.participant, read.of.visit).image(original)
        area = area_for(session, image)
        if isinstance(area, OwedArea):
            return NoGlandPicture(area.why)
        selection = Selection(session.site.image_path(image.sha256), (on.frame,), area.area)
        with masked_frames(selection) as frames:
            pixels = frames.masked(0)
    except (KeyError, InjectionLogError, DicomIoError, OSError):
        return NoGlandPicture("The picture cannot be shown; run 'injection-log verify' for what became of it.")
    return GlandPicture(pixels, area.area.bounds, marks, marks[0].scale, _volumes(read.case.glands[side], say))


def _marked(read: _Read, side: Side, view: str) -> tuple[PlacedMark, ...]:
    """The marks of the frame of this view that has most of them, or the largest outline; of one scale."""
    if side not in read.case.glands:
        return ()
    place = {one.sop_instance_uid: number for number, one in enumerate(read.case.pictures) if one.plane == view}
    frames: dict[tuple[int, int], list[PlacedMark]] = {}
    for placed in read.case.glands[side].marks:
        if placed.on.sop_instance_uid in place:
            frames.setdefault((place[placed.on.sop_instance_uid], placed.on.frame), []).append(placed)
    if not frames:
        return ()
    most = max(sorted(frames), key=lambda at: (len(frames[at]), sum(_areas(frames[at]))))
    return tuple(placed for placed in frames[most] if placed.scale == frames[most][0].scale)


def _areas(marks: Sequence[PlacedMark]) -> Iterator[int]:
    return (measure_contour(placed).area_um2 for placed in marks if isinstance(placed.mark, Contour))


def _volumes(gland: GlandReading, say: Say) -> str:
    """What the reader's marks of this gland give, by each method."""
    volumes = [f"{ul / 1000:.3f} ml by {name.replace('_', ' ')}" for name, ul in gland.volumes_ul.items()]
    return ", ".join(map(say, volumes)) or say("no volume")
