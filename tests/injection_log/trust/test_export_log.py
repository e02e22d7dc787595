"""The export of the log: what an inspector gets, that it is checked without the program, and what is not in it."""
from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from signed_visits import reviewed, signed_visit
from tampering import check_export

from injection_log.acts.log_export import export_log
from injection_log.errors import Refused
from injection_log.ledger.checkpoint import parse_checkpoint
from injection_log.ledger.event import Change, EventDraft, Subject
from injection_log.people.accounts import NewAccount
from injection_log.people.passwords import PasswordCost
from injection_log.people.roles import Role
from injection_log.practice.world import INVESTIGATOR, MONITOR
from injection_log.site import Session, Site, log_in
from injection_log.verify import check_log, read_outside, verify

VERIFIER = Path(check_log.__file__)
FILES = {
    "events.jsonl", "checkpoints.jsonl", "keys.jsonl", "images.jsonl", "checkpoint.txt", "README.txt", "check_log.py",
    "manifest.json",
}  # fmt: skip


@pytest.fixture
def signed_site(site: Site, injector: Session) -> Site:
    """A site with a visit that is signed and, on one side, reviewed."""
    record = signed_visit(injector)
    reviewed(log_in(site, INVESTIGATOR.user, INVESTIGATOR.password), record, "left")
    return site


@pytest.fixture
def exported(signed_site: Site, tmp_path: Path) -> Path:
    export_log(log_in(signed_site, MONITOR.user, MONITOR.password), tmp_path / "export")
    return tmp_path / "export"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The verifier as an inspector runs it: alone, and away from this program."""
    command = [sys.executable, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd="/")


def test_the_verifier_has_at_most_300_lines_and_imports_nothing_of_ours() -> None:
    text = VERIFIER.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    assert max(map(len, text.splitlines())) <= 120
    imported = set()
    for node in ast.walk(ast.parse(text)):
        names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        imported |= {name.partition(".")[0] for name in [*names, getattr(node, "module", None) or ""]}
    assert imported - {""} <= {*sys.stdlib_module_names, "cryptography"}


def test_an_export_is_checked_without_the_program(exported: Path) -> None:
    answer = run("-I", exported / "check_log.py", exported, "--since", exported / "checkpoint.txt")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.startswith("The export holds: ")
    assert "Not covered:" in answer.stdout
    assert "never entered" in answer.stdout


def test_an_export_of_a_tampered_folder_is_refused_with_the_event(exported: Path) -> None:
    text = (exported / "events.jsonl").read_text(encoding="utf-8")
    (exported / "events.jsonl").write_text(text.replace("KIT-0417", "KIT-0418", 1), encoding="utf-8")
    answer = run("-I", exported / "check_log.py", exported)
    assert answer.returncode == 1
    assert "does NOT hold" in answer.stdout
    assert "was changed after it was written" in answer.stdout
    assert "Traceback" not in answer.stdout + answer.stderr


def test_the_last_checkpoint_of_an_export_covers_the_export_itself(exported: Path, signed_site: Site) -> None:
    assert {path.name for path in exported.iterdir()} == FILES
    events = [json.loads(line) for line in (exported / "events.jsonl").read_text(encoding="utf-8").splitlines()]
    kinds = [json.loads(event["body"])["kind"] for event in events]
    assert kinds[-2:] == ["LogExported", "CheckpointMade"]
    checkpoint = parse_checkpoint((exported / "checkpoint.txt").read_text(encoding="utf-8"))
    assert (checkpoint.origin, checkpoint.size) == (signed_site.ledger.origin, len(events) - 1)


def test_the_site_extends_the_checkpoint_of_an_export(exported: Path, signed_site: Site) -> None:
    given = [read_outside(exported / "checkpoint.txt")]
    assert verify(signed_site.home, keys=signed_site.keys, since=given).ok


def test_the_body_and_salt_of_every_event_are_exactly_those_of_the_log(exported: Path, signed_site: Site) -> None:
    lines = (exported / "events.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    for event, line in zip(signed_site.ledger.events(), lines, strict=True):
        row = json.loads(line)
        assert (row["sequence"], row["body"].encode(), row["salt"]) == (event.sequence, event.body, event.salt.hex())
        assert (row["leaf"], row["previous"], row["hash"]) == (
            event.leaf.hex(), event.previous.hex(), event.hash.hex(),
        )  # fmt: skip


def test_no_secret_is_in_an_export(exported: Path, signed_site: Site) -> None:
    everything = b"".join(path.read_bytes() for path in exported.iterdir() if path.name != "check_log.py")
    for user in ("injector", "investigator", "admin"):
        credential = signed_site.ledger.credential(user)
        assert credential is not None
        assert credential.password_hash.encode() not in everything
        assert credential.sealed_key.hex().encode() not in everything
    secrets = [path for path in signed_site.keys.root.rglob("*.key")]
    assert secrets
    assert not any(path.read_bytes().hex().encode() in everything for path in secrets)


@pytest.mark.parametrize("role", [role for role in Role if role not in ("reader", "adjudicator")])
def test_an_export_is_for_investigator_data_manager_and_monitor(site: Site, tmp_path: Path, role: Role) -> None:
    from injection_log.people.accounts import add_account
    if role == Role.ADMINISTRATOR:
        session = log_in(site, "admin", "practice-admin")
    else:
        admin = log_in(site, "admin", "practice-admin").actor
        new = NewAccount("somebody", "Some Body", role, "three green pears", PasswordCost(1, 8, 1))
        add_account(site.ledger, admin, new, clock=site.clock, protocol=site.protocol.sha256)
        session = log_in(site, "somebody", "three green pears")
    if role in ("principal_investigator", "data_manager", "monitor"):
        assert export_log(session, tmp_path / "out")
        return
    with pytest.raises(Refused, match="may not export log"):
        export_log(session, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_with_something_in_it_is_not_written_into(site: Site, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    with pytest.raises(Refused, match="not an empty folder"):
        export_log(log_in(site, MONITOR.user, MONITOR.password), tmp_path / "out")


def test_image_files_are_checked_where_they_are_given(site: Site, tmp_path: Path) -> None:
    draft = EventDraft("ImageKept", Subject("image", id="2.25.7"), (Change("sha256", None, "ab" * 32),))
    session = log_in(site, MONITOR.user, MONITOR.password)
    (event,) = site.ledger.append(session.actor, [draft], protocol=site.protocol.sha256)
    export_log(session, tmp_path / "out")
    assert check_export(tmp_path / "out") == ""
    assert check_export(tmp_path / "out", "--images", tmp_path) == f"{event.sequence} image"


LISTS = ["checkpoints.jsonl", "keys.jsonl", "images.jsonl"]


@pytest.mark.parametrize("name", [*LISTS, "README.txt", "checkpoint.txt"])
def test_a_changed_file_beside_the_events_is_seen(exported: Path, name: str) -> None:
    with (exported / name).open("a", encoding="utf-8") as file:
        file.write('{"event": 1, "sha256": "00"}\n')
    assert check_export(exported) == "0 export"


@pytest.mark.parametrize("name", ["events.jsonl", "keys.jsonl", "manifest.json"])
def test_a_missing_file_is_an_answer_and_no_traceback(exported: Path, name: str) -> None:
    (exported / name).unlink()
    answer = run("-I", exported / "check_log.py", exported)
    assert (answer.returncode, answer.stderr) == (1, "")
    assert "does NOT hold" in answer.stdout


OUTSIDE = {
    "cut": lambda text, site: text,
    "of another log": lambda text, site: text.replace(site.ledger.origin, "injection-log/SMG/01/0123456789abcdef"),
    "changed text": lambda text, site: text.replace("\n", "0\n", 2).replace("0\n", "\n", 1),
}


@pytest.mark.parametrize("how", OUTSIDE)
def test_both_verifiers_say_what_is_wrong_with_an_outside_checkpoint(
    exported: Path, signed_site: Site, tmp_path: Path, how: str
) -> None:
    later = tmp_path / "later.txt"
    text = OUTSIDE[how]((exported / "checkpoint.txt").read_text(encoding="utf-8"), signed_site)
    later.write_text(text, encoding="utf-8")
    found = verify(signed_site.home, keys=signed_site.keys, since=[read_outside(later)]).first_wrong
    same = check_export(exported, "--since", later)
    if how == "cut":  # nothing is wrong with it
        assert (found, same) == (None, "")
    else:
        assert found is not None
        assert same == f"{found.sequence} outside checkpoint"


def test_a_checkpoint_by_an_unknown_key_is_said_to_be(exported: Path, signed_site: Site, tmp_path: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from injection_log.ledger.checkpoint import make_checkpoint

    real = parse_checkpoint((exported / "checkpoint.txt").read_text(encoding="utf-8"))
    forged = make_checkpoint(real.origin, real.size, real.root, Ed25519PrivateKey.generate())
    (tmp_path / "forged.txt").write_text(forged, encoding="utf-8")
    found = verify(signed_site.home, keys=signed_site.keys, since=[read_outside(tmp_path / "forged.txt")]).first_wrong
    assert found is not None
    assert "a key that no workstation of this log has" in found.why
    assert check_export(exported, "--since", tmp_path / "forged.txt") == "0 outside checkpoint"


def test_a_signed_text_that_does_not_follow_from_the_record_is_seen_at_the_site(signed_site: Site) -> None:
    from injection_log.people.accounts import prove
    from injection_log.people.signature import SignatureClaim, sign_claim

    subject = Subject("gland", "SMG-07", "injection", "right")
    ledger = signed_site.ledger
    said = dict(ledger.values(subject.key)["signature"])
    text = str(said["rendering"]).replace("SYR-2031", "SYR-9999")
    assert text != said["rendering"]
    digest = check_log.sha(text.encode()).hex()
    key = prove(ledger, "injector", "practice-injector", signed_site.clock, signed_site.protocol.sha256)
    claim = SignatureClaim(ledger.origin, subject.key, digest, said["meaning"], said["user"], said["signed_at"])
    lie = {**said, "rendering": text, "record_sha256": digest, "value": sign_claim(key, claim)}
    draft = EventDraft("GlandSigned", subject, (Change("signature", said, lie),))
    injector = log_in(signed_site, "injector", "practice-injector").actor
    ledger.append(injector, [draft], protocol=signed_site.protocol.sha256)
    found = verify(signed_site.home, keys=signed_site.keys).first_wrong
    assert found is not None
    assert found.what == "rendering"


def test_the_command_writes_an_export_and_says_how_to_check_it(signed_site: Site, tmp_path: Path) -> None:
    code = "from injection_log.cli import main; main()"
    words = ["export-log", "--user", "monitor", "--password-stdin", "--home", str(signed_site.home.root)]
    command = [sys.executable, "-c", code, *words, "--out", str(tmp_path / "out")]
    answer = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, input="practice-monitor\n"
    )
    assert answer.returncode == 0, answer.stderr
    assert "check_log.py" in answer.stdout
    assert check_export(tmp_path / "out") == ""


def test_the_command_compares_with_checkpoints_from_outside(exported: Path, signed_site: Site, tmp_path: Path) -> None:
    code = "from injection_log.cli import main; main()"
    words = [sys.executable, "-c", code, "verify", "--home", str(signed_site.home.root), "--since"]
    words.append(str(exported / "checkpoint.txt"))
    answer = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert answer.returncode == 0
    assert "It extends the checkpoint in checkpoint.txt" in answer.stdout
    (tmp_path / "note.txt").write_text("no checkpoint\n")
    words[-1] = str(tmp_path / "note.txt")
    wrong = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert wrong.returncode == 2
    assert "This is not a checkpoint" in wrong.stderr
