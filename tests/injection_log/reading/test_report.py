"""The report of an unmasked campaign: what stands in it, what it leaves in the log, and who does not get it."""
from __future__ import annotations

import hashlib
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from injection_log.acts import campaign_report
from injection_log.errors import Refused
from injection_log.language import Catalogue
from injection_log.outputs import OutputFile, OutputImpossible
from injection_log.practice.world import USERS
from injection_log.site import log_in
from injection_log_exports.reading_report import ReadingReport

if TYPE_CHECKING:
    from conftest import Played

BLANK = np.zeros((8, 8, 3), np.uint8)


@pytest.fixture(scope="module")
def files(played: Played) -> tuple[OutputFile, ...]:
    """The report, by the exporter itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(campaign_report, "output_of", lambda kind: {"reading_report": ReadingReport()}[kind])
        return campaign_report.export_reading_report(played.manager(), played.campaign.id)


@pytest.fixture(scope="module")
def text(files: tuple[OutputFile, ...], tmp_path_factory: pytest.TempPathFactory) -> str:
    """What a person can select in the PDF."""
    pdf = tmp_path_factory.mktemp("report") / "report.pdf"
    pdf.write_bytes(files[0].data)
    return subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout


def test_the_report_has_every_table_its_figures_and_the_reason_for_each_gap(played: Played, text: str) -> None:
    content = campaign_report.report_content(played.manager(), played.campaign.id)
    assert len(content.tables) == 4
    for table in content.tables:
        assert table.title in text
        for line in table.lines:
            assert str(line.get("value") or line.get("mean_ml") or "") in text
    assert "Agreement needs at least 3 cases, here are 2" in text
    assert "PRACTICE - NOT A PATIENT RECORD" in text


def test_every_picture_is_in_the_report_and_a_file_of_its_own(
    played: Played, files: tuple[OutputFile, ...], text: str
) -> None:
    content = campaign_report.report_content(played.manager(), played.campaign.id)
    assert [name.split("_")[0] for name, _ in content.pictures] == ["bland", "course", "course"]
    for name, drawing in content.pictures:
        assert drawing.title in text
        assert {f"{name}.png", f"{name}.svg"} < {file.name for file in files}
    for file in files:
        if file.media_type == "image/png":
            assert cv2.imdecode(np.frombuffer(file.data, np.uint8), cv2.IMREAD_COLOR).std() > 5


def test_both_glands_at_both_visits_are_a_file_for_each_view_and_a_page_of_the_report(
    played: Played, files: tuple[OutputFile, ...], text: str
) -> None:
    content = campaign_report.report_content(played.manager(), played.campaign.id)
    views = [(who, view) for who in ("SMG-20", "SMG-21") for view in ("transverse", "longitudinal")]
    wanted = {f"glands_{who}_{view}_reader_1" for who, view in views}
    assert {sheet.name for sheet in content.sheets} == wanted
    assert {f"{name}.png" for name in wanted} < {file.name for file in files}
    for sheet in content.sheets:
        assert sheet.title in text
        pixels = cv2.imdecode(np.frombuffer(sheet.png, np.uint8), cv2.IMREAD_COLOR)
        assert all(part.std() > 20 for half in np.array_split(pixels, 2) for part in np.array_split(half, 2, axis=1))


def test_a_picture_that_is_gone_says_so_in_its_place(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[object] = []
    monkeypatch.setattr("annotate.side_by_side.draw_side_by_side", lambda title, rows, say: said.extend(rows) or BLANK)
    monkeypatch.setattr(type(played.site), "image_path", lambda site, sha256: played.folder / "gone")
    campaign_report.report_content(played.manager(), played.campaign.id)
    assert {gland.why for row in said for gland in row.glands.values()} == {
        "The picture cannot be shown; run 'injection-log verify' for what became of it."
    }


def test_the_report_of_a_danish_protocol_is_danish_but_for_names(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking: set[str] = set()
    say = Catalogue.say

    def told(catalogue: Catalogue, text: str) -> str:
        lacking.update(catalogue.lacks(text))
        return say(catalogue, text)

    danish = replace(played.site.protocol, language="da")
    monkeypatch.setattr(played.site, "protocol", danish)
    monkeypatch.setattr(Catalogue, "say", told)
    content = campaign_report.report_content(played.manager(), played.campaign.id)
    assert "begge kirtler" in content.sheets[0].title
    files = ReadingReport().files(content)
    pdf = subprocess.run(["pdftotext", "-layout", "-", "-"], input=files[0].data, capture_output=True, check=True)
    said = pdf.stdout.decode()
    for danish_words in ("Blindet bedømmelse RC-1", "ØVELSE", "Bedømmernes middel", "mindste påviselige ændring"):
        assert danish_words in said
    assert lacking <= {"Practice Adjudicator", "month_4", "baseline"}


def test_the_log_has_the_digest_of_every_file_of_the_report(played: Played, files: tuple[OutputFile, ...]) -> None:
    said = played.site.ledger.values("ledger:")["last_export"]
    assert said == {file.name: hashlib.sha256(file.data).hexdigest() for file in files}


def test_the_same_content_gives_the_same_bytes(played: Played) -> None:
    content = campaign_report.report_content(played.manager(), played.campaign.id)
    assert ReadingReport().files(content) == ReadingReport().files(content)


def test_an_operator_gets_no_report(played: Played) -> None:
    operator = log_in(played.site, USERS[0].user, USERS[0].password)
    with pytest.raises(Refused):
        campaign_report.report_content(operator, played.campaign.id)


def test_something_else_than_a_campaign_makes_no_report(tmp_path: Path) -> None:
    with pytest.raises(OutputImpossible, match="needs a campaign"):
        ReadingReport().files(tmp_path)
