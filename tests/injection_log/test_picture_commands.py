"""`image`, `frame` and `measure`: the fixed JSON forms, the exit codes and the sentences."""
from __future__ import annotations

import json
import shutil
import subprocess
import sys

import cv2
import pytest
import typer
from typer.testing import CliRunner

from dicom_io.frames import open_frames
from dicom_io.transfer_syntaxes import TRANSFER_SYNTAXES
from injection_log.cli.picture import add_picture_commands


@pytest.fixture(scope="module")
def run():
    app = typer.Typer()
    add_picture_commands(app)

    def run(*arguments):
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result.exit_code, result.stdout, result.stderr

    return run


@pytest.fixture(scope="module")
def real(shared_data):
    return {path.name[:3]: path for path in (shared_data / "us").glob("*.dcm")}


def test_image_gives_the_fixed_facts(run, real):
    code, out, _ = run("image", real["h19"], "--json")
    facts = json.loads(out)
    assert code == 0
    assert list(facts) == [
        "sop_instance_uid", "sha256", "frames", "rows", "columns", "photometric", "transfer_syntax", "burned_in",
        "frame_times", "regions", "calibration",
    ]  # fmt: skip
    assert list(facts["regions"][0]) == ["index", "kind", "box", "mm_per_px", "usable", "why"]
    assert facts["regions"][0]["mm_per_px"] == pytest.approx([0.2285714, 0.2857143], abs=1e-6)
    assert (facts["regions"][1]["kind"], facts["regions"][1]["mm_per_px"]) == ("wave", None)
    assert (facts["frame_times"]["source"], facts["frame_times"]["ms"][:2]) == ("FrameTime", [0.0, 30.0])
    assert facts["calibration"]["state"] == "region"


def test_image_speaks_to_people_too(run, real):
    code, out, _ = run("image", real["h12"])
    assert code == 0
    assert "refused" in out
    assert "a person must set the scale" in out
    facts = json.loads(run("image", real["h12"], "--json")[1])
    uid = facts["transfer_syntax"]
    assert f"{TRANSFER_SYNTAXES[uid].name} (transfer syntax {uid})" in out
    assert ("1 frame of" in out) == (facts["frames"] == 1)
    assert not {"True", "False"} & set(out.split())


def test_measure_gives_the_burned_in_caliper(run, real):
    line = ("--frame", 0, "--from", "290.5,459.5", "--to", "301.5,498.5")
    code, out, _ = run("measure", real["h05"], *line, "--json")
    facts = json.loads(out)
    kept = {name: facts[name] for name in ("length_mm", "calibration")}
    assert (code, kept) == (0, {"length_mm": 10.628, "calibration": {"state": "region", "region": 0}})
    assert (sorted(facts), facts["error_mm"]) == (["calibration", "error_mm", "length_mm", "scale"], 0.185)
    code, out, _ = run("measure", real["h05"], *line)
    assert out == "10.628 ± 0.185 mm (scanner region 1)\n"


RULER = "100,100:300,100=40mm"


def test_a_ruler_on_the_command_line_gives_millimetres_that_are_flagged(run, real):
    line = ("--frame", 0, "--from", "100,100", "--to", "100,200", "--ruler", RULER)
    code, out, _ = run("measure", real["h16"], *line, "--json")
    facts = json.loads(out)
    assert (code, facts["length_mm"], facts["calibration"]) == (0, 20.0, {"state": "manual", "region": None})
    assert facts["error_mm"] == pytest.approx(0.158, abs=0.001)  # half a pixel at each end, and 0.35 % of the ruler
    assert "SET BY HAND" in run("measure", real["h16"], *line)[1]


def test_two_rulers_give_each_direction_its_own_scale(run, real):
    line = ("--frame", 0, "--from", "100,100", "--to", "100,200", "--ruler", RULER, "--ruler", "50,100:50,300=3cm")
    assert json.loads(run("measure", real["h16"], *line, "--json")[1])["length_mm"] == 15.0


@pytest.mark.parametrize(
    ("name", "ruler", "ended"),
    [
        ("h17", RULER, (3, "trusted")), ("h16", "100,100:105,100=40mm", (3, "pixels long")),
        ("h16", "1,1:9", (2, "--ruler")), ("h16", "100,100:300,100=29cm", (3, "cm deep")),
        ("h16", "100,100:9000,100=40mm", (3, "outside")),
    ],
)  # fmt: skip
def test_a_ruler_that_gives_no_scale_is_refused(run, real, name, ruler, ended):
    line = ("--frame", 0, "--from", "100,100", "--to", "100,200", "--ruler", ruler)
    code, _, words = run("measure", real[name], *line)
    assert (code, ended[1] in words) == (ended[0], True)


def test_image_shows_a_given_scale_and_what_the_burned_in_ruler_says_of_it(run, real):
    facts = json.loads(run("image", real["h13"], "--ruler", "97,700:325,700=60mm", "--ticks", "--json")[1])
    assert facts["hand_scale"]["kind"] == "manual"
    assert (facts["ruler_ticks"]["count"], facts["second_opinion"]) == (7, "")
    wrong = json.loads(run("image", real["h13"], "--ruler", "97,700:325,700=70mm", "--ticks", "--json")[1])
    assert "lay a cross-check" in wrong["second_opinion"]
    assert "none found" in run("image", real["h20"], "--ticks")[1]


@pytest.mark.parametrize(
    ("name", "line", "refused"),
    [
        ("h09", ("--from", "200,300", "--to", "200,400"), "two_regions"),
        ("h12", ("--from", "100,100", "--to", "110,110"), "scale_not_trusted"),
        ("h16", ("--from", "100,100", "--to", "110,110"), "no_calibration"),
        ("h19", ("--from", "-1,100", "--to", "110,110"), "outside_image"),
    ],
)
def test_a_length_that_cannot_be_trusted_is_refused_with_code_3(run, real, name, line, refused):
    code, out, _ = run("measure", real[name], "--frame", 0, *line, "--json")
    facts = json.loads(out)
    assert (code, facts["refused"], sorted(facts)) == (3, refused, ["refused", "why"])


@pytest.mark.parametrize(
    ("frame", "start"), [("34", "1,1"), ("-1", "1,1"), ("0", "1"), ("0", "1,2,3"), ("0", "nan,1"), ("0", "1,5e9")]
)
def test_wrong_use_ends_with_code_2_and_a_sentence(run, real, frame, start):
    code, _, words = run("measure", real["h19"], "--frame", frame, "--from", start, "--to", "2,2")
    assert code == 2
    assert len(words.splitlines()) == 1


def test_a_folder_is_said_to_be_one(run, tmp_path):
    code, _, words = run("image", tmp_path)
    assert code == 2
    assert "is a folder" in " ".join(words.split())


def test_a_missing_file_is_wrong_use_and_a_refused_one_is_refused(run, tmp_path):
    assert run("image", tmp_path / "missing.dcm")[0] == 2
    (tmp_path / "text.dcm").write_bytes(b"text " * 100)
    code, out, _ = run("image", tmp_path / "text.dcm", "--json")
    assert (code, json.loads(out)["refused"]) == (3, "not_dicom")


@pytest.mark.parametrize("name", ["h10", "h19"])
def test_frame_writes_what_is_shown(run, real, tmp_path, name):
    code, out, _ = run("frame", real[name], "--frame", 0, "--out", tmp_path / "one.png", "--json")
    picture = cv2.imread(str(tmp_path / "one.png"), cv2.IMREAD_UNCHANGED)
    with open_frames(real[name]) as source:
        shown = source.frame(0)
    assert (code, json.loads(out)["rows"]) == (0, shown.shape[0])
    assert (picture == (shown if shown.ndim == 2 else shown[..., ::-1])).all()


def test_frame_never_overwrites_the_file_itself_and_says_where_it_cannot_write(run, real, tmp_path):
    mine = shutil.copy(real["h08"], tmp_path / "mine.dcm")
    before = mine.read_bytes()
    assert run("frame", mine, "--frame", 0, "--out", mine)[0] == 2
    assert mine.read_bytes() == before
    code, _, words = run("frame", mine, "--frame", 0, "--out", tmp_path / "no" / "folder.png")
    assert (code, len(words.splitlines())) == (1, 1)


def test_the_commands_load_nothing_heavy_until_they_run():
    code = (
        "import sys, injection_log.cli.picture;"
        "print([name for name in ('pydicom', 'numpy', 'cv2', 'imagecodecs') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
