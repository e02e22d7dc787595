"""What holds for every kind of output of the whole log: whose role, what is certified, and nothing of a patient."""
from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zipfile
import zlib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from opened_window import CHEAP
from planted_tokens import Planter, found_in, without_complaints
from trial_site import TrialSite, drafted_trial

from dicom_io.phantom import ParticipantTruth
from injection_log.acts.outputs import MANIFEST, SUMS, export_kind, offered_kinds
from injection_log.errors import Refused
from injection_log.ledger import merkle
from injection_log.ledger.checkpoint import parse_checkpoint
from injection_log.ledger.event import Actor
from injection_log.people.accounts import NewAccount, account_of, add_account
from injection_log.people.roles import Role
from injection_log.site import Session
from injection_log.verify import verify

KINDS = tuple(one.kind for one in offered_kinds())
REFUSED = [(one.kind, str(role)) for one in offered_kinds() for role in Role if role not in one.roles]


def as_role(trial: TrialSite, role: str) -> Session:
    """Somebody of this role at work; readers too, who could not log in."""
    user = f"one-{role.replace('_', '-')}"
    if not trial.site.ledger.values(f"user:{user}"):
        account = NewAccount(user, user, role, f"{user} is at work", CHEAP)
        by = Actor("admin", "administrator")
        add_account(trial.site.ledger, by, account, clock=trial.site.clock, protocol=trial.site.protocol.sha256)
    return Session(trial.site, account_of(trial.site.ledger, user))


@pytest.fixture(scope="module", params=KINDS)
def made(request: pytest.FixtureRequest, trial: TrialSite, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one kind, as its command writes it."""
    folder = tmp_path_factory.mktemp("left") / request.param
    export_kind(trial.session("monitor"), request.param, folder)
    return folder


def test_the_kinds_that_this_program_brings_are_offered() -> None:
    assert {"table", "tables", "tables_excel", "redcap"} <= set(KINDS)
    assert {role for kind, role in REFUSED if kind == "tables"} == {
        "injector", "operator", "reader", "adjudicator", "administrator",
    }


@pytest.mark.parametrize(("kind", "role"), REFUSED)
def test_a_kind_is_refused_to_every_role_that_its_list_does_not_name(
    trial: TrialSite, tmp_path: Path, kind: str, role: str
) -> None:
    with pytest.raises(Refused, match="may not"):
        export_kind(as_role(trial, role), kind, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.proves("F-14")
def test_sha256sum_agrees_with_every_file(made: Path) -> None:
    checked = subprocess.run(
        ["sha256sum", "--strict", "-c", SUMS], cwd=made, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    listed = {line.partition("  ")[2] for line in (made / SUMS).read_text().splitlines()}
    there = {str(path.relative_to(made)) for path in made.rglob("*") if path.is_file()}
    assert there == listed | {SUMS, MANIFEST}


def test_the_manifest_counts_what_is_there_and_names_every_file(made: Path) -> None:
    manifest: dict[str, Any] = json.loads((made / MANIFEST).read_text())
    assert manifest["kind"] == made.name
    assert all(isinstance(count, int) for count in manifest["counts"].values())
    for name, said in manifest["files"].items():
        data = (made / name).read_bytes()
        assert (said["sha256"], said["bytes"]) == (sha256(data).hexdigest(), len(data))


def test_the_checkpoint_of_the_manifest_is_signed_by_the_workstation_over_the_log_as_it_was(
    trial: TrialSite, made: Path
) -> None:
    manifest: dict[str, Any] = json.loads((made / MANIFEST).read_text())
    checkpoint = parse_checkpoint(manifest["checkpoint"])
    key = bytes.fromhex(str(trial.site.ledger.values("ledger:")["checkpoint_key"]))
    assert checkpoint.signed_by(key)
    assert checkpoint.origin == trial.site.ledger.origin == manifest["origin"]
    assert checkpoint.size > manifest["last_event"]
    leaves = [event.leaf for event in trial.site.ledger.events()][: checkpoint.size]
    assert merkle.root(leaves) == checkpoint.root


@pytest.mark.proves("F-14")
def test_the_event_has_the_digest_of_the_sums_and_the_log_verifies(trial: TrialSite, made: Path) -> None:
    digest = sha256((made / SUMS).read_bytes()).hexdigest()
    events = [event.changes[0].new for event in trial.site.ledger.events() if event.kind == "OutputExported"]
    said = [(one["output"], one["sums_sha256"]) for one in events if isinstance(one, dict)]
    assert (made.name, digest) in said
    assert verify(trial.site.home).first_wrong is None


# ---- nothing of a patient ------------------------------------------------------------------------------------------
_NAMING = (
    "PatientName", "PatientID", "IssuerOfPatientID", "AccessionNumber", "StationName", "InstitutionName",
    "OperatorsName", "ReferringPhysicianName", "StudyID", "StudyDescription", "SeriesDescription", "ImageComments",
)  # fmt: skip
"""One patient over all pictures of the visit: else the program would not take them as one."""


@pytest.fixture(scope="module")
def planted(
    tmp_path_factory: pytest.TempPathFactory, phantom_visit: ParticipantTruth
) -> Iterator[tuple[TrialSite, list[str]]]:
    """A trial whose pictures carry made-up names, ids, dates and numbers in their headers, and 200 of those."""
    folder = tmp_path_factory.mktemp("planted")
    pictures, tokens = planted_pictures(folder / "pictures", phantom_visit)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("INJECTION_LOG_KEYS", str(folder / "keys"))
        trial = drafted_trial(folder, phantom_visit, pictures)
    trial.deposit(500)
    trial.sign("right", "left")
    trial.share(folder / "copies")
    yield trial, tokens
    trial.site.ledger.close()


def planted_pictures(folder: Path, truth: ParticipantTruth) -> tuple[list[Path], list[str]]:
    """The phantom's pictures of a made-up patient, their headers full of tokens; 200 of these, from every picture."""
    import pydicom

    folder.mkdir(parents=True)
    patient = Planter(11)
    same = {keyword: patient.word() for keyword in _NAMING}
    written, tokens = [], list(patient.tokens)
    for number, file in enumerate(truth.visits[0].files):
        image, planter = pydicom.dcmread(file), Planter(100 + number)
        for keyword, word in same.items():
            setattr(image, keyword, word)
        planter.fill(image)
        with without_complaints():
            image.save_as(folder / file.name)
        written.append(folder / file.name)
        tokens += planter.tokens[::8]
    return written, tokens


def decoded(data: bytes, name: str) -> Iterator[bytes]:
    """Bytes as they lie there, and everything packed in them: zips, PDF streams, Parquet columns."""
    yield data
    if data[:4] == b"PK\x03\x04":
        archive = zipfile.ZipFile(io.BytesIO(data))
        for entry in archive.namelist():
            yield from decoded(archive.read(entry), entry)
    if data[:4] == b"PAR1":
        from pyarrow import parquet

        read = parquet.read_table(io.BytesIO(data))
        yield repr((read.to_pylist(), read.schema.metadata)).encode()
    if data[:5] == b"%PDF-":
        from pypdf import PdfReader

        reader = PdfReader(io.BytesIO(data))
        yield " ".join([*(page.extract_text() for page in reader.pages), str(reader.metadata)]).encode()
    for packed in re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL):
        try:
            yield zlib.decompress(packed)
        except zlib.error:
            continue


def test_the_planted_tokens_are_in_the_site_and_the_search_finds_packed_ones(
    planted: tuple[TrialSite, list[str]]
) -> None:
    trial, tokens = planted
    kept = b"".join(path.read_bytes() for path in trial.site.home.images.rglob("*") if path.is_file())
    assert len([one for one in tokens if one.encode() in kept]) == len(tokens)
    assert 200 <= len(tokens) <= 220
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", tokens[0] * 9)
    assert any(found_in(one, tokens[:1]) for one in decoded(packed.getvalue(), "a.zip"))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_a_header_that_names_anybody_is_in_what_leaves(
    planted: tuple[TrialSite, list[str]], tmp_path: Path, kind: str
) -> None:
    trial, tokens = planted
    written = export_kind(trial.session("monitor"), kind, tmp_path / kind)
    for path in written:
        for part in decoded(path.read_bytes(), path.name):
            assert found_in(part, tokens) == [], path.name
    assert kind not in ("dicom_sr", "key_objects") or len(written) == 2 + 3  # a file a gland was there to be searched
    shutil.rmtree(tmp_path / kind)
