"""The sheet, read back from its PDF."""
from __future__ import annotations

import re
from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from pypdf import PdfReader

from injection_log.outputs import OutputImpossible, SheetContent
from injection_log_exports.lettering import is_printed_exactly, printable
from injection_log_exports.sheet import Sheet, sheet_pdf


def read(*contents: SheetContent) -> PdfReader:
    return PdfReader(BytesIO(sheet_pdf(contents)))


def text_of(reader: PdfReader) -> str:
    """All text of the PDF with single blanks."""
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))


def without_blanks(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.mark.proves("U-03")
def test_every_value_of_the_record_can_be_read_from_the_pdf(sheet_content: SheetContent) -> None:
    text = text_of(read(sheet_content))
    for title, facts in sheet_content.sections:
        assert title in text
        assert all(part in text for fact in facts for part in fact)
    for volume in sheet_content.volumes:
        assert all(part in text for part in (volume.title, volume.figures, volume.words))
    for words in ("RIGHT GLAND", "SMG-07", "TEST-STUDY", "Sønderby", "Injection visit", "signed, version 1"):
        assert words in text


def test_signature_and_checkpoint_stand_on_the_sheet(sheet_content: SheetContent) -> None:
    text = text_of(read(sheet_content))
    for words in ("P. Injector", "I performed this injection.", "2026-11-22 14:22:11 +01:00", "9f86d081884c7d65" * 4):
        assert words in text
    assert without_blanks(sheet_content.checkpoint) in without_blanks(text)


def test_program_protocol_and_time_of_printing_stand_at_the_foot(sheet_content: SheetContent) -> None:
    text = text_of(read(sheet_content))
    for words in (
        "injection-log 0.1.0", "protocol TEST 1.0 (0123456789ab)", "ledger event 1234",
        "printed 2026-11-22 14:30:00 +01:00", "page 1/1",
    ):
        assert words in text


def test_one_page_for_each_gland(sheet_content: SheetContent) -> None:
    reader = read(sheet_content, replace(sheet_content, side="left"))
    first, second = (page.extract_text() for page in reader.pages)
    assert "RIGHT GLAND" in first
    assert "page 1/2" in first
    assert "LEFT GLAND" in second
    assert "page 2/2" in second


def test_equal_content_gives_equal_bytes(sheet_content: SheetContent) -> None:
    assert sheet_pdf((sheet_content,)) == sheet_pdf((replace(sheet_content),))
    assert sheet_pdf((sheet_content,)) != sheet_pdf((replace(sheet_content, printed_at="later"),))


def test_the_files_own_metadata_names_nobody(sheet_content: SheetContent) -> None:
    metadata = " ".join(str(value) for value in (read(sheet_content).metadata or {}).values())
    assert "SMG-07" not in metadata
    assert "Injector" not in metadata


@pytest.mark.parametrize("practice", [True, False])
def test_practice_is_said_across_the_head_and_only_in_practice(sheet_content: SheetContent, practice: bool) -> None:
    text = text_of(read(replace(sheet_content, practice=practice)))
    assert ("PRACTICE - NOT A PATIENT RECORD" in text) is practice


def test_a_record_without_signature_says_so(sheet_content: SheetContent) -> None:
    text = text_of(read(replace(sheet_content, signature=None)))
    assert "NOT SIGNED" in text
    assert "Signed electronically" not in text


def test_what_followed_the_signature_stands_below_it(sheet_content: SheetContent) -> None:
    followed = (("Addition 1", "P. Injector, injector: the pictures came"), ("Reviewed", "P. Investigator, 2026-11-23"),
                ("Locked", "by P. Investigator"))  # fmt: skip
    reader = read(replace(sheet_content, after_signature=followed, earlier_signatures=("Version 1 was signed by P.",)))
    text = text_of(reader)
    assert len(reader.pages) == 1
    assert all(f"{label} {words}" in text for label, words in followed)
    assert text.index("Version 1 was signed by P.") < text.index("Signed electronically") < text.index("Addition 1")


def test_a_key_that_nobody_confirmed_is_said_at_the_name(sheet_content: SheetContent) -> None:
    assert sheet_content.signature is not None
    signature = replace(sheet_content.signature, standing="key not yet confirmed")
    assert "injector - KEY NOT YET CONFIRMED" in text_of(read(replace(sheet_content, signature=signature)))
    assert "KEY NOT YET CONFIRMED" not in text_of(read(sheet_content))


def test_a_full_record_with_long_texts_stays_on_one_page_and_whole(sheet_content: SheetContent) -> None:
    facts = tuple((f"Fact number {n}", f"a value of usual length {n}") for n in range(45))
    remark = ("Remark", "bemærkning " * 39 + "slut.")
    long = replace(sheet_content, sections=(*sheet_content.sections, ("Facts", facts), ("More", (remark,))))
    reader = read(long)
    text = text_of(reader)
    assert len(reader.pages) == 1
    assert all(part in text for fact in facts for part in fact)
    assert without_blanks(remark[1]) in without_blanks(text)


def test_what_no_page_can_hold_goes_on_to_the_next_and_nothing_is_lost(sheet_content: SheetContent) -> None:
    facts = tuple((f"Fact number {n}", "long words " * 20 + f"end{n}.") for n in range(70))
    reader = read(replace(sheet_content, sections=(("Facts", facts),)))
    assert len(reader.pages) > 1
    text = text_of(reader)
    assert f"page 1/{len(reader.pages)}" in text
    assert all(f"end{n}." in text for n in range(70))


def test_long_words_in_the_head_wrap_and_shrink_but_are_not_cut(sheet_content: SheetContent) -> None:
    names = {"participant": "P" * 60 + "1", "study": "S" * 120 + "2", "visit_title": "visit " * 25 + "last3"}
    reader = read(replace(sheet_content, **names))
    text = without_blanks(text_of(reader))
    assert len(reader.pages) == 1
    assert all(without_blanks(name) in text for name in names.values())


def test_signs_of_markup_are_printed_as_they_are(sheet_content: SheetContent) -> None:
    sections = (("A & B", (("<b>label</b>", "1 < 2 & 3 > 2"),)),)
    text = text_of(read(replace(sheet_content, sections=sections)))
    assert "A & B" in text
    assert "<b>label</b> 1 < 2 & 3 > 2" in text


def test_letters_that_the_typeface_lacks_are_never_lost_in_silence(sheet_content: SheetContent) -> None:
    assert printable("Søren Łukasz – 5 µl ± 2 × ≤ °") == "Søren Łukasz – 5 µl ± 2 × ≤ °"
    assert printable("Kříž Ж\u0007") == "Kríž [U+0416][U+0007]"
    assert not is_printed_exactly("Kříž")
    assert "not in this sheet's typeface" in text_of(read(replace(sheet_content, site="Kříž")))
    assert "not in this sheet's typeface" not in text_of(read(sheet_content))


def test_the_qr_code_holds_the_checkpoint_to_the_letter(sheet_content: SheetContent) -> None:
    cv2 = pytest.importorskip("cv2")
    from injection_log_exports.sheet_parts import _qr_code

    code = _qr_code(sheet_content.checkpoint)
    zoom = 8
    size = round(code.width * zoom)
    picture = np.full((size, size), 255, np.uint8)
    for rect in code.contents:
        top, bottom = size - round((rect.y + rect.height) * zoom), size - round(rect.y * zoom)
        picture[top:bottom, round(rect.x * zoom) : round((rect.x + rect.width) * zoom)] = 0
    assert cv2.QRCodeDetector().detectAndDecode(picture)[0] == sheet_content.checkpoint


def test_pictures_keep_their_proportions(sheet_content: SheetContent) -> None:
    page = read(sheet_content).pages[0]
    matrices = re.findall(rb"([\d.]+) 0 0 ([\d.]+) [\d.]+ [\d.]+ cm\s*/FormXob", page.get_contents().get_data())
    assert len(matrices) == 2
    assert all(float(width) / float(height) == pytest.approx(400 / 300, rel=1e-3) for width, height in matrices)


@pytest.mark.parametrize("content", [None, (), "text", (1,)])
def test_what_is_no_sheet_content_is_refused(content: object) -> None:
    with pytest.raises(OutputImpossible):
        Sheet().files(content)


def test_a_broken_picture_is_named(sheet_content: SheetContent) -> None:
    with pytest.raises(OutputImpossible, match="picture"):
        Sheet().files(replace(sheet_content, pictures=(("Broken", b"no picture"),)))


def test_the_file_name_is_plain(sheet_content: SheetContent) -> None:
    content = replace(sheet_content, visit_title="Month 4, 2026-11-22 / ../x")
    (file,) = Sheet().files(content)
    assert file.name == "sheet_SMG-07_Month_4_2026-11-22_x_right.pdf"
    assert file.media_type == "application/pdf"


def test_a_measuring_visit_without_volumes_or_pictures_has_a_sheet_too(sheet_content: SheetContent) -> None:
    bare = replace(sheet_content, volumes=(), pictures=(), sections=(), checkpoint="")
    assert len(read(bare).pages) == 1
