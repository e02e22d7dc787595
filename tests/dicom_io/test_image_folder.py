"""Originals are kept unmodified, under their digest, for their owner only, and only through the gate."""
from __future__ import annotations

import hashlib
import os
import shutil
import stat

import numpy as np
import pytest

from dicom_io.errors import DicomIoError, ImageMissing, NotReadable
from dicom_io.gate import Gate
from dicom_io.image_folder import ImageFolder

PIXELS = np.arange(40 * 56, dtype=np.uint8).reshape(1, 40, 56)


@pytest.fixture(scope="module")
def gate():
    with Gate() as gate:
        yield gate


@pytest.fixture
def folder(tmp_path):
    return ImageFolder(tmp_path / "home" / "images")


def test_a_users_file_is_copied_unmodified_and_left_alone(folder, gate, write_ultrasound):
    original = write_ultrasound(PIXELS)
    before = (original.read_bytes(), original.stat().st_mtime_ns)
    kept = folder.keep(original, gate)
    assert kept.path.read_bytes() == before[0] == original.read_bytes()
    assert original.stat().st_mtime_ns == before[1]
    assert kept.sha256 == hashlib.sha256(before[0]).hexdigest() == kept.path.name
    assert folder.path_of(kept.sha256) == kept.path
    assert not list(folder.incoming().iterdir())


def test_a_received_file_is_moved(folder, gate, write_ultrasound):
    received = folder.incoming() / "a name that a peer chose"
    shutil.copy(write_ultrasound(PIXELS), received)
    kept = folder.keep(received, gate)
    assert not received.exists()
    assert kept.path.parent.name == kept.sha256[:2]


@pytest.mark.skipif(os.name == "nt", reason="POSIX rights")
def test_everything_in_the_folder_is_for_its_owner_only(folder, gate, write_ultrasound):
    received = folder.incoming() / "open to all"
    shutil.copy(write_ultrasound(PIXELS), received)
    received.chmod(0o666)
    kept = folder.keep(received, gate)
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    for one in (folder.root, folder.incoming(), kept.path.parent):
        assert stat.S_IMODE(one.stat().st_mode) == 0o700


def test_the_same_bytes_are_kept_once(folder, gate, write_ultrasound):
    path = write_ultrasound(PIXELS)
    first, second = folder.keep(path, gate), folder.keep(path, gate)
    assert (first.already, second.already) == (False, True)
    assert first.path == second.path


def test_a_refused_file_leaves_nothing_behind(folder, gate, tmp_path):
    (tmp_path / "report.txt").write_bytes(b"no picture " * 100)
    received = folder.incoming() / "received"
    received.write_bytes(b"no picture " * 100)
    for path in (tmp_path / "report.txt", received):
        with pytest.raises(NotReadable):
            folder.keep(path, gate)
    assert (tmp_path / "report.txt").exists()
    assert [path for path in folder.root.rglob("*") if path.is_file()] == []


def test_a_file_is_on_disk_before_it_has_its_name(folder, gate, write_ultrasound, monkeypatch):
    order = []
    really_sync, really_replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (order.append("sync"), really_sync(handle))[1])
    monkeypatch.setattr(os, "replace", lambda a, b: (order.append("rename"), really_replace(a, b))[1])
    folder.keep(write_ultrasound(PIXELS), gate)
    assert order[:2] == ["sync", "rename"]
    assert order.count("sync") >= 2


def test_leftovers_of_an_interrupted_retrieval_are_cleaned(folder):
    (folder.incoming() / "half a file").write_bytes(b"x")
    assert folder.clean_incoming(older_than_s=3600) == 0
    assert folder.clean_incoming() == 1
    assert not list(folder.incoming().iterdir())


@pytest.mark.parametrize("digest", ["0" * 64, "../../etc/passwd", "A" * 64])
def test_a_missing_or_malformed_digest_is_one_error(folder, digest):
    with pytest.raises(ImageMissing) as missing:
        folder.path_of(digest)
    assert isinstance(missing.value, (DicomIoError, FileNotFoundError))
    assert str(missing.value).endswith(".")
