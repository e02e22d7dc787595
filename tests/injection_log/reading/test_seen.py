"""The pages of what a reader could see: whole, with every picture, text and file, and what was found at the top."""
from __future__ import annotations

import hashlib
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from injection_log.acts import campaign_seen
from injection_log.home import Home
from injection_log.outputs import OutputFile, OutputImpossible
from injection_log.reading.package_home import PackageHome
from injection_log_exports.reading_seen import ReadingSeen

if TYPE_CHECKING:
    from conftest import Played


def pages(played: Played, package: Path) -> tuple[OutputFile, ...]:
    return ReadingSeen().files(campaign_seen.seen_content(played.manager(), played.campaign.id, package))


@pytest.fixture(scope="module")
def files(played: Played) -> dict[str, bytes]:
    return {file.name: file.data for file in pages(played, played.folder / "package-1")}


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        self.found += [value for name, value in attrs if name in ("href", "src") and value]


def test_every_case_has_a_page_with_each_of_its_pictures_as_the_reader_saw_it(
    played: Played, files: dict[str, bytes]
) -> None:
    opened = PackageHome.open(Home(played.folder / "package-1"))
    codes = opened.package.cases
    opened.ledger.close()
    for code in codes:
        text = files[f"cases/{code}.html"].decode()
        shown = re.findall(rf"pictures/({code}-\d\.png)", text)
        assert len(shown) == 4
        assert {"left gland, transverse", "right gland, longitudinal"} <= set(re.findall(r'alt="(.*?), frame', text))
        for name in shown:
            pixels = cv2.imdecode(np.frombuffer(files[f"pictures/{name}"], np.uint8), cv2.IMREAD_COLOR)
            assert (pixels.std() > 20, pixels[:10].max()) == (True, 0)  # tissue, and black where the scanner wrote


def test_the_first_page_lists_every_file_of_the_package_and_what_the_log_says_besides(
    played: Played, files: dict[str, bytes]
) -> None:
    text = files["index.html"].decode()
    for path in (played.folder / "package-1").rglob("*"):
        if path.is_file():
            assert path.relative_to(played.folder / "package-1").as_posix() in text
    assert "Practice Reader One" in text
    assert "CaseLocked" in text
    assert "Nothing was found that must not be there" in text


def test_every_link_leads_to_a_page_or_picture_that_is_there_and_nothing_comes_from_elsewhere(
    files: dict[str, bytes],
) -> None:
    for name, data in files.items():
        if name.endswith(".html"):
            links = Links()
            links.feed(data.decode())
            for link in links.found:
                there = link.removeprefix("../") if name.startswith("cases/") else link
                assert there in files
            assert b"<script" not in data


def test_the_marks_of_the_reader_are_among_the_texts_of_a_case(files: dict[str, bytes]) -> None:
    cases = [data.decode() for name, data in files.items() if name.startswith("cases/")]
    assert all("grade.grey_scale" in text for text in cases)
    assert all("&quot;caliper&quot;" in text for text in cases)


def test_what_must_not_be_there_stands_at_the_top(played: Played, tmp_path: Path) -> None:
    place = tmp_path / "package"
    shutil.copytree(played.folder / "package-1", place)
    (place / "images" / "notes").write_bytes(b"SMG-20")
    (first, *_) = pages(played, place)
    text = first.data.decode()
    assert "Do not hand this package out" in text
    assert "<td>participant</td><td>images/notes</td>" in text
    assert "Nothing was found" not in text


def test_the_pages_are_an_event_with_their_digests(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaign_seen, "output_of", lambda kind: {"reading_seen": ReadingSeen()}[kind])
    written, _ = campaign_seen.export_seen(played.manager(), played.campaign.id, played.folder / "package-2")
    said = played.site.ledger.values("ledger:")["last_export"]
    assert said == {file.name: hashlib.sha256(file.data).hexdigest() for file in written}


def test_something_else_makes_no_pages(tmp_path: Path) -> None:
    with pytest.raises(OutputImpossible, match="looked through"):
        ReadingSeen().files(tmp_path)
