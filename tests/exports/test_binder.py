"""The inspection binder in Debian's Chromium, opened from the disk: what it shows, and what it finds when changed."""
from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from binder_folder import change_byte, copied, forge, read_data
from chromium import Page, need_chromium
from opened_window import practice_site
from signed_visits import signed_visit
from trial_site import TrialSite

from injection_log.acts.binder import gather_binder
from injection_log.acts.exports import write_files
from injection_log.acts.outputs import export_facts, export_kind
from injection_log.binder_content import BinderContent
from injection_log.ledger.chain import leaf_hash, link_hash
from injection_log.protocol.reading import practice_protocol_text
from injection_log.site import log_in
from injection_log_exports.binder import Binder

Opened = tuple[Page, Path]
EVENTS, RECORD = "events-0001", "participant-SMG-07"


@pytest.fixture(scope="module")
def binder(trial: TrialSite, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The binder of the small trial, as the command writes it."""
    folder = tmp_path_factory.mktemp("binder") / "whole"
    export_kind(trial.session("monitor"), "binder", folder)
    return folder


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    need_chromium()
    opened = Page(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


@pytest.fixture
def opened(page: Page, binder: Path, tmp_path: Path) -> Opened:
    """A copy of the binder to be spoilt, and the browser that opens it."""
    return page, copied(binder, tmp_path)


@pytest.fixture
def whole(page: Page, binder: Path) -> Page:
    """The untouched binder, opened and checked."""
    page.open(binder / "index.html")
    return page


def verdict(page: Page) -> str:
    return page.text("#verdict")


def content_of(trial: TrialSite) -> BinderContent:
    session = trial.session("monitor")
    content = gather_binder(session, export_facts(session)).content
    assert isinstance(content, BinderContent)
    return content


# ---- what it shows -------------------------------------------------------------------------------------------------
def test_it_opens_from_the_disk_checks_itself_and_the_browser_complains_of_nothing(whole: Page) -> None:
    assert verdict(whole).startswith("HOLDS: all ")
    assert whole.complaints == []
    whole.go("#check")
    said = whole.text()
    assert "2 signatures of people" in said
    assert "Whether the machine that made the log was honest" in said
    assert whole.say("binder.findings.length") == 0


def test_every_page_of_it_is_shown(whole: Page) -> None:
    for name in ("queries", "deviations", "trail", "log", "people", "paper", "record/SMG-07", "event/1"):
        whole.go(f"#{name}")
        assert whole.text("main h2")
        assert "[object" not in whole.text()
    assert whole.complaints == []


def test_a_search_leads_to_the_value_and_its_history(whole: Page) -> None:
    whole.say("document.getElementById('wanted').value = 'loaded 1.10'")
    whole.say("document.querySelector('#search button').click()")
    whole.wait("document.body.dataset.page.startsWith('search')")
    assert "Loaded volume" in whole.text()
    whole.say("document.querySelector('main td a[href^=\"#field/\"]').click()")
    whole.wait("document.body.dataset.page.startsWith('field')")
    assert "1.10 ml" in whole.text()
    assert "1100" in whole.text()


def test_the_trail_is_filtered_by_person_kind_words_and_time(whole: Page) -> None:
    whole.go("#trail")
    every = whole.say("document.querySelectorAll('main tbody tr').length")
    for name, value in (("person", "monitor"), ("group", "queries"), ("text", "barrel")):
        whole.say(f"document.querySelector('.filter').elements.{name}.value = {value!r};"
                  "document.querySelector('.filter').dispatchEvent(new Event('input'))")  # fmt: skip
    assert 0 < whole.say("document.querySelectorAll('main tbody tr').length") < every
    assert "Is this the barrel that was read?" in whole.text()
    whole.say("document.querySelector('.filter').elements.since.value = '2099-01-01';"
              "document.querySelector('.filter').dispatchEvent(new Event('input'))")  # fmt: skip
    assert "0 of " in whole.text("main [role=status]")


def test_frames_are_turned_and_marks_put_off(whole: Page) -> None:
    whole.go("#record/SMG-07")
    frame = ".gland.right"
    assert "1 of " in whole.text(f"{frame} output")
    whole.say(f"document.querySelector('{frame} .turning button:nth-of-type(2)').click()")
    assert "2 of " in whole.text(f"{frame} output")
    whole.wait(f"document.querySelector('{frame} .marks').naturalWidth > 0")
    whole.say(f"document.querySelector('{frame} [aria-pressed]').click()")
    assert whole.say(f"getComputedStyle(document.querySelector('{frame} .marks')).visibility") == "hidden"
    assert whole.say(f"getComputedStyle(document.querySelector('{frame} .clean')).visibility") == "visible"


def test_what_a_person_typed_is_text_and_never_part_of_the_page(page: Page, trial: TrialSite, tmp_path: Path) -> None:
    content = content_of(trial)
    evil = '<img src=x onerror="window.taken=1"></script><script>window.taken=1</script>\u2028'
    query, about = content.queries[0], replace(content.about, study=evil)
    said = replace(query.said[0], text=evil)
    names = {**content.names, "visits": {"injection": evil}}
    spoilt = replace(content, queries=(replace(query, said=(said,)),), names=names, about=about)
    write_files(Binder().files(spoilt), tmp_path)
    page.open(tmp_path / "index.html", "#queries")
    page.go("#queries")
    assert "onerror" in page.text()
    assert page.say("window.taken") is None
    assert page.say("document.querySelectorAll('main img').length") == 0


def test_it_prints_as_a_binder_of_paper(whole: Page, tmp_path: Path) -> None:
    whole.go("#paper")
    whole.pdf(tmp_path / "paper.pdf")
    words = ["pdftotext", "-layout", tmp_path / "paper.pdf", "-"]
    text = subprocess.run(words, capture_output=True, text=True, check=True)
    for said in ("HOLDS", "SMG-07", "INJECTED", "1.05 ml", "Is this the barrel", "The left gland was first"):
        assert said in text.stdout
    assert "Search" not in text.stdout


# ---- what it finds -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "word", "where"),
    [
        (EVENTS, b"KIT-0417", "Event "), ("words-0001", b"KIT-0417", ""), (RECORD, b"KIT-0417", "Procedure"),
        ("index", b"barrel", "Q-0001"),
    ],
)
def test_one_byte_of_a_data_file_turns_it_red_and_names_the_place(
    opened: Opened, name: str, word: bytes, where: str
) -> None:
    page, spoilt = opened
    change_byte(spoilt / "data" / f"{name}.js", word, word[:-1] + b"z")
    page.open(spoilt / "index.html")
    assert verdict(page).startswith("WRONG")
    page.go("#check")
    assert f"data/{name}.js" in page.text()
    assert where in page.text()


def test_one_byte_of_a_picture_is_found_when_it_is_shown(page: Page, binder: Path, tmp_path: Path) -> None:
    spoilt = copied(binder, tmp_path)
    picture = next((spoilt / "data").glob("picture-*-right-1-clean.js"))
    data = picture.read_bytes()
    at = len(data) // 2
    picture.write_bytes(data[:at] + (b"A" if data[at : at + 1] != b"A" else b"B") + data[at + 1 :])
    page.open(spoilt / "index.html")
    page.go("#record/SMG-07")
    page.wait("document.getElementById('verdict').className === 'wrong'")
    assert picture.name in verdict(page)


GONE = ("app/start.js", "app/tree.js", "app/route.js", "data/index.js", "data/events-0001.js")


@pytest.mark.parametrize("missing", GONE)
def test_a_file_that_is_gone_is_named_in_red(opened: Opened, missing: str) -> None:
    page, spoilt = opened
    (spoilt / missing).unlink()
    if missing == "app/start.js":
        page.ask("Page.navigate", {"url": (spoilt / "index.html").as_uri()})
        page.wait("document.readyState === 'complete' && location.protocol === 'file:'")
        assert "has not started" in page.text("#not-started")
        return
    page.open(spoilt / "index.html")
    page.wait("!document.getElementById('failed').hidden")
    assert missing in page.text("#failed")
    assert "HOLDS" not in page.text("body")


def test_a_value_on_a_page_that_does_not_follow_from_the_events_is_found(opened: Opened) -> None:
    """A forger who makes every digest of the files fit again."""
    page, spoilt = opened

    def change(record: Any) -> None:
        value = next(one for one in record["values"] if one["field"] == "fact.volume_loaded_ul")
        value["stored"], value["words"] = 900, "0.90 ml"

    forge(spoilt, RECORD, change)
    page.open(spoilt / "index.html")
    page.go("#check")
    assert "data/" not in page.text("main table")
    assert "What is shown is not what the events give." in page.text()


@pytest.mark.parametrize("where", ["overview", "words", "hidden", "row"])
def test_what_a_page_says_otherwise_or_leaves_out_is_found(
    page: Page, binder: Path, tmp_path: Path, where: str
) -> None:
    spoilt = copied(binder, tmp_path)

    def change(said: Any) -> None:
        if where == "overview":
            said["participants"][0]["visits"][0]["glands"][0]["injected"] = "0.10 ml"
        elif where == "words":
            next(one for one in said["values"] if one["field"] == "fact.volume_loaded_ul")["words"] = "0.10 ml"
        elif where == "hidden":
            said["values"] = [one for one in said["values"] if one["field"] != "fact.kit_code"]
        else:
            said["visits"][0]["glands"][0]["sections"][1][1][0][1] = "KIT-9999"

    forge(spoilt, "index" if where == "overview" else RECORD, change)
    page.open(spoilt / "index.html")
    assert verdict(page).startswith("WRONG")
    assert page.say("binder.findings.every((one) => one.kind === 'page')")


def test_a_log_written_anew_does_not_fit_its_checkpoints_nor_its_signatures(
    page: Page, binder: Path, tmp_path: Path
) -> None:
    """A forger who holds the database, but no key: every leaf, link and digest fits."""
    spoilt = copied(binder, tmp_path)

    def change(rows: Any) -> None:
        previous = bytes.fromhex(rows[0][4])
        for row in rows:
            row[1] = row[1].replace("KIT-0417", "KIT-0418")
            leaf = leaf_hash(bytes.fromhex(row[2]), row[1].encode())
            link = link_hash(previous, leaf, row[0])
            row[3:], previous = [leaf.hex(), previous.hex(), link.hex()], link

    forge(spoilt, EVENTS, change)
    last = read_data(spoilt, EVENTS)[-1][5]
    forge(spoilt, "index", lambda index: index.update(last_hash=last))
    page.open(spoilt / "index.html")
    page.go("#check")
    said = page.text()
    assert "is not one of the events before it" in said
    assert "The signature in event" in said
    assert "was changed after it was written" not in said


def test_the_end_cut_off_is_found(page: Page, binder: Path, tmp_path: Path) -> None:
    spoilt = copied(binder, tmp_path)
    forge(spoilt, EVENTS, lambda rows: rows.__delitem__(slice(-3, None)))
    page.open(spoilt / "index.html")
    page.go("#check")
    assert "The end of the log is missing" in page.text()


def test_a_checkpoint_that_left_earlier_is_compared(whole: Page, trial: TrialSite) -> None:
    earlier = next(event for event in trial.site.ledger.events() if event.kind == "CheckpointMade").changes[0].new
    assert isinstance(earlier, dict)
    text = str(earlier["text"])
    told = whole.say(f"binder.compareCheckpoint({text!r})")
    assert told["holds"]
    forged = text.replace(text.split("\n")[2], "A" * 43 + "=")
    assert "was rewritten" in whole.say(f"binder.compareCheckpoint({forged!r})")["words"]
    assert "not a checkpoint" in whole.say("binder.compareCheckpoint('x')")["words"]


# ---- browsers that have less ---------------------------------------------------------------------------------------
def test_the_own_sha256_is_sha256(whole: Page) -> None:
    for length in (0, 1, 55, 56, 63, 64, 65, 1000):
        data = bytes(n % 251 for n in range(length))
        own = whole.say(f"binder.hex(binder.ownSha256(Uint8Array.from({list(data)})))")
        assert own == hashlib.sha256(data).hexdigest()


def test_a_browser_without_webcrypto_checks_the_digests_and_says_that_no_signature_was(
    binder: Path, tmp_path: Path
) -> None:
    need_chromium()
    page = Page(tmp_path / "profile")
    page.before_each("Object.defineProperty(window.crypto, 'subtle', { value: undefined })")
    page.open(binder / "index.html")
    assert verdict(page).startswith("HOLDS IN PART")
    page.go("#check")
    assert "no signature was checked" in page.text()
    page.close()


# ---- in Danish -----------------------------------------------------------------------------------------------------
def test_the_binder_of_a_danish_protocol_is_danish_and_holds(page: Page, tmp_path: Path) -> None:
    site = practice_site(tmp_path, practice_protocol_text().replace('[protocol]', '[protocol]\nlanguage = "da"', 1))
    signed_visit(log_in(site, "injector", "practice-injector"))
    export_kind(log_in(site, "investigator", "practice-investigator"), "binder", tmp_path / "binder")
    page.open(tmp_path / "binder" / "index.html")
    assert verdict(page).startswith("HOLDER: alle ")
    page.go("#record/SMG-07")
    assert "1,05 ml" in page.text()
    assert "Højre kirtel" in page.text()
    page.go("#trail")
    assert "Practice Injector, injicerende læge" in page.text()
    site.ledger.close()


# ---- a whole trial -------------------------------------------------------------------------------------------------
@pytest.mark.slow
def test_bench_a_trial_of_40_participants_opens_in_under_two_seconds(page: Page, tmp_path: Path) -> None:
    site = practice_site(tmp_path)
    injector = log_in(site, "injector", "practice-injector")
    for number in range(1, 41):
        signed_visit(injector, f"SMG-{number:02}")
    session = log_in(site, "monitor", "practice-monitor")
    export_kind(session, "binder", tmp_path / "binder")
    page.open(tmp_path / "binder" / "index.html")
    assert verdict(page).startswith("HOLDS")
    assert page.say("document.querySelectorAll('main tbody tr').length") == 40
    assert int(page.say("document.body.dataset.opened")) < 2000
    site.ledger.close()
