"""`pacs echo|find|pull` as scripts use them, against a real Orthanc."""
from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from peers import PEER_DAY, Orthanc, free_port
from typer.testing import CliRunner, Result

from dicom_io.image import PatientIdentity
from dicom_io.pacs.answers import Found
from dicom_io.pacs.find import StudySummary
from dicom_io.pacs.pull import PullResult
from dicom_io.phantom import ParticipantTruth
from injection_log.cli.pacs import _print_studies, _say_where_joined, add_pacs_commands
from injection_log.ledger.event import Change, EventDraft, Subject
from injection_log.site import NOBODY, Site


def run(*words: str, typed: str = "") -> Result:
    app = typer.Typer()
    add_pacs_commands(app)
    return CliRunner().invoke(app, ["pacs", *words], input=typed)


def test_brackets_in_the_words_of_a_pacs_are_text_and_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    nobody = PatientIdentity("", "", "", "")
    study = StudySummary("2.25.1", "20260203", "091000", "neck [/left] [red]x", (), "", "", None, nobody)
    _print_studies(Found([study]))
    assert "2026-02-03 09:10 neck [/left] [red]x" in " ".join(capsys.readouterr().out.split())


def test_pull_answers_in_the_fixed_form(
    filled_orthanc: Orthanc, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    study = phantom_visit.visits[0].study_instance_uid
    where = ("--pacs", filled_orthanc.address.text(), "--home", str(tmp_path))
    done = run("pull", *where, "--study", study, "--json")
    facts = json.loads(done.stdout)
    assert done.exit_code == 0
    assert list(facts) == ["asked", "kept", "missing", "bytes", "seconds", "complete"]
    assert (facts["asked"], facts["kept"], facts["missing"], facts["complete"]) == (8, 8, [], True)
    assert facts["bytes"] == sum(path.stat().st_size for path in (tmp_path / "images").glob("??/*"))


def test_a_pull_in_words_begins_with_them_and_says_where_the_pictures_join_a_visit(
    filled_orthanc: Orthanc, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    study = phantom_visit.visits[0].study_instance_uid
    done = run("pull", "--pacs", filled_orthanc.address.text(), "--home", str(tmp_path), "--study", study)
    assert done.exit_code == 0
    assert "" not in done.output.splitlines()
    assert "belong to no visit yet" in done.stderr


def test_nothing_is_said_of_pictures_that_are_in_a_visit(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    result = PullResult(("2.25.7",), (), (), (), 0, 0.1, True)
    _say_where_joined(site.home, result)
    assert "belong to no visit yet" in capsys.readouterr().err
    (site.home.images / "00").mkdir()
    image = Subject("image", id="2.25.7")
    draft = EventDraft("ImageKept", image, (Change("sha256", None, "0" * 64),))
    site.ledger.append(NOBODY, [draft], protocol=site.protocol.sha256)
    _say_where_joined(site.home, result)
    assert capsys.readouterr().err == ""


def test_pull_and_find_go_by_web_where_that_is_said(
    web_orthanc: Orthanc, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    study = phantom_visit.visits[0].study_instance_uid
    settings = tmp_path / "settings.toml"
    settings.write_text(
        f'[pacs.web]\naddress = "dicom://NOBODY@127.0.0.1:{free_port()}"\nweb = "{web_orthanc.web_root}"\n',
        encoding="utf-8",
    )
    found = run("find", "--home", str(tmp_path), "--from", PEER_DAY.isoformat(), "--json")
    assert [one["study_instance_uid"] for one in json.loads(found.stdout)] == [study]
    done = run("pull", "--home", str(tmp_path), "--study", study, "--json")
    assert json.loads(done.stdout)["complete"]


@pytest.mark.parametrize(
    "words", [("--way", "fax"), ("--way", "web"), ("--way", "get", "--web", "https://h/x"), ("--web", "ftp://h")]
)
def test_a_way_that_is_none_is_wrong_use(words: tuple[str, ...], tmp_path: Path) -> None:
    where = ("--pacs", f"dicom://GONE@127.0.0.1:{free_port()}", "--home", str(tmp_path), "--study", "2.25.1")
    assert run("pull", *where, *words).exit_code == 2


def test_a_pull_that_fails_ends_with_one(tmp_path: Path) -> None:
    nowhere = f"dicom://GONE@127.0.0.1:{free_port()}"
    done = run("pull", "--pacs", nowhere, "--study", "2.25.1", "--home", str(tmp_path), "--json")
    assert done.exit_code == 1
    assert "Nothing answers" in done.output


def test_find_prints_no_name_and_no_patient_id(
    filled_orthanc: Orthanc, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    where = ("--pacs", filled_orthanc.address.text(), "--home", str(tmp_path), "--from", PEER_DAY.isoformat())
    as_json, in_words = run("find", *where, "--json"), run("find", *where)
    studies = json.loads(as_json.stdout)
    assert [study["study_instance_uid"] for study in studies] == [phantom_visit.visits[0].study_instance_uid]
    assert set(studies[0]) == {
        "study_instance_uid", "study_date", "study_time", "description", "modalities", "station", "accession",
        "instances",
    }
    assert phantom_visit.visits[0].study_instance_uid in in_words.stdout
    for word in ("PHANTOM", phantom_visit.patient_id):
        assert word not in as_json.output + in_words.output


def test_a_patient_id_is_read_from_standard_input(
    filled_orthanc: Orthanc, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    words = ("find", "--pacs", filled_orthanc.address.text(), "--home", str(tmp_path), "--json")
    done = run(*words, "--patient-id-stdin", typed=phantom_visit.patient_id + "\n")
    assert len(json.loads(done.stdout)) == 1


def test_a_pacs_can_be_named_in_the_settings(orthanc: Orthanc, tmp_path: Path) -> None:
    address = orthanc.address
    (tmp_path / "settings.toml").write_text(
        f'[pacs.test]\ncalled_aet = "{address.called_aet}"\nhost = "{address.host}"\nport = {address.port}\n'
    )
    for named in ([], ["--pacs", "test"]):
        done = run("echo", *named, "--home", str(tmp_path))
        assert done.exit_code == 0
        assert done.stdout == f"{address.text()} answers (verification accepted).\n"


def test_an_unknown_title_of_ours_ends_with_one_and_what_to_send(
    filled_orthanc: Orthanc, tmp_path: Path
) -> None:
    stranger = replace(filled_orthanc.address, calling_aet="STRANGER")
    done = run("find", "--pacs", stranger.text(), "--aet", "STRANGER", "--home", str(tmp_path))
    assert done.exit_code == 1
    assert "please allow AE title STRANGER" in done.output


def test_reversed_days_are_refused_in_a_sentence(tmp_path: Path) -> None:
    days = ("--from", "2026-11-01", "--to", "2026-10-01")
    done = run("find", "--pacs", "dicom://A@127.0.0.1:1", *days, "--home", str(tmp_path))
    assert done.exit_code == 2
    assert "days are reversed" in done.output


@pytest.mark.parametrize(
    "words",
    [
        ("echo",),
        ("echo", "--pacs", "nobody"),
        ("echo", "--pacs", "dicom://A@h"),
        ("pull", "--pacs", "dicom://A@127.0.0.1:1", "--study", "../../etc"),
        ("pull", "--pacs", "dicom://A@127.0.0.1:1", "--study", "1..2"),
        ("pull", "--pacs", "dicom://A@127.0.0.1:1", "--study", "\u0661\u0662"),
        ("find", "--pacs", "dicom://A@127.0.0.1:1", "--from", "yesterday"),
    ],
)
def test_wrong_use_ends_with_two(words: tuple[str, ...], tmp_path: Path) -> None:
    done = run(*words, "--home", str(tmp_path))
    assert done.exit_code == 2
    assert "Traceback" not in done.output
