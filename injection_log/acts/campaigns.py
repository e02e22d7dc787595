"""Campaigns of blinded reading: what would be read, set up by a data manager, and how far each is.

The cases are chosen by the protocol's design alone. Makes no copy and no package; that is `campaign_packages`. Lists
tell codes and numbers, never which case is whose.
"""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from injection_log.acts.checking import all_records, is_in_use
from injection_log.acts.copy_pictures import picture_facts
from injection_log.acts.writing import append, draft_of, require
from injection_log.errors import Refused
from injection_log.people.account import account_of
from injection_log.people.roles import Role
from injection_log.protocol.reading_design import ReadingDesign
from injection_log.reading.campaign import (
    CASES,
    DESIGN,
    READERS,
    Campaign,
    CampaignCase,
    CampaignReader,
    campaign_of,
    campaign_subject,
)
from injection_log.reading.package import TASK_OF_ROLE
from injection_log.record.values import SIDES

if TYPE_CHECKING:
    from annotate.marks import Side
    from injection_log.record.values import VisitImage, VisitRecord
    from injection_log.site import Session


@dataclass(frozen=True)
class ReadableCases:
    """What a campaign would read now, and what it would leave out: participant, visit and why, in words."""

    cases: tuple[CampaignCase, ...]
    left_out: tuple[tuple[str, str, str], ...]


def readable_cases(session: Session) -> ReadableCases:
    """Find the visits and pictures that the protocol's design names. Raises Refused where no reading is planned."""
    require(session, "open_campaign")
    design = _design(session)
    cases: list[CampaignCase] = []
    left_out: list[tuple[str, str, str]] = []
    for record in all_records(session)[1]:
        if record.visit not in design.visits or not is_in_use(record):
            continue
        pictures = _pictures(session, record, design)
        lacking = [side for side in SIDES if side not in pictures.values()]
        if lacking:
            why = f"no picture of the {' and of the '.join(lacking)} gland whose side is known and that is asked for"
            left_out.append((record.participant, record.visit, why))
        else:
            name = f"K{len(cases) + 1:03d}"
            cases.append(CampaignCase(name, record.participant, record.visit, pictures))
    return ReadableCases(tuple(cases), tuple(left_out))


def open_campaign(session: Session, readers: Sequence[str], adjudicator: str = "") -> Campaign:
    """Set a campaign up from the protocol's design; `readers` and `adjudicator` are user ids of this site's accounts.

    Raises Refused: no design, nothing to read, an account that is none or of another role, a wrong number of readers.
    """
    require(session, "open_campaign")
    design, found = _design(session), readable_cases(session)
    if not found.cases:
        raise Refused("nothing_to_read", "No visit has pictures that the design asks for yet; nothing was set up.")
    people = _people(session, design, tuple(readers), adjudicator)
    taken = len(session.site.ledger.subjects("campaign:"))
    subject = campaign_subject(f"RC-{taken + 1}")
    append(session, [draft_of(session, "CampaignOpened", subject, {
        DESIGN: {**design.to_json(), "sha256": design.sha256},
        READERS: [one.to_json() for one in people],
        CASES: {one.name: one.to_json() for one in found.cases},
    })], guarded={subject.key: {}})
    return find_campaign(session, subject.id)


def find_campaign(session: Session, campaign: str) -> Campaign:
    """Give a campaign as it stands. Raises Refused for one that is none."""
    require(session, "show_campaigns")
    stored = session.site.ledger.values(campaign_subject(campaign).key)
    if CASES not in stored:
        raise Refused("no_such_campaign", "There is no such campaign; see 'injection-log reading list'.")
    return campaign_of(campaign, stored)


def list_campaigns(session: Session) -> tuple[Campaign, ...]:
    """Give all campaigns in the order in which they were set up."""
    require(session, "show_campaigns")
    stored = session.site.ledger.values_of("campaign:")
    found = [campaign_of(key.partition(":")[2], values) for key, values in stored.items()]
    return tuple(sorted(found, key=lambda one: int(one.id.rpartition("-")[2])))


def _design(session: Session) -> ReadingDesign:
    design = session.site.protocol.reading
    if design is None:
        raise Refused("no_reading_planned", "The protocol plans no blinded reading; it is planned under [reading].")
    return design


def _pictures(session: Session, record: VisitRecord, design: ReadingDesign) -> dict[str, Side]:
    """The pictures to read with their side; one whose side nobody knows cannot be given to a gland."""
    sides: dict[str, Side] = {"right": "right", "left": "left"}
    found: dict[str, Side] = {}
    for image in record.images:
        if _is_asked(record, image, design):
            side = sides.get(picture_facts(session, record, image).side)
            if side is not None:
                found[image.sop_instance_uid] = side
    return found


def _is_asked(record: VisitRecord, image: VisitImage, design: ReadingDesign) -> bool:
    is_of_injection = record.visit_kind == "injecting" and image.frames > 1
    return image.plane in design.planes and not is_of_injection and not image.conflicts


def _people(
    session: Session, design: ReadingDesign, readers: tuple[str, ...], adjudicator: str
) -> tuple[CampaignReader, ...]:
    if len(readers) != design.readers or len({*readers, adjudicator}) != len(readers) + 1:
        raise Refused(
            "readers_wrong", f"The protocol asks for {design.readers} readers, different people; name each once."
        )
    if bool(adjudicator) != design.adjudication.is_planned:
        raise Refused(
            "adjudicator_wrong",
            "The protocol plans no adjudication; name no adjudicator." if adjudicator
            else "The protocol plans an adjudication; name the adjudicator.",
        )
    wanted = [*((user, Role.READER) for user in readers), *([(adjudicator, Role.ADJUDICATOR)] if adjudicator else [])]
    people = []
    for number, (user, role) in enumerate(wanted, start=1):
        account = account_of(session.site.ledger, user)
        if account.role != role or account.is_closed:
            raise Refused("not_a_reader", f"The account {user} is not an open one of the role {role}; choose another.")
        people.append(CampaignReader(number, user, account.printed_name, TASK_OF_ROLE[role]))
    return tuple(people)
