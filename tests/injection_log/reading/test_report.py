"""The report of an unmasked campaign: what stands in it, what it leaves in the log, and who does not get it."""
from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from injection_log.acts import campaign_report
from injection_log.errors import Refused
from injection_log.outputs import OutputFile, OutputImpossible
from injection_log.practice.world import USERS
from injection_log.site import log_in
from injection_log_exports.reading_report import ReadingReport

if TYPE_CHECKING:
    from conftest import Played


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
