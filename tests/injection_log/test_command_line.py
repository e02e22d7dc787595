"""The command as scripts and people use it: one practice home, played once without a window, then asked."""
from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dicom_io.phantom import PRACTICE_PATIENT
from injection_log import cli
from injection_log.home import Home
from injection_log.protocol.reading import practice_protocol_text


@dataclass(frozen=True)
class Played:
    """A practice home after `demo --headless`, its environment, and what the demo printed."""

    home: Path
    keys: Path
    facts: dict[str, Any]

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run the command on this home."""
        return run_command(self.keys, *arguments, "--home", str(self.home), stdin=stdin)


def run_command(keys: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run `injection-log` as a process of its own."""
    temporary = keys.parent / "tmp"
    temporary.mkdir(exist_ok=True)
    environment = {**os.environ, "INJECTION_LOG_KEYS": str(keys), "TMPDIR": str(temporary)}
    return subprocess.run(
        [sys.executable, "-m", "injection_log", *arguments],
        input=stdin, capture_output=True, text=True, env=environment, timeout=120, check=False,
    )


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    """One whole practice story."""
    folder = tmp_path_factory.mktemp("played")
    done = run_command(folder / "keys", "demo", "--headless", "--home", str(folder / "home"), "--json")
    assert done.returncode == 0, done.stderr
    return Played(folder / "home", folder / "keys", json.loads(done.stdout))


def test_the_headless_demo_signs_both_glands_and_verifies(played: Played) -> None:
    assert played.facts["ok"]
    assert {gland["state"] for gland in played.facts["glands"].values()} == {"signed"}
    assert played.facts["seconds"] < 60


def test_the_headless_demo_finds_the_gland_volumes_of_the_phantom(played: Played) -> None:
    done = played.run("show", "SMG-07", "injection", "--user", "monitor", "--password-stdin", "--json",
                      stdin="practice-monitor\n")
    sizes = json.loads(done.stdout)["glands"]["right"]["record"]["Size"]
    assert sizes["Length"] == "33.17 ± 0.05 mm"
    assert sizes["Gland volume"].startswith("6.83 ± 0.03 ml")


@pytest.mark.proves("F-15")
def test_a_patient_is_named_in_no_byte_of_the_home_but_in_the_originals(played: Played) -> None:
    needles = [PRACTICE_PATIENT.patient_id.encode(), PRACTICE_PATIENT.patient_name.encode()]
    originals = 0
    for path in (path for path in played.home.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if path.is_relative_to(played.home / "images"):
            originals += needles[0] in content
        else:
            assert not any(needle in content for needle in needles), path
    assert originals == 8


def test_nothing_of_a_patient_is_left_in_the_temporary_files(played: Played) -> None:
    left = [path for path in (played.keys.parent / "tmp").rglob("*") if path.is_file()]
    assert not [path for path in left if PRACTICE_PATIENT.patient_id.encode() in path.read_bytes()]


def test_list_shows_how_far_each_gland_is(played: Played) -> None:
    done = played.run("list", "--user", "monitor", "--password-stdin", "--json", stdin="practice-monitor\n")
    states = {(row["visit"], row["right"]) for row in json.loads(done.stdout)}
    assert states == {("baseline", "not begun"), ("injection", "signed"), ("month_4", "not begun")}


def test_a_wrong_password_is_refused_in_one_sentence(played: Played) -> None:
    done = played.run("list", "--user", "monitor", "--password-stdin", "--json", stdin="guess\n")
    assert done.returncode == 3
    assert json.loads(done.stdout)["refused"] == "wrong_password"
    assert "Traceback" not in done.stderr


def test_the_table_has_one_row_for_each_gland(played: Played, tmp_path: Path) -> None:
    done = played.run("export", "table", "--user", "monitor", "--password-stdin", "--out", str(tmp_path),
                      stdin="practice-monitor\n")
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO((tmp_path / "glands.csv").read_text(encoding="utf-8"))))
    assert [(row["side"], row["volume_injected_ml"]) for row in rows] == [("right", "1.000"), ("left", "1.050")]


def test_the_sheet_is_one_pdf_for_each_gland(played: Played, tmp_path: Path) -> None:
    done = played.run("sheet", "SMG-07", "injection", "--user", "injector", "--password-stdin", "--out",
                      str(tmp_path), stdin="practice-injector\n")
    assert done.returncode == 0, done.stderr
    assert [path.read_bytes()[:5] for path in sorted(tmp_path.iterdir())] == [b"%PDF-", b"%PDF-"]


def test_verify_prints_its_fixed_form(played: Played) -> None:
    done = played.run("verify", "--json")
    facts = json.loads(done.stdout)
    assert list(facts) == ["ok", "events", "first_wrong", "checkpoint", "not_covered"]
    assert (done.returncode, facts["ok"], facts["first_wrong"]) == (0, True, None)


def test_verify_names_a_picture_that_was_changed(played: Played, tmp_path: Path) -> None:
    shutil.copytree(played.home, tmp_path / "home")
    picture = next(path for path in (tmp_path / "home" / "images").glob("??/*"))
    picture.chmod(0o600)
    picture.write_bytes(picture.read_bytes()[:-1] + b"x")
    done = run_command(played.keys, "verify", "--json", "--home", str(tmp_path / "home"))
    assert done.returncode == 1
    assert json.loads(done.stdout)["ok"] is False


def test_a_home_without_a_log_is_told_in_one_sentence(tmp_path: Path) -> None:
    done = run_command(tmp_path / "keys", "list", "--user", "x", "--home", str(tmp_path / "nothing"), stdin="x\n")
    assert done.returncode == 2
    assert "setup" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["verify"], ["list", "--user", "x"]])
def test_quick_commands_load_neither_pydicom_nor_napari(tmp_path: Path, arguments: list[str]) -> None:
    script = (
        "import sys; sys.argv = ['injection-log', *sys.argv[1:]]\n"
        "from injection_log.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print([name for name in ('pydicom', 'pynetdicom', 'napari', 'cv2', 'PySide6') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "INJECTION_LOG_HOME": str(tmp_path)},
    )
    assert done.stdout.strip().endswith("[]"), done.stdout + done.stderr


def test_a_new_site_is_set_up_and_a_person_added(tmp_path: Path) -> None:
    (tmp_path / "trial.toml").write_text(practice_protocol_text(), encoding="utf-8")
    home = ["--home", str(tmp_path / "home"), "--password-stdin"]
    done = run_command(
        tmp_path / "keys", "setup", "--protocol", str(tmp_path / "trial.toml"), "--site", "ourhospital",
        "--admin", "anna", "--name", "Anna Admin", *home, stdin="a long enough secret\n",
    )
    assert done.returncode == 0, done.stderr
    done = run_command(
        tmp_path / "keys", "users", "add", "bo", "--printed-name", "Bo Injector", "--role", "injector",
        "--user", "anna", *home, stdin="a long enough secret\nanother long secret\n",
    )
    assert done.returncode == 0, done.stderr
    done = run_command(tmp_path / "keys", "list", "--user", "bo", *home, stdin="another long secret\n")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("wrong", [{"--admin": "ANNA"}, {"--name": " "}, {"password": "short"}, {"--site": "a b"}])
def test_a_set_up_that_is_refused_leaves_no_log_behind(tmp_path: Path, wrong: dict[str, str]) -> None:
    (tmp_path / "trial.toml").write_text(practice_protocol_text(), encoding="utf-8")
    given = {"--admin": "anna", "--name": "Anna", "--site": "ours", "password": "a long enough secret", **wrong}
    password = given.pop("password")
    words = [word for pair in given.items() for word in pair]
    done = run_command(tmp_path / "keys", "setup", "--protocol", str(tmp_path / "trial.toml"), *words,
                       "--home", str(tmp_path / "home"), "--password-stdin", stdin=f"{password}\n")
    assert done.returncode == 3, done.stderr
    assert not Home(tmp_path / "home").has_ledger()


def test_a_home_that_is_a_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "trial.toml").write_text(practice_protocol_text(), encoding="utf-8")
    done = run_command(tmp_path / "keys", "setup", "--protocol", str(tmp_path / "trial.toml"), "--site", "x",
                       "--admin", "anna", "--name", "Anna", "--home", str(tmp_path / "trial.toml"),
                       "--password-stdin", stdin="a long enough secret\n")
    assert done.returncode == 1
    assert "check the folder" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_fault_nobody_foresaw_is_told_without_its_text(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fault() -> Callable[[], None]:
        raise KeyError("DOE^JANE")

    monkeypatch.setattr(cli, "assemble", fault)
    with pytest.raises(SystemExit) as end:
        cli.main()
    said = capsys.readouterr().err
    assert end.value.code == 1
    assert "KeyError" in said
    assert "DOE" not in said


def test_files_that_cannot_be_written_are_told_in_a_sentence(played: Played, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    done = played.run("export", "table", "--user", "monitor", "--password-stdin", "--out", str(tmp_path / "taken"),
                      stdin="practice-monitor\n")
    assert done.returncode == 3
    assert "choose a new one" in done.stderr


def test_a_folder_without_pictures_begins_no_visit(played: Played, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no picture")
    done = played.run("import", str(tmp_path), "--participant", "SMG-07", "--visit", "month_4", "--user", "injector",
                      "--password-stdin", stdin="practice-injector\n")
    assert done.returncode == 3
    assert "notes.txt" in done.stderr
    states = played.run("list", "--user", "monitor", "--password-stdin", "--json", stdin="practice-monitor\n").stdout
    assert {row["visit"]: row["right"] for row in json.loads(states)}["month_4"] == "not begun"


def test_setting_up_twice_never_starts_a_log_anew(played: Played, tmp_path: Path) -> None:
    (tmp_path / "trial.toml").write_text("", encoding="utf-8")
    done = played.run("setup", "--protocol", str(tmp_path / "trial.toml"), "--site", "x", "--admin", "y",
                      "--name", "Y", "--password-stdin", stdin="a long enough secret\n")
    assert done.returncode == 2
    assert "already" in done.stderr


def test_a_label_that_stands_more_than_once_keeps_every_value() -> None:
    from injection_log.cli.records import by_label

    rows = [("Length", "33.2 mm"), ("Caliper", "one"), ("Caliper", "two"), ("Caliper", "three")]
    assert by_label(rows) == {"Length": "33.2 mm", "Caliper": ["one", "two", "three"]}
