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


def test_a_place_that_takes_no_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InjectionLogError, match="choose another folder"):
        write_quick_card(tmp_path / "nowhere" / "card.pdf")
