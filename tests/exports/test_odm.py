"""ODM 1.3.2: valid against its schema, every value the table's with who and when, equal logs equal bytes."""
from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from cdisc_schemas import odm_schema
from lxml import etree
from trial_site import TrialSite

from injection_log.outputs import Cell, OutputImpossible
from injection_log.trial_content import TrialContent
from injection_log_exports.odm import Odm
from injection_log_exports.odm_layout import GROUPS, item_columns

NS = {"odm": "http://www.cdisc.org/ns/odm/v1.3"}


@pytest.fixture(scope="module")
def content(trial: TrialSite) -> TrialContent:
    return trial.content()


@pytest.fixture(scope="module")
def odm(content: TrialContent) -> Any:
    return etree.fromstring(Odm().files(content)[0].data)


def found(odm: Any, path: str) -> Any:
    return odm.xpath(path, namespaces=NS)


@pytest.mark.proves("U-05")
def test_the_snapshot_is_valid_against_the_schema(odm: Any) -> None:
    schema = odm_schema()
    assert schema.validate(odm), schema.error_log
    del found(odm, "//odm:AuditRecord")[0][0]
    assert not schema.validate(odm)


def test_every_value_of_the_tables_is_in_the_snapshot_and_nothing_else(content: TrialContent, odm: Any) -> None:
    for group in GROUPS:
        columns = item_columns(content, group)
        rows = found(odm, f"//odm:ItemGroupData[@ItemGroupOID='{group.oid}']")
        said = [
            {item.get("ItemOID"): item.get("Value") for item in row.iterfind("odm:ItemData", NS)} for row in rows
        ]
        table = [
            {group.item_oid(one.name): as_text(row[one.name]) for one in columns if row.get(one.name) is not None}
            for row in content.tables[group.table].rows
        ]
        assert sorted(said, key=str) == sorted(table, key=str), group.table
    assert len(found(odm, "//odm:ItemGroupData")) > 20


def as_text(value: Cell) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def test_the_injected_volume_stands_below_its_participant_visit_and_side(odm: Any) -> None:
    item = found(
        odm,
        "//odm:SubjectData[@SubjectKey='SMG-07']/odm:StudyEventData[@StudyEventOID='SE.INJECTION']"
        "/odm:FormData[@FormOID='F.GLAND'][@FormRepeatKey='right']"
        "/odm:ItemGroupData/odm:ItemData[@ItemOID='IT.GLANDS.VOLUME_INJECTED_ML']",
    )
    assert [one.get("Value") for one in item] == ["1.000"]
    assert found(item[0], "odm:MeasurementUnitRef/@MeasurementUnitOID") == ["MU.ML"]


def test_every_item_says_who_when_and_by_which_event_it_came(odm: Any) -> None:
    items = found(odm, "//odm:ClinicalData//odm:ItemData")
    without = [one.get("ItemOID") for one in items if one.find("odm:AuditRecord", NS) is None]
    assert without == []
    assert all(re.fullmatch(r"[0-9]+", one) for one in found(odm, "//odm:SourceID/text()"))


def test_a_fact_has_the_event_that_set_it(content: TrialContent, odm: Any) -> None:
    setting = [
        row for row in content.tables["changes"].rows
        if row["field"] == "fact.volume_loaded_ul" and row["side"] == "left"
    ]
    path = "//odm:FormData[@FormRepeatKey='left']//odm:ItemData[@ItemOID='IT.GLANDS.VOLUME_LOADED_ML']//odm:SourceID"
    assert found(odm, f"{path}/text()") == [str(setting[-1]["event"])]


def test_each_signed_gland_form_carries_its_signature(odm: Any) -> None:
    forms = found(odm, "//odm:FormData[@FormOID='F.GLAND'][odm:Signature]")
    assert [one.get("FormRepeatKey") for one in forms] == ["right", "left"]
    meaning = found(odm, "//odm:SignatureDef[@OID='SD.1']/odm:Meaning/text()")
    assert "true and complete" in meaning[0]


def test_every_identifier_that_is_pointed_at_is_defined_and_every_code_is_in_its_list(odm: Any) -> None:
    defined = set(found(odm, "//@OID"))
    pointed = found(odm, "//@*[contains(name(), 'OID') and name() != 'OID' and name() != 'FileOID']")
    assert {str(one) for one in pointed} <= {str(one) for one in defined}
    for item in found(odm, "//odm:ItemDef[odm:CodeListRef]"):
        code_list = item.find("odm:CodeListRef", NS).get("CodeListOID")
        codes = set(found(odm, f"//odm:CodeList[@OID='{code_list}']//@CodedValue"))
        assert set(found(odm, f"//odm:ItemData[@ItemOID='{item.get('OID')}']/@Value")) <= codes, item.get("OID")


def test_repeat_keys_tell_rows_of_a_form_apart(odm: Any) -> None:
    for form in found(odm, "//odm:FormData"):
        groups = form.iterfind("odm:ItemGroupData", NS)
        keys = [(one.get("ItemGroupOID"), one.get("ItemGroupRepeatKey")) for one in groups]
        assert len(keys) == len(set(keys))


def test_an_unchanged_log_gives_the_same_bytes_though_an_export_was_recorded(trial: TrialSite, tmp_path: Any) -> None:
    from injection_log.acts.outputs import export_kind

    first = Odm().files(trial.content())[0].data
    export_kind(trial.session("monitor"), "odm", tmp_path / "out")
    assert Odm().files(trial.content())[0].data == first == (tmp_path / "out" / "odm.xml").read_bytes()


def test_what_is_not_of_a_trial_is_refused() -> None:
    with pytest.raises(OutputImpossible, match="whole trial"):
        Odm().files("a trial")
