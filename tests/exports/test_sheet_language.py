"""The sheet in the language of the protocol: Danish words and commas, what people wrote and what was signed kept."""
from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from injection_log.acts.signing import MEANINGS
from injection_log.errors import ProtocolRefused
from injection_log.outputs import SheetContent
from injection_log.protocol.reading import practice_protocol_text, read_protocol
from injection_log_exports.sheet import sheet_pdf


def text_of(content: SheetContent) -> str:
    """All text of the PDF with single blanks."""
    pages = PdfReader(BytesIO(sheet_pdf((content,)))).pages
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pages))


@pytest.fixture
def danish(sheet_content: SheetContent) -> str:
    sections = (*sheet_content.sections, ("Gland", (("Remark", "none"), ("Complications", "none"))))
    return text_of(replace(
        sheet_content, language="da", sections=sections,
        signature=replace(sheet_content.signature, meaning=MEANINGS["performed"]),
    ))  # fmt: skip


def test_words_and_figures_are_danish(danish: str) -> None:
    for words in ("HØJRE KIRTEL", "glandula submandibularis", "Injiceret", "1,15 ml", "Underskrevet elektronisk"):
        assert words in danish
    assert "en komma en fem milliliter" in " ".join(danish.split())


def test_what_people_wrote_is_kept_and_what_was_chosen_is_not(danish: str) -> None:
    words = " ".join(danish.split())
    assert "Bemærkning none" in words
    assert "Komplikationer ingen" in words


def test_it_says_that_it_is_a_translation_and_has_the_signed_meaning(danish: str) -> None:
    words = " ".join(danish.split())
    assert f"sand og fuldstændig. ({MEANINGS['performed']}) Arket er en oversættelse" in words


def test_an_english_sheet_is_what_it_was(sheet_content: SheetContent) -> None:
    assert "RIGHT GLAND" in text_of(sheet_content)


def test_a_protocol_names_its_language_and_older_ones_are_english() -> None:
    text = practice_protocol_text()
    assert read_protocol(text).language == "en"
    assert read_protocol(text.replace("practice = true", 'practice = true\nlanguage = "da"')).language == "da"
    with pytest.raises(ProtocolRefused, match="language must be one of da, en"):
        read_protocol(text.replace("practice = true", 'practice = true\nlanguage = "xx"'))
