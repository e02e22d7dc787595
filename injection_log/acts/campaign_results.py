"""What came of a reading: what goes to the adjudicator, unmasking by two people, and the table of all reads.

Before the unmasking nothing here joins a code with a participant, and no value of a reading is given to anybody but the
adjudicator's package, without names. Figures of agreement are made elsewhere, from the rows.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotate.marks import Caliper, Contour
from annotate.readout import BY_HAND
from annotate.stored_marks import mark_to_json
from annotate.volume import GlandSize
from injection_log.acts.campaign_packages import Progress, draw_of, written
from injection_log.acts.campaign_returns import returned_package
from injection_log.acts.campaigns import find_campaign
from injection_log.acts.kept_areas import site_key
from injection_log.acts.writing import append, draft_of, require
from injection_log.errors import Refused
from injection_log.ledger.event import Json
from injection_log.people.two_people import Proof2, agreed
from injection_log.reading.campaign import UNMASK, UNMASKED, Campaign, campaign_subject, unmasking_text
from injection_log.reading.case import Case, GlandReading, Which
from injection_log.reading.making import MadePackage
from injection_log.reading.order import CodedCase, coded_cases, ordered_as_a_and_b
from injection_log.reading.returned import ReturnedPackage
from injection_log.volume_methods import OF_THE_SIZE

if TYPE_CHECKING:
    from injection_log.site import Session


@dataclass(frozen=True)
class ReadingRow:
    """One read of one gland by one method, after the unmasking. `volume_ul` is None where it was not read, diameters
    (micrometres) where the method is not of the calipers. A read without any volume has one row, its method "".

    `reader` is the number of the package, `is_repeat` the hidden second read. `chosen` says that an adjudicator chose
    this read, "" where none had to.
    """

    participant: str
    visit: str
    gland: str
    reader: int
    printed_name: str
    code: str
    is_repeat: bool
    method: str
    volume_ul: int | None
    length_um: int | None
    width_um: int | None
    depth_um: int | None
    grey_scale: int | None
    doppler: int | None
    quality: str
    quality_why: str
    chosen: str
    scale: str = ""
    """That a scale set by hand at the site is behind this volume; "" where all are the scanner's."""


def cases_to_adjudicate(session: Session, campaign: Campaign) -> tuple[str, ...]:
    """Names of the cases on which the two readers differ by the design's rule. Raises Refused while one is not home."""
    require(session, "write_package")
    _require_home(campaign)
    if campaign.adjudicator is None:
        return ()
    pairs = _first_reads(session, campaign)
    return tuple(name for name, pair in pairs.items() if differs(campaign.design, pair))


def write_adjudication(
    session: Session, campaign: str, folder: Path, progress: Progress | None = None
) -> MadePackage:
    """Write the adjudicator's package: the cases that differ, coded anew, each with both readings as A and B.

    Raises Refused: nothing to decide, no adjudicator planned, a package not home, as `write_package`.
    """
    require(session, "write_package")
    found = find_campaign(session, campaign)
    names, reader = cases_to_adjudicate(session, found), found.adjudicator
    if reader is None or not names:
        raise Refused("nothing_to_decide", "The two readers differ nowhere by the protocol's rule; nothing to decide.")
    if reader.package in found.out:
        raise Refused("package_out", f"Package {reader.package} was written already; there is one.")
    draw, pairs = draw_of(found, reader.package), _first_reads(session, found)
    telling = sorted({text for case in found.cases.values() for text in (case.participant, case.visit)})
    order = coded_cases(site_key(session, "reading"), draw, names, 0, telling)

    def shown(one: CodedCase, copy_of: Mapping[str, str]) -> dict[str, Any]:
        first, second = (_shown(case, copy_of) for case in pairs[one.case])
        a_is_first = ordered_as_a_and_b(draw, one.code)
        return {"A": first if a_is_first else second, "B": second if a_is_first else first}

    return written(session, (found, reader), order, folder, (progress or (lambda done, of: None), shown))


def differs(design: Mapping[str, Any], pair: tuple[Case, Case]) -> bool:
    """Whether two readings of a case differ, in any gland, by the rule of a design (its stored form)."""
    return any(_gland_differs(design, pair[0].glands[side], pair[1].glands[side]) for side in pair[0].glands)


def unmask(session: Session, campaign: str, second: Proof2, password: str) -> Campaign:
    """Join codes and participants for good, signed by two people. Raises Refused while anything is still to come."""
    require(session, "unmask_campaign")
    found = find_campaign(session, campaign)
    text = text_to_sign(session, found)
    agreement = agreed(session, second, act=UNMASK, text=text, password=password)
    draft = draft_of(session, "CampaignUnmasked", campaign_subject(campaign), {UNMASKED: {"agreement": agreement}})
    append(session, [draft], checkpoint=True)
    return find_campaign(session, campaign)


def text_to_sign(session: Session, campaign: Campaign) -> str:
    """What both people read before they sign. Raises Refused: unmasked before, not all home, a decision still owed."""
    require(session, "unmask_campaign")
    if campaign.is_unmasked:
        raise Refused("unmasked", "This campaign was unmasked before; see its table.")
    _require_home(campaign)
    adjudicator = campaign.adjudicator
    if adjudicator is not None and adjudicator.package not in campaign.home:
        pairs = _first_reads(session, campaign)
        if any(differs(campaign.design, pair) for pair in pairs.values()):
            raise Refused("not_decided", "The readers differ and the adjudicator's package is not home yet.")
    for number in campaign.home:
        returned_package(session, campaign, number)
    return unmasking_text(campaign.id, campaign.home)


def reading_rows(session: Session, campaign: str) -> tuple[ReadingRow, ...]:
    """Every read of every gland, by participant, visit, gland and reader. Raises Refused before the unmasking."""
    require(session, "show_readings")
    found = find_campaign(session, campaign)
    if not found.is_unmasked:
        raise Refused("not_unmasked", "This campaign is not unmasked; two people unmask it when all reads are locked.")
    chosen = _decisions(session, found)
    rows = [
        _row(found, (reader.package, code), (gland, method), chosen)
        for reader in found.reading for code, case in returned_package(session, found, reader.package).cases.items()
        for gland in case.glands.values() for method in gland.volumes_ul or ("",)
    ]
    visits = list(session.site.protocol.visits)
    return tuple(sorted(rows, key=lambda row: (
        row.participant, visits.index(row.visit) if row.visit in visits else len(visits), row.gland, row.reader,
        row.is_repeat, row.method != OF_THE_SIZE, row.method,
    )))


def _require_home(campaign: Campaign) -> None:
    missing = [reader.package for reader in campaign.reading if reader.package not in campaign.home]
    if missing:
        raise Refused("not_home", f"Packages that are not home and locked yet: {', '.join(map(str, missing))}.")


def _first_reads(session: Session, campaign: Campaign) -> dict[str, tuple[Case, Case]]:
    """By case, what each of the two readers locked at the first read of it."""
    found = []
    for reader in campaign.reading:
        package: ReturnedPackage = returned_package(session, campaign, reader.package)
        codes = campaign.out[reader.package].codes
        found.append({name: package.cases[code] for code, (name, is_repeat) in codes.items() if not is_repeat})
    first, second = found
    return {name: (first[name], second[name]) for name in campaign.cases}


def _gland_differs(design: Mapping[str, Any], one: GlandReading, other: GlandReading) -> bool:
    if (one.volume_ul is None) != (other.volume_ul is None):
        return bool(design["differs_percent"] or design["differs_ul"])
    # A method that one of them did not use is no difference: only the calipers are owed.
    if any(_volumes_differ(design, one.volumes_ul[name], other.volumes_ul[name]) for name in _by_both(one, other)):
        return True
    return bool(design["grade_differs"]) and dict(one.grades) != dict(other.grades)


def _by_both(one: GlandReading, other: GlandReading) -> list[str]:
    return [name for name in one.volumes_ul if name in other.volumes_ul]


def _volumes_differ(design: Mapping[str, Any], one_ul: int, other_ul: int) -> bool:
    apart, both = abs(one_ul - other_ul), one_ul + other_ul
    if design["differs_ul"] is not None and apart > design["differs_ul"]:
        return True
    return design["differs_percent"] is not None and apart * 200 > design["differs_percent"] * both


def _shown(case: Case, copy_of: Mapping[str, str]) -> dict[str, Json]:
    """One reading without a name, its marks on the adjudicator's own copies."""
    return {side: _shown_gland(gland, copy_of) for side, gland in case.glands.items()}


def _shown_gland(gland: GlandReading, copy_of: Mapping[str, str]) -> Json:
    marks: list[Json] = [
        {"frame": placed.on.frame, "mark": mark_to_json(placed.mark), "picture": copy_of[placed.on.digests.pixel_data]}
        for placed in gland.marks
    ]  # fmt: skip
    grades: dict[str, Json] = {str(kind): grade for kind, grade in gland.grades.items()}
    return {
        "volume_ul": gland.volume_ul, "volumes_ul": dict(gland.volumes_ul), "grades": grades, "quality": gland.quality,
        "why": gland.why, "marks": marks,
    }


def _decisions(session: Session, campaign: Campaign) -> dict[tuple[str, str], int]:
    """By case and gland, the number of the package whose read the adjudicator chose."""
    reader = campaign.adjudicator
    if reader is None or reader.package not in campaign.home:
        return {}
    draw, found = draw_of(campaign, reader.package), {}
    first, second = (one.package for one in campaign.reading)
    codes = campaign.out[reader.package].codes
    for code, case in returned_package(session, campaign, reader.package).cases.items():
        of: dict[Which, int] = {"A": first, "B": second}
        if not ordered_as_a_and_b(draw, code):
            of = {"A": second, "B": first}
        for side, gland in case.glands.items():
            if gland.decision:
                found[codes[code][0], str(side)] = of[gland.decision]
    return found


def _row(
    campaign: Campaign, where: tuple[int, str], what: tuple[GlandReading, str], chosen: Mapping[tuple[str, str], int]
) -> ReadingRow:
    (package, code), (gland, method) = where, what
    name, is_repeat = campaign.out[package].codes[code]
    case, reader = campaign.cases[name], campaign.reader(package)
    size = gland.size if isinstance(gland.size, GlandSize) and method == OF_THE_SIZE else None
    decided = chosen.get((name, gland.side))
    return ReadingRow(
        case.participant, case.visit, gland.side, package, reader.printed_name if reader else "", code, is_repeat,
        method, gland.volumes_ul.get(method),
        size.length_um if size else None, size.width_um if size else None, size.depth_um if size else None,
        gland.grades.get("grey_scale"), gland.grades.get("doppler"), gland.quality, gland.why,
        "yes" if decided == package and not is_repeat else "",
        BY_HAND if method and _is_by_hand(gland, method) else "",
    )


def _is_by_hand(gland: GlandReading, method: str) -> bool:
    """Whether a mark behind a volume was measured with a scale that a person set."""
    behind = Caliper if method == OF_THE_SIZE else Contour
    return any(placed.scale.is_by_hand for placed in gland.marks if isinstance(placed.mark, behind))
