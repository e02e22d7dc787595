"""The REDCap files against a checker of REDCap's own rules, and how instances stay what they are."""
from __future__ import annotations

from dataclasses import replace

import pytest
from exports.redcap_rules import HEADER, dictionary_faults, lines_of, project_of, record_faults, unique_event_name
from trial_site import TrialSite

from injection_log.acts import withdrawing
from injection_log.errors import ProtocolRefused
from injection_log.protocol.fields import CATALOGUE, NOT_ASKED_BY_NAME
from injection_log.protocol.reading import practice_protocol_text, read_protocol
from injection_log_exports import redcap_fields
from injection_log_exports.redcap import Redcap

PUBLIC_HEADER = (
    'Variable / Field Name,Form Name,Section Header,Field Type,Field Label,"Choices, Calculations, OR Slider Labels",'
    "Field Note,Text Validation Type OR Show Slider Number,Text Validation Min,Text Validation Max,Identifier?,"
    "Branching Logic (Show field only if...),Required Field?,Custom Alignment,Question Number (surveys only),"
    "Matrix Group Name,Matrix Ranking?,Field Annotation"
)
"""The first line of a dictionary as REDCap projects give it out."""


def made(trial: TrialSite) -> dict[str, str]:
    return {file.name: file.data.decode("utf-8") for file in Redcap().files(trial.content())}


def faults(files: dict[str, str]) -> list[str]:
    wrong = dictionary_faults(files["data_dictionary.csv"])
    if wrong:
        return wrong
    project = project_of(*(files[f"{one}.csv"] for one in (
        "data_dictionary", "instrument_event_mapping", "repeating_instruments",
    )))
    return record_faults(files["records.csv"], project)


def instances(files: dict[str, str], form: str) -> dict[str, dict[str, str]]:
    """The rows of one repeating form by their instance."""
    head, *lines = lines_of(files["records.csv"])
    rows = [dict(zip(head, line, strict=True)) for line in lines]
    return {row["redcap_repeat_instance"]: row for row in rows if row["redcap_repeat_instrument"] == form}


def test_redcap_would_take_every_file(trial: TrialSite) -> None:
    assert faults(made(trial)) == []


def test_the_header_is_that_of_public_dictionaries(trial: TrialSite) -> None:
    assert made(trial)["data_dictionary.csv"].splitlines()[0] == PUBLIC_HEADER
    assert HEADER == redcap_fields.HEADER


def test_redcap_makes_the_unique_names_of_the_events_itself(trial: TrialSite) -> None:
    head, *events = lines_of(made(trial)["events.csv"])
    assert head == ["event_name", "arm_num", "unique_event_name"]
    assert [unique_event_name(name, arm) for name, arm, _ in events] == [
        "baseline_arm_1", "injection_arm_1", "month_4_arm_1",
    ]
    assert [unique_event_name(name, arm) for name, arm, _ in events] == [unique for _, _, unique in events]


@pytest.mark.parametrize(("broken", "by", "found"), [
    ("gi_side,gland_injection,,radio", "Gi_Side,gland_injection,,radio", "small letters"),
    (",date_ymd,", ",date_dmyy,", "validation"),
    ('"1, Right | 2, Left"', '"1 Right | 2, Left"', "without code"),
    ("gi_vol_ml,gland_injection", "gi_vol_ml,gland_us", "interrupted"),
    ("gd_frame,", "gd_side,", "twice"),
    ("us_pictures,gland_us,,notes", "us_pictures,gland_us,,essay", "field type"),
])  # fmt: skip
def test_the_checker_finds_what_is_wrong_in_a_dictionary(trial: TrialSite, broken: str, by: str, found: str) -> None:
    files = made(trial)
    assert broken in files["data_dictionary.csv"]
    wrong = dictionary_faults(files["data_dictionary.csv"].replace(broken, by, 1))
    assert any(found in one for one in wrong), wrong


@pytest.mark.parametrize(("broken", "by", "found"), [
    ("gland_injection,1,", "gland_injection,,", "go together"),
    ("injection_arm_1", "injektion_arm_1", "no event"),
    (",counts,", ",Counts,", "codes"),
    ("gland_us,2,", "gland_us,1,", "twice"),
    (",1.050,", ',"1,050",', "is no number"),
    ("gland_us,1,", "gland_injection,7,", "filled in a row"),
])  # fmt: skip
def test_the_checker_finds_what_is_wrong_in_a_record(trial: TrialSite, broken: str, by: str, found: str) -> None:
    files = made(trial)
    assert broken in files["records.csv"]
    files["records.csv"] = files["records.csv"].replace(broken, by, 1)
    assert any(found in one for one in faults(files)), faults(files)


def test_the_same_log_gives_the_same_bytes_and_an_export_changes_none(trial: TrialSite) -> None:
    from injection_log.acts.outputs import export_kind

    before = made(trial)
    export_kind(trial.session("monitor"), "redcap", trial.site.home.root.parent / "redcap-again")
    assert made(trial) == before


def test_a_deposit_that_is_added_leaves_every_old_instance(draft: TrialSite) -> None:
    draft.deposit(300)
    before = instances(made(draft), "gland_deposit")
    draft.deposit(400)
    after = instances(made(draft), "gland_deposit")
    assert set(before) == {"1"}
    assert after["1"] == before["1"]
    assert after["3"]["gd_volume_ml"] == "0.400"


def test_a_deposit_that_is_taken_out_keeps_its_instance_and_says_so(draft: TrialSite) -> None:
    first = draft.deposit(300)
    draft.deposit(400)
    draft.remove(first)
    files = made(draft)
    rows = instances(files, "gland_deposit")
    assert (rows["1"]["gd_stands"], rows["1"]["gd_volume_ml"], rows["3"]["gd_stands"]) == ("0", "", "1")
    assert faults(files) == []


def test_a_form_is_complete_when_its_gland_is_signed(draft: TrialSite) -> None:
    def states() -> list[str]:
        return [row["gland_injection_complete"] for row in instances(made(draft), "gland_injection").values()]

    assert states() == ["1", "1"]
    draft.sign("right")
    assert states() == ["2", "1"]


def test_a_visit_that_was_withdrawn_is_finished_and_said_not_to_count(draft: TrialSite) -> None:
    withdrawing.withdraw_visit(draft.session("investigator"), draft.record, "the participant took the consent back")
    files = made(draft)
    rows = instances(files, "gland_injection")
    assert {(row["gi_counts"], row["gland_injection_complete"]) for row in rows.values()} == {("0", "2")}
    assert ",withdrawn,the participant took the consent back," in files["records.csv"]
    assert faults(files) == []


def test_every_fact_that_a_protocol_can_ask_for_is_a_field_that_redcap_takes(trial: TrialSite) -> None:
    content, protocol = trial.content(), trial.site.protocol
    asked = tuple(name for name in CATALOGUE if name not in NOT_ASKED_BY_NAME)
    visits = {name: replace(visit, asked=asked) for name, visit in protocol.visits.items()}
    whole = replace(content, protocol=replace(protocol, visits=visits))
    files = {file.name: file.data.decode() for file in Redcap().files(whole)}
    assert faults(files) == []
    assert len(files["data_dictionary.csv"].splitlines()) > len(CATALOGUE)


def test_a_number_has_its_point_whatever_was_typed(trial: TrialSite) -> None:
    rows = instances(made(trial), "gland_injection")
    assert [rows[one]["gi_vol_ml"] for one in ("1", "2")] == ["1.000", "1.050"]
    assert (rows["1"]["gi_complications___none"], rows["1"]["gi_complications___pain"]) == ("1", "0")


def test_the_names_of_the_protocol_are_used() -> None:
    text = practice_protocol_text().replace('injection = "injection_arm_1"', 'injection = "visit_2_arm_1"')
    text = text.replace('ultrasound = "gland_us"', 'ultrasound = "smg_us"')
    names = read_protocol(text).redcap
    assert (names.event("injection"), names.form("ultrasound"), names.event("month_4")) == (
        "visit_2_arm_1", "smg_us", "month_4_arm_1",
    )


@pytest.mark.parametrize(("line", "why"), [
    ('record_id = "Record ID"', "record_id must be a name"),
    ('events = { visit_9 = "visit_9_arm_1" }', "'visit_9' in"),
    ('events = { baseline = "Baseline" }', "unique event name"),
    ('events = { baseline = "a_name_of_twenty_one_arm_1" }', "at most 18"),
    ('events = { baseline = "injection_arm_1" }', "given twice"),
    ('forms = { visit = "redcap_visit" }', "not one of REDCap's own"),
    ('data_access_group = "Site 01"', "data_access_group"),
    ('token = "secret"', "'token' in"),
])  # fmt: skip
def test_a_name_that_redcap_would_not_take_is_refused(line: str, why: str) -> None:
    text = practice_protocol_text()
    begin, end = text.index("[export.redcap]"), text.index("[[needle]]")
    with pytest.raises(ProtocolRefused, match=why):
        read_protocol(f"{text[:begin]}[export.redcap]\n{line}\n{text[end:]}")


def test_a_protocol_without_the_table_has_the_usual_names() -> None:
    text = practice_protocol_text()
    begin, end = text.index("[export.redcap]"), text.index("[[needle]]")
    names = read_protocol(text[:begin] + text[end:]).redcap
    assert (names.record_id, names.event("baseline"), names.form("deposit")) == (
        "record_id", "baseline_arm_1", "gland_deposit",
    )


def test_a_data_access_group_stands_in_every_row(trial: TrialSite) -> None:
    content, protocol = trial.content(), trial.site.protocol
    names = replace(protocol.redcap, data_access_group="site_01")
    whole = replace(content, protocol=replace(protocol, redcap=names))
    files = {file.name: file.data.decode() for file in Redcap().files(whole)}
    head, *lines = lines_of(files["records.csv"])
    assert {line[head.index("redcap_data_access_group")] for line in lines} == {"site_01"}
    assert faults(files) == []
