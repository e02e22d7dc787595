"""The quick card is one page, made from the window's own table of keys, and prints every letter."""
from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from injection_log.errors import InjectionLogError
from injection_log.outputs import OutputImpossible
from injection_log_exports.quick_card import QuickCard
from injection_log_napari.command import add_quick_card_command
from injection_log_napari.presenters.keys import KEY_GROUPS
from injection_log_napari.presenters.quick_card import quick_card
from injection_log_napari.quick_card_file import write_quick_card


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (file,) = QuickCard().files(quick_card())
    path = tmp_path_factory.mktemp("card") / file.name
    path.write_bytes(file.data)
    return path


def _words(pdf: Path) -> str:
    done = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True, text=True)
    return " ".join(done.stdout.split())


def test_it_is_one_page_of_a4(card: Path) -> None:
    done = subprocess.run(["pdfinfo", str(card)], capture_output=True, check=True, text=True).stdout
    facts = dict(line.split(":", 1) for line in done.splitlines() if ":" in line)
    assert facts["Pages"].strip() == "1"
    assert "A4" in facts["Page size"]


def test_every_key_of_the_table_is_on_it(card: Path) -> None:
    words = _words(card)
    for group in KEY_GROUPS:
        for row in group.rows:
            assert row.keys.split()[0].replace("←", "arrow") in words, row


def test_it_speaks_danish_in_every_line_that_has_words(tmp_path: Path) -> None:
    english, danish = quick_card(), quick_card("da")
    assert (danish.title, danish.keys[0][0]) == ("injection-log: en registrering på to minutter", "Taster: markeringer")
    write_quick_card(tmp_path / "kort.pdf", "da")
    assert "Sammenlign to identifikationer" in _words(tmp_path / "kort.pdf")
    for ours, theirs in ((english.steps, danish.steps), *((one[1], two[1]) for one, two in zip(
        english.keys, danish.keys, strict=True))):  # fmt: skip
        assert all(one[1] != two[1] for one, two in zip(ours, theirs, strict=True))
    assert not set(english.promises) & set(danish.promises)


def test_it_is_one_page_in_danish_too(tmp_path: Path) -> None:
    write_quick_card(tmp_path / "kort.pdf", "da")
    done = subprocess.run(["pdfinfo", str(tmp_path / "kort.pdf")], capture_output=True, check=True, text=True).stdout
    assert "Pages:           1" in done


def test_every_letter_is_printed_as_itself(card: Path) -> None:
    assert "[U+" not in _words(card)


def test_equal_content_gives_equal_bytes_and_other_content_is_refused() -> None:
    assert QuickCard().files(quick_card()) == QuickCard().files(quick_card())
    with pytest.raises(OutputImpossible):
        QuickCard().files("keys")


def test_the_command_writes_it_and_says_where(tmp_path: Path) -> None:
    app = typer.Typer()
    add_quick_card_command(app)
    done = CliRunner().invoke(app, ["--out", str(tmp_path / "new")])
    assert done.output.strip() == str(tmp_path / "new" / "quick-card.pdf")
    assert "Keys: marks" in _words(tmp_path / "new" / "quick-card.pdf")


def test_a_language_that_there_is_not_is_refused_in_words(tmp_path: Path) -> None:
    app = typer.Typer()
    add_quick_card_command(app)
    done = CliRunner().invoke(app, ["--out", str(tmp_path), "--language", "fr"])
    assert done.exit_code == 2
    assert "choose one of en, da" in done.output


def test_a_place_that_takes_no_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InjectionLogError, match="choose another folder"):
        write_quick_card(tmp_path / "nowhere" / "card.pdf")
