"""The variables of each SDTM data set in their order: label, type, and which are its keys. Values, nothing is made.

Source: SDTM's roles of variables (identifier, topic, qualifier, timing), in that order. A decimal leaves as text.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from injection_log_exports.sdtm_terms import GLAND_DOMAIN

DataType = Literal["string", "integer", "decimal", "date", "datetime"]


@dataclass(frozen=True)
class Variable:
    """One variable: its name, its label (at most 40 letters) and what its values are."""

    name: str
    label: str
    type: DataType = "string"


@dataclass(frozen=True)
class DataSet:
    """One data set: name, label, variables in order, names of the keys in order."""

    name: str
    label: str
    variables: tuple[Variable, ...]
    keys: tuple[str, ...]


def _head(name: str) -> tuple[Variable, ...]:
    return (
        Variable("STUDYID", "Study Identifier"), Variable("DOMAIN", "Domain Abbreviation"),
        Variable("USUBJID", "Unique Subject Identifier"), Variable(f"{name}SEQ", "Sequence Number", "integer"),
    )


def _place(name: str) -> tuple[Variable, ...]:
    return Variable(f"{name}LOC", "Location"), Variable(f"{name}LAT", "Laterality")


def _result(name: str) -> tuple[Variable, ...]:
    return (
        Variable(f"{name}ORRES", "Result or Finding in Original Units"), Variable(f"{name}ORRESU", "Original Units"),
        Variable(f"{name}STRESC", "Result in Standard Format"),
        Variable(f"{name}STRESN", "Numeric Result in Standard Units", "decimal"),
        Variable(f"{name}STRESU", "Standard Units"),
    )


_VISIT = (Variable("VISITNUM", "Visit Number", "integer"), Variable("VISIT", "Visit Name"))
_SPAN = ("Start Date/Time", "End Date/Time")
_GLAND = ("STUDYID", "USUBJID", "VISITNUM")
X = GLAND_DOMAIN

DATA_SETS = (
    DataSet("EC", "Exposure as Collected", (
        *_head("EC"), Variable("ECLNKID", "Link ID"), Variable("ECTRT", "Name of Treatment"),
        Variable("ECMOOD", "Mood"), Variable("ECPRESP", "Pre-specified"), Variable("ECOCCUR", "Occurrence"),
        Variable("ECDOSE", "Dose", "decimal"), Variable("ECDOSU", "Dose Units"), Variable("ECDOSFRM", "Dose Form"),
        Variable("ECROUTE", "Route of Administration"), *_place("EC"), *_VISIT,
        Variable("ECSTDTC", _SPAN[0], "datetime"), Variable("ECENDTC", _SPAN[1], "datetime"),
    ), (*_GLAND, "ECLAT", "ECMOOD")),
    DataSet("PR", "Procedures", (
        *_head("PR"), Variable("PRLNKID", "Link ID"), Variable("PRTRT", "Reported Name of Procedure"),
        Variable("PRPRESP", "Pre-specified"), Variable("PROCCUR", "Occurrence"), *_place("PR"), *_VISIT,
        Variable("PRSTDTC", _SPAN[0], "datetime"), Variable("PRENDTC", _SPAN[1], "datetime"),
    ), (*_GLAND, "PRLAT")),
    DataSet("CE", "Clinical Events", (
        *_head("CE"), Variable("CELNKID", "Link ID"), Variable("CETERM", "Reported Term for the Clinical Event"),
        Variable("CEPRESP", "Pre-specified"), Variable("CEOCCUR", "Occurrence"), *_place("CE"), *_VISIT,
        Variable("CESTDTC", _SPAN[0], "datetime"),
    ), (*_GLAND, "CELAT", "CETERM")),
    DataSet("FA", "Findings About Events or Interventions", (
        *_head("FA"), Variable("FALNKID", "Link ID"), Variable("FATESTCD", "Findings About Test Short Name"),
        Variable("FATEST", "Findings About Test Name"), Variable("FAOBJ", "Object of the Observation"),
        *_result("FA"), *_place("FA"), *_VISIT, Variable("FADTC", "Date of Collection", "date"),
    ), (*_GLAND, "FALAT", "FATESTCD")),
    DataSet(X, "Submandibular Gland Findings", (
        *_head(X), Variable(f"{X}LNKID", "Link ID"), Variable(f"{X}TESTCD", "Gland Test Short Name"),
        Variable(f"{X}TEST", "Gland Test Name"), *_result(X), *_place(X), Variable(f"{X}METHOD", "Method of Test"),
        Variable(f"{X}EVAL", "Evaluator"), Variable(f"{X}EVALID", "Evaluator Identifier"),
        Variable(f"{X}REPNUM", "Repetition Number", "integer"), *_VISIT,
        Variable(f"{X}DTC", "Date of the Examination", "date"),
    ), (*_GLAND, f"{X}LAT", f"{X}TESTCD", f"{X}EVAL", f"{X}EVALID", f"{X}REPNUM", f"{X}SEQ")),
    DataSet("DV", "Protocol Deviations", (
        *_head("DV"), Variable("DVTERM", "Protocol Deviation Term"),
        Variable("DVDECOD", "Protocol Deviation Coded Term"),
        Variable("DVCAT", "Category for Protocol Deviation"), *_VISIT, Variable("DVSTDTC", _SPAN[0], "date"),
    ), ("STUDYID", "USUBJID", "DVSEQ")),
    DataSet("SUPPEC", "Supplemental Qualifiers for EC", (
        Variable("STUDYID", "Study Identifier"), Variable("RDOMAIN", "Related Domain Abbreviation"),
        Variable("USUBJID", "Unique Subject Identifier"), Variable("IDVAR", "Identifying Variable"),
        Variable("IDVARVAL", "Identifying Variable Value"), Variable("QNAM", "Qualifier Variable Name"),
        Variable("QLABEL", "Qualifier Variable Label"), Variable("QVAL", "Data Value"), Variable("QORIG", "Origin"),
        Variable("QEVAL", "Evaluator"),
    ), ("STUDYID", "RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM")),
)  # fmt: skip
"""Every data set that is made, in the order of SDTM's classes; one without a record leaves too, with none."""
