"""The binder by keyboard and for a screen reader: landmarks, names, headings, order, contrast; and in Danish."""
from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from chromium import Page, need_chromium
from trial_site import TrialSite

from injection_log.acts.binder import gather_binder
from injection_log.acts.exports import write_files
from injection_log.acts.outputs import export_facts
from injection_log.binder_content import BinderContent
from injection_log_exports.binder import Binder
from injection_log_exports.binder.texts import texts_in

PAGES = (
    "participants", "record/SMG-07", "queries", "deviations", "trail", "log", "people", "check", "event/3", "paper",
)  # fmt: skip
NAMELESS = """[...document.querySelectorAll(
  'a, button, input, select, textarea, img, [role=region], [role=group], nav, form')]
  .filter((one) => !(one.textContent || one.getAttribute('aria-label') || one.alt || (one.labels && one.labels.length)
    || one.getAttribute('role') === 'search')).map((one) => one.outerHTML.slice(0, 80))"""
TABLES = """[...document.querySelectorAll('table')].filter((table) => !table.caption || !table.caption.innerText
  || [...table.querySelectorAll('thead th')].some((one) => one.scope !== 'col')
  || [...table.querySelectorAll('tbody tr')].some((row) => row.cells[0].scope !== 'row')).length"""
HEADINGS = "[...document.querySelectorAll('h1, h2, h3, h4, h5')].map((one) => Number(one.tagName[1]))"
CONTRAST = """(() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => numbers(colour).slice(0, 3).map((one) => one / 255)
    .map((one) => (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
    .reduce((sum, one, n) => sum + one * [0.2126, 0.7152, 0.0722][n], 0);
  const ground = (one) => { const own = getComputedStyle(one).backgroundColor;
    return numbers(own)[3] === 0 ? (one.parentElement ? ground(one.parentElement) : 'rgb(255, 255, 255)') : own; };
  const ratio = (one) => {
    const [a, b] = [light(getComputedStyle(one).color), light(ground(one))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05); };
  return Math.min(...[...document.querySelectorAll('body *')].filter((one) => one.innerText && one.checkVisibility())
    .map(ratio));
})()"""


@pytest.fixture(scope="module")
def content(trial: TrialSite) -> BinderContent:
    session = trial.session("investigator")
    gathered = gather_binder(session, export_facts(session)).content
    assert isinstance(gathered, BinderContent)
    return gathered


@pytest.fixture(scope="module")
def page(content: BinderContent, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    need_chromium()
    folder = tmp_path_factory.mktemp("binder")
    write_files(Binder().files(content), folder)
    opened = Page(tmp_path_factory.mktemp("profile"))
    opened.open(folder / "index.html")
    yield opened
    opened.close()


@pytest.mark.parametrize("name", PAGES)
def test_everything_on_a_page_has_a_name_and_words_that_can_be_read(page: Page, name: str) -> None:
    page.go(f"#{name}")
    assert page.say(NAMELESS) == []
    assert page.say(TABLES) == 0
    assert page.say(CONTRAST) >= 4.5


@pytest.mark.parametrize("name", PAGES)
def test_headings_go_down_one_step_at_a_time_and_ids_stand_once(page: Page, name: str) -> None:
    page.go(f"#{name}")
    levels = page.say(HEADINGS)
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = page.say("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids))


def test_landmarks_language_and_what_is_told_aloud(page: Page) -> None:
    for one in ("header", "nav[aria-label]", "main", "footer", "form[role=search]", "#verdict[aria-live=polite]"):
        assert page.say(f"document.querySelectorAll({one!r}).length") == 1
    assert page.say("document.documentElement.lang") == "en"


def test_the_first_tab_skips_to_the_content_and_every_tab_can_be_seen(page: Page) -> None:
    page.go("#participants")
    page.ask("Page.reload")
    page.wait("document.readyState === 'complete' && document.body.dataset.state === 'done'")
    page.ask("Page.bringToFront")
    seen = []
    for _ in range(14):
        page.key("Tab", 9)
        seen.append(page.say("document.activeElement.innerText || document.activeElement.id"))
        assert page.say("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert seen[0] == "Skip to the content"
    assert "Audit trail" in seen
    assert "wanted" in seen
    assert len(set(seen)) > 10


def test_a_record_is_reached_and_its_frames_are_turned_without_a_mouse(page: Page) -> None:
    page.go("#participants")
    page.ask("Page.bringToFront")
    page.say("document.querySelector('main tbody a').focus()")
    page.key("Enter", 13, "\r")
    page.wait("document.body.dataset.page === 'record/SMG-07'")
    assert page.say("document.activeElement.id") == "main"
    page.say("document.querySelector('.gland.right input[type=range]').focus()")
    page.key("ArrowRight", 39)
    assert "2 of " in page.text(".gland.right output")
    assert "Picture 2" in page.say("document.querySelector('.gland.right input').getAttribute('aria-valuetext')")


def test_every_text_has_its_danish_with_the_same_places() -> None:
    english, danish = texts_in("en"), texts_in("da")
    places = re.compile(r"\{\w+\}")
    for name, text in english.items():
        assert sorted(places.findall(text)) == sorted(places.findall(danish[name])), name
    alike = {name for name in english if english[name] == danish[name]}
    assert len(alike) < 10, alike


def test_the_scripts_hold_no_text_of_their_own_and_every_name_is_a_text() -> None:
    folder = Path(__file__).resolve().parents[2] / "plugins" / "injection_log_exports" / "binder"
    scripts = "\n".join(path.read_text() for path in folder.glob("*.js"))
    asked = set(re.findall(r'\bsay\("(\w+)"[,)]', scripts))
    assert asked <= texts_in("en").keys()
    never = r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|Function\(|fetch\(|https?:"
    assert re.search(never, scripts) is None


def test_in_danish_the_whole_page_is_danish(content: BinderContent, page: Page, tmp_path: Path) -> None:
    danish = replace(content, language="da")
    write_files(Binder().files(danish), tmp_path)
    text = (tmp_path / "index.html").read_text()
    assert 'lang="da"' in text
    assert "Revisionsspor" in text
