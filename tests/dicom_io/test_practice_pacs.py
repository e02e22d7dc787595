"""The practice PACS answers DCMTK like any other, and never outlives who started it."""
from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from peers import PEER_DAY

from dicom_io.pacs.find import StudyQuery, find_images, find_studies
from dicom_io.pacs.pull import Pull
from dicom_io.phantom import ParticipantTruth
from dicom_io.practice.pacs import PracticePacs
from dicom_io.reading import digest_file
from tools.dcmtk import dcmtk

DAY = PEER_DAY.strftime("%Y%m%d")


@pytest.fixture(scope="module")
def practice(
    tmp_path_factory: pytest.TempPathFactory, phantom_visit: ParticipantTruth
) -> Iterator[PracticePacs]:
    with PracticePacs(tmp_path_factory.mktemp("practice") / "100% ours") as running:
        running.load(phantom_visit.files)
        yield running


def answer_to(practice: PracticePacs, program: str, *options: str) -> subprocess.CompletedProcess[str]:
    address = practice.address
    place = ["-aec", address.called_aet, address.host, str(address.port)]
    return subprocess.run([dcmtk(program), *options, *place], check=False, capture_output=True, text=True, timeout=30)


def test_dcmtk_gets_an_echo(practice: PracticePacs) -> None:
    assert answer_to(practice, "echoscu").returncode == 0


def test_dcmtk_finds_the_study(practice: PracticePacs, phantom_visit: ParticipantTruth) -> None:
    keys = ("-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyDate={DAY}", "-k", "StudyInstanceUID")
    found = answer_to(practice, "findscu", "-v", "-S", *keys)
    assert phantom_visit.visits[0].study_instance_uid in found.stdout + found.stderr


def test_dcmtk_can_store_into_it(practice: PracticePacs, phantom_visit: ParticipantTruth) -> None:
    address = practice.address
    command = [dcmtk("storescu"), "-xy", "-R", "-aec", address.called_aet, address.host, str(address.port)]
    done = subprocess.run([*command, str(phantom_visit.files[3])], check=False, capture_output=True, timeout=30)
    assert done.returncode == 0


def test_our_search_finds_one_study_with_all_its_images(
    practice: PracticePacs, phantom_visit: ParticipantTruth
) -> None:
    studies = find_studies(practice.address, StudyQuery(date_from=DAY, date_to=DAY))
    assert [study.study_instance_uid for study in studies] == [phantom_visit.visits[0].study_instance_uid]
    assert len(find_images(practice.address, studies[0].study_instance_uid)) == len(phantom_visit.files)


def test_a_pull_brings_every_file_with_its_data_set_unchanged(
    practice: PracticePacs, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    result = Pull.start(practice.address, phantom_visit.visits[0].study_instance_uid, tmp_path).result()
    assert result.complete
    sent = {digest_file(path).data_set for path in phantom_visit.files}
    assert {kept.admission.digests.data_set for kept in result.kept} == sent


def test_it_listens_on_this_machine_only(practice: PracticePacs) -> None:
    place = f":{practice.address.port:04X} "
    lines = [line for line in Path("/proc/net/tcp").read_text().splitlines() if place in line and " 0A " in line]
    assert [line.split()[1].split(":")[0] for line in lines] == ["0100007F"]


def test_it_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    code = (
        "import os,pathlib\nfrom dicom_io.practice.pacs import PracticePacs\n"
        f"with PracticePacs(pathlib.Path({str(tmp_path)!r})) as pacs:\n"
        "    print(pacs.process_id, flush=True)\n    os.kill(os.getpid(), 9)\n"
    )
    parent = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=60)
    server = int(parent.stdout)
    until = time.monotonic() + 5
    while time.monotonic() < until and _runs(server):
        time.sleep(0.05)
    assert not _runs(server)


def _runs(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
        return "State:\tZ" not in Path(f"/proc/{process_id}/status").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False
