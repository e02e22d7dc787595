"""What is planted anywhere in an original is in no coded copy, whatever the form it is searched for in."""
from __future__ import annotations

import base64
from pathlib import Path

import numpy as np
import pytest
from planted_tokens import FORMS, TOKENS, Planted, Planter, found_in

from dicom_io.deidentify.copying import CodedCopy, write_coded_copy
from dicom_io.deidentify.kept_area import kept_area_of
from dicom_io.deidentify.request import (
    CopyRequest,
    DatesRemoved,
    DatesShifted,
    ForReading,
    ForSharing,
    Selection,
    Trial,
)
from dicom_io.deidentify.uids import UidMap
from dicom_io.frames import open_frames
from dicom_io.reading import read_image

KEY = b"a key of the test, 32 bytes long"


def plant(seed: int, folder: Path) -> Planted:
    return Planter(seed).plant(folder)


def export(planted: Planted, folder: Path, seed: int) -> CodedCopy:
    folder.mkdir()
    frames = tuple(range(read_image(planted.path).frames))
    reading = seed % 2 == 0
    request = CopyRequest(
        Selection(planted.path, frames, kept_area_of(planted.path)),
        ForReading(f"R-{seed:03d}") if reading else ForSharing(f"SMG-{seed:02d}", "baseline"),
        Trial("Practice sponsor", "PRACTICE-SMG"), UidMap(KEY, "test"),
        DatesRemoved() if reading else DatesShifted(-400),
    )  # fmt: skip
    return write_coded_copy(request, folder)


def what_leaked(copy: CodedCopy, planted: Planted) -> list[str]:
    """Tokens in the file's bytes, its name, and its decoded pixels."""
    with open_frames(copy.path) as source:
        pixels = np.asarray(source).tobytes()
    leaving = copy.path.read_bytes() + copy.path.name.encode() + copy.path.parent.name.encode()
    return found_in(leaving, planted.tokens) + found_in(pixels, planted.tokens)


def search_exports(first: int, count: int, folder: Path) -> tuple[int, list[str]]:
    """How many tokens were planted in `count` exports, and those that came out."""
    planted_in_all, leaked = 0, []
    for seed in range(first, first + count):
        planted = plant(seed, folder / f"in{seed}")
        assert len(set(planted.tokens)) >= TOKENS
        planted_in_all += len(set(planted.tokens))
        leaked += what_leaked(export(planted, folder / f"out{seed}", seed), planted)
    return planted_in_all, leaked


def test_no_planted_token_is_in_ten_exports(tmp_path: Path) -> None:
    planted, leaked = search_exports(0, 10, tmp_path)
    assert planted >= 10 * TOKENS
    assert leaked == []


@pytest.mark.slow
def test_soak_no_planted_token_is_in_a_hundred_exports(tmp_path: Path) -> None:
    planted, leaked = search_exports(1000, 100, tmp_path)
    print(f"100 exports, {planted} tokens planted, {len(leaked)} found")  # noqa: T201  # long forms say their counts
    assert leaked == []


@pytest.mark.parametrize("seed", range(len(FORMS)))
def test_the_planter_plants_every_token_and_the_search_finds_it_in_the_original(seed: int, tmp_path: Path) -> None:
    planted = plant(seed, tmp_path)
    original = planted.path.read_bytes() + str(planted.path).encode()
    missed = [token for token in planted.tokens if not found_in(original, [token])]
    assert missed == []
    assert len(set(planted.tokens)) >= TOKENS


@pytest.mark.parametrize(
    "hidden",
    [
        b"--ZQABCDEFGHIJ--", "xxZQABCDEFGHIJ".encode("utf-16-le"), "xZQABCDEFGHIJ".encode("utf-16-be"),
        b"ZQABCDEFGHIJ".hex().upper().encode(), b"JIHGFEDCBAQZ", b"zqabcdefghij",
        *(base64.b64encode(b"." * before + b"ZQABCDEFGHIJ" + b"end") for before in range(3)),
    ],
)
def test_the_search_finds_a_token_in_each_form(hidden: bytes) -> None:
    assert found_in(hidden, ["ZQABCDEFGHIJ"])


def test_a_token_drawn_on_the_picture_beside_the_region_is_blanked_in_every_frame(tmp_path: Path) -> None:
    planted = plant(FORMS.index("rle cine"), tmp_path / "in")
    copy = export(planted, tmp_path / "out", 4)
    mask = kept_area_of(planted.path).mask(120, 168)
    with open_frames(planted.path) as before, open_frames(copy.path) as after:
        for number in range(len(before)):
            assert before.frame(number)[~mask].any()
            assert not after.frame(number)[~mask].any()
            assert np.array_equal(after.frame(number)[mask], before.frame(number)[mask])
