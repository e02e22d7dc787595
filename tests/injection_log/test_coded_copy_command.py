"""`coded-copy` as scripts use it: from the list to a written file, and no planted token in what it prints."""
from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import pytest
import typer
from planted_tokens import Planted, Planter, found_in
from typer.testing import CliRunner

from annotate.marks import Caliper
from dicom_io.calibration import Point
from dicom_io.phantom import ParticipantTruth
from injection_log.acts import marks, studies, visits
from injection_log.cli.coded_copies import add_coded_copy_commands
from injection_log.errors import Refused
from injection_log.people.accounts import NewAccount, add_account
from injection_log.people.passwords import PasswordCost
from injection_log.site import Session, log_in

VISIT = ("SMG-07", "baseline")


@dataclass
class Commands:
    """Runs `coded-copy` on one home and keeps all that it prints."""

    home: Path
    printed: str = ""

    def run(self, *words: str, user: str = "injector") -> Any:
        """The facts that a command answers with; its refusal is raised."""
        app = typer.Typer()
        add_coded_copy_commands(app)
        step, *rest = words
        asked = ["coded-copy", step, *VISIT, *rest, "--user", user, "--home", str(self.home), "--json"]
        done = CliRunner().invoke(app, [*asked, "--password-stdin"], input=f"practice-{user}\n")
        self.printed += done.output
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return json.loads(done.stdout) if done.exit_code == 0 else done.exit_code


@pytest.fixture
def planted_visit(injector: Session, tmp_path: Path) -> Callable[[bool], tuple[Commands, Planted]]:
    """A visit with one clip full of tokens, with regions or without."""

    def made(regions: bool) -> tuple[Commands, Planted]:
        planted = Planter(3, regions=regions).plant(tmp_path / "in")
        record = visits.open_visit(injector, *VISIT)
        studies.import_findings(injector, record, studies.examine_folder(injector, tmp_path / "in"))
        return Commands(injector.site.home.root), planted

    return made


def test_a_clip_goes_from_the_list_to_a_file_that_says_nothing(
    planted_visit: Callable[[bool], tuple[Commands, Planted]], tmp_path: Path
) -> None:
    commands, planted = planted_visit(True)
    assert commands.run("list")[0]["area_from"] == "scanner"
    size = commands.run("size", "--image", "1:1-2")
    sheet = commands.run("sheet", "--image", "1:1-2", "--out", str(tmp_path / "sheet"))
    assert (sheet["frames"], len(sheet["pages"]), sheet["confirmed_before"]) == (2, 1, False)
    assert os.name == "nt" or stat.S_IMODE(Path(sheet["pages"][0]).stat().st_mode) == 0o600
    commands.run("confirm", "--image", "1:1-2", "--sheet", sheet["sheet"])
    written = commands.run("write", "--image", "1:1-2", "--out", str(tmp_path / "out"), "--reading-code", "R-0031")
    assert written["written_as"] == "for a blinded reader, as R-0031, no dates"
    path = Path(written["written"][0]["file"])
    assert path.name.startswith("R-0031_")
    assert written["bytes"] == path.stat().st_size == pytest.approx(size["bytes"], rel=0.05)
    left = path.read_bytes() + commands.printed.encode() + b"".join(Path(page).read_bytes() for page in sheet["pages"])
    assert found_in(left, planted.tokens) == []


def test_without_regions_one_person_draws_and_a_second_agrees(
    planted_visit: Callable[[bool], tuple[Commands, Planted]]
) -> None:
    commands, _ = planted_visit(False)
    with pytest.raises(Refused, match="Draw the area"):
        commands.run("size", "--image", "1")
    box = ("--image", "1", "--box", "99,139,20,30")
    assert commands.run("draw", *box)["area"] == [[20, 30, 99, 139]]
    with pytest.raises(Refused, match="second person"):
        commands.run("agree", *box)
    assert commands.run("agree", *box, user="operator")["area_from"] == "drawn"
    assert commands.run("size", "--image", "1")["frames"] == 3


def test_what_was_drawn_is_taken_back_by_the_command_once(
    planted_visit: Callable[[bool], tuple[Commands, Planted]]
) -> None:
    commands, _ = planted_visit(True)
    with pytest.raises(Refused, match="scanner's own region"):
        commands.run("draw", "--image", "1", "--box", "20,30,99,139")
    commands.run("draw", "--image", "1", "--box", "20,30,99,139", "--instead-of-the-region")
    assert commands.run("list")[0]["area_from"] is None
    assert commands.run("take-back", "--image", "1")["area_from"] == "scanner"
    with pytest.raises(Refused, match="No kept area was drawn"):
        commands.run("take-back", "--image", "1")


@pytest.mark.parametrize(
    "words",
    [
        ("size", "--image", "2"), ("size", "--image", "one"), ("size", "--image", "1:0-x"),
        ("draw", "--image", "1", "--box", "1,2,3"), ("draw", "--image", "9", "--box", "1,2,3,4"),
        ("write", "--image", "1", "--out", "x", "--reading-code", "R", "--shift-dates"),
    ],
)
def test_what_is_typed_wrong_ends_in_a_sentence_and_code_2(
    words: tuple[str, ...], planted_visit: Callable[[bool], tuple[Commands, Planted]]
) -> None:
    commands, _ = planted_visit(True)
    assert commands.run(*words) == 2
    assert '"error": "' in commands.printed


@pytest.mark.parametrize("frames", ["1:0", "1:4", "1:2-9"])
def test_frames_that_do_not_exist_are_refused(
    frames: str, planted_visit: Callable[[bool], tuple[Commands, Planted]]
) -> None:
    commands, _ = planted_visit(True)
    with pytest.raises(Refused, match="3 frames"):
        commands.run("size", "--image", frames)


def test_the_list_tells_pictures_apart_and_one_is_looked_at_in_a_file_for_its_owner(
    injector: Session, phantom_visit: ParticipantTruth, tmp_path: Path
) -> None:
    record = visits.open_visit(injector, *VISIT)
    found = studies.examine_folder(injector, phantom_visit.visits[0].files[0].parent)
    record = studies.import_findings(injector, record, found)
    marked = next(image for image in record.images if image.plane == "longitudinal")
    line = Caliper("length", Point(300, 200), Point(300, 400))
    marks.place(injector, record, "right", (marked.sop_instance_uid, 0), line)
    commands, out = Commands(injector.site.home.root), tmp_path / "a.png"
    rows = commands.run("list")
    assert {row["digest"]: row["side"] for row in rows if row["side"]} == {marked.sha256[:12]: "right"}
    assert all(re.fullmatch(r"\d\d:\d\d:\d\d", row["time"]) for row in rows)
    assert {row["size"] for row in rows} == {"600 rows x 800 columns"}
    assert len({row["digest"] for row in rows}) == len(rows)
    commands.run("look", "--image", "1", "--out", str(out))
    assert cv2.imread(str(out)).shape[:2] == (600, 800)
    assert os.name == "nt" or stat.S_IMODE(out.stat().st_mode) == 0o600
    assert commands.run("look", "--image", "1", "--out", str(out)) == 2  # nothing is overwritten


@pytest.mark.parametrize("step", ["sheet", "look", "confirm"])
def test_a_data_manager_is_refused_before_anything_is_looked_through_or_made(
    step: str, planted_visit: Callable[[bool], tuple[Commands, Planted]], injector: Session, tmp_path: Path
) -> None:
    commands, _ = planted_visit(True)
    admin, cost = log_in(injector.site, "admin", "practice-admin"), PasswordCost(passes=1, memory_kib=8, lanes=1)
    account = NewAccount("dm", "Practice DM", "data_manager", "practice-dm", cost)
    add_account(injector.site.ledger, admin.actor, account, clock=injector.site.clock,
                protocol=injector.site.protocol.sha256)  # fmt: skip
    out = ("--sheet", "0") if step == "confirm" else ("--out", str(tmp_path / "out"))
    with pytest.raises(Refused, match="may not"):
        commands.run(step, "--image", "1", *out, user="dm")
    assert "Looking through" not in commands.printed
    assert not (tmp_path / "out").exists()


def test_the_help_says_who_may_do_what() -> None:
    app = typer.Typer()
    add_coded_copy_commands(app)
    words = " ".join(CliRunner().invoke(app, ["coded-copy", "--help"]).output.split())
    assert "data manager" in words
    assert "principal investigator" in words


def test_one_is_said_in_the_singular_and_a_size_as_rows_then_columns(
    planted_visit: Callable[[bool], tuple[Commands, Planted]]
) -> None:
    commands, _ = planted_visit(True)
    app = typer.Typer()
    add_coded_copy_commands(app)
    asked = ["coded-copy", "size", *VISIT, "--image", "1:1", "--user", "injector", "--home", str(commands.home)]
    said = CliRunner().invoke(app, [*asked, "--password-stdin"], input="practice-injector\n").stdout
    assert said.startswith("1 frame in 1 file, about ")
    assert " rows x " in commands.run("list")[0]["size"]
