"""Records that were amended, and events whose content was blanked, in the binder: both hold, and both are shown."""
from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from binder_folder import forge
from chromium import Page, need_chromium
from opened_window import practice_site
from signed_visits import reviewed, signed_visit

from injection_log.acts import amending, facts
from injection_log.acts.blanking import Blanking, blank, plan_blanking
from injection_log.acts.outputs import export_kind
from injection_log.ledger.event import Change, EventDraft
from injection_log.people.two_people import Proof2
from injection_log.practice.story import sign
from injection_log.practice.world import INVESTIGATOR
from injection_log.record.reading import gland_subject
from injection_log.site import Site, log_in

SECRET = "call 5550 1234 ask Inger"
LEFT = gland_subject("SMG-07", "injection", "left")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = practice_site(tmp_path)
    yield made
    made.ledger.close()


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    need_chromium()
    opened = Page(tmp_path / "profile")
    yield opened
    opened.close()


def opened(page: Page, site: Site, folder: Path) -> Page:
    export_kind(log_in(site, "monitor", "practice-monitor"), "binder", folder)
    page.open(folder / "index.html")
    return page


def test_every_version_of_an_amended_record_is_shown_with_its_signature_and_the_change(
    page: Page, site: Site, tmp_path: Path
) -> None:
    injector = log_in(site, "injector", "practice-injector")
    record = reviewed(log_in(site, INVESTIGATOR.user, INVESTIGATOR.password), signed_visit(injector))
    record = amending.open_amendment(injector, record, "right", "residual was read wrongly")
    sign(injector, facts.set_fact(injector, record, "right", "volume_residual_ul", "0.10"), "right")
    opened(page, site, tmp_path / "binder")
    assert page.text("#verdict").startswith("HOLDS")
    page.go("#record/SMG-07")
    assert "0.95 ml" in page.text(".gland.right .injected")
    assert "residual was read wrongly" in page.text(".gland.right")
    assert page.say("document.querySelectorAll('.gland.right details').length") == 3
    page.go("#field/gland%3ASMG-07%2Finjection%2Fright/fact.volume_residual_ul")
    assert re.search(r"0\.05 ml\s+0\.10 ml", page.text())


def test_a_blanked_event_holds_and_its_content_is_nowhere(page: Page, site: Site, tmp_path: Path) -> None:
    _blank_a_note(site)
    opened(page, site, tmp_path / "binder")
    assert page.text("#verdict").startswith("HOLDS")
    page.go("#log")
    assert "gland:SMG-07/injection/left" in page.text()
    page.go("#check")
    assert "1 agreements of two people" in page.text()
    assert all(SECRET.encode() not in path.read_bytes() for path in (tmp_path / "binder").rglob("*") if path.is_file())


def test_a_content_that_is_missing_without_an_agreement_is_found(page: Page, site: Site, tmp_path: Path) -> None:
    signed_visit(log_in(site, "injector", "practice-injector"))
    export_kind(log_in(site, "monitor", "practice-monitor"), "binder", tmp_path / "binder")

    def empty(rows: list[list[object]]) -> None:
        rows[40][1] = rows[40][2] = None

    forge(tmp_path / "binder", "events-0001", empty)
    page.open(tmp_path / "binder" / "index.html")
    page.go("#check")
    assert "The content of event 41 is missing, and no two people agreed to that." in page.text()


def _blank_a_note(site: Site) -> None:
    actor = log_in(site, "injector", "practice-injector").actor
    draft = EventDraft("GlandFactSet", LEFT, (Change("fact.note", None, SECRET),))
    number = site.ledger.append(actor, [draft], protocol=site.protocol.sha256)[-1].sequence
    investigator = log_in(site, INVESTIGATOR.user, INVESTIGATOR.password)
    plan = plan_blanking(investigator, Blanking((number,), ("fact.note",), "a phone number and a name"))
    blank(investigator, plan, Proof2("manager", "practice-manager"), INVESTIGATOR.password)
