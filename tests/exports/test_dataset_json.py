"""SDTM data sets in Dataset-JSON 1.1: valid, masked, and the same values as the plain tables and ODM."""
from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from cdisc_schemas import dataset_json_complaints
from lxml import etree
from trial_site import TrialSite

from injection_log.errors import ProtocolRefused
from injection_log.outputs import OutputImpossible
from injection_log.protocol.export_names import read_masked_agent
from injection_log.trial_content import TrialContent
from injection_log_exports.dataset_json import DatasetJson
from injection_log_exports.odm import Odm
from injection_log_exports.sdtm_columns import DATA_SETS
from injection_log_exports.sdtm_terms import QUALIFIERS
from injection_log_exports.tables import Tables

NAMES = tuple(one.name for one in DATA_SETS)
NS = {"odm": "http://www.cdisc.org/ns/odm/v1.3"}


@pytest.fixture(scope="module")
def content(trial: TrialSite) -> TrialContent:
    """The trial, with a gland that hurt: the practice story has no complication."""
    content = trial.content()
    glands = content.tables["glands"]
    hurt = {"complications": "pain;haematoma", "pain_nrs": 4}
    rows = tuple({**row, **hurt} if row["side"] == "left" else row for row in glands.rows)
    return replace(content, tables={**content.tables, "glands": replace(glands, rows=rows)})


@pytest.fixture(scope="module")
def sets(content: TrialContent) -> dict[str, Any]:
    return {one["name"]: one for one in (json.loads(file.data) for file in DatasetJson().files(content))}


def records(data_set: Any) -> list[dict[str, Any]]:
    names = [column["name"] for column in data_set["columns"]]
    return [dict(zip(names, row, strict=True)) for row in data_set["rows"]]


@pytest.mark.parametrize("name", NAMES)
def test_every_data_set_is_valid_against_the_schema(sets: dict[str, Any], name: str) -> None:
    assert dataset_json_complaints(sets[name]) == []
    assert dataset_json_complaints({**sets[name], "records": "two"}) != []


@pytest.mark.parametrize("name", NAMES)
def test_rows_have_all_columns_the_count_is_right_and_keys_tell_records_apart(sets: dict[str, Any], name: str) -> None:
    data_set = sets[name]
    assert data_set["records"] == len(data_set["rows"]) > 0
    assert {len(row) for row in data_set["rows"]} == {len(data_set["columns"])}
    keyed = sorted((one["keySequence"], one["name"]) for one in data_set["columns"] if "keySequence" in one)
    assert [number for number, _ in keyed] == list(range(1, len(keyed) + 1))
    keys = [tuple(record[key] for _, key in keyed) for record in records(data_set)]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("name", NAMES)
def test_values_are_what_their_type_says_and_labels_are_short(sets: dict[str, Any], name: str) -> None:
    forms = {
        "string": str, "integer": int, "decimal": re.compile(r"-?\d+(\.\d+)?"), "date": re.compile(r"\d{4}-\d\d-\d\d"),
        "datetime": re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d([+-]\d\d:\d\d))?"),
    }
    for column in sets[name]["columns"]:
        assert len(column["label"]) <= 40
        form = forms[column["dataType"]]
        for record in records(sets[name]):
            value = record[column["name"]]
            fits = isinstance(value, form) if isinstance(form, type) else value is None or form.fullmatch(value)
            assert value is None or fits, (column["name"], value)


def test_each_gland_has_a_planned_and_a_performed_record_without_lot_or_product(sets: dict[str, Any]) -> None:
    found = records(sets["EC"])
    assert [(one["ECLAT"], one["ECMOOD"], one["ECDOSE"]) for one in found] == [
        ("RIGHT", "SCHEDULED", "1.000"), ("RIGHT", "PERFORMED", "1.000"),
        ("LEFT", "SCHEDULED", "1.000"), ("LEFT", "PERFORMED", "1.050"),
    ]
    assert {one["ECTRT"] for one in found} == {"MASKED STUDY PRODUCT"}
    names = [column["name"] for data_set in sets.values() for column in data_set["columns"]]
    assert not [one for one in names if re.search(r"LOT|BATCH|DONOR|EXP", one)]


def test_a_complication_is_an_event_and_its_pain_a_finding_about_it(sets: dict[str, Any]) -> None:
    assert [(one["CELAT"], one["CETERM"]) for one in records(sets["CE"])] == [("LEFT", "PAIN"), ("LEFT", "HAEMATOMA")]
    assert [(one["FAOBJ"], one["FASTRESN"]) for one in records(sets["FA"])] == [("PAIN", "4")]


def test_qualifiers_point_at_a_record_of_ec_and_fit_their_lengths(sets: dict[str, Any]) -> None:
    performed = {(one["USUBJID"], str(one["ECSEQ"])) for one in records(sets["EC"]) if one["ECMOOD"] == "PERFORMED"}
    found = records(sets["SUPPEC"])
    assert {(one["USUBJID"], one["IDVARVAL"]) for one in found} == performed
    assert {"NDLGAUGE", "NDLPASS", "VOLRESID", "APPROACH", "TIPSTAT"} <= {one["QNAM"] for one in found}
    assert all(len(name) <= 8 and len(label) <= 40 for name, label in QUALIFIERS.values())


def test_volumes_and_sizes_are_the_same_in_csv_odm_and_data_sets(content: TrialContent, sets: dict[str, Any]) -> None:
    plain = next(file for file in Tables().files(content) if file.name == "glands.csv").data.decode()
    odm = etree.fromstring(Odm().files(content)[0].data)
    dosed = {one["ECLNKID"]: one["ECDOSE"] for one in records(sets["EC"]) if one["ECMOOD"] == "PERFORMED"}
    sized = {(one["XGLNKID"], one["XGTESTCD"]): one["XGSTRESN"] for one in records(sets["XG"])}
    compared = 0
    for row in csv.DictReader(io.StringIO(plain)):
        link = f"{row['visit']}-{row['side']}".upper()
        for column, coded in (
            ("volume_injected_ml", dosed[link]), ("length_mm", sized[link, "LENGTH"]),
            ("width_mm", sized[link, "WIDTH"]), ("gland_volume_ml", sized[link, "VOLUME"]),
        ):
            path = (
                f"//odm:SubjectData[@SubjectKey='{row['participant']}']//odm:FormData[@FormRepeatKey='{row['side']}']"
                f"//odm:ItemData[@ItemOID='IT.GLANDS.{column.upper()}']/@Value"
            )
            assert [row[column]] == odm.xpath(path, namespaces=NS) == [coded], column
            compared += 1
    assert compared == 8


def test_deviations_stand_below_their_participant(content: TrialContent, sets: dict[str, Any]) -> None:
    assert [one["DVTERM"] for one in records(sets["DV"])] == [one["what"] for one in content.tables["deviations"].rows]


def test_equal_content_gives_equal_bytes(content: TrialContent) -> None:
    later = replace(content, about=replace(content.about, exported_at="later", last_event=999, last_event_at="later"))
    assert DatasetJson().files(content) == DatasetJson().files(later)


def test_what_is_not_of_a_trial_is_refused() -> None:
    with pytest.raises(OutputImpossible, match="whole trial"):
        DatasetJson().files(())


@pytest.mark.parametrize("agent", ["", "x" * 65, 7, "Cell product"])
def test_a_masked_name_that_is_none_or_tells_an_arm_is_refused(agent: object) -> None:
    with pytest.raises(ProtocolRefused, match="masked_agent"):
        read_masked_agent({"export": {"masked_agent": agent}}, ("cell", "saline"))
