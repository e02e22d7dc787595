"""The report of an unmasked campaign: its figures and pictures gathered, an exporter makes the bytes, an event says so.

Only reads enter: the report knows no arm, and no participants are put together that others are not.
"""
from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from injection_log import __version__
from injection_log.acts.campaign_agreement import agreement_tables, campaign_reads, visits_read
from injection_log.acts.campaign_glands import gland_sheets
from injection_log.acts.campaign_results import reading_rows
from injection_log.acts.campaigns import find_campaign
from injection_log.acts.exports import local_time, record_export
from injection_log.acts.writing import require
from injection_log.agreement.bland_altman_drawing import draw_bland_altman
from injection_log.agreement.campaign_figures import pooled_plots
from injection_log.agreement.course_drawing import draw_gland_courses
from injection_log.agreement.plot_values import gland_courses
from injection_log.language import catalogue_of
from injection_log.ledger.event import Subject
from injection_log.outputs import OutputFile, output_of
from injection_log.reading.report_content import ReadingReportContent

if TYPE_CHECKING:
    from injection_log.agreement.campaign_figures import CampaignReads
    from injection_log.agreement.drawing import Drawing
    from injection_log.reading.campaign import Campaign
    from injection_log.site import Session


def export_reading_report(session: Session, campaign: str) -> tuple[OutputFile, ...]:
    """Make the report (PDF) and every picture of it (PNG, SVG). Raises Refused before the unmasking."""
    content = report_content(session, campaign)  # first: whoever may not see it learns nothing of what is installed
    files = output_of("reading_report").files(content)
    record_export(session, "ReadingReportExported", Subject("ledger"), files)
    return files


def report_content(session: Session, campaign: str) -> ReadingReportContent:
    """Gather all that the report of a campaign prints. Raises Refused before the unmasking."""
    require(session, "show_readings")
    site, found = session.site, find_campaign(session, campaign)
    say = catalogue_of(site.protocol.language).say
    reads = campaign_reads(reading_rows(session, campaign), visits_read(found, site.protocol.visits))
    return ReadingReportContent(
        campaign, site.protocol.id, site.site_name, _facts(session, found, reads), agreement_tables(reads),
        _pictures(reads, _saying(session)),
        __version__, local_time(site.clock.now(), site.clock.utc_offset_minutes()), site.protocol.practice,
        site.protocol.language, tuple(replace(one, name=_plain(one.name)) for one in gland_sheets(session, found, say)),
    )


def _facts(session: Session, campaign: Campaign, reads: CampaignReads) -> tuple[tuple[str, str], ...]:
    readers = ", ".join(f"Reader {one.package}: {one.printed_name}" for one in campaign.reading)
    decided = campaign.adjudicator
    measured = {(read.gland, read.reader, read.repeat) for read in reads.volumes}
    repeats = sum(repeat > 1 for _, _, repeat in measured)
    planned = session.site.protocol.visits
    titles = ", ".join(planned[name].title if name in planned else name for name in reads.visits)
    return (
        ("Readers", readers),
        ("Adjudicator", decided.printed_name if decided and decided.package in campaign.home else "nothing to decide"),
        ("Cases", f"{len(campaign.cases)} visits, at {titles}; the first of these is the baseline"),
        ("Volumes", f"{len(measured) - repeats} first reads of a gland, {repeats} hidden repeats"),
    )


def _saying(session: Session) -> Callable[[str], str]:
    """What puts a text of a picture into the protocol's language; a visit is called by its title there."""
    protocol = session.site.protocol
    say = catalogue_of(protocol.language).say
    titles = {name: say(visit.title) for name, visit in protocol.visits.items()}
    return lambda text: titles.get(text) or say(text)


def _pictures(reads: CampaignReads, say: Callable[[str], str]) -> tuple[tuple[str, Drawing], ...]:
    found = [
        (_plain(f"bland_altman_{plot.method}_{plot.first}_{plot.second}"), draw_bland_altman(plot, say))
        for plot in pooled_plots(reads)
    ]
    courses = gland_courses(reads.volumes, reads.readers, reads.visits)
    for (participant, method), glands in groupby(courses, key=lambda one: (one.participant, one.method)):
        found.append((_plain(f"course_{participant}_{method}"), draw_gland_courses(tuple(glands), say)))
    return tuple(found)


def _plain(name: str) -> str:
    """A file name of plain letters."""
    return re.sub(r"[^A-Za-z0-9-]+", "_", name).strip("_")
