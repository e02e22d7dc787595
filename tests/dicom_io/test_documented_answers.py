"""docs/ultrasound.md says what the program answers: the same codes, the same words, the same real files."""
from __future__ import annotations

import re
from pathlib import Path

from dicom_io.decoding import jpeg, jpeg_2000_header
from dicom_io.elements import MAX_DEPTH, MAX_ELEMENTS, MAX_FRAGMENTS, MAX_ITEMS
from dicom_io.errors import REJECT_WORDS
from dicom_io.gate import SECONDS_A_FILE
from dicom_io.gate_worker import MEMORY_BYTES
from dicom_io.layout import MAX_FILE_BYTES, MAX_INFLATED_BYTES
from dicom_io.reading import MAX_FRAME_PIXELS, MAX_FRAMES, MAX_REGIONS
from tools import real_files

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "ultrasound.md").read_text(encoding="utf-8")
MIB = 1024**2


def test_the_codes_in_the_document_are_those_of_the_program():
    documented = dict(re.findall(r"^\| `([a-z_]+)` \| (.+) \|$", TEXT, re.MULTILINE))
    assert documented == {code.value: words for code, words in REJECT_WORDS.items()}


def test_the_bounds_in_the_document_are_those_of_the_program():
    words = " ".join(TEXT.split())
    for said in (
        f"within {SECONDS_A_FILE:g} s", f"{MEMORY_BYTES // MIB} MiB of its own",
        f"{MAX_FILE_BYTES // 1024**3} GiB a file", f"{MAX_FRAME_PIXELS // MIB} megapixels", f"{MAX_FRAMES:,} frames",
        f"{MAX_INFLATED_BYTES // MIB} MiB out of",
        f"{MAX_DEPTH} levels", f"{MAX_ELEMENTS:,} elements", f"{MAX_ITEMS:,} items", f"{MAX_REGIONS} regions",
        f"{MAX_FRAGMENTS:,} fragments", f"{jpeg._MAX_SCANS} scans", f"{jpeg_2000_header._MAX_BLOCKS:,} code blocks",
    ):  # fmt: skip
        assert said in words, said


def test_the_table_of_real_files_is_what_the_program_answers_now(shared_data):
    made = real_files.table((shared_data / "us").glob("*.dcm"))
    assert real_files.documented(TEXT) == made
