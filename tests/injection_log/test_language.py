"""The catalogue of Danish: whole texts, templates, pieces; no entry is dead or ambiguous, and what is typed stays."""
from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from injection_log.language import LANGUAGES, catalogue_of
from injection_log.language.catalogue import read_catalogue
from injection_log.language.choice import chosen_language, keep_language
from injection_log.language.template import literals_of, make_template
from injection_log.words import volume_in_words

ROOT = Path(__file__).resolve().parents[2]
DANISH = catalogue_of("da")
MOMENT = "2026-11-22 14:02:11 (UTC+01:00)"
SAMPLES = {
    "": "Xq-7", "number": "3", "day": "22 Nov 2026", "moment": MOMENT, "text": "right", "code": "SMG-07",
    "role": "monitor",
}  # fmt: skip
NOT_IN_SOURCES = {"months", "joiners", "numbers"}


@pytest.mark.parametrize(
    ("english", "danish"),
    [
        ("Log in", "Log ind"),
        ("▲ 1.15 ml", "▲ 1,15 ml"),
        ("32.6 ± 0.5 mm ②", "32,6 ± 0,5 mm ②"),
        ("Injection visit, 22 Nov 2026", "Injektion, 22. nov. 2026"),
        ("Right gland: syringe code is missing. Press Enter to go to it.",
         "Højre kirtel: sprøjtekode mangler. Tryk Enter for at gå dertil."),
        ("pain, vasovagal reaction", "smerte, vasovagal reaktion"),
        ("2026-11-22 14:02:11 (UTC+01:00)", "2026-11-22 14:02:11 (UTC+01:00)"),
        ("SMG-07", "SMG-07"),
        ("Something that nobody translated", "Something that nobody translated"),
    ],
)  # fmt: skip
def test_a_finished_text_becomes_danish(english, danish):
    assert DANISH.say(english) == danish


def test_english_is_the_text_itself():
    text = "Right gland: syringe code is missing."
    assert catalogue_of("en").say(text) is text


def test_what_people_said_stays_as_they_said_it():
    asked = "P. Injector (monitor) asked, 2026-11-22 14:02:11 (UTC+01:00): Is the depth right? none"
    assert DANISH.say(asked).endswith(": Is the depth right? none")
    assert DANISH.say("“Remark” of the left gland was recorded: none").endswith(": none")


@pytest.mark.parametrize("ul", [0, 50, 125, 1150, 12_050])
def test_every_volume_in_words_is_danish_throughout(ul):
    assert DANISH.lacks(volume_in_words(ul)) == ()
    assert " komma " in DANISH.say(volume_in_words(ul))


def test_a_piece_that_is_missing_is_named():
    assert DANISH.lacks("Log in\nsomething else") == ("something else",)


def test_places_are_the_same_on_both_sides():
    with pytest.raises(ValueError, match="names a place"):
        make_template("Open {visit:text}", "Åbn {besøg}")
    for one in DANISH.templates:
        dropped = one.kinds.keys() - set(re.findall(r"\{(\w+)\}", one.other))
        assert dropped <= {"same", "more"}, one.english


def test_an_entry_that_stands_twice_is_refused():
    with pytest.raises(ValueError, match="stands twice"):
        read_catalogue('[one]\n"Open" = "Åbn"\n[two]\n"Open" = "Åben"\n', "da")


@pytest.mark.parametrize("one", DANISH.templates, ids=lambda one: one.english[:60])
def test_no_text_of_a_template_is_read_as_another_one(one):
    places = {name: SAMPLES[kind.removesuffix("s")] for name, kind in one.kinds.items()}
    text = re.sub(r"\{(\w+)(?::\w+)?\}", lambda place: places[place[1]], one.english)
    meant = one.filled(places, lambda kind, said: said)
    rivals = {
        other.filled(found, lambda kind, said: said) for other in DANISH.fitting(text)
        if other.literal == one.literal and other.kept == one.kept and (found := other.places(text)) is not None
    }
    assert rivals == {meant}


def flat(text: str) -> str:
    return re.sub(r"[ \t]+", " ", re.sub(r"[“”●()_]", " ", text.lower()))


@cache
def words_of_the_sources() -> str:
    """Every text of the program, a line each; the parts of an f-string apart."""
    found = [(ROOT / "injection_log/protocol/practice.toml").read_text("utf-8")]
    for root in ("injection_log", "annotate", "dicom_io", "plugins"):
        for file in sorted((ROOT / root).rglob("*.py")):
            tree = ast.parse(file.read_text("utf-8"))
            found += [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return flat("\n".join(found))


def pieces_in_the_sources(text: str) -> int:
    """Of how few texts of the sources a text can be put together; 99 where a word stands in none."""
    words, count, first = flat(text).split(), 0, 0
    while first < len(words):
        last = len(words)
        while last > first and " ".join(words[first:last]).strip(" .,;:…×") not in words_of_the_sources():
            last -= 1
        if last == first:
            return 99
        count, first = count + 1, last
    return count


def is_dead(english: str) -> bool:
    parts = literals_of(english)
    return any(pieces_in_the_sources(part) > (2 if len(part.split()) > 4 else 3) for part in parts)


@pytest.mark.parametrize("table", sorted(DANISH.tables.keys() - NOT_IN_SOURCES))
def test_every_entry_still_stands_in_the_sources(table):
    assert [english for english in DANISH.tables[table] if is_dead(english)] == []


def test_a_reworded_text_is_found_dead():
    assert is_dead("Please read both records. If right, press Enter to sign.")
    assert not is_dead("Read both records. If they are right, press Enter to sign.")


def test_a_choice_in_the_window_comes_before_the_setting_of_the_site(tmp_path):
    file = tmp_path / "language"
    assert chosen_language(file, "da") == "da"
    keep_language(file, "en")
    assert chosen_language(file, "da") == "en"
    file.write_text("klingon")
    assert chosen_language(file) == "en"


def test_every_language_has_a_catalogue():
    assert [catalogue_of(code).language for code in LANGUAGES] == list(LANGUAGES)
