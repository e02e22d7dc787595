"""The records of the SDTM data sets, made of the trial's tables: EC, PR, CE, FA, XG, DV and SUPPEC.

Pure. One record of EC for each gland, masked: no lot, no product, the planned volume as a record of its own. Visits
that were withdrawn or not done give no record; a deviation of the whole study has no subject and stays in the tables.
DM is not made: demography is not in this program. Numbers --SEQ follow the order of the records of a participant.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from injection_log.outputs import Cell, cell_text
from injection_log.protocol.fields import CATALOGUE
from injection_log.trial_content import TrialContent
from injection_log_exports import sdtm_terms as terms

Record = dict[str, Cell]
Row = Mapping[str, Cell]


def sdtm_records(content: TrialContent) -> dict[str, list[Record]]:
    """The records of every data set, by its name, in the order of the tables and with their sequence numbers."""
    visits = {(row["participant"], row["visit"]): row for row in content.tables["visits"].rows}
    glands = [row for row in content.tables["glands"].rows if row["visit_state"] == "counts"]
    found: dict[str, list[Record]] = {name: [] for name in ("EC", "PR", "CE", "FA", terms.GLAND_DOMAIN, "DV")}
    treated: list[tuple[Record, Row]] = []
    for row in glands:
        visit = visits[row["participant"], row["visit"]]
        common = _common(content, row, visit)
        if visit["visit_kind"] == "injecting":
            found["EC"].append(_planned(content, common))
            if row.get("injected") is not None:
                given = _given(content, common, row)
                found["EC"].append(given)
                treated.append((given, row))
                found["PR"].append(_procedure(common, row))
            found["CE"] += _complications(common, row)
            found["FA"] += _pain(common, row)
        found[terms.GLAND_DOMAIN] += _measured(common, row, terms.GLAND_TESTS, {"EVAL": terms.OPERATOR})
    for row in content.tables["readings"].rows:
        common = _common(content, row, visits[row["participant"], row["visit"]])
        reader: Record = {
            "EVAL": terms.READER, "EVALID": f"READER {row['reader']}", "REPNUM": 2 if row["is_repeat"] == "yes" else 1,
        }
        found[terms.GLAND_DOMAIN] += _measured(common, row, terms.READING_TESTS, reader)
    found["DV"] = [_deviation(content, row, visits) for row in content.tables["deviations"].rows if row["participant"]]
    for name, records in found.items():
        _number(name, records)
    found["SUPPEC"] = [one for given, row in treated for one in _qualifiers(given, row)]
    return found


def _common(content: TrialContent, row: Row, visit: Row) -> Record:
    return {
        "STUDYID": content.protocol.id, "USUBJID": subject_id(content, row), "VISITNUM": visit["visit_number"],
        "VISIT": str(visit["visit_title"]).upper(), "LOC": terms.LOCATION,
        "LAT": terms.LATERALITY[str(row["side"])], "DATE": visit["visit_date"],
        "LNKID": f"{row['visit']}-{row['side']}".upper(),
    }


def subject_id(content: TrialContent, row: Row) -> str:
    """The unique subject identifier: study and participant."""
    return f"{content.protocol.id}-{row['participant']}"


def _planned(content: TrialContent, common: Record) -> Record:
    planned = Decimal(content.protocol.volume.planned_ul).scaleb(-3)
    return {**_of("EC", common), **_agent(content), "ECMOOD": terms.SCHEDULED, "ECDOSE": planned}


def _given(content: TrialContent, common: Record, row: Row) -> Record:
    return {
        **_of("EC", common), **_agent(content), "ECMOOD": terms.PERFORMED, "ECPRESP": "Y",
        "ECOCCUR": terms.YES_NO[str(row["injected"])], "ECDOSE": row.get("volume_injected_ml"),
        "ECSTDTC": row.get("injection_start"), "ECENDTC": row.get("injection_end"),
    }


def _agent(content: TrialContent) -> Record:
    return {
        "ECTRT": content.protocol.masked_agent.upper(), "ECDOSU": terms.DOSE_UNIT, "ECDOSFRM": terms.DOSE_FORM,
        "ECROUTE": terms.ROUTE,
    }


def _procedure(common: Record, row: Row) -> Record:
    return {
        **_of("PR", common), "PRTRT": terms.PROCEDURE, "PRPRESP": "Y", "PROCCUR": terms.YES_NO[str(row["injected"])],
        "PRSTDTC": row.get("injection_start"), "PRENDTC": row.get("injection_end"),
    }


def _complications(common: Record, row: Row) -> Iterator[Record]:
    titles = {one.value: one.title for one in CATALOGUE["complications"].choices}
    for code in str(row.get("complications") or "").split(";"):
        if code and code != "none":
            yield {
                **_of("CE", common), "CETERM": titles.get(code, code).upper(), "CEPRESP": "Y", "CEOCCUR": "Y",
                "CESTDTC": row.get("injection_start") or common["DATE"],
            }


def _pain(common: Record, row: Row) -> Iterator[Record]:
    if row.get("pain_nrs") is not None:
        code, name, about = terms.PAIN_TEST
        yield {
            **_of("FA", common), "FATESTCD": code, "FATEST": name, "FAOBJ": about, "FADTC": common["DATE"],
            **_result("FA", row["pain_nrs"], ""),
        }


def _measured(common: Record, row: Row, tests: Mapping[str, tuple[str, str, str]], by: Record) -> Iterator[Record]:
    name = terms.GLAND_DOMAIN
    for column, (code, title, unit) in tests.items():
        if row.get(column) is not None:
            yield {
                **_of(name, common), f"{name}TESTCD": code, f"{name}TEST": title, f"{name}METHOD": terms.METHOD,
                f"{name}DTC": common["DATE"], **_result(name, row[column], unit),
                **{f"{name}{key}": value for key, value in by.items()},
            }


def _result(name: str, value: Cell, unit: str) -> Record:
    figures = cell_text(value)
    return {
        f"{name}ORRES": figures, f"{name}ORRESU": unit or None, f"{name}STRESC": figures,
        f"{name}STRESN": Decimal(figures), f"{name}STRESU": unit or None,
    }


def _deviation(content: TrialContent, row: Row, visits: Mapping[tuple[Cell, Cell], Row]) -> Record:
    visit = visits.get((row["participant"], row["visit"]), {})
    title = visit.get("visit_title")
    return {
        "STUDYID": content.protocol.id, "DOMAIN": "DV", "USUBJID": subject_id(content, row),
        "DVTERM": row["what"], "DVDECOD": str(row["title"]).upper(), "DVCAT": str(row["source"]).upper(),
        "VISITNUM": visit.get("visit_number"), "VISIT": str(title).upper() if title else None,
        "DVSTDTC": visit.get("visit_date"),
    }


def _of(name: str, common: Record) -> Record:
    """The variables that every record about a gland has, under the names of its data set."""
    return {
        "STUDYID": common["STUDYID"], "DOMAIN": name, "USUBJID": common["USUBJID"], f"{name}LNKID": common["LNKID"],
        f"{name}LOC": common["LOC"], f"{name}LAT": common["LAT"], "VISITNUM": common["VISITNUM"],
        "VISIT": common["VISIT"],
    }


def _number(name: str, records: list[Record]) -> None:
    counted: dict[Cell, int] = {}
    for record in records:
        counted[record["USUBJID"]] = record[f"{name}SEQ"] = counted.get(record["USUBJID"], 0) + 1


def _qualifiers(given: Record, row: Row) -> Iterator[Record]:
    gauge, _, length = str(row.get("needle") or "").partition("G-")
    values = {**row, "needle_gauge": gauge or None, "needle_length": length.removesuffix("mm") or None}
    for column, (name, label) in terms.QUALIFIERS.items():
        value = values.get(column)
        if value is not None:
            yield {
                "STUDYID": given["STUDYID"], "RDOMAIN": "EC", "USUBJID": given["USUBJID"], "IDVAR": "ECSEQ",
                "IDVARVAL": str(given["ECSEQ"]), "QNAM": name, "QLABEL": label, "QVAL": cell_text(value),
                "QORIG": "CRF", "QEVAL": None,
            }
