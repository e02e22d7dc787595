"""Multipart bodies: whole only with the boundary behind them, however the bytes are cut, and never without bounds."""
from __future__ import annotations

import random

import pytest

from dicom_io.pacs.web_multipart import MultipartBroken, MultipartReader, boundary_of


def reader_of(body: bytes, step: int) -> MultipartReader:
    pieces = iter([body[at : at + step] for at in range(0, len(body), step)])
    return MultipartReader(lambda: next(pieces, b""), b"mark")


def parts_of(body: bytes, step: int) -> list[bytes]:
    reader, found = reader_of(body, step), []
    while reader.next_part():
        found.append(b"".join(bytes(piece) for piece in reader.pieces()))
    return found


CONTENT = random.Random(3).randbytes(5000) + b"\r\n--mar" + b"\r\n--marc\r\n\r\n" + b"\r\n"
BODY = b"--mark\r\nContent-Type: application/dicom\r\n\r\n" + CONTENT + b"\r\n--mark\r\nX: y\r\n\r\n\r\n--mark--\r\n"


@pytest.mark.parametrize("step", [1, 2, 3, 7, 64, 4999, 10**6])
def test_the_content_is_the_same_however_it_is_cut(step: int) -> None:
    assert parts_of(BODY, step) == [CONTENT, b""]


def test_words_before_the_first_boundary_are_skipped() -> None:
    assert parts_of(b"words\r\n" + BODY, 100)[0] == CONTENT


@pytest.mark.parametrize("seed", range(30))
def test_a_body_that_ends_early_is_never_whole(seed: int) -> None:
    end = random.Random(seed).randrange(len(BODY) - 4)
    with pytest.raises(MultipartBroken):
        parts_of(BODY[:end], 512)


def test_headers_and_preambles_without_an_end_are_refused() -> None:
    with pytest.raises(MultipartBroken):
        parts_of(b"--mark\r\n" + b"X: y\r\n" * 10_000, 4096)
    with pytest.raises(MultipartBroken):
        parts_of(b"x" * 10**6, 4096)


@pytest.mark.parametrize(
    "said", ["", "text/html; boundary=a", "multipart/related", f"multipart/related; boundary={'x' * 71}"]
)
def test_what_names_no_boundary_is_refused(said: str) -> None:
    with pytest.raises(MultipartBroken):
        boundary_of(said)


def test_a_boundary_is_read_with_and_without_quotes() -> None:
    assert boundary_of('multipart/related; type="application/dicom"; boundary=a-b') == b"a-b"
    assert boundary_of('Multipart/Related; boundary="a b"; type=x') == b"a b"
