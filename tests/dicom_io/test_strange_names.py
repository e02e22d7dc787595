"""Words from outside are shown without terminal codes, forged lines or turned directions, and else as they are."""
from __future__ import annotations

import pytest
from bombs import EXPLICIT, element, header, plain_pixels, start
from pydicom.dataset import Dataset

from dicom_io.pacs.answers import Answer
from dicom_io.reading import read_identity
from dicom_io.strange_names import MOST_CHARACTERS, printable, shown_name


@pytest.mark.parametrize("words", ["IM0001.dcm", "Søren Ærø Åse", "唾液腺", "a b-c_(1)", "", "é", "𝛑"])
def test_words_that_mean_no_harm_stay_as_they_are(words):
    assert printable(words) == shown_name(words) == words


@pytest.mark.parametrize(
    "sign", ["\x1b", "\n", "\r", "\t", "\0", "\x7f", "\x9b", "\u202e", "\u2066", "\u200b", "\u2028", "\ud800", "\ue000"]
)
def test_signs_without_a_shape_are_replaced(sign):
    assert printable(f"a{sign}b") == "a\N{REPLACEMENT CHARACTER}b"


def test_a_very_long_name_keeps_its_ends_on_one_line():
    shown = shown_name("begin" + "x" * 5000 + "end.dcm")
    assert len(shown) <= MOST_CHARACTERS
    assert (shown[:5], shown[-7:]) == ("begin", "end.dcm")


def test_a_header_and_an_answer_of_a_pacs_give_the_same_safe_words(tmp_path):
    hostile = b"A\x1b[2JB\x07"
    element_of_name = element(0x00100010, b"PN", hostile)
    (tmp_path / "one.dcm").write_bytes(start(EXPLICIT) + header() + element_of_name + plain_pixels())
    data_set = Dataset()
    data_set.PatientName = hostile.decode()
    words = Answer(data_set).text("PatientName")
    assert words.isprintable()
    assert read_identity(tmp_path / "one.dcm").name == words
