"""Identifiers that mean harm: no UID of a file becomes a path, and none that is malformed passes the gate."""
from __future__ import annotations

import contextlib
import os
import random
import sys
from pathlib import Path

import pytest
from bombs import EXPLICIT, element, header, plain_pixels, start

from dicom_io.errors import NotReadable
from dicom_io.gate import Gate
from dicom_io.image_folder import ImageFolder

HOSTILE = (
    b"../../../../tmp/evil", b"..", b".", b"....", b"/etc/passwd", b"C:\\evil", b"\\\\server\\share", b"CON", b"NUL.x",
    b"1.2.3\x00.4", b"1.2.3\n4", b"1.2..3", b".1.2", b"1.2.", b"1", b"1.2.3/../../x", b"1.2.3;rm -rf ~", b"%2e%2e/1.2",
    b"\xe2\x80\xae1.2.3", b"\xef\xbc\x91.\xef\xbc\x92", b"1.2.-3", b"1.2.3e4", b"+1.2", b" 1 . 2", b"1.2." + b"3" * 61,
    b"1.2\\1.3", b"\x1b[2J1.2", b"A" * 64, b"1" * 65, b"", b"\0\0",
)  # fmt: skip
PLACES = {
    "SOP Instance": element(0x00080018, b"UI", b"1.2.3.4"),
    "Study Instance": element(0x0020000D, b"UI", b"1.2.3.5"),
    "Series Instance": element(0x0020000E, b"UI", b"1.2.3.6"),
}
GOOD = start(EXPLICIT) + header() + plain_pixels()


def with_uid(place: str, uid: bytes) -> bytes:
    """A good file with this UID in one place."""
    good = PLACES[place]
    tag = int.from_bytes(good[:2], "little") << 16 | int.from_bytes(good[2:4], "little")
    assert good in GOOD
    return GOOD.replace(good, element(tag, b"UI", uid))


def everything(folder: Path) -> set[tuple[str, bytes]]:
    """All files under a folder with their bytes."""
    return {(str(path), path.read_bytes()) for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def store(tmp_path):
    """A store in the middle of a tree of canaries, one where each climbing name would end."""
    for above in (tmp_path, tmp_path / "a", tmp_path / "a" / "b", tmp_path / "a" / "b" / "images"):
        above.mkdir(exist_ok=True)
        for name in ("evil", "x", "passwd", "1.2.3"):
            (above / name).write_bytes(b"canary")
    return ImageFolder(tmp_path / "a" / "b" / "images")


def kept_or_refused_as_bad_uid(store: ImageFolder, path: Path, gate: Gate) -> set[Path]:
    """Where the file is kept now; nowhere where its UID was refused, and for nothing else."""
    with contextlib.suppress(NotReadable):
        return {store.keep(path, gate).path}
    with pytest.raises(NotReadable) as refused:
        store.keep(path, gate)
    assert refused.value.code == "bad_uid"
    return set()


@pytest.mark.parametrize("place", list(PLACES))
def test_a_malformed_uid_is_refused_and_nothing_is_written_anywhere(store, tmp_path, place):
    (tmp_path / "stick").mkdir()
    path = tmp_path / "stick" / "one.dcm"
    with Gate() as gate:
        for uid in HOSTILE:
            path.write_bytes(with_uid(place, uid))
            before = everything(tmp_path)
            with pytest.raises(NotReadable) as refused:
                store.keep(path, gate)
            assert refused.value.code == "bad_uid", uid
            assert everything(tmp_path) == before, uid


def test_a_thousand_random_uids_leave_every_canary_alone(store, tmp_path):
    seed = int(os.environ.get("INJECTION_LOG_FUZZ_SEED", random.randrange(2**32)))
    sys.stdout.write(f"INJECTION_LOG_FUZZ_SEED={seed}\n")
    chance, kept = random.Random(seed), set()
    (tmp_path / "stick").mkdir()
    path = tmp_path / "stick" / "one.dcm"
    outside = everything(tmp_path)
    pieces = (b"..", b".", b"/", b"\\", b"1", b"23", b"0", b"\0", b"\n", b"~", b"evil", b":", b" ", b"\x1b", b"1.2.3")
    with Gate() as gate:
        for _ in range(1000):
            uid = b"".join(chance.choices(pieces, k=chance.randrange(1, 12)))
            path.write_bytes(with_uid(chance.choice(list(PLACES)), uid))
            kept |= kept_or_refused_as_bad_uid(store, path, gate)
    path.unlink()
    assert everything(tmp_path) - {(str(one), one.read_bytes()) for one in kept} == outside
    assert all(one.is_relative_to(store.root) and len(one.name) == 64 for one in kept)
