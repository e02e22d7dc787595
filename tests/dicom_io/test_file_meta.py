"""What a file says it is, from its first bytes alone."""
from __future__ import annotations

import pytest

from dicom_io.file_meta import stated_class

CLIP = "1.2.840.10008.5.1.4.1.1.3.1"


def element(tag, vr, value):
    head = (2).to_bytes(2, "little") + tag.to_bytes(2, "little") + vr
    size = len(value).to_bytes(4, "little") if vr == b"OB" else len(value).to_bytes(2, "little")
    return head + (b"\0\0" + size if vr == b"OB" else size) + value


def written(path, *elements, mark=b"DICM"):
    path.write_bytes(bytes(128) + mark + b"".join(elements) + bytes(64))
    return path


def test_the_class_is_read_though_the_groups_length_is_wrong(tmp_path):
    length = element(0x0000, b"UL", (999_999).to_bytes(4, "little"))
    assert stated_class(written(tmp_path / "a", length, element(0x0002, b"UI", CLIP.encode() + b"\0"))) == CLIP


def test_private_information_of_some_thousand_bytes_is_passed_over(tmp_path):
    one = written(tmp_path / "a", element(0x0002, b"UI", CLIP.encode()), element(0x0102, b"OB", bytes(30_000)))
    assert stated_class(one) == CLIP


@pytest.mark.parametrize("mark", [b"dicm", b"\0\0\0\0"])
def test_a_file_without_the_mark_says_nothing(tmp_path, mark):
    assert stated_class(written(tmp_path / "a", element(0x0002, b"UI", CLIP.encode()), mark=mark)) == ""


def test_a_file_that_ends_inside_its_meta_or_is_none_says_nothing(tmp_path):
    whole = written(tmp_path / "a", element(0x0002, b"UI", CLIP.encode())).read_bytes()
    (tmp_path / "cut").write_bytes(whole[:150])
    assert [stated_class(path) for path in (tmp_path / "cut", tmp_path, tmp_path / "none")] == ["", "", ""]
