"""The protocol file is read whole or refused by the name of what is wrong."""
from __future__ import annotations

from pathlib import Path

import pytest

from annotate.uncertainty import HALF_PIXEL, PerCaliper
from injection_log.errors import ProtocolRefused
from injection_log.protocol.fields import CATALOGUE
from injection_log.protocol.protocol import Measuring
from injection_log.protocol.reading import practice_protocol_text, read_protocol, read_protocol_file

PRACTICE = practice_protocol_text()


def test_the_practice_protocol_is_valid_and_bears_its_digest() -> None:
    protocol = read_protocol(PRACTICE)
    assert protocol.practice
    assert list(protocol.visits) == ["baseline", "injection", "month_4"]
    assert len(protocol.sha256) == 64


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("planned_ul = 1000", "planned_ul = -5", "planned_ul"),
        ("planned_ul = 1000", "planed_ul = 1000", "planed_ul"),
        ("soft_ul = [900, 1100]", "soft_ul = [1100, 900]", "soft_ul"),
        ("hard_ul = [0, 2000]", "hard_ul = [0, 1000]", "hard_ul"),
        ('kind = "measuring"', 'kind = "dosing"', "measuring"),
        (r"pattern = 'SMG-\d{2,3}'", "pattern = 'SMG-('", "pattern"),
        ('listed = ["SMG-07"]', 'listed = ["X-1"]', "X-1"),
        ('listed = ["SMG-07"]', 'listed = "SMG-07"', "list of texts"),
        ('owed = ["ultrasound_operator"]', 'owed = ["kit_intact"]', "kit_intact"),
        ('owed = ["ultrasound_operator"]', "owed = 5", "owed"),
        ('kind = "injecting"', 'kind = "injecting"\nmeasured_axes = [["length"]]', "measured_axes"),
        ("practice = true", 'practice = "no"', "practice must be true or false"),
        ('hand_scale = "allowed"', "hand_scale = true", "hand_scale must be"),
        ("# caliper_error_um = 500", "caliper_error_um = 0", "caliper_error_um must be"),
        ("# caliper_error_um = 500", "caliper_error_um = 0.5", "caliper_error_um must be"),
        ("# caliper_error_um = 500", "caliper_error_um = 5001", "caliper_error_um must be"),
        ("[measuring]", "[measuring]\npixel_error = 1", "pixel_error"),
        ("# repeats = 2", "repeats = 0", "repeats must be a whole number from 1 to 5"),
        ("# repeats = 2", "repeats = 6", "repeats must be"),
        ("# repeats = 2", "repeats = true", "repeats must be"),
        ("# repeats = 2", "repeats = 2.0", "repeats must be"),
        ('"lot", "batch"', '"lot", "batch 7"', "batch 7"),
        ('visits = ["baseline", "month_4"]', 'visits = ["baseline", "month_5"]', "month_5"),
        ('visits = ["baseline", "month_4"]', "visits = []", "visits must be a list"),
        ('planes = ["transverse", "longitudinal"]', 'planes = ["injection"]', "planes names 'injection'"),
        ('planes = ["transverse", "longitudinal"]', 'planes = ["sweep", "sweep"]', "planes names something twice"),
        ("readers = 2", "readers = 3", "between two readers"),
        ("repeats_percent = 10", "repeats_percent = 10.5", "repeats_percent must be"),
        ("order_seed = 20260101", "order_seed = true", "order_seed must be"),
        ("calipers = 1", "calipers = 0", "calipers must be"),
        ('grades = ["grey_scale"]', 'grades = ["greyscale"]', "grades names 'greyscale'"),
        ("differs_percent = 15", "differs_percent = 0", "differs_percent must be"),
        ("grade_differs = true", "grade_differs = 1", "grade_differs must be"),
        ("order_seed = 20260101", "seed = 20260101", "'seed' in"),
        ('"volume_residual_ul", "volume_spilled_ul",', '"volume_residual_ul",', "volume_spilled_ul"),
    ],
)
def test_a_wrong_protocol_is_refused_by_the_name_of_what_is_wrong(old: str, new: str, named: str) -> None:
    assert old in PRACTICE
    with pytest.raises(ProtocolRefused, match=named):
        read_protocol(PRACTICE.replace(old, new, 1))


def test_how_the_trial_measures_is_read_and_a_file_without_it_means_half_a_pixel_and_allowed() -> None:
    text = PRACTICE.replace("# caliper_error_um", "caliper_error_um").replace('"allowed"', '"forbidden"')
    stated = read_protocol(text)
    assert stated.measuring == Measuring(hand_scale_allowed=False, reading_error=PerCaliper(500))
    assert read_protocol(PRACTICE.replace("# repeats", "repeats")).measuring == Measuring(repeats=2)
    before = PRACTICE[: PRACTICE.index("[measuring]")] + PRACTICE[PRACTICE.index("[[needle]]") :]
    assert read_protocol(before).measuring == Measuring(hand_scale_allowed=True, reading_error=HALF_PIXEL)


@pytest.mark.parametrize(("text", "named"), [
    ("visit = 3\n" + PRACTICE.partition("[[visit]]")[0], r"\[\[visit\]\]"),
    ("visit = [3]\n" + PRACTICE.partition("[[visit]]")[0], r"\[\[visit\]\]"),
    ("needle = 3\n" + PRACTICE.partition("[[needle]]")[0] + PRACTICE[PRACTICE.index("[words]"):], r"\[\[needle\]\]"),
])
def test_tables_of_another_form_are_refused_in_a_sentence(text: str, named: str) -> None:
    with pytest.raises(ProtocolRefused, match=named):
        read_protocol(text)


def test_an_id_in_small_letters_is_refused_because_ids_are_kept_in_capitals() -> None:
    with pytest.raises(ProtocolRefused, match="SMG-07"):
        read_protocol(PRACTICE.replace(r"SMG-\d{2,3}", r"smg-\d{2,3}").replace('["SMG-07"]', '["smg-07"]'))


def test_a_protocol_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "trial.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ProtocolRefused, match="UTF-8"):
        read_protocol_file(tmp_path / "trial.toml")


@pytest.mark.parametrize("field", ["lot", "batch", "donor", "expiry", "cell_count", "viability", "thaw_time", "arm"])
def test_no_protocol_can_ask_for_what_would_tell_the_arm(field: str) -> None:
    with pytest.raises(ProtocolRefused, match=field):
        read_protocol(PRACTICE.replace('"kit_code", "kit_intact"', f'"{field}", "kit_code", "kit_intact"', 1))


@pytest.mark.parametrize("word", ["lot", "batch", "donor", "expiry", "viab", "thaw", "cell", "arm", "product", "dose"])
def test_no_field_of_the_catalogue_is_named_after_the_product(word: str) -> None:
    assert not [name for name in CATALOGUE if word in name.split("_")]


def test_a_measuring_visit_cannot_ask_for_an_injected_volume() -> None:
    text = PRACTICE.replace('"omeract_grade", "visit_remark"', '"volume_loaded_ul", "visit_remark"', 1)
    with pytest.raises(ProtocolRefused, match="volume_loaded_ul"):
        read_protocol(text)


def test_the_needle_list_of_the_protocol_becomes_the_choices_of_the_needle_field() -> None:
    needle = next(f for f in read_protocol(PRACTICE).fields_for("injection", "gland") if f.name == "needle")
    assert [choice.value for choice in needle.choices] == ["25G-40mm", "23G-40mm", "27G-38mm"]


def test_a_reading_is_planned_by_the_protocol_and_its_digest_tells_one_design_from_another() -> None:
    design = read_protocol(PRACTICE).reading
    assert design is not None
    assert (design.visits, design.readers, design.order_seed) == (("baseline", "month_4"), 2, 20260101)
    assert design.adjudication.is_planned
    other = read_protocol(PRACTICE.replace("repeats_percent = 10", "repeats_percent = 20")).reading
    assert other is not None
    assert design.sha256 != other.sha256


def test_what_a_reading_package_says_of_the_design_names_no_visit_no_seed_and_no_repeats() -> None:
    design = read_protocol(PRACTICE).reading
    assert design is not None
    assert design.for_a_reader() == {
        "planes": ["transverse", "longitudinal"], "calipers": 1, "grades": ["grey_scale"],
    }


def test_a_protocol_without_the_table_plans_no_reading() -> None:
    start, _, rest = PRACTICE.partition("[reading]")
    assert read_protocol(start + rest[rest.index("[[needle]]"):]).reading is None
